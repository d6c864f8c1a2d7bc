//! The files of a journal: `key`, `ledger`, `lock`, and `ID.session` and `ID.lock` for each session.
//!
//! Locks are the operating system's (`flock`, `LockFileEx`): they end with the process that holds
//! them, however it ends, which a file with a process's number in it does not. They stand on files
//! of their own, because the files that they guard are replaced.

use core::time::Duration;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;

use fs4::TryLockError;
use zeroize::Zeroizing;

use super::error::JournalError;
use super::id::SessionId;
use super::seal::{KEY, MOST_SEALED};

/// How often, and how long between, the directory's lock is tried: 10 s in all. It is held for the
/// writing of one small file.
const TRIES: u32 = 500;
const PAUSE: Duration = Duration::from_millis(20);

const SESSION: &str = "session";

/// A lock, until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
}

impl Directory {
    /// Opens the directory, and makes it where there is none.
    pub(super) fn open(path: &Path) -> Result<Self, JournalError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(failed("make", path))?;
        #[cfg(unix)]
        {
            let metadata = fs::metadata(path).map_err(failed("read", path))?;
            let mode = std::os::unix::fs::MetadataExt::mode(&metadata) & 0o777;
            if mode & 0o002 != 0 {
                return Err(JournalError::DirectoryExposed { mode });
            }
        }
        Ok(Self { path: path.to_owned() })
    }

    /// Waits for the lock on the key and the ledger.
    pub(super) fn lock(&self) -> Result<Lock, JournalError> {
        let path = self.path.join("lock");
        for _ in 0..TRIES {
            match try_lock(&path)? {
                Some(lock) => return Ok(lock),
                None => thread::sleep(PAUSE),
            }
        }
        Err(JournalError::Busy)
    }

    /// Takes the lock on a session, or says that another has it.
    pub(super) fn lock_session(&self, id: &SessionId) -> Result<Lock, JournalError> {
        try_lock(&self.of(id, "lock"))?.ok_or(JournalError::Busy)
    }

    pub(super) fn remove_lock(&self, id: &SessionId) -> Result<(), JournalError> {
        remove(&self.of(id, "lock"))
    }

    /// The key, if there is one and it is nobody else's.
    pub(super) fn read_key(&self) -> Result<Option<Zeroizing<[u8; KEY]>>, JournalError> {
        let path = self.path.join("key");
        let metadata = match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            metadata => metadata.map_err(failed("read", &path))?,
        };
        if !metadata.is_file() {
            return Err(JournalError::KeyCorrupt);
        }
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::MetadataExt::mode(&metadata) & 0o777;
            if mode & 0o077 != 0 {
                return Err(JournalError::KeyExposed { mode });
            }
        }
        let mut bytes = Zeroizing::new([0; KEY]);
        let mut file = File::open(&path).map_err(failed("read", &path))?;
        if metadata.len() != bytes.len() as u64 || file.read_exact(bytes.as_mut_slice()).is_err() {
            return Err(JournalError::KeyCorrupt);
        }
        Ok(Some(bytes))
    }

    pub(super) fn write_key(&self, key: &[u8; KEY]) -> Result<(), JournalError> {
        self.replace(&self.path.join("key"), key)
    }

    /// Whether sessions are there.
    pub(super) fn is_used(&self) -> Result<bool, JournalError> {
        Ok(!self.sessions()?.is_empty())
    }

    pub(super) fn read_ledger(&self) -> Result<Option<Vec<u8>>, JournalError> {
        read(&self.path.join("ledger"), JournalError::Ledger)
    }

    pub(super) fn write_ledger(&self, sealed: &[u8]) -> Result<(), JournalError> {
        self.replace(&self.path.join("ledger"), sealed)
    }

    pub(super) fn sessions(&self) -> Result<Vec<SessionId>, JournalError> {
        let mut ids = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(failed("read", &self.path))? {
            let path = entry.map_err(failed("read", &self.path))?.path();
            if path.extension().is_some_and(|extension| extension == SESSION)
                && let Some(name) = path.file_stem().and_then(|stem| stem.to_str())
                && let Ok(id) = name.parse()
            {
                ids.push(id);
            }
        }
        ids.sort_unstable();
        Ok(ids)
    }

    pub(super) fn exists(&self, id: &SessionId) -> Result<bool, JournalError> {
        let path = self.of(id, SESSION);
        path.try_exists().map_err(failed("read", &path))
    }

    pub(super) fn read(&self, id: &SessionId) -> Result<Vec<u8>, JournalError> {
        read(&self.of(id, SESSION), JournalError::Corrupt)?.ok_or(JournalError::NotFound)
    }

    pub(super) fn write(&self, id: &SessionId, sealed: &[u8]) -> Result<(), JournalError> {
        self.replace(&self.of(id, SESSION), sealed)
    }

    pub(super) fn remove(&self, id: &SessionId) -> Result<(), JournalError> {
        remove(&beside(&self.of(id, SESSION)))?;
        remove(&self.of(id, SESSION))?;
        self.sync()
    }

    fn of(&self, id: &SessionId, extension: &str) -> PathBuf {
        self.path.join(format!("{id}.{extension}"))
    }

    /// Replaces a file at once or not at all. Whoever calls holds the lock that guards it, so there
    /// is one file beside it at a time, and what a crash left of one is overwritten.
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), JournalError> {
        let beside = beside(path);
        remove(&beside)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let written = options
            .open(&beside)
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
        if let Err(source) = written {
            // Half a file is of no use; a full disk least of all.
            drop(remove(&beside));
            return Err(failed("write", &beside)(source));
        }
        fs::rename(&beside, path).map_err(failed("write", path))?;
        self.sync()
    }

    /// Brings the names of the files to the disk. Windows has no such thing, nor needs it.
    fn sync(&self) -> Result<(), JournalError> {
        if cfg!(unix) {
            let directory = File::open(&self.path).and_then(|directory| directory.sync_all());
            directory.map_err(failed("write", &self.path))?;
        }
        Ok(())
    }
}

fn beside(path: &Path) -> PathBuf {
    path.with_extension("new")
}

fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    #[cfg(not(unix))]
    let _ = options;
}

/// Reads a sealed file; `too_long` when it is longer than any.
fn read(path: &Path, too_long: JournalError) -> Result<Option<Vec<u8>>, JournalError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(failed("read", path))?,
    };
    let mut bytes = Vec::new();
    let bound = MOST_SEALED as u64;
    file.take(bound.saturating_add(1)).read_to_end(&mut bytes).map_err(failed("read", path))?;
    if bytes.len() as u64 > bound { Err(too_long) } else { Ok(Some(bytes)) }
}

/// Removes a file that may be gone already.
fn remove(path: &Path) -> Result<(), JournalError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", path)(error)),
        _ => Ok(()),
    }
}

fn try_lock(path: &Path) -> Result<Option<Lock>, JournalError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    private(&mut options);
    let file = options.open(path).map_err(failed("open", path))?;
    // By its full name: the standard library has a method of this name from 1.89 on.
    match fs4::FileExt::try_lock(&file) {
        Ok(()) => Ok(Some(Lock { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed("lock", path)(error)),
    }
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> JournalError + use<> {
    let path = path.to_owned();
    move |source| JournalError::Io { doing, path, source }
}
