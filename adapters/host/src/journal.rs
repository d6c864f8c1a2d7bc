//! What a signing session must not lose, sealed on disk.

pub(crate) mod content;
mod error;
mod files;
mod id;
mod ledger;
mod limits;
mod seal;

use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

pub use self::error::JournalError;
use self::files::{Directory, Lock};
pub use self::id::SessionId;
use self::ledger::Ledger;
use self::seal::{Kind, Seal};

/// A directory of sessions, with one file for each. Several processes may use one at the same time.
///
/// What a file holds is its host's matter; it is encrypted and authenticated (ChaCha20-Poly1305, RFC
/// 8439) under a key in the same directory, and bound to the version of the format and to its
/// session. A session writes it before each request that may be sent only once, and removes it when
/// nothing is open.
///
/// # What a crash leaves
/// A file is replaced at once or not at all: it is written beside, brought to the disk, renamed, and
/// its directory brought to the disk. After a crash the content is therefore that of the last
/// write that returned, or of the one that was under way.
///
/// # What is detected
/// Each content carries a number that grows by one with each write, and the directory's `ledger`,
/// sealed as well, holds the last number of each session. It is written after the session's file, so
/// after a crash it may be one behind, never ahead. Refused are
/// - a file with any bit changed, cut short or made longer ([`JournalError::Corrupt`]),
/// - a file under another session's name, or from under another key ([`JournalError::Foreign`]),
/// - an older content of a session, and any content of a session that was removed
///   ([`JournalError::RolledBack`]),
/// - a ledger that is changed, or gone where sessions may have been ([`JournalError::Ledger`]).
///
/// # What is not
/// - The whole directory, or a session's file and the ledger together, put back to an older state, as
///   a restored backup does: nothing outside the directory remembers. Keep it out of backups.
/// - A file that is deleted: the session is not found, as if it had been removed.
/// - The last write undone when a crash came between the file and the ledger: the file of before and
///   the ledger agree. That write had not returned, so its request was not sent.
/// - Whoever can read the key reads everything: it protects a copy of the files, not an account.
#[derive(Clone, Debug)]
pub struct Journal {
    store: Arc<Store>,
}

/// A session's file, which no other process can have meanwhile. Dropping it leaves it on disk.
#[derive(Debug)]
pub struct Session {
    store: Arc<Store>,
    id: SessionId,
    /// The number of the content on disk; 0 when there is none.
    number: u64,
    lock: Lock,
}

#[derive(Debug)]
struct Store {
    directory: Directory,
    seal: Seal,
}

impl Journal {
    /// The most bytes of a session's content: 256 MiB, which holds an answer with twenty signed
    /// documents of 7 MB.
    pub const MOST_BYTES: usize = limits::MOST_BYTES;

    /// Opens a directory, and makes it, with a new key, where there is none. On Unix it and its
    /// files are its owner's alone.
    ///
    /// # Errors
    /// [`JournalError::DirectoryExposed`] and [`JournalError::KeyExposed`] when they are others' as
    /// well, [`JournalError::KeyMissing`] when the key is gone while sessions are there,
    /// [`JournalError::KeyCorrupt`], [`JournalError::Ledger`], [`JournalError::Busy`],
    /// [`JournalError::Io`].
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, JournalError> {
        let directory = Directory::open(directory.as_ref())?;
        let lock = directory.lock()?;
        let seal = match directory.read_key()? {
            Some(key) => Seal::new(&key)?,
            None if directory.is_used()? => return Err(JournalError::KeyMissing),
            None => {
                let key = seal::random_key()?;
                let seal = Seal::new(&key)?;
                // The key comes last: a ledger without one is no sign of use.
                Ledger::default().write(&directory, &seal, &lock)?;
                directory.write_key(&key)?;
                seal
            }
        };
        let store = Store { directory, seal };
        store.tidy(&lock)?;
        Ok(Self { store: Arc::new(store) })
    }

    /// Begins a session, which has no content yet.
    ///
    /// # Errors
    /// [`JournalError::TooMany`], [`JournalError::Random`], [`JournalError::Ledger`],
    /// [`JournalError::Io`].
    pub fn create(&self) -> Result<Session, JournalError> {
        let id = SessionId::random()?;
        let lock = self.store.directory.lock_session(&id)?;
        // The ledger knows a session before it has a file, so that a file that the ledger does not
        // know is one that was removed.
        self.store.amend(|ledger| ledger.insert(&id))?;
        Ok(Session { store: Arc::clone(&self.store), id, number: 0, lock })
    }

