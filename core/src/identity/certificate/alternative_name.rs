//! Alternative names (RFC 5280 §4.2.1.6), among them the otherNames by which ICP-Brasil says who a
//! holder is (DOC-ICP-04 v8.1 §7.1.2.3 and §7.1.2.4).

use core::fmt;

use super::extension::check_entries;
use super::{Person, Text, Voter};
use crate::codec::der::{
    Element, Elements, IA5_STRING, Misread, OBJECT_IDENTIFIER, ObjectIdentifier, SEQUENCE,
    constructed, primitive,
};

/// The arc of ICP-Brasil's otherNames, 2.16.76.1.3.
const ARC: &[u8] = b"\x60\x4c\x01\x03";

/// The alternative names of a certificate. `Debug` shows how many there are.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct AlternativeNames<'d>(&'d [u8]);

/// One alternative name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AlternativeName<'d> {
    /// An e-mail address (`rfc822Name`).
    Mail(Text<'d>),
    /// A host's name (`dNSName`).
    Host(Text<'d>),
    /// An `otherName`.
    Other(OtherName<'d>),
    /// A name of another kind, by its identifier byte.
    Unread(u8),
}

/// An `otherName`: an object identifier and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherName<'d> {
    /// What it tells.
    pub kind: ObjectIdentifier<'d>,
    /// What it says. The norm has an `OCTET STRING` or a `PrintableString`; certificates in use also
    /// have a `UTF8String` or an `IA5String`.
    pub text: Text<'d>,
}

/// What an otherName of ICP-Brasil tells: the number behind 2.16.76.1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// `.1`: the natural person who is the holder, as [`Person`] lays it out.
    Person = 1,
    /// `.2`: the name of the person responsible for a legal person's or a machine's certificate.
    ResponsibleName = 2,
    /// `.3`: the CNPJ of the legal person that is the holder, 14 characters.
    Company = 3,
    /// `.4`: the person responsible, as [`Person`] lays it out.
    Responsible = 4,
    /// `.5`: the holder's registration as a voter, as [`Voter`] lays it out.
    Voter = 5,
    /// `.6`: the number of the natural person at the social security (CEI), 12 digits.
    PersonSocialSecurity = 6,
    /// `.7`: the number of the legal person at the social security (CEI), 12 digits.
    CompanySocialSecurity = 7,
    /// `.8`: the corporate name, in certificates of machines and applications.
    CorporateName = 8,
    /// `.9`: the civil identity number (RIC), 11 digits; no longer issued.
    CivilIdentity = 9,
    /// `.10`: a fiscal printer's serial number and its owner's registrations, in CF-e-SAT
    /// certificates.
    FiscalPrinter = 10,
    /// `.11`: the number of a civil servant (SIGEPE), 10 digits. Unsure: the number of this field is
    /// from memory.
    CivilServant = 11,
    /// `.12`: a metrological object (OM-BR).
    Metrological = 12,
}

impl Field {
    const ALL: [Self; 12] = [
        Self::Person,
        Self::ResponsibleName,
        Self::Company,
        Self::Responsible,
        Self::Voter,
        Self::PersonSocialSecurity,
        Self::CompanySocialSecurity,
        Self::CorporateName,
        Self::CivilIdentity,
        Self::FiscalPrinter,
        Self::CivilServant,
        Self::Metrological,
    ];

    /// The number behind 2.16.76.1.3.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

impl OtherName<'_> {
    /// What it tells, where it is ICP-Brasil's.
    #[must_use]
    pub fn field(&self) -> Option<Field> {
        let number = self.kind.child_of(ARC)?;
        Field::ALL.into_iter().find(|field| u32::from(field.number()) == number)
    }
}

impl<'d> AlternativeNames<'d> {
    pub(super) fn read(value: &Element<'d>) -> Result<Self, Misread> {
        let list = value.only(SEQUENCE, "subjectAltName")?;
        check_entries(&list, "subjectAltName", |name, _| read_name(name).map(|_| ()))?;
        Ok(Self(list.content))
    }

