//! Certificate revocation lists (RFC 5280 §5).

use super::authority::Authority;
use super::certificate::{Signer, authority_key_identifier, encode_name, extension};
use super::der;

/// One entry of a list.
#[derive(Clone, Debug)]
pub(crate) struct Revoked {
    /// The serial number, an INTEGER in DER.
    pub(crate) serial: Vec<u8>,
    /// Unix seconds.
    pub(crate) time: i64,
}

/// keyCompromise (RFC 5280 §5.3.1).
pub(crate) const REASON: u8 = 1;

/// The list of an authority in DER, good between two moments in Unix seconds. `signer` is the
/// authority's own, but for a fault.
pub(crate) fn encode(
    authority: &Authority,
    signer: &Signer<'_>,
    revoked: &[Revoked],
    (this_update, next_update): (i64, i64),
) -> Vec<u8> {
    let reason = extension("2.5.29.21", false, &der::enumerated(REASON));
    let entries: Vec<Vec<u8>> = revoked
        .iter()
        .map(|entry| {
            der::sequence(&[&entry.serial, &der::time(entry.time), &der::sequence(&[&reason])])
        })
        .collect();
    // An empty list is left out (RFC 5280 §5.1.2.6).
    let entries = if entries.is_empty() { Vec::new() } else { der::value(0x30, &entries.concat()) };
    let number = der::integer(&this_update.to_be_bytes());
    let extensions = der::sequence(&[
        &extension("2.5.29.35", false, &authority_key_identifier(authority.public_key())),
        &extension("2.5.29.20", false, &number),
    ]);
    let to_be_signed = der::sequence(&[
        &der::integer(&[1]),
        &signer.algorithm(),
        &encode_name(&authority.name),
        &der::time(this_update),
        &der::time(next_update),
        &entries,
        &der::explicit(0, &extensions),
    ]);
    let signature = der::bit_string(&signer.sign(&to_be_signed));
    der::sequence(&[&to_be_signed, &signer.algorithm(), &signature])
}

/// The PEM of a list in DER.
pub(crate) fn pem(der: &[u8]) -> String {
    super::certificate::pem(der).replace("CERTIFICATE", "X509 CRL")
}
