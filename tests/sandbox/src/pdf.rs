//! Signed PDFs, read and written by this crate alone, so that the client's PDF code is not judged
//! by itself. Reads cross-reference tables and streams and object streams; repairs nothing.

pub(crate) mod appearance;
mod document;
mod object;
pub(crate) mod pades;
pub(crate) mod signatures;
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
    #[error("the document is no PDF that can be read")]
    Broken,
    #[error("the document is encrypted")]
    Encrypted,
    #[error("the document has no page")]
    NoPage,
    #[error("the signature is larger than the room reserved for it")]
    Room,
}
