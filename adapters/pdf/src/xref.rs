//! Where the objects are: cross-reference tables, streams and the chain of sections that
//! incremental updates make (ISO 32000-1 §7.5.4, §7.5.8).

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::error::PdfError;
use crate::filters;
use crate::limits;
use crate::object::{Dictionary, Object};
use crate::runs::{self, Collector, Entry, Held, Numbers, ROW, Rows, Run, Runs};
use crate::syntax::{Parser, Work, is_white_space};
use crate::window::{Bytes, Purpose, Reader};

/// What an entry of a cross-reference stream counts as bytes parsed, which is about what it takes
/// in a table. Streams compress well, so their length says little.
const ROW_WORK: u64 = 16;

/// How much white space after a `%%EOF` is passed over, in bytes.
const MAX_PADDING: usize = 64 * 1024;

const LOOP: &str = "cross-reference sections form a loop";

/// How a cross-reference section is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SectionKind {
    Table,
    Stream,
}

/// All sections of a document, of which the newest that speaks of an object counts.
#[derive(Debug, Clone)]
pub(crate) struct CrossReferences {
    runs: Runs,
    /// The newest section's trailer, or its stream's dictionary.
    pub(crate) trailer: Dictionary,
    /// Where the newest section begins.
    pub(crate) start: u64,
    /// How the newest section is written.
    pub(crate) kind: SectionKind,
    /// The first object number that no section speaks of.
    pub(crate) next_number: u32,
}

/// What is special to the sections that were added to a document.
#[derive(Debug, Clone, Default)]
pub(crate) struct Added {
    /// The numbers of which they speak.
    pub(crate) numbers: Vec<Numbers>,
    /// Where they begin.
    pub(crate) starts: BTreeSet<u64>,
    /// Whether one of them has a second section that only newer readers know (`/XRefStm`).
    pub(crate) hybrid: bool,
    /// Whether one of them speaks twice of an object: readers take the one or the other.
    pub(crate) repeats: bool,
}

struct Section {
    /// As they were written; of a number that is in several, the last counts.
    runs: Vec<Run>,
    trailer: Dictionary,
    kind: SectionKind,
}

/// Reads the sections of one document.
struct Sections<'a> {
    bytes: &'a Bytes<'a>,
    work: &'a Work,
    /// How many bytes of rows are held.
    held: usize,
}

/// Follows the sections from the last `startxref` back to the first.
///
/// # Errors
/// A section that cannot be read, a chain that loops, an encrypted document. Nothing is repaired:
/// where the sections are wrong, readers guess, each in its own way, and a signature must not
/// depend on a guess.
pub(crate) fn read(bytes: &Bytes<'_>, work: &Work) -> Result<CrossReferences, PdfError> {
    Sections { bytes, work, held: 0 }.follow(None).map(|(all, _)| all)
}

/// Follows the sections from the last `startxref` back to the newest section of `original`, which is
/// the beginning of this document, and gives what is special to the sections after that. Nothing
/// when none of the sections is that one.
pub(crate) fn read_after(
    bytes: &Bytes<'_>,
    work: &Work,
    original: &CrossReferences,
) -> Result<Option<(CrossReferences, Added)>, PdfError> {
    let (all, added) = Sections { bytes, work, held: 0 }.follow(Some(original))?;
    Ok(added.map(|added| (all, added)))
}

impl CrossReferences {
    /// What the sections say of an object; nothing when none speaks of it.
    pub(crate) fn entry(&self, bytes: &Bytes<'_>, number: u32) -> Result<Option<Entry>, PdfError> {
        self.runs.entry(bytes, number)
    }

