//! Signed documents into embedded-io: a file on flash, a serial line.

use embedded_io::Write;
use rubrica_core::document::Sink;

/// Why a signed document cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SinkError<E> {
    /// Its writer failed.
    #[error("the signed document cannot be written")]
    Writer(E),
    /// Its writer takes no more bytes.
    #[error("there is no room for the signed document")]
    Full,
    /// It holds a document, or the beginning of one: the next would stand behind it.
    #[error("the writer holds another document")]
    Occupied,
}

/// Writes a signed document as it comes.
///
/// A writer takes nothing back. Bytes that came before [`State::Whole`] are no document: whoever reads
/// them asks [`state`](Self::state) first, or hears it in another way. A file is best written under
/// another name, and renamed when it is whole.
#[derive(Debug)]
pub struct WriteTo<W> {
    writer: W,
    state: State,
}

/// What a writer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing yet.
    Empty,
    /// Part of a document, or one that has not been found to be the right one.
    Begun,
    /// The beginning of a document that came to nothing.
    Abandoned,
    /// A document, whole.
    Whole,
}

impl<W> WriteTo<W> {
    /// A sink for one document.
    pub const fn new(writer: W) -> Self {
        Self { writer, state: State::Empty }
    }

    /// What the writer holds.
    pub const fn state(&self) -> State {
        self.state
    }

    /// The writer.
    pub fn into_inner(self) -> W {
        self.writer
    }
}

impl<W: Write> Sink for WriteTo<W> {
    type Error = SinkError<W::Error>;

    fn begin(&mut self, _document: usize) -> Result<(), Self::Error> {
        if self.state != State::Empty {
            return Err(SinkError::Occupied);
        }
        self.state = State::Begun;
        Ok(())
    }

    fn write(&mut self, mut bytes: &[u8]) -> Result<(), Self::Error> {
        while !bytes.is_empty() {
            match self.writer.write(bytes).map_err(SinkError::Writer)? {
                0 => return Err(SinkError::Full),
                count => bytes = bytes.get(count..).unwrap_or_default(),
            }
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Self::Error> {
        self.writer.flush().map_err(SinkError::Writer)?;
        self.state = State::Whole;
        Ok(())
    }

    fn abandon(&mut self) {
        if self.state == State::Begun {
            self.state = State::Abandoned;
        }
    }
}
