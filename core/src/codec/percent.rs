//! Percent-encoding (RFC 3986 §2.1) and forms, `application/x-www-form-urlencoded`.

use core::fmt;

use heapless::{String, Vec};

use crate::codec::buffer::Buffer;
use crate::codec::hex;
use crate::error::{Document, Error, Flaw, Malformed, PeerError, ResourceError};

/// Writes `text` with everything but the unreserved characters percent-encoded.
///
/// A space becomes `%20`, which a form and a query both read as a space.
pub fn write(text: &str, out: &mut Buffer<'_>) {
    for byte in text.bytes() {
        if matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~') {
            out.byte(byte);
        } else {
            out.byte(b'%');
            out.byte(hex::digit(byte >> 4).to_ascii_uppercase());
            out.byte(hex::digit(byte & 0x0f).to_ascii_uppercase());
        }
    }
}

/// Writes `name=value` pairs, each but the first after a `&`: a query or a form.
#[derive(Debug)]
pub struct FormWriter<'w, 'b> {
    out: &'w mut Buffer<'b>,
    empty: bool,
}

impl<'w, 'b> FormWriter<'w, 'b> {
    /// Goes on where `out` stands.
    #[must_use]
    pub const fn new(out: &'w mut Buffer<'b>) -> Self {
        Self { out, empty: true }
    }

    fn name(&mut self, name: &str) {
        if !self.empty {
            self.out.byte(b'&');
        }
        self.empty = false;
        self.out.text(name);
        self.out.byte(b'=');
    }

    /// Adds a pair. The name is written as it is: names are the manuals', never a user's.
    pub fn pair(&mut self, name: &str, value: &str) -> &mut Self {
        self.name(name);
        write(value, self.out);
        self
    }

    /// Adds a pair whose value is a whole number.
    pub fn number(&mut self, name: &str, value: u64) -> &mut Self {
        self.name(name);
        self.out.decimal(value);
        self
    }
}

/// A query or a form that came from outside.
#[derive(Clone, Copy)]
pub struct Form<'f> {
    text: &'f str,
    document: Document,
}

impl fmt::Debug for Form<'_> {
    /// Shows no values: a code may be among them.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Form({}, {} bytes)", self.document, self.text.len())
    }
}

impl<'f> Form<'f> {
    /// Reads `text`, which `document` names in errors.
    #[must_use]
    pub const fn new(text: &'f str, document: Document) -> Self {
        Self { text, document }
    }

    /// The value of the one parameter of this name, decoded, of at most `N` bytes.
    ///
    /// # Errors
    /// [`Flaw::Repeated`] when the name stands there twice (RFC 6749 §3.1), [`Flaw::Encoding`], or
    /// [`ResourceError::TooLong`].
    pub fn value<const N: usize>(&self, name: &'static str) -> Result<Option<String<N>>, Error> {
        let mut found = None;
        for pair in self.text.split('&') {
            let (raw_name, raw_value) = pair.split_once('=').unwrap_or((pair, ""));
            if Decoded(raw_name.bytes()).eq(name.bytes().map(Some))
                && found.replace(raw_value).is_some()
            {
                return Err(self.flaw(Flaw::Repeated(name)));
            }
        }
        found.map(|raw| self.decode(raw, name)).transpose()
    }

    fn decode<const N: usize>(&self, raw: &str, name: &'static str) -> Result<String<N>, Error> {
        let mut bytes = Vec::<u8, N>::new();
        for byte in Decoded(raw.bytes()) {
            let byte = byte.ok_or_else(|| self.flaw(Flaw::Encoding))?;
            bytes.push(byte).map_err(|_| ResourceError::TooLong { what: name, bound: N })?;
        }
        String::from_utf8(bytes).map_err(|_| self.flaw(Flaw::Encoding))
    }

    const fn flaw(&self, flaw: Flaw) -> Error {
        Error::Peer(PeerError::Malformed(Malformed { document: self.document, flaw }))
    }
}

/// The bytes of a percent-encoded text, with `None` for one that is encoded wrongly.
struct Decoded<'t>(core::str::Bytes<'t>);

impl Iterator for Decoded<'_> {
    type Item = Option<u8>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.next()? {
            b'+' => Some(Some(b' ')),
            b'%' => {
                let high = self.0.next().and_then(hex::value);
                let low = self.0.next().and_then(hex::value);
                Some(high.zip(low).map(|(high, low)| (high << 4) | low))
            }
            byte => Some(Some(byte)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, name: &'static str) -> Result<Option<String<8>>, Error> {
        Form::new(text, Document::Redirect).value(name)
    }

    fn flaw(flaw: Flaw) -> Error {
        PeerError::Malformed(Malformed { document: Document::Redirect, flaw }).into()
    }

    #[test]
    fn s08_all_but_the_unreserved_is_encoded() {
        let mut bytes = [0; 64];
        let mut out = Buffer::new(&mut bytes);
        write("aZ09-._~ +&=/?%é", &mut out);
        assert_eq!(out.finish([]).unwrap().1, b"aZ09-._~%20%2B%26%3D%2F%3F%25%C3%A9");
    }

    #[test]
    fn pairs_are_joined() {
        let mut bytes = [0; 64];
        let mut out = Buffer::new(&mut bytes);
        FormWriter::new(&mut out).pair("redirect_uri", "push://").number("lifetime", 900);
        assert_eq!(out.finish([]).unwrap().1, b"redirect_uri=push%3A%2F%2F&lifetime=900");
    }

    #[test]
    fn values_are_decoded() {
        assert_eq!(value("a=1&code=x%2By+z", "code").unwrap().unwrap(), "x+y z");
        assert_eq!(value("a=1", "code"), Ok(None));
        assert_eq!(value("code", "code").unwrap().unwrap(), "");
        assert_eq!(value("", "code"), Ok(None));
    }

    #[test]
    fn s05_a_parameter_that_stands_there_twice_is_refused() {
        assert_eq!(value("code=a&code=b", "code"), Err(flaw(Flaw::Repeated("code"))));
        assert_eq!(value("code=a&c%6Fde=b", "code"), Err(flaw(Flaw::Repeated("code"))));
    }

    #[test]
    fn bad_encoding_and_long_values_are_refused() {
        for text in ["code=%", "code=%4", "code=%zz", "code=%ff"] {
            assert_eq!(value(text, "code"), Err(flaw(Flaw::Encoding)), "{text}");
        }
        assert_eq!(
            value("code=123456789", "code"),
            Err(ResourceError::TooLong { what: "code", bound: 8 }.into())
        );
    }
}
