//! Images of a microcontroller's flash, by which is measured what the library takes.
//!
//! Each image in `src/bin` really runs what it is named after, in QEMU, against a service that is
//! played from memory; it exits with 0 when it has gained what it should, and tells how deep its stack
//! became. `measure` builds them, runs them and weighs their parts.
#![no_std]

pub mod asked;
pub mod asked_certillion;
pub mod assembled;
pub mod board;
pub mod carried;
pub mod played;
pub mod uploaded;
