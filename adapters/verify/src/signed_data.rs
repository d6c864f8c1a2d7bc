//! A CMS `SignedData`, read and not yet believed (RFC 5652 §5).

use der::{
    Tag,
    asn1::{ObjectIdentifier, OctetStringRef},
};

use crate::{
    Certificate,
    algorithm::{self, SignatureAlgorithm},
    attributes::Attributes,
    cursor::{AlgorithmIdentifier, Cursor, Element, constructed, only_sequence, primitive},
    digest::Digest,
    limits,
    rejection::{Piece, Rejection},
};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");

/// Plain data: what a detached signature is about.
pub(crate) const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");

/// How much of a message is read, and as what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) piece: Piece,
    pub(crate) bytes: usize,
    pub(crate) certificates: usize,
}

impl Bounds {
    /// What a service just answered.
    pub(crate) const ANSWER: Self = Self {
        piece: Piece::Cms,
        bytes: limits::CMS_BYTES,
        certificates: limits::CMS_CERTIFICATES,
    };

    /// Somebody's file, with its content and its evidence.
    pub(crate) const FILE: Self = Self {
        piece: Piece::Cms,
        bytes: limits::FILE_BYTES,
        certificates: limits::FILE_CERTIFICATES,
    };

    /// A time-stamp token.
    pub(crate) const TIME_STAMP: Self = Self { piece: Piece::TimeStamp, ..Self::ANSWER };
}

/// What is used of a `SignedData`.
pub(crate) struct SignedData<'a> {
    pub(crate) content_type: ObjectIdentifier,
    /// The content itself, where the signature is not detached.
    pub(crate) content: Option<&'a [u8]>,
    /// Each certificate, or why it cannot be read.
    pub(crate) certificates: Vec<Result<Certificate, Rejection>>,
    /// `RevocationInfoChoices`.
    pub(crate) revocation: Vec<Element<'a>>,
    /// Each a `SignerInfo`.
    pub(crate) signers: Vec<Element<'a>>,
    digest_algorithms: Vec<ObjectIdentifier>,
}

/// What is used of a `SignerInfo`.
pub(crate) struct SignerInfo<'a> {
    identifier: SignerIdentifier<'a>,
    digest: AlgorithmIdentifier<'a>,
    signed: Option<Attributes<'a>>,
    algorithm: AlgorithmIdentifier<'a>,
    pub(crate) signature: &'a [u8],
    pub(crate) unsigned: Option<Attributes<'a>>,
}

/// Which certificate is the signer's (RFC 5652 §5.3).
enum SignerIdentifier<'a> {
    IssuerAndSerial { issuer: &'a [u8], serial: &'a [u8] },
    SubjectKeyIdentifier(&'a [u8]),
}

impl<'a> SignedData<'a> {
    /// Reads `ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT }` and the `SignedData`
    /// inside.
    pub(crate) fn read(cms: &'a [u8], bounds: Bounds) -> Result<Self, Rejection> {
        let Bounds { piece, bytes: limit, .. } = bounds;
        if cms.len() > limit {
            return Err(Rejection::TooLarge { piece, size: cms.len(), limit });
        }
        let mut info = only_sequence(cms, piece)?;
        let kind = info.object_identifier()?;
        if kind != SIGNED_DATA {
            return Err(Rejection::NotSignedData(kind));
        }
        let explicit = info.expect(constructed(0))?;
        info.finish()?;
        Self::read_fields(explicit.only(Tag::Sequence)?.open()?, bounds.certificates)
    }

