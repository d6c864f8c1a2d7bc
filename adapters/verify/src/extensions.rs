//! The extensions of a certificate that decide what it may do (RFC 5280 §4.2).

use der::{
    Tag,
    asn1::{BitStringRef, ObjectIdentifier},
};

use crate::{cursor::Element, limits, rejection::Rejection};

const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
/// Read by the core, which tells holders from it.
const SUBJECT_ALTERNATIVE_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const NAME_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.30");
const CERTIFICATE_POLICIES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32");
const REVOCATION_LISTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.31");
const AUTHORITY_ACCESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.1");
const NO_REVOCATION_CHECK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");

/// `timeStamping` and `OCSPSigning` (RFC 5280 §4.2.1.12).
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");

/// Purposes that are not the signing of documents: these two, `serverAuth` and `codeSigning` (RFC
/// 5280 §4.2.1.12).
const OTHER_PURPOSES: [ObjectIdentifier; 4] = [
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3"),
    TIME_STAMPING,
    OCSP_SIGNING,
];

/// `KeyUsage` (RFC 5280 §4.2.1.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct KeyUsage(u8);

impl KeyUsage {
    const DIGITAL_SIGNATURE: u8 = 0x80;
    const NON_REPUDIATION: u8 = 0x40;
    const KEY_CERT_SIGN: u8 = 0x04;
    const CRL_SIGN: u8 = 0x02;

    /// `digitalSignature`, bit 0.
    #[must_use]
    pub fn digital_signature(self) -> bool {
        self.0 & Self::DIGITAL_SIGNATURE != 0
    }

    /// `nonRepudiation` or `contentCommitment`, bit 1.
    #[must_use]
    pub fn non_repudiation(self) -> bool {
        self.0 & Self::NON_REPUDIATION != 0
    }

    /// `keyCertSign`, bit 5.
    #[must_use]
    pub fn key_cert_sign(self) -> bool {
        self.0 & Self::KEY_CERT_SIGN != 0
    }

    /// `cRLSign`, bit 6.
    #[must_use]
    pub fn crl_sign(self) -> bool {
        self.0 & Self::CRL_SIGN != 0
    }
}

/// `BasicConstraints` (RFC 5280 §4.2.1.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BasicConstraints {
    /// Whether the subject is a certification authority.
    pub authority: bool,
    /// How many authorities may stand between this one and a signer.
    pub path_length: Option<u32>,
}

/// `ExtKeyUsage` (RFC 5280 §4.2.1.12): what the key is for.
#[derive(Clone, Debug)]
pub(crate) struct Purposes {
    critical: bool,
    list: Vec<ObjectIdentifier>,
}

impl Purposes {
    /// Whether none of them is the signing of documents. ICP-Brasil names no such purpose: its
    /// holders' certificates say `clientAuth` and `emailProtection` (DOC-ICP-04 §7.1.2).
    pub(crate) fn are_others(&self) -> bool {
        self.list.iter().all(|purpose| OTHER_PURPOSES.contains(purpose))
    }

    /// Whether it is time stamping and nothing else, said as RFC 3161 §2.3 asks.
    pub(crate) fn are_time_stamping(&self) -> bool {
        self.critical && self.list == [TIME_STAMPING]
    }

    /// Whether OCSP answers are among them (RFC 6960 §4.2.2.2).
    pub(crate) fn hold_ocsp_signing(&self) -> bool {
        self.list.contains(&OCSP_SIGNING)
    }
}

/// What the extensions say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extensions {
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) basic_constraints: BasicConstraints,
    pub(crate) subject_key_identifier: Option<Box<[u8]>>,
    pub(crate) policies: Vec<ObjectIdentifier>,
    pub(crate) purposes: Option<Purposes>,
    /// `CRLDistributionPoints`, not yet read.
    pub(crate) revocation_lists: Option<Box<[u8]>>,
    /// `AuthorityInfoAccess`, not yet read.
    pub(crate) authority_access: Option<Box<[u8]>>,
    /// Whether it is an OCSP responder's whose revocation nobody needs to ask about (RFC 6960
    /// §4.2.2.2.1).
    pub(crate) needs_no_revocation_check: bool,
    pub(crate) constrains_names: bool,
    /// The first critical extension that is not understood.
    pub(crate) unknown_critical: Option<ObjectIdentifier>,
}

