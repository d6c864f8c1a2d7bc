//! The tests of this crate, in one program.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of tests fails as a test does")]

mod addition;
mod canonical;
mod corpus;
mod damage;
mod hostile;
mod signatures;
mod support;
mod wrapping;
mod xades;
