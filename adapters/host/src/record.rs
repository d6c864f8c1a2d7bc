//! What a session's journal holds.

use std::path::{Path, PathBuf};

use rubrica_core::identity::Holder;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::SigningSnapshot;
use serde::{Deserialize, Serialize};

use crate::authorize::Via;
use crate::document::{Document, Prepared, Source};
use crate::error::Error;
use crate::journal::content;
use crate::piece::{Piece, State};
use crate::recipe::Recipe;

/// A session in the middle of signing: all that another process needs to go on.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) version: u8,
    /// Seconds since 1970.
    pub(crate) saved_at: u64,
    pub(crate) service: ServiceRecord,
    pub(crate) holder: Holder,
    pub(crate) via: Via,
    pub(crate) scope: Scope,
    pub(crate) lifetime: Option<u64>,
    pub(crate) certificate_alias: Option<String>,
    pub(crate) recipe: Recipe,
    pub(crate) documents: Vec<DocumentRecord>,
    /// DER of the certificates that raw signatures are verified with.
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) flow: SigningSnapshot,
}

/// Whom the session was with: it is resumed with nobody else.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ServiceRecord {
    pub(crate) provider: String,
    pub(crate) base_url: String,
    pub(crate) client_id: String,
}

/// A document of the session.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DocumentRecord {
    pub(crate) name: String,
    /// Where its bytes are; `None` for a document that was in memory.
    pub(crate) path: Option<PathBuf>,
    /// The caller's own words about it.
    pub(crate) reference: String,
    pub(crate) prepared: Prepared,
    pub(crate) state: State,
    /// The file in which its signed form is received.
    pub(crate) inbox: Option<PathBuf>,
}

impl Record {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Error> {
        Ok(content::decode(bytes, content::PSC)?)
    }
}

impl DocumentRecord {
    pub(crate) fn of<T>(piece: &Piece<T>) -> Self {
        let Document { name, reference, source, .. } = &piece.document;
        Self {
            name: name.clone(),
            path: match source {
                // Another process may be somewhere else.
                Source::File(path) => Some(absolute(path)),
                Source::Bytes(_) => None,
            },
            reference: reference.clone(),
            prepared: piece.prepared,
            state: piece.state.clone(),
            inbox: piece.inbox.as_deref().map(absolute),
        }
    }

    /// The document at this place again, with what the service keeps of it.
    pub(crate) fn into_piece<T>(self, place: usize, own: T) -> Piece<T> {
        let mut document = Document::from_file(self.path.unwrap_or_default());
        document.name = self.name;
        document.reference = self.reference;
        let Self { prepared, state, inbox, .. } = self;
        Piece { index: place, document, prepared, state, inbox, own }
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
