//! An X.509 certificate (RFC 5280), read where it lies.
//!
//! Everything that an accessor gives was read to its end by [`Certificate::parse`], so that no later
//! question can fail: a certificate that is malformed anywhere is none.

mod alternative_name;
mod extension;
mod holder;
mod key;
mod kind;
mod name;
mod person;
mod text;

pub use alternative_name::{AlternativeName, AlternativeNames, Field, OtherName};
pub use extension::{BasicConstraints, Extension, KeyUsage};
pub use holder::{Disagreement, HolderPlace, Identification, Unidentified};
pub use key::{Curve, PublicKey};
pub use kind::{CertificateKind, CertificateType};
pub use name::{Attribute, Name};
pub use person::{Date, Person, Voter};
pub use text::Text;

use core::fmt;

use crate::codec::der::{
    self, AlgorithmIdentifier, BIT_STRING, DerError, Element, Elements, INTEGER, Misread,
    ObjectIdentifier, SEQUENCE, constructed, primitive,
};
use crate::document::Digest;

/// Entries in any list of a certificate: attributes of a name, extensions, alternative names,
/// policies, purposes. Those of ICP-Brasil have a quarter of it at most.
pub const MAX_ENTRIES: usize = 64;

/// What could not be read of a certificate: which piece, named as RFC 5280 names it, where and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the certificate's {piece}, byte {place}: {reason}")]
pub struct CertificateError {
    /// The piece.
    pub piece: &'static str,
    /// Where it begins, in bytes from the certificate's first.
    pub place: usize,
    /// What is wrong with it.
    pub reason: DerError,
}

impl From<Misread> for CertificateError {
    fn from(Misread { piece, place, reason }: Misread) -> Self {
        Self { piece, place, reason }
    }
}

/// A certificate, borrowed from its DER.
///
/// `Debug` shows its length and its kind, and nobody's name or number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Certificate<'d> {
    encoded: &'d [u8],
    to_be_signed: &'d [u8],
    signature_algorithm: AlgorithmIdentifier<'d>,
    signature: &'d [u8],
    serial: Element<'d>,
    issuer: Name<'d>,
    not_before: u64,
    not_after: u64,
    subject: Name<'d>,
    public_key_info: &'d [u8],
    public_key: PublicKey<'d>,
    /// The content of `Extensions`.
    extensions: &'d [u8],
    read: extension::Read<'d>,
}

impl<'d> Certificate<'d> {
    /// Bytes in the longest certificate that is read: 16 KiB. A holder's has some 2 KB.
    pub const MAX_LENGTH: usize = 16 * 1024;

    /// Reads a certificate in DER, and nothing behind it.
    ///
    /// Signatures are not checked here, nor whether the dates hold.
    ///
    /// # Errors
    /// [`CertificateError`] with the piece that is malformed, its place and the reason.
    pub fn parse(encoded: &'d [u8]) -> Result<Self, CertificateError> {
        Self::read(encoded).map_err(CertificateError::from)
    }

    fn read(encoded: &'d [u8]) -> Result<Self, Misread> {
        let mut outer = Elements::new(encoded);
        if encoded.len() > Self::MAX_LENGTH {
            return Err(Misread { piece: "Certificate", place: 0, reason: DerError::Bound });
        }
        let certificate = outer.field(SEQUENCE, "Certificate")?;
        outer.finish("Certificate")?;
        let mut parts = certificate.elements();
        let to_be_signed = parts.field(SEQUENCE, "tbsCertificate")?;
        let algorithm = parts.field(SEQUENCE, "signatureAlgorithm")?;
        let signature = parts.field(BIT_STRING, "signatureValue")?;
        parts.finish("Certificate")?;

        let mut fields = to_be_signed.elements();
        let version = match fields.optional(constructed(0), "version")? {
            // The default is version 1, which DER leaves out.
            None => 0,
            Some(explicit) => match explicit.only(INTEGER, "version")?.number("version")? {
                version @ (1 | 2) => version,
                _ => return Err(explicit.misread("version", DerError::Value)),
            },
        };
        let serial = fields.field(INTEGER, "serialNumber")?;
        if serial.content.is_empty() {
            return Err(serial.misread("serialNumber", DerError::Value));
        }
        let inner_algorithm = fields.field(SEQUENCE, "signature")?;
        if inner_algorithm.encoded != algorithm.encoded {
            return Err(inner_algorithm.misread("signature", DerError::Value));
        }
        let issuer = Name::read(&fields.field(SEQUENCE, "issuer")?, "issuer")?;
        let mut validity = fields.field(SEQUENCE, "validity")?.elements();
        let not_before = der::time::read(&validity.any("notBefore")?, "notBefore")?;
        let not_after = der::time::read(&validity.any("notAfter")?, "notAfter")?;
        validity.finish("validity")?;
        let subject = Name::read(&fields.field(SEQUENCE, "subject")?, "subject")?;
        let public_key_info = fields.field(SEQUENCE, "subjectPublicKeyInfo")?;
        let public_key = PublicKey::read(&public_key_info)?;
        // Obsolete, and passed over.
        fields.optional(primitive(1), "issuerUniqueID")?;
        fields.optional(primitive(2), "subjectUniqueID")?;
        let (extensions, read) = match fields.optional(constructed(3), "extensions")? {
            None => (&[][..], extension::Read::default()),
            Some(explicit) if version != 2 => {
                return Err(explicit.misread("extensions", DerError::Unexpected));
            }
            Some(explicit) => {
                let list = explicit.only(SEQUENCE, "extensions")?;
                (list.content, extension::Read::all(&list)?)
            }
        };
        fields.finish("tbsCertificate")?;
        Ok(Self {
            encoded,
            to_be_signed: to_be_signed.encoded,
            signature_algorithm: AlgorithmIdentifier::read(&algorithm, "signatureAlgorithm")?,
            signature: signature.whole_bits("signatureValue")?,
            serial,
            issuer,
            not_before,
            not_after,
            subject,
            public_key_info: public_key_info.encoded,
            public_key,
            extensions,
            read,
        })
    }

