//! One certificate, read and not yet believed.

use core::fmt;

use der::{
    DateTime, ErrorKind, Tag,
    asn1::{BitStringRef, GeneralizedTime, IntRef, ObjectIdentifier, UtcTime},
};
use rubrica_core::identity::{
    Holder,
    certificate::{self as details, CertificateError, Identification, Unidentified},
};

use crate::{
    UnixTime,
    algorithm::SignatureAlgorithm,
    cursor::{AlgorithmIdentifier, Cursor, Element, constructed, only_sequence, primitive},
    digest::Digest,
    extensions::{BasicConstraints, Extensions, KeyUsage, Purposes},
    key::{KeyKind, PublicKey},
    limits, name, pem,
    rejection::{Piece, Rejection},
    signature,
    unfit::Unfit,
};

/// An X.509 certificate of version 3 (RFC 5280 §4.1).
///
/// Reading it proves nothing: [`crate::cms`], [`crate::raw`] and [`crate::certificate`] do. Its
/// `Debug` form shows the masked holder and no other part of the subject.
#[derive(Clone)]
pub struct Certificate {
    der: Box<[u8]>,
    parts: Box<Parts>,
}

/// What is read out of the DER once.
#[derive(Clone)]
struct Parts {
    /// `tbsCertificate`, which is what its issuer signed.
    signed: Box<[u8]>,
    algorithm: Result<SignatureAlgorithm, Rejection>,
    signature: Box<[u8]>,
    serial: Box<[u8]>,
    issuer: Box<[u8]>,
    issuer_name: Box<str>,
    subject: Box<[u8]>,
    subject_name: Box<str>,
    not_before: UnixTime,
    not_after: UnixTime,
    key: Box<[u8]>,
    key_kind: KeyKind,
    extensions: Extensions,
    identification: Result<Identification, Unidentified>,
}

impl Certificate {
    /// Reads one certificate in DER.
    ///
    /// # Errors
    /// [`Rejection`] where it is too large, malformed, or followed by other bytes.
    pub fn from_der(der: &[u8]) -> Result<Self, Rejection> {
        if der.len() > limits::CERTIFICATE_BYTES {
            return Err(Rejection::TooLarge {
                piece: Piece::Certificate,
                size: der.len(),
                limit: limits::CERTIFICATE_BYTES,
            });
        }
        let mut parts = Parts::read(only_sequence(der, Piece::Certificate)?)?;
        parts.identification = details::Certificate::parse(der)?.holder();
        Ok(Self { der: der.into(), parts: Box::new(parts) })
    }

    /// Reads the one certificate of a PEM text, whatever its line ends and whatever stands around
    /// it.
    ///
    /// # Errors
    /// [`Rejection`] where there is none or more than one, or where it is no good certificate.
    pub fn from_pem(text: &[u8]) -> Result<Self, Rejection> {
        let mut certificates = pem::certificates(text)?;
        match (certificates.pop(), certificates.len()) {
            (Some(certificate), 0) => Ok(certificate),
            (None, _) => Err(Rejection::NotOneCertificate(0)),
            (Some(_), others) => Err(Rejection::NotOneCertificate(others.saturating_add(1))),
        }
    }

