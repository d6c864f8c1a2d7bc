//! Documents of any size: hashed, sent and received in a fixed amount of memory.

mod body;
mod digest;
mod encoding;
mod extract;
mod original;
mod sink;
mod source;

pub(crate) use body::Slot;
pub use body::{Body, BodyError, BodyReader, Sent, Template};
pub use digest::{Digest, Hasher};
pub use extract::{ExtractError, Extractor, Origin, Place, Received, Reception};
pub use sink::Sink;
pub use source::Documents;
