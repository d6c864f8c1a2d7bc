//! Certificates from a file: one in DER, or those of a PEM text.

use std::path::Path;

use rubrica::Certificate;
use rubrica::core::identity;
use rubrica::verify::{Piece, Rejection, limits};

use crate::failure::Failure;
use crate::output;
use crate::pem::{self, PemBlock};

/// Bytes of a file that are read.
const LIMIT: u64 = 4 * 1024 * 1024;

/// The certificates of a file in their order. One that cannot be read is told by its number, where
/// there are several, by its piece and its place.
pub(super) fn certificates(path: &Path) -> Result<Vec<Certificate>, Failure> {
    let bytes = output::read_bounded(path, LIMIT)
        .map_err(|error| Failure::File { path: path.to_owned(), error })?;
    if bytes.first() == Some(&0x30) {
        return Ok(vec![certificate(&bytes).map_err(|rejection| unusable(path, &rejection))?]);
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut certificates = Vec::new();
    for PemBlock { label, content } in pem::blocks(&text) {
        if label != "CERTIFICATE" && label != "X509 CERTIFICATE" {
            continue;
        }
        let number = certificates.len() + 1;
        if number > limits::PEM_CERTIFICATES {
            let limit = limits::PEM_CERTIFICATES;
            return Err(unusable(path, &Rejection::TooMany { piece: Piece::Pem, limit }));
        }
        let read = content.ok_or(Rejection::Pem { block: number });
        let read = read.and_then(|der| certificate(&der));
        certificates.push(read.map_err(|rejection| Failure::Certificate {
            path: path.to_owned(),
            reason: match (number, &rejection) {
                (1, _) | (_, Rejection::Pem { .. }) => rejection.to_string(),
                _ => format!("certificate {number} of the file: {rejection}"),
            },
        })?);
    }
    Ok(certificates)
}

/// The one certificate of a file.
pub(super) fn one(path: &Path) -> Result<Certificate, Failure> {
    let mut certificates = certificates(path)?;
    match (certificates.pop(), certificates.len()) {
        (Some(certificate), 0) => Ok(certificate),
        (None, _) => Err(unusable(path, &Rejection::NotOneCertificate(0))),
        (Some(_), others) => Err(unusable(path, &Rejection::NotOneCertificate(others + 1))),
    }
}

/// A file that is read as certificates, and is not.
pub(super) fn unusable(path: &Path, rejection: &Rejection) -> Failure {
    Failure::Certificate { path: path.to_owned(), reason: rejection.to_string() }
}

/// Reads a certificate first with the reader that names the pieces.
fn certificate(der: &[u8]) -> Result<Certificate, Rejection> {
    identity::Certificate::parse(der)?;
    Certificate::from_der(der)
}
