//! A certificate's public key.

use core::fmt;

use der::{
    ErrorKind, Tag,
    asn1::{BitStringRef, ObjectIdentifier, UintRef},
};

use crate::{
    algorithm::RSA,
    cursor::{AlgorithmIdentifier, only_sequence},
    rejection::{Piece, Rejection},
    unfit::Unfit,
};

const ELLIPTIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// The smallest RSA modulus that is accepted, in bits (security line S30).
const RSA_BITS: usize = 2048;

/// What kind of key a certificate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA with a modulus of this many bits.
    Rsa {
        /// The modulus's size.
        bits: usize,
    },
    /// The curve P-256.
    P256,
    /// The curve P-384.
    P384,
    /// Another algorithm or curve, whose signatures are not accepted.
    Other(ObjectIdentifier),
}

impl fmt::Display for KeyKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(formatter, "RSA {bits}"),
            Self::P256 => formatter.write_str("P-256"),
            Self::P384 => formatter.write_str("P-384"),
            Self::Other(oid) => oid.fmt(formatter),
        }
    }
}

impl KeyKind {
    /// Nothing weaker than RSA 2048 is accepted, for signers and authorities alike.
    pub(crate) fn strong(self) -> Result<(), Unfit> {
        match self {
            Self::Rsa { bits } if bits < RSA_BITS => Err(Unfit::WeakKey { bits }),
            _ => Ok(()),
        }
    }
}

/// The key's numbers, borrowed from a certificate.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PublicKey<'a> {
    /// An RSA key.
    Rsa {
        /// `RSAPublicKey` in DER (RFC 8017 §A.1.1), as ring reads it.
        der: &'a [u8],
        modulus: &'a [u8],
        exponent: &'a [u8],
    },
    /// A point on P-256.
    P256(&'a [u8]),
    /// A point on P-384.
    P384(&'a [u8]),
    /// A key that is not read further.
    Other(ObjectIdentifier),
}

impl<'a> PublicKey<'a> {
    /// Reads `SubjectPublicKeyInfo` (RFC 5280 §4.1).
    pub(crate) fn read(subject_public_key_info: &'a [u8]) -> Result<Self, Rejection> {
        let mut fields = only_sequence(subject_public_key_info, Piece::PublicKey)?;
        let algorithm = AlgorithmIdentifier::read(&mut fields)?;
        let bits = fields.expect(Tag::BitString)?;
        fields.finish()?;
        let key = bits
            .decode::<BitStringRef<'a>>()?
            .as_bytes()
            .ok_or_else(|| bits.malformed(ErrorKind::Length { tag: Tag::BitString }))?;
        match algorithm.oid {
            RSA => Self::read_rsa(key),
            ELLIPTIC => match algorithm.parameters {
                Some(curve) if curve.tag() == Tag::ObjectIdentifier => {
                    Ok(match curve.decode::<ObjectIdentifier>()? {
                        P256 => Self::P256(key),
                        P384 => Self::P384(key),
                        other => Self::Other(other),
                    })
                }
                _ => Ok(Self::Other(ELLIPTIC)),
            },
            other => Ok(Self::Other(other)),
        }
    }

    /// The bit string inside `SubjectPublicKeyInfo`, whatever the algorithm.
    pub(crate) fn bits(subject_public_key_info: &'a [u8]) -> Result<&'a [u8], Rejection> {
        let mut fields = only_sequence(subject_public_key_info, Piece::PublicKey)?;
        fields.expect(Tag::Sequence)?;
        let bits = fields.expect(Tag::BitString)?;
        fields.finish()?;
        crate::certificate::bits(&bits)
    }

    fn read_rsa(key: &'a [u8]) -> Result<Self, Rejection> {
        let mut numbers = only_sequence(key, Piece::PublicKey)?;
        let modulus = numbers.expect(Tag::Integer)?.decode::<UintRef<'a>>()?.as_bytes();
        let exponent = numbers.expect(Tag::Integer)?.decode::<UintRef<'a>>()?.as_bytes();
        numbers.finish()?;
        Ok(Self::Rsa { der: key, modulus, exponent })
    }

    pub(crate) fn kind(&self) -> KeyKind {
        match self {
            Self::Rsa { modulus, .. } => KeyKind::Rsa { bits: bit_length(modulus) },
            Self::P256(_) => KeyKind::P256,
            Self::P384(_) => KeyKind::P384,
            Self::Other(oid) => KeyKind::Other(*oid),
        }
    }
}

/// Bits of a big-endian number.
pub(crate) fn bit_length(number: &[u8]) -> usize {
    let first = number.iter().position(|&byte| byte != 0).unwrap_or(number.len());
    match number.get(first..) {
        Some([leading, rest @ ..]) => {
            let leading = u8::BITS.saturating_sub(leading.leading_zeros());
            rest.len().saturating_mul(8).saturating_add(usize::try_from(leading).unwrap_or(8))
        }
        _ => 0,
    }
}
