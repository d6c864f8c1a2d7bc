//! Bytes into objects: ISO 32000-1 §7.2 and §7.3, with bounded depth, nodes and work.

use core::cell::Cell;

use crate::error::PdfError;
use crate::limits;
use crate::object::{Dictionary, Object, ObjectId};
use crate::window::Reader;

/// How much may still be parsed of one document.
#[derive(Debug)]
pub(crate) struct Work(Cell<u64>);

impl Work {
    pub(crate) const fn new(bytes: u64) -> Self {
        Self(Cell::new(bytes))
    }

    pub(crate) fn allow(&self, bytes: u64) {
        self.0.set(self.0.get().saturating_add(bytes));
    }

    pub(crate) fn spend(&self, bytes: u64) -> Result<(), PdfError> {
        let left = self.0.get().checked_sub(bytes).ok_or(PdfError::TooComplex {
            what: "the same bytes would have to be read over and over",
        })?;
        self.0.set(left);
        Ok(())
    }
}

/// Reads objects, beginning at a position.
///
/// Nothing that is read has to be in memory at once: a name or a string is taken in piece by piece.
pub(crate) struct Parser<'a> {
    reader: Reader<'a>,
    nodes: usize,
    work: &'a Work,
}

/// The most characters of a number.
const MAX_NUMBER: usize = 128;

