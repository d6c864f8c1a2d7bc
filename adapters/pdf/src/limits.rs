//! The bounds within which a document is read.
//!
//! They are far above what documents need and far below what a machine lacks. A document that
//! exceeds one is refused, never read in part.

/// The largest document that is read, in bytes: 2 GiB less one, which is as far as a place in a
/// signed number of 32 bits leads; some readers hold it in one. A PSC's own limit for an uploaded
/// document is lower (7 MB at VIDaaS); signing by hash knows none.
pub const MAX_DOCUMENT_BYTES: u64 = 2_147_483_647;

/// The largest object number: ISO 32000-1 Annex C, table C.1.
pub const MAX_OBJECT_NUMBER: u32 = 8_388_607;

/// The most entries in one cross-reference section, and the most runs of consecutive object numbers
/// in all of them together.
pub const MAX_XREF_ENTRIES: usize = 1_000_000;

/// The most cross-reference sections, and so revisions, of one document.
pub const MAX_XREF_SECTIONS: usize = 1024;

/// How deeply arrays and dictionaries may be nested.
pub const MAX_DEPTH: usize = 64;

/// The most numbers, names, strings and so on in one object.
pub const MAX_OBJECT_NODES: usize = 1_000_000;

/// The most bytes that one object stream or cross-reference stream may inflate to: 16 MiB.
pub const MAX_INFLATED_BYTES: usize = 16 * 1024 * 1024;

/// The most bytes that all object streams together may inflate to, and all cross-reference streams
/// together: 64 MiB.
pub const MAX_INFLATED_BYTES_IN_ALL: usize = 64 * 1024 * 1024;

/// The most objects in one object stream. Writers put 100 or 200 in one.
pub const MAX_OBJECTS_IN_STREAM: usize = 100_000;

/// The most pages.
pub const MAX_PAGES: usize = 200_000;

/// The most form fields.
pub const MAX_FIELDS: usize = 200_000;

/// The most objects that later revisions may change or add for the change still to be judged.
pub const MAX_CHANGED_OBJECTS: usize = 100_000;

/// The most bytes of PDF syntax that are parsed in all, as a multiple of the document's length and
/// of what its object streams inflate to. Each object is read a few times; a document that leads
/// the reader over the same bytes again and again meets this bound.
pub(crate) const MAX_READINGS: u64 = 8;

/// The most bytes of PDF syntax that are parsed in all, however long the document is: 1 GiB. Most
/// of a large document is streams, which are never parsed.
pub(crate) const MAX_WORK: u64 = 1024 * 1024 * 1024;

/// The largest reserve for a signature, in bytes: 1 MiB.
pub const MAX_RESERVE: usize = 1024 * 1024;

/// The longest text of a signature's dictionary or stamp, in characters.
pub const MAX_TEXT: usize = 1024;
