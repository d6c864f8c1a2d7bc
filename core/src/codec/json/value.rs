//! Walking a JSON text that was read into its flat form.

use core::cell::Cell;

use crate::codec::buffer::as_text;
use crate::codec::decimal;
use crate::error::{Document, Error, Flaw, Malformed, PeerError};

/// What stands for a quotation mark in the flat form: a byte that UTF-8 never contains.
pub(super) const QUOTE: u8 = 0xff;

/// The least byte with which a string begins in the flat form; no other value begins with one.
pub(super) const SHORT: u8 = 0x80;

/// What a string of so many bytes begins with: its length where there is room for it, so that it is
/// passed over in one step, else a [`QUOTE`].
pub(super) fn opening(length: usize) -> u8 {
    match u8::try_from(length) {
        Ok(length) if length < QUOTE - SHORT => SHORT | length,
        _ => QUOTE,
    }
}

/// A JSON value.
#[derive(Clone, Copy, Debug)]
pub enum Value<'r> {
    /// A string, with its escapes resolved.
    Text(&'r str),
    /// A number, as it was written.
    Number(&'r str),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// An array.
    Array(Array<'r>),
    /// An object.
    Object(Object<'r>),
}

impl<'r> Value<'r> {
    /// The value at the start of a flat text that holds one.
    pub(super) fn new(flat: &'r [u8], document: Document) -> Self {
        let inner = || flat.get(1..flat.len().saturating_sub(1)).unwrap_or_default();
        match flat.first() {
            Some(SHORT..) => Self::Text(as_text(inner())),
            Some(b'[') => Self::Array(Array { items: inner(), document }),
            Some(b'{') => Self::Object(Object { members: inner(), document }),
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'n') | None => Self::Null,
            Some(_) => Self::Number(as_text(flat)),
        }
    }

    /// The object that a whole document is.
    ///
    /// # Errors
    /// [`Flaw::WrongType`] when it is another value.
    pub const fn into_object(self, document: Document) -> Result<Object<'r>, Error> {
        match self {
            Self::Object(object) => Ok(object),
            _ => Err(Error::Peer(PeerError::Malformed(Malformed {
                document,
                flaw: Flaw::WrongType("{}"),
            }))),
        }
    }
}

/// A JSON array.
#[derive(Clone, Copy, Debug)]
pub struct Array<'r> {
    items: &'r [u8],
    document: Document,
}

impl<'r> Array<'r> {
    /// The items in their order.
    pub fn iter(&self) -> impl Iterator<Item = Value<'r>> + use<'r> {
        let document = self.document;
        self.tokens().map(move |item| Value::new(item, document))
    }

    /// The first item.
    #[must_use]
    pub fn first(&self) -> Option<Value<'r>> {
        let (item, _) = split_token(self.items);
        (!item.is_empty()).then(|| Value::new(item, self.document))
    }

    /// The items in their order, as they stand.
    fn tokens(&self) -> impl Iterator<Item = &'r [u8]> + use<'r> {
        let mut rest = self.items;
        core::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let (item, after) = split_token(rest);
            rest = after.get(1..).unwrap_or_default();
            Some(item)
        })
    }
}

/// A JSON object, whose names are known to be different.
#[derive(Clone, Copy, Debug)]
pub struct Object<'r> {
    members: &'r [u8],
    document: Document,
}

