//! A writer into the caller's bytes that counts on when they are full.

use crate::error::{Error, ResourceError};

/// Writes into a borrowed buffer. Nothing is lost when it is too small: the writing goes on as a
/// count, so that [`Buffer::finish`] can say how much would have been enough.
#[derive(Debug)]
pub struct Buffer<'b> {
    bytes: &'b mut [u8],
    length: usize,
}

/// A place in a [`Buffer`]: where one part ends and the next begins.
#[derive(Clone, Copy, Debug)]
pub struct Mark(usize);

impl<'b> Buffer<'b> {
    /// Starts at the beginning of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'b mut [u8]) -> Self {
        Self { bytes, length: 0 }
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let end = self.length.saturating_add(bytes.len());
        if let Some(place) = self.bytes.get_mut(self.length..end) {
            place.copy_from_slice(bytes);
        }
        self.length = end;
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) {
        self.push(text.as_bytes());
    }

    /// Adds one byte.
    pub fn byte(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
        }
        self.length = self.length.saturating_add(1);
    }

    /// Adds a whole number in decimal digits.
    pub fn decimal(&mut self, mut number: u64) {
        let mut digits = [b'0'; 20];
        let mut start = digits.len();
        loop {
            start = start.saturating_sub(1);
            if let Some(place) = digits.get_mut(start) {
                *place = b'0'.saturating_add(u8::try_from(number % 10).unwrap_or(0));
            }
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.push(digits.get(start..).unwrap_or_default());
    }

    /// The place reached.
    #[must_use]
    pub const fn mark(&self) -> Mark {
        Mark(self.length)
    }

    /// Bytes written, or that would have been.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The parts written: up to the first mark, from each mark to the next, and after the last.
    ///
    /// # Errors
    /// [`ResourceError::BufferTooSmall`] with the size that is needed.
    pub fn finish<const PARTS: usize>(
        self,
        ends: [Mark; PARTS],
    ) -> Result<([&'b [u8]; PARTS], &'b [u8]), Error> {
        let bytes: &'b [u8] = self.bytes;
        let written = bytes
            .get(..self.length)
            .ok_or(ResourceError::BufferTooSmall { needed: self.length })?;
        let mut parts = [written; PARTS];
        let mut start = 0;
        for (part, Mark(end)) in parts.iter_mut().zip(ends) {
            *part = written.get(start..end).unwrap_or_default();
            start = end;
        }
        Ok((parts, written.get(start..).unwrap_or_default()))
    }
}

/// The text in bytes that were written as texts.
pub(crate) fn as_text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_that_is_too_small_tells_what_is_needed() {
        for size in 0..11 {
            let mut bytes = [0; 11];
            let mut buffer = Buffer::new(&mut bytes[..size]);
            buffer.text("hello ");
            buffer.byte(b'w');
            buffer.decimal(4_096);
            assert_eq!(
                buffer.finish([]).unwrap_err(),
                ResourceError::BufferTooSmall { needed: 11 }.into()
            );
        }
    }

    #[test]
    fn parts_are_cut_at_the_marks() {
        let mut bytes = [0; 32];
        let mut buffer = Buffer::new(&mut bytes);
        buffer.text("ab");
        let first = buffer.mark();
        let second = buffer.mark();
        buffer.decimal(u64::MAX);
        let (parts, rest) = buffer.finish([first, second]).unwrap();
        assert_eq!(parts, [&b"ab"[..], b""]);
        assert_eq!(rest, b"18446744073709551615");
    }
}
