//! Why a signature or a certificate is not good.

use core::fmt;

use der::asn1::ObjectIdentifier;
use rubrica_core::{
    cades::PolicyFileError,
    identity::{
        Holder,
        certificate::{CertificateError, Unidentified},
    },
};

use crate::{
    UnixTime,
    digest::Digest,
    policy_fault::PolicyFault,
    revocation::Reason,
    unfit::{Unfit, Whose},
};

/// Which piece of a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Piece {
    /// The CMS as a whole: `ContentInfo` and `SignedData`.
    Cms,
    /// A certificate.
    Certificate,
    /// A certificate's public key.
    PublicKey,
    /// A text that holds certificates in PEM.
    Pem,
    /// A list of revoked certificates (RFC 5280 §5).
    Crl,
    /// An answer of an OCSP responder (RFC 6960).
    Ocsp,
    /// A time-stamp token (RFC 3161).
    TimeStamp,
    /// The attribute `sigPolicyId`.
    SignaturePolicy,
}

impl fmt::Display for Piece {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Cms => "CMS",
            Self::Certificate => "certificate",
            Self::PublicKey => "public key",
            Self::Pem => "PEM text",
            Self::Crl => "revocation list",
            Self::Ocsp => "OCSP answer",
            Self::TimeStamp => "time stamp",
            Self::SignaturePolicy => "signature policy identifier",
        })
    }
}

/// A signed attribute that a check needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Attribute {
    /// `contentType` (RFC 5652 §11.1).
    ContentType,
    /// `messageDigest` (RFC 5652 §11.2).
    MessageDigest,
    /// `signingTime` (RFC 5652 §11.3).
    SigningTime,
    /// `signingCertificateV2` (RFC 5035 §3).
    SigningCertificateV2,
    /// `signingCertificate` (RFC 2634 §5.4).
    SigningCertificate,
    /// `signerLocation` (RFC 5126 §5.11.2).
    SignerLocation,
    /// `sigPolicyId` (RFC 5126 §5.8.1).
    SignaturePolicy,
    /// `adbe-revocationInfoArchival` (ISO 32000-1 §12.8.3.3.2).
    RevocationArchival,
    /// `signatureTimeStampToken`, which is unsigned (RFC 5126 §6.1.1).
    SignatureTimeStamp,
    /// `certificate-values`, which is unsigned (RFC 5126 §6.3.3).
    CertificateValues,
    /// `revocation-values`, which is unsigned (RFC 5126 §6.3.4).
    RevocationValues,
}

impl fmt::Display for Attribute {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ContentType => "contentType",
            Self::MessageDigest => "messageDigest",
            Self::SigningTime => "signingTime",
            Self::SigningCertificateV2 => "signingCertificateV2",
            Self::SigningCertificate => "signingCertificate",
            Self::SignerLocation => "signerLocation",
            Self::SignaturePolicy => "sigPolicyId",
            Self::RevocationArchival => "adbe-revocationInfoArchival",
            Self::SignatureTimeStamp => "signatureTimeStampToken",
            Self::CertificateValues => "certificate-values",
            Self::RevocationValues => "revocation-values",
        })
    }
}

/// What is wrong with the encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defect(pub(crate) der::ErrorKind);

