//! Who the server is: the one whose public key was pinned.
//!
//! A *pin* is the SHA-256 of the server's SubjectPublicKeyInfo in DER (RFC 7469 §2.4 has the same
//! value). It is computed from a certificate with
//!
//! ```text
//! openssl x509 -in server.pem -noout -pubkey | openssl pkey -pubin -outform der | sha256sum
//! ```
//!
//! # What is checked
//! That the certificate that the server sends first holds a pinned key, and that the server signs this
//! very handshake with that key (RFC 8446 §4.4.3, ecdsa_secp256r1_sha256). Both have to happen, once and
//! in this order, before a byte of ours goes out: see [`Pinned::is_verified`].
//!
//! # What is not checked
//! The chain, the names, the dates and the revocation of the certificate: none of it is read. The pin
//! says more than a chain does, namely which key, and less, namely nothing about tomorrow: a key that is
//! stolen stays good until the pins are replaced.
//!
//! # Rotation
//! There is room for two pins. Before the server changes its key, a device learns the next key's pin
//! beside the present one's, by its firmware update; once the server has changed, the old pin goes with
//! the update after that. A server operator who keeps a spare key pair offline can pin it from the
//! first day. A PSC that is not asked tells nobody of a new key: pin only what you operate (a broker)
//! or what its operator has promised to announce, else use a private or public authority's key and a
//! verifier of chains.

use embedded_tls::blocking::{
    Aes128GcmSha256, CertificateEntryRef, CertificateRef, CertificateVerifyRef, TlsVerifier,
};
use embedded_tls::{SignatureScheme, TlsError};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::certificate;

/// The SHA-256 of a SubjectPublicKeyInfo in DER.
pub type Pin = [u8; 32];

/// Bytes of the longest certificate that is read.
const CERTIFICATE: usize = 4_096;

/// What a P-256 key's SubjectPublicKeyInfo begins with, up to its uncompressed point (RFC 5480 §2).
const P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// What a server's signature begins with (RFC 8446 §4.4.3): 64 spaces, a context, a zero.
const CONTEXT: &[u8; 34] = b"TLS 1.3, server CertificateVerify\0";

/// Verifies one handshake against pins.
pub struct Pinned<'p> {
    pins: &'p [Pin; 2],
    progress: Progress,
}

enum Progress {
    /// No certificate yet.
    Nothing,
    /// A pinned key, and the transcript that it has to sign.
    Certificate(VerifyingKey, Sha256),
    /// The key signed.
    Verified,
    /// Something was wrong; it stays so.
    Refused,
}

impl<'p> Pinned<'p> {
    /// A verifier for one handshake. Who has a single pin gives it twice.
    #[must_use]
    pub const fn new(pins: &'p [Pin; 2]) -> Self {
        Self { pins, progress: Progress::Nothing }
    }

    /// Whether the server has proved that it has a pinned key.
    ///
    /// Ask this when the handshake is over: embedded-tls 0.19 takes a `Finished` also from a server
    /// that sent neither a certificate nor a signature, and then never calls a verifier.
    #[must_use]
    pub const fn is_verified(&self) -> bool {
        matches!(self.progress, Progress::Verified)
    }

    fn take_certificate(&self, entries: &[CertificateEntryRef<'_>]) -> Option<VerifyingKey> {
        let Some(CertificateEntryRef::X509(certificate)) = entries.first() else { return None };
        if certificate.len() > CERTIFICATE {
            return None;
        }
        let info = certificate::public_key_info(certificate).ok()?.encoded;
        let digest: Pin = Sha256::digest(info).into();
        // Both are compared whatever the first gives.
        let is_pinned =
            self.pins.iter().fold(Choice::from(0), |found, pin| found | pin.ct_eq(&digest));
        if !bool::from(is_pinned) {
            return None;
        }
        VerifyingKey::from_sec1_bytes(info.strip_prefix(&P256)?).ok()
    }
}

impl TlsVerifier<Aes128GcmSha256> for Pinned<'_> {
    /// A pin stands for a key, and a key for whoever holds it: the name is not compared.
    fn set_hostname_verification(&mut self, _hostname: &str) -> Result<(), TlsError> {
        Ok(())
    }

    fn verify_certificate(
        &mut self,
        transcript: &Sha256,
        certificate: CertificateRef<'_>,
    ) -> Result<(), TlsError> {
        let before = core::mem::replace(&mut self.progress, Progress::Refused);
        if !matches!(before, Progress::Nothing) {
            return Err(TlsError::InvalidCertificate);
        }
        let key =
            self.take_certificate(&certificate.entries).ok_or(TlsError::InvalidCertificate)?;
        self.progress = Progress::Certificate(key, transcript.clone());
        Ok(())
    }

