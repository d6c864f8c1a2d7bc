//! A signature policy's file, as ITI publishes it (ETSI TR 102 272; DOC-ICP-15.03).

use core::fmt;

use super::identifiers::{ECDSA_WITH_SHA_256, SHA_256, SHA_256_WITH_RSA};
use super::policy::{Algorithms, Policy, purpose};
use super::root::RootGeneration;
use crate::codec::der::{
    self, AlgorithmIdentifier, BOOLEAN, DerError, Element, Elements, GENERALIZED_TIME, INTEGER,
    Misread, OBJECT_IDENTIFIER, OCTET_STRING, ObjectIdentifier, SEQUENCE, UTF8_STRING, constructed,
};
use crate::document::{Digest, Hasher};
use crate::identity::certificate::Certificate;

/// Entries in any list of a policy file.
const MAX_ENTRIES: usize = 64;

/// Why a file is no signature policy that can be signed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyFileError {
    /// It cannot be read: which piece, where and why.
    #[error("the policy's {0}")]
    Misread(#[from] Misread),
    /// Its hash is not SHA-256, as in the policies of before 2012.
    #[error("the policy's hash is not SHA-256")]
    HashAlgorithm,
    /// The hash in it is not the hash of what is in it.
    #[error("the policy's hash does not match the policy")]
    Hash,
    /// Its object identifier is none of ICP-Brasil's policies for CMS or PDF.
    #[error("the policy is none of ICP-Brasil's for CMS or PDF")]
    Purpose,
    /// The place of its publication cannot stand in a signature: it is not printable ASCII, or
    /// longer than 256 bytes.
    #[error("the policy's URI is not printable ASCII of at most 256 bytes")]
    Uri,
}

/// A policy's file, borrowed from its DER. Its hash holds.
#[derive(Clone, Copy)]
pub struct PolicyFile<'d> {
    object_identifier: ObjectIdentifier<'d>,
    hash: Digest,
    issued: u64,
    from: u64,
    to: u64,
    field_of_application: Option<&'d str>,
    external: Option<bool>,
    /// The contents of the lists of object identifiers.
    signed_attributes: &'d [u8],
    unsigned_attributes: &'d [u8],
    /// The content of `AlgorithmConstraints` for signers.
    algorithms: &'d [u8],
    /// The content of `CertificateTrustTrees` for signers.
    trust: &'d [u8],
}

/// An algorithm that a policy allows to signers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlgorithmConstraint<'d> {
    /// The algorithm.
    pub algorithm: ObjectIdentifier<'d>,
    /// The least bits of a key; `None` where the policy does not say.
    pub least_bits: Option<u32>,
}

impl<'d> PolicyFile<'d> {
    /// Bytes in the longest file that is read: 32 KiB. The longest of ITI's has 18 KB.
    pub const MAX_LENGTH: usize = 32 * 1024;

    /// Reads a policy's file, checks that its hash is its own, and keeps what a signer needs.
    ///
    /// The hash is that of `signPolicyHashAlg` and `signPolicyInfo`, one behind the other in DER.
    ///
    /// # Errors
    /// [`PolicyFileError`].
    pub fn parse(bytes: &'d [u8]) -> Result<Self, PolicyFileError> {
        if bytes.len() > Self::MAX_LENGTH {
            let (piece, reason) = ("SignaturePolicy", DerError::Bound);
            return Err(Misread { piece, place: 0, reason }.into());
        }
        let mut outer = Elements::new(bytes);
        let policy = outer.field(SEQUENCE, "SignaturePolicy")?;
        outer.finish("SignaturePolicy")?;
        let mut parts = policy.elements();
        let algorithm = parts.field(SEQUENCE, "signPolicyHashAlg")?;
        let info = parts.field(SEQUENCE, "signPolicyInfo")?;
        let stored = parts.field(OCTET_STRING, "signPolicyHash")?;
        parts.finish("SignaturePolicy")?;

        let hashed_with = AlgorithmIdentifier::read(&algorithm, "signPolicyHashAlg")?;
        if hashed_with.algorithm != SHA_256 {
            return Err(PolicyFileError::HashAlgorithm);
        }
        let file = Self::read(&info, Digest::from_bytes([0; 32]))?;
        let mut hasher = Hasher::new();
        hasher.update(algorithm.encoded);
        hasher.update(info.encoded);
        let hash = hasher.finish();
        if stored.content != hash.as_bytes() {
            return Err(PolicyFileError::Hash);
        }
        Ok(Self { hash, ..file })
    }

