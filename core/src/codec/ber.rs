//! BER (X.690 §8) brought into DER, in the memory in which it stands.
//!
//! A CMS message may be written in BER (RFC 5652 §5.1), and some services write theirs with indefinite
//! lengths; a PDF wants DER. What is brought into DER here is the encoding alone: indefinite lengths
//! and lengths longer than need be, and octet strings in pieces. The order of a set's members and the
//! values of primitives stay, and nothing that is DER already is changed in any byte.

/// Levels of elements within elements. The issuer's name in the `signingCertificateV2` of a CMS stands
/// 17 levels deep, and that of a time stamp within it 25.
pub const MAX_DEPTH: usize = 32;

/// An octet string of one piece, and one of several.
const OCTET_STRING: u8 = 0x04;
const OCTET_STRINGS: u8 = 0x24;

/// The bit of an identifier that tells an element of elements.
const CONSTRUCTED: u8 = 0x20;

/// Universal elements of elements that DER has: EXTERNAL, EMBEDDED PDV, SEQUENCE and SET.
const CONSTRUCTED_IN_DER: [u8; 4] = [0x28, 0x2b, 0x30, 0x31];

/// Why bytes cannot be brought into DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BerError {
    /// The bytes end before the element does, or an element goes beyond the one that it stands in.
    #[error("the element is cut short at byte {0}")]
    End(usize),
    /// A tag of more than one byte, or of a string in pieces other than an octet string.
    #[error("the tag at byte {0} is not supported")]
    Tag(usize),
    /// A length that is no length, or beyond 4 GiB.
    #[error("the length at byte {0} is not good")]
    Length(usize),
    /// Elements within elements beyond [`MAX_DEPTH`].
    #[error("too many levels at byte {0}")]
    Depth(usize),
    /// Something after the element.
    #[error("something follows the element at byte {0}")]
    Trailing(usize),
    /// The memory is smaller than [`der_bound`] and too small.
    #[error("the memory is too small")]
    Room,
}

/// Bytes of memory that are enough to bring so many bytes of BER into DER. It is hardly more than
/// they have: only elements of 64 KiB and more can grow, by a byte or two each.
#[must_use]
pub const fn der_bound(length: usize) -> usize {
    // At most one in 65,536 bytes and level begins such an element.
    length.saturating_add(length.wrapping_shr(11)).saturating_add(32)
}

/// An element whose content is being written.
#[derive(Clone, Copy)]
struct Level {
    /// Where its content begins in what is written.
    content: usize,
    /// What it may reach to: its own end, or that of the one it stands in.
    limit: usize,
    /// Whether two zeros end it.
    is_indefinite: bool,
    /// Whether the pieces of an octet string stand in it.
    is_joined: bool,
    /// Whether it is itself a piece: nothing of it is written but its content.
    is_piece: bool,
}

/// Brings the BER element in the first `length` of `bytes` into DER, which then stands at their
/// beginning, and gives its length. What stands behind it has no meaning then.
///
/// # Errors
/// [`BerError`], whose places count from the beginning of the BER; the bytes have no meaning then.
pub fn into_der(bytes: &mut [u8], length: usize) -> Result<usize, BerError> {
    // What is read goes to the end, what is written begins at the beginning and stays behind.
    let shift = bytes.len().checked_sub(length).ok_or(BerError::End(bytes.len()))?;
    bytes.copy_within(..length, shift);
    Writer { bytes, shift, read: shift, written: 0 }.run()
}

struct Writer<'b> {
    bytes: &'b mut [u8],
    shift: usize,
    read: usize,
    written: usize,
}

