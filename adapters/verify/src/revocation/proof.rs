//! What lists and answers can tell, and why one of them tells nothing.

use core::fmt;

use der::asn1::ObjectIdentifier;

use crate::{UnixTime, unfit::Unfit};

/// Why a certificate was revoked (RFC 5280 §5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// `unspecified` (0).
    Unspecified,
    /// `keyCompromise` (1).
    KeyCompromise,
    /// `cACompromise` (2).
    AuthorityCompromise,
    /// `affiliationChanged` (3).
    AffiliationChanged,
    /// `superseded` (4).
    Superseded,
    /// `cessationOfOperation` (5).
    CessationOfOperation,
    /// `certificateHold` (6), which may be lifted.
    Hold,
    /// `privilegeWithdrawn` (9).
    PrivilegeWithdrawn,
    /// `aACompromise` (10).
    AttributeAuthorityCompromise,
    /// Another code.
    Other(u8),
}

impl Reason {
    pub(super) fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::AuthorityCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::Hold,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AttributeAuthorityCompromise,
            other => Self::Other(other),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::AuthorityCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::Hold => "certificateHold",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AttributeAuthorityCompromise => "aACompromise",
            Self::Other(code) => return write!(formatter, "reason {code}"),
        })
    }
}

/// Whether a list or an answer told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProofKind {
    /// A revocation list.
    List,
    /// An OCSP answer.
    Answer,
}

impl fmt::Display for ProofKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::List => "revocation list",
            Self::Answer => "OCSP answer",
        })
    }
}

/// What showed that a certificate was not revoked at the time that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// What it is.
    pub kind: ProofKind,
    /// When it was true.
    pub this_update: UnixTime,
    /// Until when something newer is to be had.
    pub next_update: Option<UnixTime>,
    /// When the certificate was revoked, where that was after the time that counts.
    pub revoked_later: Option<UnixTime>,
}

/// Why a list or an answer that seems to be about a certificate proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// It is older than the time that counts, and does not reach it.
    #[error("it holds until {until}, not at {at}")]
    Stale {
        /// Its `nextUpdate`, or what stands for it where it has none.
        until: UnixTime,
        /// The time that counts.
        at: UnixTime,
    },
    /// It says that it is from a time to come.
    #[error("it is of {from}, which is yet to come")]
    Future {
        /// Its `thisUpdate`.
        from: UnixTime,
    },
    /// It was made after the certificate had expired, and no longer needs to name it.
    #[error("it is of {from}, when the certificate had already expired and was no longer listed")]
    AfterExpiry {
        /// Its `thisUpdate`.
        from: UnixTime,
    },
    /// Its signature is not the issuer's.
    #[error("its signature does not verify against the issuer's certificate")]
    Signature,
    /// Whoever signed it is not known, or may not.
    #[error("whoever signed it is not known as the issuer or as authorized by it")]
    Signer,
    /// The responder's certificate may not be used.
    #[error("its responder's certificate {0}")]
    Responder(Unfit),
    /// The responder's own certificate was revoked, or might be.
    #[error("its responder's certificate is not known to be unrevoked")]
    ResponderRevocation,
    /// The certificate of the authority that signed the list may not sign lists.
    #[error("the issuer's key usage lacks cRLSign")]
    NotForLists,
    /// It holds a critical extension.
    #[error("it holds the critical extension {0}, which is not understood here")]
    CriticalExtension(ObjectIdentifier),
    /// A list that somebody else than the certificates' issuer keeps.
    #[error("it is an indirect list, which is not used here")]
    Indirect,
    /// A list that is about other certificates of the issuer, or about some reasons only.
    #[error("it is about other certificates of the issuer, or some reasons only")]
    Scope,
    /// The responder does not know the certificate.
    #[error("the responder does not know the certificate")]
    Unknown,
    /// The signature is of a kind that is not accepted or not known here.
    #[error("its signature cannot be checked here")]
    Algorithm,
    /// [`crate::limits::EXAMINATION_SIGNATURES`] were checked before it.
    #[error("too many lists and answers were checked before it")]
    Work,
    /// It can be read as a whole, and not where it matters.
    #[error("it is malformed")]
    Malformed,
}
