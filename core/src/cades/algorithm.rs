//! Which algorithm a key signs with.

use super::identifiers::{ECDSA_WITH_SHA_256, SHA_256_WITH_RSA};
use crate::codec::der::ObjectIdentifier;
use crate::identity::certificate::{Curve, PublicKey};

/// How a signature over SHA-256 by such a key is named, and whether its parameters are `NULL` or
/// absent (RFC 5754 §3.2 and §3.3).
///
/// RSA is named with its digest, as ITI's policies do among the algorithms that they allow, not as
/// `rsaEncryption`, which RFC 3370 §3.2 has too.
pub(super) fn signature_algorithm(
    key: &PublicKey<'_>,
) -> Option<(ObjectIdentifier<'static>, bool)> {
    match key {
        PublicKey::Rsa { .. } => Some((SHA_256_WITH_RSA, true)),
        PublicKey::Elliptic { curve: Curve::P256 | Curve::P384 | Curve::P521, .. } => {
            Some((ECDSA_WITH_SHA_256, false))
        }
        PublicKey::Elliptic { .. } | PublicKey::Other { .. } => None,
    }
}
