//! What a session's journal holds.

use std::path::{Path, PathBuf};

use postcard::experimental::serialized_size;
use rubrica_core::identity::Holder;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::SigningSnapshot;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::authorize::Via;
use crate::certillion::record as certillion;
use crate::document::{Document, Prepared, Source};
use crate::error::Error;
use crate::journal::JournalError;
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
    /// Other services' records begin with other bytes.
    pub(crate) const VERSION: u8 = 3;

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Error> {
        decode(bytes, Self::VERSION)
    }
}

/// The versions of every service's records.
const VERSIONS: [u8; 2] = [Record::VERSION, certillion::Record::VERSION];

/// A record as the journal keeps it.
pub(crate) fn encode(record: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, Error> {
    // As large as it becomes, so that no copy of a token is left behind by growing. Only a record
    // larger than memory cannot be written.
    let size = serialized_size(record).map_err(|_| JournalError::Corrupt)?;
    let mut bytes = Zeroizing::new(vec![0; size]);
    postcard::to_slice(record, &mut bytes).map_err(|_| JournalError::Corrupt)?;
    Ok(bytes)
}

/// A record of this version, of whatever service that is.
pub(crate) fn decode<R: DeserializeOwned>(bytes: &[u8], version: u8) -> Result<R, Error> {
    // The version stands first: what follows it may be anything when it is another.
    match bytes.first() {
        Some(found) if *found == version => {}
        Some(found) if VERSIONS.contains(found) => return Err(JournalError::Foreign.into()),
        _ => return Err(JournalError::Version.into()),
    }
    postcard::from_bytes(bytes).map_err(|_| JournalError::Corrupt.into())
}

impl DocumentRecord {
    pub(crate) fn new(
        document: &Document,
        prepared: Prepared,
        state: &State,
        inbox: Option<&Path>,
    ) -> Self {
        Self {
            name: document.name.clone(),
            path: match &document.source {
                // Another process may be somewhere else.
                Source::File(path) => Some(absolute(path)),
                Source::Bytes(_) => None,
            },
            reference: document.reference.clone(),
            prepared,
            state: state.clone(),
            inbox: inbox.map(absolute),
        }
    }

    pub(crate) fn of(piece: &Piece) -> Self {
        Self::new(&piece.document, piece.prepared, &piece.state, piece.inbox.as_deref())
    }

    /// The document again.
    pub(crate) fn document(&self) -> Document {
        let mut document = Document::from_file(self.path.clone().unwrap_or_default());
        document.name.clone_from(&self.name);
        document.reference.clone_from(&self.reference);
        document
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
