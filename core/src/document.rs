//! Documents of any size: hashed, and sent, in a fixed amount of memory.

mod body;
mod digest;

pub(crate) use body::Slot;
pub use body::{Body, BodyError, BodyReader, Documents, Template};
pub use digest::{Digest, Hasher};
