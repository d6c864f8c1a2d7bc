//! Signed PDFs: the document is read with lopdf, the incremental update that holds the signature
//! is written here, so that neither the client's own writer nor a library's is judged by itself.

pub(crate) mod pades;
mod syntax;
mod update;

/// A document with its new signature.
#[derive(Debug)]
pub(crate) struct Signed {
    /// The whole document: the bytes that came, and the update after them.
    pub(crate) document: Vec<u8>,
    /// The CMS that stands in its `/Contents`.
    pub(crate) cms: Vec<u8>,
}

/// Why a document was not signed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PdfError {
    #[error("the document is no PDF that can be read: {0}")]
    Unreadable(#[from] lopdf::Error),
    #[error("the document's cross-reference is broken")]
    Broken,
    #[error("the document is encrypted")]
    Encrypted,
    #[error("the document has no page")]
    NoPage,
    #[error("the signature is larger than the room reserved for it")]
    Room,
}