    fn read_fields(mut fields: Cursor<'a>, limit: usize) -> Result<Self, Rejection> {
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
            Some(set) => certificates(&set, limit)?,
            None => Vec::new(),
        };
        let revocation = match fields.optional(constructed(1))? {
            Some(set) => set.open()?.rest(limits::ENTRIES)?,
            None => Vec::new(),
        };
        let signers = fields.enter(Tag::Set)?.rest(limits::ENTRIES)?;
        fields.finish()?;
        let digest_algorithms = digest_algorithms
            .iter()
            .map(|algorithm| Ok(AlgorithmIdentifier::from_element(algorithm)?.oid))
            .collect::<Result<_, Rejection>>()?;
        Ok(Self { content_type, content, certificates, revocation, signers, digest_algorithms })
    }

    /// The one signer of a message that has one, all of whose certificates can be read.
    pub(crate) fn only_signer(&self) -> Result<SignerInfo<'a>, Rejection> {
        if let Some(Err(unreadable)) = self.certificates.iter().find(|it| it.is_err()) {
            return Err(unreadable.clone());
        }
        let [signer] = self.signers.as_slice() else {
            return Err(Rejection::Signers(self.signers.len()));
        };
        SignerInfo::read(signer)
    }

    /// Whether the hash is in the list for one-pass readers, on which a verifier may insist (RFC
    /// 5652 §5.1).
    pub(crate) fn lists(&self, digest: Digest) -> Result<(), Rejection> {
        if self.digest_algorithms.contains(&digest.oid()) {
            Ok(())
        } else {
            Err(Rejection::DigestAlgorithm(digest.oid()))
        }
    }

    /// Whether every signer can be read as DER.
    pub(crate) fn is_der(&self) -> bool {
        self.signers.iter().all(|signer| SignerInfo::read(signer).is_ok())
    }

    /// The certificates that can be read.
    pub(crate) fn readable(&self) -> impl Iterator<Item = &Certificate> {
        self.certificates.iter().flatten()
    }

    /// The signer's certificate, which its identifier and its signed attributes name, and the
    /// others.
    pub(crate) fn split(
        &self,
        signer: &SignerInfo<'_>,
    ) -> Result<(&Certificate, Vec<&Certificate>), Rejection> {
        let mut found = Err(Rejection::SignerMissing);
        // More than one where a key was certified again: an identifier of the key does not tell
        // them apart.
        for named in self.readable().filter(|one| signer.names(one)) {
            found = signer.attributes()?.name_certificate(named).map(|()| named);
            if found.is_ok() {
                break;
            }
        }
        let found = found?;
        let others = self.readable().filter(|&other| other != found).collect();
        Ok((found, others))
    }
}

impl<'a> SignerInfo<'a> {
    pub(crate) fn read(signer: &Element<'a>) -> Result<Self, Rejection> {
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
        let digest = AlgorithmIdentifier::read(&mut fields)?;
        let signed = fields.optional(constructed(0))?;
        let signed = signed.map(|set| Attributes::read(&set)).transpose()?;
        let algorithm = AlgorithmIdentifier::read(&mut fields)?;
        let signature = fields.expect(Tag::OctetString)?.decode::<&OctetStringRef>()?.as_bytes();
        let unsigned = fields.optional(constructed(1))?;
        let unsigned = unsigned.map(|set| Attributes::read(&set)).transpose()?;
        fields.finish()?;
        Ok(Self { identifier, digest, signed, algorithm, signature, unsigned })
    }

    /// The hash that the signer names.
    pub(crate) fn digest(&self) -> Result<Digest, Rejection> {
        algorithm::digest(&self.digest)
    }

    /// How the signature was made, over the hash that the signer names.
    pub(crate) fn algorithm(&self) -> Result<SignatureAlgorithm, Rejection> {
        SignatureAlgorithm::of_signer(&self.algorithm, self.digest()?)
    }

    pub(crate) fn attributes(&self) -> Result<&Attributes<'a>, Rejection> {
        self.signed.as_ref().ok_or(Rejection::NoSignedAttributes)
    }

    /// Whether the signer's identifier names this certificate.
    pub(crate) fn names(&self, certificate: &Certificate) -> bool {
        match self.identifier {
            SignerIdentifier::IssuerAndSerial { issuer, serial } => {
                certificate.issuer_der() == issuer && certificate.serial() == serial
            }
            SignerIdentifier::SubjectKeyIdentifier(identifier) => {
                certificate.subject_key_identifier() == Some(identifier)
            }
        }
    }
}

fn version(element: &Element<'_>, known: &[u8]) -> Result<(), Rejection> {
    if known.contains(&element.decode::<u8>()?) { Ok(()) } else { Err(element.unexpected_value()) }
}

/// `CertificateSet`, in which only plain certificates are of use; attribute certificates bear a
/// tag (RFC 5652 §10.2.3).
fn certificates(
    set: &Element<'_>,
    limit: usize,
) -> Result<Vec<Result<Certificate, Rejection>>, Rejection> {
    let certificates = set
        .open()?
        .rest(limit)?
        .iter()
        .filter(|choice| choice.tag() == Tag::Sequence)
        .map(|choice| Certificate::from_der(choice.whole))
        .collect();
    Ok(certificates)
}
