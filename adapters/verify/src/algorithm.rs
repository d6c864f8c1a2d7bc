//! The signature algorithms that are accepted, and no others (security line S30).
//!
//! SHA-1 and MD5 are refused by not being here, ECDSA with SHA-512 and Edwards curves because ring
//! has no verifier for them.

use core::fmt;

use der::{Tag, asn1::ObjectIdentifier};

use crate::{
    cursor::{AlgorithmIdentifier, Cursor, constructed},
    digest::Digest,
    rejection::Rejection,
};

/// RSA keys (RFC 3279 §2.3.1), and RSA PKCS#1 v1.5 signatures whose hash is named elsewhere (RFC
/// 3370 §3.2).
pub(crate) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");

/// The hash that an algorithm identifier names.
pub(crate) fn digest(algorithm: &AlgorithmIdentifier<'_>) -> Result<Digest, Rejection> {
    let digest =
        Digest::from_oid(algorithm.oid).ok_or(Rejection::DigestAlgorithm(algorithm.oid))?;
    if algorithm.has_no_parameters() {
        Ok(digest)
    } else {
        Err(Rejection::SignatureParameters(algorithm.oid))
    }
}

/// A signature algorithm that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// RSA PKCS#1 v1.5 (RFC 8017 §8.2) over this hash.
    RsaPkcs1(Digest),
    /// RSA-PSS (RFC 8017 §8.1) with SHA-256, MGF1 with SHA-256 and 32 bytes of salt.
    RsaPss,
    /// ECDSA over this hash, on the curve of the key: P-256 or P-384.
    Ecdsa(Digest),
}

impl SignatureAlgorithm {
    /// The algorithm of a certificate's signature, which names its hash.
    pub(crate) fn of_certificate(algorithm: &AlgorithmIdentifier<'_>) -> Result<Self, Rejection> {
        let (accepted, parameters) = match algorithm.oid {
            RSA_SHA256 => (Self::RsaPkcs1(Digest::Sha256), algorithm.has_no_parameters()),
            RSA_SHA384 => (Self::RsaPkcs1(Digest::Sha384), algorithm.has_no_parameters()),
            RSA_SHA512 => (Self::RsaPkcs1(Digest::Sha512), algorithm.has_no_parameters()),
            // RFC 5758 §3.2: the parameters of ECDSA are absent, never NULL.
            ECDSA_SHA256 => (Self::Ecdsa(Digest::Sha256), algorithm.parameters.is_none()),
            ECDSA_SHA384 => (Self::Ecdsa(Digest::Sha384), algorithm.parameters.is_none()),
            RSA_PSS => (Self::RsaPss, is_pss_with_sha256(algorithm)?),
            other => return Err(Rejection::SignatureAlgorithm(other)),
        };
        if parameters { Ok(accepted) } else { Err(Rejection::SignatureParameters(algorithm.oid)) }
    }

    /// The algorithm of a signer of a CMS, whose hash is the one that the signer names.
    pub(crate) fn of_signer(
        algorithm: &AlgorithmIdentifier<'_>,
        digest: Digest,
    ) -> Result<Self, Rejection> {
        let accepted = match algorithm.oid {
            RSA if algorithm.has_no_parameters() => Self::RsaPkcs1(digest),
            RSA => return Err(Rejection::SignatureParameters(RSA)),
            _ => Self::of_certificate(algorithm)?,
        };
        if accepted.digest() == digest {
            Ok(accepted)
        } else {
            Err(Rejection::DigestMismatch { signature: accepted.digest(), message: digest })
        }
    }

    /// The hash that the signature is over.
    #[must_use]
    pub fn digest(self) -> Digest {
        match self {
            Self::RsaPkcs1(digest) | Self::Ecdsa(digest) => digest,
            Self::RsaPss => Digest::Sha256,
        }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RsaPkcs1(digest) => write!(formatter, "RSA PKCS#1 v1.5 with {digest}"),
            Self::RsaPss => write!(formatter, "RSA-PSS with SHA-256"),
            Self::Ecdsa(digest) => write!(formatter, "ECDSA with {digest}"),
        }
    }
}

/// Whether `RSASSA-PSS-params` (RFC 4055 §3.1) say SHA-256, MGF1 over SHA-256, a salt of 32 bytes
/// and the usual trailer. What they leave out defaults to SHA-1 and 20 bytes, which is not
/// accepted.
fn is_pss_with_sha256(algorithm: &AlgorithmIdentifier<'_>) -> Result<bool, Rejection> {
    let Some(parameters) = algorithm.parameters else {
        return Ok(false);
    };
    if parameters.tag() != Tag::Sequence {
        return Ok(false);
    }
    let mut fields = parameters.open()?;
    let hash = match fields.optional(constructed(0))? {
        Some(field) => is_sha256(&mut field.open()?)?,
        None => false,
    };
    let mask = match fields.optional(constructed(1))? {
        Some(field) => is_mgf1_with_sha256(&mut field.open()?)?,
        None => false,
    };
    let salt = match fields.optional(constructed(2))? {
        Some(field) => is_number(&mut field.open()?, 32)?,
        None => false,
    };
    let trailer = match fields.optional(constructed(3))? {
        Some(field) => is_number(&mut field.open()?, 1)?,
        None => true,
    };
    fields.finish()?;
    Ok(hash && mask && salt && trailer)
}

fn is_sha256(cursor: &mut Cursor<'_>) -> Result<bool, Rejection> {
    let algorithm = AlgorithmIdentifier::read(cursor)?;
    Ok(algorithm.oid == Digest::Sha256.oid()
        && algorithm.has_no_parameters()
        && cursor.is_finished())
}

fn is_mgf1_with_sha256(cursor: &mut Cursor<'_>) -> Result<bool, Rejection> {
    let algorithm = AlgorithmIdentifier::read(cursor)?;
    let Some(hash) = algorithm.parameters.filter(|hash| hash.tag() == Tag::Sequence) else {
        return Ok(false);
    };
    let hash = AlgorithmIdentifier::from_element(&hash)?;
    Ok(algorithm.oid == MGF1
        && hash.oid == Digest::Sha256.oid()
        && hash.has_no_parameters()
        && cursor.is_finished())
}

fn is_number(cursor: &mut Cursor<'_>, number: u32) -> Result<bool, Rejection> {
    Ok(cursor.expect(Tag::Integer)?.decode::<u32>()? == number && cursor.is_finished())
}
