//! What became of a document.

use std::io;
use std::path::Path;

use rubrica_verify::Verified;

use crate::document::Document;
use crate::error::Error;
use crate::outcome::Content;

/// A signed document.
#[derive(Clone)]
#[non_exhaustive]
pub struct Signed {
    /// The signed document, or the signature apart from it.
    pub content: Content,
    /// How far it was checked here.
    pub verification: Verification,
    /// By what the service knows the signature, where it told so: it can be fetched again by it.
    pub transaction: Option<String>,
}

/// How far a signed document was checked before it was handed over. One that was found to be bad is
/// never handed over.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Verification {
    /// It is the document that was sent, signed by the holder; the signature verifies.
    Verified(Box<Verified>),
    /// It could not be checked here, for this reason: whether it is good is to be found out elsewhere.
    NotVerified(String),
}

impl Verification {
    /// Who signed, where it was checked.
    #[must_use]
    pub fn verified(&self) -> Option<&Verified> {
        match self {
            Self::Verified(verified) => Some(verified),
            Self::NotVerified(_) => None,
        }
    }
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
            .field("transaction", &self.transaction)
            .finish_non_exhaustive()
    }
}

/// What became of a document.
pub type Outcome = Result<Signed, Error>;

/// Takes an outcome: the document's number, the document, and what became of it.
pub type Deliver<'d> = dyn FnMut(usize, &Document, Outcome) -> io::Result<()> + 'd;
