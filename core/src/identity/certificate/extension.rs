//! Extensions (RFC 5280 §4.2): those that are read here, and all of them as they stand.

use core::fmt;

use super::{AlternativeNames, MAX_ENTRIES};
use crate::codec::der::{
    BIT_STRING, BOOLEAN, DerError, Element, Elements, INTEGER, Misread, OBJECT_IDENTIFIER,
    OCTET_STRING, ObjectIdentifier, SEQUENCE,
};

/// `id-ce-keyUsage`, 2.5.29.15.
const KEY_USAGE: &[u8] = b"\x55\x1d\x0f";

/// `id-ce-subjectAltName`, 2.5.29.17.
const SUBJECT_ALTERNATIVE_NAME: &[u8] = b"\x55\x1d\x11";

/// `id-ce-basicConstraints`, 2.5.29.19.
const BASIC_CONSTRAINTS: &[u8] = b"\x55\x1d\x13";

/// `id-ce-certificatePolicies`, 2.5.29.32.
const CERTIFICATE_POLICIES: &[u8] = b"\x55\x1d\x20";

/// `id-ce-extKeyUsage`, 2.5.29.37.
const EXTENDED_KEY_USAGE: &[u8] = b"\x55\x1d\x25";

/// One extension as it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Extension<'d> {
    /// What it is.
    pub kind: ObjectIdentifier<'d>,
    /// Whether who does not know it must refuse the certificate.
    pub critical: bool,
    /// Its value: an element in DER, in every extension that RFC 5280 defines.
    pub value: &'d [u8],
}

impl fmt::Debug for Extension<'_> {
    /// Shows no value: it may be somebody's number.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Extension({}, {} bytes)", self.kind, self.value.len())
    }
}

/// What the key may be used for (RFC 5280 §4.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUsage(u8);

impl KeyUsage {
    /// Signatures that are no other's below: documents and authentication.
    #[must_use]
    pub const fn digital_signature(self) -> bool {
        self.0 & 0x80 != 0
    }

    /// Signatures that bind (`nonRepudiation`, also `contentCommitment`): every holder's of
    /// ICP-Brasil has it (DOC-ICP-04 §7.1.2.2).
    #[must_use]
    pub const fn non_repudiation(self) -> bool {
        self.0 & 0x40 != 0
    }

    /// Encryption of keys.
    #[must_use]
    pub const fn key_encipherment(self) -> bool {
        self.0 & 0x20 != 0
    }

    /// Signatures of certificates.
    #[must_use]
    pub const fn key_cert_sign(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// Signatures of revocation lists.
    #[must_use]
    pub const fn crl_sign(self) -> bool {
        self.0 & 0x02 != 0
    }

    /// The first eight bits, `digitalSignature` the highest.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }
}

/// Whether a certificate is an authority's (RFC 5280 §4.2.1.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Whether it may issue certificates.
    pub authority: bool,
    /// How many authorities may stand between it and a holder's; `None` for any number.
    pub path_length: Option<u32>,
}

/// The extensions that are read.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Read<'d> {
    pub(super) key_usage: Option<KeyUsage>,
    pub(super) basic_constraints: BasicConstraints,
    /// The content of `CertificatePolicies`.
    pub(super) policies: &'d [u8],
    /// The content of `ExtKeyUsageSyntax`.
    pub(super) purposes: &'d [u8],
    pub(super) alternative_names: AlternativeNames<'d>,
}

impl<'d> Read<'d> {
    /// Reads all extensions, of which none may stand there twice (RFC 5280 §4.2).
    pub(super) fn all(list: &Element<'d>) -> Result<Self, Misread> {
        let mut read = Self::default();
        let (mut elements, mut count) = (list.elements(), 0_usize);
        while !elements.rest().is_empty() {
            let element = elements.field(SEQUENCE, "extension")?;
            let (extension, value) = one(&element)?;
            count = count.saturating_add(1);
            if count > MAX_ENTRIES {
                return Err(element.misread("extensions", DerError::Bound));
            }
            let before = iterate(list.content).take(count.saturating_sub(1));
            if before.into_iter().any(|earlier| earlier.kind == extension.kind) {
                return Err(element.misread("extension", DerError::Repeated));
            }
            read.take(extension.kind, &value)?;
        }
        Ok(read)
    }

