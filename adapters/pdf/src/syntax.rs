//! Bytes into objects: ISO 32000-1 §7.2 and §7.3, with bounded depth, nodes and work.

use core::cell::Cell;

use crate::error::PdfError;
use crate::limits;
use crate::object::{Dictionary, Object, ObjectId};

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

    pub(crate) fn spend(&self, bytes: usize) -> Result<(), PdfError> {
        let left = self.0.get().checked_sub(bytes as u64).ok_or(PdfError::TooComplex {
            what: "the same bytes would have to be read over and over",
        })?;
        self.0.set(left);
        Ok(())
    }
}

/// Reads objects from `bytes`, beginning at a position.
pub(crate) struct Parser<'a> {
    bytes: &'a [u8],
    position: usize,
    nodes: usize,
    work: &'a Work,
}

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
    pub(crate) const fn new(bytes: &'a [u8], position: usize, work: &'a Work) -> Self {
        Self { bytes, position, nodes: 0, work }
    }

    pub(crate) const fn position(&self) -> usize {
        self.position
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    const fn broken(&self, what: &'static str) -> PdfError {
        PdfError::broken_at(what, self.position)
    }

    fn advance(&mut self, count: usize) -> Result<(), PdfError> {
        self.work.spend(count)?;
        self.position = self.position.saturating_add(count);
        Ok(())
    }

    /// Skips white space and comments.
    pub(crate) fn skip_space(&mut self) -> Result<(), PdfError> {
        loop {
            let blanks = self.rest().iter().take_while(|&&byte| is_white_space(byte)).count();
            self.advance(blanks)?;
            if self.peek() != Some(b'%') {
                return Ok(());
            }
            let comment =
                self.rest().iter().take_while(|&&byte| byte != b'\n' && byte != b'\r').count();
            self.advance(comment)?;
        }
    }

    /// Takes `keyword` when it comes next, as a whole word.
    pub(crate) fn keyword(&mut self, keyword: &str) -> Result<bool, PdfError> {
        self.skip_space()?;
        let rest = self.rest();
        let ends = rest.get(keyword.len()).is_none_or(|&byte| !is_regular(byte));
        let found = rest.starts_with(keyword.as_bytes()) && ends;
        if found {
            self.advance(keyword.len())?;
        }
        Ok(found)
    }

    /// Takes an unsigned integer when one comes next.
    pub(crate) fn unsigned(&mut self) -> Result<Option<u64>, PdfError> {
        self.skip_space()?;
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = self.rest().get(..digits).unwrap_or_default();
        let Some(value) = core::str::from_utf8(text).ok().and_then(|text| text.parse().ok()) else {
            return Ok(None);
        };
        if self.rest().get(digits).is_some_and(|&byte| is_regular(byte)) {
            return Ok(None);
        }
        self.advance(digits)?;
        Ok(Some(value))
    }

    /// Takes `number generation obj`, the head of an indirect object.
    pub(crate) fn object_head(&mut self) -> Result<ObjectId, PdfError> {
        let start = self.position;
        let number = self.unsigned()?.and_then(|value| u32::try_from(value).ok());
        let generation = self.unsigned()?.and_then(|value| u16::try_from(value).ok());
        match (number, generation, self.keyword("obj")?) {
            (Some(number), Some(generation), true) => Ok(ObjectId { number, generation }),
            _ => Err(PdfError::broken_at("an object was expected", start)),
        }
    }

    /// Takes the `length` bytes of a stream's data, when a stream follows its dictionary
    /// (ISO 32000-1 §7.3.8.1), and the keyword after them.
    pub(crate) fn stream_data(&mut self, length: i64) -> Result<&'a [u8], PdfError> {
        let start = self.position;
        if !self.keyword("stream")? {
            return Err(PdfError::broken_at("a stream was expected", start));
        }
        let rest = self.rest();
        let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
        let data = usize::try_from(length)
            .ok()
            .and_then(|length| rest.get(..length))
            .ok_or_else(|| PdfError::broken_at("a stream has no valid /Length", start))?;
        self.position = self.bytes.len().saturating_sub(rest.len());
        self.advance(data.len())?;
        if !self.keyword("endstream")? {
            return Err(PdfError::broken_at("a stream has no valid /Length", start));
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
        match self.peek() {
            Some(b'/') => self.name().map(Object::Name),
            Some(b'(') => self.literal_string().map(Object::String),
            Some(b'[') => self.array(depth),
            Some(b'<') if self.rest().get(1) == Some(&b'<') => {
                self.dictionary(depth).map(Object::Dictionary)
            }
            Some(b'<') => self.hexadecimal_string().map(Object::String),
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
            if self.peek() == Some(b']') {
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
            match self.peek() {
                Some(b'/') => {
                    let key = self.name()?;
                    entries.push((key, self.nested_object(depth.saturating_add(1))?));
                }
                Some(b'>') if self.rest().get(1) == Some(&b'>') => {
                    self.advance(2)?;
                    return Ok(Dictionary(entries));
                }
                _ => return Err(self.broken("a dictionary's key or end was expected")),
            }
        }
    }

    fn name(&mut self) -> Result<Vec<u8>, PdfError> {
        self.advance(1)?;
        let length = self.rest().iter().take_while(|&&byte| is_regular(byte)).count();
        let written = self.rest().get(..length).unwrap_or_default();
        self.advance(length)?;
        let mut name = Vec::with_capacity(length);
        let mut rest = written;
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
        let length = self
            .rest()
            .iter()
            .take_while(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.'))
            .count();
        let text = core::str::from_utf8(self.rest().get(..length).unwrap_or_default())
            .map_err(|_| self.broken("a number was expected"))?;
        if self.rest().get(length).is_some_and(|&byte| is_regular(byte)) {
            return Err(self.broken("a number was expected"));
        }
        let object = match text.parse::<i64>() {
            Ok(value) => Object::Integer(value),
            // `.5`, `5.` and `-.5` are reals in PDF and parse as such in Rust.
            Err(_) if text.len() <= 128 && text.parse::<f64>().is_ok() => Object::Real(text.into()),
            Err(_) => return Err(self.broken("a number was expected")),
        };
        self.advance(length)?;
        Ok(object)
    }

    fn number_or_reference(&mut self) -> Result<Object, PdfError> {
        let number = self.number()?;
        let Some(id) = number.as_integer().and_then(|value| u32::try_from(value).ok()) else {
            return Ok(number);
        };
        let after = self.position;
        if let Some(generation) = self.unsigned()?
            && let Ok(generation) = u16::try_from(generation)
            && self.keyword("R")?
        {
            return Ok(Object::Reference(ObjectId { number: id, generation }));
        }
        self.position = after;
        Ok(number)
    }

    fn hexadecimal_string(&mut self) -> Result<Vec<u8>, PdfError> {
        self.advance(1)?;
        let length = self.rest().iter().take_while(|&&byte| byte != b'>').count();
        let written = self.rest().get(..length).unwrap_or_default();
        if length == self.rest().len() {
            return Err(self.broken("a string has no end"));
        }
        let string = hexadecimal_bytes(written)
            .ok_or_else(|| self.broken("a string has a digit that is not hexadecimal"))?;
        self.advance(length.saturating_add(1))?;
        Ok(string)
    }

    fn literal_string(&mut self) -> Result<Vec<u8>, PdfError> {
        let start = self.position;
        let mut string = Vec::new();
        let mut open = 0usize;
        let mut bytes = self.rest().iter().copied().enumerate().peekable();
        while let Some((index, byte)) = bytes.next() {
            match byte {
                b'(' => {
                    open = open.saturating_add(1);
                    if open > 1 {
                        string.push(byte);
                    }
                }
                b')' => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        self.advance(index.saturating_add(1))?;
                        return Ok(string);
                    }
                    string.push(byte);
                }
                b'\\' => match bytes.next().map(|(_, escaped)| escaped) {
                    Some(b'n') => string.push(b'\n'),
                    Some(b'r') => string.push(b'\r'),
                    Some(b't') => string.push(b'\t'),
                    Some(b'b') => string.push(8),
                    Some(b'f') => string.push(12),
                    Some(digit @ b'0'..=b'7') => {
                        let mut value = u32::from(digit - b'0');
                        for _ in 0..2 {
                            match bytes.peek() {
                                Some(&(_, next @ b'0'..=b'7')) => {
                                    value = value << 3 | u32::from(next - b'0');
                                    bytes.next();
                                }
                                _ => break,
                            }
                        }
                        // High-order overflow is ignored: ISO 32000-1 §7.3.4.2.
                        string.push((value & 0xff) as u8);
                    }
                    Some(b'\r') => {
                        if matches!(bytes.peek(), Some((_, b'\n'))) {
                            bytes.next();
                        }
                    }
                    Some(b'\n') => {}
                    Some(other) => string.push(other),
                    None => break,
                },
                b'\r' => {
                    if matches!(bytes.peek(), Some((_, b'\n'))) {
                        bytes.next();
                    }
                    string.push(b'\n');
                }
                _ => string.push(byte),
            }
        }
        Err(PdfError::broken_at("a string has no end", start))
    }
}

/// The bytes that hexadecimal digits stand for, white space between them ignored; a last odd digit
/// is followed by an implied 0.
pub(crate) fn hexadecimal_bytes(written: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(written.len() / 2 + 1);
    let mut high = None;
    for &byte in written {
        if is_white_space(byte) {
            continue;
        }
        let digit = hexadecimal(byte)?;
        match high.take() {
            Some(high) => bytes.push(high << 4 | digit),
            None => high = Some(digit),
        }
    }
    if let Some(high) = high {
        bytes.push(high << 4);
    }
    Some(bytes)
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
        Parser::new(bytes, 0, &Work::new(1 << 20)).object()
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
        assert!(Parser::new(b"(12345678)", 0, &work).object().is_ok());
        let again = Parser::new(b"1", 0, &work).object();
        assert!(matches!(again, Err(PdfError::TooComplex { .. })), "{again:?}");
    }
}
