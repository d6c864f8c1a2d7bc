//! PDF objects (ISO 32000-1 §7.3), read and written.

use super::PdfError;

/// Levels of arrays and dictionaries inside each other.
const DEPTH: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    Null,
    Boolean(bool),
    Integer(i64),
    /// As it is spelled.
    Real(String),
    /// Without the solidus, escapes resolved.
    Name(Vec<u8>),
    String(Vec<u8>),
    Array(Vec<Self>),
    Dictionary(Dictionary),
    /// Number and generation.
    Reference(ObjectId),
}

/// Number and generation.
pub(crate) type ObjectId = (u32, u16);

impl Object {
    pub(crate) fn name(name: &str) -> Self {
        Self::Name(name.as_bytes().to_vec())
    }

    pub(crate) fn text(text: &str) -> Self {
        Self::String(text.as_bytes().to_vec())
    }

    pub(crate) fn integers(numbers: &[i64]) -> Self {
        Self::Array(numbers.iter().map(|number| Self::Integer(*number)).collect())
    }

    /// A string of text: as it is when it is ASCII, else UTF-16 (ISO 32000-1 §7.9.2.2).
    pub(crate) fn words(text: &str) -> Self {
        if text.is_ascii() {
            return Self::text(text);
        }
        let units = text.encode_utf16().flat_map(u16::to_be_bytes);
        Self::String([0xFE, 0xFF].into_iter().chain(units).collect())
    }

    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => i32::try_from(*number).ok().map(f64::from),
            Self::Real(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn as_usize(&self) -> Option<usize> {
        match self {
            Self::Integer(number) => usize::try_from(*number).ok(),
            _ => None,
        }
    }

    pub(crate) fn as_dictionary(&self) -> Option<&Dictionary> {
        match self {
            Self::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        }
    }

    pub(crate) fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(members) => Some(members),
            _ => None,
        }
    }

    pub(crate) fn as_reference(&self) -> Option<ObjectId> {
        match self {
            Self::Reference(id) => Some(*id),
            _ => None,
        }
    }

    /// Appends the object.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Boolean(true) => out.extend_from_slice(b"true"),
            Self::Boolean(false) => out.extend_from_slice(b"false"),
            Self::Integer(number) => out.extend(number.to_string().bytes()),
            Self::Real(text) => out.extend_from_slice(text.as_bytes()),
            Self::Name(name) => write_name(out, name),
            Self::String(bytes) => {
                out.extend(format!("<{}>", crate::random::hexadecimal(bytes)).bytes());
            }
            Self::Array(members) => {
                out.push(b'[');
                for (index, member) in members.iter().enumerate() {
                    if index != 0 {
                        out.push(b' ');
                    }
                    member.write(out);
                }
                out.push(b']');
            }
            Self::Dictionary(dictionary) => {
                out.extend_from_slice(b"<<");
                for (key, value) in &dictionary.members {
                    write_name(out, key);
                    out.push(b' ');
                    value.write(out);
                }
                out.extend_from_slice(b">>");
            }
            Self::Reference((number, generation)) => {
                out.extend(format!("{number} {generation} R").bytes());
            }
        }
    }
}

fn write_name(out: &mut Vec<u8>, name: &[u8]) {
    out.push(b'/');
    for &byte in name {
        if byte.is_ascii_graphic() && !is_delimiter(byte) && byte != b'#' {
            out.push(byte);
        } else {
            out.extend(format!("#{byte:02X}").bytes());
        }
    }
}

/// A dictionary in the order of its making.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dictionary {
    members: Vec<(Vec<u8>, Object)>,
}

impl Dictionary {
    pub(crate) fn get(&self, key: &str) -> Option<&Object> {
        self.members.iter().find(|(name, _)| name == key.as_bytes()).map(|(_, value)| value)
    }

    pub(crate) fn set(&mut self, key: &str, value: Object) {
        self.members.retain(|(name, _)| name != key.as_bytes());
        self.members.push((key.as_bytes().to_vec(), value));
    }
}

/// Reads objects from bytes, at a place.
pub(crate) struct Parser<'b> {
    bytes: &'b [u8],
    pub(crate) place: usize,
}

impl<'b> Parser<'b> {
    pub(crate) fn at(bytes: &'b [u8], place: usize) -> Self {
        Self { bytes, place }
    }

    fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.place..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// Passes over a keyword or a delimiter if it is next.
    pub(crate) fn take(&mut self, token: &str) -> bool {
        self.skip_space();
        let there = self.rest().starts_with(token.as_bytes());
        if there {
            self.place += token.len();
        }
        there
    }

    pub(crate) fn expect(&mut self, token: &str) -> Result<(), PdfError> {
        self.take(token).then_some(()).ok_or(PdfError::Broken)
    }

    /// An unsigned number.
    pub(crate) fn number(&mut self) -> Result<usize, PdfError> {
        self.object()?.as_usize().ok_or(PdfError::Broken)
    }

    pub(crate) fn object(&mut self) -> Result<Object, PdfError> {
        self.nested(0)
    }

    fn nested(&mut self, depth: usize) -> Result<Object, PdfError> {
        if depth > DEPTH {
            return Err(PdfError::Broken);
        }
        self.skip_space();
        if self.take("<<") {
            let mut dictionary = Dictionary::default();
            while !self.take(">>") {
                let Object::Name(key) = self.nested(depth + 1)? else {
                    return Err(PdfError::Broken);
                };
                let value = self.nested(depth + 1)?;
                dictionary.members.push((key, value));
            }
            return Ok(Object::Dictionary(dictionary));
        }
        match self.peek().ok_or(PdfError::Broken)? {
            b'/' => {
                self.place += 1;
                Ok(Object::Name(unescape_name(self.word())))
            }
            b'(' => self.literal(),
            b'<' => self.hexadecimal(),
            b'[' => {
                self.place += 1;
                let mut members = Vec::new();
                while !self.take("]") {
                    members.push(self.nested(depth + 1)?);
                }
                Ok(Object::Array(members))
            }
            _ => self.plain(),
        }
    }