    /// The numbers of which the sections speak, in their order.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = Numbers> {
        self.runs.iter().map(|run| run.first..=run.last)
    }

    fn continue_with(&mut self, original: &Self) -> Result<(), PdfError> {
        self.next_number = self.next_number.max(original.next_number);
        original.runs.iter().try_for_each(|run| self.runs.fill(&run))
    }

    fn note_size(&mut self, trailer: &Dictionary) -> Result<(), PdfError> {
        let size = trailer
            .get("Size")
            .and_then(Object::as_integer)
            .and_then(|size| u32::try_from(size).ok())
            .ok_or_else(|| PdfError::broken("a trailer has no valid /Size"))?;
        if size > limits::MAX_OBJECT_NUMBER {
            return Err(PdfError::TooComplex { what: "a trailer's /Size is too large" });
        }
        self.next_number = self.next_number.max(size);
        Ok(())
    }
}

impl Sections<'_> {
    fn follow(
        &mut self,
        original: Option<&CrossReferences>,
    ) -> Result<(CrossReferences, Option<Added>), PdfError> {
        let start = last_start(self.bytes)?;
        if let Some(original) = original.filter(|original| original.start == start) {
            return Ok((original.clone(), Some(Added::default())));
        }
        let mut visited = BTreeSet::from([start]);
        let mut current = self.section(start)?;
        let mut all = CrossReferences {
            runs: Runs::default(),
            trailer: current.trailer.clone(),
            start,
            kind: current.kind,
            next_number: 1,
        };
        let (mut added, mut any_hybrid, mut any_repeats) = (None, false, false);
        loop {
            if current.trailer.get("Encrypt").is_some_and(|entry| *entry != Object::Null) {
                return Err(PdfError::Encrypted);
            }
            all.note_size(&current.trailer)?;
            if let Some(hybrid) = self.position(&current.trailer, "XRefStm")? {
                any_hybrid = true;
                if !visited.insert(hybrid) {
                    return Err(PdfError::broken_at(LOOP, hybrid));
                }
                let hidden = self.section(hybrid)?;
                self.hide(&mut all.runs, &current, &hidden)?;
            }
            if visited.len() > limits::MAX_XREF_SECTIONS {
                return Err(PdfError::TooComplex { what: "there are too many revisions" });
            }
            for run in current.runs.iter().rev() {
                all.runs.fill(run)?;
            }
            any_repeats |= original.is_some() && repeats(&current.runs);
            let Some(previous) = self.position(&current.trailer, "Prev")? else { break };
            if let Some(original) = original.filter(|original| original.start == previous) {
                let numbers = all.numbers().collect();
                let (hybrid, repeats) = (any_hybrid, any_repeats);
                added = Some(Added { numbers, starts: visited, hybrid, repeats });
                all.continue_with(original)?;
                break;
            }
            if !visited.insert(previous) {
                return Err(PdfError::broken_at(LOOP, previous));
            }
            current = self.section(previous)?;
        }
        if let Some(highest) = all.runs.iter().next_back() {
            all.next_number = all.next_number.max(highest.last.saturating_add(1));
        }
        Ok((all, added))
    }

    /// Takes in what the stream of a hybrid-reference file knows: it stands for the entries that
    /// the table omits or calls free, which hides them from older readers (ISO 32000-1 §7.5.8.4).
    fn hide(&self, all: &mut Runs, table: &Section, stream: &Section) -> Result<(), PdfError> {
        let mut own = Runs::default();
        for run in table.runs.iter().rev() {
            own.fill(run)?;
        }
        for run in own.iter() {
            // Of each stretch that is not free the first number.
            let mut first = None;
            for number in run.first..=run.last {
                self.work.spend(ROW as u64)?;
                let free = run.entry(self.bytes, number)? == Entry::Free;
                match first {
                    None if !free => first = Some(number),
                    Some(start) if free => {
                        all.fill(&run.part(start, number.saturating_sub(1)))?;
                        first = None;
                    }
                    _ => {}
                }
            }
            if let Some(start) = first {
                all.fill(&run.part(start, run.last))?;
            }
        }
        stream.runs.iter().rev().try_for_each(|run| all.fill(run))
    }

    fn position(&self, trailer: &Dictionary, key: &'static str) -> Result<Option<u64>, PdfError> {
        match trailer.get(key) {
            None | Some(Object::Null) => Ok(None),
            Some(object) => object
                .as_integer()
                .and_then(|value| u64::try_from(value).ok())
                .filter(|&value| value > 0 && value < self.bytes.length())
                .map(Some)
                .ok_or_else(|| PdfError::broken("a trailer names a place outside the file")),
        }
    }

    fn section(&mut self, start: u64) -> Result<Section, PdfError> {
        let mut parser = Parser::new(self.bytes.reader(start, Purpose::Objects), self.work);
        if parser.keyword("xref")? { self.table(&mut parser) } else { self.stream(parser) }
    }

    fn table(&mut self, parser: &mut Parser<'_>) -> Result<Section, PdfError> {
        let length = self.bytes.length();
        let mut rows = Collector::default();
        while !parser.keyword("trailer")? {
            let damaged =
                PdfError::broken_at("a cross-reference table is damaged", parser.position());
            let (Some(first), Some(count)) = (parser.unsigned()?, parser.unsigned()?) else {
                return Err(damaged);
            };
            for number in first..first.saturating_add(count) {
                parser.skip_space()?;
                let place = parser.position();
                let written = parser.exactly(|row| runs::table_row(row, length))?;
                let in_file = u32::try_from(place).ok().filter(|_| written.is_some());
                let entry = match written {
                    Some(entry) => entry,
                    None => loose_row(parser, length)?,
                };
                rows.add(number, in_file, entry)?;
            }
        }
        self.hold(rows.held())?;
        let runs = rows.finish();
        match parser.object()? {
            Object::Dictionary(trailer) => Ok(Section { runs, trailer, kind: SectionKind::Table }),
            _ => Err(PdfError::broken_at("a trailer is damaged", parser.position())),
        }
    }

    fn stream(&mut self, mut parser: Parser<'_>) -> Result<Section, PdfError> {
        let start = parser.position();
        let missing = || PdfError::broken_at("a cross-reference section was expected", start);
        parser.object_head().map_err(|error| error.or_if_broken(missing()))?;
        let Object::Dictionary(dictionary) = parser.object()? else { return Err(missing()) };
        if !dictionary.has_type("XRef") {
            return Err(missing());
        }
        let damaged = || PdfError::broken_at("a cross-reference stream is damaged", start);
        // All values are direct objects: ISO 32000-1 §7.5.8.2.
        let length = dictionary.get("Length").and_then(Object::as_integer).ok_or_else(damaged)?;
        let data = parser.stream_data(length)?;
        let mut data = filters::decode(&dictionary, self.bytes, data, limits::MAX_INFLATED_BYTES)?;
        let widths: Vec<u8> = integers(&dictionary, "W").ok_or_else(damaged)?;
        let widths = <[u8; 3]>::try_from(widths).map_err(|_| damaged())?;
        if widths.iter().any(|&width| width > 8) || matches!(widths, [_, 0, _]) {
            return Err(damaged());
        }
        let size = dictionary.get("Size").and_then(Object::as_integer).ok_or_else(damaged)?;
        let index = match dictionary.get("Index") {
            None => vec![0, u64::try_from(size).map_err(|_| damaged())?],
            Some(_) => integers(&dictionary, "Index").ok_or_else(damaged)?,
        };

        let width = widths.iter().map(|&width| usize::from(width)).sum::<usize>();
        let complete = data.len() / width;
        self.work.spend((complete as u64).saturating_mul(ROW_WORK))?;
        data.truncate(complete.saturating_mul(width));
        data.shrink_to_fit();
        self.hold(data.len())?;
        let held = Rc::new(Held { rows: data, widths });
        let mut runs: Vec<Run> = Vec::new();
        let (mut row, mut count) = (0usize, 0usize);
        for range in index.chunks_exact(2) {
            let &[first, numbers] = range else { continue };
            for number in first..first.saturating_add(numbers) {
                held.entry(row, self.bytes.length()).ok_or_else(damaged)?;
                let number = runs::checked(number, &mut count)?;
                match runs.last_mut() {
                    Some(run) if run.last.checked_add(1) == Some(number) => run.last = number,
                    _ => {
                        let place = u32::try_from(row).map_err(|_| damaged())?;
                        let rows = Rows::Held(Rc::clone(&held), place);
                        runs.push(Run { first: number, last: number, rows });
                    }
                }
                row = row.saturating_add(1);
            }
        }
        Ok(Section { runs, trailer: dictionary, kind: SectionKind::Stream })
    }

    fn hold(&mut self, bytes: usize) -> Result<(), PdfError> {
        self.held = self.held.saturating_add(bytes);
        if self.held > limits::MAX_INFLATED_BYTES_IN_ALL {
            return Err(PdfError::TooComplex { what: "there are too many objects" });
        }
        Ok(())
    }
}

