//! DER (X.690): elements one at a time, and a writer.
//!
//! Reading is bounded by construction: an element is a slice of the bytes it was read from, its
//! length is checked against them, and who descends into it counts the levels.

mod algorithm;
mod object_identifier;
mod order;
pub(crate) mod time;
mod writer;

pub use algorithm::AlgorithmIdentifier;
pub use object_identifier::ObjectIdentifier;
pub use writer::Writer;

pub(crate) use order::Ascending;

/// Why bytes are not the DER that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DerError {
    /// The bytes end before the element does.
    #[error("the element is cut short")]
    End,
    /// A tag of more than one byte, which no structure of this field has.
    #[error("the tag is not supported")]
    Tag,
    /// An indefinite length: BER, not DER.
    #[error("the length is indefinite (BER)")]
    Indefinite,
    /// A length that is not written in the shortest way, or beyond 4 GiB.
    #[error("the length is not canonical")]
    Length,
    /// An element of another kind than expected.
    #[error("another element was expected")]
    Unexpected,
    /// An element that must be there is not.
    #[error("it is missing")]
    Missing,
    /// Something follows where nothing may.
    #[error("something follows that does not belong there")]
    Trailing,
    /// What may stand there once stands there twice.
    #[error("it stands there twice")]
    Repeated,
    /// A value that its element cannot have.
    #[error("the value is impossible")]
    Value,
    /// A time that is none, that is before 1970, or that is not in the one form that is allowed.
    #[error("the time is none")]
    Time,
    /// More bytes, or more elements in a row, than the reader's bound.
    #[error("it is beyond the reader's bound")]
    Bound,
}

/// What could not be read: which piece of which structure, where, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{piece}, byte {place}: {reason}")]
pub struct Misread {
    /// The piece, by its name in the standard that defines it.
    pub piece: &'static str,
    /// Where it begins, in bytes from the structure's first.
    pub place: usize,
    /// What is wrong with it.
    pub reason: DerError,
}

/// One element: tag, length and content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'d> {
    /// The identifier byte: class, form and number.
    pub tag: u8,
    /// The content.
    pub content: &'d [u8],
    /// The element as a whole.
    pub encoded: &'d [u8],
    /// Where it begins, in bytes from where the reading began.
    pub place: usize,
}

/// `BOOLEAN`.
pub const BOOLEAN: u8 = 0x01;

/// `INTEGER`.
pub const INTEGER: u8 = 0x02;

/// `BIT STRING`.
pub const BIT_STRING: u8 = 0x03;

/// `OCTET STRING`.
pub const OCTET_STRING: u8 = 0x04;

/// `NULL`.
pub const NULL: u8 = 0x05;

/// `OBJECT IDENTIFIER`.
pub const OBJECT_IDENTIFIER: u8 = 0x06;

/// `UTF8String`.
pub const UTF8_STRING: u8 = 0x0c;

/// `PrintableString`.
pub const PRINTABLE_STRING: u8 = 0x13;

/// `TeletexString`, which is `T61String`.
pub const TELETEX_STRING: u8 = 0x14;

/// `IA5String`.
pub const IA5_STRING: u8 = 0x16;

/// `UTCTime`.
pub const UTC_TIME: u8 = 0x17;

/// `GeneralizedTime`.
pub const GENERALIZED_TIME: u8 = 0x18;

/// `BMPString`.
pub const BMP_STRING: u8 = 0x1e;

/// `SEQUENCE` and `SEQUENCE OF`.
pub const SEQUENCE: u8 = 0x30;

/// `SET` and `SET OF`.
pub const SET: u8 = 0x31;

/// `[number]` around an element, or instead of the tag of a structure. Numbers go up to 30.
#[must_use]
pub const fn constructed(number: u8) -> u8 {
    0xa0 | number
}

/// `[number]` instead of the tag of a plain value. Numbers go up to 30.
#[must_use]
pub const fn primitive(number: u8) -> u8 {
    0x80 | number
}

