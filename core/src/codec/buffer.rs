//! A writer into the caller's bytes that counts on when they are full.

use super::decimal;
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
    #[inline(never)]
    pub fn byte(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
        }
        self.length = self.length.saturating_add(1);
    }

    /// Adds a whole number in decimal digits.
    pub fn decimal(&mut self, number: u64) {
        let (mut rest, mut digits, mut first) = (number, [b'0'; 20], 19);
        for (place, digit) in digits.iter_mut().enumerate().rev() {
            let (tens, one) = decimal::divide(rest, 10);
            rest = tens;
            *digit = digit.saturating_add(u8::try_from(one).unwrap_or(0));
            if one != 0 {
                first = first.min(place);
            }
        }
        self.push(digits.get(first..).unwrap_or_default());
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
        let written = self.written()?;
        let mut parts = [written; PARTS];
        let rest = cut(written, &ends, &mut parts);
        Ok((parts, rest))
    }

    /// All that was written, as one text.
    ///
    /// # Errors
    /// As [`Buffer::finish`].
    #[inline(never)]
    pub(crate) fn finish_text(self) -> Result<&'b str, Error> {
        self.written().map(as_text)
    }

    #[inline(never)]
    fn written(self) -> Result<&'b [u8], Error> {
        let needed = self.length;
        self.bytes.get(..needed).ok_or_else(|| ResourceError::BufferTooSmall { needed }.into())
    }
}

/// Cuts what was written at the marks, and gives what is behind the last.
#[inline(never)]
fn cut<'b>(written: &'b [u8], ends: &[Mark], parts: &mut [&'b [u8]]) -> &'b [u8] {
    let mut start = 0;
    for (part, &Mark(end)) in parts.iter_mut().zip(ends) {
        *part = written.get(start..end).unwrap_or_default();
        start = end;
    }
    written.get(start..).unwrap_or_default()
}

/// The text in bytes that were written as texts.
#[inline(never)]
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
