//! JSON (RFC 8259): a reader that works in place and a writer.
//!
//! The reader goes over the body once, in the body's own memory: it checks the whole grammar, the
//! encoding, the depth and that no name stands twice in an object, joins surrogate pairs, resolves
//! every escape and drops white space. What is left behind is the same document in a flat form in
//! which every string is plain text, so that walking it needs neither memory nor a second parser.
//!
//! serde-json-core, the customary choice, hands strings over still escaped, has no bound on depth and
//! takes the last of two equal names: what had to stand in front of it turned out to be all that is
//! needed. In the tests serde_json, an independent reader, judges this one.

mod escape;
mod flatten;
mod plain;
mod seek;
mod value;
mod writer;

pub(crate) use escape::{Piece, Unescaper};
pub use flatten::{MAX_DEPTH, MAX_MEMBERS, read, read_object};
pub(crate) use plain::{copy_down, plain_length};
pub(crate) use seek::Seeker;
pub use value::{Array, Object, Objects, Value};
pub use writer::Writer;
