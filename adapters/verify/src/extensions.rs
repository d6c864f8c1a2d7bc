//! The extensions of a certificate that decide what it may do (RFC 5280 §4.2).

use der::{
    Tag,
    asn1::{BitStringRef, ObjectIdentifier},
};

use rubrica_core::identity::Holder;

use crate::{
    cursor::Element,
    identity, limits,
    rejection::{Rejection, Unidentified},
};

const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const SUBJECT_ALTERNATIVE_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const NAME_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.30");
const CERTIFICATE_POLICIES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");

/// Purposes that are not the signing of documents: `serverAuth`, `codeSigning`, `timeStamping` and
/// `OCSPSigning` (RFC 5280 §4.2.1.12).
const OTHER_PURPOSES: [ObjectIdentifier; 4] = [
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9"),
];

/// `KeyUsage` (RFC 5280 §4.2.1.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct KeyUsage(u8);

impl KeyUsage {
    const DIGITAL_SIGNATURE: u8 = 0x80;
    const NON_REPUDIATION: u8 = 0x40;
    const KEY_CERT_SIGN: u8 = 0x04;

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
}

/// `BasicConstraints` (RFC 5280 §4.2.1.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BasicConstraints {
    /// Whether the subject is a certification authority.
    pub authority: bool,
    /// How many authorities may stand between this one and a signer.
    pub path_length: Option<u32>,
}

/// What the extensions say.
#[derive(Clone, Debug)]
pub(crate) struct Extensions {
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) basic_constraints: BasicConstraints,
    pub(crate) subject_key_identifier: Option<Box<[u8]>>,
    pub(crate) policies: Vec<ObjectIdentifier>,
    /// Whether it says what the key is for, and names other purposes than documents only.
    /// ICP-Brasil names no purpose of document signing: its holders' certificates say `clientAuth`
    /// and `emailProtection` (DOC-ICP-04 §7.1.2).
    pub(crate) serves_another_purpose: bool,
    pub(crate) holder: Result<Holder, Unidentified>,
    pub(crate) constrains_names: bool,
    /// The first critical extension that is not understood.
    pub(crate) unknown_critical: Option<ObjectIdentifier>,
}

impl Default for Extensions {
    fn default() -> Self {
        Self {
            key_usage: None,
            basic_constraints: BasicConstraints::default(),
            subject_key_identifier: None,
            policies: Vec::new(),
            serves_another_purpose: false,
            holder: Err(Unidentified::Absent),
            constrains_names: false,
            unknown_critical: None,
        }
    }
}

impl Extensions {
    /// Reads `Extensions`; none may occur twice (RFC 5280 §4.2).
    pub(crate) fn read(list: &Element<'_>) -> Result<Self, Rejection> {
        let mut extensions = Self::default();
        let mut seen = Vec::new();
        for entry in list.open()?.rest(limits::EXTENSIONS)? {
            let mut fields = entry.sequence()?;
            let oid = fields.object_identifier()?;
            let critical = match fields.optional(Tag::Boolean)? {
                Some(critical) => critical.decode::<bool>()?,
                None => false,
            };
            let value = fields.expect(Tag::OctetString)?;
            fields.finish()?;
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
                self.serves_another_purpose =
                    purposes(value)?.iter().all(|purpose| OTHER_PURPOSES.contains(purpose));
            }
            SUBJECT_ALTERNATIVE_NAME => self.holder = identity::read(value)?,
            NAME_CONSTRAINTS => self.constrains_names = true,
            _ if critical => self.unknown_critical = self.unknown_critical.or(Some(oid)),
            _ => {}
        }
        Ok(())
    }
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