impl Extensions {
    /// Reads `Extensions`; none may occur twice (RFC 5280 §4.2).
    pub(crate) fn read(list: &Element<'_>) -> Result<Self, Rejection> {
        let mut extensions = Self::default();
        let mut seen = Vec::new();
        for entry in list.open()?.rest(limits::EXTENSIONS)? {
            let (oid, critical, value) = extension(&entry)?;
            if seen.contains(&oid) {
                return Err(entry.unexpected_value());
            }
            seen.push(oid);
            extensions.take(oid, critical, &value)?;
        }
        Ok(extensions)
    }

    fn take(
        &mut self,
        oid: ObjectIdentifier,
        critical: bool,
        value: &Element<'_>,
    ) -> Result<(), Rejection> {
        match oid {
            KEY_USAGE => self.key_usage = Some(key_usage(value)?),
            BASIC_CONSTRAINTS => self.basic_constraints = basic_constraints(value)?,
            SUBJECT_KEY_IDENTIFIER => {
                self.subject_key_identifier = Some(value.only(Tag::OctetString)?.value().into());
            }
            CERTIFICATE_POLICIES => self.policies = policies(value)?,
            EXTENDED_KEY_USAGE => {
                self.purposes = Some(Purposes { critical, list: purposes(value)? });
            }
            REVOCATION_LISTS => self.revocation_lists = Some(value.value().into()),
            AUTHORITY_ACCESS => self.authority_access = Some(value.value().into()),
            NO_REVOCATION_CHECK => self.needs_no_revocation_check = true,
            SUBJECT_ALTERNATIVE_NAME => {}
            NAME_CONSTRAINTS => self.constrains_names = true,
            _ if critical => self.unknown_critical = self.unknown_critical.or(Some(oid)),
            _ => {}
        }
        Ok(())
    }
}

/// `Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue }` (RFC 5280 §4.1).
pub(crate) fn extension<'a>(
    element: &Element<'a>,
) -> Result<(ObjectIdentifier, bool, Element<'a>), Rejection> {
    let mut fields = element.sequence()?;
    let oid = fields.object_identifier()?;
    let critical = match fields.optional(Tag::Boolean)? {
        Some(critical) => critical.decode::<bool>()?,
        None => false,
    };
    let value = fields.expect(Tag::OctetString)?;
    fields.finish()?;
    Ok((oid, critical, value))
}

fn key_usage(value: &Element<'_>) -> Result<KeyUsage, Rejection> {
    let bits = value.only(Tag::BitString)?.decode::<BitStringRef<'_>>()?;
    Ok(KeyUsage(bits.raw_bytes().first().copied().unwrap_or_default()))
}

fn basic_constraints(value: &Element<'_>) -> Result<BasicConstraints, Rejection> {
    let mut fields = value.only(Tag::Sequence)?.open()?;
    let authority = match fields.optional(Tag::Boolean)? {
        Some(authority) => authority.decode::<bool>()?,
        None => false,
    };
    let path_length = match fields.optional(Tag::Integer)? {
        Some(length) => Some(length.decode::<u32>()?),
        None => None,
    };
    fields.finish()?;
    Ok(BasicConstraints { authority, path_length })
}

fn policies(value: &Element<'_>) -> Result<Vec<ObjectIdentifier>, Rejection> {
    let mut list = value.only(Tag::Sequence)?.open()?;
    list.rest(limits::ENTRIES)?
        .iter()
        .map(|policy| policy.sequence()?.object_identifier())
        .collect()
}

fn purposes(value: &Element<'_>) -> Result<Vec<ObjectIdentifier>, Rejection> {
    let mut list = value.only(Tag::Sequence)?.open()?;
    list.rest(limits::ENTRIES)?.iter().map(Element::decode).collect()
}
