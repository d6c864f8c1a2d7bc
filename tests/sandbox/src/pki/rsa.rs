//! RSA signatures over a message, and over a digest that someone else computed.
//!
//! A PSC signs the hash that it is given (VIDaaS manual v1.6 §3.2), which ring does not offer, so
//! the private operation stands here too. It does not run in constant time: the keys are public.

use std::sync::Mutex;

use num_bigint::BigUint;
use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{self, KeyPair, RsaKeyPair};

use super::der;
use crate::error::StartError;
use crate::{lock, random};

/// DigestInfo of SHA-256 without the digest (RFC 8017 §9.2, note 1).
const SHA256_DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// How a digest is brought to the size of the modulus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Padding {
    /// RSASSA-PKCS1-v1_5 over DigestInfo(SHA-256, digest) (RFC 8017 §8.2).
    Pkcs1V15,
    /// RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of 32 bytes (RFC 8017 §8.1).
    Pss,
}

/// An RSA key of 2048 or 4096 bits.
#[derive(Debug)]
pub(crate) struct RsaKey {
    ring: RsaKeyPair,
    parts: PrivateParts,
    last: Mutex<Option<Last>>,
}

/// A digest and its PKCS #1 v1.5 signature.
#[derive(Debug)]
struct Last {
    digest: [u8; 32],
    signature: Vec<u8>,
}

/// RSAPrivateKey of RFC 8017 §A.1.2, as far as the Chinese remainder theorem needs it.
#[derive(Debug)]
struct PrivateParts {
    p: BigUint,
    q: BigUint,
    d_p: BigUint,
    d_q: BigUint,
    q_inverse: BigUint,
}

impl RsaKey {
    /// Reads an unencrypted PKCS#8 key.
    pub(crate) fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, StartError> {
        let ring = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| StartError::Key)?;
        let parts = PrivateParts::from_pkcs8(pkcs8).ok_or(StartError::Key)?;
        Ok(Self { ring, parts, last: Mutex::default() })
    }

    /// SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
    pub(crate) fn public_key_info(&self) -> Vec<u8> {
        let algorithm =
            der::sequence(&[&der::object_identifier("1.2.840.113549.1.1.1"), &der::null()]);
        der::sequence(&[&algorithm, &der::bit_string(self.public_key())])
    }

    /// RSAPublicKey (RFC 8017 §A.1.1).
    pub(crate) fn public_key(&self) -> &[u8] {
        self.ring.public_key().as_ref()
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 over a message.
    pub(crate) fn sign_sha256(&self, message: &[u8]) -> Vec<u8> {
        self.sign_with(&signature::RSA_PKCS1_SHA256, message)
    }

    /// RSASSA-PKCS1-v1_5 with SHA-512 over a message.
    pub(crate) fn sign_sha512(&self, message: &[u8]) -> Vec<u8> {
        self.sign_with(&signature::RSA_PKCS1_SHA512, message)
    }

    fn sign_with(&self, encoding: &'static dyn signature::RsaEncoding, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.ring.public().modulus_len()];
        self.ring
            .sign(encoding, &SystemRandom::new(), message, &mut signature)
            .expect("a buffer of the modulus's size holds the signature");
        signature
    }

    /// Signs a SHA-256 digest as it stands.
    ///
    /// PKCS #1 v1.5 has one signature for one digest, and the last is kept: a client that is measured
    /// with many requests for one digest waits for its own work and not for the private operation.
    pub(crate) fn sign_digest(&self, padding: Padding, digest: &[u8; 32]) -> Vec<u8> {
        let length = self.ring.public().modulus_len();
        if padding == Padding::Pss {
            let encoded = encode_pss(length, digest, &random::bytes());
            return self.parts.apply(&encoded, length);
        }
        if let Some(last) = lock(&self.last).as_ref().filter(|last| last.digest == *digest) {
            return last.signature.clone();
        }
        let signature = self.parts.apply(&encode_pkcs1_v15(length, digest), length);
        *lock(&self.last) = Some(Last { digest: *digest, signature: signature.clone() });
        signature
    }
}

