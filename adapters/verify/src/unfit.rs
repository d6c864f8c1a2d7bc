//! Why a certificate cannot be used for what it was used for.

use core::fmt;

use der::asn1::ObjectIdentifier;

use crate::UnixTime;

/// Whose certificate is refused: the signer's, or one above it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Whose {
    /// The certificate that made the signature.
    Signer,
    /// A certification authority's, by its common name.
    Authority(Box<str>),
    /// A trust anchor's, by its common name.
    Anchor(Box<str>),
    /// The certificate that made a time stamp.
    TimeStamp,
    /// The certificate that made an OCSP answer.
    Responder,
}

impl fmt::Display for Whose {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signer => formatter.write_str("the signer's certificate"),
            Self::Authority(name) => write!(formatter, "the certificate of the authority {name}"),
            Self::Anchor(name) => write!(formatter, "the trust anchor {name}"),
            Self::TimeStamp => formatter.write_str("the time-stamp authority's certificate"),
            Self::Responder => formatter.write_str("the OCSP responder's certificate"),
        }
    }
}

/// Why a certificate cannot be used for what it was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// Its validity starts later.
    #[error("is valid from {from}, not at {at}")]
    NotYetValid {
        /// When its validity starts.
        from: UnixTime,
        /// The time that was asked about.
        at: UnixTime,
    },
    /// Its validity has ended.
    #[error("was valid until {until}, not at {at}")]
    Expired {
        /// The last second of its validity.
        until: UnixTime,
        /// The time that was asked about.
        at: UnixTime,
    },
    /// A signer's certificate whose key usage has neither `digitalSignature` nor `nonRepudiation`,
    /// or no key usage at all (RFC 5280 §4.2.1.3; ICP-Brasil DOC-ICP-04 §7.1.2 makes it
    /// mandatory).
    #[error(
        "may not be used to sign: its key usage has neither digitalSignature nor nonRepudiation"
    )]
    KeyUsage,
    /// A signer's certificate whose extended key usage names nothing but servers, code, timestamps
    /// or OCSP.
    #[error("was issued for another purpose than signing documents")]
    Purpose,
    /// A time-stamp authority's certificate whose extended key usage is not `timeStamping` alone
    /// and critical (RFC 3161 §2.3).
    #[error("may not sign time stamps: its extended key usage is not timeStamping alone, critical")]
    NotForTimeStamps,
    /// An OCSP responder's certificate whose extended key usage lacks `OCSPSigning` (RFC 6960
    /// §4.2.2.2).
    #[error("may not sign OCSP answers: its extended key usage lacks OCSPSigning")]
    NotForResponses,
    /// A signer's certificate that is a certification authority's.
    #[error("belongs to a certification authority, which does not sign documents")]
    Authority,
    /// A certificate in the chain that is not an authority's (RFC 5280 §4.2.1.9).
    #[error("does not belong to a certification authority, yet issued another certificate")]
    NotAnAuthority,
    /// An authority's certificate without `keyCertSign` (RFC 5280 §4.2.1.3).
    #[error("may not issue certificates: its key usage lacks keyCertSign")]
    NotForIssuing,
    /// More authorities follow than the certificate allows (RFC 5280 §4.2.1.9).
    #[error("allows {allowed} authorities below it, and {found} follow")]
    PathLength {
        /// Its `pathLenConstraint`.
        allowed: u32,
        /// Authorities that follow it, self-issued ones aside.
        found: u32,
    },
    /// An extension that must be understood and is not (RFC 5280 §4.2).
    #[error("holds the critical extension {0}, which is not understood here")]
    CriticalExtension(ObjectIdentifier),
    /// Name constraints, which this crate does not evaluate and does not ignore (RFC 5280
    /// §4.2.1.10).
    #[error("constrains names, which is not understood here")]
    NameConstraints,
    /// An RSA key shorter than 2048 bits (security line S30).
    #[error("has an RSA key of {bits} bits; at least 2048 are asked")]
    WeakKey {
        /// The modulus's size.
        bits: usize,
    },
}
