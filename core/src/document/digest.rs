//! The SHA-256 digest of a document.

use core::fmt;

use serde::{Deserialize, Serialize};
#[cfg(not(feature = "accelerated"))]
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest. It is public wherever its document is known, and prints as its first bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Digest([u8; Self::LENGTH]);

impl Digest {
    /// Bytes in a digest.
    pub const LENGTH: usize = 32;

    /// The object identifier that names the algorithm on the wire (RFC 5754 §2.2).
    pub const OID: &'static str = "2.16.840.1.101.3.4.2.1";

    /// The digest of no bytes at all: what is signed when a program forgets to rewind its file.
    pub const OF_NOTHING: Self = Self([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9,
        0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52,
        0xb8, 0x55,
    ]);

    /// A digest that was computed elsewhere.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// Hashes a document that is in memory.
    #[must_use]
    pub fn of(document: &[u8]) -> Self {
        let mut hasher = Hasher::new();
        hasher.update(document);
        hasher.finish()
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, ..] = self.0;
        write!(formatter, "sha256:{first:02x}{second:02x}{third:02x}…")
    }
}

/// A digest in the making, for documents that come in pieces.
#[derive(Clone)]
pub struct Hasher(State);

#[cfg(feature = "accelerated")]
type State = ring::digest::Context;
#[cfg(not(feature = "accelerated"))]
type State = Sha256;

impl Hasher {
    /// Nothing hashed yet.
    #[must_use]
    pub fn new() -> Self {
        #[cfg(feature = "accelerated")]
        let state = State::new(&ring::digest::SHA256);
        #[cfg(not(feature = "accelerated"))]
        let state = State::new();
        Self(state)
    }

    /// Takes the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The digest of all pieces.
    #[must_use]
    pub fn finish(self) -> Digest {
        #[cfg(feature = "accelerated")]
        {
            let mut bytes = [0; Digest::LENGTH];
            for (byte, from) in bytes.iter_mut().zip(self.0.finish().as_ref()) {
                *byte = *from;
            }
            Digest(bytes)
        }
        #[cfg(not(feature = "accelerated"))]
        Digest(self.0.finalize().into())
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Hasher")
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn the_digest_of_nothing_is_the_digest_of_nothing() {
        assert_eq!(Digest::of(b""), Digest::OF_NOTHING);
        assert_eq!(format!("{:?}", Digest::OF_NOTHING), "sha256:e3b0c4…");
    }

    #[test]
    fn pieces_hash_like_the_whole() {
        let mut hasher = Hasher::new();
        hasher.update(b"a");
        hasher.update(b"bc");
        assert_eq!(hasher.finish(), Digest::of(b"abc"));
    }
}
