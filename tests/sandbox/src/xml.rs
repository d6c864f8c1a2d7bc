//! Signed XML, read and written by this crate alone, so that the client's XML code is not judged by
//! itself.
//!
//! Only simple documents are taken: XML 1.0 with namespaces in UTF-8, and no document type, from
//! which entities and default attributes would come.

mod canonical;
mod reader;
pub(crate) mod xades;

/// Why a document was not signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum XmlError {
    #[error("the document is no XML: {0}")]
    Broken(&'static str),
    #[error("beyond the emulator: {0}")]
    Unsupported(&'static str),
    #[error("no element has one of these names or identifiers")]
    NoElement,
    #[error("an element has no attribute of that name")]
    NoIdentifier,
    #[error("several elements have one identifier")]
    SameIdentifier,
}
