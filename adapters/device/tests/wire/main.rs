//! What goes over a stream and what comes back, byte by byte.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod documents;
mod hostile;
mod pushes;
mod raw_documents;
mod redirects;
mod replies;
mod requests;
mod signed_documents;
mod signings;
mod splits;
mod stage;
mod support;
