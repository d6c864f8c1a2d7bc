//! Where the objects are: cross-reference tables, streams and the chain of sections that
//! incremental updates make (ISO 32000-1 §7.5.4, §7.5.8).

use std::collections::{BTreeMap, BTreeSet};

use crate::error::PdfError;
use crate::filters;
use crate::limits;
use crate::object::{Dictionary, Object};
use crate::syntax::{Parser, Work, is_white_space};

/// What an entry of a cross-reference stream counts as bytes parsed, which is about what it takes
/// in a table. Streams compress well, so their length says little.
const ROW_WORK: usize = 16;

/// How much white space after the last `%%EOF` is passed over, in bytes.
const MAX_PADDING: usize = 64 * 1024;

/// What a cross-reference section says of one object number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Free,
    InUse { offset: usize, generation: u16 },
    Compressed { container: u32, index: usize },
}

/// How a cross-reference section is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SectionKind {
    Table,
    Stream,
}

/// All sections of a document, the newest entry of each object first.
#[derive(Debug)]
pub(crate) struct CrossReferences {
    pub(crate) entries: BTreeMap<u32, Entry>,
    /// The newest section's trailer, or its stream's dictionary.
    pub(crate) trailer: Dictionary,
    /// Where the newest section begins.
    pub(crate) start: usize,
    /// How the newest section is written.
    pub(crate) kind: SectionKind,
    /// The first object number that no section speaks of.
    pub(crate) next_number: u32,
}

struct Section {
    entries: BTreeMap<u32, Entry>,
    trailer: Dictionary,
    kind: SectionKind,
}

/// Follows the sections from the last `startxref` back to the first.
///
/// # Errors
/// A section that cannot be read, a chain that loops, an encrypted document. Nothing is repaired:
/// where the sections are wrong, readers guess, each in its own way, and a signature must not
/// depend on a guess.
pub(crate) fn read(bytes: &[u8], work: &Work) -> Result<CrossReferences, PdfError> {
    let start = last_start(bytes)?;
    let newest = section(bytes, start, work)?;
    let mut visited = BTreeSet::from([start]);
    let mut all = CrossReferences {
        entries: BTreeMap::new(),
        trailer: newest.trailer.clone(),
        start,
        kind: newest.kind,
        next_number: 1,
    };
    let mut next = Some(newest);
    while let Some(mut current) = next.take() {
        if current.trailer.get("Encrypt").is_some_and(|entry| *entry != Object::Null) {
            return Err(PdfError::Encrypted);
        }
        all.note_size(&current.trailer)?;
        if let Some(hybrid) = position(&current.trailer, "XRefStm", bytes)? {
            if !visited.insert(hybrid) {
                return Err(PdfError::broken_at("cross-reference sections form a loop", hybrid));
            }
            current.hide_in(section(bytes, hybrid, work)?);
        }
        if visited.len() > limits::MAX_XREF_SECTIONS {
            return Err(PdfError::TooComplex { what: "there are too many revisions" });
        }
        for (number, entry) in current.entries {
            all.entries.entry(number).or_insert(entry);
        }
        if all.entries.len() > limits::MAX_XREF_ENTRIES {
            return Err(PdfError::TooComplex { what: "there are too many objects" });
        }
        if let Some(previous) = position(&current.trailer, "Prev", bytes)? {
            if !visited.insert(previous) {
                return Err(PdfError::broken_at("cross-reference sections form a loop", previous));
            }
            next = Some(section(bytes, previous, work)?);
        }
    }
    if let Some((&highest, _)) = all.entries.last_key_value() {
        all.next_number = all.next_number.max(highest.saturating_add(1));
    }
    Ok(all)
}

