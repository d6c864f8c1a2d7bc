//! A writer of DER without a buffer of its own.
//!
//! An element's length stands before its content. What is inside an element is therefore told
//! twice: once to be counted, once to be written. Counting descends once, however deep the element
//! is, so that writing `n` levels takes `n` walks over what is inside.

use core::fmt;

use super::OBJECT_IDENTIFIER;
use super::object_identifier::ObjectIdentifier;
use crate::codec::buffer::Buffer;
use crate::document::Hasher;

/// What inside of an element is written by.
type Content<'c> = &'c dyn Fn(&mut Writer<'_>);

/// Writes elements into a buffer, into a digest, or to nowhere in order to count them.
pub struct Writer<'w> {
    sink: Sink<'w>,
    length: usize,
}

enum Sink<'w> {
    Nowhere,
    Bytes(&'w mut dyn Bytes),
}

/// Where bytes can go.
trait Bytes {
    fn push(&mut self, bytes: &[u8]);
}

impl Bytes for Buffer<'_> {
    fn push(&mut self, bytes: &[u8]) {
        Buffer::push(self, bytes);
    }
}

impl Bytes for Hasher {
    fn push(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

impl<'w> Writer<'w> {
    /// Writes into a buffer, which counts on when it is full.
    #[must_use]
    pub const fn to_buffer<'b: 'w>(buffer: &'w mut Buffer<'b>) -> Self {
        Self { sink: Sink::Bytes(buffer), length: 0 }
    }

    /// Writes into a digest.
    #[must_use]
    pub const fn to_hasher(hasher: &'w mut Hasher) -> Self {
        Self { sink: Sink::Bytes(hasher), length: 0 }
    }

    /// How many bytes something takes.
    #[must_use]
    pub fn measure(content: Content<'_>) -> usize {
        let mut counter = Writer { sink: Sink::Nowhere, length: 0 };
        content(&mut counter);
        counter.length
    }

    /// Bytes written so far.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Writes bytes that are elements already.
    pub fn raw(&mut self, encoded: &[u8]) {
        if let Sink::Bytes(bytes) = &mut self.sink {
            bytes.push(encoded);
        }
        self.length = self.length.saturating_add(encoded.len());
    }

    /// Writes an element with this content.
    pub fn element(&mut self, tag: u8, content: &[u8]) {
        self.header(tag, content.len());
        self.raw(content);
    }

    /// Writes an object identifier.
    pub fn object_identifier(&mut self, identifier: ObjectIdentifier<'_>) {
        self.element(OBJECT_IDENTIFIER, identifier.body());
    }

    /// Writes an element around what `content` writes. It is called twice, and must write the same
    /// both times.
    pub fn around(&mut self, tag: u8, content: Content<'_>) {
        match self.sink {
            Sink::Nowhere => {
                let start = self.length;
                content(self);
                let length = self.length.saturating_sub(start);
                self.header(tag, length);
            }
            Sink::Bytes(_) => {
                self.header(tag, Self::measure(content));
                content(self);
            }
        }
    }

    /// Writes a tag and a length in its shortest form.
    fn header(&mut self, tag: u8, length: usize) {
        let bytes = length.to_be_bytes();
        match length {
            ..0x80 => self.raw(&[tag, bytes.last().copied().unwrap_or(0)]),
            _ => {
                let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
                let digits = bytes.get(zeros..).unwrap_or_default();
                self.raw(&[tag, 0x80 | u8::try_from(digits.len()).unwrap_or(0)]);
                self.raw(digits);
            }
        }
    }
}

impl fmt::Debug for Writer<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Writer({} bytes)", self.length)
    }
}

#[cfg(test)]
mod tests {
    use std::vec;
    use std::vec::Vec;

    use super::super::{Elements, OCTET_STRING, SEQUENCE, constructed};
    use super::*;
    use crate::document::Digest;

    /// Octets of this length, five levels down.
    fn nested(length: usize) -> impl Fn(&mut Writer<'_>) {
        let octets = vec![7; length];
        move |out| {
            out.around(SEQUENCE, &|out| {
                out.object_identifier(ObjectIdentifier::from_body(b"\x55\x04\x03"));
                out.around(constructed(0), &|out| {
                    out.around(SEQUENCE, &|out| {
                        out.around(SEQUENCE, &|out| out.element(OCTET_STRING, &octets));
                        out.raw(&[5, 0]);
                    });
                });
            });
        }
    }

    #[test]
    fn lengths_are_counted_written_and_hashed_alike() {
        for length in [0, 1, 0x6f, 0x7d, 0x7f, 0x80, 0xff, 0x100, 0xfff7, 0xffff, 0x1_0000] {
            let content = nested(length);
            let counted = Writer::measure(&content);
            let mut bytes = vec![0; counted];
            let mut buffer = Buffer::new(&mut bytes);
            let mut writer = Writer::to_buffer(&mut buffer);
            content(&mut writer);
            assert_eq!(writer.len(), counted);
            let written = buffer.finish([]).unwrap().1.to_vec();
            let mut hasher = Hasher::new();
            content(&mut Writer::to_hasher(&mut hasher));
            assert_eq!(hasher.finish(), Digest::of(&written), "{length}");

            let mut inside: Vec<_> = vec![Elements::new(&written).any("").unwrap()];
            for _ in 0..4 {
                let mut elements = inside.last().unwrap().elements();
                let first = elements.any("").unwrap();
                let next = if first.tag == 6 { elements.any("").unwrap() } else { first };
                inside.push(next);
            }
            assert_eq!(inside.last().unwrap().content, vec![7; length], "{length}");
            assert_eq!(inside[0].encoded.len(), counted);
        }
    }
}
