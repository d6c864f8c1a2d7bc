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
        let mut anchors = Self { roots: Vec::new(), intermediates: Vec::new() };
        anchors.extend(certificates);
        if anchors.roots.is_empty() { Err(Rejection::NoRoot) } else { Ok(anchors) }
    }

    /// The roots v5, v10 and v11 of ICP-Brasil (see `data/README.md`), as they were in 2023. Root
    /// v12 is not among them: add it by [`Anchors::extend`].
    ///
    /// # Errors
    /// None but a defect of the data, which a test reads.
    #[cfg(feature = "icp-brasil")]
    pub fn icp_brasil() -> Result<Self, Rejection> {
        Self::from_pem(include_bytes!("../data/roots.pem"))
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

/// Adds certificates, by the same rule; what is already there is not added again.
impl Extend<Certificate> for Anchors {
    fn extend<I: IntoIterator<Item = Certificate>>(&mut self, certificates: I) {
        for certificate in certificates {
            let list = if certificate.is_self_signed() {
                &mut self.roots
            } else {
                &mut self.intermediates
            };
            if !list.contains(&certificate) {
                list.push(certificate);
            }
        }
    }
}
