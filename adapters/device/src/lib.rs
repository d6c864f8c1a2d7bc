//! Carries the core's flows over any embedded-io stream, without std and without alloc.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

pub mod board;
mod driver;
mod error;
pub mod http;
pub mod qr;
pub mod sink;
pub mod source;

pub use driver::{Attendant, Buffers, Device, End, Wake, run};
pub use error::{DocumentProblem, Error, ExchangeError, Misbehaviour, ReplyError, Unsendable};
