//! What the service takes, and how fast.

use crate::pacing::Rate;
use crate::time::Duration;

/// What the service takes, and how fast.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls for one holder, of which a signing makes those for signatures.
    pub calls: Rate,
    /// The life of a token for which none is asked, in seconds.
    pub default_lifetime: u64,
    /// The longest `lifetime` of a natural person's token, in seconds.
    pub lifetime_cpf: u64,
    /// The longest `lifetime` of a legal person's token, in seconds.
    pub lifetime_cnpj: u64,
    /// Documents in one request for signatures.
    pub hashes_per_request: usize,
    /// Bytes of the largest document that can be uploaded.
    pub document_bytes: u64,
    /// The time between two tries to fetch what is not ready.
    pub poll_pause: Duration,
    /// How long the holder has to approve.
    pub approval_window: Duration,
}
