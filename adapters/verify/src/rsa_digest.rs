//! RSA signatures over a digest whose document is not at hand.
//!
//! A PSC signs the digest that it is sent, and the document was streamed through the hash long
//! before: ring, which hashes what it verifies, would need the whole document in memory again. So
//! the signature is opened here with the public key, and what is inside is compared with what must
//! be. Nothing in it is secret, and nothing depends on how long it takes.

use num_bigint::BigUint;

use crate::{
    digest::Digest,
    key::{PublicKey, bit_length},
    montgomery,
    rejection::Rejection,
};

/// How the digest was padded before the key was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Padding {
    /// RSASSA-PKCS1-v1_5 over `DigestInfo` (RFC 8017 §8.2): `PKCS1V1_5` of VIDaaS manual v1.6 §3.2.
    Pkcs1v15,
    /// RSASSA-PSS with SHA-256 throughout and 32 bytes of salt (RFC 8017 §8.1): `PSS` of VIDaaS
    /// manual v1.6 §3.2.
    Pss,
}

/// Bytes of a SHA-256 digest, and of the salt that goes with it.
const DIGEST: usize = 32;

/// `DigestInfo` for SHA-256 up to the digest (RFC 8017 §9.2 note 1).
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// What surrounds the filling of `EMSA-PKCS1-v1_5`: `00 01` and `00`, and `DigestInfo` with the
/// digest.
const FRAME: usize = 3 + DIGEST_INFO.len() + DIGEST;

/// The largest modulus and exponent in bits, as in ring: they bound the work.
const MODULUS_BITS: usize = 8192;
const EXPONENT_BITS: usize = 33;

/// Checks that the key made this signature over the SHA-256 digest.
pub(crate) fn verify(
    key: &PublicKey<'_>,
    padding: Padding,
    digest: &[u8; DIGEST],
    signature: &[u8],
) -> Result<(), Rejection> {
    let (modulus, exponent) = match *key {
        PublicKey::Rsa { modulus, exponent, .. } => (modulus, exponent),
        PublicKey::Other(oid) => return Err(Rejection::KeyAlgorithm(oid)),
        PublicKey::P256(_) | PublicKey::P384(_) => return Err(Rejection::KeyMismatch),
    };
    let opened = open(modulus, exponent, signature).ok_or(Rejection::Signature)?;
    let good = match padding {
        Padding::Pkcs1v15 => pkcs1_v15(opened.len(), digest).is_some_and(|asked| asked == opened),
        Padding::Pss => {
            is_pss(&opened, bit_length(modulus).saturating_sub(1), digest).unwrap_or(false)
        }
    };
    if good { Ok(()) } else { Err(Rejection::Signature) }
}

/// `RSAVP1` (RFC 8017 §5.2.2): the padded digest, as long as the modulus.
fn open(modulus: &[u8], exponent: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
    let bits = bit_length(modulus);
    let odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
    let sound = bits <= MODULUS_BITS
        && odd(modulus)
        && odd(exponent)
        && (2..=EXPONENT_BITS).contains(&bit_length(exponent));
    let length = bits.div_ceil(8);
    if !sound || signature.len() != length {
        return None;
    }
    let modulus = BigUint::from_bytes_be(modulus);
    let signature = BigUint::from_bytes_be(signature);
    if signature >= modulus {
        return None;
    }
    let exponent = exponent.iter().fold(0, |number, &byte| (number << 8) | u64::from(byte));
    let mut opened = montgomery::power(&signature, exponent, &modulus);
    let excess = opened.len().checked_sub(length)?;
    opened.drain(..excess);
    Some(opened)
}

/// `EMSA-PKCS1-v1_5` (RFC 8017 §9.2), which has one form only: `00 01 FF … FF 00 DigestInfo`.
fn pkcs1_v15(length: usize, digest: &[u8; DIGEST]) -> Option<Vec<u8>> {
    let filling = length.checked_sub(FRAME).filter(|&count| count >= 8)?;
    let mut encoded = vec![0x00, 0x01];
    encoded.extend(core::iter::repeat_n(0xff, filling));
    encoded.push(0x00);
    encoded.extend(DIGEST_INFO);
    encoded.extend(digest);
    Some(encoded)
}

/// `EMSA-PSS-VERIFY` (RFC 8017 §9.1.2) with a salt of 32 bytes. `None` where there is no room for
/// it.
fn is_pss(opened: &[u8], bits: usize, digest: &[u8; DIGEST]) -> Option<bool> {
    // One bit less than the modulus: where that is a whole number of bytes, the first byte is
    // unused.
    let length = bits.div_ceil(8);
    let (unused, encoded) = opened.split_at_checked(opened.len().checked_sub(length)?)?;
    let (encoded, trailer) = encoded.split_last_chunk::<1>()?;
    let (masked, hash) = encoded.split_last_chunk::<DIGEST>()?;
    let spare = u32::try_from(length.checked_mul(8)?.checked_sub(bits)?).ok()?;
    let spare_mask = 0xff_u8.checked_shr(spare).unwrap_or(0);
    if unused.iter().any(|&byte| byte != 0)
        || *trailer != [0xbc]
        || masked.first()? & !spare_mask != 0
    {
        return Some(false);
    }
    let mut block: Vec<u8> =
        masked.iter().zip(mask(hash, masked.len())).map(|(byte, mask)| byte ^ mask).collect();
    *block.first_mut()? &= spare_mask;
    let (padding, salt) = block.split_last_chunk::<DIGEST>()?;
    let (zeros, [0x01]) = padding.split_last_chunk::<1>()? else {
        return Some(false);
    };
    let mut message = vec![0; 8];
    message.extend(digest);
    message.extend(salt);
    Some(zeros.iter().all(|&byte| byte == 0) && Digest::Sha256.of(&message).as_ref() == hash)
}

/// `MGF1` (RFC 8017 §B.2.1) with SHA-256.
fn mask(seed: &[u8; DIGEST], length: usize) -> impl Iterator<Item = u8> {
    let seed = *seed;
    (0_u32..)
        .flat_map(move |counter| {
            let mut block = seed.to_vec();
            block.extend(counter.to_be_bytes());
            Digest::Sha256.of(&block).as_ref().to_vec()
        })
        .take(length)
}