impl Writer<'_> {
    fn run(mut self) -> Result<usize, BerError> {
        let end = self.bytes.len();
        let ground = Level {
            content: 0,
            limit: end,
            is_indefinite: false,
            is_joined: false,
            is_piece: false,
        };
        let mut levels = [ground; MAX_DEPTH];
        let mut depth = 0_usize;
        loop {
            let level = depth.checked_sub(1).and_then(|top| levels.get(top)).copied();
            let level = match level {
                Some(level) if self.is_over(&level) => {
                    self.close(&level)?;
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                    continue;
                }
                level => level.unwrap_or(ground),
            };
            match self.open(&level)? {
                Some(inner) => {
                    let place = self.place();
                    *levels.get_mut(depth).ok_or(BerError::Depth(place))? = inner;
                    depth = depth.saturating_add(1);
                }
                None if depth == 0 => break,
                None => {}
            }
        }
        if self.read != end {
            return Err(BerError::Trailing(self.place()));
        }
        Ok(self.written)
    }

    /// Where it is read, from the beginning of the BER.
    const fn place(&self) -> usize {
        self.read.saturating_sub(self.shift)
    }

    fn byte(&mut self, limit: usize) -> Result<u8, BerError> {
        let place = self.place();
        let byte = self.bytes.get(self.read).filter(|_| self.read < limit);
        let byte = *byte.ok_or(BerError::End(place))?;
        self.read = self.read.saturating_add(1);
        Ok(byte)
    }

    /// Whether an element's content ends here; the two zeros that may tell it are passed over.
    fn is_over(&mut self, level: &Level) -> bool {
        if !level.is_indefinite {
            return self.read == level.limit;
        }
        let after = self.read.saturating_add(2);
        let is_over = after <= level.limit && self.bytes.get(self.read..after) == Some(&[0, 0]);
        if is_over {
            self.read = after;
        }
        is_over
    }

    /// Reads what an element begins with. A primitive is written as a whole; of another the tag, and
    /// its level is given.
    fn open(&mut self, level: &Level) -> Result<Option<Level>, BerError> {
        let place = self.place();
        let tag = self.byte(level.limit)?;
        let is_constructed = tag & CONSTRUCTED != 0;
        let is_piece = level.is_joined;
        let is_joined = tag == OCTET_STRINGS;
        let is_universal = tag & 0xc0 == 0;
        let is_known = !is_universal || is_joined || CONSTRUCTED_IN_DER.contains(&tag);
        if tag & 0x1f == 0x1f
            || tag == 0
            || (is_constructed && !is_known)
            || (is_piece && !matches!(tag, OCTET_STRING | OCTET_STRINGS))
        {
            return Err(BerError::Tag(place));
        }
        let length = self.length(level.limit)?;
        let limit = match length {
            Some(length) => {
                let limit = self.read.checked_add(length).filter(|&limit| limit <= level.limit);
                limit.ok_or(BerError::End(place))?
            }
            None if is_constructed => level.limit,
            None => return Err(BerError::Length(place)),
        };
        if !is_piece {
            self.write(&[if is_joined { OCTET_STRING } else { tag }])?;
        }
        if is_constructed {
            return Ok(Some(Level {
                content: self.written,
                limit,
                is_indefinite: length.is_none(),
                is_joined,
                is_piece,
            }));
        }
        let length = limit.saturating_sub(self.read);
        if !is_piece {
            let (octets, count) = length_octets(length);
            self.write(octets.get(..count).unwrap_or_default())?;
        }
        self.bytes.copy_within(self.read..limit, self.written);
        self.read = limit;
        self.written = self.written.saturating_add(length);
        Ok(None)
    }

    /// A length; `None` for the indefinite one.
    fn length(&mut self, limit: usize) -> Result<Option<usize>, BerError> {
        let place = self.place();
        let first = self.byte(limit)?;
        match first {
            0x80 => return Ok(None),
            0..0x80 => return Ok(Some(usize::from(first))),
            _ => {}
        }
        let mut length = 0_u32;
        for _ in 0..first & 0x7f {
            let byte = self.byte(limit)?;
            if length.leading_zeros() < 8 {
                return Err(BerError::Length(place));
            }
            length = (length << 8) | u32::from(byte);
        }
        usize::try_from(length).map(Some).map_err(|_| BerError::Length(place))
    }

    /// Puts the length before the content that was written.
    fn close(&mut self, level: &Level) -> Result<(), BerError> {
        if level.is_piece {
            return Ok(());
        }
        let (octets, count) = length_octets(self.written.saturating_sub(level.content));
        let octets = octets.get(..count).unwrap_or_default();
        let content = level.content.saturating_add(count);
        let written = self.written.saturating_add(count);
        if written > self.read {
            return Err(BerError::Room);
        }
        self.bytes.copy_within(level.content..self.written, content);
        self.bytes.get_mut(level.content..content).ok_or(BerError::Room)?.copy_from_slice(octets);
        self.written = written;
        Ok(())
    }

    /// Writes what does not reach what is still to be read.
    fn write(&mut self, bytes: &[u8]) -> Result<(), BerError> {
        let end = self.written.saturating_add(bytes.len());
        let place = self.bytes.get_mut(self.written..end).filter(|_| end <= self.read);
        place.ok_or(BerError::Room)?.copy_from_slice(bytes);
        self.written = end;
        Ok(())
    }
}

/// The octets of a length in its shortest form, of which so many count.
fn length_octets(length: usize) -> ([u8; 5], usize) {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    let [first, second, third, fourth] = length.to_be_bytes();
    match length {
        ..0x80 => ([fourth, 0, 0, 0, 0], 1),
        0x80..0x100 => ([0x81, fourth, 0, 0, 0], 2),
        0x100..0x1_0000 => ([0x82, third, fourth, 0, 0], 3),
        0x1_0000..0x100_0000 => ([0x83, second, third, fourth, 0], 4),
        _ => ([0x84, first, second, third, fourth], 5),
    }
}

#[cfg(test)]
mod tests;
