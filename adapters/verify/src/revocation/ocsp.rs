//! An answer of an OCSP responder (RFC 6960 §4.2), read and not yet believed.

use core::ops::Range;

use der::{Tag, asn1::ObjectIdentifier};
use ring::digest::SHA1_FOR_LEGACY_USE_ONLY;

use crate::{
    Certificate, UnixTime,
    algorithm::SignatureAlgorithm,
    certificate::{bits, time},
    cursor::{AlgorithmIdentifier, Cursor, Element, constructed, only_sequence, primitive},
    digest::Digest,
    extensions::extension,
    key::PublicKey,
    limits,
    rejection::{Piece, Rejection},
    signature,
};

use super::{
    crl::Entry,
    proof::{Reason, Unusable},
};

const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");

/// One answer, which may be about several certificates.
#[derive(Clone, Debug)]
pub(crate) struct Ocsp {
    der: Box<[u8]>,
    /// `tbsResponseData`, which is what was signed.
    signed: Range<usize>,
    signature: Range<usize>,
    algorithm: Result<SignatureAlgorithm, Rejection>,
    responder: Responder,
    pub(crate) produced_at: UnixTime,
    pub(crate) answers: Vec<Answer>,
    /// What came with it, of which one may be the responder's.
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) defect: Option<Unusable>,
}

/// Who says that he answered.
#[derive(Clone, Debug)]
enum Responder {
    Name(Box<[u8]>),
    /// SHA-1 of the key.
    Key(Box<[u8]>),
}

/// `SingleResponse`.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    hash: ObjectIdentifier,
    name_hash: Box<[u8]>,
    key_hash: Box<[u8]>,
    serial: Box<[u8]>,
    pub(crate) says: Says,
    pub(crate) this_update: UnixTime,
    pub(crate) next_update: Option<UnixTime>,
    pub(crate) defect: Option<Unusable>,
}

/// `CertStatus`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Says {
    Good,
    Revoked(Entry),
    Unknown,
}

impl Ocsp {
    /// Reads an `OCSPResponse` in DER, which answers and does not put off.
    pub(crate) fn from_der(der: &[u8]) -> Result<Self, Rejection> {
        bounded(der)?;
        let mut response = only_sequence(der, Piece::Ocsp)?;
        let status = response.expect(Tag::Enumerated)?;
        match status.value() {
            [0] => {}
            [code] => return Err(Rejection::OcspStatus(*code)),
            _ => return Err(status.unexpected_value()),
        }
        let mut fields = response.expect(constructed(0))?.only(Tag::Sequence)?.open()?;
        response.finish()?;
        let kind = fields.expect(Tag::ObjectIdentifier)?;
        if kind.decode::<ObjectIdentifier>()? != BASIC {
            return Err(kind.unexpected_value());
        }
        let basic = fields.expect(Tag::OctetString)?;
        fields.finish()?;
        Self::from_basic(basic.value())
    }

    /// Reads a `BasicOCSPResponse` in DER. Places in errors count from its start.
    pub(crate) fn from_basic(der: &[u8]) -> Result<Self, Rejection> {
        bounded(der)?;
        let mut outer = only_sequence(der, Piece::Ocsp)?;
        let signed = outer.expect(Tag::Sequence)?;
        let algorithm = AlgorithmIdentifier::read(&mut outer)?;
        let signature = outer.expect(Tag::BitString)?;
        let signature_length = bits(&signature)?.len();
        let certificates = match outer.optional(constructed(0))? {
            Some(explicit) => explicit
                .only(Tag::Sequence)?
                .open()?
                .rest(limits::CMS_CERTIFICATES)?
                .iter()
                .map(|certificate| Certificate::from_der(certificate.whole))
                .collect::<Result<_, _>>()?,
            None => Vec::new(),
        };
        outer.finish()?;

        let mut fields = signed.open()?;
        if let Some(version) = fields.optional(constructed(0))? {
            let version = version.only(Tag::Integer)?;
            if version.decode::<u8>()? != 0 {
                return Err(version.unexpected_value());
            }
        }
        let responder = fields.next()?;
        let responder = match responder.tag() {
            tag if tag == constructed(1) => {
                Responder::Name(responder.only(Tag::Sequence)?.whole.into())
            }
            tag if tag == constructed(2) => {
                Responder::Key(responder.only(Tag::OctetString)?.value().into())
            }
            _ => return Err(responder.unexpected_value()),
        };
        let produced_at = time(&fields.expect(Tag::GeneralizedTime)?)?;
        let answers = fields
            .enter(Tag::Sequence)?
            .rest(limits::OCSP_ANSWERS)?
            .iter()
            .map(Answer::read)
            .collect::<Result<_, _>>()?;
        let defect = match fields.optional(constructed(1))? {
            Some(extensions) => critical(&extensions.only(Tag::Sequence)?)?,
            None => None,
        };
        fields.finish()?;

        let end = signature.range().end;
        Ok(Self {
            der: der.into(),
            signed: signed.range(),
            signature: end.saturating_sub(signature_length)..end,
            algorithm: SignatureAlgorithm::of_certificate(&algorithm),
            responder,
            produced_at,
            answers,
            certificates,
            defect,
        })
    }

