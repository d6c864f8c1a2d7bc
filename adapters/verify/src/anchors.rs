//! Who is trusted to begin a chain.

use crate::{Certificate, pem, rejection::Rejection};

/// Trust anchors, and certificates that help to reach them.
///
/// A certificate signed with its own key, by an algorithm that is accepted, is an anchor; every
/// other one only fills gaps between a signer and an anchor. What is inside a signature is never
/// an anchor.
#[derive(Clone, Debug)]
pub struct Anchors {
    roots: Vec<Certificate>,
    intermediates: Vec<Certificate>,
}

impl Anchors {
    /// Reads a PEM bundle of roots and, optionally, authorities below them.
    ///
    /// # Errors
    /// [`Rejection`] where the text holds no self-signed certificate, or is malformed.
    pub fn from_pem(text: &[u8]) -> Result<Self, Rejection> {
        Self::new(pem::certificates(text)?)
    }

    /// Takes certificates that were read before.
    ///
    /// # Errors
    /// [`Rejection::NoRoot`] where none of them is self-signed.
    pub fn new(certificates: impl IntoIterator<Item = Certificate>) -> Result<Self, Rejection> {
        let (roots, intermediates): (Vec<_>, Vec<_>) =
            certificates.into_iter().partition(Certificate::is_self_signed);
        if roots.is_empty() { Err(Rejection::NoRoot) } else { Ok(Self { roots, intermediates }) }
    }

    /// The anchors themselves.
    #[must_use]
    pub fn roots(&self) -> &[Certificate] {
        &self.roots
    }

    /// The certificates that are not trusted by themselves.
    #[must_use]
    pub fn intermediates(&self) -> &[Certificate] {
        &self.intermediates
    }
}
