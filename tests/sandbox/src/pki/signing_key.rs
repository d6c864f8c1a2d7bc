//! A holder's key, of either family that ICP-Brasil certifies.

use super::certificate::rsa_algorithm;
use super::der;
use super::ec::EcKey;
use super::rsa::{Padding, RsaKey};
use crate::error::StartError;
use crate::random;

/// RSA or an elliptic curve.
#[derive(Debug)]
pub(crate) enum SigningKey {
    Rsa(Box<RsaKey>),
    Ec(EcKey),
}

impl SigningKey {
    /// Reads an unencrypted PKCS#8 key of either family.
    pub(crate) fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, StartError> {
        RsaKey::from_pkcs8(pkcs8)
            .map(|key| Self::Rsa(Box::new(key)))
            .or_else(|_| EcKey::from_pkcs8(pkcs8).map(Self::Ec))
    }

    pub(crate) fn public_key_info(&self) -> Vec<u8> {
        match self {
            Self::Rsa(key) => key.public_key_info(),
            Self::Ec(key) => key.public_key_info(),
        }
    }

    /// The key bytes alone.
    pub(crate) fn public_key(&self) -> &[u8] {
        match self {
            Self::Rsa(key) => key.public_key(),
            Self::Ec(key) => key.public_key(),
        }
    }

    /// The AlgorithmIdentifier of [`sign_sha256`](Self::sign_sha256).
    pub(crate) fn signature_algorithm(&self) -> Vec<u8> {
        match self {
            Self::Rsa(_) => rsa_algorithm("1.2.840.113549.1.1.11"),
            // ecdsa-with-SHA256, without parameters (RFC 5758 §3.2).
            Self::Ec(_) => der::sequence(&[&der::object_identifier("1.2.840.10045.4.3.2")]),
        }
    }

    /// Signs a message with SHA-256; RSA pads as PKCS #1 v1.5 has it.
    pub(crate) fn sign_sha256(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Rsa(key) => key.sign_sha256(message),
            Self::Ec(key) => key.sign_digest(&random::sha256(message)),
        }
    }

    /// Signs a SHA-256 digest as it stands; a curve knows no padding.
    pub(crate) fn sign_digest(&self, padding: Padding, digest: &[u8; 32]) -> Vec<u8> {
        match self {
            Self::Rsa(key) => key.sign_digest(padding, digest),
            Self::Ec(key) => key.sign_digest(digest),
        }
    }
}
