//! PEM (RFC 7468): base64 between a line that begins it and a line that ends it.

use super::{base64, cut};

/// What begins a block, before its label.
const BEGIN: &str = "-----BEGIN ";

/// What ends a block, before its label.
const END: &str = "-----END ";

/// What ends either line, behind the label.
const DASHES: &str = "-----";

/// The label of certificates (RFC 7468 §5.1).
pub const CERTIFICATE: &str = "CERTIFICATE";

/// Why a text is no PEM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PemError {
    /// A block that begins and does not end, or whose label does.
    #[error("the block that begins at byte {0} does not end")]
    Unfinished(usize),
    /// A block whose last line has another label than its first.
    #[error("the block that begins at byte {0} ends as another")]
    Label(usize),
    /// A block whose text is no base64.
    #[error("the block that begins at byte {0} is no base64")]
    Base64(usize),
    /// A block that does not fit its output.
    #[error("the block that begins at byte {place} needs {needed} bytes")]
    TooLong {
        /// Where it begins.
        place: usize,
        /// Bytes that are enough for it.
        needed: usize,
    },
}

/// One block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'t> {
    /// What it says that it is, such as [`CERTIFICATE`].
    pub label: &'t str,
    /// Where it begins in the text.
    pub place: usize,
    base64: &'t str,
}

impl Block<'_> {
    /// Bytes that are enough for what the block decodes to.
    #[must_use]
    pub const fn decoded_bound(&self) -> usize {
        base64::decoded_bound(self.base64.len())
    }

    /// Decodes the block into `out`. Its lines may have any length and any end, as the services'
    /// have.
    ///
    /// # Errors
    /// [`PemError::Base64`] and [`PemError::TooLong`]; `out` then holds bytes of no meaning.
    pub fn decode<'o>(&self, out: &'o mut [u8]) -> Result<&'o [u8], PemError> {
        let place = self.place;
        base64::decode(self.base64, out).map_err(|error| match error {
            base64::DecodeError::Invalid => PemError::Base64(place),
            base64::DecodeError::Output => {
                PemError::TooLong { place, needed: self.decoded_bound() }
            }
        })
    }
}

/// The blocks of a text, in their order; what stands between them is passed over.
///
/// After an error there are no more.
#[derive(Clone, Debug)]
pub struct Blocks<'t> {
    text: &'t str,
    place: usize,
}

impl<'t> Blocks<'t> {
    /// The blocks of this text.
    #[must_use]
    pub const fn new(text: &'t str) -> Self {
        Self { text, place: 0 }
    }

    fn step(&mut self) -> Option<Result<Block<'t>, PemError>> {
        let (before, after) = cut::at_first(self.text, BEGIN)?;
        let place = self.place.saturating_add(before.len());
        let Some((label, base64, end, rest)) = parts(after) else {
            return Some(Err(PemError::Unfinished(place)));
        };
        let taken = self.text.len().saturating_sub(rest.len());
        *self = Self { text: rest, place: self.place.saturating_add(taken) };
        Some(match end == label {
            true => Ok(Block { label, place, base64 }),
            false => Err(PemError::Label(place)),
        })
    }
}

/// The label behind [`BEGIN`], the base64, the label behind [`END`], and what follows.
fn parts(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (label, body) = cut::at_first(text, DASHES)?;
    let (base64, end) = cut::at_first(body, END)?;
    let (end, rest) = cut::at_first(end, DASHES)?;
    Some((label, base64, end, rest))
}

impl<'t> Iterator for Blocks<'t> {
    type Item = Result<Block<'t>, PemError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step();
        if !matches!(step, Some(Ok(_))) {
            self.text = "";
        }
        step
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    const TWO: &str = "subject=a\r\n-----BEGIN CERTIFICATE-----\r\nAQID\r\nBA==\r\n-----END \
                       CERTIFICATE-----\r\n\n-----BEGIN X-----BQ==-----END X-----";

    #[test]
    fn blocks_are_found_wherever_they_stand() {
        let blocks: Vec<_> = Blocks::new(TWO).map(|block| block.unwrap()).collect();
        let mut out = [0; 4];
        assert_eq!((blocks[0].label, blocks[0].place), (CERTIFICATE, 11));
        assert_eq!(blocks[0].decode(&mut out), Ok(&[1, 2, 3, 4][..]));
        assert_eq!((blocks[1].label, &TWO[blocks[1].place..][..12]), ("X", "-----BEGIN X"));
        assert_eq!(blocks[1].decode(&mut out), Ok(&[5][..]));
        assert_eq!(blocks.len(), 2);
        assert_eq!(Blocks::new("no block").count(), 0);
    }

    #[test]
    fn a_block_that_is_none_is_told_with_its_place() {
        let first = |text| Blocks::new(text).next().unwrap();
        assert_eq!(first("x-----BEGIN A"), Err(PemError::Unfinished(1)));
        assert_eq!(first("-----BEGIN A-----AA=="), Err(PemError::Unfinished(0)));
        assert_eq!(first("-----BEGIN A-----AA==-----END B-----"), Err(PemError::Label(0)));
        let block = first("-----BEGIN A-----A-----END A-----").unwrap();
        assert_eq!(block.decode(&mut [0; 4]), Err(PemError::Base64(0)));
        let block = first("-----BEGIN A-----AAAA-----END A-----").unwrap();
        assert_eq!(block.decode(&mut [0; 2]), Err(PemError::TooLong { place: 0, needed: 3 }));
    }

    #[test]
    fn s35_a_cut_at_any_place_ends_the_blocks() {
        for length in 0..TWO.len() {
            for block in Blocks::new(&TWO[..length]).flatten() {
                let _ = block.decode(&mut [0; 4]);
            }
        }
    }
}
