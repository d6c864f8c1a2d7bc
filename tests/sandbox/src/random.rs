//! Random values in the shapes that the services give them, and the digest that goes with them.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};

/// The protected header of the manual's sample tokens: `{"enc":"A128CBC-HS256","alg":"dir"}`.
const JWE_HEADER: &str = "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0";

/// Random bytes from the system.
pub(crate) fn bytes<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

/// A random UUID (RFC 9562 §5.4), the shape of a push code.
pub(crate) fn uuid() -> String {
    uuid_from(bytes())
}

/// The UUID of 16 given bytes, marked as a random one.
pub(crate) fn uuid_from(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let hex = hexadecimal(&bytes);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

/// An opaque token of 309 bytes in the shape of the manual's samples: JWE compact serialization
/// with `dir`, so its second segment is empty (VIDaaS manual v1.6 §3.1.3). Nothing is in it.
pub(crate) fn opaque_token() -> String {
    let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let vector = part(&bytes::<16>());
    let content = part(&bytes::<160>());
    let tag = part(&bytes::<16>());
    format!("{JWE_HEADER}..{vector}.{content}.{tag}")
}

/// A secret of 16 letters and digits, as long as the manual's sample `client_secret`.
pub(crate) fn client_secret() -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz0123456789234567";
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte & 63)]);
    bytes::<16>().iter().map(letter).collect()
}

pub(crate) fn sha256(message: &[u8]) -> [u8; 32] {
    let mut output = [0; 32];
    output.copy_from_slice(digest::digest(&digest::SHA256, message).as_ref());
    output
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use core::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_the_shape_of_the_manuals_samples() {
        let token = opaque_token();
        assert_eq!(token.len(), 309);
        let segments: Vec<&str> = token.split('.').collect();
        assert_eq!(segments.len(), 5);
        assert_eq!(segments[1], "");
        assert_ne!(token, opaque_token());
    }

    #[test]
    fn uuids_have_36_characters_and_say_their_version() {
        let uuid = uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.as_bytes()[14], b'4');
    }
}
