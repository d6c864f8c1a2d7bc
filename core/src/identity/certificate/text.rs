//! A text of a certificate, in whichever of the string types.

use core::fmt::{self, Write};

use crate::codec::der::{BMP_STRING, Element, TELETEX_STRING};

/// A text. `Display` shows it with U+FFFD for control characters and for what is no text; `Debug`
/// shows its length alone, since it may be somebody's name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text<'d> {
    tag: u8,
    bytes: &'d [u8],
}

impl<'d> Text<'d> {
    pub(super) const fn new(element: &Element<'d>) -> Self {
        Self { tag: element.tag, bytes: element.content }
    }

    /// The identifier byte of its type.
    #[must_use]
    pub const fn tag(&self) -> u8 {
        self.tag
    }

    /// The bytes as they stand.
    #[must_use]
    pub const fn bytes(&self) -> &'d [u8] {
        self.bytes
    }

    /// The text as it stands, where that is UTF-8: `None` for a `BMPString`, for a `TeletexString`
    /// beyond ASCII and for what is no text. [`Text::chars`] reads those, too.
    #[must_use]
    pub fn as_str(&self) -> Option<&'d str> {
        match self.tag {
            BMP_STRING => None,
            TELETEX_STRING if !self.bytes.is_ascii() => None,
            _ => core::str::from_utf8(self.bytes).ok(),
        }
    }

    /// Its characters, with U+FFFD for what is none.
    ///
    /// What stands in a `TeletexString` of ICP-Brasil's older certificates is Latin-1. Unsure:
    /// X.680 has T.61 there, which no program in use reads.
    pub fn chars(&self) -> impl Iterator<Item = char> + use<'d> {
        let (latin, wide, utf8) = match self.tag {
            TELETEX_STRING => (self.bytes, &[][..], &[][..]),
            BMP_STRING => (&[][..], self.bytes, &[][..]),
            _ => (&[][..], &[][..], self.bytes),
        };
        let units = wide.chunks(2).map(|unit| match *unit {
            [high, low] => u16::from_be_bytes([high, low]),
            _ => 0xfffd,
        });
        let wide =
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
        let utf8 = utf8.utf8_chunks().flat_map(|chunk| {
            let wrong = (!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER);
            chunk.valid().chars().chain(wrong)
        });
        latin.iter().map(|&byte| char::from(byte)).chain(wide).chain(utf8)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|character| {
            let hidden = character.is_control();
            formatter.write_char(if hidden { char::REPLACEMENT_CHARACTER } else { character })
        })
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Text({} bytes)", self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::ToString;

    use super::*;

    fn shown(tag: u8, bytes: &[u8]) -> std::string::String {
        Text { tag, bytes }.to_string()
    }

    #[test]
    fn every_string_type_is_shown_and_no_control_character() {
        assert_eq!(shown(0x0c, "João".as_bytes()), "João");
        assert_eq!(shown(0x13, b"Joao"), "Joao");
        assert_eq!(shown(0x14, b"Jo\xe3o"), "João");
        assert_eq!(shown(0x1e, &[0, b'J', 0, b'o', 0, 0xe3, 0, b'o']), "João");
        assert_eq!(shown(0x1e, &[0xd8, 0x3d, 0xde, 0x00]), "😀");
        assert_eq!(shown(0x1e, &[0, b'J', 0xd8, 0x3d, 0]), "J\u{fffd}\u{fffd}");
        assert_eq!(shown(0x0c, b"a\x1b[2Jb\n\xff\xc3"), "a\u{fffd}[2Jb\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(shown(0x04, b"0101"), "0101");
    }

    #[test]
    fn what_is_utf8_is_given_as_it_stands() {
        assert_eq!(Text { tag: 0x14, bytes: b"abc" }.as_str(), Some("abc"));
        assert_eq!(Text { tag: 0x14, bytes: b"\xc3\xa3" }.as_str(), None);
        assert_eq!(Text { tag: 0x0c, bytes: b"\xff" }.as_str(), None);
        assert_eq!(Text { tag: 0x1e, bytes: b"\0a" }.as_str(), None);
    }

    #[test]
    fn s38_a_text_is_not_shown_for_programmers() {
        assert_eq!(format!("{:?}", Text { tag: 0x0c, bytes: b"canary" }), "Text(6 bytes)");
    }
}
