//! One pass over a JSON text that checks it and leaves it flat.
//!
//! The flat form: no white space between tokens; all escapes of strings resolved; in the place of a
//! string's first quotation mark its length where it is short ([`value::opening`]), and in the place
//! of the last one a [`QUOTE`], which UTF-8 never contains. It is never longer than the text it came
//! from, so that it is written over it.

use core::cell::Cell;

use super::plain::{copy_down, plain_length};
use super::value::{self, Object, QUOTE, Value};
use crate::error::{Document, Error, Flaw, JsonFault, Malformed, PeerError};

/// Levels of arrays and objects that are read. The services' replies have four.
pub const MAX_DEPTH: usize = 16;

/// Members of one object that are read. The services' replies have ten.
pub const MAX_MEMBERS: usize = 64;

/// How often, on the average, a byte may be gone over in search of double names: names that follow
/// large values, level within level, would make the search quadratic. A service's reply needs three.
const COMPARISONS: usize = 16;

/// What small texts may use in any case: every name against every other in a full object.
const COMPARISONS_FLOOR: usize = 64 * 1024;

/// Reads a body as one JSON value.
///
/// The body is overwritten by its flat form, which the value borrows.
///
/// # Errors
/// [`Flaw::Json`] with the fault and its place; the body's bytes then have no meaning.
pub fn read(body: &mut [u8], document: Document) -> Result<Value<'_>, Error> {
    let flaw = |fault, offset| {
        PeerError::Malformed(Malformed { document, flaw: Flaw::Json { fault, offset } })
    };
    if let Err(error) = core::str::from_utf8(body) {
        return Err(flaw(JsonFault::Utf8, error.valid_up_to()).into());
    }
    let mut pass = Pass::new(Cell::from_mut(body).as_slice_of_cells());
    let length = match pass.document() {
        Ok(()) => pass.written,
        Err(fault) => return Err(flaw(fault, pass.read).into()),
    };
    let flat = body.get(..length).unwrap_or_default();
    Ok(Value::new(flat, document))
}

/// Reads a body as one JSON object, in the way of [`read`].
///
/// # Errors
/// As [`read`], and [`Flaw::WrongType`] when it is another value.
pub fn read_object(body: &mut [u8], document: Document) -> Result<Object<'_>, Error> {
    read(body, document)?.into_object(document)
}

/// An open array or object.
#[derive(Clone, Copy)]
enum Level {
    Array,
    /// Where its first member stands in the flat form, and how many members it has so far.
    Object {
        start: usize,
        members: usize,
    },
}

/// The pass: a place to read from, a place to write to that never overtakes it, and the open levels.
struct Pass<'c> {
    bytes: &'c [Cell<u8>],
    read: usize,
    written: usize,
    levels: [Level; MAX_DEPTH],
    depth: usize,
    /// Bytes that may still be gone over in search of double names.
    comparable: usize,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    /// A value.
    Value,
    /// A value, or the end of the array just opened.
    ValueOrEnd,
    /// A member's name.
    Name,
    /// A member's name, or the end of the object just opened.
    NameOrEnd,
    /// A comma or the end of the level; at the ground, the end of the text.
    CommaOrEnd,
}

impl<'c> Pass<'c> {
    const fn new(bytes: &'c [Cell<u8>]) -> Self {
        let comparable = bytes.len().saturating_mul(COMPARISONS).saturating_add(COMPARISONS_FLOOR);
        let levels = [Level::Array; MAX_DEPTH];
        Self { bytes, read: 0, written: 0, levels, depth: 0, comparable }
    }

