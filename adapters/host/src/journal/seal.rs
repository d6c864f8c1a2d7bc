//! Encryption of a file, bound to what it is.
//!
//! A sealed file is a header, the ciphertext and its tag. The header, in the clear and
//! authenticated: `RUBRICA` and a line end, the version, the kind, eight bytes by which the key is
//! known, the session, the nonce. The plaintext: the number of the content in eight bytes, most
//! significant first, then the content.

use core::fmt;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::{Zeroize, Zeroizing};

use super::error::JournalError;
use super::id::SessionId;
use super::limits::MOST_BYTES;

/// Bytes of a key.
pub(super) const KEY: usize = 32;

const MAGIC: &[u8; 8] = b"RUBRICA\n";
const VERSION: u8 = 1;
const NUMBER: usize = 8;
const TAG: usize = 16;
const KEY_NAME: usize = 8;
const HEADER: usize = MAGIC.len() + 2 + KEY_NAME + SessionId::LENGTH + NONCE_LEN;

/// The most bytes that a sealed file can have.
pub(super) const MOST_SEALED: usize = HEADER + NUMBER + MOST_BYTES + TAG;

/// What is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Session = 1,
    Ledger = 2,
}

/// Seals and opens under one key.
pub(super) struct Seal {
    key: LessSafeKey,
    /// By which a file is known to be sealed under this key.
    name: [u8; KEY_NAME],
}

impl Seal {
    /// A seal under this key. Its two uses get keys of their own.
    pub(super) fn new(key: &[u8; KEY]) -> Result<Self, JournalError> {
        let root = hmac::Key::new(hmac::HMAC_SHA256, key);
        let sealing = hmac::sign(&root, b"rubrica journal 1: seal");
        let naming = hmac::sign(&root, b"rubrica journal 1: name");
        let key = UnboundKey::new(&CHACHA20_POLY1305, sealing.as_ref())
            .map_err(|_| JournalError::KeyCorrupt)?;
        let name = naming.as_ref().first_chunk().copied().ok_or(JournalError::KeyCorrupt)?;
        Ok(Self { key: LessSafeKey::new(key), name })
    }

    /// Seals a content under a nonce of its own: random, which allows 2³² writes.
    pub(super) fn seal(
        &self,
        kind: Kind,
        id: &SessionId,
        number: u64,
        content: &[u8],
    ) -> Result<Vec<u8>, JournalError> {
        if content.len() > MOST_BYTES {
            return Err(JournalError::TooLarge { length: content.len() });
        }
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| JournalError::Random)?;
        // As large as it becomes: what is not sealed yet is never copied.
        let mut sealed = Vec::with_capacity(HEADER + NUMBER + content.len() + TAG);
        sealed.extend_from_slice(MAGIC);
        sealed.extend_from_slice(&[VERSION, kind as u8]);
        sealed.extend_from_slice(&self.name);
        sealed.extend_from_slice(id.as_bytes());
        sealed.extend_from_slice(&nonce);
        let aad = Aad::from(sealed.clone());
        sealed.extend_from_slice(&number.to_be_bytes());
        sealed.extend_from_slice(content);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let (_, plain) = sealed.split_at_mut(HEADER);
        match self.key.seal_in_place_separate_tag(nonce, aad, plain) {
            Ok(tag) => sealed.extend_from_slice(tag.as_ref()),
            Err(_) => {
                let length = content.len();
                sealed.zeroize();
                return Err(JournalError::TooLarge { length });
            }
        }
        Ok(sealed)
    }

    /// Opens a sealed file: its number and its content.
    pub(super) fn open(
        &self,
        kind: Kind,
        id: &SessionId,
        sealed: Vec<u8>,
    ) -> Result<(u64, Zeroizing<Vec<u8>>), JournalError> {
        let mut sealed = Zeroizing::new(sealed);
        let (header, body) = sealed.split_at_mut_checked(HEADER).ok_or(JournalError::Corrupt)?;
        let rest = header.strip_prefix(MAGIC).ok_or(JournalError::Corrupt)?;
        let [version, found, rest @ ..] = rest else { return Err(JournalError::Corrupt) };
        if *version != VERSION {
            return Err(JournalError::Version);
        }
        if *found != kind as u8 {
            return Err(JournalError::Corrupt);
        }
        let rest = rest.strip_prefix(&self.name).ok_or(JournalError::Foreign)?;
        let nonce = rest.strip_prefix(id.as_bytes()).ok_or(JournalError::Foreign)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| JournalError::Corrupt)?;
        let plain = self
            .key
            .open_in_place(nonce, Aad::from(&*header), body)
            .map_err(|_| JournalError::Corrupt)?;
        let (number, content) = plain.split_first_chunk::<NUMBER>().ok_or(JournalError::Corrupt)?;
        Ok((u64::from_be_bytes(*number), Zeroizing::new(content.to_vec())))
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Seal([redacted])")
    }
}

/// A new key.
pub(super) fn random_key() -> Result<Zeroizing<[u8; KEY]>, JournalError> {
    let mut key = Zeroizing::new([0; KEY]);
    SystemRandom::new().fill(key.as_mut_slice()).map_err(|_| JournalError::Random)?;
    Ok(key)
}
