//! DER (X.690) elements, one at a time.
//!
//! Reading is bounded by construction: an element is a slice of the bytes it was read from, its
//! length is checked against them, and who descends into it counts the levels.

/// Why bytes are no DER element.
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
}

/// `SEQUENCE` and `SEQUENCE OF`.
pub const SEQUENCE: u8 = 0x30;

/// `INTEGER`.
pub const INTEGER: u8 = 0x02;

/// Elements that stand one after another.
#[derive(Clone, Copy, Debug)]
pub struct Elements<'d> {
    rest: &'d [u8],
}

impl<'d> Elements<'d> {
    /// Starts at the beginning of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'d [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read.
    #[must_use]
    pub const fn rest(&self) -> &'d [u8] {
        self.rest
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
        self.rest = rest;
        Ok(Some(Element { tag, content, encoded }))
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
}

/// A length in its long form: the fewest bytes that hold it, and never one below 128.
fn long_length(bytes: &[u8]) -> Result<usize, DerError> {
    if bytes.len() > 4 || bytes.first() == Some(&0) {
        return Err(DerError::Length);
    }
    let length = bytes.iter().fold(0_u32, |length, &byte| (length << 8) | u32::from(byte));
    if length < 0x80 {
        return Err(DerError::Length);
    }
    usize::try_from(length).map_err(|_| DerError::Length)
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
}
