//! Object identifiers, kept as the bytes that they are on the wire.

use core::fmt::{self, Write};

use super::{DerError, Element, Misread, OBJECT_IDENTIFIER};

/// An object identifier: the content of its element, without tag and length.
///
/// Shown in its dotted form. Two are equal if their bytes are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectIdentifier<'d>(&'d [u8]);

impl<'d> ObjectIdentifier<'d> {
    /// The object identifier whose element has this content.
    #[must_use]
    pub const fn from_body(body: &'d [u8]) -> Self {
        Self(body)
    }

    /// The element's content.
    #[must_use]
    pub const fn body(&self) -> &'d [u8] {
        self.0
    }

    /// The numbers from the third on, which are all of those in the bytes but the first. A number
    /// beyond 2³² − 1 is given as that.
    pub fn arcs(&self) -> impl Iterator<Item = u32> + use<'d> {
        subidentifiers(self.0).skip(1)
    }

    /// The number that follows `prefix`, if this begins with it and has exactly one more.
    #[must_use]
    pub fn child_of(&self, prefix: &[u8]) -> Option<u32> {
        let mut below = subidentifiers(self.0.strip_prefix(prefix)?);
        below.next().filter(|_| below.next().is_none())
    }

    /// The two numbers that follow `prefix`, if this begins with it and has exactly two more.
    #[must_use]
    pub fn grandchild_of(&self, prefix: &[u8]) -> Option<(u32, u32)> {
        let mut below = subidentifiers(self.0.strip_prefix(prefix)?);
        let numbers = (below.next()?, below.next()?);
        below.next().is_none().then_some(numbers)
    }
}

impl<'d> Element<'d> {
    /// Reads this element as an object identifier.
    ///
    /// # Errors
    /// [`Misread`] for another element, or for bytes that are no object identifier in DER.
    pub fn object_identifier(&self, piece: &'static str) -> Result<ObjectIdentifier<'d>, Misread> {
        if self.tag != OBJECT_IDENTIFIER {
            return Err(self.misread(piece, DerError::Unexpected));
        }
        // Each number ends in a byte without the high bit and does not begin with an empty one.
        let mut starts = true;
        for &byte in self.content {
            if starts && byte == 0x80 {
                return Err(self.misread(piece, DerError::Value));
            }
            starts = byte < 0x80;
        }
        if self.content.is_empty() || !starts {
            return Err(self.misread(piece, DerError::Value));
        }
        Ok(ObjectIdentifier(self.content))
    }
}

/// The numbers in the bytes, of which the first stands for two. One beyond 2³² − 1 is given as that.
fn subidentifiers(body: &[u8]) -> impl Iterator<Item = u32> + use<'_> {
    let mut rest = body;
    core::iter::from_fn(move || {
        let mut number = 0_u64;
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            number = (number << 7).min(u64::from(u32::MAX) << 7) | u64::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Some(u32::try_from(number).unwrap_or(u32::MAX));
            }
        }
        None
    })
}

impl fmt::Display for ObjectIdentifier<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut numbers = subidentifiers(self.0);
        let Some(first) = numbers.next() else { return formatter.write_char('?') };
        let root = first.min(80) / 40;
        write!(formatter, "{root}.{}", first.saturating_sub(root.saturating_mul(40)))?;
        numbers.try_for_each(|number| write!(formatter, ".{number}"))
    }
}

impl fmt::Debug for ObjectIdentifier<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::super::Elements;
    use super::*;

    fn shown(body: &[u8]) -> std::string::String {
        format!("{}", ObjectIdentifier::from_body(body))
    }

    #[test]
    fn they_are_shown_as_people_write_them() {
        assert_eq!(shown(b"\x55\x04\x03"), "2.5.4.3");
        assert_eq!(shown(b"\x60\x4c\x01\x02\x03\x24"), "2.16.76.1.2.3.36");
        assert_eq!(shown(b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"), "1.2.840.113549.1.1.11");
        assert_eq!(shown(b"\x88\x37\x03"), "2.999.3");
        assert_eq!(shown(b"\x2b\x90\x80\x80\x80\x00"), "1.3.4294967295");
    }

    #[test]
    fn the_number_below_a_prefix_is_one_number() {
        let names = b"\x60\x4c\x01\x03";
        let child = |body| ObjectIdentifier::from_body(body).child_of(names);
        assert_eq!(child(b"\x60\x4c\x01\x03\x01"), Some(1));
        assert_eq!(child(b"\x60\x4c\x01\x03\x82\x2f"), Some(303));
        assert_eq!(child(b"\x60\x4c\x01\x03"), None);
        assert_eq!(child(b"\x60\x4c\x01\x03\x01\x01"), None);
        assert_eq!(child(b"\x60\x4c\x01\x02\x01"), None);
        let two = |body| ObjectIdentifier::from_body(body).grandchild_of(names);
        assert_eq!(two(b"\x60\x4c\x01\x03\x01\x82\x2f"), Some((1, 303)));
        assert_eq!(two(b"\x60\x4c\x01\x03\x01"), None);
        assert_eq!(two(b"\x60\x4c\x01\x03\x01\x01\x01"), None);
    }

    #[test]
    fn bytes_that_are_none_are_refused() {
        let read = |bytes: &[u8]| {
            let element = Elements::new(bytes).any("").unwrap();
            element.object_identifier("").map(|_| ()).map_err(|misread| misread.reason)
        };
        assert_eq!(read(&[6, 3, 0x55, 4, 3]), Ok(()));
        assert_eq!(read(&[6, 0]), Err(DerError::Value));
        assert_eq!(read(&[6, 3, 0x55, 4, 0x83]), Err(DerError::Value));
        assert_eq!(read(&[6, 3, 0x55, 0x80, 3]), Err(DerError::Value));
        assert_eq!(read(&[4, 1, 3]), Err(DerError::Unexpected));
    }
}
