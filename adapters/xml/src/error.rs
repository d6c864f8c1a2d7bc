//! What can be wrong, and what can only not be told.

use crate::limits;

/// Why nothing is said of a document's signatures.
///
/// [`XmlError::is_broken`] separates what is wrong with the document from what is merely beyond
/// this crate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlError {
    /// The bytes are not XML (XML 1.0, fifth edition, with Namespaces in XML 1.0).
    #[error("not well-formed XML: {what} at byte {at}")]
    Malformed {
        /// What was expected or found.
        what: &'static str,
        /// Where, in bytes from the start.
        at: usize,
    },

    /// A `Signature` does not have the form that a signature must have (XML Signature 1.1 §4).
    #[error("the XML signature is malformed: {what} at byte {at}")]
    Signature {
        /// What was expected or found.
        what: &'static str,
        /// Where its element begins, in bytes from the start.
        at: usize,
    },

    /// The signed document is not the one that was sent with a signature more, see
    /// [`added_signature`](crate::added_signature).
    #[error("the signed XML is not the original with one signature more: {what}")]
    OtherDocument {
        /// What it is instead.
        what: &'static str,
    },

    /// The document may be good or not; here it cannot be told.
    #[error("the XML cannot be checked: {0}")]
    Unverifiable(#[from] Unverifiable),
}

impl XmlError {
    /// Whether the document is wrong. Otherwise it could not be checked, and nothing is known.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        !matches!(self, Self::Unverifiable(_))
    }
}

/// Why something cannot be checked here. It is not thereby wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Unverifiable {
    /// The document is not in UTF-8, or says so of itself. The encoding would have to be undone
    /// before anything is compared.
    #[error("it is not in UTF-8")]
    Encoding,
    /// It is of another version than XML 1.0, whose rules for names and ends of lines are others.
    #[error("it is not of XML 1.0")]
    Version,
    /// It has a document type declaration. Entities and default values would have to be added to
    /// what is signed, from places that the signature does not cover.
    #[error("it has a document type declaration")]
    DocumentType,
    /// It names a namespace relatively, of which no canonical form may be made (Canonical XML 1.1
    /// §1.3).
    #[error("a namespace in it is a relative reference")]
    RelativeNamespace,
    /// It exceeds a bound of [`limits`].
    #[error("it exceeds the bound of {0}")]
    TooLarge(&'static str),
    /// A canonicalization algorithm that is not known here.
    #[error("it is canonicalized by an unknown algorithm")]
    Canonicalization,
    /// A transform that is not accepted: XPath but for `not(ancestor-or-self::ds:Signature)`, XSLT, base64 and any other that makes of a document
    /// what the signer did not see.
    #[error("a transform is not accepted")]
    Transform,
    /// Transforms in an order that would have a canonical form read again.
    #[error("the order of the transforms is not accepted")]
    TransformOrder,
    /// A reference to something outside the document.
    #[error("what is referred to is not in the document")]
    External,
    /// A reference by an XPointer, or one without an address.
    #[error("the reference cannot be followed")]
    Pointer,
    /// What is signed begins below an `xml:base` and is canonicalized by Canonical XML 1.1, which
    /// would join the two.
    #[error("an xml:base is in force where what is signed begins")]
    Base,
    /// SHA-1 or MD5, which no longer show that two documents are the same.
    #[error("the hash is weak")]
    WeakHash,
    /// A hash that is not known here.
    #[error("the hash is unknown")]
    Hash,
    /// The signature brings no certificate that its properties could be compared with.
    #[error("there is no certificate in the signature")]
    NoCertificate,
    /// A signature algorithm that is not known here, an HMAC or DSA.
    #[error("the signature algorithm is unknown")]
    SignatureAlgorithm,
    /// A signature algorithm with parameters.
    #[error("the signature algorithm has parameters")]
    SignatureParameters,
}

pub(crate) fn malformed(what: &'static str, at: usize) -> XmlError {
    XmlError::Malformed { what, at }
}

/// Bounds by their names.
pub(crate) const TOO_LONG: Unverifiable = Unverifiable::TooLarge("bytes of the document");
const _: () = assert!(limits::DOCUMENT_BYTES < u32::MAX as usize);
