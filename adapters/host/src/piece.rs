//! A document on its way through a session.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::document::{Document, Prepared};

/// A document with its place in the caller's list and what is known of it, of which a service keeps
/// `T`.
pub(crate) struct Piece<T> {
    /// Its number in the caller's list, where documents that were refused have numbers too.
    pub(crate) index: usize,
    pub(crate) document: Document,
    pub(crate) prepared: Prepared,
    pub(crate) state: State,
    /// The file in which its signed form is received, when it is received in one.
    pub(crate) inbox: Option<PathBuf>,
    /// What the service keeps of it.
    pub(crate) own: T,
}

/// What a document is known by in an order: its place, counted from 1, so that a saved order is found
/// to be the same. Decimal digits: some services take numbers alone.
pub(crate) fn id(place: usize) -> String {
    place.saturating_add(1).to_string()
}

/// How far a document is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    /// Not signed, as far as is known.
    Waiting,
    /// The service's answer is here; it has not been handed over yet.
    Answered(Vec<u8>),
    /// The service's answer is a signed document, which is whole in its file; it has not been handed
    /// over yet.
    Received,
    /// Its outcome was handed over.
    Delivered,
    /// No signature came, for this reason, which has not been handed over yet.
    Failed(String),
}