    fn document(&mut self) -> Result<(), JsonFault> {
        let mut expect = Expect::Value;
        loop {
            self.skip_white_space();
            if self.depth == 0 && expect == Expect::CommaOrEnd {
                return if self.peek().is_none() { Ok(()) } else { Err(JsonFault::Syntax) };
            }
            let byte = self.peek().ok_or(JsonFault::End)?;
            expect = match (expect, byte) {
                (Expect::ValueOrEnd, b']') | (Expect::NameOrEnd, b'}') => self.close(byte)?,
                (Expect::Value | Expect::ValueOrEnd, _) => self.value(byte)?,
                (Expect::Name | Expect::NameOrEnd, b'"') => self.name()?,
                (Expect::CommaOrEnd, b',') => {
                    self.copy();
                    match self.level() {
                        Some(Level::Object { .. }) => Expect::Name,
                        _ => Expect::Value,
                    }
                }
                (Expect::CommaOrEnd, b']' | b'}') => self.close(byte)?,
                _ => return Err(JsonFault::Syntax),
            };
        }
    }

    fn value(&mut self, byte: u8) -> Result<Expect, JsonFault> {
        match byte {
            b'[' => {
                self.copy();
                self.open(Level::Array)?;
                return Ok(Expect::ValueOrEnd);
            }
            b'{' => {
                self.copy();
                self.open(Level::Object { start: self.written, members: 0 })?;
                return Ok(Expect::NameOrEnd);
            }
            b'"' => self.string()?,
            b't' => self.literal(b"true")?,
            b'f' => self.literal(b"false")?,
            b'n' => self.literal(b"null")?,
            b'-' | b'0'..=b'9' => self.number()?,
            _ => return Err(JsonFault::Syntax),
        }
        Ok(Expect::CommaOrEnd)
    }

    fn name(&mut self) -> Result<Expect, JsonFault> {
        let start = self.written;
        self.string()?;
        self.check_unique(start)?;
        self.skip_white_space();
        match self.peek() {
            Some(b':') => self.copy(),
            Some(_) => return Err(JsonFault::Syntax),
            None => return Err(JsonFault::End),
        }
        Ok(Expect::Value)
    }

    /// Compares the name just written from `name` on with those of its object so far.
    fn check_unique(&mut self, name: usize) -> Result<(), JsonFault> {
        let Some(Level::Object { start, members }) =
            self.depth.checked_sub(1).and_then(|top| self.levels.get_mut(top))
        else {
            return Err(JsonFault::Syntax);
        };
        if *members == MAX_MEMBERS {
            return Err(JsonFault::Members);
        }
        *members = members.wrapping_add(1);
        let earlier = self.bytes.get(*start..name).unwrap_or_default();
        self.comparable = self.comparable.checked_sub(earlier.len()).ok_or(JsonFault::Members)?;
        let name = self.bytes.get(name..self.written).unwrap_or_default();
        let mut rest = earlier;
        while !rest.is_empty() {
            let (other, after) = value::split_token(rest);
            if other.len() == name.len() && other.iter().eq(name) {
                return Err(JsonFault::Duplicate);
            }
            // A colon, the value, a comma.
            let (_, after) = value::split_token(after.get(1..).unwrap_or_default());
            rest = after.get(1..).unwrap_or_default();
        }
        Ok(())
    }

    fn open(&mut self, level: Level) -> Result<(), JsonFault> {
        *self.levels.get_mut(self.depth).ok_or(JsonFault::Depth)? = level;
        self.depth = self.depth.wrapping_add(1);
        Ok(())
    }

    fn close(&mut self, byte: u8) -> Result<Expect, JsonFault> {
        match (self.level(), byte) {
            (Some(Level::Array), b']') | (Some(Level::Object { .. }), b'}') => {
                self.copy();
                self.depth = self.depth.saturating_sub(1);
                Ok(Expect::CommaOrEnd)
            }
            _ => Err(JsonFault::Syntax),
        }
    }

    fn level(&self) -> Option<Level> {
        self.levels.get(self.depth.checked_sub(1)?).copied()
    }

