//! Documents out of embedded-io: a file on flash, a serial line.

use embedded_io::{Read, Seek, SeekFrom};
use rubrica_core::document::Documents;

/// Why a document cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError<E> {
    /// Its reader failed.
    #[error("the document cannot be read")]
    Reader(E),
    /// Another document is asked for than the one that is there.
    #[error("the document is not there")]
    Missing,
    /// It was read before, and cannot be read again.
    #[error("the document can be read only once")]
    Spent,
}

/// A document that can be read once, from a line or a pipe. A request that carries it can be sent
/// once: when that fails, the document has to come again.
#[derive(Debug)]
pub struct ReadOnce<R> {
    reader: R,
    number: usize,
    /// Whether any of it has been asked for.
    spent: bool,
}

impl<R> ReadOnce<R> {
    /// The first document of its order.
    pub const fn new(reader: R) -> Self {
        Self::numbered(0, reader)
    }

    /// The document with this number, counted from 0 over all documents of its order.
    pub const fn numbered(number: usize, reader: R) -> Self {
        Self { reader, number, spent: false }
    }

    /// The reader, for what comes after the document.
    pub fn into_inner(self) -> R {
        self.reader
    }
}

impl<R: Read> Documents for ReadOnce<R> {
    type Error = SourceError<R::Error>;

    const READ_ONCE: bool = true;

    fn begin(&mut self, document: usize) -> Result<(), Self::Error> {
        match (document == self.number, self.spent) {
            (false, _) => Err(SourceError::Missing),
            (true, true) => Err(SourceError::Spent),
            (true, false) => Ok(()),
        }
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Self::Error> {
        self.spent = true;
        self.reader.read(out).map_err(SourceError::Reader)
    }
}

/// A document that can be read again, from where its reader stands at first.
#[derive(Debug)]
pub struct ReadAgain<R> {
    reader: R,
    number: usize,
    start: u64,
}

impl<R: Read + Seek> ReadAgain<R> {
    /// The first document of its order. It begins where the reader stands.
    ///
    /// # Errors
    /// Those of the reader, which is asked where it stands.
    pub fn new(reader: R) -> Result<Self, R::Error> {
        Self::numbered(0, reader)
    }

    /// The document with this number, counted from 0 over all documents of its order.
    ///
    /// # Errors
    /// Those of the reader, which is asked where it stands.
    pub fn numbered(number: usize, mut reader: R) -> Result<Self, R::Error> {
        let start = reader.stream_position()?;
        Ok(Self { reader, number, start })
    }

    /// The reader, wherever it stands now.
    pub fn into_inner(self) -> R {
        self.reader
    }
}

impl<R: Read + Seek> Documents for ReadAgain<R> {
    type Error = SourceError<R::Error>;

    fn begin(&mut self, document: usize) -> Result<(), Self::Error> {
        if document != self.number {
            return Err(SourceError::Missing);
        }
        self.reader.seek(SeekFrom::Start(self.start)).map(drop).map_err(SourceError::Reader)
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Self::Error> {
        self.reader.read(out).map_err(SourceError::Reader)
    }
}