    /// Reads `SignPolicyInfo`.
    fn read(info: &Element<'d>, hash: Digest) -> Result<Self, Misread> {
        let mut fields = info.elements();
        let identifier = fields.field(OBJECT_IDENTIFIER, "signPolicyIdentifier")?;
        let issued = fields.field(GENERALIZED_TIME, "dateOfIssue")?;
        fields.field(SEQUENCE, "policyIssuerName")?;
        let application = fields.any("fieldOfApplication")?;
        let validation = fields.field(SEQUENCE, "signatureValidationPolicy")?;
        // Extensions of the policy may follow.
        fields.optional(SEQUENCE, "signPolicyExtensions")?;
        fields.finish("signPolicyInfo")?;

        let mut fields = validation.elements();
        let mut period = fields.field(SEQUENCE, "signingPeriod")?.elements();
        let common = fields.field(SEQUENCE, "commonRules")?;
        let from = period.field(GENERALIZED_TIME, "notBefore")?;
        let to = period.optional(GENERALIZED_TIME, "notAfter")?;
        period.finish("signingPeriod")?;

        let rules = CommonRules::read(&common)?;
        let mut signer = match rules.signer {
            Some(rules) => first(&rules, "signerRules")?.elements(),
            None => Elements::new(&[]),
        };
        let mut file = Self {
            object_identifier: identifier.object_identifier("signPolicyIdentifier")?,
            hash,
            issued: der::time::read(&issued, "dateOfIssue")?,
            from: der::time::read(&from, "notBefore")?,
            to: match to {
                Some(to) => der::time::read(&to, "notAfter")?,
                None => u64::MAX,
            },
            field_of_application: text(&application),
            external: None,
            signed_attributes: &[],
            unsigned_attributes: &[],
            algorithms: list_of(rules.algorithms, "signerAlgorithmConstraints", |entry, piece| {
                read_constraint(entry, piece).map(|_| ())
            })?,
            trust: list_of(rules.trust, "signerTrustTrees", |entry, piece| {
                entry.elements().field(SEQUENCE, piece).map(|_| ())
            })?,
        };
        if rules.signer.is_some() {
            file.external = match signer.optional(BOOLEAN, "externalSignedData")? {
                Some(external) => Some(external.truth("externalSignedData")?),
                None => None,
            };
            let check = |entry: &Element<'_>, piece| entry.object_identifier(piece).map(|_| ());
            let (signed, unsigned) = ("mandatedSignedAttr", "mandatedUnsignedAttr");
            file.signed_attributes = list_of(Some(signer.field(SEQUENCE, signed)?), signed, check)?;
            file.unsigned_attributes =
                list_of(Some(signer.field(SEQUENCE, unsigned)?), unsigned, check)?;
        }
        Ok(file)
    }

    /// Its object identifier.
    #[must_use]
    pub const fn object_identifier(&self) -> ObjectIdentifier<'d> {
        self.object_identifier
    }

    /// Its internal `signPolicyHash`.
    #[must_use]
    pub const fn hash(&self) -> Digest {
        self.hash
    }

    /// When it was issued, in Unix seconds.
    #[must_use]
    pub const fn issued(&self) -> u64 {
        self.issued
    }

    /// The first second in which it may be signed under, in Unix seconds.
    #[must_use]
    pub const fn from(&self) -> u64 {
        self.from
    }

    /// The last second in which it may be signed under, in Unix seconds; 2⁶⁴ − 1 when there is none.
    #[must_use]
    pub const fn to(&self) -> u64 {
        self.to
    }

    /// What it says that it is for, in Portuguese.
    #[must_use]
    pub const fn field_of_application(&self) -> Option<&'d str> {
        self.field_of_application
    }

    /// Whether the content must stand outside of the CMS (`true`) or in it (`false`); `None` where
    /// either will do.
    #[must_use]
    pub const fn external_signed_data(&self) -> Option<bool> {
        self.external
    }

    /// The signed attributes that it demands.
    pub fn signed_attributes(&self) -> impl Iterator<Item = ObjectIdentifier<'d>> + use<'d> {
        identifiers(self.signed_attributes)
    }

    /// The unsigned attributes that it demands.
    pub fn unsigned_attributes(&self) -> impl Iterator<Item = ObjectIdentifier<'d>> + use<'d> {
        identifiers(self.unsigned_attributes)
    }

    /// The algorithms that signers may use.
    pub fn algorithms(&self) -> impl Iterator<Item = AlgorithmConstraint<'d>> + use<'d> {
        let mut elements = Elements::new(self.algorithms);
        core::iter::from_fn(move || read_constraint(&elements.read().ok()??, "").ok())
    }

    /// The roots that signers' certificates may hang under; one that cannot be read is passed over.
    pub fn trust_anchors(&self) -> impl Iterator<Item = Certificate<'d>> + use<'d> {
        let mut elements = Elements::new(self.trust);
        let points = core::iter::from_fn(move || elements.read().ok()?);
        points.filter_map(|point| Certificate::parse(point.elements().read().ok()??.encoded).ok())
    }

    /// What to sign under, where the file is published at `uri`.
    ///
    /// # Errors
    /// [`PolicyFileError::Purpose`] and [`PolicyFileError::Uri`].
    pub fn policy(&self, uri: &'d str) -> Result<Policy<'d>, PolicyFileError> {
        if uri.is_empty() || uri.len() > 256 || !uri.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(PolicyFileError::Uri);
        }
        let (family, level) = purpose(self.object_identifier).ok_or(PolicyFileError::Purpose)?;
        let least = |wanted| {
            let allowed = self.algorithms().find(|allowed| allowed.algorithm == wanted)?;
            Some(u16::try_from(allowed.least_bits.unwrap_or(0)).unwrap_or(u16::MAX))
        };
        let knows_v12 = self.trust_anchors().any(|root| {
            RootGeneration::of_name(&root.subject()).is_some_and(|root| root >= RootGeneration::V12)
        });
        Ok(Policy {
            object_identifier: self.object_identifier,
            hash: self.hash,
            uri,
            from: self.from,
            to: self.to,
            revoked: None,
            family,
            level,
            newest_root: (!knows_v12).then_some(RootGeneration::new(11)),
            algorithms: Algorithms {
                rsa: least(SHA_256_WITH_RSA),
                elliptic: least(ECDSA_WITH_SHA_256),
            },
        })
    }
}

