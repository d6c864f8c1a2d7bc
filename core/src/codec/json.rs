//! JSON (RFC 8259): a reader that works in place and a writer.
//!
//! The reader goes over the body once, in the body's own memory: it checks the whole grammar, the
//! encoding, the depth and that no name stands twice in an object, joins surrogate pairs, resolves
//! every escape and drops white space. What is left behind is the same document in a flat form in
//! which every string is plain text, so that walking it needs neither memory nor a second parser.
//!
//! serde-json-core, which the rest of this field uses, hands strings over still escaped, has no bound
//! on depth and takes the last of two equal names; it serves the tests as an independent reader.

mod flatten;
mod value;
mod writer;

pub use flatten::{MAX_DEPTH, MAX_MEMBERS, read};
pub use value::{Array, Object, Value};
pub use writer::Writer;
