//! Certificates in PEM (RFC 7468).

use rustls_pki_types::{CertificateDer, pem::PemObject};

use crate::{
    Certificate, limits,
    rejection::{Piece, Rejection},
};

/// Every certificate of a PEM text, in its order. Other blocks, and what stands between blocks,
/// are passed over.
///
/// # Errors
/// [`Rejection`] where the text is too large, a block cannot be read, or a certificate is not one.
pub fn certificates(text: &[u8]) -> Result<Vec<Certificate>, Rejection> {
    if text.len() > limits::PEM_BYTES {
        return Err(Rejection::TooLarge {
            piece: Piece::Pem,
            size: text.len(),
            limit: limits::PEM_BYTES,
        });
    }
    let mut certificates = Vec::new();
    for block in CertificateDer::pem_slice_iter(text) {
        if certificates.len() == limits::PEM_CERTIFICATES {
            return Err(Rejection::TooMany { piece: Piece::Pem, limit: limits::PEM_CERTIFICATES });
        }
        let der =
            block.map_err(|_| Rejection::Pem { block: certificates.len().saturating_add(1) })?;
        certificates.push(Certificate::from_der(&der)?);
    }
    Ok(certificates)
}
