//! The document of this example: a PDF of any size that no memory holds.
//!
//! It has one empty page and a stream of noise, which stands for what a device would read from a card
//! or a scanner. Every byte can be computed from its place, so that the document can be read as often
//! as is asked for.

use core::convert::Infallible;

use rubrica_core::document::Documents;

/// Everything up to the noise, but for the noise's length.
const HEAD: &str = "%PDF-1.7\n\
    1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
    2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
    3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>\nendobj\n\
    4 0 obj\n<</Length ";

/// What stands between the length and the noise.
const STREAM: &str = ">>\nstream\n";

/// Everything behind the noise, but for where the cross-references begin.
const TAIL: &str = "\nendstream\nendobj\n\
    xref\n0 5\n\
    0000000000 65535 f\r\n\
    0000000009 00000 n\r\n\
    0000000054 00000 n\r\n\
    0000000105 00000 n\r\n\
    0000000184 00000 n\r\n\
    trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n";

/// Bytes of [`TAIL`] before the word `xref`.
const BEFORE_XREF: u32 = 18;

/// The last line.
const END: &str = "\n%%EOF\n";

/// Digits of a number in it, with zeros in front so that the length does not depend on the value.
const NUMBER: usize = 8;

/// A document.
#[derive(Clone, Debug)]
pub struct Paper {
    noise: u32,
    place: u32,
}

impl Paper {
    /// A document with so much noise, less than 10⁸ bytes.
    #[must_use]
    pub const fn new(noise: u32) -> Self {
        Self { noise, place: 0 }
    }

    /// Its length in bytes.
    #[must_use]
    pub const fn length(&self) -> u64 {
        let frame = HEAD.len() + NUMBER + STREAM.len() + TAIL.len() + NUMBER + END.len();
        self.noise as u64 + frame as u64
    }

    /// The byte at a place, `None` behind the end.
    fn byte(&self, place: u32) -> Option<u8> {
        let noise_at = (HEAD.len() + NUMBER + STREAM.len()) as u32;
        if let Some(inside) = place.checked_sub(noise_at).filter(|&inside| inside < self.noise) {
            return Some(noise(inside));
        }
        let (length, xref) = (digits(self.noise), digits(noise_at + self.noise + BEFORE_XREF));
        let parts: [&[u8]; 6] =
            [HEAD.as_bytes(), &length, STREAM.as_bytes(), TAIL.as_bytes(), &xref, END.as_bytes()];
        let mut rest = if place < noise_at { place } else { place - self.noise } as usize;
        for part in parts {
            match part.get(rest) {
                Some(&byte) => return Some(byte),
                None => rest -= part.len(),
            }
        }
        None
    }
}

impl Documents for Paper {
    type Error = Infallible;

    fn begin(&mut self, _document: usize) -> Result<(), Infallible> {
        self.place = 0;
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Infallible> {
        let mut count = 0;
        for room in out {
            let Some(byte) = self.byte(self.place) else { break };
            *room = byte;
            self.place += 1;
            count += 1;
        }
        Ok(count)
    }
}

/// A byte that looks like nothing else in the document: never a line end or a letter.
fn noise(place: u32) -> u8 {
    (place.wrapping_mul(0x9e37_79b9) >> 24) as u8 | 0x80
}

fn digits(number: u32) -> [u8; NUMBER] {
    let mut digits = [b'0'; NUMBER];
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    digits
}

#[cfg(test)]
mod tests {
    use std::string::{String, ToString};
    use std::vec::Vec;

    use super::*;

    fn read(paper: &mut Paper, piece: usize) -> Vec<u8> {
        paper.begin(0).unwrap();
        let (mut all, mut out) = (Vec::new(), std::vec![0; piece]);
        loop {
            match paper.read(&mut out).unwrap() {
                0 => return all,
                count => all.extend_from_slice(&out[..count]),
            }
        }
    }

    #[test]
    fn it_reads_the_same_in_any_pieces_and_as_often_as_asked() {
        let mut paper = Paper::new(1_000);
        let whole = read(&mut paper, 10_000);
        assert_eq!(whole.len() as u64, paper.length());
        for piece in [1, 7, 768] {
            assert_eq!(read(&mut paper, piece), whole);
        }
    }

    #[test]
    fn its_cross_references_lead_to_its_objects() {
        for noise in [0, 1, 1_000] {
            let bytes = read(&mut Paper::new(noise), 512);
            let text: String = bytes.iter().map(|&byte| char::from(byte & 0x7f)).collect();
            let start = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap();
            let table = &text[start.parse::<usize>().unwrap()..];
            assert!(table.starts_with("xref\n0 5\n"));
            for (number, line) in table.lines().skip(3).take(4).enumerate() {
                let offset: usize = line[..10].parse().unwrap();
                let begins = (number + 1).to_string() + " 0 obj\n";
                assert!(text[offset..].starts_with(&begins), "{line}");
            }
            let after = text.split(">>\nstream\n").nth(1).unwrap();
            assert!(after[noise as usize..].starts_with("\nendstream\n"));
        }
    }
}
