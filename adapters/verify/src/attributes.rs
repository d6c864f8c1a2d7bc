//! The signed attributes of a CMS's signer (RFC 5652 §5.3 and §11, RFC 5035 §3).

use core::cmp::Ordering;

use der::{
    ErrorKind, Tag,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use ring::digest::SHA1_FOR_LEGACY_USE_ONLY;

use crate::{
    Certificate, UnixTime, certificate,
    cursor::{AlgorithmIdentifier, Element, constructed},
    digest::Digest,
    limits,
    rejection::{Attribute, Rejection},
};

impl Attribute {
    /// Its object identifier.
    #[must_use]
    pub fn oid(self) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(match self {
            Self::ContentType => "1.2.840.113549.1.9.3",
            Self::MessageDigest => "1.2.840.113549.1.9.4",
            Self::SigningTime => "1.2.840.113549.1.9.5",
            Self::SigningCertificate => "1.2.840.113549.1.9.16.2.12",
            Self::SigningCertificateV2 => "1.2.840.113549.1.9.16.2.47",
            Self::SignerLocation => "1.2.840.113549.1.9.16.2.17",
            Self::SignaturePolicy => "1.2.840.113549.1.9.16.2.15",
            Self::RevocationArchival => "1.2.840.113583.1.1.8",
            Self::SignatureTimeStamp => "1.2.840.113549.1.9.16.2.14",
            Self::CertificateValues => "1.2.840.113549.1.9.16.2.23",
            Self::RevocationValues => "1.2.840.113549.1.9.16.2.24",
        })
    }
}

/// `SignedAttributes` or `UnsignedAttributes` (RFC 5652 §5.3).
pub(crate) struct Attributes<'a> {
    /// The bytes under their implicit tag.
    whole: &'a [u8],
    attributes: Vec<Element<'a>>,
    entries: Vec<(ObjectIdentifier, Vec<Element<'a>>)>,
}

impl<'a> Attributes<'a> {
    pub(crate) fn read(set: &Element<'a>) -> Result<Self, Rejection> {
        let attributes = set.open()?.rest(limits::ATTRIBUTES)?;
        let entries = attributes
            .iter()
            .map(|attribute| {
                let mut fields = attribute.sequence()?;
                let oid = fields.object_identifier()?;
                let values = fields.enter(Tag::Set)?.rest(limits::ENTRIES)?;
                fields.finish()?;
                Ok((oid, values))
            })
            .collect::<Result<_, Rejection>>()?;
        Ok(Self { whole: set.whole, attributes, entries })
    }

    /// Whether they are in the order of a DER `SET OF`.
    pub(crate) fn is_in_order(&self) -> bool {
        self.attributes
            .iter()
            .zip(self.attributes.iter().skip(1))
            .all(|(first, second)| set_order(first.whole, second.whole) != Ordering::Greater)
    }

    /// What the signature is over: the attributes in DER, under the tag of a `SET OF` (RFC 5652
    /// §5.4).
    pub(crate) fn signed_bytes(&self) -> Vec<u8> {
        const SET: u8 = 0x31;
        let mut ordered: Vec<&[u8]> = self.attributes.iter().map(|it| it.whole).collect();
        ordered.sort_by(|first, second| set_order(first, second));
        let content: usize = ordered.iter().map(|it| it.len()).sum();
        let header = self.whole.len().saturating_sub(content);
        let mut signed: Vec<u8> = self.whole.iter().copied().take(header).collect();
        signed.extend(ordered.into_iter().flatten());
        if let Some(tag) = signed.first_mut() {
            *tag = SET;
        }
        signed
    }

