//! Which cross-reference entry counts for an object, without holding the entries.
//!
//! A table's rows are twenty bytes each, so a row can be found again in the file; a stream's are
//! held as they were inflated. What is held of either is where each run of consecutive numbers is.

use core::ops::RangeInclusive;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::error::PdfError;
use crate::limits;
use crate::syntax::is_white_space;
use crate::window::{Bytes, Purpose};

/// The length of a row of a table: ISO 32000-1 §7.5.4.
pub(crate) const ROW: usize = 20;

/// What a cross-reference section says of one object number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Free,
    InUse { offset: u64, generation: u16 },
    Compressed { container: u32, index: usize },
}

/// The rows of a cross-reference stream, or those of a table that are not written as they should
/// be: three numbers each, of as many bytes as `widths` says (ISO 32000-1 §7.5.8.3).
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) rows: Vec<u8>,
    pub(crate) widths: [u8; 3],
}

/// Consecutive object numbers.
pub(crate) type Numbers = RangeInclusive<u32>;

/// Consecutive object numbers whose rows follow one another.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) rows: Rows,
}

/// Where the first row of a run is: in the file, or as which of those that are held.
#[derive(Debug, Clone)]
pub(crate) enum Rows {
    InFile(u32),
    Held(Rc<Held>, u32),
}

/// Runs that do not overlap.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runs(BTreeMap<u32, (u32, Rows)>);

impl Held {
    fn width(&self) -> usize {
        self.widths.iter().map(|&width| usize::from(width)).sum()
    }

    /// The entry in a row, in a document of `length` bytes; nothing when it is not a valid one.
    pub(crate) fn entry(&self, row: usize, length: u64) -> Option<Entry> {
        let start = row.checked_mul(self.width())?;
        let row = self.rows.get(start..start.checked_add(self.width())?)?;
        let [first, second, _] = self.widths.map(usize::from);
        let (kind, row) = row.split_at_checked(first)?;
        let (second, third) = row.split_at_checked(second)?;
        match if kind.is_empty() { 1 } else { big_endian(kind) } {
            1 => in_use(big_endian(second), big_endian(third), length),
            2 => Some(Entry::Compressed {
                container: u32::try_from(big_endian(second)).ok()?,
                index: usize::try_from(big_endian(third)).ok()?,
            }),
            // What is none of these refers to the null object: ISO 32000-1 table 18.
            _ => Some(Entry::Free),
        }
    }
}

/// An entry of an object that is in the open.
pub(crate) fn in_use(offset: u64, generation: u64, length: u64) -> Option<Entry> {
    if offset >= length {
        return None;
    }
    if offset == 0 {
        // The header is there, never an object: some writers mean a free entry.
        return Some(Entry::Free);
    }
    Some(Entry::InUse { offset, generation: u16::try_from(generation).ok()? })
}

/// The entry in a table's row, when the row is written as it should be and the entry is valid.
pub(crate) fn table_row(row: &[u8; ROW], length: u64) -> Option<Entry> {
    let [offset @ .., b' ', g1, g2, g3, g4, g5, b' ', kind, e1, e2] = row else {
        return None;
    };
    if !is_white_space(*e1) || !is_white_space(*e2) {
        return None;
    }
    let offset = decimal(offset)?;
    let generation = decimal(&[*g1, *g2, *g3, *g4, *g5])?;
    match kind {
        b'n' => in_use(offset, generation, length),
        b'f' => Some(Entry::Free),
        _ => None,
    }
}

/// The rows of one table, as they are read.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    /// First and last number, and the place of the first row: in the file, or in `held`.
    runs: Vec<(u32, u32, bool, u32)>,
    held: Vec<u8>,
    count: usize,
}

impl Collector {
    /// Of the rows that are not found again in the file.
    const WIDTHS: [u8; 3] = [1, 4, 2];

