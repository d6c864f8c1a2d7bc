//! `multipart/form-data` (RFC 7578) read strictly and piece by piece: one part named `file`, and
//! nothing around it.
//!
//! What the RFCs allow and no client has a reason to send is refused too: a preamble, an epilogue,
//! white space behind a boundary, a `filename*` (RFC 7578 §4.2), a Content-Transfer-Encoding
//! (RFC 7578 §4.7).

use core::ops::Range;
use std::io::{self, Read};

/// Bytes of a part's header.
const HEADER_LIMIT: usize = 8 * 1024;

/// Bytes that are looked through at a time.
const STEP: usize = 64 * 1024;

/// The one part of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) file_name: String,
    pub(crate) media_type: String,
    /// Where in the body the content stands.
    pub(crate) content: Range<u64>,
}

/// Why a body is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MultipartError {
    #[error("the Content-Type is no multipart/form-data with a boundary: {0}")]
    ContentType(&'static str),
    #[error("the body is no multipart of one file: {0}")]
    Body(&'static str),
    #[error("the body cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// The boundary of a Content-Type (RFC 2046 §5.1.1).
pub(crate) fn boundary(content_type: &str) -> Result<String, MultipartError> {
    let wrong = MultipartError::ContentType;
    let (media, parameters) = content_type.split_once(';').ok_or_else(|| wrong("no boundary"))?;
    if !media.trim().eq_ignore_ascii_case("multipart/form-data") {
        return Err(wrong("another media type"));
    }
    let mut parameters = Parameters { rest: parameters };
    let mut boundary = None;
    while let Some(parameter) = parameters.next_parameter() {
        let (name, value) = parameter.map_err(wrong)?;
        if name.eq_ignore_ascii_case("boundary") && boundary.replace(value).is_some() {
            return Err(wrong("two boundaries"));
        }
    }
    let boundary = boundary.ok_or_else(|| wrong("no boundary"))?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
    if boundary.is_empty() || boundary.len() > 70 || boundary.ends_with(' ') {
        return Err(wrong("a boundary has 1 to 70 characters and ends in no space"));
    }
    if !boundary.bytes().all(allowed) {
        return Err(wrong("a character that no boundary has"));
    }
    Ok(boundary)
}

/// Reads a body to its end; `content` is given the part's content piece by piece.
pub(crate) fn read(
    body: impl Read,
    boundary: &str,
    mut content: impl FnMut(&[u8]),
) -> Result<Part, MultipartError> {
    let wrong = MultipartError::Body;
    let mut window = Window { body, bytes: Vec::new(), passed: 0, ended: false };
    window.take(format!("--{boundary}\r\n").as_bytes(), "it does not begin with the boundary")?;
    let header = window.header()?;
    let (file_name, media_type) = header_of(&header)?;

    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let start = window.passed;
    while !window.pass(&delimiter, &mut content)? {}
    let end = window.passed;
    window.take(&delimiter, "the content has no end")?;
    window.take(b"--", "there is more than one part, or the last boundary is not marked")?;
    window.fill(3)?;
    if !matches!(window.bytes.as_slice(), b"" | b"\r\n") {
        return Err(wrong("something follows the last boundary"));
    }
    Ok(Part { file_name, media_type, content: start..end })
}

/// The stretch of the body that is looked at.
struct Window<R> {
    body: R,
    bytes: Vec<u8>,
    /// Bytes of the body before it.
    passed: u64,
    ended: bool,
}

impl<R: Read> Window<R> {
    /// Reads until there are at least `length` bytes, or the body ends.
    fn fill(&mut self, length: usize) -> io::Result<()> {
        while self.bytes.len() < length && !self.ended {
            let wanted = length.max(STEP).saturating_sub(self.bytes.len()) as u64;
            let read = self.body.by_ref().take(wanted).read_to_end(&mut self.bytes)?;
            self.ended = read == 0;
        }
        Ok(())
    }

    fn drop_front(&mut self, length: usize) {
        self.bytes.drain(..length);
        self.passed += length as u64;
    }

    /// Expects bytes at the front and passes them.
    fn take(&mut self, expected: &[u8], otherwise: &'static str) -> Result<(), MultipartError> {
        self.fill(expected.len())?;
        if !self.bytes.starts_with(expected) {
            return Err(MultipartError::Body(otherwise));
        }
        self.drop_front(expected.len());
        Ok(())
    }

    /// The header to its empty line, which is passed too.
    fn header(&mut self) -> Result<Vec<u8>, MultipartError> {
        self.fill(HEADER_LIMIT)?;
        let within = self.bytes.get(..HEADER_LIMIT).unwrap_or(&self.bytes);
        let end = within.windows(4).position(|window| window == b"\r\n\r\n");
        let end = end.ok_or(MultipartError::Body("the part's header has no end"))?;
        let header = self.bytes.get(..end).unwrap_or_default().to_vec();
        self.drop_front(end + 4);
        Ok(header)
    }

    /// Passes content to the delimiter, or as much of it as is surely content; tells whether the
    /// delimiter stands at the front now.
    fn pass(
        &mut self,
        delimiter: &[u8],
        content: &mut impl FnMut(&[u8]),
    ) -> Result<bool, MultipartError> {
        self.fill(STEP)?;
        let found = find(&self.bytes, delimiter);
        // What may be the beginning of a delimiter stays.
        let sure = self.bytes.len().saturating_sub(delimiter.len());
        let length = found.unwrap_or(sure);
        if found.is_none() && (self.ended || length == 0) {
            return Err(MultipartError::Body("the content has no end"));
        }
        content(self.bytes.get(..length).unwrap_or_default());
        self.drop_front(length);
        Ok(found.is_some())
    }
}

/// Where a delimiter begins. Its first byte, a carriage return, is rare in most files.
fn find(bytes: &[u8], delimiter: &[u8]) -> Option<usize> {
    let first = delimiter.first()?;
    let mut place = 0;
    loop {
        let rest = bytes.get(place..)?;
        place += rest.iter().position(|byte| byte == first)?;
        if bytes.get(place..)?.starts_with(delimiter) {
            return Some(place);
        }
        place += 1;
    }
}

/// The file name and the media type of the part named `file`.
fn header_of(header: &[u8]) -> Result<(String, String), MultipartError> {
    let wrong = MultipartError::Body;
    let text = core::str::from_utf8(header).map_err(|_| wrong("the header is not UTF-8"))?;
    let mut disposition = None;
    let mut media_type = None;
    for line in text.split("\r\n") {
        if line.contains(['\r', '\n', '\0']) {
            return Err(wrong("a line of the header has no CRLF"));
        }
        let (name, value) =
            line.split_once(':').ok_or_else(|| wrong("a header without a colon"))?;
        let value = value.trim_matches([' ', '\t']);
        let place = match name.to_ascii_lowercase().as_str() {
            "content-disposition" => &mut disposition,
            "content-type" => &mut media_type,
            "content-transfer-encoding" => return Err(wrong("a Content-Transfer-Encoding")),
            _ => continue,
        };
        if place.replace(value).is_some() {
            return Err(wrong("a header twice"));
        }
    }
    let media_type = media_type.filter(|text| is_media_type(text));
    let media_type = media_type.ok_or_else(|| wrong("no Content-Type, or none that is one"))?;
    let disposition = disposition.ok_or_else(|| wrong("no Content-Disposition"))?;
    Ok((file_name(disposition)?, media_type.to_owned()))
}

/// The file name of `form-data; name="file"; filename="…"`.
fn file_name(disposition: &str) -> Result<String, MultipartError> {
    let wrong = MultipartError::Body;
    let (kind, parameters) = disposition.split_once(';').ok_or_else(|| wrong("no name"))?;
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return Err(wrong("the Content-Disposition is not form-data"));
    }
    let (mut name, mut file_name) = (None, None);
    let mut parameters = Parameters { rest: parameters };
    while let Some(parameter) = parameters.next_parameter() {
        let (key, value) = parameter.map_err(wrong)?;
        let place = match key {
            "name" => &mut name,
            "filename" => &mut file_name,
            _ => return Err(wrong("a parameter that form-data does not have")),
        };
        if place.replace(value).is_some() {
            return Err(wrong("a parameter twice"));
        }
    }
    if name.as_deref() != Some("file") {
        return Err(wrong("the part is not named file"));
    }
    let file_name =
        file_name.filter(|name| !name.is_empty()).ok_or_else(|| wrong("no filename"))?;
    if file_name.contains(['/', '\\']) || file_name.chars().any(char::is_control) {
        return Err(wrong("the filename is a path or has control characters"));
    }
    Ok(file_name)
}

/// `type/subtype`, with parameters or without.
fn is_media_type(text: &str) -> bool {
    let media = text.split(';').next().unwrap_or_default().trim();
    media.split_once('/').is_some_and(|(kind, sub)| is_token(kind) && is_token(sub))
}

/// RFC 9110 §5.6.2.
fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

/// `name=token` and `name="quoted string"`, with semicolons between them.
struct Parameters<'t> {
    rest: &'t str,
}