/// Elements that stand one after another.
#[derive(Clone, Copy, Debug)]
pub struct Elements<'d> {
    rest: &'d [u8],
    place: usize,
}

impl<'d> Elements<'d> {
    /// Starts at the beginning of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'d [u8]) -> Self {
        Self { rest: bytes, place: 0 }
    }

    /// What has not been read.
    #[must_use]
    pub const fn rest(&self) -> &'d [u8] {
        self.rest
    }

    /// Where the next element begins, in bytes from where the reading began.
    #[must_use]
    pub const fn place(&self) -> usize {
        self.place
    }

    /// Reads the next element, or `None` at the end.
    ///
    /// # Errors
    /// [`DerError`]; the place does not move.
    pub fn read(&mut self) -> Result<Option<Element<'d>>, DerError> {
        let Some((&tag, after_tag)) = self.rest.split_first() else { return Ok(None) };
        if tag & 0x1f == 0x1f {
            return Err(DerError::Tag);
        }
        let (&first, after_first) = after_tag.split_first().ok_or(DerError::End)?;
        let (length, after_length) = match first {
            0x00..=0x7f => (usize::from(first), after_first),
            0x80 => return Err(DerError::Indefinite),
            _ => {
                let (bytes, rest) =
                    after_first.split_at_checked(usize::from(first & 0x7f)).ok_or(DerError::End)?;
                (long_length(bytes)?, rest)
            }
        };
        let (content, rest) = after_length.split_at_checked(length).ok_or(DerError::End)?;
        let total = self.rest.len().saturating_sub(rest.len());
        let encoded = self.rest.get(..total).ok_or(DerError::End)?;
        let place = self.place;
        *self = Self { rest, place: place.saturating_add(total) };
        Ok(Some(Element { tag, content, encoded, place }))
    }

    /// Reads the next element, which must have this tag.
    ///
    /// # Errors
    /// [`DerError`]; the place does not move.
    pub fn expect(&mut self, tag: u8) -> Result<Element<'d>, DerError> {
        let mut ahead = *self;
        let element = ahead.read()?.ok_or(DerError::End)?;
        if element.tag != tag {
            return Err(DerError::Unexpected);
        }
        *self = ahead;
        Ok(element)
    }

    /// Reads the next element whatever it is; its piece of the structure is named in the error.
    ///
    /// # Errors
    /// [`Misread`]; the place does not move.
    pub fn any(&mut self, piece: &'static str) -> Result<Element<'d>, Misread> {
        let place = self.place;
        self.read().and_then(|element| element.ok_or(DerError::Missing)).map_err(|reason| Misread {
            piece,
            place,
            reason,
        })
    }

    /// Reads the next element, which must have this tag; its piece of the structure is named in the
    /// error.
    ///
    /// # Errors
    /// [`Misread`]; the place does not move.
    pub fn field(&mut self, tag: u8, piece: &'static str) -> Result<Element<'d>, Misread> {
        let mut ahead = *self;
        let element = ahead.any(piece)?;
        if element.tag != tag {
            return Err(element.misread(piece, DerError::Unexpected));
        }
        *self = ahead;
        Ok(element)
    }

    /// Reads the next element if it has this tag.
    ///
    /// # Errors
    /// [`Misread`] for what is no element at all; the place does not move.
    pub fn optional(
        &mut self,
        tag: u8,
        piece: &'static str,
    ) -> Result<Option<Element<'d>>, Misread> {
        match self.rest.first() {
            Some(&next) if next == tag => self.any(piece).map(Some),
            _ => Ok(None),
        }
    }

    /// Nothing may follow.
    ///
    /// # Errors
    /// [`Misread`] with [`DerError::Trailing`].
    pub const fn finish(self, piece: &'static str) -> Result<(), Misread> {
        match self.rest {
            [] => Ok(()),
            _ => Err(Misread { piece, place: self.place, reason: DerError::Trailing }),
        }
    }
}

