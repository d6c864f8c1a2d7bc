//! The signature algorithms that are known, and no others (security line S30).

use core::fmt;

use crate::{digest::Digest, error::Unverifiable};

/// A signature algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// RSA PKCS#1 v1.5 over this hash (RFC 9231 §2.3.2).
    RsaPkcs1(Digest),
    /// RSA-PSS with this hash, MGF1 with the same hash and a salt as long as it (RFC 9231 §2.3.10).
    RsaPss(Digest),
    /// ECDSA over this hash, on the curve of the key (RFC 9231 §2.3.6). The value is not DER but the
    /// two numbers side by side, see [`ecdsa_der`](crate::SignedInfo::ecdsa_der).
    Ecdsa(Digest),
}

impl SignatureAlgorithm {
    pub(crate) fn from_uri(uri: &str) -> Result<Self, Unverifiable> {
        const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
        const PSS: &str = "http://www.w3.org/2007/05/xmldsig-more#";
        const FIRST: &str = "http://www.w3.org/2000/09/xmldsig#";
        let unknown = Unverifiable::SignatureAlgorithm;
        if let Some(name) = uri.strip_prefix(MORE) {
            match name {
                "rsa-sha256" => Ok(Self::RsaPkcs1(Digest::Sha256)),
                "rsa-sha384" => Ok(Self::RsaPkcs1(Digest::Sha384)),
                "rsa-sha512" => Ok(Self::RsaPkcs1(Digest::Sha512)),
                "ecdsa-sha256" => Ok(Self::Ecdsa(Digest::Sha256)),
                "ecdsa-sha384" => Ok(Self::Ecdsa(Digest::Sha384)),
                "ecdsa-sha512" => Ok(Self::Ecdsa(Digest::Sha512)),
                "ecdsa-sha1" | "rsa-md5" => Err(Unverifiable::WeakHash),
                _ => Err(unknown),
            }
        } else if let Some(name) = uri.strip_prefix(PSS) {
            match name {
                "sha256-rsa-MGF1" => Ok(Self::RsaPss(Digest::Sha256)),
                "sha384-rsa-MGF1" => Ok(Self::RsaPss(Digest::Sha384)),
                "sha512-rsa-MGF1" => Ok(Self::RsaPss(Digest::Sha512)),
                "sha1-rsa-MGF1" => Err(Unverifiable::WeakHash),
                _ => Err(unknown),
            }
        } else {
            match uri.strip_prefix(FIRST) {
                Some("rsa-sha1" | "dsa-sha1") => Err(Unverifiable::WeakHash),
                _ => Err(unknown),
            }
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
