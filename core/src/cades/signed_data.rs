//! `SignedData` of one signer (RFC 5652 §5).

use super::algorithm::signature_algorithm;
use super::attributes::{write_attribute, write_sha_256};
use super::identifiers::{DATA, SIGNED_DATA, TIME_STAMP_TOKEN};
use super::policy::{Family, Level};
use super::{CadesError, SignedAttributes, TimeStampToken};
use crate::codec::buffer::Buffer;
use crate::codec::der::{
    Ascending, Elements, INTEGER, NULL, OCTET_STRING, SEQUENCE, SET, Writer, constructed,
};
use crate::document::Digest;
use crate::error::Error;
use crate::identity::Certificate;
use crate::identity::certificate::PublicKey;

/// Certificates beside the signer's. Those of ICP-Brasil have three above them, the root included.
pub const MAX_CHAIN: usize = 8;

/// The longest signature on a curve: that of P-521 has 139 bytes.
const MAX_CURVE_SIGNATURE: usize = 160;

/// A signature with everything that belongs to it, ready to be written as a `ContentInfo`.
#[derive(Clone, Copy, Debug)]
pub struct SignedData<'a> {
    attributes: &'a SignedAttributes<'a>,
    signature: &'a [u8],
    chain: &'a [Certificate<'a>],
    content: Option<&'a [u8]>,
    time_stamp: Option<TimeStampToken<'a>>,
}

impl<'a> SignedData<'a> {
    /// The signature over the attributes' digest, as the service gave it: the bytes of an RSA
    /// signature (PKCS #1 v1.5), or an `ECDSA-Sig-Value` in DER.
    ///
    /// It stands detached and alone with the signer's certificate, until more is added.
    ///
    /// # Errors
    /// [`CadesError::Signature`] for what cannot be a signature of the certificate's key. Whether it
    /// is one is to be verified before.
    pub fn new(
        attributes: &'a SignedAttributes<'a>,
        signature: &'a [u8],
    ) -> Result<Self, CadesError> {
        let plausible = match attributes.certificate().public_key() {
            PublicKey::Rsa { modulus, .. } => signature.len() == modulus.len(),
            _ => signature.len() <= MAX_CURVE_SIGNATURE && is_one_sequence(signature),
        };
        if !plausible {
            return Err(CadesError::Signature(signature.len()));
        }
        Ok(Self { attributes, signature, chain: &[], content: None, time_stamp: None })
    }