impl<'t> Parameters<'t> {
    fn next_parameter(&mut self) -> Option<Result<(&'t str, String), &'static str>> {
        let text = self.rest.trim_start();
        if text.is_empty() {
            return None;
        }
        Some(self.parameter(text))
    }

    fn parameter(&mut self, text: &'t str) -> Result<(&'t str, String), &'static str> {
        let (name, value) = text.split_once('=').ok_or("a parameter without a value")?;
        if !is_token(name) {
            return Err("a parameter whose name is no token");
        }
        let (value, rest) = match value.strip_prefix('"') {
            Some(quoted) => quoted_string(quoted).ok_or("a string without its end")?,
            None => {
                let end = value.find(';').unwrap_or(value.len());
                let (token, rest) = value.split_at(end);
                if !is_token(token.trim_end()) {
                    return Err("a value that is no token and not in quotes");
                }
                (token.trim_end().to_owned(), rest)
            }
        };
        let rest = rest.trim_start();
        self.rest = match rest.strip_prefix(';') {
            Some(rest) => rest,
            None if rest.is_empty() => rest,
            None => return Err("something behind a parameter"),
        };
        Ok((name, value))
    }
}

/// The text of a string whose opening quote is gone, and what follows its closing quote.
fn quoted_string(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((place, character)) = characters.next() {
        match character {
            '"' => return Some((value, text.get(place + 1..)?)),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "Content-Disposition: form-data; name=\"file\"; filename=\"a b.pdf\"\r\n\
                          Content-Type: application/pdf\r\n\r\n";

    fn body(header: &str, content: &[u8], end: &str) -> Vec<u8> {
        [b"--X\r\n", header.as_bytes(), content, end.as_bytes()].concat()
    }

    fn read_all(body: &[u8]) -> Result<(Part, Vec<u8>), MultipartError> {
        let mut content = Vec::new();
        let part = read(body, "X", |piece| content.extend_from_slice(piece))?;
        let range = usize::try_from(part.content.start).unwrap()
            ..usize::try_from(part.content.end).unwrap();
        assert_eq!(body[range], content);
        Ok((part, content))
    }

    #[test]
    fn one_file_of_any_length_reads_back() {
        let near = *b"\r\n--\r\r\n---X\r\n-X";
        for length in [1, 2, 9, STEP - 8, STEP - 1, STEP, STEP + 1, 3 * STEP + 17] {
            let content: Vec<u8> = near.iter().copied().cycle().take(length).collect();
            for end in ["\r\n--X--\r\n", "\r\n--X--"] {
                let (part, read) = read_all(&body(HEADER, &content, end)).unwrap();
                assert!(read == content, "{length}");
                assert_eq!((&*part.file_name, &*part.media_type), ("a b.pdf", "application/pdf"));
            }
        }
    }

    #[test]
    fn what_is_not_exactly_one_file_is_refused() {
        let whole = String::from_utf8(body(HEADER, b"abc", "\r\n--X--\r\n")).unwrap();
        assert!(read_all(whole.as_bytes()).is_ok());
        for (from, to) in [
            ("--X\r\n", "preamble\r\n--X\r\n"),
            ("--X\r\n", "--X \r\n"),
            ("--X\r\n", "--X\n"),
            ("\r\n--X--\r\n", "\r\n--X--\r\nepilogue"),
            ("\r\n--X--\r\n", "\r\n--X\r\n"),
            ("\r\n--X--\r\n", "\n--X--\r\n"),
            ("\r\n--X--\r\n", ""),
            ("\r\n--X--\r\n", "\r\n--X-"),
            ("name=\"file\"", "name=\"arquivo\""),
            ("name=\"file\"; ", ""),
            ("; filename=\"a b.pdf\"", ""),
            ("a b.pdf", ""),
            ("a b.pdf", "../a"),
            ("a b.pdf\"", "a b.pdf\"; filename*=UTF-8''a"),
            ("a b.pdf\"", "a b.pdf"),
            ("form-data", "attachment"),
            ("Content-Type: application/pdf\r\n", ""),
            ("application/pdf", "pdf"),
            ("application/pdf\r\n", "application/pdf\r\nContent-Transfer-Encoding: binary\r\n"),
            ("application/pdf\r\n", "application/pdf\nX: y\r\n"),
            ("Content-Type: application/pdf\r\n\r\n", "Content-Type: application/pdf\r\n"),
        ] {
            let broken = whole.replacen(from, to, 1);
            assert_ne!(broken, whole);
            assert!(read_all(broken.as_bytes()).is_err(), "{broken:?}");
        }
        let second = format!("{HEADER}abc\r\n--X\r\n{HEADER}abc");
        assert!(read_all(&body(&second, b"", "\r\n--X--\r\n")).is_err());
    }

    #[test]
    fn no_cut_and_no_change_of_a_byte_makes_it_panic() {
        let whole = body(HEADER, b"abc", "\r\n--X--\r\n");
        for place in 0..whole.len() - 2 {
            assert!(read_all(&whole[..place]).is_err(), "{place}");
            for value in [0, b'"', b'\r', b'-', b';', 0xFF] {
                let mut changed = whole.clone();
                changed[place] = value;
                // Whatever it is, it is an answer.
                let _ = read_all(&changed);
            }
        }
    }

    #[test]
    fn boundaries_are_those_of_rfc_2046() {
        let of = |text: &str| boundary(text).ok();
        assert_eq!(of("multipart/form-data; boundary=a-b_1").as_deref(), Some("a-b_1"));
        assert_eq!(of("Multipart/Form-Data;boundary=\"a b:c\"").as_deref(), Some("a b:c"));
        for wrong in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"a \"",
            "multipart/form-data; boundary=a b",
            "multipart/form-data; boundary=a; boundary=b",
            "multipart/mixed; boundary=a",
            "multipart/form-data; boundary=\"a",
            "multipart/form-data; boundary=\"ação\"",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
        assert!(of(&format!("multipart/form-data; boundary={}", "a".repeat(70))).is_some());
        assert!(of(&format!("multipart/form-data; boundary={}", "a".repeat(71))).is_none());
    }
}