    /// Whether the answer says that this certificate's owner gave it.
    pub(crate) fn is_of(&self, certificate: &Certificate) -> bool {
        match &self.responder {
            Responder::Name(name) => **name == *certificate.subject_der(),
            Responder::Key(hash) => {
                PublicKey::bits(certificate.public_key_info()).is_ok_and(|key| {
                    ring::digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, key).as_ref() == &**hash
                })
            }
        }
    }

    /// Whether the certificate's key made the answer's signature.
    pub(crate) fn is_signed_by(&self, certificate: &Certificate) -> Result<(), Rejection> {
        let part = |range: &Range<usize>| self.der.get(range.clone()).unwrap_or_default();
        signature::verify(
            &certificate.public_key()?,
            self.algorithm.clone()?,
            part(&self.signed),
            part(&self.signature),
        )
    }
}

impl Answer {
    fn read(element: &Element<'_>) -> Result<Self, Rejection> {
        let mut fields = element.sequence()?;
        let mut identifier = fields.enter(Tag::Sequence)?;
        let hash = AlgorithmIdentifier::read(&mut identifier)?.oid;
        let name_hash = identifier.expect(Tag::OctetString)?.value().into();
        let key_hash = identifier.expect(Tag::OctetString)?.value().into();
        let serial = identifier.expect(Tag::Integer)?.value().into();
        identifier.finish()?;
        let says = says(&fields.next()?)?;
        let this_update = time(&fields.expect(Tag::GeneralizedTime)?)?;
        let next_update = match fields.optional(constructed(0))? {
            Some(explicit) => Some(time(&explicit.only(Tag::GeneralizedTime)?)?),
            None => None,
        };
        let defect = match fields.optional(constructed(1))? {
            Some(extensions) => critical(&extensions.only(Tag::Sequence)?)?,
            None => None,
        };
        fields.finish()?;
        Ok(Self { hash, name_hash, key_hash, serial, says, this_update, next_update, defect })
    }

    /// Whether it is about this certificate of this issuer (RFC 6960 §4.1.1). The hashes, SHA-1
    /// among them, say which certificate is meant and protect nothing.
    pub(crate) fn is_about(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let hash = match self.hash {
            SHA1 => &SHA1_FOR_LEGACY_USE_ONLY,
            other => match Digest::from_oid(other) {
                Some(digest) => digest.algorithm(),
                None => return false,
            },
        };
        let matches = |stated: &[u8], bytes| ring::digest::digest(hash, bytes).as_ref() == stated;
        *self.serial == *certificate.serial()
            && matches(&self.name_hash, certificate.issuer_der())
            && PublicKey::bits(issuer.public_key_info())
                .is_ok_and(|key| matches(&self.key_hash, key))
    }
}

fn bounded(der: &[u8]) -> Result<(), Rejection> {
    if der.len() <= limits::OCSP_BYTES {
        return Ok(());
    }
    Err(Rejection::TooLarge { piece: Piece::Ocsp, size: der.len(), limit: limits::OCSP_BYTES })
}

/// `CertStatus ::= CHOICE { good [0], revoked [1], unknown [2] }`, all of them implicit.
fn says(status: &Element<'_>) -> Result<Says, Rejection> {
    match status.tag() {
        tag if tag == primitive(0) && status.value().is_empty() => Ok(Says::Good),
        tag if tag == primitive(2) && status.value().is_empty() => Ok(Says::Unknown),
        tag if tag == constructed(1) => {
            let mut fields: Cursor<'_> = status.open()?;
            let since = time(&fields.expect(Tag::GeneralizedTime)?)?;
            let reason = match fields.optional(constructed(0))? {
                Some(explicit) => {
                    let reason = explicit.only(Tag::Enumerated)?;
                    let [code] = reason.value() else { return Err(reason.unexpected_value()) };
                    Some(Reason::from_code(*code))
                }
                None => None,
            };
            fields.finish()?;
            Ok(Says::Revoked(Entry { since, reason }))
        }
        _ => Err(status.unexpected_value()),
    }
}

/// The first critical extension; none is understood here.
fn critical(list: &Element<'_>) -> Result<Option<Unusable>, Rejection> {
    let mut found = None;
    for element in list.open()?.rest(limits::EXTENSIONS)? {
        let (oid, critical, _) = extension(&element)?;
        if critical {
            found = found.or(Some(Unusable::CriticalExtension(oid)));
        }
    }
    Ok(found)
}
