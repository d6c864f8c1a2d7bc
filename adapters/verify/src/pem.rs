//! Certificates in PEM (RFC 7468).

use rubrica_core::codec::pem::Blocks;
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

/// The bytes of the first block with this label (RFC 7468 §3), at most `limit` of them.
pub(crate) fn block(text: &[u8], label: &str, limit: usize) -> Result<Vec<u8>, Rejection> {
    let unreadable = Rejection::Pem { block: 1 };
    if text.len() > limit.saturating_mul(2) {
        let limit = limit.saturating_mul(2);
        return Err(Rejection::TooLarge { piece: Piece::Pem, size: text.len(), limit });
    }
    let text = core::str::from_utf8(text).map_err(|_| unreadable.clone())?;
    let block = Blocks::new(text)
        .map_while(Result::ok)
        .find(|block| block.label == label)
        .ok_or_else(|| unreadable.clone())?;
    let mut decoded = vec![0; block.decoded_bound()];
    block.decode(&mut decoded).map(<[u8]>::to_vec).map_err(|_| unreadable)
}
