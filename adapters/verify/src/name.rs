//! Distinguished names, for people.

use der::{Tag, asn1::ObjectIdentifier};

use crate::{
    cursor::{Cursor, Element},
    limits,
    rejection::Rejection,
};

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const ORGANIZATIONAL_UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");

/// The text that stands for the whole name: the last common name, or what comes nearest to one.
///
/// Reads `Name` to its end (RFC 5280 §4.1.2.4), so that a malformed one is told.
pub(crate) fn short(name: &Element<'_>) -> Result<Box<str>, Rejection> {
    let mut best: Option<(u8, String)> = None;
    for relative in name.open()?.rest(limits::ENTRIES)? {
        if relative.tag() != Tag::Set {
            return Err(relative.unexpected_value());
        }
        for attribute in relative.open()?.rest(limits::ENTRIES)? {
            let mut pair: Cursor<'_> = attribute.sequence()?;
            let kind = pair.object_identifier()?;
            let value = pair.next()?;
            pair.finish()?;
            let rank = match kind {
                COMMON_NAME => 3,
                ORGANIZATIONAL_UNIT => 2,
                ORGANIZATION => 1,
                _ => continue,
            };
            if best.as_ref().is_none_or(|(best, _)| *best <= rank) {
                best = Some((rank, text(&value)));
            }
        }
    }
    Ok(best.map(|(_, text)| text).unwrap_or_default().into_boxed_str())
}

/// The part of a common name that may stand in a log: `NAME` of `NAME:CPF`.
pub(crate) fn without_number(name: &str) -> &str {
    name.split_once(':').map_or(name, |(name, _)| name)
}

/// A `DirectoryString` for display: control characters and what is no text become U+FFFD.
fn text(value: &Element<'_>) -> String {
    let bytes = value.value();
    let readable: String = match value.tag() {
        Tag::BmpString => {
            let units = bytes.chunks(2).map(|unit| match unit {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0xfffd,
            });
            char::decode_utf16(units)
                .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        // What ICP-Brasil's older certificates hold under this tag is Latin-1.
        Tag::TeletexString => bytes.iter().map(|&byte| char::from(byte)).collect(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    readable
        .chars()
        .map(
            |character| {
                if character.is_control() { char::REPLACEMENT_CHARACTER } else { character }
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cursor::Cursor, rejection::Piece};

    /// A name of one attribute: its type's last arc under `2.5.4`, and the value's tag and bytes.
    fn name(attributes: &[(u8, u8, &[u8])]) -> Vec<u8> {
        let element = |tag: u8, value: &[u8]| {
            let length = u8::try_from(value.len()).unwrap();
            [&[tag, length], value].concat()
        };
        let attributes: Vec<u8> = attributes
            .iter()
            .flat_map(|&(arc, tag, value)| {
                let pair = [vec![0x06, 0x03, 0x55, 0x04, arc], element(tag, value)].concat();
                element(0x31, &element(0x30, &pair))
            })
            .collect();
        element(0x30, &attributes)
    }

    fn read(attributes: &[(u8, u8, &[u8])]) -> Box<str> {
        let name = name(attributes);
        short(&Cursor::new(&name, Piece::Certificate).unwrap().next().unwrap()).unwrap()
    }

    #[test]
    fn a_name_is_shown_by_what_tells_most() {
        let (common, unit, organization) = (3, 11, 10);
        let utf8 = |arc: u8, value: &'static [u8]| (arc, 0x0c, value);
        assert_eq!(
            &*read(&[utf8(organization, b"O"), utf8(common, b"CN"), utf8(unit, b"U")]),
            "CN"
        );
        assert_eq!(&*read(&[utf8(unit, b"U"), utf8(organization, b"O")]), "U");
        assert_eq!(&*read(&[utf8(common, b"A"), utf8(common, b"B")]), "B");
        assert_eq!(&*read(&[]), "");
    }

    #[test]
    fn every_string_type_is_shown_and_no_control_character() {
        assert_eq!(&*read(&[(3, 0x0c, "João".as_bytes())]), "João");
        assert_eq!(&*read(&[(3, 0x13, b"Joao")]), "Joao");
        assert_eq!(&*read(&[(3, 0x14, b"Jo\xe3o")]), "João");
        assert_eq!(&*read(&[(3, 0x1e, &[0, b'J', 0, b'o', 0, 0xe3, 0, b'o'])]), "João");
        assert_eq!(&*read(&[(3, 0x1e, &[0, b'J', 0])]), "J\u{fffd}");
        assert_eq!(&*read(&[(3, 0x0c, b"a\x1b[2Jb\n\xff")]), "a\u{fffd}[2Jb\u{fffd}\u{fffd}");
    }

    #[test]
    fn s38_the_number_in_a_common_name_is_left_out() {
        assert_eq!(without_number("FULANA DE TESTE:11144477735"), "FULANA DE TESTE");
        assert_eq!(without_number("AC de teste"), "AC de teste");
    }
}