    /// With more certificates: the authorities between the signer and the root. The signer's own and
    /// those that stand there twice are written once.
    ///
    /// # Errors
    /// [`CadesError::Chain`] for more than [`MAX_CHAIN`].
    pub const fn with_chain(self, chain: &'a [Certificate<'a>]) -> Result<Self, CadesError> {
        if chain.len() > MAX_CHAIN {
            return Err(CadesError::Chain(MAX_CHAIN));
        }
        Ok(Self { chain, ..self })
    }

    /// With the content inside (attached).
    ///
    /// # Errors
    /// [`CadesError::Content`] for a content that is not the one that was signed, and
    /// [`CadesError::Attached`] under a policy for PDFs.
    pub fn with_content(self, content: &'a [u8]) -> Result<Self, CadesError> {
        if self.attributes.policy().is_some_and(|policy| policy.family == Family::Pades) {
            return Err(CadesError::Attached);
        }
        if Digest::of(content) != self.attributes.content() {
            return Err(CadesError::Content);
        }
        Ok(Self { content: Some(content), ..self })
    }

    /// With a time stamp of the signature, as an unsigned attribute: the one that PDFs may have
    /// (DOC-ICP-15.03 v9.1, note 11).
    ///
    /// # Errors
    /// [`CadesError::OtherTimeStamp`] for a time stamp of something else.
    pub fn with_time_stamp(self, token: TimeStampToken<'a>) -> Result<Self, CadesError> {
        if !token.is_of(&Digest::of(self.signature)) {
            return Err(CadesError::OtherTimeStamp);
        }
        Ok(Self { time_stamp: Some(token), ..self })
    }

    /// Bytes of the `ContentInfo`.
    #[must_use]
    pub fn encoded_length(&self) -> usize {
        Writer::measure(&|out| self.write_content_info(out))
    }

    /// Writes the `ContentInfo` in DER into the beginning of `buffer`.
    ///
    /// # Errors
    /// [`crate::error::ResourceError::BufferTooSmall`] with the size that is needed;
    /// [`CadesError::NoTimeStamp`] where the policy wants one.
    pub fn write<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], AssemblyError> {
        if let Some(policy) = self.attributes.policy()
            && policy.level > Level::Basic
            && self.time_stamp.is_none()
        {
            return Err(CadesError::NoTimeStamp.into());
        }
        let mut out = Buffer::new(buffer);
        self.write_content_info(&mut Writer::to_buffer(&mut out));
        let ([], written) = out.finish([])?;
        Ok(written)
    }

    fn write_content_info(&self, out: &mut Writer<'_>) {
        out.around(SEQUENCE, &|out| {
            out.object_identifier(SIGNED_DATA);
            out.around(constructed(0), &|out| {
                out.around(SEQUENCE, &|out| self.write_fields(out));
            });
        });
    }

    fn write_fields(&self, out: &mut Writer<'_>) {
        // Version 1: the content is data, and the signer is named by issuer and serial number.
        out.element(INTEGER, &[1]);
        out.around(SET, &write_sha_256);
        out.around(SEQUENCE, &|out| {
            out.object_identifier(DATA);
            if let Some(content) = self.content {
                out.around(constructed(0), &|out| out.element(OCTET_STRING, content));
            }
        });
        out.around(constructed(0), &|out| self.write_certificates(out));
        out.around(SET, &|out| out.around(SEQUENCE, &|out| self.write_signer(out)));
    }

    /// A `SET OF`, so in the order of their bytes (X.690 §11.6): no DER begins another.
    fn write_certificates(&self, out: &mut Writer<'_>) {
        let certificate = |place: u8| match usize::from(place).checked_sub(1) {
            None => self.attributes.certificate().encoded(),
            Some(place) => self.chain.get(place).map(Certificate::encoded).unwrap_or_default(),
        };
        let count = u8::try_from(self.chain.len()).unwrap_or(0).saturating_add(1);
        let mut last: &[u8] = &[];
        for place in Ascending::new(count, |one, other| certificate(one).cmp(certificate(other))) {
            let next = certificate(place);
            if next != last {
                out.raw(next);
            }
            last = next;
        }
    }

    fn write_signer(&self, out: &mut Writer<'_>) {
        let certificate = self.attributes.certificate();
        out.element(INTEGER, &[1]);
        out.around(SEQUENCE, &|out| {
            out.raw(certificate.issuer().encoded());
            out.raw(certificate.serial_encoded());
        });
        write_sha_256(out);
        self.attributes.write(constructed(0), out);
        out.around(SEQUENCE, &|out| {
            // `SignedAttributes::new` has refused keys without an algorithm.
            let key = certificate.public_key();
            let Some((algorithm, null)) = signature_algorithm(&key) else { return };
            out.object_identifier(algorithm);
            if null {
                out.element(NULL, &[]);
            }
        });
        out.element(OCTET_STRING, self.signature);
        if let Some(token) = self.time_stamp {
            out.around(constructed(1), &|out| {
                write_attribute(TIME_STAMP_TOKEN, out, &|out| out.raw(token.encoded()));
            });
        }
    }
}

/// Why a signature was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssemblyError {
    /// What was given does not make a signature.
    #[error(transparent)]
    Cades(#[from] CadesError),
    /// The buffer is too small.
    #[error(transparent)]
    Buffer(#[from] Error),
}

fn is_one_sequence(bytes: &[u8]) -> bool {
    let mut elements = Elements::new(bytes);
    elements.expect(SEQUENCE).is_ok() && elements.rest().is_empty()
}