    /// Takes an entry in whose row is at `place` in the file, where it is written as it should be.
    pub(crate) fn add(
        &mut self,
        number: u64,
        place: Option<u32>,
        entry: Entry,
    ) -> Result<(), PdfError> {
        let number = checked(number, &mut self.count)?;
        let (held, place) = match place {
            Some(place) => (false, place),
            None => (true, self.hold(entry)),
        };
        let stride = if held { 1 } else { ROW as u32 };
        match self.runs.last_mut() {
            Some((first, last, as_before, start))
                if *as_before == held
                    && last.checked_add(1) == Some(number)
                    && (number - *first).saturating_mul(stride).saturating_add(*start) == place =>
            {
                *last = number;
            }
            _ => self.runs.push((number, number, held, place)),
        }
        Ok(())
    }

    fn hold(&mut self, entry: Entry) -> u32 {
        let row = self.held.len() / 7;
        let (kind, offset, generation) = match entry {
            Entry::InUse { offset, generation } => (1, offset, generation),
            _ => (0, 0, 0),
        };
        // A document is shorter than 2 GiB.
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        self.held.push(kind);
        self.held.extend_from_slice(&offset.to_be_bytes());
        self.held.extend_from_slice(&generation.to_be_bytes());
        u32::try_from(row).unwrap_or(u32::MAX)
    }

    /// How many bytes are held.
    pub(crate) const fn held(&self) -> usize {
        self.held.len()
    }

    /// The runs, in the order in which they were written.
    pub(crate) fn finish(self) -> Vec<Run> {
        let held = Rc::new(Held { rows: self.held, widths: Self::WIDTHS });
        let rows = |is_held, place| match is_held {
            true => Rows::Held(Rc::clone(&held), place),
            false => Rows::InFile(place),
        };
        let run = |(first, last, is_held, place)| Run { first, last, rows: rows(is_held, place) };
        self.runs.into_iter().map(run).collect()
    }
}

/// An object's number, when it is a possible one and there are not too many, of which `count` is
/// kept.
pub(crate) fn checked(number: u64, count: &mut usize) -> Result<u32, PdfError> {
    let number = u32::try_from(number)
        .ok()
        .filter(|&number| number <= limits::MAX_OBJECT_NUMBER)
        .ok_or(PdfError::TooComplex { what: "an object's number is too large" })?;
    *count = count.saturating_add(1);
    if *count > limits::MAX_XREF_ENTRIES {
        return Err(PdfError::TooComplex { what: "there are too many objects" });
    }
    Ok(number)
}

impl Run {
    /// The run's part from `first` to `last`, which are within it.
    pub(crate) fn part(&self, first: u32, last: u32) -> Self {
        let skipped = first.saturating_sub(self.first);
        let rows = match &self.rows {
            Rows::InFile(place) => {
                Rows::InFile(place.saturating_add(skipped.saturating_mul(ROW as u32)))
            }
            Rows::Held(held, row) => Rows::Held(Rc::clone(held), row.saturating_add(skipped)),
        };
        Self { first, last, rows }
    }

    /// The entry of a number within the run.
    pub(crate) fn entry(&self, bytes: &Bytes<'_>, number: u32) -> Result<Entry, PdfError> {
        let entry = match self.part(number, number).rows {
            Rows::InFile(place) => {
                let mut reader = bytes.reader(place.into(), Purpose::CrossReferences);
                let row = reader.peek(ROW)?.first_chunk();
                row.and_then(|row| table_row(row, bytes.length()))
            }
            Rows::Held(held, row) => {
                usize::try_from(row).ok().and_then(|row| held.entry(row, bytes.length()))
            }
        };
        // It was valid when the section was read.
        entry.ok_or(PdfError::Changed)
    }
}

