//! Proof Key for Code Exchange (RFC 7636). `S256` is the only method there is here.

use core::fmt;

use heapless::String;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::codec::base64;
use crate::codec::buffer::{Buffer, as_text};
use crate::document::Digest;
use crate::error::{Error, Misuse};

/// Characters of a verifier and of a challenge: 32 bytes in base64url (RFC 7636 §4.1).
pub const LENGTH: usize = 43;

/// The secret that ties a token to the authorization it was asked for.
///
/// There is one for each authorization; it is not `Clone`, prints as `[redacted]` and is overwritten
/// when dropped.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Verifier(String<LENGTH>);

impl Verifier {
    /// Makes the verifier of 32 random bytes.
    ///
    /// # Errors
    /// [`Misuse::Entropy`] when all bytes are the same: a source that failed.
    pub fn from_entropy(entropy: &[u8; 32]) -> Result<Self, Error> {
        if entropy.iter().all(|byte| Some(byte) == entropy.first()) {
            return Err(Misuse::Entropy.into());
        }
        Ok(Self(encode(entropy)))
    }

    /// The `code_challenge`.
    #[must_use]
    pub fn challenge(&self) -> Challenge {
        Challenge(encode(Digest::of(self.0.as_bytes()).as_bytes()))
    }

    /// The `code_verifier`, for the token request and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A second copy, for a snapshot beside the running flow.
    pub(crate) fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

/// The digest of a verifier, which may be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge(String<LENGTH>);

impl Challenge {
    /// The value of `code_challenge_method`.
    pub const METHOD: &'static str = "S256";

    /// The `code_challenge`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// 32 bytes in base64url without padding.
pub(super) fn encode(bytes: &[u8; 32]) -> String<LENGTH> {
    let mut encoded = [0; LENGTH];
    let mut buffer = Buffer::new(&mut encoded);
    base64::write_url(bytes, &mut buffer);
    let text = String::try_from(as_text(&encoded)).unwrap_or_default();
    encoded.zeroize();
    text
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    /// The bytes of RFC 7636 appendix B.
    const APPENDIX_B: [u8; 32] = [
        116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37,
        77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
    ];

    #[test]
    fn s02_the_example_of_rfc_7636_appendix_b() {
        let verifier = Verifier::from_entropy(&APPENDIX_B).unwrap();
        assert_eq!(verifier.expose(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(verifier.challenge().as_str(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn the_challenge_of_the_developer_page_is_a_misprint() {
        let printed = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstwcM";
        let challenge = Verifier::from_entropy(&APPENDIX_B).unwrap().challenge();
        assert_eq!(printed.len(), 42);
        assert_ne!(challenge.as_str(), printed);
    }

    #[test]
    fn s01_a_verifier_is_made_of_unreserved_characters() {
        for seed in 0..=255_u8 {
            let mut entropy = [seed; 32];
            entropy[31] = seed.wrapping_add(1);
            let verifier = Verifier::from_entropy(&entropy).unwrap();
            assert_eq!(verifier.expose().len(), LENGTH);
            let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            assert!(verifier.expose().bytes().all(unreserved));
        }
    }

    #[test]
    fn s01_a_source_that_failed_is_an_error_never_a_constant() {
        for byte in [0, 0xff] {
            assert_eq!(Verifier::from_entropy(&[byte; 32]).unwrap_err(), Misuse::Entropy.into());
        }
    }

    #[test]
    fn s36_a_verifier_prints_as_redacted() {
        assert_eq!(format!("{:?}", Verifier::from_entropy(&APPENDIX_B).unwrap()), "[redacted]");
    }
}
