//! Why no signature can be assembled.

use super::{Level, PolicyError};
use crate::codec::der::Misread;

/// Why no signature can be assembled of what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CadesError {
    /// A `signingTime` under a policy for PDFs, which ITI's validator rejects (DOC-ICP-15.03 v9.1,
    /// table A.14).
    #[error("signingTime may not stand in a signature under a PAdES policy")]
    SigningTime,
    /// The policy cannot be used with this certificate.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A policy of a level that wants more than is assembled here: references, certificates and
    /// revocation, archival time stamps.
    #[error("signatures of level {} are not assembled here", .0.name())]
    Level(Level),
    /// The certificate's key is of an algorithm with which no signature over SHA-256 is known here.
    #[error("the certificate's key is neither RSA nor on a named elliptic curve")]
    Key,
    /// More certificates in the chain than [`super::MAX_CHAIN`].
    #[error("the chain has more than {0} certificates")]
    Chain(usize),
    /// The content that is to be attached has another digest than the one that was signed.
    #[error("the content has another digest than the one in the signed attributes")]
    Content,
    /// A content that is to be attached under a policy for PDFs, which wants it outside.
    #[error("under a PAdES policy the content stands outside of the signature")]
    Attached,
    /// The signature cannot be one of the certificate's key: its length, or its form, is another's.
    #[error("the signature is none of the certificate's key: {0} bytes")]
    Signature(usize),
    /// The policy wants a time stamp, and there is none.
    #[error("the policy wants a time stamp of the signature")]
    NoTimeStamp,
    /// The time stamp is of something else.
    #[error("the time stamp is not of this signature")]
    OtherTimeStamp,
    /// The time stamp cannot be read.
    #[error("the time stamp's {0}")]
    TimeStamp(#[from] Misread),
}
