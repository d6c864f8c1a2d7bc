//! What a session's journal holds.

use rubrica_core::certillion::{Progress, SigningSnapshot};
use rubrica_core::identity::Holder;
use rubrica_core::oauth::scope::Scope;
use serde::{Deserialize, Serialize};

use super::job::Job;
use crate::error::Error;
use crate::journal::content;
use crate::record::DocumentRecord;

/// A session in the middle of signing: all that another process needs to go on.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) version: u8,
    /// Seconds since 1970.
    pub(super) saved_at: u64,
    pub(super) service: ServiceRecord,
    pub(super) holder: Holder,
    pub(super) psc: Option<String>,
    pub(super) scope: Scope,
    pub(super) lifetime: Option<u64>,
    pub(super) certificate_alias: Option<String>,
    pub(super) job: Job,
    pub(super) documents: Vec<(DocumentRecord, Progress)>,
    pub(super) flow: SigningSnapshot,
}

/// Whom the session was with: it is resumed with nobody else.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ServiceRecord {
    pub(super) name: String,
    pub(super) base_url: String,
    pub(super) signer_base_url: String,
    pub(super) client_id: String,
}

impl Record {
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Error> {
        Ok(content::decode(bytes, content::CERTILLION)?)
    }
}
