//! What a token permits.

use serde::{Deserialize, Serialize};

/// The scopes of DOC-ICP-17.01 §6.4, as VIDaaS documents them (VIDaaS manual v1.6 §3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// One signature of one document; the token dies with it. The least there is, and the default.
    #[default]
    SingleSignature,
    /// Many documents in one request; the token dies with it.
    MultiSignature,
    /// Many requests, until the token expires or is revoked.
    SignatureSession,
    /// No signature at all: who is the holder.
    AuthenticationSession,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [
        Self::SingleSignature,
        Self::MultiSignature,
        Self::SignatureSession,
        Self::AuthenticationSession,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SingleSignature => "single_signature",
            Self::MultiSignature => "multi_signature",
            Self::SignatureSession => "signature_session",
            Self::AuthenticationSession => "authentication_session",
        }
    }

    /// The scope of a word.
    #[must_use]
    pub fn from_wire(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }

    /// Whether a token of this scope dies with the first request that signs.
    #[must_use]
    pub const fn is_spent_by_one_request(self) -> bool {
        matches!(self, Self::SingleSignature | Self::MultiSignature)
    }
}