    /// The certificate in DER.
    #[must_use]
    pub const fn encoded(&self) -> &'d [u8] {
        self.encoded
    }

    /// The SHA-256 digest of the certificate, by which signatures name it (RFC 5035 §4).
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.encoded)
    }

    /// What the issuer signed, in DER.
    #[must_use]
    pub const fn to_be_signed(&self) -> &'d [u8] {
        self.to_be_signed
    }

    /// What the issuer signed it with.
    #[must_use]
    pub const fn signature_algorithm(&self) -> AlgorithmIdentifier<'d> {
        self.signature_algorithm
    }

    /// The issuer's signature.
    #[must_use]
    pub const fn signature(&self) -> &'d [u8] {
        self.signature
    }

    /// The serial number: the big-endian bytes of its `INTEGER`, as they stand.
    #[must_use]
    pub const fn serial(&self) -> &'d [u8] {
        self.serial.content
    }

    /// The serial number's element in DER.
    #[must_use]
    pub const fn serial_encoded(&self) -> &'d [u8] {
        self.serial.encoded
    }

    /// Who issued it.
    #[must_use]
    pub const fn issuer(&self) -> Name<'d> {
        self.issuer
    }

    /// Who it is about.
    #[must_use]
    pub const fn subject(&self) -> Name<'d> {
        self.subject
    }

    /// The first second of its validity, in Unix seconds.
    #[must_use]
    pub const fn not_before(&self) -> u64 {
        self.not_before
    }

    /// The last second of its validity, in Unix seconds.
    #[must_use]
    pub const fn not_after(&self) -> u64 {
        self.not_after
    }

    /// Whether its validity includes this moment, in Unix seconds. Both ends do (RFC 5280 §4.1.2.5).
    #[must_use]
    pub const fn is_valid_at(&self, moment: u64) -> bool {
        self.not_before <= moment && moment <= self.not_after
    }

    /// Its public key.
    #[must_use]
    pub const fn public_key(&self) -> PublicKey<'d> {
        self.public_key
    }

    /// `SubjectPublicKeyInfo` in DER.
    #[must_use]
    pub const fn public_key_info(&self) -> &'d [u8] {
        self.public_key_info
    }

    /// What the key may be used for; `None` when the certificate does not say.
    #[must_use]
    pub const fn key_usage(&self) -> Option<KeyUsage> {
        self.read.key_usage
    }

    /// Whether it is an authority's, and how long the path below it may be.
    #[must_use]
    pub const fn basic_constraints(&self) -> BasicConstraints {
        self.read.basic_constraints
    }

    /// The policies under which it was issued (RFC 5280 §4.2.1.4), without their qualifiers.
    pub fn policies(&self) -> impl Iterator<Item = ObjectIdentifier<'d>> + use<'d> {
        extension::policies(self.read.policies)
    }

    /// What kind of certificate of ICP-Brasil it is, by the first of its policies that tells.
    ///
    /// `None` for an authority's, whose policies are those of the certificates that it issues, and
    /// for a certificate of another hierarchy.
    #[must_use]
    pub fn kind(&self) -> Option<CertificateKind> {
        if self.basic_constraints().authority {
            return None;
        }
        self.policies().find_map(CertificateKind::of_policy)
    }

    /// Its purposes (RFC 5280 §4.2.1.12); none when it does not say.
    pub fn purposes(&self) -> impl Iterator<Item = ObjectIdentifier<'d>> + use<'d> {
        extension::purposes(self.read.purposes)
    }

    /// Its alternative names, among which ICP-Brasil says who its holder is.
    #[must_use]
    pub const fn alternative_names(&self) -> AlternativeNames<'d> {
        self.read.alternative_names
    }

    /// Whose certificate it is.
    ///
    /// The number comes from the alternative names, where a legal person's stands before that of the
    /// person responsible for it; else from the subject's `serialNumber`; else from behind the colon
    /// of its `commonName` (DOC-ICP-04 v8.1 §7.1.2.3 and §7.1.2.4; Res. CG ICP-Brasil 211/2024).
    /// What a later place says differently is told.
    ///
    /// # Errors
    /// [`Unidentified`] when no place names a holder, or when the place that should does so wrongly:
    /// a later one is then not believed instead.
    pub fn holder(&self) -> Result<Identification, Unidentified> {
        holder::identify(self)
    }

    /// All extensions, for what is not read here.
    pub fn extensions(&self) -> impl Iterator<Item = Extension<'d>> + use<'d> {
        extension::iterate(self.extensions)
    }
}

impl fmt::Debug for Certificate<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind().map_or("", CertificateKind::name);
        write!(formatter, "Certificate({} bytes, {kind:?})", self.encoded.len())
    }
}
