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
    /// RSASSA-PSS with one hash throughout and a salt as long as it (RFC 8017 §8.1): `PSS` of VIDaaS
    /// manual v1.6 §3.2.
    Pss,
}

/// `DigestInfo` up to the digest (RFC 8017 §9.2 note 1): its form is the same for the three hashes,
/// and what differs is two lengths and the last arc of the hash's number.
fn digest_info(hash: Digest) -> [u8; 19] {
    let (whole, arc, length) = match hash {
        Digest::Sha256 => (0x31, 0x01, 0x20),
        Digest::Sha384 => (0x41, 0x02, 0x30),
        Digest::Sha512 => (0x51, 0x03, 0x40),
    };
    [
        0x30, whole, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, arc,
        0x05, 0x00, 0x04, length,
    ]
}

/// The largest modulus and exponent in bits, as in ring: they bound the work.
const MODULUS_BITS: usize = 8192;
const EXPONENT_BITS: usize = 33;

/// Checks that the key made this signature over the digest.
///
/// A digest of another length than its hash has is another document's.
pub(crate) fn verify(
    key: &PublicKey<'_>,
    padding: Padding,
    hash: Digest,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), Rejection> {
    let (modulus, exponent) = match *key {
        PublicKey::Rsa { modulus, exponent, .. } => (modulus, exponent),
        PublicKey::Other(oid) => return Err(Rejection::KeyAlgorithm(oid)),
        PublicKey::P256(_) | PublicKey::P384(_) => return Err(Rejection::KeyMismatch),
    };
    if digest.len() != hash.length() {
        return Err(Rejection::MessageDigest);
    }
    let opened = open(modulus, exponent, signature).ok_or(Rejection::Signature)?;
    let good = match padding {
        Padding::Pkcs1v15 => {
            pkcs1_v15(opened.len(), hash, digest).is_some_and(|asked| asked == opened)
        }
        Padding::Pss => {
            let bits = bit_length(modulus).saturating_sub(1);
            is_pss(&opened, bits, hash, digest).unwrap_or(false)
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
fn pkcs1_v15(length: usize, hash: Digest, digest: &[u8]) -> Option<Vec<u8>> {
    let info = digest_info(hash);
    let frame = info.len().checked_add(digest.len())?.checked_add(3)?;
    let filling = length.checked_sub(frame).filter(|&count| count >= 8)?;
    let mut encoded = vec![0x00, 0x01];
    encoded.extend(core::iter::repeat_n(0xff, filling));
    encoded.push(0x00);
    encoded.extend(info);
    encoded.extend(digest);
    Some(encoded)
}

/// `EMSA-PSS-VERIFY` (RFC 8017 §9.1.2) with a salt as long as the digest. `None` where there is no
/// room for it.
fn is_pss(opened: &[u8], bits: usize, hash: Digest, digest: &[u8]) -> Option<bool> {
    // One bit less than the modulus: where that is a whole number of bytes, the first byte is
    // unused.
    let length = bits.div_ceil(8);
    let (unused, encoded) = opened.split_at_checked(opened.len().checked_sub(length)?)?;
    let (encoded, trailer) = encoded.split_last_chunk::<1>()?;
    let (masked, stated) = split_last(encoded, hash.length())?;
    let spare = u32::try_from(length.checked_mul(8)?.checked_sub(bits)?).ok()?;
    let spare_mask = 0xff_u8.checked_shr(spare).unwrap_or(0);
    if unused.iter().any(|&byte| byte != 0)
        || *trailer != [0xbc]
        || masked.first()? & !spare_mask != 0
    {
        return Some(false);
    }
    let mask = mask(hash, stated, masked.len());
    let mut block: Vec<u8> = masked.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
    *block.first_mut()? &= spare_mask;
    let (padding, salt) = split_last(&block, hash.length())?;
    let (zeros, [0x01]) = padding.split_last_chunk::<1>()? else {
        return Some(false);
    };
    let mut message = vec![0; 8];
    message.extend(digest);
    message.extend(salt);
    Some(zeros.iter().all(|&byte| byte == 0) && hash.of(&message).as_ref() == stated)
}

fn split_last(bytes: &[u8], count: usize) -> Option<(&[u8], &[u8])> {
    bytes.split_at_checked(bytes.len().checked_sub(count)?)
}

/// `MGF1` (RFC 8017 §B.2.1).
fn mask(hash: Digest, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::with_capacity(length.saturating_add(hash.length()));
    for counter in 0_u32.. {
        if mask.len() >= length {
            break;
        }
        let mut block = seed.to_vec();
        block.extend(counter.to_be_bytes());
        mask.extend(hash.of(&block).as_ref());
    }
    mask.truncate(length);
    mask
}
