//! Certificates as texts: what identifies one, and what files hold.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rubrica::Certificate;
use rubrica::core::document::Digest;

/// The SHA-256 digest of a certificate, in hexadecimal digits.
pub(crate) fn fingerprint(certificate: &Certificate) -> String {
    Digest::of(certificate.der()).as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A certificate in PEM, with lines of 64 characters (RFC 7468 §2).
pub(crate) fn pem(certificate: &Certificate) -> String {
    let base64 = BASE64_STANDARD.encode(certificate.der());
    let mut pem = String::from("-----BEGIN CERTIFICATE-----");
    for (place, letter) in base64.chars().enumerate() {
        if place % 64 == 0 {
            pem.push('\n');
        }
        pem.push(letter);
    }
    pem + "\n-----END CERTIFICATE-----\n"
}