impl Runs {
    /// Takes in of `run` what no run that is already here speaks of.
    pub(crate) fn fill(&mut self, run: &Run) -> Result<(), PdfError> {
        let mut first = run.first;
        loop {
            if let Some((_, &(last, _))) = self.0.range(..=first).next_back()
                && last >= first
            {
                // The next run may begin right there.
                first = last.saturating_add(1);
                if last >= run.last {
                    return Ok(());
                }
                continue;
            }
            let next = self.0.range(first..).next().map(|(&next, _)| next);
            let last = next.map_or(run.last, |next| run.last.min(next.saturating_sub(1)));
            if self.0.len() >= limits::MAX_XREF_ENTRIES {
                return Err(PdfError::TooComplex { what: "there are too many objects" });
            }
            self.0.insert(first, (last, run.part(first, last).rows));
            if last == run.last {
                return Ok(());
            }
            first = last.saturating_add(1);
        }
    }

    /// The runs in the order of their numbers.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = Run> {
        self.0.iter().map(|(&first, (last, rows))| Run { first, last: *last, rows: rows.clone() })
    }

    pub(crate) fn entry(&self, bytes: &Bytes<'_>, number: u32) -> Result<Option<Entry>, PdfError> {
        match self.0.range(..=number).next_back() {
            Some((&first, (last, rows))) if number <= *last => {
                Run { first, last: *last, rows: rows.clone() }.entry(bytes, number).map(Some)
            }
            _ => Ok(None),
        }
    }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0u64, |value, digit| {
        digit.is_ascii_digit().then(|| value * 10 + u64::from(digit - b'0'))
    })
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(first: u32, last: u32, place: u32) -> Run {
        Run { first, last, rows: Rows::InFile(place) }
    }

    #[test]
    fn what_came_first_counts() {
        let mut runs = Runs::default();
        for (first, last, place) in [(5, 6, 1000), (10, 10, 2000), (3, 12, 0), (0, 12, 5000)] {
            runs.fill(&run(first, last, place)).unwrap();
        }
        let found: Vec<_> = runs
            .iter()
            .map(|run| match run.rows {
                Rows::InFile(place) => (run.first, run.last, place),
                Rows::Held(..) => unreachable!(),
            })
            .collect();
        assert_eq!(
            found,
            [(0, 2, 5000), (3, 4, 0), (5, 6, 1000), (7, 9, 80), (10, 10, 2000), (11, 12, 160),]
        );
    }

    #[test]
    fn a_run_is_as_long_as_its_rows_follow() {
        let mut rows = Collector::default();
        let entry = Entry::InUse { offset: 17, generation: 2 };
        for (number, place) in [(7, Some(100)), (8, Some(120)), (9, Some(141)), (11, Some(161))] {
            rows.add(number, place, entry).unwrap();
        }
        for number in [12, 13, 20] {
            rows.add(number, None, entry).unwrap();
        }
        let runs = rows.finish();
        let ranges: Vec<_> = runs.iter().map(|run| (run.first, run.last)).collect();
        assert_eq!(ranges, [(7, 8), (9, 9), (11, 11), (12, 13), (20, 20)]);
        let bytes = Bytes::open(&[0u8; 18]).unwrap();
        assert_eq!(runs[4].entry(&bytes, 20), Ok(entry));
    }

    #[test]
    fn a_row_that_is_not_written_as_it_should_be_is_no_table_row() {
        let entry = |row: &[u8; 20]| table_row(row, 1000);
        let found = Some(Entry::InUse { offset: 17, generation: 2 });
        assert_eq!(entry(b"0000000017 00002 n\r\n"), found);
        assert_eq!(entry(b"0000000017 00002 n \n"), found);
        assert_eq!(entry(b"0000000000 65535 f \n"), Some(Entry::Free));
        for other in [
            b"0000000017 00002 n\n0",
            b"0000001000 00002 n\r\n",
            b"0000000017 65536 n\r\n",
            b"000000001  00002 n\r\n",
            b"0000000017 00002 x\r\n",
        ] {
            assert_eq!(entry(other), None);
        }
    }
}
