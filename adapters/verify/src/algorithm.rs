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
    /// RSA-PSS (RFC 8017 §8.1) with this hash, MGF1 with the same hash and a salt as long as it.
    RsaPss(Digest),
    /// ECDSA over this hash, on the curve of the key: P-256 or P-384.
    Ecdsa(Digest),
}

impl SignatureAlgorithm {
    /// The algorithm of a certificate's signature, which names its hash.
    pub(crate) fn of_certificate(algorithm: &AlgorithmIdentifier<'_>) -> Result<Self, Rejection> {
        let (accepted, parameters) = match algorithm.oid {
            RSA_PSS => return pss(algorithm)?.ok_or(Rejection::SignatureParameters(RSA_PSS)),
            RSA_SHA256 => (Self::RsaPkcs1(Digest::Sha256), algorithm.has_no_parameters()),
            RSA_SHA384 => (Self::RsaPkcs1(Digest::Sha384), algorithm.has_no_parameters()),
            RSA_SHA512 => (Self::RsaPkcs1(Digest::Sha512), algorithm.has_no_parameters()),
            // RFC 5758 §3.2: the parameters of ECDSA are absent, never NULL.
            ECDSA_SHA256 => (Self::Ecdsa(Digest::Sha256), algorithm.parameters.is_none()),
            ECDSA_SHA384 => (Self::Ecdsa(Digest::Sha384), algorithm.parameters.is_none()),
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
            Self::RsaPkcs1(digest) | Self::RsaPss(digest) | Self::Ecdsa(digest) => digest,
        }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RsaPkcs1(digest) => write!(formatter, "RSA PKCS#1 v1.5 with {digest}"),
            Self::RsaPss(digest) => write!(formatter, "RSA-PSS with {digest}"),
            Self::Ecdsa(digest) => write!(formatter, "ECDSA with {digest}"),
        }
    }
}

/// What `RSASSA-PSS-params` (RFC 4055 §3.1) say, where that is one hash throughout, a salt as long
/// as it, and the usual trailer. What they leave out defaults to SHA-1 and 20 bytes, which is not
/// accepted.
fn pss(algorithm: &AlgorithmIdentifier<'_>) -> Result<Option<SignatureAlgorithm>, Rejection> {
    let Some(parameters) = algorithm.parameters.filter(|it| it.tag() == Tag::Sequence) else {
        return Ok(None);
    };
    let mut fields = parameters.open()?;
    let hash = match fields.optional(constructed(0))? {
        Some(field) => only_hash(&mut field.open()?)?,
        None => None,
    };
    let mask = match fields.optional(constructed(1))? {
        Some(field) => only_mask(&mut field.open()?)?,
        None => None,
    };
    let salt = match fields.optional(constructed(2))? {
        Some(field) => Some(only_number(&mut field.open()?)?),
        None => None,
    };
    let trailer = match fields.optional(constructed(3))? {
        Some(field) => only_number(&mut field.open()?)?,
        None => 1,
    };
    fields.finish()?;
    Ok(hash
        .filter(|hash| mask == Some(*hash) && salt == Some(hash.length()) && trailer == 1)
        .map(SignatureAlgorithm::RsaPss))
}

fn only_hash(cursor: &mut Cursor<'_>) -> Result<Option<Digest>, Rejection> {
    let algorithm = AlgorithmIdentifier::read(cursor)?;
    let sound = algorithm.has_no_parameters() && cursor.is_finished();
    Ok(Digest::from_oid(algorithm.oid).filter(|_| sound))
}

fn only_mask(cursor: &mut Cursor<'_>) -> Result<Option<Digest>, Rejection> {
    let algorithm = AlgorithmIdentifier::read(cursor)?;
    let Some(hash) = algorithm.parameters.filter(|hash| hash.tag() == Tag::Sequence) else {
        return Ok(None);
    };
    let hash = AlgorithmIdentifier::from_element(&hash)?;
    let sound = algorithm.oid == MGF1 && hash.has_no_parameters() && cursor.is_finished();
    Ok(Digest::from_oid(hash.oid).filter(|_| sound))
}

fn only_number(cursor: &mut Cursor<'_>) -> Result<usize, Rejection> {
    let number = cursor.expect(Tag::Integer)?;
    let value = number.decode::<u16>()?;
    if cursor.is_finished() { Ok(value.into()) } else { Err(number.unexpected_value()) }
}
