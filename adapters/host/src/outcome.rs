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
        match self.content {
            Content::Bytes(bytes) => Ok(bytes),
            Content::File(path) => fs::read(path),
        }
    }

    /// The same, with its content in memory, so that it outlives the session's files.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn into_memory(self) -> io::Result<Self> {
        let verified = self.verified.clone();
        Ok(Self { content: Content::Bytes(self.into_bytes()?), verified })
    }

    /// Writes the bytes to a file, in place of what was there.
    ///
    /// # Errors
    /// A file that cannot be written, or read.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        match &self.content {
            Content::Bytes(bytes) => fs::write(path, bytes),
            Content::File(file) => fs::copy(file, path).map(|_| ()),
        }
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
