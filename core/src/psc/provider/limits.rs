//! What a provider takes, and how fast.

use crate::pacing::Rate;
use crate::time::Duration;

/// What a provider takes, and how fast.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests for authorization by one application.
    pub authorize: Rate,
    /// Requests for signatures by one holder.
    pub signature_requests: Rate,
    /// Signatures of one application.
    pub signatures: Rate,
    /// Documents in one request for signatures.
    pub documents_per_request: usize,
    /// Bytes of the largest document that can be sent, before base64.
    pub document_bytes: u64,
    /// The least time between two polls.
    pub poll_interval: Duration,
    /// How long the holder has to approve.
    pub approval_window: Duration,
    /// The longest `lifetime` of a natural person's token, in seconds.
    pub lifetime_cpf: u64,
    /// The longest `lifetime` of a legal person's token, in seconds.
    pub lifetime_cnpj: u64,
}

impl Limits {
    /// What is kept to where a provider publishes no limits.
    ///
    /// The lifetimes are the norm's (DOC-ICP-17.01 §6.4: `expires_in` of at most 7 days for a CPF, 30
    /// for a CNPJ). All else is what VIDaaS publishes (manual v1.6 §5), which is the only measure that
    /// any provider gives. Unsure: whether the others take as much, or more.
    pub const CUSTOMARY: Self = Self {
        authorize: Rate { count: 100, period: Duration::from_secs(1) },
        signature_requests: Rate { count: 100, period: Duration::from_secs(60) },
        signatures: Rate { count: 5_000, period: Duration::from_secs(60) },
        documents_per_request: 20,
        document_bytes: 7 * 1024 * 1024,
        poll_interval: Duration::from_secs(1),
        approval_window: Duration::from_secs(120),
        lifetime_cpf: 7 * 24 * 60 * 60,
        lifetime_cnpj: 30 * 24 * 60 * 60,
    };
}