impl CrossReferences {
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

impl Section {
    /// Adds what the stream of a hybrid-reference file knows: it stands for the entries that the
    /// table omits or calls free, which hides them from older readers (ISO 32000-1 §7.5.8.4).
    fn hide_in(&mut self, stream: Self) {
        for (number, entry) in stream.entries {
            let known = self.entries.entry(number).or_insert(entry);
            if *known == Entry::Free {
                *known = entry;
            }
        }
    }
}

/// The number after the last `startxref`, which `%%EOF` must follow.
fn last_start(bytes: &[u8]) -> Result<usize, PdfError> {
    const KEYWORD: &[u8] = b"startxref";
    // Readers look in the last 1024 bytes: ISO 32000-1 Annex H, note 18. Padding does not count.
    let padding = bytes.iter().rev().take(MAX_PADDING).take_while(|&&byte| is_white_space(byte));
    let end = bytes.len() - padding.count();
    let from = end.saturating_sub(1024 + KEYWORD.len());
    let tail = bytes.get(from..end).unwrap_or_default();
    let found = tail
        .windows(KEYWORD.len())
        .rposition(|window| window == KEYWORD)
        .ok_or_else(|| PdfError::broken("it does not end with startxref; it may be truncated"))?;
    let at = from + found;
    if !tail.get(found..).unwrap_or_default().windows(5).any(|window| window == b"%%EOF") {
        return Err(PdfError::broken_at("%%EOF is missing; it may be truncated", at));
    }
    let digits = Work::new(2048);
    let start = Parser::new(bytes, at + KEYWORD.len(), &digits).unsigned()?;
    start
        .and_then(|start| usize::try_from(start).ok())
        .filter(|&start| start > 0 && start < at)
        .ok_or_else(|| PdfError::broken_at("startxref does not name a place before it", at))
}

fn position(
    trailer: &Dictionary,
    key: &'static str,
    bytes: &[u8],
) -> Result<Option<usize>, PdfError> {
    match trailer.get(key) {
        None | Some(Object::Null) => Ok(None),
        Some(object) => object
            .as_integer()
            .and_then(|value| usize::try_from(value).ok())
            .filter(|&value| value > 0 && value < bytes.len())
            .map(Some)
            .ok_or_else(|| PdfError::broken("a trailer names a place outside the file")),
    }
}

fn section(bytes: &[u8], start: usize, work: &Work) -> Result<Section, PdfError> {
    let mut parser = Parser::new(bytes, start, work);
    if parser.keyword("xref")? { table(&mut parser, bytes) } else { stream(parser, bytes, work) }
}

fn table(parser: &mut Parser<'_>, bytes: &[u8]) -> Result<Section, PdfError> {
    let mut entries = BTreeMap::new();
    while !parser.keyword("trailer")? {
        let damaged = PdfError::broken_at("a cross-reference table is damaged", parser.position());
        let (Some(first), Some(count)) = (parser.unsigned()?, parser.unsigned()?) else {
            return Err(damaged);
        };
        for number in first..first.saturating_add(count) {
            let place = parser.position();
            let damaged = || PdfError::broken_at("a cross-reference table is damaged", place);
            let (Some(offset), Some(generation)) = (parser.unsigned()?, parser.unsigned()?) else {
                return Err(damaged());
            };
            let entry = if parser.keyword("n")? {
                in_use(offset, generation, bytes).ok_or_else(damaged)?
            } else if parser.keyword("f")? {
                Entry::Free
            } else {
                return Err(damaged());
            };
            add(&mut entries, number, entry)?;
        }
    }
    match parser.object()? {
        Object::Dictionary(trailer) => Ok(Section { entries, trailer, kind: SectionKind::Table }),
        _ => Err(PdfError::broken_at("a trailer is damaged", parser.position())),
    }
}

fn stream(mut parser: Parser<'_>, bytes: &[u8], work: &Work) -> Result<Section, PdfError> {
    let start = parser.position();
    let missing = || PdfError::broken_at("a cross-reference section was expected", start);
    parser.object_head().map_err(|_| missing())?;
    let Object::Dictionary(dictionary) = parser.object()? else { return Err(missing()) };
    if !dictionary.has_type("XRef") {
        return Err(missing());
    }
    let damaged = || PdfError::broken_at("a cross-reference stream is damaged", start);
    // All values are direct objects: ISO 32000-1 §7.5.8.2.
    let length = dictionary.get("Length").and_then(Object::as_integer).ok_or_else(damaged)?;
    let data = parser.stream_data(length)?;
    let data = filters::decode(&dictionary, data, limits::MAX_INFLATED_BYTES, start)?;
    let widths: Vec<usize> = integers(&dictionary, "W").ok_or_else(damaged)?;
    let &[kind_width, second_width, third_width] = widths.as_slice() else {
        return Err(damaged());
    };
    if kind_width > 8 || second_width > 8 || third_width > 8 || second_width == 0 {
        return Err(damaged());
    }
    let size = dictionary.get("Size").and_then(Object::as_integer).ok_or_else(damaged)?;
    let index = match dictionary.get("Index") {
        None => vec![0, usize::try_from(size).map_err(|_| damaged())?],
        Some(_) => integers(&dictionary, "Index").ok_or_else(damaged)?,
    };

    let mut entries = BTreeMap::new();
    let mut rows = data.chunks_exact(kind_width + second_width + third_width);
    work.spend(rows.len().saturating_mul(ROW_WORK))?;
    for range in index.chunks_exact(2) {
        let &[first, count] = range else { continue };
        for number in first..first.saturating_add(count) {
            let row = rows.next().ok_or_else(damaged)?;
            let (kind, row) = row.split_at_checked(kind_width).ok_or_else(damaged)?;
            let (second, third) = row.split_at_checked(second_width).ok_or_else(damaged)?;
            let kind = if kind.is_empty() { 1 } else { big_endian(kind) };
            let entry = match kind {
                0 => Entry::Free,
                1 => in_use(big_endian(second), big_endian(third), bytes).ok_or_else(damaged)?,
                2 => Entry::Compressed {
                    container: u32::try_from(big_endian(second)).map_err(|_| damaged())?,
                    index: usize::try_from(big_endian(third)).map_err(|_| damaged())?,
                },
                // A reference to the null object: ISO 32000-1 table 18.
                _ => Entry::Free,
            };
            add(&mut entries, number as u64, entry)?;
        }
    }
    Ok(Section { entries, trailer: dictionary, kind: SectionKind::Stream })
}

fn in_use(offset: u64, generation: u64, bytes: &[u8]) -> Option<Entry> {
    let offset = usize::try_from(offset).ok().filter(|&offset| offset < bytes.len())?;
    if offset == 0 {
        // The header is there, never an object: some writers mean a free entry.
        return Some(Entry::Free);
    }
    Some(Entry::InUse { offset, generation: u16::try_from(generation).ok()? })
}

fn add(entries: &mut BTreeMap<u32, Entry>, number: u64, entry: Entry) -> Result<(), PdfError> {
    let number = u32::try_from(number)
        .ok()
        .filter(|&number| number <= limits::MAX_OBJECT_NUMBER)
        .ok_or(PdfError::TooComplex { what: "an object's number is too large" })?;
    if entries.len() >= limits::MAX_XREF_ENTRIES {
        return Err(PdfError::TooComplex { what: "there are too many objects" });
    }
    entries.insert(number, entry);
    Ok(())
}

fn integers(dictionary: &Dictionary, key: &str) -> Option<Vec<usize>> {
    dictionary
        .get(key)?
        .as_array()?
        .iter()
        .map(|item| usize::try_from(item.as_integer()?).ok())
        .collect()
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte))
}