impl<'d> Element<'d> {
    /// The elements inside this one.
    #[must_use]
    pub const fn elements(&self) -> Elements<'d> {
        let header = self.encoded.len().saturating_sub(self.content.len());
        Elements { rest: self.content, place: self.place.saturating_add(header) }
    }

    /// The one element inside this one, which must have this tag.
    ///
    /// # Errors
    /// [`Misread`].
    pub fn only(&self, tag: u8, piece: &'static str) -> Result<Self, Misread> {
        let mut inside = self.elements();
        let element = inside.field(tag, piece)?;
        inside.finish(piece)?;
        Ok(element)
    }

    /// A refusal of this element.
    #[must_use]
    pub const fn misread(&self, piece: &'static str, reason: DerError) -> Misread {
        Misread { piece, place: self.place, reason }
    }

    /// The bytes of a `BIT STRING` that is whole bytes, as keys and signatures are.
    ///
    /// # Errors
    /// [`Misread`] for one that ends within a byte.
    pub const fn whole_bits(&self, piece: &'static str) -> Result<&'d [u8], Misread> {
        match self.content {
            [0, bytes @ ..] => Ok(bytes),
            _ => Err(self.misread(piece, DerError::Value)),
        }
    }

    /// The big-endian bytes of an `INTEGER` that is not negative, without zeros before them; the
    /// bytes of zero are none.
    ///
    /// # Errors
    /// [`Misread`] for a negative number or one that is not written in the shortest way.
    pub const fn magnitude(&self, piece: &'static str) -> Result<&'d [u8], Misread> {
        match self.content {
            [0] => Ok(&[]),
            [0, bytes @ ..] if matches!(bytes, [0x80..=0xff, ..]) => Ok(bytes),
            bytes @ [1..=0x7f, ..] => Ok(bytes),
            _ => Err(self.misread(piece, DerError::Value)),
        }
    }

    /// A small number that is not negative.
    ///
    /// # Errors
    /// [`Misread`] for a number beyond 2³² − 1 and as [`Element::magnitude`].
    pub fn number(&self, piece: &'static str) -> Result<u32, Misread> {
        let bytes = self.magnitude(piece)?;
        if bytes.len() > 4 {
            return Err(self.misread(piece, DerError::Value));
        }
        Ok(big_endian(bytes))
    }

    /// The truth of a `BOOLEAN`.
    ///
    /// # Errors
    /// [`Misread`] for another byte than DER allows.
    pub const fn truth(&self, piece: &'static str) -> Result<bool, Misread> {
        match self.content {
            [0xff] => Ok(true),
            [0] => Ok(false),
            _ => Err(self.misread(piece, DerError::Value)),
        }
    }
}

/// A length in its long form: the fewest bytes that hold it, and never one below 128.
fn long_length(bytes: &[u8]) -> Result<usize, DerError> {
    if bytes.len() > 4 || bytes.first() == Some(&0) {
        return Err(DerError::Length);
    }
    let length = big_endian(bytes);
    if length < 0x80 {
        return Err(DerError::Length);
    }
    usize::try_from(length).map_err(|_| DerError::Length)
}

/// The number in up to four bytes.
fn big_endian(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, &byte| (number << 8) | u32::from(byte))
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;

    #[test]
    fn elements_are_read_one_after_another() {
        let mut elements = Elements::new(&[0x30, 0x03, 0x02, 0x01, 0x05, 0x04, 0x00]);
        let sequence = elements.expect(SEQUENCE).unwrap();
        assert_eq!(sequence.encoded, [0x30, 0x03, 0x02, 0x01, 0x05]);
        let mut inner = Elements::new(sequence.content);
        assert_eq!(inner.expect(INTEGER).unwrap().content, [5]);
        assert_eq!(inner.read(), Ok(None));
        assert_eq!(elements.expect(INTEGER), Err(DerError::Unexpected));
        assert_eq!(elements.read().unwrap().unwrap().tag, 0x04);
        assert_eq!(elements.expect(INTEGER), Err(DerError::End));
    }

    #[test]
    fn a_trailing_zero_belongs_to_the_element_that_its_length_covers() {
        let bytes = [0x04, 0x02, 0xab, 0x00, 0x00, 0x00];
        let mut elements = Elements::new(&bytes);
        assert_eq!(elements.read().unwrap().unwrap().content, [0xab, 0x00]);
        assert_eq!(elements.rest(), [0, 0]);
    }

    #[test]
    fn long_lengths_are_read_and_must_be_canonical() {
        let mut bytes = vec![0x04, 0x82, 0x01, 0x00];
        bytes.resize(4 + 256, 7);
        assert_eq!(Elements::new(&bytes).read().unwrap().unwrap().content.len(), 256);
        fn read(bytes: &[u8]) -> Result<Option<Element<'_>>, DerError> {
            Elements::new(bytes).read()
        }
        assert_eq!(read(&[0x04, 0x81, 0x7f]), Err(DerError::Length));
        assert_eq!(read(&[0x04, 0x82, 0x00, 0xff]), Err(DerError::Length));
        assert_eq!(read(&[0x04, 0x85, 1, 0, 0, 0, 0]), Err(DerError::Length));
        assert_eq!(read(&[0x30, 0x80, 0, 0]), Err(DerError::Indefinite));
        assert_eq!(read(&[0x1f, 0x20, 0]), Err(DerError::Tag));
    }

    #[test]
    fn s35_a_cut_at_any_place_is_told() {
        let mut bytes = vec![0x30, 0x82, 0x01, 0x00];
        bytes.resize(4 + 256, 7);
        for length in 1..bytes.len() {
            assert_eq!(Elements::new(&bytes[..length]).read(), Err(DerError::End), "{length}");
        }
    }

    #[test]
    fn a_misread_piece_is_named_with_its_place() {
        let bytes = [0x30, 0x05, 0x02, 0x01, 0x05, 0x01, 0x00, 0x04, 0x00];
        let mut outer = Elements::new(&bytes);
        let mut inner = outer.field(SEQUENCE, "whole").unwrap().elements();
        assert_eq!(inner.optional(BOOLEAN, "flag"), Ok(None));
        assert_eq!(inner.field(INTEGER, "number").unwrap().number("number"), Ok(5));
        let flag = inner.optional(BOOLEAN, "flag").unwrap().unwrap();
        let wrong = Misread { piece: "flag", place: 5, reason: DerError::Value };
        assert_eq!(flag.truth("flag"), Err(wrong));
        assert_eq!(std::format!("{wrong}"), "flag, byte 5: the value is impossible");
        let missing = inner.any("more").unwrap_err();
        assert_eq!((missing.place, missing.reason), (7, DerError::Missing));
        assert_eq!(inner.finish("whole"), Ok(()));
        let trailing = outer.finish("end").unwrap_err();
        assert_eq!((trailing.place, trailing.reason), (7, DerError::Trailing));
    }

    #[test]
    fn numbers_are_read_in_their_shortest_form_alone() {
        fn number(content: &[u8]) -> Result<u32, DerError> {
            let element = Element { tag: INTEGER, content, encoded: content, place: 0 };
            element.number("").map_err(|misread| misread.reason)
        }
        assert_eq!(number(&[0]), Ok(0));
        assert_eq!(number(&[0x7f]), Ok(127));
        assert_eq!(number(&[0, 0x80]), Ok(128));
        assert_eq!(number(&[0, 0xff, 0xff, 0xff, 0xff]), Ok(u32::MAX));
        for wrong in [&[][..], &[0x80], &[0, 0x7f], &[0, 0], &[1, 0, 0, 0, 0]] {
            assert_eq!(number(wrong), Err(DerError::Value), "{wrong:?}");
        }
    }
}
