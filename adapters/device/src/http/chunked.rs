//! The chunked transfer coding (RFC 9112 §7.1), taken off in place.

use super::shift;
use crate::error::Misbehaviour;

/// The most bytes of a chunk's line, its extensions included, which nobody reads.
const LINE: usize = 256;

/// The most bytes of all trailers, which nobody reads either.
const TRAILERS: usize = 1024;

/// Takes chunks apart that come in pieces of any size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunked {
    stage: Stage,
    /// Bytes of the chunk's line so far, or of the trailers.
    line: usize,
    /// Of the size as far as it has been read, or of the chunk's bytes that are still to come.
    left: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// At the first digit of a size.
    Start,
    /// In a size.
    Size,
    /// Behind a size, in white space or an extension.
    Extension,
    /// Before the line feed of a size's line.
    LineEnd,
    /// In the chunk's bytes.
    Data,
    /// Behind them, before their line end.
    DataEnd,
    /// In that line end.
    DataLineFeed,
    /// At the start of a trailer, or of the empty line that ends them.
    TrailerStart,
    /// In a trailer.
    Trailer,
    /// In a trailer's line end.
    TrailerLineFeed,
    /// In the line end of the empty line.
    LastLineFeed,
    /// Behind it all.
    End,
}

/// What a piece held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// Bytes of the body; they have been moved to the start of the piece.
    pub(super) body: usize,
    /// Bytes behind the end of the body.
    pub(super) excess: usize,
}

impl Chunked {
    pub(super) const fn new() -> Self {
        Self { stage: Stage::Start, line: 0, left: 0 }
    }

    pub(super) fn is_over(&self) -> bool {
        self.stage == Stage::End
    }

    /// Bytes of the current chunk that are still to come.
    pub(super) fn left(&self) -> u64 {
        if self.stage == Stage::Data { self.left } else { 0 }
    }

    /// Takes the next piece.
    pub(super) fn take(&mut self, piece: &mut [u8]) -> Result<Taken, Misbehaviour> {
        let (mut read, mut body) = (0, 0);
        while self.stage != Stage::End {
            let Some(&byte) = piece.get(read) else { break };
            if self.stage == Stage::Data {
                let here = piece.len() - read;
                let count = usize::try_from(self.left).unwrap_or(usize::MAX).min(here);
                shift(piece, read, count, body);
                read += count;
                body += count;
                self.left -= u64::try_from(count).unwrap_or(self.left);
                if self.left == 0 {
                    self.stage = Stage::DataEnd;
                }
                continue;
            }
            read += 1;
            self.step(byte)?;
        }
        Ok(Taken { body, excess: piece.len() - read })
    }

    /// Takes a byte that is not the body's.
    fn step(&mut self, byte: u8) -> Result<(), Misbehaviour> {
        let bound = match self.stage {
            Stage::TrailerStart | Stage::Trailer | Stage::TrailerLineFeed => TRAILERS,
            _ => LINE,
        };
        self.line += 1;
        if self.line > bound {
            return Err(Misbehaviour::Chunk);
        }
        self.stage = match (self.stage, byte) {
            (Stage::Start | Stage::Size, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                let digit = char::from(byte).to_digit(16).map_or(0, u64::from);
                let larger = self.left.checked_mul(16).ok_or(Misbehaviour::Chunk)?;
                self.left = larger | digit;
                Stage::Size
            }
            (Stage::Size | Stage::Extension, b'\r') => Stage::LineEnd,
            (Stage::Size, b' ' | b'\t' | b';') => Stage::Extension,
            // A size that goes on after white space would be another number to another reader.
            (Stage::Extension, byte) if byte == b'\t' || !byte.is_ascii_control() => {
                Stage::Extension
            }
            (Stage::LineEnd, b'\n') => {
                self.line = 0;
                if self.left == 0 { Stage::TrailerStart } else { Stage::Data }
            }
            (Stage::DataEnd, b'\r') => Stage::DataLineFeed,
            (Stage::DataLineFeed, b'\n') => {
                self.line = 0;
                Stage::Start
            }
            (Stage::TrailerStart, b'\r') => Stage::LastLineFeed,
            (Stage::Trailer, b'\r') => Stage::TrailerLineFeed,
            (Stage::TrailerStart | Stage::Trailer, byte)
                if byte == b'\t' || !byte.is_ascii_control() =>
            {
                Stage::Trailer
            }
            (Stage::TrailerLineFeed, b'\n') => Stage::TrailerStart,
            (Stage::LastLineFeed, b'\n') => Stage::End,
            _ => return Err(Misbehaviour::Chunk),
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    /// The body, and the bytes behind it; `None` where it has not ended.
    fn take(wire: &[u8], piece: usize) -> Result<Option<(Vec<u8>, usize)>, Misbehaviour> {
        let (mut chunked, mut body, mut excess) = (Chunked::new(), Vec::new(), 0);
        for piece in wire.chunks(piece) {
            let mut piece = piece.to_vec();
            let taken = chunked.take(&mut piece)?;
            body.extend_from_slice(&piece[..taken.body]);
            excess += taken.excess;
        }
        Ok(chunked.is_over().then_some((body, excess)))
    }

    #[test]
    fn chunks_are_joined_at_any_split() {
        let wire = b"5\r\nhello\r\n01A;name=\"value\"; other\r\nabcdefghijklmnopqrstuvwxyz\r\n\
            0\t\r\nTrailer: one\r\nOther: two\r\n\r\nHTTP";
        for piece in 1..wire.len() {
            let body = b"helloabcdefghijklmnopqrstuvwxyz".to_vec();
            assert_eq!(take(wire, piece), Ok(Some((body, 4))), "{piece}");
        }
    }

    #[test]
    fn a_body_that_breaks_off_has_not_ended() {
        let wire = b"5\r\nhello\r\n0\r\nA: b\r\n\r\n";
        for end in 0..wire.len() {
            assert_eq!(take(&wire[..end], 7), Ok(None), "{end}");
        }
    }

    #[test]
    fn what_two_readers_would_read_in_two_ways_is_refused() {
        for wire in [
            &b"\r\n"[..],
            b";\r\n",
            b" 5\r\nhello\r\n",
            b"+5\r\n",
            b"-5\r\n",
            b"0x5\r\n",
            b"5\nhello",
            b"5\r\rhello",
            b"5 5 \0\r\n",
            b"5;a\nb\r\n",
            b"5\r\nhello5\r\n",
            b"5\r\nhello\n0\r\n",
            b"0\r\n\n",
            b"0\r\nA: b\nC: d\r\n",
            b"10000000000000000\r\n",
            b"fffffffffffffffff\r\n",
            b"5;a\x7f\r\n",
        ] {
            for piece in [1, 3, 100] {
                assert_eq!(take(wire, piece), Err(Misbehaviour::Chunk), "{wire:?}");
            }
        }
    }

    #[test]
    fn lines_and_trailers_have_an_end() {
        let mut endless = b"5;".to_vec();
        endless.resize(LINE + 1, b'a');
        assert_eq!(take(&endless, 64), Err(Misbehaviour::Chunk));
        let zeros = [b'0'; LINE + 1];
        assert_eq!(take(&zeros, 64), Err(Misbehaviour::Chunk));
        let trailers = [b"0\r\n".to_vec(), b"A: b\r\n".repeat(TRAILERS / 6 + 1)].concat();
        assert_eq!(take(&trailers, 64), Err(Misbehaviour::Chunk));
    }
}
