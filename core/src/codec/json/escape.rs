//! The escapes of a string whose bytes come one by one.

use crate::codec::hex;
use crate::error::JsonFault;

/// Resolves the escapes of a string, byte by byte.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unescaper {
    stage: Stage,
    /// The upper half of a surrogate pair whose lower half must follow.
    upper: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Plain,
    /// After a backslash.
    Escape,
    /// After `\u` and so many digits, of this value.
    Digits(u8, u16),
}

/// What a byte of a string turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A part of an escape that goes on.
    Partial,
    /// A byte that stands for itself.
    Plain(u8),
    /// The character that an escape stands for.
    Escaped(char),
    /// The end of the string.
    End,
}

impl Unescaper {
    /// At the start of a string.
    pub(crate) const NEW: Self = Self { stage: Stage::Plain, upper: None };

    /// Whether a plain byte may come next.
    pub(crate) const fn is_plain(&self) -> bool {
        matches!(self.stage, Stage::Plain) && self.upper.is_none()
    }

    /// Takes the next byte of a string, after its opening quotation mark.
    pub(crate) fn byte(&mut self, byte: u8) -> Result<Piece, JsonFault> {
        match self.stage {
            Stage::Plain => {
                if byte == b'\\' {
                    self.stage = Stage::Escape;
                    return Ok(Piece::Partial);
                }
                if self.upper.is_some() {
                    return Err(JsonFault::Escape);
                }
                match byte {
                    b'"' => Ok(Piece::End),
                    0..0x20 => Err(JsonFault::Syntax),
                    _ => Ok(Piece::Plain(byte)),
                }
            }
            Stage::Escape => {
                self.stage = Stage::Plain;
                let character = match byte {
                    b'u' => {
                        self.stage = Stage::Digits(0, 0);
                        return Ok(Piece::Partial);
                    }
                    b'"' | b'\\' | b'/' => char::from(byte),
                    b'b' => '\u{8}',
                    b'f' => '\u{c}',
                    b'n' => '\n',
                    b'r' => '\r',
                    b't' => '\t',
                    _ => return Err(JsonFault::Escape),
                };
                if self.upper.is_some() {
                    Err(JsonFault::Escape)
                } else {
                    Ok(Piece::Escaped(character))
                }
            }
            Stage::Digits(count, value) => {
                let digit = hex::value(byte).ok_or(JsonFault::Escape)?;
                let value = value << 4 | u16::from(digit);
                if count < 3 {
                    self.stage = Stage::Digits(count.saturating_add(1), value);
                    return Ok(Piece::Partial);
                }
                self.stage = Stage::Plain;
                self.unit(value)
            }
        }
    }

    /// Takes a UTF-16 code unit: a character, or half of one.
    fn unit(&mut self, unit: u16) -> Result<Piece, JsonFault> {
        let character = match (self.upper.take(), unit) {
            (None, 0xd800..0xdc00) => {
                self.upper = Some(unit);
                return Ok(Piece::Partial);
            }
            (None, unit) => char::from_u32(u32::from(unit)),
            (Some(upper), 0xdc00..0xe000) => {
                let upper = u32::from(upper & 0x3ff) << 10;
                char::from_u32(0x1_0000_u32.saturating_add(upper | u32::from(unit & 0x3ff)))
            }
            (Some(_), _) => None,
        };
        character.map(Piece::Escaped).ok_or(JsonFault::Escape)
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;

    fn resolve(text: &str) -> Result<String, JsonFault> {
        let mut unescaper = Unescaper::NEW;
        let mut all = std::vec::Vec::new();
        for &byte in text.as_bytes() {
            match unescaper.byte(byte)? {
                Piece::Partial => {}
                Piece::Plain(byte) => all.push(byte),
                Piece::Escaped(character) => {
                    all.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                Piece::End => return Ok(String::from_utf8(all).unwrap()),
            }
        }
        Err(JsonFault::End)
    }

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(resolve(r#"a\/b\u002Bc\r\n\"\\é"x"#).unwrap(), "a/b+c\r\n\"\\é");
        assert_eq!(resolve(r#"\ud83d\ude00""#).unwrap(), "\u{1f600}");
    }

    #[test]
    fn bad_escapes_and_control_characters_are_refused() {
        for text in [
            r#"\x""#,
            r#"\u00g0""#,
            r#"\ud83d""#,
            r#"\ude00""#,
            r#"\ud83d\u0041""#,
            r#"\ud83d\n""#,
            r#"\ud83da""#,
        ] {
            assert_eq!(resolve(text), Err(JsonFault::Escape), "{text}");
        }
        assert_eq!(resolve("a\nb\""), Err(JsonFault::Syntax));
        assert_eq!(resolve("a"), Err(JsonFault::End));
    }
}
