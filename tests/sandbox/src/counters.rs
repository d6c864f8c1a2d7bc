//! What the service saw and did, for tests to judge a client by.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::Serialize;

use crate::lock;
use crate::random::hexadecimal;
use crate::transport::Endpoint;

/// One signature made, and so billed, whether or not its answer arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SignatureRecord {
    /// Who signed: `vidaas`, a [`Psc::name`](crate::Psc::name), or `certillion`.
    pub psc: &'static str,
    /// CPF or CNPJ of the holder who was authorised.
    pub holder: String,
    /// The `id` of the request's element.
    pub id: String,
    /// SHA-256 of the document in lowercase hexadecimal: the hash that was sent.
    pub hash: String,
    /// `signature_format` as it was sent; of Certillion, `signature_standard`.
    pub format: String,
}

/// One document uploaded to Certillion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UploadRecord {
    /// The `client_id` of the application that sent it.
    pub application: String,
    /// SHA-256 of the document in lowercase hexadecimal.
    pub hash: String,
    /// The document's length.
    pub bytes: u64,
    /// The name that came with it.
    pub file_name: String,
    /// The media type that came with it.
    pub media_type: String,
}

/// One signature downloaded from Certillion, whether or not it arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DownloadRecord {
    /// The `client_id` of the application that asked.
    pub application: String,
    /// The transaction as it was asked.
    pub transaction: String,
    /// SHA-256 of the document that was signed, in lowercase hexadecimal.
    pub hash: String,
}

/// Counts since the sandbox's start. Everything is a snapshot; nothing resets.
#[derive(Debug, Default)]
pub struct Counters {
    inner: Mutex<Snapshot>,
}

/// All counters at a moment.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// Requests that arrived, by endpoint.
    pub requests: BTreeMap<&'static str, u64>,
    /// Answers given, by endpoint and status; a connection reset before processing has none.
    pub answers: BTreeMap<&'static str, BTreeMap<u16, u64>>,
    /// Signatures made, in order.
    pub signatures: Vec<SignatureRecord>,
    /// Documents uploaded to Certillion, in order.
    pub uploads: Vec<UploadRecord>,
    /// Signatures downloaded from Certillion, in order.
    pub downloads: Vec<DownloadRecord>,
    /// Time stamps made, and so billed.
    pub stamps: u64,
    /// Polls that came sooner than the service allows.
    pub early_polls: u64,
    /// What a client did against the manual, in words: each would be a bug of the client.
    pub violations: Vec<String>,
}

impl Counters {
    /// Requests that arrived at an endpoint.
    #[must_use]
    pub fn requests(&self, endpoint: Endpoint) -> u64 {
        lock(&self.inner).requests.get(endpoint.name()).copied().unwrap_or_default()
    }

    /// Signatures made over a document's SHA-256: 1 when none is lost and none is double.
    #[must_use]
    pub fn signatures_of(&self, hash: &[u8; 32]) -> usize {
        let hash = hexadecimal(hash);
        lock(&self.inner).signatures.iter().filter(|record| record.hash == hash).count()
    }

    /// All signatures made, in order.
    #[must_use]
    pub fn signatures(&self) -> Vec<SignatureRecord> {
        lock(&self.inner).signatures.clone()
    }

    /// All uploads to Certillion, in order.
    #[must_use]
    pub fn uploads(&self) -> Vec<UploadRecord> {
        lock(&self.inner).uploads.clone()
    }

    /// Uploads of a document, by its SHA-256.
    #[must_use]
    pub fn uploads_of(&self, hash: &[u8; 32]) -> usize {
        let hash = hexadecimal(hash);
        lock(&self.inner).uploads.iter().filter(|record| record.hash == hash).count()
    }

    /// All downloads from Certillion, in order.
    #[must_use]
    pub fn downloads(&self) -> Vec<DownloadRecord> {
        lock(&self.inner).downloads.clone()
    }

    /// Downloads of what was signed of a document, by the document's SHA-256.
    #[must_use]
    pub fn downloads_of(&self, hash: &[u8; 32]) -> usize {
        let hash = hexadecimal(hash);
        lock(&self.inner).downloads.iter().filter(|record| record.hash == hash).count()
    }

    /// Time stamps that the time-stamp authority made; those inside VIDaaS' AD-RT are not among
    /// them.
    #[must_use]
    pub fn stamps(&self) -> u64 {
        lock(&self.inner).stamps
    }

    /// Polls that came sooner than the service allows (VIDaaS manual v1.6 §3.1.2 c).
    #[must_use]
    pub fn early_polls(&self) -> u64 {
        lock(&self.inner).early_polls
    }

    /// What a client did against the manual, such as a token in a URL.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        lock(&self.inner).violations.clone()
    }

    /// Everything at once.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        lock(&self.inner).clone()
    }

    pub(crate) fn received(&self, endpoint: Endpoint) {
        *lock(&self.inner).requests.entry(endpoint.name()).or_default() += 1;
    }

    pub(crate) fn answered(&self, endpoint: Endpoint, status: u16) {
        let mut inner = lock(&self.inner);
        *inner.answers.entry(endpoint.name()).or_default().entry(status).or_default() += 1;
    }

    pub(crate) fn signed(&self, record: SignatureRecord) {
        lock(&self.inner).signatures.push(record);
    }

    pub(crate) fn uploaded(&self, record: UploadRecord) {
        lock(&self.inner).uploads.push(record);
    }

    pub(crate) fn downloaded(&self, record: DownloadRecord) {
        lock(&self.inner).downloads.push(record);
    }

    pub(crate) fn stamped(&self) {
        lock(&self.inner).stamps += 1;
    }

    pub(crate) fn polled_early(&self) {
        lock(&self.inner).early_polls += 1;
    }

    pub(crate) fn violated(&self, what: &str) {
        lock(&self.inner).violations.push(what.to_owned());
    }
}
