//! A Cortex-M4 that obtains a signature by itself: what the image is made of, apart from the board.
//!
//! Everything here is free of the board, and its tests run on the host.
#![no_std]
#![deny(unsafe_code)]

#[cfg(test)]
extern crate std;

pub mod certificate;
#[cfg(test)]
mod impostor;
pub mod keep;
pub mod link;
pub mod network;
pub mod paper;
pub mod pin;
pub mod random;
pub mod rsa;
pub mod slot;
pub mod tls;