    /// The names in their order.
    pub fn iter(&self) -> impl Iterator<Item = AlternativeName<'d>> + use<'d> {
        let mut elements = Elements::new(self.0);
        core::iter::from_fn(move || read_name(&elements.read().ok()??).ok())
    }

    /// The texts of a field of ICP-Brasil: one in a certificate that follows the norm.
    pub fn texts(&self, field: Field) -> impl Iterator<Item = Text<'d>> + use<'d> {
        self.iter().filter_map(move |name| match name {
            AlternativeName::Other(other) if other.field() == Some(field) => Some(other.text),
            _ => None,
        })
    }

    /// The first text of a field of ICP-Brasil.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<Text<'d>> {
        self.texts(field).next()
    }

    /// The e-mail address.
    #[must_use]
    pub fn mail(&self) -> Option<Text<'d>> {
        self.iter().find_map(|name| match name {
            AlternativeName::Mail(text) => Some(text),
            _ => None,
        })
    }

    /// The natural person who is the holder; `None` for a legal person's certificate, and for a
    /// field that is too short to hold a CPF.
    #[must_use]
    pub fn person(&self) -> Option<Person<'d>> {
        Person::read(self.text(Field::Person)?.as_str()?)
    }

    /// The person who is responsible for a legal person's or a machine's certificate, and is not its
    /// holder.
    #[must_use]
    pub fn responsible(&self) -> Option<Person<'d>> {
        Person::read(self.text(Field::Responsible)?.as_str()?)
    }

    /// The holder's registration as a voter; `None` when there is none.
    #[must_use]
    pub fn voter(&self) -> Option<Voter<'d>> {
        Voter::read(self.text(Field::Voter)?.as_str()?)
    }
}

fn read_name<'d>(name: &Element<'d>) -> Result<AlternativeName<'d>, Misread> {
    const OTHER_NAME: u8 = constructed(0);
    const MAIL: u8 = primitive(1);
    const HOST: u8 = primitive(2);
    let text = |name: &Element<'d>| Text::new(&Element { tag: IA5_STRING, ..*name });
    Ok(match name.tag {
        OTHER_NAME => AlternativeName::Other(read_other_name(name)?),
        MAIL => AlternativeName::Mail(text(name)),
        HOST => AlternativeName::Host(text(name)),
        tag => AlternativeName::Unread(tag),
    })
}

/// OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }, whose tag is
/// replaced by that of the choice.
fn read_other_name<'d>(name: &Element<'d>) -> Result<OtherName<'d>, Misread> {
    let mut fields = name.elements();
    let kind = fields.field(OBJECT_IDENTIFIER, "otherName")?.object_identifier("otherName")?;
    let piece = piece_of(kind);
    let mut value = fields.field(constructed(0), piece)?.elements();
    fields.finish(piece)?;
    let text = Text::new(&value.any(piece)?);
    value.finish(piece)?;
    Ok(OtherName { kind, text })
}

/// How an error names an otherName.
fn piece_of(kind: ObjectIdentifier<'_>) -> &'static str {
    match kind.child_of(ARC) {
        Some(1) => "otherName 2.16.76.1.3.1",
        Some(2) => "otherName 2.16.76.1.3.2",
        Some(3) => "otherName 2.16.76.1.3.3",
        Some(4) => "otherName 2.16.76.1.3.4",
        Some(5) => "otherName 2.16.76.1.3.5",
        Some(6) => "otherName 2.16.76.1.3.6",
        Some(7) => "otherName 2.16.76.1.3.7",
        Some(8) => "otherName 2.16.76.1.3.8",
        Some(_) => "otherName below 2.16.76.1.3",
        None => "otherName",
    }
}

impl fmt::Debug for AlternativeNames<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AlternativeNames({})", self.iter().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_number() {
        for (place, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(field.number()), place + 1);
        }
    }
}
