//! What a token allows (DOC-ICP-17.01 §6.4; VIDaaS manual v1.6 §3.1.1 c).

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// One hash.
    SingleSignature,
    /// Many hashes in one request.
    MultiSignature,
    /// Many requests until the token expires.
    SignatureSession,
    /// No use of the key.
    AuthenticationSession,
}

impl Scope {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "single_signature" => Self::SingleSignature,
            "multi_signature" => Self::MultiSignature,
            "signature_session" => Self::SignatureSession,
            "authentication_session" => Self::AuthenticationSession,
            _ => return None,
        })
    }

    pub(crate) fn wire_name(self) -> &'static str {
        match self {
            Self::SingleSignature => "single_signature",
            Self::MultiSignature => "multi_signature",
            Self::SignatureSession => "signature_session",
            Self::AuthenticationSession => "authentication_session",
        }
    }
}
