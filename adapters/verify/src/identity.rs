//! The holder's number inside a subject alternative name (ICP-Brasil DOC-ICP-04 §7.1.2.3 and
//! §7.1.2.4).

use der::{Tag, asn1::ObjectIdentifier};
use rubrica_core::identity::{Cnpj, Cpf, Holder};

use crate::{
    cursor::{Element, constructed},
    limits,
    rejection::{Rejection, Unidentified},
};

/// A natural person: birth date (8 characters), CPF (11), and further numbers of no use here.
const PERSON: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.76.1.3.1");

/// A legal person: CNPJ (14 characters).
const COMPANY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.76.1.3.3");

/// The holder named by `SubjectAltName`, which is inside this extension's value.
///
/// The inner result tells a name without a readable holder, which does not make the certificate
/// malformed: an authority's has none. A legal person's certificate also names the person
/// responsible for it, under `2.16.76.1.3.4`, who is not its holder.
pub(crate) fn read(
    subject_alternative_name: &Element<'_>,
) -> Result<Result<Holder, Unidentified>, Rejection> {
    let names = subject_alternative_name.only(Tag::Sequence)?.open()?.rest(limits::ENTRIES)?;
    let mut found = Err(Unidentified::Absent);
    for name in names.iter().filter(|name| name.tag() == constructed(0)) {
        // OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }, under an
        // implicit tag.
        let mut fields = name.open()?;
        let field = fields.object_identifier()?;
        let mut explicit = fields.enter(constructed(0))?;
        fields.finish()?;
        let value = explicit.next()?;
        explicit.finish()?;
        let holder = match field {
            PERSON => person(&value),
            COMPANY => company(&value),
            _ => continue,
        };
        found = match (found, holder) {
            (Err(Unidentified::Absent), holder) => holder,
            (Ok(first), Ok(second)) if first == second => Ok(first),
            (Err(first), _) => Err(first),
            (Ok(_), Ok(_)) => Err(Unidentified::Ambiguous),
            (Ok(_), Err(second)) => Err(second),
        };
    }
    Ok(found)
}

/// Characters 8 to 18 of the field, whose length is 45, 51 or 55 and never relied upon.
fn person(value: &Element<'_>) -> Result<Holder, Unidentified> {
    text(value)
        .and_then(|text| text.get(8..19))
        .ok_or(Unidentified::Unreadable { field: PERSON })
        .and_then(|cpf| {
            Cpf::parse(cpf)
                .map(Holder::Cpf)
                .map_err(|reason| Unidentified::Invalid { field: PERSON, reason })
        })
}

/// The whole field, which is fourteen characters.
fn company(value: &Element<'_>) -> Result<Holder, Unidentified> {
    text(value)
        .filter(|text| text.len() == 14)
        .ok_or(Unidentified::Unreadable { field: COMPANY })
        .and_then(|cnpj| {
            Cnpj::parse(cnpj)
                .map(Holder::Cnpj)
                .map_err(|reason| Unidentified::Invalid { field: COMPANY, reason })
        })
}

/// The field's characters, all ASCII. The norm asks for `OCTET STRING` or `PrintableString`;
/// certificates in use also show `UTF8String` and `IA5String`.
fn text<'a>(value: &Element<'a>) -> Option<&'a str> {
    let types = [Tag::OctetString, Tag::PrintableString, Tag::Utf8String, Tag::Ia5String];
    types
        .contains(&value.tag())
        .then(|| core::str::from_utf8(value.value()).ok())
        .flatten()
        .filter(|text| text.is_ascii())
}
