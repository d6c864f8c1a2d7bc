//! A document on its way through a session.

use std::path::PathBuf;

use rubrica_core::document::Digest;
use rubrica_core::psc::{Content, Item};
use serde::{Deserialize, Serialize};

use crate::document::{Document, Prepared};
use crate::form::Form;

/// A document with its place in the caller's list and what is known of it.
pub(crate) struct Piece {
    /// Its number in the caller's list, where documents that were refused have numbers too.
    pub(crate) index: usize,
    /// By which the service's answer is matched. It follows from the place in the order alone, so
    /// that a saved order is found to be the same.
    pub(crate) id: String,
    pub(crate) document: Document,
    pub(crate) prepared: Prepared,
    /// What the key signs, where that is not the document's digest.
    pub(crate) signed: Option<Digest>,
    pub(crate) state: State,
    /// The file in which its signed form is received, when it is received in one.
    pub(crate) inbox: Option<PathBuf>,
}

impl Piece {
    /// The document with this number in the caller's list and this place in the order.
    pub(crate) fn new(
        index: usize,
        place: usize,
        document: Document,
        prepared: Prepared,
        inbox: Option<PathBuf>,
    ) -> Self {
        let (id, state) = (id(place), State::Waiting);
        Self { index, id, document, prepared, signed: None, state, inbox }
    }

    /// What is ordered.
    pub(crate) fn item(&self, form: Form) -> Item<'_> {
        Item { id: &self.id, alias: &self.document.name, content: self.content(form) }
    }

    /// What is sent of it.
    pub(crate) fn content(&self, form: Form) -> Content {
        self.signed.map_or_else(|| self.prepared.content(form), Content::Digest)
    }

    /// A document of a saved session, which is known by its place alone.
    pub(crate) fn saved(
        place: usize,
        document: Document,
        prepared: Prepared,
        state: State,
        inbox: Option<PathBuf>,
    ) -> Self {
        Self { index: place, id: id(place), document, prepared, signed: None, state, inbox }
    }
}

/// What a document is known by in an order. Decimal digits: some services take numbers alone.
fn id(place: usize) -> String {
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
