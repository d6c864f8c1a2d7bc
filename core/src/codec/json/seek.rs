//! Following a JSON text that comes in pieces, up to a string that is not to be kept in memory.

use super::escape::{Piece, Unescaper};
use super::flatten::MAX_DEPTH;
use crate::error::JsonFault;

/// Follows a JSON text byte by byte and finds the strings that stand under a name in the entries of
/// a list: `{"list":[{"member":"…"}]}`.
///
/// It knows where strings and levels begin and end, and takes the rest of the grammar on trust:
/// whoever lets it leave out such a string has the remaining text read by [`super::read`], which
/// checks all of it.
#[derive(Clone, Debug)]
pub(crate) struct Seeker<'p> {
    list: &'p str,
    member: &'p str,
    depth: u8,
    /// The open levels that are objects, the lowest bit for the outermost.
    objects: u16,
    /// Whether the next string is a name.
    name_is_next: bool,
    string: Option<Text>,
    unescaper: Unescaper,
    /// Whether the value in sight is the list, and the value within it the member.
    in_list: bool,
    at_member: bool,
}

/// A string that is being passed over.
#[derive(Clone, Copy, Debug)]
enum Text {
    Value,
    /// A name, how many of whose bytes are those that are sought; `None` when it is another.
    Name(Option<u8>),
}

/// Levels in which a sought string stands: an object, an array, an object.
const LEVELS: u8 = 3;
const LEVEL_KINDS: u16 = 0b101;

impl<'p> Seeker<'p> {
    pub(crate) const fn new(list: &'p str, member: &'p str) -> Self {
        Self {
            list,
            member,
            depth: 0,
            objects: 0,
            name_is_next: false,
            string: None,
            unescaper: Unescaper::NEW,
            in_list: false,
            at_member: false,
        }
    }

    /// Takes the next byte; `true` when it opens a string that was sought. The string and its
    /// closing quotation mark are then the caller's to read, and what follows them comes here again.
    pub(crate) fn byte(&mut self, byte: u8) -> Result<bool, JsonFault> {
        if let Some(text) = self.string {
            self.string(text, byte)?;
            return Ok(false);
        }
        match byte {
            b'"' if self.name_is_next => {
                self.string = Some(Text::Name(Some(0)));
                self.at_member = false;
            }
            b'"' => {
                let is_sought = self.in_list
                    && self.at_member
                    && self.depth == LEVELS
                    && self.objects == LEVEL_KINDS;
                if is_sought {
                    return Ok(true);
                }
                self.string = Some(Text::Value);
            }
            b'{' | b'[' => {
                let depth = self.depth.saturating_add(1);
                if usize::from(depth) > MAX_DEPTH {
                    return Err(JsonFault::Depth);
                }
                let is_object = byte == b'{';
                self.objects |= u16::from(is_object).wrapping_shl(u32::from(self.depth));
                self.depth = depth;
                self.name_is_next = is_object;
                self.at_member = false;
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.objects &= !u16::MAX.wrapping_shl(u32::from(self.depth));
                self.name_is_next = false;
                self.at_member = false;
            }
            b',' => self.name_is_next = self.is_in_object(),
            b':' => self.name_is_next = false,
            _ => {}
        }
        Ok(false)
    }

    const fn is_in_object(&self) -> bool {
        self.depth > 0 && self.objects.wrapping_shr((self.depth as u32).saturating_sub(1)) & 1 == 1
    }

    fn string(&mut self, text: Text, byte: u8) -> Result<(), JsonFault> {
        let sought = match self.depth {
            1 => self.list,
            LEVELS => self.member,
            _ => "",
        };
        let piece = self.unescaper.byte(byte)?;
        self.string = match (text, piece) {
            (text, Piece::Partial) => Some(text),
            (Text::Value, Piece::End) => None,
            (Text::Name(matched), Piece::End) => {
                let is_sought = matched.is_some_and(|count| usize::from(count) == sought.len());
                match self.depth {
                    1 => self.in_list = is_sought,
                    _ => self.at_member = is_sought,
                }
                None
            }
            (Text::Name(Some(count)), piece) => {
                let byte = match piece {
                    Piece::Plain(byte) => Some(byte),
                    Piece::Escaped(character) => u8::try_from(character).ok(),
                    Piece::Partial | Piece::End => None,
                };
                let expected = sought.as_bytes().get(usize::from(count)).copied();
                let goes_on = byte.is_some() && byte == expected && count < u8::MAX;
                Some(Text::Name(goes_on.then(|| count.saturating_add(1))))
            }
            (text, _) => Some(text),
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    /// The places at which sought strings begin; each is passed over up to its end.
    fn found(text: &str) -> Result<Vec<usize>, JsonFault> {
        let mut seeker = Seeker::new("signatures", "file");
        let mut found = Vec::new();
        let mut bytes = text.bytes().enumerate();
        while let Some((place, byte)) = bytes.next() {
            if seeker.byte(byte)? {
                found.push(place);
                let mut inner = Unescaper::NEW;
                while inner.byte(bytes.next().ok_or(JsonFault::End)?.1)? != Piece::End {}
            }
        }
        Ok(found)
    }

    #[test]
    fn the_string_is_found_where_it_stands_and_nowhere_else() {
        assert_eq!(found(r#"{"signatures":[{"file":"x"}]}"#), Ok(std::vec![23]));
        assert_eq!(
            found(r#"{"signatures":[{"id":"file","file":"x","a":"y"},{"file":"z"}]}"#)
                .unwrap()
                .len(),
            2
        );
        assert_eq!(found(r#"{"signatures" : [ { "\u0066il\u0065" : "x" } ] }"#).unwrap().len(), 1);
        for text in [
            r#"{"file":"x"}"#,
            r#"{"signatures":{"file":"x"}}"#,
            r#"{"signatures":[["file","x"]]}"#,
            r#"{"signatures":[{"a":{"file":"x"}}]}"#,
            r#"{"other":[{"file":"x"}]}"#,
            r#"{"signatures":1,"other":[{"file":"x"}]}"#,
            r#"{"signatures":[{"file":["x"]}]}"#,
            r#"{"signatures":[{"file":1,"b":"x"}]}"#,
            r#"{"signatures":[{"files":"x","fil":"y","":"z"}]}"#,
            r#"{"signatures\u0000":[{"file":"x"}]}"#,
            r#"[{"signatures":[{"file":"x"}]}]"#,
            r#"{"a":"{\"signatures\":[{\"file\":\"x\"}]}"}"#,
        ] {
            assert_eq!(found(text), Ok(Vec::new()), "{text}");
        }
    }

    #[test]
    fn s35_depth_is_bounded() {
        assert_eq!(found(&"[".repeat(MAX_DEPTH)), Ok(Vec::new()));
        assert_eq!(found(&"[".repeat(MAX_DEPTH + 1)), Err(JsonFault::Depth));
        assert_eq!(found(&"]".repeat(100)), Ok(Vec::new()));
    }
}
