//! Distinguished names (RFC 5280 §4.1.2.4).

use core::fmt;

use super::{MAX_ENTRIES, Text};
use crate::codec::der::{
    DerError, Element, Elements, Misread, OBJECT_IDENTIFIER, ObjectIdentifier, SEQUENCE, SET,
};

/// A subject's or an issuer's name. `Debug` shows how many attributes it has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Name<'d> {
    encoded: &'d [u8],
    content: &'d [u8],
}

/// One attribute of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'d> {
    /// What it tells.
    pub kind: ObjectIdentifier<'d>,
    /// What it says.
    pub text: Text<'d>,
}

impl Attribute<'_> {
    /// `commonName`, 2.5.4.3.
    pub const COMMON_NAME: ObjectIdentifier<'static> = ObjectIdentifier::from_body(b"\x55\x04\x03");

    /// `serialNumber`, 2.5.4.5: the holder's CPF or CNPJ, where Res. CG ICP-Brasil 211/2024 is
    /// followed.
    pub const SERIAL_NUMBER: ObjectIdentifier<'static> =
        ObjectIdentifier::from_body(b"\x55\x04\x05");

    /// `countryName`, 2.5.4.6.
    pub const COUNTRY: ObjectIdentifier<'static> = ObjectIdentifier::from_body(b"\x55\x04\x06");

    /// `organizationName`, 2.5.4.10.
    pub const ORGANIZATION: ObjectIdentifier<'static> =
        ObjectIdentifier::from_body(b"\x55\x04\x0a");

    /// `organizationalUnitName`, 2.5.4.11.
    pub const ORGANIZATIONAL_UNIT: ObjectIdentifier<'static> =
        ObjectIdentifier::from_body(b"\x55\x04\x0b");
}

impl<'d> Name<'d> {
    /// Reads a name to its end.
    pub(super) fn read(sequence: &Element<'d>, piece: &'static str) -> Result<Self, Misread> {
        let (mut relative, mut count) = (sequence.elements(), 0_usize);
        while !relative.rest().is_empty() {
            let mut attributes = relative.field(SET, piece)?.elements();
            while !attributes.rest().is_empty() {
                count = count.saturating_add(1);
                if count > MAX_ENTRIES {
                    return Err(sequence.misread(piece, DerError::Bound));
                }
                read_attribute(&attributes.field(SEQUENCE, piece)?, piece)?;
            }
        }
        Ok(Self { encoded: sequence.encoded, content: sequence.content })
    }

    /// The name in DER. Two names are taken for the same if these bytes are.
    #[must_use]
    pub const fn encoded(&self) -> &'d [u8] {
        self.encoded
    }

    /// Its attributes in their order, the most general first.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'d>> + use<'d> {
        let mut sets = Elements::new(self.content);
        let mut inside = Elements::new(&[]);
        core::iter::from_fn(move || {
            while inside.rest().is_empty() {
                inside = sets.read().ok()??.elements();
            }
            read_attribute(&inside.read().ok()??, "").ok()
        })
    }

    /// The text of the last attribute of a kind, which is the most particular.
    #[must_use]
    pub fn last(&self, kind: ObjectIdentifier<'_>) -> Option<Text<'d>> {
        let found = self.attributes().filter(|attribute| attribute.kind == kind).last();
        found.map(|attribute| attribute.text)
    }

    /// The common name. A holder's is `NAME:CPF` or `NAME:CNPJ` in certificates of before Res. CG
    /// ICP-Brasil 211/2024.
    #[must_use]
    pub fn common_name(&self) -> Option<Text<'d>> {
        self.last(Attribute::COMMON_NAME)
    }
}

fn read_attribute<'d>(pair: &Element<'d>, piece: &'static str) -> Result<Attribute<'d>, Misread> {
    let mut fields = pair.elements();
    let kind = fields.field(OBJECT_IDENTIFIER, piece)?.object_identifier(piece)?;
    let text = Text::new(&fields.any(piece)?);
    fields.finish(piece)?;
    Ok(Attribute { kind, text })
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Name({} attributes)", self.attributes().count())
    }
}
