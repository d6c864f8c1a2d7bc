//! A question for an OCSP responder.

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::{Certificate, key::PublicKey, rejection::Rejection};

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;

/// `AlgorithmIdentifier` of SHA-1 with `NULL`, as responders have always seen it.
const SHA1: [u8; 11] = [0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00];

/// Writes the request that asks about one certificate (RFC 6960 §4.1), to be sent as
/// `application/ocsp-request` by POST.
///
/// The certificate is named by SHA-1, the one hash that every responder knows (RFC 5019 §2.1.1);
/// nothing rests on it but which certificate is meant. There is no nonce: many responders answer
/// from a store, and what is too old is told by the answer's times.
///
/// # Errors
/// [`Rejection`] where the issuer's key cannot be read.
pub fn ocsp_request(certificate: &Certificate, issuer: &Certificate) -> Result<Vec<u8>, Rejection> {
    let key = PublicKey::bits(issuer.public_key_info())?;
    let hash = |bytes| digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes);
    let identifier = element(
        SEQUENCE,
        &[
            &SHA1,
            &element(OCTET_STRING, &[hash(certificate.issuer_der()).as_ref()]),
            &element(OCTET_STRING, &[hash(key).as_ref()]),
            &element(INTEGER, &[certificate.serial()]),
        ],
    );
    // OCSPRequest > TBSRequest > requestList > Request > CertID.
    Ok((0..4).fold(identifier, |inner, _| element(SEQUENCE, &[&inner])))
}

/// An element of at most 65,535 bytes; a serial number is part of a certificate, which is smaller.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let [.., high, low] = length.to_be_bytes();
    let mut written = vec![tag];
    match (high, low) {
        (0, 0..0x80) => written.push(low),
        (0, _) => written.extend([0x81, low]),
        _ => written.extend([0x82, high, low]),
    }
    written.extend(parts.iter().copied().flatten());
    written
}
