//! Our base64 beside base64ct on the whole text.

use base64ct::{Base64, Encoding};
use rubrica_core::error::Error;

/// What another reader makes of a text, its line ends and gaps taken out.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let bare: String =
        text.chars().filter(|each| !matches!(each, '\r' | '\n' | ' ' | '\t')).collect();
    Base64::decode_vec(&bare).ok()
}

/// Holds our reading against the other's: with all the room that is needed, and with less.
///
/// # Panics
/// Where they differ.
pub fn check(text: &str, ours: impl Fn(&mut [u8]) -> Result<Vec<u8>, Error>) {
    let theirs = decode(text);
    let read = ours(&mut vec![0; text.len()]);
    assert_eq!(read.as_ref().ok(), theirs.as_ref());
    if let Some(bytes) = theirs {
        assert_eq!(ours(&mut vec![0; bytes.len()]), Ok(bytes.clone()));
        let shorter = bytes.len().checked_sub(1).map(|length| ours(&mut vec![0; length]));
        assert!(shorter.is_none_or(|outcome| matches!(outcome, Err(Error::Resource(_)))));
    }
}
