//! Comparing a document that comes back with the one that was sent.

use super::extract::Origin;
use super::{Documents, Hasher, Sent};

/// Bytes of the original that are read at once.
const PIECE: usize = 256;

/// The document that was sent, and how much of what came is known to be the same.
#[derive(Debug)]
pub(super) struct Original {
    sent: Option<Sent>,
    /// Bytes of the original that were compared, or hashed.
    seen: u64,
    same: bool,
    /// For sources that are read once: what came is hashed instead of compared.
    hasher: Option<Hasher>,
}

impl Original {
    pub(super) const fn new(sent: Option<Sent>) -> Self {
        Self { sent, seen: 0, same: sent.is_some(), hasher: None }
    }

    /// Bytes of the document that was sent.
    pub(super) const fn length(&self) -> u64 {
        match self.sent {
            Some(sent) => sent.length,
            None => 0,
        }
    }

    /// Starts at the original's first byte.
    pub(super) fn begin<D: Documents>(&mut self, documents: &mut D) -> Result<(), D::Error> {
        match self.sent {
            Some(_) if D::READ_ONCE => self.hasher = Some(Hasher::new()),
            Some(sent) => documents.begin(sent.document)?,
            None => {}
        }
        Ok(())
    }

    /// Takes the next bytes of what came.
    pub(super) fn compare<D: Documents>(
        &mut self,
        came: &[u8],
        documents: &mut D,
    ) -> Result<(), D::Error> {
        if !self.same {
            return Ok(());
        }
        let left = usize::try_from(self.length().saturating_sub(self.seen)).unwrap_or(usize::MAX);
        let mut came = came.get(..left).unwrap_or(came);
        self.seen = self.seen.saturating_add(u64::try_from(came.len()).unwrap_or(u64::MAX));
        if let Some(hasher) = &mut self.hasher {
            hasher.update(came);
            return Ok(());
        }
        let mut piece = [0; PIECE];
        while !came.is_empty() {
            let room = piece.len().min(came.len());
            let count = documents.read(piece.get_mut(..room).unwrap_or_default())?;
            let (Some(original), Some((now, rest))) =
                (piece.get(..count), came.split_at_checked(count))
            else {
                self.same = false;
                return Ok(());
            };
            // Nothing more to read: the original is shorter now than it was.
            if count == 0 || original != now {
                self.same = false;
                return Ok(());
            }
            came = rest;
        }
        Ok(())
    }

    /// What came in all is to the original.
    pub(super) fn origin(self) -> Origin {
        let Some(sent) = self.sent.filter(|sent| self.same && self.seen == sent.length) else {
            return Origin::Rewritten;
        };
        match self.hasher.map(Hasher::finish) {
            Some(digest) if digest != sent.digest => Origin::Rewritten,
            _ => Origin::Appended,
        }
    }
}