    fn verify_signature(&mut self, verify: CertificateVerifyRef<'_>) -> Result<(), TlsError> {
        let before = core::mem::replace(&mut self.progress, Progress::Refused);
        let Progress::Certificate(key, transcript) = before else {
            return Err(TlsError::InvalidSignature);
        };
        if verify.signature_scheme != SignatureScheme::EcdsaSecp256r1Sha256 {
            return Err(TlsError::InvalidSignatureScheme);
        }
        let signature =
            Signature::from_der(verify.signature).map_err(|_| TlsError::InvalidSignature)?;
        let mut message = [b' '; 64 + CONTEXT.len() + 32];
        let (context, digest) = message[64..].split_at_mut(CONTEXT.len());
        context.copy_from_slice(CONTEXT);
        digest.copy_from_slice(&transcript.finalize());
        key.verify(&message, &signature).map_err(|_| TlsError::InvalidSignature)?;
        self.progress = Progress::Verified;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use p256::ecdsa::SigningKey;
    use p256::ecdsa::signature::Signer;

    use super::*;

    fn sequence(parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
        match content.len() {
            0..0x80 => [&[0x30, low], &content[..]].concat(),
            0x80..0x100 => [&[0x30, 0x81, low], &content[..]].concat(),
            _ => [&[0x30, 0x82, high, low], &content[..]].concat(),
        }
    }

    fn info(key: &SigningKey) -> Vec<u8> {
        let point = key.verifying_key().to_encoded_point(false);
        [&P256[..], point.as_bytes()].concat()
    }

    /// As much of a certificate as is read.
    fn certificate(info: &[u8]) -> Vec<u8> {
        let empty = sequence(&[]);
        let version: &[u8] = &[0xa0, 3, 2, 1, 2];
        let serial: &[u8] = &[2, 1, 1];
        let body = sequence(&[version, serial, &empty, &empty, &empty, &empty, info]);
        sequence(&[&body, &empty])
    }

    fn key(byte: u8) -> SigningKey {
        SigningKey::from_slice(&[byte; 32]).unwrap()
    }

    fn pin(key: &SigningKey) -> Pin {
        Sha256::digest(info(key)).into()
    }

    fn present(pinned: &mut Pinned<'_>, certificate: &[u8]) -> bool {
        let mut chain = CertificateRef::with_context(&[]);
        chain.add(CertificateEntryRef::X509(certificate)).unwrap();
        pinned.verify_certificate(&Sha256::new_with_prefix(b"so far"), chain).is_ok()
    }

    fn sign(key: &SigningKey, transcript: &[u8]) -> Vec<u8> {
        let message = [&[b' '; 64][..], CONTEXT, &Sha256::digest(transcript)[..]].concat();
        let signature: Signature = key.sign(&message);
        signature.to_der().as_bytes().to_vec()
    }

    fn prove(pinned: &mut Pinned<'_>, signature: &[u8]) -> bool {
        let signature_scheme = SignatureScheme::EcdsaSecp256r1Sha256;
        pinned.verify_signature(CertificateVerifyRef { signature_scheme, signature }).is_ok()
    }

    #[test]
    fn either_of_two_pins_lets_its_key_in() {
        for (first, second) in [(7, 8), (8, 7)] {
            let pins = [pin(&key(first)), pin(&key(second))];
            let mut pinned = Pinned::new(&pins);
            assert!(present(&mut pinned, &certificate(&info(&key(7)))));
            assert!(!pinned.is_verified());
            assert!(prove(&mut pinned, &sign(&key(7), b"so far")));
            assert!(pinned.is_verified());
        }
    }

    #[test]
    fn another_key_stays_out() {
        let pins = [pin(&key(7)), pin(&key(8))];
        let mut pinned = Pinned::new(&pins);
        assert!(!present(&mut pinned, &certificate(&info(&key(9)))));
        // What follows does not help.
        assert!(!present(&mut pinned, &certificate(&info(&key(7)))));
        assert!(!prove(&mut pinned, &sign(&key(7), b"so far")));
        assert!(!pinned.is_verified());
    }

    #[test]
    fn a_certificate_without_its_key_proves_nothing() {
        let pins = [pin(&key(7)); 2];
        for (signer, transcript) in [(9, &b"so far"[..]), (7, b"another handshake")] {
            let mut pinned = Pinned::new(&pins);
            assert!(present(&mut pinned, &certificate(&info(&key(7)))));
            assert!(!prove(&mut pinned, &sign(&key(signer), transcript)));
            assert!(!prove(&mut pinned, &sign(&key(7), b"so far")), "a second try");
            assert!(!pinned.is_verified());
        }
    }

    #[test]
    fn a_signature_without_a_certificate_and_a_second_certificate_are_refused() {
        let pins = [pin(&key(7)); 2];
        let mut pinned = Pinned::new(&pins);
        assert!(!prove(&mut pinned, &sign(&key(7), b"so far")));
        let mut pinned = Pinned::new(&pins);
        assert!(present(&mut pinned, &certificate(&info(&key(7)))));
        assert!(!present(&mut pinned, &certificate(&info(&key(7)))));
        assert!(!pinned.is_verified());
    }

    #[test]
    fn s35_certificates_cut_anywhere_and_too_long_ones_are_refused() {
        let pins = [pin(&key(7)); 2];
        let good = certificate(&info(&key(7)));
        for length in 0..good.len() {
            assert!(!present(&mut Pinned::new(&pins), &good[..length]), "{length}");
        }
        let mut long = good.clone();
        long.resize(CERTIFICATE + 1, 0);
        assert!(!present(&mut Pinned::new(&pins), &long));
    }
}
