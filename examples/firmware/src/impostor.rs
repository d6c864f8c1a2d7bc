//! A server in the way that has no pinned key, and therefore says nothing of keys at all: it goes from the
//! key exchange straight to its `Finished` (RFC 8446 §4.4 has a certificate and a signature before it).

use core::convert::Infallible;
use std::collections::VecDeque;
use std::vec::Vec;

use crate::pin::Pinned;
use crate::random::Generator;
use crate::tls::{OpenError, RECORD, Tls};
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes128Gcm, Nonce};
use embedded_io::{ErrorType, Read, Write};
use embedded_tls::blocking::{
    Aes128GcmSha256, CryptoProvider, TlsConfig, TlsConnection, TlsContext, TlsVerifier,
};
use embedded_tls::{CryptoRngCore, TlsError};
use hkdf::Hkdf;
use hkdf::hmac::{Hmac, Mac};
use p256::ecdh::EphemeralSecret;
use p256::{EncodedPoint, PublicKey};
use sha2::{Digest, Sha256};

/// The pins of a server that this one is not.
const PINS: [[u8; 32]; 2] = [[1; 32], [2; 32]];

#[derive(Default)]
struct Impostor {
    heard: Vec<u8>,
    says: VecDeque<u8>,
}

impl ErrorType for Impostor {
    type Error = Infallible;
}

impl Read for Impostor {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Infallible> {
        let count = out.len().min(self.says.len());
        out.iter_mut().zip(self.says.drain(..count)).for_each(|(place, byte)| *place = byte);
        Ok(count)
    }
}

impl Write for Impostor {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.heard.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        if self.says.is_empty() {
            self.says = answer(&self.heard[5..]).into();
        }
        Ok(())
    }
}

/// What follows a ClientHello: ServerHello, and sealed EncryptedExtensions and Finished.
fn answer(client_hello: &[u8]) -> Vec<u8> {
    let mark = [0, 0x17, 0, 65, 4];
    let share = client_hello.windows(5).position(|window| window == mark).unwrap() + 4;
    let client = PublicKey::from_sec1_bytes(&client_hello[share..share + 65]).unwrap();
    let secret = EphemeralSecret::random(&mut Generator::new([7; 32]));
    let point = EncodedPoint::from(secret.public_key());

    let versions = [0, 0x2b, 0, 2, 3, 4];
    let key_share = [&[0, 0x33, 0, 69, 0, 0x17, 0, 65], point.as_bytes()].concat();
    let extensions = [&versions[..], &key_share].concat();
    let random = [9; 32];
    let length = [0, u8::try_from(extensions.len()).unwrap()];
    let hello = [&[3, 3], &random[..], &[0, 0x13, 1, 0], &length, &extensions].concat();
    let server_hello = message(2, &hello);

    let early = Hkdf::<Sha256>::extract(Some(&[0; 32]), &[0; 32]).1;
    let derived: [u8; 32] = expand(&early, "derived", &Sha256::digest([]));
    let shared = secret.diffie_hellman(&client);
    let handshake = Hkdf::<Sha256>::extract(Some(&derived), shared.raw_secret_bytes()).1;
    let mut transcript = Sha256::new_with_prefix(client_hello);
    transcript.update(&server_hello);
    let so_far = transcript.clone().finalize();
    let traffic: [u8; 32] = expand(&handshake, "s hs traffic", &so_far);
    let traffic = Hkdf::<Sha256>::from_prk(&traffic).unwrap();
    let key: [u8; 16] = expand(&traffic, "key", &[]);
    let nonce: [u8; 12] = expand(&traffic, "iv", &[]);
    let finished: [u8; 32] = expand(&traffic, "finished", &[]);

    let encrypted_extensions = message(8, &[0, 0]);
    transcript.update(&encrypted_extensions);
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&finished).unwrap();
    mac.update(&transcript.finalize());
    let finished = message(20, &mac.finalize().into_bytes());

    let content = [&encrypted_extensions[..], &finished, &[22]].concat();
    let head = head(23, content.len() + 16);
    let payload = Payload { msg: &content, aad: &head };
    let sealed = Aes128Gcm::new(&key.into()).encrypt(Nonce::from_slice(&nonce), payload).unwrap();
    [&self::head(22, server_hello.len())[..], &server_hello, &head, &sealed].concat()
}

fn head(kind: u8, length: usize) -> [u8; 5] {
    let [high, low] = u16::try_from(length).unwrap().to_be_bytes();
    [kind, 3, 3, high, low]
}

fn message(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap();
    [&[kind, 0, 0, length], content].concat()
}

/// HKDF-Expand-Label (RFC 8446 §7.1).
fn expand<const N: usize>(secret: &Hkdf<Sha256>, label: &str, context: &[u8]) -> [u8; N] {
    let (length, context_length) = (u8::try_from(N).unwrap(), u8::try_from(context.len()).unwrap());
    let label_length = u8::try_from(label.len() + 6).unwrap();
    let info: [&[u8]; 5] =
        [&[0, length, label_length], b"tls13 ", label.as_bytes(), &[context_length], context];
    let mut out = [0; N];
    secret.expand(&info.concat(), &mut out).unwrap();
    out
}

/// Pins, used as embedded-tls would have them used.
struct Trusting<'p> {
    verifier: Pinned<'p>,
    random: Generator,
}

impl CryptoProvider for Trusting<'_> {
    type CipherSuite = Aes128GcmSha256;
    type Signature = &'static [u8];

    fn rng(&mut self) -> impl CryptoRngCore {
        &mut self.random
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Aes128GcmSha256>, TlsError> {
        Ok(&mut self.verifier)
    }
}

#[test]
fn embedded_tls_alone_takes_a_server_without_a_certificate() {
    // Should this fail one day, embedded-tls has learnt it, and the note in `src/tls.rs` is out of date.
    let (mut record, mut outgoing) = ([0; RECORD], [0; 1_024]);
    let mut connection = TlsConnection::new(Impostor::default(), &mut record, &mut outgoing);
    let mut provider = Trusting { verifier: Pinned::new(&PINS), random: Generator::new([3; 32]) };
    let config = TlsConfig::new().with_server_name("psc.example");
    connection.open(TlsContext::new(&config, &mut provider)).unwrap();
    assert!(!provider.verifier.is_verified());
}

#[test]
fn s18_a_server_without_a_certificate_is_refused() {
    let (mut record, mut outgoing) = ([0; RECORD], [0; 1_024]);
    let mut tls = Tls::new(Impostor::default(), &mut record, &mut outgoing);
    let opened = tls.open("psc.example", &PINS, &mut Generator::new([3; 32]));
    assert!(matches!(opened, Err(OpenError::Unauthenticated)), "{opened:?}");
}
