//! A document on its way through a session.

use serde::{Deserialize, Serialize};

use crate::document::{Document, Prepared};

/// A document with its place in the caller's list and what is known of it.
pub(crate) struct Piece {
    pub(crate) index: usize,
    pub(crate) id: String,
    pub(crate) document: Document,
    pub(crate) prepared: Prepared,
    pub(crate) state: State,
}

impl Piece {
    pub(crate) fn new(index: usize, document: Document, prepared: Prepared) -> Self {
        Self::saved(index, document, prepared, State::Waiting)
    }

    pub(crate) fn saved(
        index: usize,
        document: Document,
        prepared: Prepared,
        state: State,
    ) -> Self {
        Self {
            index,
            id: format!("rubrica-{}", index.saturating_add(1)),
            document,
            prepared,
            state,
        }
    }
}

/// How far a document is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    /// Not signed, as far as is known.
    Waiting,
    /// The service's answer is here; it has not been handed over yet.
    Answered(Vec<u8>),
    /// Its outcome was handed over.
    Delivered,
}
