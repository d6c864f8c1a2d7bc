//! Cloud signatures of ICP-Brasil without I/O, without alloc and without std.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

#[cfg(test)]
extern crate std;

pub mod advice;
pub mod codec;
pub mod document;
pub mod error;
pub mod identity;
pub mod language;
pub mod prompt;
pub mod secret;
pub mod time;
