//! Text strings (ISO 32000-1 §7.9.2.2) and the encoding of the stamp's fonts.

/// Encodes a text: as PDFDocEncoding when that has every character, which all of Portuguese does,
/// and as UTF-16BE with its mark otherwise.
pub(crate) fn encode(text: &str) -> Vec<u8> {
    let simple: Option<Vec<u8>> = text.chars().map(to_pdf_doc).collect();
    match simple {
        // Bytes that would be taken for the mark of another encoding.
        Some(bytes) if !bytes.starts_with(b"\xfe\xff") && !bytes.starts_with(b"\xef\xbb\xbf") => {
            bytes
        }
        _ => {
            [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
        }
    }
}

/// Decodes a text string; what its encoding does not know becomes U+FFFD.
pub(crate) fn decode(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        let units = rest.chunks(2).map(|unit| match unit {
            &[high, low] => u16::from_be_bytes([high, low]),
            _ => 0xfffd,
        });
        return char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect();
    }
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return String::from_utf8_lossy(rest).into_owned();
    }
    bytes.iter().map(|&byte| from_pdf_doc(byte)).collect()
}

/// PDFDocEncoding where it is neither ASCII nor Latin-1: ISO 32000-1 Annex D.2.
const PDF_DOC: [(u8, char); 40] = [
    (0x18, '\u{02d8}'),
    (0x19, '\u{02c7}'),
    (0x1a, '\u{02c6}'),
    (0x1b, '\u{02d9}'),
    (0x1c, '\u{02dd}'),
    (0x1d, '\u{02db}'),
    (0x1e, '\u{02da}'),
    (0x1f, '\u{02dc}'),
    (0x80, '\u{2022}'),
    (0x81, '\u{2020}'),
    (0x82, '\u{2021}'),
    (0x83, '\u{2026}'),
    (0x84, '\u{2014}'),
    (0x85, '\u{2013}'),
    (0x86, '\u{0192}'),
    (0x87, '\u{2044}'),
    (0x88, '\u{2039}'),
    (0x89, '\u{203a}'),
    (0x8a, '\u{2212}'),
    (0x8b, '\u{2030}'),
    (0x8c, '\u{201e}'),
    (0x8d, '\u{201c}'),
    (0x8e, '\u{201d}'),
    (0x8f, '\u{2018}'),
    (0x90, '\u{2019}'),
    (0x91, '\u{201a}'),
    (0x92, '\u{2122}'),
    (0x93, '\u{fb01}'),
    (0x94, '\u{fb02}'),
    (0x95, '\u{0141}'),
    (0x96, '\u{0152}'),
    (0x97, '\u{0160}'),
    (0x98, '\u{0178}'),
    (0x99, '\u{017d}'),
    (0x9a, '\u{0131}'),
    (0x9b, '\u{0142}'),
    (0x9c, '\u{0153}'),
    (0x9d, '\u{0161}'),
    (0x9e, '\u{017e}'),
    (0xa0, '\u{20ac}'),
];

fn from_pdf_doc(byte: u8) -> char {
    match PDF_DOC.iter().find(|(code, _)| *code == byte) {
        Some((_, character)) => *character,
        None if matches!(byte, 0x7f | 0x9f | 0xad) => '\u{fffd}',
        None => char::from(byte),
    }
}

fn to_pdf_doc(character: char) -> Option<u8> {
    match character {
        '\t' | '\n' | '\r' | ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{ff}' => {
            u8::try_from(u32::from(character)).ok()
        }
        _ => PDF_DOC.iter().find(|(_, known)| *known == character).map(|(code, _)| *code),
    }
}

/// WinAnsiEncoding where it is not Latin-1: ISO 32000-1 Annex D.2.
const WIN_ANSI: [(u8, char); 27] = [
    (0x80, '\u{20ac}'),
    (0x82, '\u{201a}'),
    (0x83, '\u{0192}'),
    (0x84, '\u{201e}'),
    (0x85, '\u{2026}'),
    (0x86, '\u{2020}'),
    (0x87, '\u{2021}'),
    (0x88, '\u{02c6}'),
    (0x89, '\u{2030}'),
    (0x8a, '\u{0160}'),
    (0x8b, '\u{2039}'),
    (0x8c, '\u{0152}'),
    (0x8e, '\u{017d}'),
    (0x91, '\u{2018}'),
    (0x92, '\u{2019}'),
    (0x93, '\u{201c}'),
    (0x94, '\u{201d}'),
    (0x95, '\u{2022}'),
    (0x96, '\u{2013}'),
    (0x97, '\u{2014}'),
    (0x98, '\u{02dc}'),
    (0x99, '\u{2122}'),
    (0x9a, '\u{0161}'),
    (0x9b, '\u{203a}'),
    (0x9c, '\u{0153}'),
    (0x9e, '\u{017e}'),
    (0x9f, '\u{0178}'),
];

/// The code of a character in the stamp's fonts: a blank for white space and control characters, a
/// question mark for what the fonts do not have.
pub(crate) fn to_win_ansi(character: char) -> u8 {
    match character {
        ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{ff}' => {
            u8::try_from(u32::from(character)).unwrap_or(b'?')
        }
        // The minus and the hyphens that are not the ASCII one.
        '\u{2010}' | '\u{2011}' | '\u{2212}' => b'-',
        _ if character.is_whitespace() || character.is_control() => b' ',
        _ => WIN_ANSI.iter().find(|(_, known)| *known == character).map_or(b'?', |(code, _)| *code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portuguese_is_written_in_one_byte_a_letter() {
        assert_eq!(encode("São João, 1º de março"), b"S\xe3o Jo\xe3o, 1\xba de mar\xe7o");
    }

    #[test]
    fn what_pdf_doc_encoding_lacks_is_written_in_utf_16() {
        assert_eq!(encode("Ω😀"), b"\xfe\xff\x03\xa9\xd8\x3d\xde\x00");
        assert_eq!(encode("\u{a0}"), b"\xfe\xff\x00\xa0");
        assert_eq!(encode("þÿ"), b"\xfe\xff\x00\xfe\x00\xff");
    }

    #[test]
    fn every_text_comes_back_as_it_was() {
        for text in ["", "José", "ï»¿", "þÿ", "“€ – ł”", "Ω😀", "\u{ad}a", "日本", "a\nb"]
        {
            assert_eq!(decode(&encode(text)), text);
        }
    }

    #[test]
    fn a_lone_byte_or_surrogate_does_not_stop_the_reading() {
        assert_eq!(decode(b"\xfe\xff\x00a\xd8"), "a\u{fffd}");
        assert_eq!(decode(b"\xfe\xff\xd8\x3d\x00a"), "\u{fffd}a");
        assert_eq!(decode(b"\xef\xbb\xbf\xc3\xa9"), "é");
    }

    #[test]
    fn the_stamp_has_portuguese_and_typographic_letters() {
        let coded: Vec<u8> = "Ação – “ç”\u{a0}Ω".chars().map(to_win_ansi).collect();
        assert_eq!(coded, b"A\xe7\xe3o \x96 \x93\xe7\x94 ?");
    }
}
