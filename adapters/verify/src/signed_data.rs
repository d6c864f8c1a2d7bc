//! A CMS `SignedData` with one signer, read and not yet believed (RFC 5652 §5).

use der::{
    Tag,
    asn1::{ObjectIdentifier, OctetStringRef},
};

use crate::{
    Certificate,
    algorithm::SignatureAlgorithm,
    attributes::SignedAttributes,
    cursor::{AlgorithmIdentifier, Cursor, Element, constructed, only_sequence, primitive},
    digest::Digest,
    limits,
    rejection::{Piece, Rejection},
};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");

/// Plain data: what a detached signature is about.
pub(crate) const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");

/// What is used of a `SignedData`.
pub(crate) struct SignedData<'a> {
    pub(crate) content_type: ObjectIdentifier,
    /// The content itself, where the signature is not detached.
    pub(crate) content: Option<&'a [u8]>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) signer: SignerInfo<'a>,
}

/// What is used of a `SignerInfo`.
pub(crate) struct SignerInfo<'a> {
    identifier: SignerIdentifier<'a>,
    pub(crate) digest: Digest,
    pub(crate) attributes: SignedAttributes<'a>,
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) signature: &'a [u8],
}

/// Which certificate is the signer's (RFC 5652 §5.3).
enum SignerIdentifier<'a> {
    IssuerAndSerial { issuer: &'a [u8], serial: &'a [u8] },
    SubjectKeyIdentifier(&'a [u8]),
}

impl<'a> SignedData<'a> {
    /// Reads `ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT }` and the `SignedData`
    /// inside.
    pub(crate) fn read(cms: &'a [u8]) -> Result<Self, Rejection> {
        if cms.len() > limits::CMS_BYTES {
            return Err(Rejection::TooLarge {
                piece: Piece::Cms,
                size: cms.len(),
                limit: limits::CMS_BYTES,
            });
        }
        let mut info = only_sequence(cms, Piece::Cms)?;
        let kind = info.object_identifier()?;
        if kind != SIGNED_DATA {
            return Err(Rejection::NotSignedData(kind));
        }
        let explicit = info.expect(constructed(0))?;
        info.finish()?;
        Self::read_fields(explicit.only(Tag::Sequence)?.open()?)
    }

    fn read_fields(mut fields: Cursor<'a>) -> Result<Self, Rejection> {
        version(&fields.expect(Tag::Integer)?, &[1, 3, 4, 5])?;
        let digest_algorithms = fields.enter(Tag::Set)?.rest(limits::ENTRIES)?;
        let mut encapsulated = fields.enter(Tag::Sequence)?;
        let content_type = encapsulated.object_identifier()?;
        let content = match encapsulated.optional(constructed(0))? {
            Some(explicit) => Some(explicit.only(Tag::OctetString)?.value()),
            None => None,
        };
        encapsulated.finish()?;
        let certificates = match fields.optional(constructed(0))? {
            Some(set) => certificates(&set)?,
            None => Vec::new(),
        };
        // Revocation lists: unsigned, and nothing here reads them yet.
        fields.optional(constructed(1))?;
        let signers = fields.enter(Tag::Set)?.rest(limits::ENTRIES)?;
        fields.finish()?;
        let [signer] = signers.as_slice() else {
            return Err(Rejection::Signers(signers.len()));
        };
        let signer = SignerInfo::read(signer)?;
        // RFC 5652 §5.1: the list is there for one-pass hashing, and a verifier may insist on it.
        let mut listed = false;
        for algorithm in &digest_algorithms {
            listed |= AlgorithmIdentifier::from_element(algorithm)?.oid == signer.digest.oid();
        }
        if !listed {
            return Err(Rejection::DigestAlgorithm(signer.digest.oid()));
        }
        Ok(Self { content_type, content, certificates, signer })
    }

    /// The signer's certificate, which its identifier and its signed attributes name, and the
    /// others.
    pub(crate) fn split(&self) -> Result<(&Certificate, Vec<&Certificate>), Rejection> {
        let mut signer = Err(Rejection::SignerMissing);
        // More than one where a key was certified again: an identifier of the key does not tell
        // them apart.
        for named in self.certificates.iter().filter(|one| self.signer.identifier.names(one)) {
            signer = self.signer.attributes.name_certificate(named).map(|()| named);
            if signer.is_ok() {
                break;
            }
        }
        let signer = signer?;
        let others = self.certificates.iter().filter(|&other| other != signer).collect();
        Ok((signer, others))
    }
}

impl SignerIdentifier<'_> {
    fn names(&self, certificate: &Certificate) -> bool {
        match *self {
            Self::IssuerAndSerial { issuer, serial } => {
                certificate.issuer_der() == issuer && certificate.serial() == serial
            }
            Self::SubjectKeyIdentifier(identifier) => {
                certificate.subject_key_identifier() == Some(identifier)
            }
        }
    }
}

impl<'a> SignerInfo<'a> {
    fn read(signer: &Element<'a>) -> Result<Self, Rejection> {
        let mut fields = signer.sequence()?;
        let stated_version = fields.expect(Tag::Integer)?;
        let identifier = match fields.optional(primitive(0))? {
            Some(identifier) => {
                version(&stated_version, &[3])?;
                SignerIdentifier::SubjectKeyIdentifier(identifier.value())
            }
            None => {
                version(&stated_version, &[1])?;
                let mut pair = fields.enter(Tag::Sequence)?;
                let issuer = pair.expect(Tag::Sequence)?.whole;
                let serial = pair.expect(Tag::Integer)?.value();
                pair.finish()?;
                SignerIdentifier::IssuerAndSerial { issuer, serial }
            }
        };
        let digest = crate::algorithm::digest(&AlgorithmIdentifier::read(&mut fields)?)?;
        let attributes = fields.optional(constructed(0))?.ok_or(Rejection::NoSignedAttributes)?;
        let attributes = SignedAttributes::read(&attributes)?;
        let algorithm =
            SignatureAlgorithm::of_signer(&AlgorithmIdentifier::read(&mut fields)?, digest)?;
        let signature = fields.expect(Tag::OctetString)?.decode::<&OctetStringRef>()?.as_bytes();
        // Unsigned attributes: timestamps, which nothing here reads yet.
        if let Some(unsigned) = fields.optional(constructed(1))? {
            unsigned.open()?.rest(limits::ATTRIBUTES)?;
        }
        fields.finish()?;
        Ok(Self { identifier, digest, attributes, algorithm, signature })
    }
}

fn version(element: &Element<'_>, known: &[u8]) -> Result<(), Rejection> {
    if known.contains(&element.decode::<u8>()?) { Ok(()) } else { Err(element.unexpected_value()) }
}

/// `CertificateSet`, in which only plain certificates are of use; attribute certificates bear a
/// tag (RFC 5652 §10.2.3).
fn certificates(set: &Element<'_>) -> Result<Vec<Certificate>, Rejection> {
    set.open()?
        .rest(limits::CMS_CERTIFICATES)?
        .iter()
        .filter(|choice| choice.tag() == Tag::Sequence)
        .map(|choice| Certificate::from_der(choice.whole))
        .collect()
}