    fn string(&mut self) -> Result<(), JsonFault> {
        let start = self.written;
        self.advance(1);
        self.write(QUOTE);
        loop {
            self.copy_plain();
            match self.peek() {
                Some(b'"') => {
                    self.advance(1);
                    self.write(QUOTE);
                    if let Some(first) = self.bytes.get(start) {
                        let length = self.written.saturating_sub(start).saturating_sub(2);
                        first.set(value::opening(length));
                    }
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                Some(_) => return Err(JsonFault::Syntax),
                None => return Err(JsonFault::End),
            }
        }
    }

    fn escape(&mut self) -> Result<(), JsonFault> {
        self.advance(1);
        let byte = match self.peek().ok_or(JsonFault::End)? {
            byte @ (b'"' | b'\\' | b'/') => byte,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                self.advance(1);
                let character = self.escaped_character()?;
                for &byte in character.encode_utf8(&mut [0; 4]).as_bytes() {
                    self.write(byte);
                }
                return Ok(());
            }
            _ => return Err(JsonFault::Escape),
        };
        self.advance(1);
        self.write(byte);
        Ok(())
    }

    /// The character of `XXXX` or of `XXXX\uXXXX`, the read place being after `\u`.
    fn escaped_character(&mut self) -> Result<char, JsonFault> {
        let first = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            // The lower half of a pair alone is no character, and `from_u32` says so.
            return char::from_u32(first).ok_or(JsonFault::Escape);
        }
        for expected in [b'\\', b'u'] {
            if self.peek() != Some(expected) {
                return Err(JsonFault::Escape);
            }
            self.advance(1);
        }
        let second = self.four_digits()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(JsonFault::Escape);
        }
        let upper = (first & 0x3ff) << 10;
        char::from_u32(0x1_0000_u32.wrapping_add(upper | (second & 0x3ff))).ok_or(JsonFault::Escape)
    }

    fn four_digits(&mut self) -> Result<u32, JsonFault> {
        let mut number = 0;
        for _ in 0..4 {
            let digit = self.peek().ok_or(JsonFault::End)?;
            let digit = crate::codec::hex::value(digit).ok_or(JsonFault::Escape)?;
            number = (number << 4) | u32::from(digit);
            self.advance(1);
        }
        Ok(number)
    }

    fn literal(&mut self, word: &[u8]) -> Result<(), JsonFault> {
        for &expected in word {
            match self.peek() {
                Some(byte) if byte == expected => self.copy(),
                Some(_) => return Err(JsonFault::Syntax),
                None => return Err(JsonFault::End),
            }
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), JsonFault> {
        if self.peek() == Some(b'-') {
            self.copy();
        }
        match self.peek() {
            Some(b'0') => self.copy(),
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.copy();
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.copy();
            if let Some(b'+' | b'-') = self.peek() {
                self.copy();
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), JsonFault> {
        match self.peek() {
            Some(b'0'..=b'9') => {}
            Some(_) => return Err(JsonFault::Syntax),
            None => return Err(JsonFault::End),
        }
        while let Some(b'0'..=b'9') = self.peek() {
            self.copy();
        }
        Ok(())
    }

    fn skip_white_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.advance(1);
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.read).map(Cell::get)
    }

    const fn advance(&mut self, bytes: usize) {
        self.read = self.read.wrapping_add(bytes);
    }

    fn write(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get(self.written) {
            place.set(byte);
        }
        self.written = self.written.wrapping_add(1);
    }

    /// Copies one byte.
    fn copy(&mut self) {
        if let Some(byte) = self.peek() {
            self.write(byte);
            self.advance(1);
        }
    }

    /// Copies the characters of a string up to a quotation mark, an escape or a control character.
    fn copy_plain(&mut self) {
        let rest = self.bytes.get(self.read..).unwrap_or_default();
        let length = plain_length(rest, b' ');
        copy_down(self.bytes, self.read, self.written, length);
        self.advance(length);
        self.written = self.written.wrapping_add(length);
    }
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    use super::value::SHORT;
    use super::*;

    fn flat(text: &str) -> Result<String, JsonFault> {
        let mut body = text.as_bytes().to_vec();
        let mut pass = Pass::new(Cell::from_mut(&mut body[..]).as_slice_of_cells());
        pass.document()?;
        let length = pass.written;
        assert!(length <= text.len());
        Ok(body[..length]
            .iter()
            .map(|&byte| if byte >= SHORT { '\'' } else { byte as char })
            .collect())
    }

    #[test]
    fn white_space_goes_and_escapes_are_resolved() {
        assert_eq!(flat(" { \"a\" : [ 1 , true , null ] } ").unwrap(), "{'a':[1,true,null]}");
        assert_eq!(flat(r#""a\/b\u002Bc\r\n\"\\""#).unwrap(), "'a/b+c\r\n\"\\'");
    }

    #[test]
    fn surrogates_are_joined_and_halves_are_refused() {
        let mut body = br#"{"a":"\ud83d\ude00"}"#.to_vec();
        let object =
            read(&mut body, Document::Token).unwrap().into_object(Document::Token).unwrap();
        assert_eq!(object.text("a").unwrap(), "\u{1f600}");
        for text in [r#""\ud83d""#, r#""\ude00""#, r#""\ud83d\u0041""#, r#""\ud83dx""#] {
            assert_eq!(flat(text), Err(JsonFault::Escape), "{text}");
        }
    }

    #[test]
    fn s09_a_name_that_stands_twice_is_refused_even_when_it_is_escaped() {
        assert_eq!(flat(r#"{"a":1,"b":{"a":[{}]},"a":2}"#), Err(JsonFault::Duplicate));
        assert_eq!(flat(r#"{"ab":1,"\u0061b":2}"#), Err(JsonFault::Duplicate));
        assert_eq!(flat(r#"[{"a":"b"},{"a":"b","b":"a"}]"#).unwrap().len(), 29);
    }

    #[test]
    fn s35_depth_and_members_are_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(flat(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(flat(&nested(MAX_DEPTH + 1)), Err(JsonFault::Depth));
        assert_eq!(flat(&"[".repeat(100_000)), Err(JsonFault::Depth));
        let wide = |members: usize| {
            let members: Vec<String> = (0..members).map(|name| format!("\"{name}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert!(flat(&wide(MAX_MEMBERS)).is_ok());
        assert_eq!(flat(&wide(MAX_MEMBERS + 1)), Err(JsonFault::Members));
    }

    #[test]
    fn s35_the_search_for_double_names_is_bounded() {
        // Fifteen levels of 62 names, each behind the same large value.
        let mut text = format!("{{\"large\":\"{}\"", "x".repeat(1 << 20));
        for level in 0..MAX_DEPTH {
            for name in 0..MAX_MEMBERS - 2 {
                text.push_str(&format!(",\"{level}-{name}\":0"));
            }
            text.push_str(",\"in\":{\"x\":0");
        }
        assert_eq!(flat(&text), Err(JsonFault::Members));
        let honest = format!("{{\"a\":\"{}\",\"b\":1,\"c\":2,\"d\":3}}", "x".repeat(1 << 20));
        assert!(flat(&honest).is_ok());
    }

    #[test]
    fn a_fault_is_told_with_its_place() {
        let fault = |text: &str| match read(&mut text.as_bytes().to_vec(), Document::Token) {
            Err(Error::Peer(PeerError::Malformed(Malformed {
                flaw: Flaw::Json { fault, offset },
                ..
            }))) => (fault, offset),
            other => panic!("{other:?}"),
        };
        assert_eq!(fault(""), (JsonFault::End, 0));
        assert_eq!(fault("{\"a\" 1}"), (JsonFault::Syntax, 5));
        assert_eq!(fault("{\"a\":1,}"), (JsonFault::Syntax, 7));
        assert_eq!(fault("[1] x"), (JsonFault::Syntax, 4));
        assert_eq!(fault("<html>"), (JsonFault::Syntax, 0));
        assert_eq!(fault("[01]"), (JsonFault::Syntax, 2));
        assert_eq!(fault("\"a"), (JsonFault::End, 2));
        let mut body = *b"\"a\xff\"";
        assert!(format!("{:?}", read(&mut body, Document::Token)).contains("offset: 2"));
    }
}
