//! The last word on each session, against files that are put back.

use std::collections::BTreeMap;

use super::error::JournalError;
use super::files::{Directory, Lock};
use super::id::SessionId;
use super::limits::MOST_SESSIONS;
use super::seal::{Kind, Seal};

/// The number of each session's last content.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// How often it was written.
    number: u64,
    entries: BTreeMap<SessionId, u64>,
}

impl Ledger {
    /// Reads it. It always exists where a key does.
    pub(super) fn read(directory: &Directory, seal: &Seal) -> Result<Self, JournalError> {
        let sealed = directory.read_ledger()?.ok_or(JournalError::Ledger)?;
        let (number, content) = match seal.open(Kind::Ledger, &SessionId::NONE, sealed) {
            Err(JournalError::Version) => return Err(JournalError::Version),
            opened => opened.map_err(|_| JournalError::Ledger)?,
        };
        let (pairs, rest) = content.as_chunks::<{ SessionId::LENGTH + 8 }>();
        if !rest.is_empty() || pairs.len() > MOST_SESSIONS {
            return Err(JournalError::Ledger);
        }
        let mut entries = BTreeMap::new();
        for pair in pairs {
            let (Some(id), Some(number)) = (pair.first_chunk(), pair.last_chunk()) else {
                return Err(JournalError::Ledger);
            };
            entries.insert(SessionId::from_bytes(*id), u64::from_be_bytes(*number));
        }
        Ok(Self { number, entries })
    }

    /// Writes it, under the directory's lock.
    pub(super) fn write(
        &self,
        directory: &Directory,
        seal: &Seal,
        _lock: &Lock,
    ) -> Result<(), JournalError> {
        let mut content = Vec::new();
        for (id, number) in &self.entries {
            content.extend_from_slice(id.as_bytes());
            content.extend_from_slice(&number.to_be_bytes());
        }
        let number = self.number.saturating_add(1);
        directory.write_ledger(&seal.seal(Kind::Ledger, &SessionId::NONE, number, &content)?)
    }

    pub(super) fn ids(&self) -> Vec<SessionId> {
        self.entries.keys().copied().collect()
    }

    /// Enters a session without content. The changes answer whether there is one.
    pub(super) fn insert(&mut self, id: &SessionId) -> Result<bool, JournalError> {
        if self.entries.len() >= MOST_SESSIONS {
            return Err(JournalError::TooMany);
        }
        Ok(self.entries.insert(*id, 0).is_none())
    }

    /// Enters what was written.
    pub(super) fn raise(&mut self, id: &SessionId, number: u64) -> Result<bool, JournalError> {
        self.meet(id, number)
    }

    /// Compares what was found with the last word. A crash leaves the file ahead of the ledger,
    /// never behind it.
    pub(super) fn meet(&mut self, id: &SessionId, number: u64) -> Result<bool, JournalError> {
        match self.entries.get_mut(id) {
            Some(last) if *last <= number => {
                let behind = *last < number;
                *last = number;
                Ok(behind)
            }
            _ => Err(JournalError::RolledBack),
        }
    }

    pub(super) fn remove(&mut self, id: &SessionId) -> bool {
        self.entries.remove(id).is_some()
    }
}