    /// Its exact bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The subject's common name, or its organization where it has none. ICP-Brasil's older
    /// certificates hold `NAME:CPF` here: show [`Certificate::display_name`] instead.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.parts.subject_name
    }

    /// The subject's common name up to a colon: without the CPF or CNPJ that ICP-Brasil's
    /// certificates used to add to it (Resolução CG ICP-Brasil 211/2024 moves it to
    /// `serialNumber`).
    #[must_use]
    pub fn display_name(&self) -> &str {
        name::without_number(&self.parts.subject_name)
    }

    /// The issuer's common name, or its organization where it has none; up to a colon, too,
    /// because whoever issued it may be a person who must not.
    #[must_use]
    pub fn issuer(&self) -> &str {
        name::without_number(&self.parts.issuer_name)
    }

    /// The serial number's bytes, big-endian, as the certificate holds them.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.parts.serial
    }

    /// The first second of its validity.
    #[must_use]
    pub fn not_before(&self) -> UnixTime {
        self.parts.not_before
    }

    /// The last second of its validity.
    #[must_use]
    pub fn not_after(&self) -> UnixTime {
        self.parts.not_after
    }

    /// Its holder: from the subject alternative name's `2.16.76.1.3.3` or `2.16.76.1.3.1`, else from
    /// the subject's `serialNumber`, else from its common name (ICP-Brasil DOC-ICP-04 §7.1.2.3, Res.
    /// CG ICP-Brasil 211/2024).
    ///
    /// # Errors
    /// [`Unidentified`] where there is no readable holder.
    pub fn holder(&self) -> Result<Holder, Unidentified> {
        self.identification().map(|found| found.holder)
    }

    /// Its holder, where in the certificate that stands, and what another place says instead.
    ///
    /// # Errors
    /// [`Unidentified`] where there is no readable holder.
    pub fn identification(&self) -> Result<Identification, Unidentified> {
        self.parts.identification
    }

    /// Everything else that it says, as the core reads it: its kind, its names, the person
    /// responsible.
    ///
    /// # Errors
    /// None: what is here was read so before.
    pub fn details(&self) -> Result<details::Certificate<'_>, CertificateError> {
        details::Certificate::parse(&self.der)
    }

    /// What kind of key it holds.
    #[must_use]
    pub fn key(&self) -> KeyKind {
        self.parts.key_kind
    }

    /// `SubjectPublicKeyInfo` in DER.
    #[must_use]
    pub fn public_key_info(&self) -> &[u8] {
        &self.parts.key
    }

    /// What the key may be used for, if the certificate says so.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.parts.extensions.key_usage
    }

    /// Whether it is an authority's. False where the certificate does not say.
    #[must_use]
    pub fn basic_constraints(&self) -> BasicConstraints {
        self.parts.extensions.basic_constraints
    }

    /// The policies under which it was issued: type A3 is `2.16.76.1.2.3.n` (ICP-Brasil DOC-ICP-04
    /// table 3).
    #[must_use]
    pub fn policies(&self) -> &[ObjectIdentifier] {
        &self.parts.extensions.policies
    }

    /// Whether subject and issuer are the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.parts.subject == self.parts.issuer
    }

    /// Whether it is signed with its own key.
    #[must_use]
    pub fn is_self_signed(&self) -> bool {
        self.is_self_issued() && self.is_signed_by(self).is_ok()
    }

    /// SHA-256 over its bytes, by which people tell certificates apart.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(Digest::Sha256.of(&self.der).as_ref());
        fingerprint
    }

    pub(crate) fn extensions(&self) -> &Extensions {
        &self.parts.extensions
    }

    pub(crate) fn subject_der(&self) -> &[u8] {
        &self.parts.subject
    }

    pub(crate) fn issuer_der(&self) -> &[u8] {
        &self.parts.issuer
    }

    pub(crate) fn subject_key_identifier(&self) -> Option<&[u8]> {
        self.parts.extensions.subject_key_identifier.as_deref()
    }

    pub(crate) fn public_key(&self) -> Result<PublicKey<'_>, Rejection> {
        PublicKey::read(&self.parts.key)
    }

    /// Whether the issuer's key made this certificate's signature. Names and what the issuer may
    /// do are asked elsewhere.
    pub(crate) fn is_signed_by(&self, issuer: &Self) -> Result<(), Rejection> {
        let algorithm = self.parts.algorithm.clone()?;
        signature::verify(
            &issuer.public_key()?,
            algorithm,
            &self.parts.signed,
            &self.parts.signature,
        )
    }

    /// What is asked of every certificate, signer's or authority's: validity, strength, nothing
    /// critical that is not understood.
    pub(crate) fn is_usable(&self, at: UnixTime) -> Result<(), Unfit> {
        if let Some(oid) = self.parts.extensions.unknown_critical {
            return Err(Unfit::CriticalExtension(oid));
        }
        if at < self.not_before() {
            return Err(Unfit::NotYetValid { from: self.not_before(), at });
        }
        if at > self.not_after() {
            return Err(Unfit::Expired { until: self.not_after(), at });
        }
        self.key().strong()
    }

    /// Whether its key may sign documents at that time.
    pub(crate) fn may_sign(&self, at: UnixTime) -> Result<(), Unfit> {
        self.is_usable(at)?;
        self.is_not_an_authority_and_signs()?;
        if self.parts.extensions.purposes.as_ref().is_some_and(Purposes::are_others) {
            return Err(Unfit::Purpose);
        }
        Ok(())
    }

    /// Whether its key may sign time stamps at that time (RFC 3161 §2.3).
    pub(crate) fn may_stamp(&self, at: UnixTime) -> Result<(), Unfit> {
        self.is_usable(at)?;
        self.is_not_an_authority_and_signs()?;
        if self.parts.extensions.purposes.as_ref().is_some_and(Purposes::are_time_stamping) {
            Ok(())
        } else {
            Err(Unfit::NotForTimeStamps)
        }
    }

    /// Whether its key may sign the answers of an OCSP responder at that time (RFC 6960 §4.2.2.2).
    pub(crate) fn may_respond(&self, at: UnixTime) -> Result<(), Unfit> {
        self.is_usable(at)?;
        if self.parts.extensions.purposes.as_ref().is_some_and(Purposes::hold_ocsp_signing) {
            Ok(())
        } else {
            Err(Unfit::NotForResponses)
        }
    }

    fn is_not_an_authority_and_signs(&self) -> Result<(), Unfit> {
        let usage = self.key_usage().unwrap_or_default();
        if self.basic_constraints().authority || usage.key_cert_sign() {
            return Err(Unfit::Authority);
        }
        if usage.digital_signature() || usage.non_repudiation() {
            Ok(())
        } else {
            Err(Unfit::KeyUsage)
        }
    }

    /// Whether its key may sign certificates at that time, with this many authorities below it.
    pub(crate) fn may_issue(&self, at: UnixTime, below: u32) -> Result<(), Unfit> {
        self.is_usable(at)?;
        if self.parts.extensions.constrains_names {
            return Err(Unfit::NameConstraints);
        }
        let constraints = self.basic_constraints();
        if !constraints.authority {
            return Err(Unfit::NotAnAuthority);
        }
        if !self.key_usage().unwrap_or_default().key_cert_sign() {
            return Err(Unfit::NotForIssuing);
        }
        match constraints.path_length {
            Some(allowed) if allowed < below => Err(Unfit::PathLength { allowed, found: below }),
            _ => Ok(()),
        }
    }
}

