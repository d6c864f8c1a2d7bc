//! HTTP/1.1 (RFC 9112) for a client that has no heap.
//!
//! The protocol itself does no I/O: an [`Outgoing`] is read out, an [`Incoming`] is fed. [`Http`]
//! does both over a stream that blocks; a program with an executor does the same over its own, as
//! the crate's documentation shows.

mod chunked;
mod decimal;
mod exchange;
mod head;
mod incoming;
mod limits;
mod outgoing;
mod target;
mod text;

pub use exchange::Http;
pub use incoming::{Incoming, Reply};
pub use limits::Limits;
pub use outgoing::{Connection, Outgoing};
pub use target::Target;
use text::Text;

/// Moves `count` bytes from one place of a buffer to an earlier one.
fn shift(buffer: &mut [u8], from: usize, count: usize, to: usize) {
    let Some(end) = from.checked_add(count) else { return };
    if from != to && end <= buffer.len() && to <= buffer.len() - count {
        buffer.copy_within(from..end, to);
    }
}