    /// Every value of every attribute of this type.
    pub(crate) fn values(&self, attribute: Attribute) -> impl Iterator<Item = &Element<'a>> {
        let oid = attribute.oid();
        self.entries.iter().filter(move |(other, _)| *other == oid).flat_map(|(_, values)| values)
    }

    /// Whether there is an attribute of this type.
    pub(crate) fn holds(&self, oid: ObjectIdentifier) -> bool {
        self.entries.iter().any(|(other, _)| *other == oid)
    }

    /// The types of the attributes.
    pub(crate) fn types(&self) -> impl Iterator<Item = ObjectIdentifier> {
        self.entries.iter().map(|(oid, _)| *oid)
    }

    /// The one value of an attribute that occurs at most once.
    pub(crate) fn value(&self, attribute: Attribute) -> Result<Option<Element<'a>>, Rejection> {
        let oid = attribute.oid();
        let mut found = self.entries.iter().filter(|(other, _)| *other == oid);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some((_, values)), None) => match values.as_slice() {
                [value] => Ok(Some(*value)),
                _ => Err(Rejection::AttributeRepeated(attribute)),
            },
            (Some(_), Some(_)) => Err(Rejection::AttributeRepeated(attribute)),
        }
    }

    fn mandatory(&self, attribute: Attribute) -> Result<Element<'a>, Rejection> {
        self.value(attribute)?.ok_or(Rejection::AttributeMissing(attribute))
    }

    pub(crate) fn content_type(&self) -> Result<ObjectIdentifier, Rejection> {
        self.mandatory(Attribute::ContentType)?.decode()
    }

    pub(crate) fn message_digest(&self) -> Result<&'a [u8], Rejection> {
        let value = self.mandatory(Attribute::MessageDigest)?;
        Ok(value.decode::<&OctetStringRef>()?.as_bytes())
    }

    pub(crate) fn signing_time(&self) -> Result<Option<UnixTime>, Rejection> {
        self.value(Attribute::SigningTime)?.map(|value| certificate::time(&value)).transpose()
    }

    /// Checks that `signingCertificateV2` names this certificate, and that `signingCertificate`,
    /// which rests on SHA-1 and proves nothing by itself, does not name another.
    pub(crate) fn name_certificate(&self, signer: &Certificate) -> Result<(), Rejection> {
        self.mandatory(Attribute::SigningCertificateV2)?;
        self.bind(signer).map(drop)
    }

    /// Checks that neither `signingCertificateV2` nor `signingCertificate` names another
    /// certificate, and tells which of them name this one.
    pub(crate) fn bind(&self, signer: &Certificate) -> Result<Binding, Rejection> {
        let bound = |attribute, hash: Hash| match self.value(attribute)? {
            Some(value) if !names(&value, signer, hash)? => {
                Err(Rejection::OtherCertificate(attribute))
            }
            value => Ok(value.is_some()),
        };
        Ok(Binding {
            by_second: bound(Attribute::SigningCertificateV2, second_hash)?,
            by_first: bound(Attribute::SigningCertificate, first_hash)?,
        })
    }
}

/// Which signed attributes name the signer's certificate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding {
    /// `signingCertificateV2` does.
    pub(crate) by_second: bool,
    /// `signingCertificate`, by SHA-1, does.
    pub(crate) by_first: bool,
}

/// The fields of an `ESSCertID` or `ESSCertIDv2` up to its hash, and the certificate's hash to
/// compare with.
type Hash = fn(Option<&AlgorithmIdentifier<'_>>, &[u8]) -> Result<ring::digest::Digest, Rejection>;

/// `ESSCertIDv2`'s hash, SHA-256 unless it says otherwise (RFC 5035 §4).
fn second_hash(
    algorithm: Option<&AlgorithmIdentifier<'_>>,
    certificate: &[u8],
) -> Result<ring::digest::Digest, Rejection> {
    let digest = algorithm.map(crate::algorithm::digest).transpose()?.unwrap_or(Digest::Sha256);
    Ok(digest.of(certificate))
}

/// `ESSCertID`'s hash, which is SHA-1 (RFC 2634 §5.4.1).
fn first_hash(
    algorithm: Option<&AlgorithmIdentifier<'_>>,
    certificate: &[u8],
) -> Result<ring::digest::Digest, Rejection> {
    match algorithm {
        Some(algorithm) => Err(Rejection::DigestAlgorithm(algorithm.oid)),
        None => Ok(ring::digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate)),
    }
}

/// Whether the first certificate of a `SigningCertificate` or `SigningCertificateV2` is this one;
/// those that follow are its chain.
fn names(value: &Element<'_>, signer: &Certificate, hash: Hash) -> Result<bool, Rejection> {
    let mut fields = value.sequence()?;
    let identifiers = fields.enter(Tag::Sequence)?.rest(limits::ENTRIES)?;
    fields.optional(Tag::Sequence)?;
    fields.finish()?;
    let Some(identifier) = identifiers.first() else {
        return Err(value.malformed(ErrorKind::Value { tag: Tag::Sequence }));
    };
    let mut fields = identifier.sequence()?;
    let algorithm = fields
        .optional(Tag::Sequence)?
        .map(|algorithm| AlgorithmIdentifier::from_element(&algorithm))
        .transpose()?;
    let stated = fields.expect(Tag::OctetString)?.value();
    let issuer_and_serial = fields.optional(Tag::Sequence)?;
    fields.finish()?;
    if hash(algorithm.as_ref(), signer.der())?.as_ref() != stated {
        return Ok(false);
    }
    match issuer_and_serial {
        Some(pair) => is_issuer_and_serial(&pair, signer),
        None => Ok(true),
    }
}

/// `IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber }` (RFC 5035 §4), whose one name
/// is a directory name.
fn is_issuer_and_serial(pair: &Element<'_>, signer: &Certificate) -> Result<bool, Rejection> {
    let mut fields = pair.open()?;
    let issuer = fields.expect(Tag::Sequence)?.only(constructed(4))?.only(Tag::Sequence)?;
    let serial = fields.expect(Tag::Integer)?;
    fields.finish()?;
    Ok(issuer.whole == signer.issuer_der() && serial.value() == signer.serial())
}

/// The order of a DER `SET OF`: byte by byte, the shorter one padded with zeros (X.690 §11.6).
fn set_order(first: &[u8], second: &[u8]) -> Ordering {
    let length = first.len().max(second.len());
    let padded = |bytes: &[u8]| {
        bytes.iter().copied().chain(core::iter::repeat(0)).take(length).collect::<Vec<_>>()
    };
    padded(first).cmp(&padded(second))
}
