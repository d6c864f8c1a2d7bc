//! The public key of an X.509 certificate, found without reading the rest.

use rubrica_core::codec::der::{DerError, Element, Elements, INTEGER, SEQUENCE};

/// `[0]`, which holds the version.
const VERSION: u8 = 0xa0;

/// The SubjectPublicKeyInfo of a certificate in DER (RFC 5280 §4.1): the sixth element after the
/// version.
///
/// # Errors
/// [`DerError`] for what is no certificate.
pub fn public_key_info(certificate: &[u8]) -> Result<Element<'_>, DerError> {
    let certificate = Elements::new(certificate).expect(SEQUENCE)?;
    let to_be_signed = Elements::new(certificate.content).expect(SEQUENCE)?;
    let mut fields = Elements::new(to_be_signed.content);
    if fields.expect(VERSION).is_ok() {
        fields.expect(INTEGER)?;
    } else {
        // A certificate of version 1 begins with its serial number.
        fields.expect(INTEGER)?;
    }
    // The signature's algorithm, the issuer, the validity and the subject.
    for _ in 0..4 {
        fields.expect(SEQUENCE)?;
    }
    fields.expect(SEQUENCE)
}
