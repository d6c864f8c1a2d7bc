//! Which rule of a signature policy is not kept (DOC-ICP-15.03).

use der::asn1::ObjectIdentifier;
use rubrica_core::cades::{Family, PolicyError, RootGeneration};

use crate::{SignatureAlgorithm, UnixTime, rejection::Attribute};

/// Which rule of a signature policy is not kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyFault {
    /// No policy is named, and one is asked for.
    #[error("the signature names no signature policy")]
    NotNamed,
    /// Another policy is named than the one asked for.
    #[error("the signature names the policy {found}, not {asked}")]
    Other {
        /// The one asked for.
        asked: ObjectIdentifier,
        /// The one named.
        found: ObjectIdentifier,
    },
    /// The policy is named with a hash that is not SHA-256 (S30).
    #[error("the policy is named by a hash of the algorithm {0}; SHA-256 is asked")]
    HashAlgorithm(ObjectIdentifier),
    /// The hash is not the policy's internal one: another text is meant, or the hash of the file was
    /// taken (DOC-ICP-15.03 v9.1, note 2).
    #[error("the policy's hash is not the internal hash of that policy")]
    Hash,
    /// The policy is for something else than what was signed: one for CMS in a PDF, or one for PDF
    /// elsewhere.
    #[error("the policy is for {}", match .0 { Family::Cades => "CMS (CAdES)", Family::Pades => "PDF (PAdES)" })]
    Family(Family),
    /// The content stands in the signature, which the policy forbids.
    #[error("the signature carries its content, which the policy forbids")]
    CarriesContent,
    /// A signed attribute that the policy's file asks for.
    #[error("the signed attribute {0}, which the policy asks for, is missing")]
    Missing(ObjectIdentifier),
    /// A signed attribute that the policy forbids.
    #[error("the signed attribute {0} is forbidden by the policy")]
    Forbidden(Attribute),
    /// An unsigned attribute that the policy does not allow.
    #[error("the unsigned attribute {0} is not allowed by the policy")]
    Unsigned(ObjectIdentifier),
    /// A signature algorithm that the policy does not list.
    #[error("the policy does not allow {0}")]
    Algorithm(SignatureAlgorithm),
    /// A key that the policy does not allow.
    #[error("{0}")]
    Key(PolicyError),
    /// A root that the policy does not know: ITI's validator rejects such a signature.
    #[error("the policy does not know the root {0}, and a newer policy is needed")]
    Root(RootGeneration),
    /// The signature was made before the policy came into force.
    #[error("the policy is in force from {from}, not at {at}")]
    NotYet {
        /// Its first second.
        from: UnixTime,
        /// The time that counts.
        at: UnixTime,
    },
    /// The signature was made when the policy had ended or been revoked.
    #[error("the policy was in force until {until}, not at {at}")]
    Ended {
        /// Its last second.
        until: UnixTime,
        /// The time that counts.
        at: UnixTime,
    },
    /// The policy asks for a time stamp, and there is none.
    #[error("the policy asks for a time stamp of the signature, and there is none")]
    NoTimeStamp,
}
