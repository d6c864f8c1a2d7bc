//! What became of a document.

use rubrica_verify::Verified;

use crate::document::Document;
use crate::error::Error;

/// A signed document.
#[derive(Clone)]
#[non_exhaustive]
pub struct Signed {
    /// The signed PDF, the CMS or the bare signature.
    pub bytes: Vec<u8>,
    /// Who signed, and how it was checked.
    pub verified: Verified,
}

impl core::fmt::Debug for Signed {
    /// Never the document.
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter
            .debug_struct("Signed")
            .field("bytes", &format_args!("{} bytes", self.bytes.len()))
            .field("verified", &self.verified)
            .finish()
    }
}

/// What became of a document.
pub type Outcome = Result<Signed, Error>;

/// Takes an outcome: the document's number, the document, and what became of it.
pub type Deliver<'d> = dyn FnMut(usize, &Document, Outcome) -> Result<(), std::io::Error> + 'd;