impl<'r> Object<'r> {
    /// The members in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&'r str, Value<'r>)> + use<'r> {
        let document = self.document;
        self.tokens().map(move |(name, value)| (as_text(name), Value::new(value, document)))
    }

    /// The members in their order: the bytes of the name, and the value as it stands.
    fn tokens(&self) -> impl Iterator<Item = (&'r [u8], &'r [u8])> + use<'r> {
        let mut rest = self.members;
        core::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let (name, after) = split_token(rest);
            let (value, after) = split_token(after.get(1..).unwrap_or_default());
            rest = after.get(1..).unwrap_or_default();
            Some((name.get(1..name.len().saturating_sub(1)).unwrap_or_default(), value))
        })
    }

    /// The member of this name; `null` counts as none.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Value<'r>> {
        self.member_named(name.as_bytes())
    }

    /// The member of this name, as bytes.
    pub(crate) fn member_named(&self, name: &[u8]) -> Option<Value<'r>> {
        self.tokens()
            .find(|(each, _)| *each == name)
            .map(|(_, value)| Value::new(value, self.document))
            .filter(|value| !matches!(value, Value::Null))
    }

    /// A text that must be there and must not be empty.
    ///
    /// # Errors
    /// [`Flaw::Missing`] or [`Flaw::WrongType`].
    pub fn text(&self, name: &'static str) -> Result<&'r str, Error> {
        self.optional_text(name)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| self.flaw(Flaw::Missing(name)))
    }

    /// A text that may be missing.
    ///
    /// # Errors
    /// [`Flaw::WrongType`].
    pub fn optional_text(&self, name: &'static str) -> Result<Option<&'r str>, Error> {
        match self.member(name) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(self.flaw(Flaw::WrongType(name))),
        }
    }

    /// A text, or a number as it was written: some services send identifiers as numbers.
    ///
    /// # Errors
    /// [`Flaw::Missing`] or [`Flaw::WrongType`].
    pub fn text_or_number(&self, name: &'static str) -> Result<&'r str, Error> {
        match self.member(name) {
            Some(Value::Number(text)) => Ok(text),
            _ => self.text(name),
        }
    }

    /// A whole number from 0 up, written as a number or as a text, that may be missing.
    ///
    /// # Errors
    /// [`Flaw::WrongType`] when it is neither, [`Flaw::Invalid`] when it is negative, broken or
    /// beyond 2⁶⁴ − 1.
    pub fn optional_number(&self, name: &'static str) -> Result<Option<u64>, Error> {
        match self.member(name) {
            None => Ok(None),
            Some(Value::Number(text) | Value::Text(text)) => {
                decimal::parse(text).map(Some).ok_or_else(|| self.flaw(Flaw::Invalid(name)))
            }
            Some(_) => Err(self.flaw(Flaw::WrongType(name))),
        }
    }

    /// The objects of an array that may be missing.
    ///
    /// # Errors
    /// [`Flaw::WrongType`] when it is no array, or an item of it is no object.
    pub fn optional_objects(&self, name: &'static str) -> Result<Option<Objects<'r>>, Error> {
        let array = match self.member(name) {
            None => return Ok(None),
            Some(Value::Array(array)) => array,
            Some(_) => return Err(self.flaw(Flaw::WrongType(name))),
        };
        if array.tokens().any(|item| item.first() != Some(&b'{')) {
            return Err(self.flaw(Flaw::WrongType(name)));
        }
        Ok(Some(Objects { items: array.items, document: array.document }))
    }

    /// The objects of an array that must be there.
    ///
    /// # Errors
    /// [`Flaw::Missing`] or [`Flaw::WrongType`].
    pub fn objects(&self, name: &'static str) -> Result<Objects<'r>, Error> {
        self.optional_objects(name)?.ok_or_else(|| self.flaw(Flaw::Missing(name)))
    }

    /// An error about this object's document.
    #[must_use]
    pub const fn flaw(&self, flaw: Flaw) -> Error {
        Error::Peer(PeerError::Malformed(Malformed { document: self.document, flaw }))
    }
}

/// The objects of an array of nothing else.
#[derive(Clone, Debug)]
pub struct Objects<'r> {
    items: &'r [u8],
    document: Document,
}

impl<'r> Iterator for Objects<'r> {
    type Item = Object<'r>;

    fn next(&mut self) -> Option<Object<'r>> {
        if self.items.is_empty() {
            return None;
        }
        let (item, after) = split_token(self.items);
        self.items = after.get(1..).unwrap_or_default();
        match Value::new(item, self.document) {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }
}

/// A byte of the flat form, alone or in a cell: the pass that writes the form reads it as well.
pub(super) trait FlatByte {
    fn value(&self) -> u8;
}

impl FlatByte for u8 {
    fn value(&self) -> u8 {
        *self
    }
}

impl FlatByte for Cell<u8> {
    fn value(&self) -> u8 {
        self.get()
    }
}

/// The first value of a flat text, and what follows it.
pub(super) fn split_token<B: FlatByte>(flat: &[B]) -> (&[B], &[B]) {
    let length = match flat.first().map(FlatByte::value) {
        Some(SHORT..) => string_length(flat),
        Some(b'[' | b'{') => {
            let mut length = 0_usize;
            let mut depth = 0_usize;
            while let Some(byte) = flat.get(length) {
                length = match byte.value() {
                    SHORT.. => {
                        let rest = flat.get(length..).unwrap_or_default();
                        length.wrapping_add(string_length(rest))
                    }
                    byte => {
                        match byte {
                            b'[' | b'{' => depth = depth.wrapping_add(1),
                            b']' | b'}' => depth = depth.saturating_sub(1),
                            _ => {}
                        }
                        length.wrapping_add(1)
                    }
                };
                if depth == 0 {
                    break;
                }
            }
            length
        }
        _ => flat
            .iter()
            .position(|byte| matches!(byte.value(), b',' | b':' | b']' | b'}'))
            .unwrap_or(flat.len()),
    };
    flat.split_at_checked(length).unwrap_or((flat, &[]))
}

/// The length of the string at the start of a flat text, with its two quotes.
fn string_length<B: FlatByte>(flat: &[B]) -> usize {
    match flat.first().map(FlatByte::value) {
        Some(QUOTE) | None => long_string_length(flat),
        Some(first) => usize::from(first & !SHORT).wrapping_add(2),
    }
}

/// The same of a string that does not tell its length.
fn long_string_length<B: FlatByte>(flat: &[B]) -> usize {
    #[cfg_attr(not(feature = "accelerated"), expect(unused_mut, reason = "all of it is looked at"))]
    let mut text = flat.get(1..).unwrap_or_default();
    // Where there are vector instructions, the compiler looks at a run as a whole with them.
    #[cfg(feature = "accelerated")]
    while let Some((run, rest)) = text.split_first_chunk::<16>() {
        if run.iter().fold(false, |any, byte| any | (byte.value() == QUOTE)) {
            break;
        }
        text = rest;
    }
    let inner = text.iter().position(|byte| byte.value() == QUOTE).unwrap_or(text.len());
    flat.len().wrapping_sub(text.len()).wrapping_add(inner).wrapping_add(1)
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    fn object(body: &mut [u8]) -> Object<'_> {
        read(body, Document::Token).unwrap().into_object(Document::Token).unwrap()
    }

    fn flaw(flaw: Flaw) -> Error {
        PeerError::Malformed(Malformed { document: Document::Token, flaw }).into()
    }

    #[test]
    fn members_are_found_by_name_and_type() {
        let mut body = *br#"{"a":"x","n":12,"s":"13","f":1.5,"t":true,"z":null,"e":"","big":18446744073709551616}"#;
        let object = object(&mut body);
        assert_eq!(object.text("a").unwrap(), "x");
        assert_eq!(object.text("z"), Err(flaw(Flaw::Missing("z"))));
        assert_eq!(object.text("e"), Err(flaw(Flaw::Missing("e"))));
        assert_eq!(object.text("n"), Err(flaw(Flaw::WrongType("n"))));
        assert_eq!(object.text_or_number("n").unwrap(), "12");
        assert_eq!(object.optional_number("n").unwrap(), Some(12));
        assert_eq!(object.optional_number("s").unwrap(), Some(13));
        assert_eq!(object.optional_number("z").unwrap(), None);
        assert_eq!(object.optional_number("f"), Err(flaw(Flaw::Invalid("f"))));
        assert_eq!(object.optional_number("big"), Err(flaw(Flaw::Invalid("big"))));
        assert_eq!(object.optional_number("t"), Err(flaw(Flaw::WrongType("t"))));
    }

    #[test]
    fn arrays_are_walked_over_whatever_they_hold() {
        let mut body = *br#"{"a":[{"x":[1,"],}"],"y":{}},{"x":"2"}],"b":[1],"c":[]}"#;
        let object = object(&mut body);
        let mut items = object.objects("a").unwrap();
        assert!(matches!(items.next().unwrap().member("y"), Some(Value::Object(_))));
        assert_eq!(items.next().unwrap().text("x").unwrap(), "2");
        assert!(items.next().is_none());
        assert!(
            matches!(object.objects("b").err(), Some(error) if error == flaw(Flaw::WrongType("b")))
        );
        assert_eq!(object.objects("c").unwrap().count(), 0);
        let first = |name| match object.member(name) {
            Some(Value::Array(array)) => array.first(),
            _ => None,
        };
        assert!(matches!(first("a"), Some(Value::Object(_))));
        assert!(matches!(first("b"), Some(Value::Number("1"))));
        assert!(first("c").is_none());
        assert!(object.optional_objects("d").unwrap().is_none());
        assert_eq!(object.iter().count(), 3);
    }

    #[test]
    fn a_value_at_the_ground_is_no_object() {
        for text in ["1", "\"x\"", "[]", "true", "false", "null"] {
            let mut body = text.as_bytes().to_vec();
            let value = read(&mut body, Document::Token).unwrap();
            assert_eq!(
                value.into_object(Document::Token).err(),
                Some(flaw(Flaw::WrongType("{}"))),
                "{text}"
            );
        }
    }
}
