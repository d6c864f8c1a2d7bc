//! Cloud signatures of ICP-Brasil without I/O, without alloc and without std.
#![no_std]
#![forbid(unsafe_code)]
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[cfg(test)]
extern crate std;

pub mod identity;