/// Whether any of the runs overlap.
fn repeats(runs: &[Run]) -> bool {
    let mut ranges: Vec<_> = runs.iter().map(|run| (run.first, run.last)).collect();
    ranges.sort_unstable();
    ranges.windows(2).any(|pair| matches!(pair, [(_, last), (next, _)] if next <= last))
}

/// A table's row that is not written in twenty bytes.
fn loose_row(parser: &mut Parser<'_>, length: u64) -> Result<Entry, PdfError> {
    let place = parser.position();
    let damaged = || PdfError::broken_at("a cross-reference table is damaged", place);
    let (Some(offset), Some(generation)) = (parser.unsigned()?, parser.unsigned()?) else {
        return Err(damaged());
    };
    if parser.keyword("n")? {
        runs::in_use(offset, generation, length).ok_or_else(damaged)
    } else if parser.keyword("f")? {
        Ok(Entry::Free)
    } else {
        Err(damaged())
    }
}

/// The number after the last `startxref`, which `%%EOF` must follow.
fn last_start(bytes: &Bytes<'_>) -> Result<u64, PdfError> {
    const KEYWORD: &[u8] = b"startxref";
    // Readers look in the last 1024 bytes: ISO 32000-1 Annex H, note 18. Padding does not count.
    let end = before_padding(bytes, bytes.length(), is_white_space)?;
    let mut room = [0; 1024 + KEYWORD.len()];
    let tail = bytes.before(end, &mut room)?;
    let found = tail
        .windows(KEYWORD.len())
        .rposition(|window| window == KEYWORD)
        .ok_or_else(|| PdfError::broken("it does not end with startxref; it may be truncated"))?;
    let after = tail.get(found..).unwrap_or_default();
    let at = end.saturating_sub(after.len() as u64);
    if !after.windows(5).any(|window| window == b"%%EOF") {
        return Err(PdfError::broken_at("%%EOF is missing; it may be truncated", at));
    }
    let digits = Work::new(2048);
    Parser::new(Reader::of(after, KEYWORD.len() as u64), &digits)
        .unsigned()?
        .filter(|&start| start > 0 && start < at)
        .ok_or_else(|| PdfError::broken_at("startxref does not name a place before it", at))
}

/// Where what is `blank` begins that ends at `end`, of which at most [`MAX_PADDING`] bytes are
/// looked at.
pub(crate) fn before_padding(
    bytes: &Bytes<'_>,
    mut end: u64,
    blank: impl Fn(u8) -> bool,
) -> Result<u64, PdfError> {
    let mut room = [0; 512];
    let mut left = MAX_PADDING;
    while end > 0 && left > 0 {
        let tail = bytes.before(end, &mut room)?;
        let blanks = tail.iter().rev().take(left).take_while(|&&byte| blank(byte)).count();
        let all = blanks == tail.len();
        end = end.saturating_sub(blanks as u64);
        left = left.saturating_sub(blanks);
        if !all {
            break;
        }
    }
    Ok(end)
}

fn integers<T: TryFrom<i64>>(dictionary: &Dictionary, key: &str) -> Option<Vec<T>> {
    dictionary
        .get(key)?
        .as_array()?
        .iter()
        .map(|item| T::try_from(item.as_integer()?).ok())
        .collect()
}