impl PrivateParts {
    fn from_pkcs8(pkcs8: &[u8]) -> Option<Self> {
        let (_, key_info, _) = der::read(pkcs8)?;
        let (_, _version, rest) = der::read(key_info)?;
        let (_, _algorithm, rest) = der::read(rest)?;
        let (_, private_key, _) = der::read(rest)?;
        let (_, mut fields, _) = der::read(private_key)?;
        let mut next = || {
            let (_, field, rest) = der::read(fields)?;
            fields = rest;
            Some(BigUint::from_bytes_be(field))
        };
        let (_version, _n, _e, _d) = (next()?, next()?, next()?, next()?);
        Some(Self { p: next()?, q: next()?, d_p: next()?, d_q: next()?, q_inverse: next()? })
    }

    /// RSASP1 in its second form (RFC 8017 §5.2.1).
    fn apply(&self, message: &[u8], length: usize) -> Vec<u8> {
        let message = BigUint::from_bytes_be(message);
        let s_1 = message.modpow(&self.d_p, &self.p);
        let s_2 = message.modpow(&self.d_q, &self.q);
        let difference = (s_1 + &self.p * 2u32 - &s_2 % &self.p) % &self.p;
        let h = difference * &self.q_inverse % &self.p;
        let signature = (s_2 + &self.q * h).to_bytes_be();
        let mut padded = vec![0; length.saturating_sub(signature.len())];
        padded.extend(signature);
        padded
    }
}

/// EMSA-PKCS1-v1_5 (RFC 8017 §9.2).
fn encode_pkcs1_v15(length: usize, digest: &[u8; 32]) -> Vec<u8> {
    let tail = [&SHA256_DIGEST_INFO[..], digest].concat();
    let filler = vec![0xFF; length.saturating_sub(tail.len() + 3)];
    [&[0, 1][..], &filler, &[0], &tail].concat()
}

/// EMSA-PSS-ENCODE from the digest on (RFC 8017 §9.1.1, steps 5 to 13), for a modulus of whole
/// octets.
fn encode_pss(length: usize, digest: &[u8; 32], salt: &[u8; 32]) -> Vec<u8> {
    let hashed = digest::digest(&digest::SHA256, &[&[0; 8][..], digest, salt].concat());
    let zeros = vec![0; length.saturating_sub(32 + 32 + 2)];
    let mut block = [&zeros[..], &[1], salt].concat();
    for (byte, mask) in block.iter_mut().zip(mgf1(hashed.as_ref())) {
        *byte ^= mask;
    }
    // The modulus has its top bit set, so the encoded message has one bit less.
    if let Some(first) = block.first_mut() {
        *first &= 0x7F;
    }
    [&block[..], hashed.as_ref(), &[0xBC]].concat()
}

/// MGF1 with SHA-256 (RFC 8017 §B.2.1), as long as it is read.
fn mgf1(seed: &[u8]) -> impl Iterator<Item = u8> {
    (0u32..).flat_map(move |counter| {
        let block = digest::digest(&digest::SHA256, &[seed, &counter.to_be_bytes()].concat());
        block.as_ref().to_vec()
    })
}

#[cfg(test)]
mod tests {
    use ring::signature::{
        RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters, UnparsedPublicKey,
    };

    use super::*;

    fn key() -> RsaKey {
        RsaKey::from_pkcs8(crate::pki::keys::HOLDER_CPF).unwrap()
    }

    fn ring_accepts(algorithm: &'static RsaParameters, message: &[u8], signature: &[u8]) -> bool {
        let key = key();
        UnparsedPublicKey::new(algorithm, key.public_key()).verify(message, signature).is_ok()
    }

    #[test]
    fn a_signed_digest_verifies_as_the_signed_message() {
        for round in 0..16u8 {
            let message = [round; 40];
            let digest = random::sha256(&message);
            let key = key();
            for _ in 0..2 {
                let signature = key.sign_digest(Padding::Pkcs1V15, &digest);
                assert_eq!(signature, key.sign_sha256(&message));
            }
            let signature = key.sign_digest(Padding::Pss, &digest);
            assert!(ring_accepts(&RSA_PSS_2048_8192_SHA256, &message, &signature));
            assert!(!ring_accepts(&RSA_PKCS1_2048_8192_SHA256, &message, &signature));
            assert!(!ring_accepts(&RSA_PSS_2048_8192_SHA256, b"another", &signature));
        }
    }
}
