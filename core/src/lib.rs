//! Cloud signatures of ICP-Brasil without I/O, without alloc and without std.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]
#![allow(clippy::large_enum_variant, reason = "the core has no heap to box anything into")]

#[cfg(test)]
extern crate std;

pub mod advice;
pub mod codec;
pub mod document;
pub mod error;
pub mod exchange;
pub mod flow;
pub mod identity;
pub mod language;
pub mod oauth;
pub mod pacing;
pub mod prompt;
pub mod psc;
pub mod secret;
pub mod time;
