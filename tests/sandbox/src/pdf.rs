//! Signed PDFs, by an incremental update of this crate's own writing.

pub(crate) mod pades;

/// A document with its new signature.
pub(crate) struct Signed {
    /// The whole document.
    pub(crate) document: Vec<u8>,
    /// The CMS that stands in its `/Contents`.
    pub(crate) cms: Vec<u8>,
}

/// Why a document was not signed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PdfError {
    #[error("PAdES is not available yet")]
    Unavailable,
}