    fn take(&mut self, kind: ObjectIdentifier<'_>, value: &Element<'d>) -> Result<(), Misread> {
        match kind.body() {
            KEY_USAGE => self.key_usage = Some(read_key_usage(value)?),
            BASIC_CONSTRAINTS => self.basic_constraints = read_basic_constraints(value)?,
            CERTIFICATE_POLICIES => {
                let list = value.only(SEQUENCE, "certificatePolicies")?;
                check_entries(&list, "certificatePolicies", |policy, piece| {
                    let number = policy.elements().field(OBJECT_IDENTIFIER, piece)?;
                    number.object_identifier(piece).map(|_| ())
                })?;
                self.policies = list.content;
            }
            EXTENDED_KEY_USAGE => {
                let list = value.only(SEQUENCE, "extKeyUsage")?;
                check_entries(&list, "extKeyUsage", |purpose, piece| {
                    purpose.object_identifier(piece).map(|_| ())
                })?;
                self.purposes = list.content;
            }
            SUBJECT_ALTERNATIVE_NAME => self.alternative_names = AlternativeNames::read(value)?,
            _ => {}
        }
        Ok(())
    }
}

/// Reads a list to its end.
pub(super) fn check_entries<'d>(
    list: &Element<'d>,
    piece: &'static str,
    check: fn(&Element<'d>, &'static str) -> Result<(), Misread>,
) -> Result<(), Misread> {
    let (mut entries, mut count) = (list.elements(), 0_usize);
    while !entries.rest().is_empty() {
        let entry = entries.any(piece)?;
        count = count.saturating_add(1);
        if count > MAX_ENTRIES {
            return Err(entry.misread(piece, DerError::Bound));
        }
        check(&entry, piece)?;
    }
    Ok(())
}

/// `Extension`, and the element that its value is in.
fn one<'d>(sequence: &Element<'d>) -> Result<(Extension<'d>, Element<'d>), Misread> {
    const PIECE: &str = "extension";
    let mut fields = sequence.elements();
    let kind = fields.field(OBJECT_IDENTIFIER, PIECE)?.object_identifier(PIECE)?;
    let critical = match fields.optional(BOOLEAN, PIECE)? {
        Some(critical) => critical.truth(PIECE)?,
        None => false,
    };
    let value = fields.field(OCTET_STRING, PIECE)?;
    fields.finish(PIECE)?;
    Ok((Extension { kind, critical, value: value.content }, value))
}

/// The extensions in the content of `Extensions`.
pub(super) fn iterate<'d>(content: &'d [u8]) -> impl Iterator<Item = Extension<'d>> + use<'d> {
    let mut elements = Elements::new(content);
    core::iter::from_fn(move || one(&elements.read().ok()??).ok().map(|(extension, _)| extension))
}

/// The policies in the content of `CertificatePolicies`.
pub(super) fn policies<'d>(
    content: &'d [u8],
) -> impl Iterator<Item = ObjectIdentifier<'d>> + use<'d> {
    let mut elements = Elements::new(content);
    core::iter::from_fn(move || {
        elements.read().ok()??.elements().read().ok()??.object_identifier("").ok()
    })
}

/// The purposes in the content of `ExtKeyUsageSyntax`.
pub(super) fn purposes<'d>(
    content: &'d [u8],
) -> impl Iterator<Item = ObjectIdentifier<'d>> + use<'d> {
    let mut elements = Elements::new(content);
    core::iter::from_fn(move || elements.read().ok()??.object_identifier("").ok())
}

fn read_key_usage(value: &Element<'_>) -> Result<KeyUsage, Misread> {
    let bits = value.only(BIT_STRING, "keyUsage")?;
    match *bits.content {
        // The ninth bit, decipherOnly, may have a byte of its own.
        [0..=7, first] | [0..=7, first, _] => Ok(KeyUsage(first)),
        _ => Err(bits.misread("keyUsage", DerError::Value)),
    }
}

fn read_basic_constraints(value: &Element<'_>) -> Result<BasicConstraints, Misread> {
    const PIECE: &str = "basicConstraints";
    let mut fields = value.only(SEQUENCE, PIECE)?.elements();
    let authority = match fields.optional(BOOLEAN, PIECE)? {
        Some(authority) => authority.truth(PIECE)?,
        None => false,
    };
    let path_length = match fields.optional(INTEGER, PIECE)? {
        Some(length) => Some(length.number(PIECE)?),
        None => None,
    };
    fields.finish(PIECE)?;
    Ok(BasicConstraints { authority, path_length })
}