impl fmt::Display for Defect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Why something is not accepted: one variant for each check, roughly in the order in which they
/// are made.
///
/// `Display` gives one line in English, in which holders are masked. Whose fault it is, and what to
/// do, depends on where the message came from, which the caller knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// Larger than [`crate::limits`] allows; nothing of it was read.
    #[error("the {piece} has {size} bytes; at most {limit} are read")]
    TooLarge {
        /// Of what.
        piece: Piece,
        /// Its size in bytes.
        size: usize,
        /// The most that is read.
        limit: usize,
    },
    /// More entries in one list than [`crate::limits`] allows.
    #[error("the {piece} holds more than {limit} entries in one list")]
    TooMany {
        /// Of what.
        piece: Piece,
        /// The most that are read.
        limit: usize,
    },
    /// An encoding with an indefinite length: BER, where DER is asked.
    #[error("the {piece} is encoded with an indefinite length (BER) at byte {place}; DER is asked")]
    IndefiniteLength {
        /// In what.
        piece: Piece,
        /// Bytes from its start.
        place: usize,
    },
    /// Not the structure that it should be.
    #[error("the {piece} is malformed at byte {place}: {defect}")]
    Malformed {
        /// In what.
        piece: Piece,
        /// Bytes from its start, at the element that is wrong.
        place: usize,
        /// What is wrong.
        defect: Defect,
    },
    /// Bytes after the end of a structure.
    #[error("the {piece} ends at byte {place}, and {count} more follow")]
    TrailingBytes {
        /// Of what.
        piece: Piece,
        /// Bytes from its start.
        place: usize,
        /// How many follow.
        count: usize,
    },
    /// A text in which a PEM block was begun and cannot be read.
    #[error("the PEM text holds a block that cannot be read (block {block}, counted from 1)")]
    Pem {
        /// Which block.
        block: usize,
    },
    /// A number of certificates other than the one that is asked.
    #[error("the PEM text holds {0} certificates; one is asked")]
    NotOneCertificate(usize),
    /// Trust anchors among which no certificate is self-signed.
    #[error("the trust anchors hold no self-signed certificate")]
    NoRoot,
    /// A CMS that is no `SignedData`.
    #[error("the CMS holds {0}, not signed data")]
    NotSignedData(ObjectIdentifier),
    /// A CMS with no signer, or more than one.
    #[error("the CMS has {0} signers; exactly one is asked")]
    Signers(usize),
    /// A content other than plain data (RFC 5652 §4).
    #[error("the CMS signs a content of type {0}; plain data is asked")]
    Content(ObjectIdentifier),
    /// A CMS that carries another content than the one asked about.
    #[error("the content inside the CMS is not the one that was asked about")]
    OtherContent,
    /// A signature over the content itself, without signed attributes.
    #[error("the CMS has no signed attributes")]
    NoSignedAttributes,
    /// Signed attributes that are not in the order of a DER `SET OF` (RFC 5652 §5.3).
    #[error("the signed attributes are not in DER order")]
    AttributeOrder,
    /// An attribute that must be there.
    #[error("the signed attribute {0} is missing")]
    AttributeMissing(Attribute),
    /// An attribute, or its value, that must be there once.
    #[error("the signed attribute {0} does not occur exactly once with one value")]
    AttributeRepeated(Attribute),
    /// `contentType` differs from the content's type.
    #[error("the signed attribute contentType is {0}, which is not the content's type")]
    ContentType(ObjectIdentifier),
    /// A hash algorithm that is not allowed here.
    #[error("the hash algorithm {0} is not accepted")]
    DigestAlgorithm(ObjectIdentifier),
    /// `messageDigest` is not the digest that we computed: another document was signed.
    #[error("the signed messageDigest is not the digest of the document")]
    MessageDigest,
    /// The signer's certificate is not in the CMS.
    #[error("the signer's certificate is not in the CMS")]
    SignerMissing,
    /// The attribute names another certificate than the signer's.
    #[error("the signed attribute {0} names another certificate than the signer's")]
    OtherCertificate(Attribute),
    /// A signature algorithm that is not on the list (security line S30).
    #[error("the signature algorithm {0} is not accepted")]
    SignatureAlgorithm(ObjectIdentifier),
    /// Parameters of a signature algorithm that are not accepted.
    #[error("the parameters of the signature algorithm {0} are not accepted")]
    SignatureParameters(ObjectIdentifier),
    /// The signature was made with another hash than the message says.
    #[error("the signature is over {signature}, while the message says {message}")]
    DigestMismatch {
        /// The hash inside the signature algorithm.
        signature: Digest,
        /// The hash that the signer names.
        message: Digest,
    },
    /// A key of a type that is not accepted.
    #[error("a public key of type {0} is not accepted")]
    KeyAlgorithm(ObjectIdentifier),
    /// A signature algorithm that does not go with the certificate's key.
    #[error("the signature algorithm does not go with the certificate's key")]
    KeyMismatch,
    /// The signature does not verify against the certificate's key.
    #[error("the signature does not verify against the signer's certificate")]
    Signature,
    /// A certificate that may not be used as it was.
    #[error("{whose} {unfit}")]
    Unfit {
        /// Whose certificate.
        whose: Whose,
        /// Why not.
        unfit: Unfit,
    },
    /// A certificate that does not say who its holder is.
    #[error("the signer's certificate does not identify its holder: {0}")]
    Unidentified(#[from] Unidentified),
    /// Another holder's certificate.
    #[error("the signer is {found}, not {expected}")]
    Holder {
        /// Who was to sign.
        expected: Holder,
        /// Who did.
        found: Holder,
    },
    /// No certificate with the issuer's name is at hand.
    #[error("the issuer {issuer} is not known")]
    UnknownIssuer {
        /// The common name of the issuer that is missing.
        issuer: Box<str>,
    },
    /// Certificates with the issuer's name are at hand, and none of them made the signature.
    #[error("{whose} was not signed by the {issuer} that is known")]
    BrokenChain {
        /// Whose certificate it is that nobody signed.
        whose: Whose,
        /// The common name of its issuer.
        issuer: Box<str>,
    },
    /// No anchor was reached within [`crate::limits::PATH_CERTIFICATES`] certificates or
    /// [`crate::limits::PATH_SIGNATURES`] signature checks.
    #[error("no trust anchor is reached within the limits of the search")]
    PathTooLong,
    /// A certificate that was revoked before the time that counts.
    #[error("{whose} was revoked at {since}{}", .reason.map(|it| format!(" ({it})")).unwrap_or_default())]
    Revoked {
        /// Whose certificate.
        whose: Whose,
        /// Since when: when it was revoked, or when it became invalid, where that was earlier.
        since: UnixTime,
        /// Why, where that is told.
        reason: Option<Reason>,
    },
    /// An OCSP responder that gave no answer (RFC 6960 §4.2.1): 1 is a malformed request, 2 an
    /// internal error, 3 to try again later, 5 that the request must be signed, 6 that it is not
    /// allowed.
    #[error("the OCSP responder gave no answer (status {0})")]
    OcspStatus(u8),
    /// A time stamp over another signature.
    #[error("the time stamp is not over this signature")]
    TimeStampImprint,
    /// A time stamp of a time to come.
    #[error("the time stamp states {time}, and it is {at}")]
    TimeStampFuture {
        /// What it states.
        time: UnixTime,
        /// The time now.
        at: UnixTime,
    },
    /// A time stamp with a critical extension that is not understood.
    #[error("the time stamp holds the critical extension {0}, which is not understood here")]
    TimeStampExtension(ObjectIdentifier),
    /// A time stamp that is not good.
    #[error("the time stamp is not good: {0}")]
    TimeStamp(Box<Self>),
    /// A file that is no signature policy of ICP-Brasil.
    #[error("{0}")]
    PolicyFile(#[from] PolicyFileError),
    /// A certificate of which a name, the key or an extension cannot be read.
    #[error("{0}")]
    Certificate(Box<CertificateError>),
    /// A signature that does not keep the rules of its policy.
    #[error("{0}")]
    Policy(Box<PolicyFault>),
}

impl From<CertificateError> for Rejection {
    fn from(error: CertificateError) -> Self {
        Self::Certificate(Box::new(error))
    }
}

impl From<PolicyFault> for Rejection {
    fn from(fault: PolicyFault) -> Self {
        Self::Policy(Box::new(fault))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_stays_small() {
        assert!(size_of::<Rejection>() <= 80, "{}", size_of::<Rejection>());
    }
}
