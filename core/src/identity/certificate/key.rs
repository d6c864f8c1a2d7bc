//! A certificate's public key (RFC 5280 §4.1.2.7).

use crate::codec::der::{
    AlgorithmIdentifier, BIT_STRING, DerError, Element, Elements, INTEGER, Misread,
    OBJECT_IDENTIFIER, ObjectIdentifier, SEQUENCE,
};

/// `rsaEncryption`, 1.2.840.113549.1.1.1 (RFC 8017 §A.1).
const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";

/// `id-ecPublicKey`, 1.2.840.10045.2.1 (RFC 5480 §2.1.1).
const ELLIPTIC: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";

/// `secp256r1`, 1.2.840.10045.3.1.7 (RFC 5480 §2.1.1.1).
const P256: &[u8] = b"\x2a\x86\x48\xce\x3d\x03\x01\x07";

/// `secp384r1`, 1.3.132.0.34.
const P384: &[u8] = b"\x2b\x81\x04\x00\x22";

/// `secp521r1`, 1.3.132.0.35.
const P521: &[u8] = b"\x2b\x81\x04\x00\x23";

/// The longest RSA modulus that is read: 8,192 bits. ICP-Brasil's roots have half of it.
const MAX_MODULUS: usize = 1_024;

const PIECE: &str = "subjectPublicKeyInfo";

/// A public key's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey<'d> {
    /// An RSA key.
    Rsa {
        /// Big-endian, without zeros before it.
        modulus: &'d [u8],
        /// Big-endian, without zeros before it.
        exponent: &'d [u8],
        /// `RSAPublicKey` in DER (RFC 8017 §A.1.1).
        encoded: &'d [u8],
    },
    /// A point on a named elliptic curve.
    Elliptic {
        /// The curve.
        curve: Curve<'d>,
        /// The point (RFC 5480 §2.2), as it stands.
        point: &'d [u8],
    },
    /// A key that is not read further.
    Other {
        /// Its algorithm.
        algorithm: ObjectIdentifier<'d>,
        /// Its bytes.
        key: &'d [u8],
    },
}

/// A named elliptic curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Curve<'d> {
    /// P-256, `secp256r1`.
    P256,
    /// P-384, `secp384r1`.
    P384,
    /// P-521, `secp521r1`.
    P521,
    /// Another, such as the Brainpool curves of ICP-Brasil's roots v6 and v7.
    Other(ObjectIdentifier<'d>),
}

impl<'d> PublicKey<'d> {
    pub(super) fn read(info: &Element<'d>) -> Result<Self, Misread> {
        let mut fields = info.elements();
        let algorithm = AlgorithmIdentifier::read(&fields.field(SEQUENCE, PIECE)?, PIECE)?;
        let bits = fields.field(BIT_STRING, PIECE)?;
        fields.finish(PIECE)?;
        let key = bits.whole_bits(PIECE)?;
        match (algorithm.algorithm.body(), algorithm.parameters) {
            (RSA, _) => Self::rsa(&bits, key),
            (ELLIPTIC, Some(curve)) if curve.tag == OBJECT_IDENTIFIER => {
                let curve = curve.object_identifier(PIECE)?;
                let curve = match curve.body() {
                    P256 => Curve::P256,
                    P384 => Curve::P384,
                    P521 => Curve::P521,
                    _ => Curve::Other(curve),
                };
                Ok(Self::Elliptic { curve, point: key })
            }
            _ => Ok(Self::Other { algorithm: algorithm.algorithm, key }),
        }
    }

    fn rsa(bits: &Element<'d>, encoded: &'d [u8]) -> Result<Self, Misread> {
        let at = |_| bits.misread("RSAPublicKey", DerError::Value);
        let mut outer = Elements::new(encoded);
        let mut numbers = outer.field(SEQUENCE, PIECE).map_err(at)?.elements();
        outer.finish(PIECE).map_err(at)?;
        let modulus =
            numbers.field(INTEGER, PIECE).and_then(|number| number.magnitude(PIECE)).map_err(at)?;
        let exponent =
            numbers.field(INTEGER, PIECE).and_then(|number| number.magnitude(PIECE)).map_err(at)?;
        numbers.finish(PIECE).map_err(at)?;
        if modulus.len() > MAX_MODULUS {
            return Err(bits.misread("RSAPublicKey", DerError::Bound));
        }
        Ok(Self::Rsa { modulus, exponent, encoded })
    }

    /// The key's size in bits: the modulus's, or the curve's. `None` when it is not known.
    #[must_use]
    pub fn bits(&self) -> Option<usize> {
        match self {
            Self::Rsa { modulus, .. } => {
                let leading = modulus.first().map_or(0, |first| first.leading_zeros());
                let leading = usize::try_from(leading).unwrap_or(0);
                Some(modulus.len().saturating_mul(8).saturating_sub(leading))
            }
            Self::Elliptic { curve: Curve::P256, .. } => Some(256),
            Self::Elliptic { curve: Curve::P384, .. } => Some(384),
            Self::Elliptic { curve: Curve::P521, .. } => Some(521),
            Self::Elliptic { .. } | Self::Other { .. } => None,
        }
    }
}
