//! How much of a document is looked at before anything of it is believed (security line S35).
//!
//! What is larger is [`XmlError::Unverifiable`](crate::XmlError::Unverifiable), not broken.

/// Bytes of a document.
pub const DOCUMENT_BYTES: usize = 16 * 1024 * 1024;

/// Elements inside each other.
pub const DEPTH: usize = 128;

/// Elements, texts, comments and processing instructions of a document.
pub const NODES: usize = 2 * 1024 * 1024;

/// Attributes of a document, namespace declarations included.
pub const ATTRIBUTES: usize = 1024 * 1024;

/// Attributes of one element, namespace declarations included.
pub const ATTRIBUTES_OF_ELEMENT: usize = 256;

/// Namespace declarations in force at one place, those that inner ones hide included.
pub const NAMESPACES: usize = 256;

/// Bytes of a name, its prefix not included.
pub const NAME_BYTES: usize = 1024;

/// Bytes of canonical form written in one call, for all references of all signatures. Each
/// reference may ask for the whole document again, and exclusive canonicalization may write one
/// long namespace name for every element.
pub const CANONICAL_BYTES: usize = 128 * 1024 * 1024;

/// Bytes of one canonical form that is held in memory to be compared.
pub const COMPARED_BYTES: usize = 64 * 1024 * 1024;

/// Bytes of a canonical `SignedInfo`.
pub const SIGNED_INFO_BYTES: usize = 256 * 1024;

/// Signatures of one document.
pub const SIGNATURES: usize = 32;

/// References of one signature.
pub const REFERENCES: usize = 64;

/// Transforms of one reference.
pub const TRANSFORMS: usize = 8;

/// Prefixes that one `InclusiveNamespaces` lists.
pub const PREFIXES: usize = 64;

/// Certificates of one signature.
pub const CERTIFICATES: usize = 16;

/// Bytes of one certificate. Those of ICP-Brasil have around 2 KiB.
pub const CERTIFICATE_BYTES: usize = 16 * 1024;

/// Bytes of a signature's value: RSA of 16,384 bits.
pub const VALUE_BYTES: usize = 2 * 1024;

/// Bytes of one time stamp. With the authority's chain they have around 8 KiB.
pub const TIME_STAMP_BYTES: usize = 64 * 1024;

/// Time stamps of one signature.
pub const TIME_STAMPS: usize = 8;
