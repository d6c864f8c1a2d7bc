//! What became of a document.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rubrica_verify::Verified;

use crate::document::Document;
use crate::error::Error;

/// A signed document.
#[derive(Clone)]
#[non_exhaustive]
pub struct Signed {
    /// The signed PDF, the CMS or the bare signature.
    pub content: Content,
    /// Who signed, and how it was checked.
    pub verified: Verified,
}

impl Signed {
    /// The bytes, all of them in memory.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn into_bytes(self) -> io::Result<Vec<u8>> {
        self.content.into_bytes()
    }

    /// The same, with its content in memory, so that it outlives the session's files.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn into_memory(self) -> io::Result<Self> {
        Ok(Self { content: self.content.into_memory()?, ..self })
    }

    /// Writes the bytes to a file, in place of what was there.
    ///
    /// # Errors
    /// A file that cannot be written, or read.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        self.content.save(path.as_ref())
    }
}

impl core::fmt::Debug for Signed {
    /// Never the document.
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter
            .debug_struct("Signed")
            .field("content", &self.content)
            .field("verified", &self.verified)
            .finish()
    }
}

/// Where the bytes of a result are.
#[derive(Clone)]
pub enum Content {
    /// In memory.
    Bytes(Vec<u8>),
    /// In a file of the session's, which is there until the outcome has been taken: link to it or
    /// copy it. A signed document that a service sends back is received there, when the original is
    /// a file too, so that memory does not grow with it.
    File(PathBuf),
}

impl Content {
    /// The bytes, all of them in memory.
    pub(crate) fn into_bytes(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::File(path) => fs::read(path),
        }
    }

    /// The same in memory, so that it outlives the session's files.
    pub(crate) fn into_memory(self) -> io::Result<Self> {
        self.into_bytes().map(Self::Bytes)
    }

    /// Writes the bytes to a file, in place of what was there.
    pub(crate) fn save(&self, path: &Path) -> io::Result<()> {
        match self {
            Self::Bytes(bytes) => fs::write(path, bytes),
            Self::File(file) => fs::copy(file, path).map(|_| ()),
        }
    }
}

impl core::fmt::Debug for Content {
    /// Never the document.
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(formatter, "{} bytes", bytes.len()),
            Self::File(path) => path.fmt(formatter),
        }
    }
}

/// What became of a document.
pub type Outcome = Result<Signed, Error>;

/// Takes an outcome: the document's number, the document, and what became of it.
pub type Deliver<'d> = dyn FnMut(usize, &Document, Outcome) -> Result<(), std::io::Error> + 'd;

/// The same for signed documents of any service.
pub(crate) type DeliverAs<'d, S> =
    dyn FnMut(usize, &Document, Result<S, Error>) -> io::Result<()> + 'd;
