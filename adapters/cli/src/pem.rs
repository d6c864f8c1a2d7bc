//! Certificates as texts: what identifies one, and what files hold.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rubrica::Certificate;
use rubrica::core::document::Digest;

/// The SHA-256 digest of a certificate, in hexadecimal digits.
pub(crate) fn fingerprint(certificate: &Certificate) -> String {
    Digest::of(certificate.der()).as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A block of a PEM text.
pub(crate) struct PemBlock<'t> {
    /// What it is said to be.
    pub(crate) label: &'t str,
    /// Its bytes; `None` where it does not end, or is no base64.
    pub(crate) content: Option<Vec<u8>>,
}

/// The blocks of a text, whatever stands between them (RFC 7468 §2).
pub(crate) fn blocks(text: &str) -> impl Iterator<Item = PemBlock<'_>> {
    let mut rest = text;
    core::iter::from_fn(move || {
        let (_, begun) = rest.split_once("-----BEGIN ")?;
        let (label, inner) = begun.split_once("-----")?;
        let (content, after) = match inner.split_once("-----END ") {
            Some((content, after)) => (Some(content), after),
            None => (None, ""),
        };
        rest = after;
        let content = content.and_then(|content| {
            let letters: String = content.split_ascii_whitespace().collect();
            BASE64_STANDARD.decode(letters).ok()
        });
        Some(PemBlock { label, content })
    })
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
