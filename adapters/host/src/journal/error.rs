//! Why a journal cannot be used.

use std::io;
use std::path::PathBuf;

/// Why a journal, or a session in it, cannot be used. Nothing is read from what is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// There is no such session.
    #[error("there is no such session in the journal")]
    NotFound,
    /// Another process, or another part of this one, works on it.
    #[error("the session is in use by another process")]
    Busy,
    /// The file is not as it was written.
    #[error("the session's file is corrupt")]
    Corrupt,
    /// The file is another session's, or was sealed under another key.
    #[error("the session's file belongs to another session or another machine")]
    Foreign,
    /// The file is older than what was written last, or its session was removed.
    #[error("the session's file is older than the journal's last word on it")]
    RolledBack,
    /// The file is of another version of this program.
    #[error("the session's file is of another version of this program")]
    Version,
    /// The ledger is changed or gone.
    #[error(
        "the journal's ledger is corrupt or missing: whether its sessions are the latest cannot be told"
    )]
    Ledger,
    /// The key is gone, and sessions are there.
    #[error("the journal's key is missing")]
    KeyMissing,
    /// The key is not 32 bytes in a plain file.
    #[error("the journal's key is corrupt")]
    KeyCorrupt,
    /// Others than its owner can read or write the key.
    #[error("the journal's key can be read by others (mode {mode:03o}); make it 600")]
    KeyExposed {
        /// The permissions of the file.
        mode: u32,
    },
    /// Anybody can put files into the directory: a key and sessions of their own making.
    #[error("the journal's directory can be written by everybody (mode {mode:03o}); make it 700")]
    DirectoryExposed {
        /// The permissions of the directory.
        mode: u32,
    },
    /// The content is too large.
    #[error("the session's content has {length} bytes, more than the {most} that are kept", most = super::limits::MOST_BYTES)]
    TooLarge {
        /// Its length in bytes.
        length: usize,
    },
    /// More sessions than anyone has open.
    #[error("the journal holds {most} sessions already; remove some", most = super::limits::MOST_SESSIONS)]
    TooMany,
    /// The operating system gives no random numbers.
    #[error("the system's source of randomness failed")]
    Random,
    /// A file cannot be read or written.
    #[error("cannot {doing} {path}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// As the operating system tells it.
        source: io::Error,
    },
}