    /// The sessions that have content, in no order that means anything.
    ///
    /// # Errors
    /// [`JournalError::Io`].
    pub fn list(&self) -> Result<Vec<SessionId>, JournalError> {
        self.store.directory.sessions()
    }

    /// Takes up a session, with its last content.
    ///
    /// # Errors
    /// [`JournalError::NotFound`], [`JournalError::Busy`] while another process, or another part of
    /// this one, has it, and everything that [`Journal`] says is refused.
    pub fn resume(&self, id: &SessionId) -> Result<(Session, Zeroizing<Vec<u8>>), JournalError> {
        let store = &self.store;
        if !store.directory.exists(id)? {
            return Err(JournalError::NotFound);
        }
        let lock = store.directory.lock_session(id)?;
        let sealed = store.directory.read(id).inspect_err(|error| {
            // It was removed in between, and its lock made anew.
            if matches!(error, JournalError::NotFound) {
                drop(store.directory.remove_lock(id));
            }
        })?;
        let (number, content) = store.seal.open(Kind::Session, id, sealed)?;
        store.amend(|ledger| ledger.meet(id, number))?;
        let session = Session { store: Arc::clone(store), id: *id, number, lock };
        Ok((session, content))
    }

    /// Removes a session, whatever its content, even one that is refused.
    ///
    /// # Errors
    /// [`JournalError::NotFound`], [`JournalError::Busy`], [`JournalError::Ledger`],
    /// [`JournalError::Io`].
    pub fn forget(&self, id: &SessionId) -> Result<(), JournalError> {
        if !self.store.directory.exists(id)? {
            return Err(JournalError::NotFound);
        }
        let lock = self.store.directory.lock_session(id)?;
        self.store.remove(id, &lock)
    }
}

impl Session {
    /// What it is resumed by.
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.id
    }

    /// Replaces the content. When this returns, it is on the disk: send the request after it.
    ///
    /// # Errors
    /// [`JournalError::TooLarge`] for more than [`Journal::MOST_BYTES`]; [`JournalError::Random`],
    /// [`JournalError::Ledger`], [`JournalError::Io`]. The content is then the one of before or this
    /// one.
    pub fn write(&mut self, content: &[u8]) -> Result<(), JournalError> {
        let number = self.number.saturating_add(1);
        let sealed = self.store.seal.seal(Kind::Session, &self.id, number, content)?;
        self.store.directory.write(&self.id, &sealed)?;
        self.number = number;
        self.store.amend(|ledger| ledger.raise(&self.id, number))
    }

    /// Removes the session: nothing is open.
    ///
    /// # Errors
    /// [`JournalError::Ledger`], [`JournalError::Io`].
    pub fn remove(self) -> Result<(), JournalError> {
        self.store.remove(&self.id, &self.lock)
    }
}

impl Store {
    /// Changes the ledger, while no other process does.
    fn amend(
        &self,
        change: impl FnOnce(&mut Ledger) -> Result<bool, JournalError>,
    ) -> Result<(), JournalError> {
        let lock = self.directory.lock()?;
        let mut ledger = Ledger::read(&self.directory, &self.seal)?;
        if change(&mut ledger)? {
            ledger.write(&self.directory, &self.seal, &lock)?;
        }
        Ok(())
    }

    fn remove(&self, id: &SessionId, _session: &Lock) -> Result<(), JournalError> {
        self.directory.remove(id)?;
        self.amend(|ledger| Ok(ledger.remove(id)))?;
        self.directory.remove_lock(id)
    }

    /// Takes what a crash left: entries of the ledger without a file.
    fn tidy(&self, lock: &Lock) -> Result<(), JournalError> {
        let mut ledger = Ledger::read(&self.directory, &self.seal)?;
        let mut changed = false;
        for id in ledger.ids() {
            // A session that was just begun has no file either, but somebody holds it.
            if !self.directory.exists(&id)?
                && let Ok(_session) = self.directory.lock_session(&id)
                && !self.directory.exists(&id)?
            {
                changed |= ledger.remove(&id);
                self.directory.remove_lock(&id)?;
            }
        }
        if changed {
            ledger.write(&self.directory, &self.seal, lock)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
