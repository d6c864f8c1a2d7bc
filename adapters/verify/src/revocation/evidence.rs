//! What the caller has at hand to tell whether certificates were revoked, and to complete chains.

use rustls_pki_types::{CertificateRevocationListDer, pem::PemObject};

use crate::{
    Certificate, ber, limits, pem,
    rejection::{Piece, Rejection},
    signed_data::{Bounds, SignedData},
};

use super::{Crl, Ocsp};

/// Lists, OCSP answers and certificates, from wherever they were: files, a network, the DSS of a
/// PDF.
///
/// Adding proves nothing but that they can be read. Whether a list or an answer is its issuer's, is
/// about a certificate and is fresh enough is asked when it is used; the certificates fill gaps of
/// chains and are never anchors.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pub(crate) crls: Vec<Crl>,
    pub(crate) ocsps: Vec<Ocsp>,
    pub(crate) certificates: Vec<Certificate>,
}

impl Evidence {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a revocation list in DER, or each list of a PEM text.
    ///
    /// # Errors
    /// [`Rejection`] where it is too large, malformed or one too many; nothing is added then.
    pub fn add_crl(&mut self, bytes: &[u8]) -> Result<&mut Self, Rejection> {
        let mut lists = Vec::new();
        if is_pem(bytes) {
            if bytes.len() > limits::CRL_BYTES.saturating_mul(2) {
                let limit = limits::CRL_BYTES.saturating_mul(2);
                return Err(Rejection::TooLarge { piece: Piece::Pem, size: bytes.len(), limit });
            }
            for block in CertificateRevocationListDer::pem_slice_iter(bytes) {
                let number = lists.len().saturating_add(1);
                let der = block.map_err(|_| Rejection::Pem { block: number })?;
                room(Piece::Crl, self.crls.len().saturating_add(lists.len()))?;
                lists.push(Crl::from_der(&der)?);
            }
            if lists.is_empty() {
                return Err(Rejection::Pem { block: 1 });
            }
        } else {
            room(Piece::Crl, self.crls.len())?;
            lists.push(Crl::from_der(bytes)?);
        }
        self.crls.extend(lists);
        Ok(self)
    }

    /// Adds an answer of an OCSP responder: `OCSPResponse` in DER, or in one block of PEM.
    ///
    /// # Errors
    /// [`Rejection`] where it is too large, malformed or one too many, and
    /// [`Rejection::OcspStatus`] where the responder gave no answer. Nothing is added then.
    pub fn add_ocsp(&mut self, bytes: &[u8]) -> Result<&mut Self, Rejection> {
        room(Piece::Ocsp, self.ocsps.len())?;
        let answer = if is_pem(bytes) {
            Ocsp::from_der(&pem::block(bytes, "OCSP RESPONSE", limits::OCSP_BYTES)?)?
        } else {
            Ocsp::from_der(bytes)?
        };
        self.ocsps.push(answer);
        Ok(self)
    }

    /// Adds certificates that may be missing in chains: one in DER, each of a PEM text, or each of a
    /// PKCS#7 in DER, as authorities publish their chains (RFC 5280 §4.2.2.1).
    ///
    /// # Errors
    /// [`Rejection`] where it is too large or malformed; nothing is added then.
    pub fn add_certificates(&mut self, bytes: &[u8]) -> Result<&mut Self, Rejection> {
        let found = if is_pem(bytes) {
            pem::certificates(bytes)?
        } else if is_message(bytes) {
            let der = ber::file_in_der(bytes);
            let message = SignedData::read(der.as_deref().unwrap_or(bytes), Bounds::FILE)?;
            message.certificates.into_iter().collect::<Result<_, _>>()?
        } else {
            vec![Certificate::from_der(bytes)?]
        };
        if self.certificates.len().saturating_add(found.len()) > limits::PEM_CERTIFICATES {
            let limit = limits::PEM_CERTIFICATES;
            return Err(Rejection::TooMany { piece: Piece::Certificate, limit });
        }
        self.certificates.extend(found);
        Ok(self)
    }

    /// Whether there is neither a list nor an answer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.crls.is_empty() && self.ocsps.is_empty()
    }
}

fn room(piece: Piece, count: usize) -> Result<(), Rejection> {
    if count < limits::EVIDENCE {
        Ok(())
    } else {
        Err(Rejection::TooMany { piece, limit: limits::EVIDENCE })
    }
}

/// A `ContentInfo` begins with an object identifier, a `Certificate` with a `SEQUENCE`.
fn is_message(bytes: &[u8]) -> bool {
    let header = match bytes.get(1) {
        Some(length @ 0x81..=0x84) => usize::from(length & 0x0f).saturating_add(2),
        _ => 2,
    };
    bytes.get(header) == Some(&0x06)
}

/// DER starts with the tag of a `SEQUENCE`, which is the digit `0`; a PEM text with a dash or with
/// what people write above it.
fn is_pem(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|&first| first != 0x30)
        || bytes.windows(11).take(64).any(|window| window == b"-----BEGIN ")
}
