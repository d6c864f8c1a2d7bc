//! Proof Key for Code Exchange (RFC 7636), as the server checks it. S256 alone.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::random;

/// RFC 7636 §4.1: 43 to 128 unreserved characters.
pub(crate) fn is_verifier(verifier: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved)
}

/// As long as base64url of 32 bytes: VIDaaS' developers' page shows a sample that lost a character.
pub(crate) fn is_challenge(challenge: &str) -> bool {
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    challenge.len() == 43 && challenge.bytes().all(alphabet)
}

/// RFC 7636 §4.2, S256.
pub(crate) fn challenge_of(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(random::sha256(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    #[test]
    fn s2_the_pair_of_rfc_7636_appendix_b() {
        assert_eq!(challenge_of(VERIFIER), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(is_challenge(&challenge_of(VERIFIER)));
        assert!(!is_challenge(&challenge_of(VERIFIER)[1..]));
    }

    #[test]
    fn s1_verifiers_have_43_to_128_unreserved_characters() {
        assert!(is_verifier(VERIFIER));
        assert!(is_verifier(&"~".repeat(128)));
        assert!(!is_verifier(&"a".repeat(129)));
        assert!(!is_verifier(&VERIFIER[1..]));
        assert!(!is_verifier(&format!("{VERIFIER}=")));
    }
}
