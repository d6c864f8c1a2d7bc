//! Signatures checked by ring, over bytes that are in memory.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};

use crate::{algorithm::SignatureAlgorithm, digest::Digest, key::PublicKey, rejection::Rejection};

/// Checks that the key made this signature over `message`.
///
/// The caller has asked [`crate::KeyKind::strong`] before; ring refuses RSA keys under 2048 bits
/// as well, without telling why.
pub(crate) fn verify(
    key: &PublicKey<'_>,
    algorithm: SignatureAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), Rejection> {
    let (verifier, key): (&'static dyn VerificationAlgorithm, &[u8]) = match (*key, algorithm) {
        (PublicKey::Rsa { der, .. }, SignatureAlgorithm::RsaPkcs1(Digest::Sha256)) => {
            (&RSA_PKCS1_2048_8192_SHA256, der)
        }
        (PublicKey::Rsa { der, .. }, SignatureAlgorithm::RsaPkcs1(Digest::Sha384)) => {
            (&RSA_PKCS1_2048_8192_SHA384, der)
        }
        (PublicKey::Rsa { der, .. }, SignatureAlgorithm::RsaPkcs1(Digest::Sha512)) => {
            (&RSA_PKCS1_2048_8192_SHA512, der)
        }
        (PublicKey::Rsa { der, .. }, SignatureAlgorithm::RsaPss(Digest::Sha256)) => {
            (&RSA_PSS_2048_8192_SHA256, der)
        }
        (PublicKey::Rsa { der, .. }, SignatureAlgorithm::RsaPss(Digest::Sha384)) => {
            (&RSA_PSS_2048_8192_SHA384, der)
        }
        (PublicKey::Rsa { der, .. }, SignatureAlgorithm::RsaPss(Digest::Sha512)) => {
            (&RSA_PSS_2048_8192_SHA512, der)
        }
        (PublicKey::P256(point), SignatureAlgorithm::Ecdsa(Digest::Sha256)) => {
            (&ECDSA_P256_SHA256_ASN1, point)
        }
        (PublicKey::P256(point), SignatureAlgorithm::Ecdsa(Digest::Sha384)) => {
            (&ECDSA_P256_SHA384_ASN1, point)
        }
        (PublicKey::P384(point), SignatureAlgorithm::Ecdsa(Digest::Sha256)) => {
            (&ECDSA_P384_SHA256_ASN1, point)
        }
        (PublicKey::P384(point), SignatureAlgorithm::Ecdsa(Digest::Sha384)) => {
            (&ECDSA_P384_SHA384_ASN1, point)
        }
        (PublicKey::Other(oid), _) => return Err(Rejection::KeyAlgorithm(oid)),
        _ => return Err(Rejection::KeyMismatch),
    };
    UnparsedPublicKey::new(verifier, key)
        .verify(message, signature)
        .map_err(|ring::error::Unspecified| Rejection::Signature)
}
