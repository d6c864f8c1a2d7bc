//! A document and a sink in memory.

use core::convert::Infallible;

use rubrica_core::document::{Documents, Sink};

/// One document, which may be begun again unless `ONCE`.
#[derive(Debug)]
pub struct Source<'d, const ONCE: bool> {
    document: &'d [u8],
    rest: &'d [u8],
    piece: usize,
}

impl<'d, const ONCE: bool> Source<'d, ONCE> {
    /// Gives at most `piece` bytes at once, and at least one.
    #[must_use]
    pub fn new(document: &'d [u8], piece: usize) -> Self {
        Self { document, rest: &[], piece: piece.max(1) }
    }
}

impl<const ONCE: bool> Documents for Source<'_, ONCE> {
    type Error = Infallible;

    const READ_ONCE: bool = ONCE;

    fn begin(&mut self, _document: usize) -> Result<(), Infallible> {
        assert!(!ONCE, "a source that is read once is begun again");
        self.rest = self.document;
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Infallible> {
        let (now, rest) = self.rest.split_at(out.len().min(self.piece).min(self.rest.len()));
        out[..now.len()].copy_from_slice(now);
        self.rest = rest;
        Ok(now.len())
    }
}

/// What a sink was given.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The documents that were begun.
    pub begun: Vec<usize>,
    /// The bytes of all of them.
    pub bytes: Vec<u8>,
}

impl Sink for Memory {
    type Error = Infallible;

    fn begin(&mut self, document: usize) -> Result<(), Infallible> {
        self.begun.push(document);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        assert!(!self.begun.is_empty(), "bytes of no document");
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn abandon(&mut self) {}
}
