//! A document on its way through a session.

use std::path::PathBuf;

use rubrica_core::certillion::Progress;

use crate::document::{Document, Prepared};
use crate::piece::State;

/// A document with its place in the caller's list and what is known of it.
pub(super) struct Piece {
    /// Its number in the caller's list, where documents that were refused have numbers too.
    pub(super) index: usize,
    pub(super) document: Document,
    pub(super) prepared: Prepared,
    pub(super) state: State,
    /// How far it is with the service.
    pub(super) progress: Progress,
    /// The file in which its signed form is received, when it is received in one.
    pub(super) inbox: Option<PathBuf>,
}