/// The rules that matter to a signer.
struct CommonRules<'d> {
    signer: Option<Element<'d>>,
    trust: Option<Element<'d>>,
    algorithms: Option<Element<'d>>,
}

impl<'d> CommonRules<'d> {
    fn read(common: &Element<'d>) -> Result<Self, Misread> {
        const TREES: &str = "signingCertTrustCondition";
        const CONSTRAINTS: &str = "algorithmConstraintSet";
        let mut rules = common.elements();
        let signer = match rules.optional(constructed(0), "signerAndVerifierRules")? {
            Some(explicit) => Some(explicit.only(SEQUENCE, "signerAndVerifierRules")?),
            None => None,
        };
        let trust = match rules.optional(constructed(1), TREES)? {
            Some(explicit) => Some(first(&explicit.only(SEQUENCE, TREES)?, TREES)?),
            None => None,
        };
        rules.optional(constructed(2), "timestampTrustCondition")?;
        rules.optional(constructed(3), "attributeTrustCondition")?;
        let algorithms = match rules.optional(constructed(4), CONSTRAINTS)? {
            Some(explicit) => {
                let mut sets = explicit.only(SEQUENCE, CONSTRAINTS)?.elements();
                match sets.optional(constructed(0), CONSTRAINTS)? {
                    Some(signers) => Some(signers.only(SEQUENCE, CONSTRAINTS)?),
                    None => None,
                }
            }
            None => None,
        };
        rules.optional(constructed(5), "signPolExtensions")?;
        rules.finish("commonRules")?;
        Ok(Self { signer, trust, algorithms })
    }
}

/// The first `SEQUENCE` inside an element, which others may follow.
fn first<'d>(element: &Element<'d>, piece: &'static str) -> Result<Element<'d>, Misread> {
    element.elements().field(SEQUENCE, piece)
}

/// The content of a list that was read to its end; none of a list that is not there.
fn list_of<'d>(
    list: Option<Element<'d>>,
    piece: &'static str,
    check: fn(&Element<'d>, &'static str) -> Result<(), Misread>,
) -> Result<&'d [u8], Misread> {
    let Some(list) = list else { return Ok(&[]) };
    let (mut entries, mut count) = (list.elements(), 0_usize);
    while !entries.rest().is_empty() {
        let entry = entries.any(piece)?;
        count = count.saturating_add(1);
        if count > MAX_ENTRIES {
            return Err(entry.misread(piece, DerError::Bound));
        }
        check(&entry, piece)?;
    }
    Ok(list.content)
}

fn read_constraint<'d>(
    entry: &Element<'d>,
    piece: &'static str,
) -> Result<AlgorithmConstraint<'d>, Misread> {
    let mut fields = entry.elements();
    let algorithm = fields.field(OBJECT_IDENTIFIER, piece)?.object_identifier(piece)?;
    let least_bits = match fields.optional(INTEGER, piece)? {
        Some(least) => Some(least.number(piece)?),
        None => None,
    };
    Ok(AlgorithmConstraint { algorithm, least_bits })
}

fn identifiers<'d>(list: &'d [u8]) -> impl Iterator<Item = ObjectIdentifier<'d>> + use<'d> {
    let mut elements = Elements::new(list);
    core::iter::from_fn(move || elements.read().ok()??.object_identifier("").ok())
}

fn text<'d>(element: &Element<'d>) -> Option<&'d str> {
    (element.tag == UTF8_STRING).then(|| core::str::from_utf8(element.content).ok())?
}

impl fmt::Debug for PolicyFile<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PolicyFile({})", self.object_identifier)
    }
}