    fn plain(&mut self) -> Result<Object, PdfError> {
        let word = self.word();
        let text = core::str::from_utf8(word).map_err(|_| PdfError::Broken)?;
        match text {
            "null" => return Ok(Object::Null),
            "true" => return Ok(Object::Boolean(true)),
            "false" => return Ok(Object::Boolean(false)),
            _ => {}
        }
        let Ok(number) = text.parse::<i64>() else {
            let real = text.parse::<f64>().is_ok_and(f64::is_finite);
            return real.then(|| Object::Real(text.to_owned())).ok_or(PdfError::Broken);
        };
        Ok(self.reference(number).map_or(Object::Integer(number), Object::Reference))
    }

    /// What follows a number in a reference: a generation and an `R`.
    fn reference(&mut self, number: i64) -> Option<ObjectId> {
        let mut ahead = Parser::at(self.bytes, self.place);
        ahead.skip_space();
        let generation = core::str::from_utf8(ahead.word()).ok()?.parse().ok()?;
        ahead.skip_space();
        (ahead.word() == b"R").then_some(())?;
        self.place = ahead.place;
        Some((u32::try_from(number).ok()?, generation))
    }

    fn word(&mut self) -> &'b [u8] {
        let rest = self.rest();
        let end = rest.iter().position(|byte| is_space(*byte) || is_delimiter(*byte));
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.place += word.len();
        word
    }

    fn literal(&mut self) -> Result<Object, PdfError> {
        self.place += 1;
        let mut bytes = Vec::new();
        let mut open = 1usize;
        loop {
            let byte = self.peek().ok_or(PdfError::Broken)?;
            self.place += 1;
            match byte {
                b'(' => open += 1,
                b')' => open -= 1,
                b'\\' => {
                    self.escape(&mut bytes)?;
                    continue;
                }
                _ => {}
            }
            if open == 0 {
                return Ok(Object::String(bytes));
            }
            bytes.push(byte);
        }
    }

    /// What follows a reverse solidus (ISO 32000-1 table 3).
    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), PdfError> {
        let byte = self.peek().ok_or(PdfError::Broken)?;
        self.place += 1;
        match byte {
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'\r' => self.place += usize::from(self.peek() == Some(b'\n')),
            b'\n' => {}
            b'0'..=b'7' => {
                let mut code = u16::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    code = code * 8 + u16::from(digit - b'0');
                    self.place += 1;
                }
                bytes.push(code.to_be_bytes()[1]);
            }
            other => bytes.push(other),
        }
        Ok(())
    }

    fn hexadecimal(&mut self) -> Result<Object, PdfError> {
        self.place += 1;
        let end = self.rest().iter().position(|byte| *byte == b'>').ok_or(PdfError::Broken)?;
        let inside = self.rest().get(..end).unwrap_or_default();
        self.place += end + 1;
        let digits = inside.iter().filter(|byte| !is_space(**byte));
        let digits: Option<Vec<u32>> = digits.map(|byte| char::from(*byte).to_digit(16)).collect();
        let digits = digits.ok_or(PdfError::Broken)?;
        let byte = |pair: &[u32]| {
            let low = pair.get(1).copied().unwrap_or_default();
            (pair.first().copied().unwrap_or_default() << 4 | low) as u8
        };
        Ok(Object::String(digits.chunks(2).map(byte).collect()))
    }

    fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                let end = self.rest().iter().position(|byte| matches!(byte, b'\r' | b'\n'));
                self.place += end.unwrap_or_else(|| self.rest().len());
            } else if is_space(byte) {
                self.place += 1;
            } else {
                return;
            }
        }
    }
}

fn unescape_name(word: &[u8]) -> Vec<u8> {
    let mut name = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((&byte, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|digits| core::str::from_utf8(digits).ok());
        let code = code.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, code) {
            (b'#', Some(code)) => {
                name.push(code);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                name.push(byte);
                rest = tail;
            }
        }
    }
    name
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_delimiter(byte: u8) -> bool {
    b"()<>[]{}/%".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(text: &str) -> String {
        let object = Parser::at(text.as_bytes(), 0).object().unwrap();
        let mut out = Vec::new();
        object.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn objects_are_read_and_written_as_iso_32000_has_them() {
        for (read, written) in [
            (
                "<< /A#23B (\\0(x)\\)) % why\n /C [ 1 -2 +3 .5 7 0 R 8 0 ] >>",
                "<</A#23B <0028782929>/C [1 -2 3 .5 7 0 R 8 0]>>",
            ),
            ("<48 6>", "<4860>"),
            ("[true false null/N]", "[true false null /N]"),
            ("(a\\\r\nb\\101\\n)", "<6162410a>"),
        ] {
            assert_eq!(rewritten(read), written);
        }
    }

    #[test]
    fn s35_depth_is_bounded_and_what_is_cut_is_refused() {
        for broken in ["[", "<<", "<</A", "(a", "<4", "<</A>>", "", "nul", "<</A 1"] {
            assert!(Parser::at(broken.as_bytes(), 0).object().is_err(), "{broken}");
        }
        assert!(Parser::at("[".repeat(100_000).as_bytes(), 0).object().is_err());
    }
}