pub(crate) const fn is_white_space(byte: u8) -> bool {
    matches!(byte, b'\0' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

const fn is_regular(byte: u8) -> bool {
    !is_white_space(byte) && !is_delimiter(byte)
}

impl<'a> Parser<'a> {
    pub(crate) const fn new(reader: Reader<'a>, work: &'a Work) -> Self {
        Self { reader, nodes: 0, work }
    }

    pub(crate) const fn position(&self) -> u64 {
        self.reader.position()
    }

    const fn broken(&self, what: &'static str) -> PdfError {
        PdfError::broken_at(what, self.position())
    }

    fn peek(&mut self) -> Result<Option<u8>, PdfError> {
        Ok(self.reader.peek(1)?.first().copied())
    }

    /// Whether these bytes come next.
    fn is_next(&mut self, bytes: &[u8]) -> Result<bool, PdfError> {
        Ok(self.reader.peek(bytes.len())? == bytes)
    }

    fn advance(&mut self, count: usize) -> Result<(), PdfError> {
        self.work.spend(count as u64)?;
        self.reader.advance(count);
        Ok(())
    }

    /// Takes the byte that comes next.
    fn take(&mut self) -> Result<Option<u8>, PdfError> {
        let byte = self.peek()?;
        self.advance(usize::from(byte.is_some()))?;
        Ok(byte)
    }

    /// Takes all bytes that come next and are `wanted`, and hands them to `each` in pieces.
    pub(crate) fn take_while(
        &mut self,
        wanted: impl Fn(u8) -> bool,
        mut each: impl FnMut(&[u8]),
    ) -> Result<(), PdfError> {
        loop {
            let ahead = self.reader.ahead(1)?;
            let count = ahead.iter().take_while(|&&byte| wanted(byte)).count();
            let more = count > 0 && count == ahead.len();
            each(ahead.get(..count).unwrap_or_default());
            self.advance(count)?;
            if !more {
                return Ok(());
            }
        }
    }

    /// Skips white space and comments.
    pub(crate) fn skip_space(&mut self) -> Result<(), PdfError> {
        loop {
            self.take_while(is_white_space, |_| ())?;
            if self.peek()? != Some(b'%') {
                return Ok(());
            }
            self.take_while(|byte| byte != b'\n' && byte != b'\r', |_| ())?;
        }
    }

    /// Skips white space, but no comments.
    pub(crate) fn skip_white_space(&mut self) -> Result<(), PdfError> {
        self.take_while(is_white_space, |_| ())
    }

    /// Whether nothing comes next.
    pub(crate) fn is_at_end(&self) -> bool {
        self.position() >= self.reader.length()
    }

    /// Whether `keyword` comes next, as a whole word, after white space and comments.
    pub(crate) fn is_keyword_next(&mut self, keyword: &str) -> Result<bool, PdfError> {
        self.skip_space()?;
        let next = self.reader.peek(keyword.len().saturating_add(1))?;
        Ok(next
            .strip_prefix(keyword.as_bytes())
            .is_some_and(|after| !after.first().is_some_and(|&byte| is_regular(byte))))
    }

    /// Takes `keyword` when it comes next, as a whole word.
    pub(crate) fn keyword(&mut self, keyword: &str) -> Result<bool, PdfError> {
        let found = self.is_keyword_next(keyword)?;
        if found {
            self.advance(keyword.len())?;
        }
        Ok(found)
    }

    /// Takes an unsigned integer when one comes next.
    pub(crate) fn unsigned(&mut self) -> Result<Option<u64>, PdfError> {
        self.skip_space()?;
        let next = self.reader.peek(MAX_NUMBER.saturating_add(1))?;
        let digits = next.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (text, after) = next.split_at_checked(digits).unwrap_or_default();
        if digits > MAX_NUMBER || after.first().is_some_and(|&byte| is_regular(byte)) {
            return Ok(None);
        }
        let Some(value) = core::str::from_utf8(text).ok().and_then(|text| text.parse().ok()) else {
            return Ok(None);
        };
        self.advance(digits)?;
        Ok(Some(value))
    }

    /// Takes the next `N` bytes when they are what `read` looks for.
    pub(crate) fn exactly<const N: usize, T>(
        &mut self,
        read: impl FnOnce(&[u8; N]) -> Option<T>,
    ) -> Result<Option<T>, PdfError> {
        let found = self.reader.peek(N)?.first_chunk().and_then(read);
        if found.is_some() {
            self.advance(N)?;
        }
        Ok(found)
    }

    /// Takes `number generation obj`, the head of an indirect object.
    pub(crate) fn object_head(&mut self) -> Result<ObjectId, PdfError> {
        let start = self.position();
        let number = self.unsigned()?.and_then(|value| u32::try_from(value).ok());
        let generation = self.unsigned()?.and_then(|value| u16::try_from(value).ok());
        match (number, generation, self.keyword("obj")?) {
            (Some(number), Some(generation), true) => Ok(ObjectId { number, generation }),
            _ => Err(PdfError::broken_at("an object was expected", start)),
        }
    }

    /// Passes over the `length` bytes of a stream's data, when a stream follows its dictionary
    /// (ISO 32000-1 §7.3.8.1), and the keyword after them; says where the data is.
    pub(crate) fn stream_data(&mut self, length: i64) -> Result<StreamData, PdfError> {
        let start = self.position();
        let invalid = || PdfError::broken_at("a stream has no valid /Length", start);
        if !self.keyword("stream")? {
            return Err(PdfError::broken_at("a stream was expected", start));
        }
        let end_of_line = match self.reader.peek(2)? {
            b"\r\n" => 2,
            [b'\n', ..] => 1,
            _ => 0,
        };
        self.reader.advance(end_of_line);
        let data = StreamData {
            start: self.position(),
            length: u64::try_from(length).map_err(|_| invalid())?,
        };
        let end = data.start.checked_add(data.length).filter(|&end| end <= self.reader.length());
        let end = end.ok_or_else(invalid)?;
        self.work.spend(data.length)?;
        self.reader.set_position(end);
        if !self.keyword("endstream")? {
            return Err(invalid());
        }
        Ok(data)
    }

    /// Takes the object that comes next.
    pub(crate) fn object(&mut self) -> Result<Object, PdfError> {
        self.nodes = 0;
        self.nested_object(0)
    }

    fn nested_object(&mut self, depth: usize) -> Result<Object, PdfError> {
        if depth > limits::MAX_DEPTH {
            return Err(PdfError::TooComplex {
                what: "arrays or dictionaries are nested too deeply",
            });
        }
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes > limits::MAX_OBJECT_NODES {
            return Err(PdfError::TooComplex { what: "an object has too many parts" });
        }
        self.skip_space()?;
        match self.peek()? {
            Some(b'/') => self.name().map(Object::Name),
            Some(b'(') => self.literal_string().map(Object::String),
            Some(b'[') => self.array(depth),
            Some(b'<') if self.is_next(b"<<")? => self.dictionary(depth).map(Object::Dictionary),
            Some(b'<') => {
                self.advance(1)?;
                self.hexadecimal_string().map(Object::String)
            }
            Some(b'0'..=b'9') => self.number_or_reference(),
            Some(b'+' | b'-' | b'.') => self.number(),
            Some(_) => {
                if self.keyword("null")? {
                    Ok(Object::Null)
                } else if self.keyword("true")? {
                    Ok(Object::Boolean(true))
                } else if self.keyword("false")? {
                    Ok(Object::Boolean(false))
                } else {
                    Err(self.broken("an object was expected"))
                }
            }
            None => Err(self.broken("the file ends inside an object")),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Object, PdfError> {
        self.advance(1)?;
        let mut items = Vec::new();
        loop {
            self.skip_space()?;
            if self.peek()? == Some(b']') {
                self.advance(1)?;
                return Ok(Object::Array(items));
            }
            items.push(self.nested_object(depth.saturating_add(1))?);
        }
    }

    fn dictionary(&mut self, depth: usize) -> Result<Dictionary, PdfError> {
        self.advance(2)?;
        let mut entries = Vec::new();
        loop {
            self.skip_space()?;
            match self.peek()? {
                Some(b'/') => {
                    let key = self.name()?;
                    entries.push((key, self.nested_object(depth.saturating_add(1))?));
                }
                Some(b'>') if self.is_next(b">>")? => {
                    self.advance(2)?;
                    return Ok(Dictionary(entries));
                }
                _ => return Err(self.broken("a dictionary's key or end was expected")),
            }
        }
    }

    fn name(&mut self) -> Result<Vec<u8>, PdfError> {
        self.advance(1)?;
        let mut written = Vec::new();
        self.take_while(is_regular, |piece| written.extend_from_slice(piece))?;
        if !written.contains(&b'#') {
            return Ok(written);
        }
        let mut name = Vec::with_capacity(written.len());
        let mut rest = written.as_slice();
        while let Some((&byte, tail)) = rest.split_first() {
            rest = tail;
            if byte == b'#'
                && let [high, low, after @ ..] = tail
                && let (Some(high), Some(low)) = (hexadecimal(*high), hexadecimal(*low))
            {
                name.push(high << 4 | low);
                rest = after;
            } else {
                name.push(byte);
            }
        }
        Ok(name)
    }

    fn number(&mut self) -> Result<Object, PdfError> {
        let broken = self.broken("a number was expected");
        let next = self.reader.peek(MAX_NUMBER.saturating_add(1))?;
        let length =
            next.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.')).count();
        let (text, after) = next.split_at_checked(length).unwrap_or_default();
        if length > MAX_NUMBER || after.first().is_some_and(|&byte| is_regular(byte)) {
            return Err(broken);
        }
        let Ok(text) = core::str::from_utf8(text) else { return Err(broken) };
        let object = match text.parse::<i64>() {
            Ok(value) => Object::Integer(value),
            // `.5`, `5.` and `-.5` are reals in PDF and parse as such in Rust.
            Err(_) if text.parse::<f64>().is_ok() => Object::Real(text.into()),
            Err(_) => return Err(broken),
        };
        self.advance(length)?;
        Ok(object)
    }

    fn number_or_reference(&mut self) -> Result<Object, PdfError> {
        let number = self.number()?;
        let Some(id) = number.as_integer().and_then(|value| u32::try_from(value).ok()) else {
            return Ok(number);
        };
        let after = self.position();
        if let Some(generation) = self.unsigned()?
            && let Ok(generation) = u16::try_from(generation)
            && self.keyword("R")?
        {
            return Ok(Object::Reference(ObjectId { number: id, generation }));
        }
        self.reader.set_position(after);
        Ok(number)
    }

    /// Takes the rest, after `<`, of a string that is written in hexadecimal digits, white space
    /// between them ignored; a last odd digit is followed by an implied 0.
    pub(crate) fn hexadecimal_string(&mut self) -> Result<Vec<u8>, PdfError> {
        let not_a_digit = self.broken("a string has a digit that is not hexadecimal");
        let no_end = self.broken("a string has no end");
        let mut string = Vec::new();
        let (mut high, mut valid) = (None, true);
        self.take_while(
            |byte| byte != b'>',
            |piece| {
                for &byte in piece.iter().filter(|&&byte| !is_white_space(byte)) {
                    match (hexadecimal(byte), high.take()) {
                        (Some(low), Some(high)) => string.push(high << 4 | low),
                        (digit, None) => high = digit,
                        (None, _) => {}
                    }
                    valid &= hexadecimal(byte).is_some();
                }
            },
        )?;
        string.extend(high.map(|high| high << 4));
        match self.take()? {
            None => Err(no_end),
            Some(_) if !valid => Err(not_a_digit),
            Some(_) => Ok(string),
        }
    }

    fn literal_string(&mut self) -> Result<Vec<u8>, PdfError> {
        let no_end = self.broken("a string has no end");
        self.advance(1)?;
        let mut string = Vec::new();
        let mut open = 1usize;
        loop {
            let plain = |byte| !matches!(byte, b'(' | b')' | b'\\' | b'\r');
            self.take_while(plain, |piece| string.extend_from_slice(piece))?;
            match self.take()? {
                Some(b'(') => {
                    open = open.saturating_add(1);
                    string.push(b'(');
                }
                Some(b')') => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        return Ok(string);
                    }
                    string.push(b')');
                }
                Some(b'\\') => match self.take()? {
                    None => return Err(no_end),
                    Some(escaped) => string.extend(self.escaped(escaped)?),
                },
                Some(_) => {
                    self.end_of_line()?;
                    string.push(b'\n');
                }
                None => return Err(no_end),
            }
        }
    }

    /// What a backslash and `escaped` stand for (ISO 32000-1 table 3).
    fn escaped(&mut self, escaped: u8) -> Result<Option<u8>, PdfError> {
        Ok(Some(match escaped {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'0'..=b'7' => {
                let mut value = u32::from(escaped - b'0');
                for _ in 0..2 {
                    let Some(next @ b'0'..=b'7') = self.peek()? else { break };
                    value = value << 3 | u32::from(next - b'0');
                    self.advance(1)?;
                }
                // High-order overflow is ignored: ISO 32000-1 §7.3.4.2.
                (value & 0xff) as u8
            }
            b'\r' => {
                self.end_of_line()?;
                return Ok(None);
            }
            b'\n' => return Ok(None),
            other => other,
        }))
    }

    /// Passes over the line feed that belongs to a carriage return.
    fn end_of_line(&mut self) -> Result<(), PdfError> {
        let count = usize::from(self.peek()? == Some(b'\n'));
        self.advance(count)
    }
}

/// Where the data of a stream is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StreamData {
    pub(crate) start: u64,
    pub(crate) length: u64,
}

const fn hexadecimal(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serialize::write_object;

    fn parsed(bytes: &[u8]) -> Result<Object, PdfError> {
        Parser::new(Reader::of(bytes, 0), &Work::new(1 << 20)).object()
    }

    #[test]
    fn a_literal_string_is_unescaped() {
        for (written, meant) in [
            (&b"(a(b)c)"[..], &b"a(b)c"[..]),
            (b"(\\n\\r\\t\\b\\f\\(\\)\\\\\\x)", b"\n\r\t\x08\x0c()\\x"),
            (b"(\\101\\60\\0538\\7)", b"A0+8\x07"),
            (b"(\\777)", b"\xff"),
            (b"(a\\\r\nb\\\nc\\\rd)", b"abcd"),
            (b"(a\r\nb\rc\nd)", b"a\nb\nc\nd"),
        ] {
            assert_eq!(parsed(written), Ok(Object::String(meant.to_vec())), "{written:?}");
        }
        assert!(parsed(b"(a").is_err());
        assert!(parsed(b"(a\\").is_err());
    }

    #[test]
    fn a_hexadecimal_string_may_be_odd_and_spaced() {
        assert_eq!(parsed(b"<4 1\n42 5>"), Ok(Object::String(b"ABP".to_vec())));
        assert!(parsed(b"<4x>").is_err());
        assert!(parsed(b"<41").is_err());
    }

    #[test]
    fn numbers_are_told_from_references() {
        let object = parsed(b"[1 2 R 3 4 5 R% a comment R\n+6 -.7 8. 9 99999 R 10 0 Rx]").is_err();
        assert!(object, "Rx is no object");
        let id = |number, generation| Object::Reference(ObjectId { number, generation });
        assert_eq!(
            parsed(b"[1 2 R 3 4 5 R%x\n+6 -.7 8.]"),
            Ok(Object::Array(vec![
                id(1, 2),
                Object::Integer(3),
                id(4, 5),
                Object::Integer(6),
                Object::Real("-.7".into()),
                Object::Real("8.".into()),
            ]))
        );
        for bad in [&b"1a"[..], b"--1", b"1.2.3", b"+", b".", b"tru", b"nullx", b"1e5", b""] {
            assert!(parsed(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let written: &[u8] =
            b"<</A [null true false -1 2.50 /N#41#2F#20#00 (a\\)\\\\) <00ff> 7 1 R \
            <<>> []]/B<</C/D/E()>>>>";
        let object = parsed(written).unwrap();
        let mut out = Vec::new();
        write_object(&mut out, &object);
        assert_eq!(parsed(&out), Ok(object), "{}", String::from_utf8_lossy(&out));
    }

    #[test]
    fn s35_work_is_bounded() {
        let work = Work::new(10);
        assert!(Parser::new(Reader::of(b"(12345678)", 0), &work).object().is_ok());
        let again = Parser::new(Reader::of(b"1", 0), &work).object();
        assert!(matches!(again, Err(PdfError::TooComplex { .. })), "{again:?}");
    }
}
