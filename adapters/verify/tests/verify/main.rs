//! Signatures, certificates and chains: what is accepted, and each reason for which something is
//! not.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what the tests are made of fails loudly, like the tests"
)]

mod certificates;
mod chains;
mod damage;
mod examine;
mod messages;
mod openssl;
mod raw_signatures;
mod support;
mod vectors;
