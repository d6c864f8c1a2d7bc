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
