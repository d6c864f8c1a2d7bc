//! Percent-encoding (RFC 3986 §2.1) and forms, `application/x-www-form-urlencoded`.

use core::fmt;

use heapless::String;

use crate::codec::buffer::Buffer;
use crate::codec::hex;
use crate::error::{Document, Error, Flaw, Malformed, PeerError, ResourceError};

/// Writes `text` with everything but the unreserved characters percent-encoded.
///
/// A space becomes `%20`, which a form and a query both read as a space.
pub fn write(text: &str, out: &mut Buffer<'_>) {
    let mut rest = text.as_bytes();
    while let Some(&byte) = rest.first() {
        let plain = unreserved_length(rest);
        if let Some((run, after)) = rest.split_at_checked(plain).filter(|_| plain > 0) {
            out.push(run);
            rest = after;
            continue;
        }
        let [high, low] =
            [byte >> 4, byte & 0x0f].map(|half| hex::digit(half).to_ascii_uppercase());
        out.push(&[b'%', high, low]);
        rest = rest.get(1..).unwrap_or_default();
    }
}

/// How many bytes there are before the first that is to be encoded.
fn unreserved_length(bytes: &[u8]) -> usize {
    #[cfg_attr(not(feature = "accelerated"), expect(unused_mut, reason = "all of it is looked at"))]
    let mut rest = bytes;
    // Where there are vector instructions, the compiler looks at a run as a whole with them.
    #[cfg(feature = "accelerated")]
    while let Some((run, after)) = rest.split_first_chunk::<8>() {
        if !run.iter().fold(true, |all, byte| all & is_unreserved(*byte)) {
            break;
        }
        rest = after;
    }
    let plain = rest.iter().take_while(|byte| is_unreserved(**byte)).count();
    bytes.len().wrapping_sub(rest.len()).wrapping_add(plain)
}

/// The characters that stand for themselves (RFC 3986 §2.3), told without a branch.
const fn is_unreserved(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit = byte.wrapping_sub(b'0') < 10;
    letter | digit | (byte == b'-') | (byte == b'.') | (byte == b'_') | (byte == b'~')
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
        self.separate();
        self.out.text(name);
        self.out.byte(b'=');
    }

    fn separate(&mut self) {
        if !self.empty {
            self.out.byte(b'&');
        }
        self.empty = false;
    }

    /// Adds pairs that are written as in a query already; nothing where there are none.
    pub(crate) fn written(&mut self, pairs: &str) -> &mut Self {
        if !pairs.is_empty() {
            self.separate();
            self.out.text(pairs);
        }
        self
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
        let value = self.value_in(name, &mut [0; N])?.map(String::try_from);
        // It was decoded into as many bytes as there is room for.
        Ok(value.and_then(Result::ok))
    }

    /// The value of the one parameter of this name, decoded into `out`.
    ///
    /// # Errors
    /// As [`Form::value`].
    pub(crate) fn value_in<'o>(
        &self,
        name: &'static str,
        out: &'o mut [u8],
    ) -> Result<Option<&'o str>, Error> {
        let mut found = None;
        for pair in self.text.as_bytes().split(|&byte| byte == b'&') {
            let mut halves = pair.splitn(2, |&byte| byte == b'=');
            let raw_name = halves.next().unwrap_or_default();
            let raw_value = halves.next().unwrap_or_default();
            if Decoded(raw_name.iter()).eq(name.bytes().map(Some))
                && found.replace(raw_value).is_some()
            {
                return Err(self.flaw(Flaw::Repeated(name)));
            }
        }
        let Some(raw) = found else { return Ok(None) };
        let bound = out.len();
        let mut length = 0_usize;
        for byte in Decoded(raw.iter()) {
            let byte = byte.ok_or_else(|| self.flaw(Flaw::Encoding))?;
            let too_long = ResourceError::TooLong { what: name, bound };
            *out.get_mut(length).ok_or(too_long)? = byte;
            length = length.wrapping_add(1);
        }
        let value = core::str::from_utf8(out.get(..length).unwrap_or_default());
        value.map(Some).map_err(|_| self.flaw(Flaw::Encoding))
    }

    const fn flaw(&self, flaw: Flaw) -> Error {
        Error::Peer(PeerError::Malformed(Malformed { document: self.document, flaw }))
    }
}

/// Decodes a text into `out`; `None` for one that is encoded wrongly, is longer than `out` or decodes
/// to no text.
pub(crate) fn decode<'o>(text: &str, out: &'o mut [u8]) -> Option<&'o str> {
    let mut length = 0_usize;
    for byte in Decoded(text.as_bytes().iter()) {
        *out.get_mut(length)? = byte?;
        length = length.wrapping_add(1);
    }
    core::str::from_utf8(out.get(..length)?).ok()
}

/// The bytes of a percent-encoded text, with `None` for one that is encoded wrongly.
struct Decoded<'t>(core::slice::Iter<'t, u8>);

impl Iterator for Decoded<'_> {
    type Item = Option<u8>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.next()? {
            b'+' => Some(Some(b' ')),
            b'%' => {
                let mut digit = || self.0.next().copied().and_then(hex::value);
                let (high, low) = (digit(), digit());
                Some(high.zip(low).map(|(high, low)| (high << 4) | low))
            }
            &byte => Some(Some(byte)),
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
