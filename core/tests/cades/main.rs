//! Certificates, signature policies and the signatures that are assembled of them, against encodings
//! that are made here in another way.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod certificates;
mod damage;
mod messages;
mod policies;
mod support;
mod time_stamps;