/// Two certificates are the same where their bytes are.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Certificate")
            .field("holder", &self.holder())
            .field("issuer", &self.issuer())
            .field("not_before", &self.not_before())
            .field("not_after", &self.not_after())
            .finish_non_exhaustive()
    }
}

impl Parts {
    /// Reads `Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue }`.
    fn read(mut certificate: Cursor<'_>) -> Result<Self, Rejection> {
        let signed = certificate.expect(Tag::Sequence)?;
        let outer_algorithm = AlgorithmIdentifier::read(&mut certificate)?;
        let signature = bits(&certificate.expect(Tag::BitString)?)?;
        certificate.finish()?;

        let mut fields = signed.open()?;
        let version = fields.expect(constructed(0))?.only(Tag::Integer)?;
        if version.decode::<u8>()? != 2 {
            return Err(version.unexpected_value());
        }
        let serial = fields.expect(Tag::Integer)?;
        serial.decode::<IntRef<'_>>()?;
        let inner_algorithm = fields.expect(Tag::Sequence)?;
        // RFC 5280 §4.1.1.2: the same algorithm in both places, or the outer one would be
        // unprotected.
        if inner_algorithm.whole != outer_algorithm.whole {
            return Err(inner_algorithm.unexpected_value());
        }
        let issuer = fields.expect(Tag::Sequence)?;
        let mut validity = fields.enter(Tag::Sequence)?;
        let not_before = time(&validity.next()?)?;
        let not_after = time(&validity.next()?)?;
        validity.finish()?;
        let subject = fields.expect(Tag::Sequence)?;
        let key = fields.expect(Tag::Sequence)?;
        // Unique identifiers, which nobody uses (RFC 5280 §4.1.2.8).
        fields.optional(primitive(1))?;
        fields.optional(primitive(2))?;
        let extensions = match fields.optional(constructed(3))? {
            Some(extensions) => Extensions::read(&extensions.only(Tag::Sequence)?)?,
            None => Extensions::default(),
        };
        fields.finish()?;

        Ok(Self {
            signed: signed.whole.into(),
            algorithm: SignatureAlgorithm::of_certificate(&outer_algorithm),
            signature: signature.into(),
            serial: serial.value().into(),
            issuer: issuer.whole.into(),
            issuer_name: name::short(&issuer)?,
            subject: subject.whole.into(),
            subject_name: name::short(&subject)?,
            not_before,
            not_after,
            key: key.whole.into(),
            key_kind: PublicKey::read(key.whole)?.kind(),
            extensions,
            identification: Err(Unidentified::Absent),
        })
    }
}

/// The bytes of a bit string that has no odd bits.
pub(crate) fn bits<'a>(element: &Element<'a>) -> Result<&'a [u8], Rejection> {
    element
        .decode::<BitStringRef<'a>>()?
        .as_bytes()
        .ok_or_else(|| element.malformed(ErrorKind::Length { tag: Tag::BitString }))
}

/// `Time ::= CHOICE { utcTime UTCTime, generalTime GeneralizedTime }` (RFC 5280 §4.1.2.5).
pub(crate) fn time(element: &Element<'_>) -> Result<UnixTime, Rejection> {
    let time: DateTime = match element.tag() {
        Tag::UtcTime => element.decode::<UtcTime>()?.to_date_time(),
        Tag::GeneralizedTime => element.decode::<GeneralizedTime>()?.to_date_time(),
        _ => return Err(element.unexpected_value()),
    };
    Ok(time.into())
}
