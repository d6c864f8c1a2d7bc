//! A PDF's cross-references and the objects that they lead to (ISO 32000-1 §7.5).

use std::collections::{BTreeMap, BTreeSet};

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::PdfError;
use super::object::{Dictionary, Object, ObjectId, Parser};

/// Bytes of one decoded stream.
const STREAM_LIMIT: usize = 64 * 1024 * 1024;

/// Cross-reference sections, levels of references, and levels of the page tree.
const STEPS: usize = 256;

/// Nodes of the page tree that are looked at for a page.
const NODES: usize = 100_000;

/// Object numbers, so that a cross-reference cannot claim the machine's memory.
const NUMBERS: usize = 8_388_608;

#[derive(Clone, Copy, Debug)]
enum Entry {
    Free,
    At { offset: usize },
    Within { stream: u32, index: usize },
}

/// A document that was read as far as its cross-references.
#[derive(Debug)]
pub(crate) struct Document<'b> {
    bytes: &'b [u8],
    entries: BTreeMap<u32, Entry>,
    trailer: Dictionary,
    /// Where the newest cross-reference section starts.
    pub(crate) start: usize,
    /// Whether that section is a stream, and so the next must be one.
    pub(crate) has_streams: bool,
}

impl<'b> Document<'b> {
    pub(crate) fn load(bytes: &'b [u8]) -> Result<Self, PdfError> {
        if !bytes.starts_with(b"%PDF-") {
            return Err(PdfError::Broken);
        }
        let keyword = b"startxref";
        let last = bytes.windows(keyword.len()).rposition(|window| window == keyword);
        let start = Parser::at(bytes, last.ok_or(PdfError::Broken)? + keyword.len()).number()?;
        let mut document = Self {
            bytes,
            entries: BTreeMap::new(),
            trailer: Dictionary::default(),
            start,
            has_streams: !Parser::at(bytes, start).take("xref"),
        };
        document.follow(start)?;
        if document.trailer.get("Encrypt").is_some() {
            return Err(PdfError::Encrypted);
        }
        Ok(document)
    }

    pub(crate) fn trailer(&self) -> &Dictionary {
        &self.trailer
    }

    /// The first number that no object has.
    pub(crate) fn size(&self) -> u32 {
        let announced = self.trailer.get("Size").and_then(Object::as_usize).unwrap_or_default();
        let last = self.entries.last_key_value().map_or(0, |(number, _)| *number);
        u32::try_from(announced).unwrap_or_default().max(last.saturating_add(1))
    }

    /// The object of a reference, or the object itself; null when there is none.
    pub(crate) fn resolve(&self, object: &Object) -> Result<Object, PdfError> {
        let mut object = object.clone();
        for _ in 0..STEPS {
            let Object::Reference((number, _)) = object else { return Ok(object) };
            object = self.object(number)?;
        }
        Err(PdfError::Broken)
    }

    pub(crate) fn dictionary(&self, id: ObjectId) -> Result<Dictionary, PdfError> {
        match self.resolve(&Object::Reference(id))? {
            Object::Dictionary(dictionary) => Ok(dictionary),
            _ => Err(PdfError::Broken),
        }
    }

    /// An array that is a value in a dictionary, directly or by reference; empty when absent.
    pub(crate) fn array(&self, owner: &Dictionary, key: &str) -> Result<Vec<Object>, PdfError> {
        let Some(value) = owner.get(key) else { return Ok(Vec::new()) };
        let value = self.resolve(value)?;
        Ok(value.as_array().ok_or(PdfError::Broken)?.to_vec())
    }

    /// The catalog's reference.
    pub(crate) fn root(&self) -> Result<ObjectId, PdfError> {
        self.trailer.get("Root").and_then(Object::as_reference).ok_or(PdfError::Broken)
    }

    /// The page tree's root.
    pub(crate) fn pages(&self) -> Result<ObjectId, PdfError> {
        let catalog = self.dictionary(self.root()?)?;
        catalog.get("Pages").and_then(Object::as_reference).ok_or(PdfError::NoPage)
    }

    pub(crate) fn first_page(&self) -> Result<ObjectId, PdfError> {
        let mut node = self.pages()?;
        for _ in 0..STEPS {
            let dictionary = self.dictionary(node)?;
            if dictionary.get("Kids").is_none() {
                return Ok(node);
            }
            let kids = self.array(&dictionary, "Kids")?;
            node = kids.first().and_then(Object::as_reference).ok_or(PdfError::NoPage)?;
        }
        Err(PdfError::NoPage)
    }

    /// The page of a number, from 1 on.
    pub(crate) fn page(&self, number: usize) -> Result<ObjectId, PdfError> {
        let mut waiting = vec![self.pages()?];
        let mut left = number;
        for _ in 0..NODES {
            let node = waiting.pop().ok_or(PdfError::NoPage)?;
            let dictionary = self.dictionary(node)?;
            if dictionary.get("Kids").is_some() {
                let kids = self.array(&dictionary, "Kids")?;
                waiting.extend(kids.iter().rev().filter_map(Object::as_reference));
            } else {
                left = left.saturating_sub(1);
                if left == 0 {
                    return Ok(node);
                }
            }
        }
        Err(PdfError::NoPage)
    }

    /// The page's own or inherited MediaBox, A4 when there is none.
    pub(crate) fn media_box(&self, page: ObjectId) -> [f64; 4] {
        let mut node = page;
        for _ in 0..STEPS {
            let Ok(dictionary) = self.dictionary(node) else { break };
            let numbers = self.array(&dictionary, "MediaBox").unwrap_or_default();
            let numbers: Vec<f64> = numbers.iter().filter_map(Object::as_number).collect();
            if let &[left, bottom, right, top] = numbers.as_slice() {
                return [left, bottom, right, top];
            }
            let Some(parent) = dictionary.get("Parent").and_then(Object::as_reference) else {
                break;
            };
            node = parent;
        }
        [0.0, 0.0, 595.0, 842.0]
    }

    fn object(&self, number: u32) -> Result<Object, PdfError> {
        match self.entries.get(&number) {
            None | Some(Entry::Free) => Ok(Object::Null),
            Some(Entry::At { offset }) => {
                let (found, object, _) = self.indirect(*offset)?;
                if found == number { Ok(object) } else { Err(PdfError::Broken) }
            }
            Some(Entry::Within { stream, index }) => self.packed(*stream, *index),
        }
    }

    /// An object of an object stream (ISO 32000-1 §7.5.7).
    fn packed(&self, stream: u32, index: usize) -> Result<Object, PdfError> {
        let Some(Entry::At { offset }) = self.entries.get(&stream) else {
            return Err(PdfError::Broken);
        };
        let (_, object, content) = self.indirect(*offset)?;
        let dictionary = object.as_dictionary().ok_or(PdfError::Broken)?;
        let first = dictionary.get("First").and_then(Object::as_usize).ok_or(PdfError::Broken)?;
        let content = self.decode(dictionary, content)?;
        let mut header = Parser::at(&content, 0);
        let mut place = 0;
        for _ in 0..=index {
            header.number()?;
            place = header.number()?;
        }
        Parser::at(&content, first.saturating_add(place)).object()
    }

    /// `n g obj`, the object, and where its stream starts if it has one.
    fn indirect(&self, offset: usize) -> Result<(u32, Object, usize), PdfError> {
        let mut parser = Parser::at(self.bytes, offset);
        let number = u32::try_from(parser.number()?).map_err(|_| PdfError::Broken)?;
        parser.number()?;
        parser.expect("obj")?;
        let object = parser.object()?;
        if parser.take("stream") {
            let rest = self.bytes.get(parser.place..).unwrap_or_default();
            parser.place += if rest.starts_with(b"\r\n") { 2 } else { 1 };
        }
        Ok((number, object, parser.place))
    }

    /// A stream's length, which must not stand in a stream itself: that could go round.
    fn length(&self, dictionary: &Dictionary) -> Option<usize> {
        match dictionary.get("Length")? {
            Object::Reference((number, _)) => match self.entries.get(number)? {
                Entry::At { offset } => self.indirect(*offset).ok()?.1.as_usize(),
                Entry::Free | Entry::Within { .. } => None,
            },
            direct => direct.as_usize(),
        }
    }

    fn decode(&self, dictionary: &Dictionary, start: usize) -> Result<Vec<u8>, PdfError> {
        let end = self.length(dictionary).and_then(|length| start.checked_add(length));
        let raw = end.and_then(|end| self.bytes.get(start..end)).ok_or(PdfError::Broken)?;
        let filter = match dictionary.get("Filter") {
            Some(Object::Array(filters)) if filters.len() == 1 => filters.first(),
            other => other,
        };
        match filter {
            None => return Ok(raw.to_vec()),
            Some(filter) if *filter == Object::name("FlateDecode") => {}
            Some(_) => return Err(PdfError::Broken),
        }
        let plain = decompress_to_vec_zlib_with_limit(raw, STREAM_LIMIT);
        let plain = plain.map_err(|_| PdfError::Broken)?;
        let parameters = dictionary.get("DecodeParms").and_then(Object::as_dictionary);
        let number = |key, default| {
            let value = parameters.and_then(|parameters| parameters.get(key));
            value.and_then(Object::as_usize).unwrap_or(default)
        };
        if number("Predictor", 1) < 10 {
            Ok(plain)
        } else {
            unpredict(&plain, number("Columns", 1))
        }
    }

    /// Reads a cross-reference section and those before it; what is newer stays.
    fn follow(&mut self, start: usize) -> Result<(), PdfError> {
        let mut waiting = vec![start];
        let mut seen = BTreeSet::new();
        while let Some(place) = waiting.pop() {
            if !seen.insert(place) || seen.len() > STEPS {
                return Err(PdfError::Broken);
            }
            let mut parser = Parser::at(self.bytes, place);
            let trailer =
                if parser.take("xref") { self.table(parser)? } else { self.stream(place)? };
            // The last pushed is read first: a hybrid file's stream, then the older section.
            for key in ["Prev", "XRefStm"] {
                waiting.extend(trailer.get(key).and_then(Object::as_usize));
            }
            if seen.len() == 1 {
                self.trailer = trailer;
            }
        }
        Ok(())
    }

    fn table(&mut self, mut parser: Parser<'_>) -> Result<Dictionary, PdfError> {
        while !parser.take("trailer") {
            let first = parser.number()?;
            let count = parser.number()?;
            for number in first..first.saturating_add(count) {
                let offset = parser.number()?;
                parser.number()?;
                let entry = if parser.take("n") {
                    Entry::At { offset }
                } else {
                    parser.expect("f")?;
                    Entry::Free
                };
                self.enter(number, entry)?;
            }
        }
        parser.object()?.as_dictionary().cloned().ok_or(PdfError::Broken)
    }

    /// A cross-reference stream (ISO 32000-1 §7.5.8).
    fn stream(&mut self, place: usize) -> Result<Dictionary, PdfError> {
        let (_, object, content) = self.indirect(place)?;
        let dictionary = object.as_dictionary().ok_or(PdfError::Broken)?.clone();
        let numbers = |key: &str| -> Option<Vec<usize>> {
            dictionary.get(key)?.as_array()?.iter().map(Object::as_usize).collect()
        };
        let widths = numbers("W").ok_or(PdfError::Broken)?;
        let &[kind, second, third] = widths.as_slice() else { return Err(PdfError::Broken) };
        if kind > 8 || second > 8 || third > 8 || kind + second + third == 0 {
            return Err(PdfError::Broken);
        }
        let size = dictionary.get("Size").and_then(Object::as_usize).ok_or(PdfError::Broken)?;
        let index = numbers("Index").unwrap_or_else(|| vec![0, size]);
        let content = self.decode(&dictionary, content)?;
        let mut rows = content.chunks_exact(kind + second + third);
        for pair in index.chunks_exact(2) {
            let &[first, count] = pair else { return Err(PdfError::Broken) };
            for number in first..first.saturating_add(count) {
                let row = rows.next().ok_or(PdfError::Broken)?;
                let (a, rest) = row.split_at(kind);
                let (b, c) = rest.split_at(second);
                let entry = match if kind == 0 { 1 } else { field(a) } {
                    0 => Entry::Free,
                    1 => Entry::At { offset: field(b) },
                    2 => Entry::Within {
                        stream: u32::try_from(field(b)).map_err(|_| PdfError::Broken)?,
                        index: field(c),
                    },
                    _ => continue,
                };
                self.enter(number, entry)?;
            }
        }
        Ok(dictionary)
    }

    fn enter(&mut self, number: usize, entry: Entry) -> Result<(), PdfError> {
        if number >= NUMBERS {
            return Err(PdfError::Broken);
        }
        let number = u32::try_from(number).map_err(|_| PdfError::Broken)?;
        self.entries.entry(number).or_insert(entry);
        Ok(())
    }
}

/// A big-endian number; one too large for the machine becomes the largest, which leads nowhere.
fn field(bytes: &[u8]) -> usize {
    let number = bytes.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Undoes the PNG predictors (RFC 2083 §6) on rows of one byte a sample.
fn unpredict(bytes: &[u8], columns: usize) -> Result<Vec<u8>, PdfError> {
    if columns == 0 || columns > 1024 {
        return Err(PdfError::Broken);
    }
    let mut plain: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut above = vec![0u8; columns];
    for row in bytes.chunks_exact(columns + 1) {
        let (&filter, row) = row.split_first().ok_or(PdfError::Broken)?;
        let (mut left, mut corner) = (0u8, 0u8);
        for (byte, up) in row.iter().zip(above.iter_mut()) {
            let guess = match filter {
                0 => 0,
                1 => left,
                2 => *up,
                3 => left.midpoint(*up),
                4 => paeth(left, *up, corner),
                _ => return Err(PdfError::Broken),
            };
            left = byte.wrapping_add(guess);
            corner = core::mem::replace(up, left);
        }
        plain.extend_from_slice(&above);
    }
    Ok(plain)
}

/// RFC 2083 §6.6.
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |byte: u8| (guess - i16::from(byte)).abs();
    if distance(left) <= distance(up) && distance(left) <= distance(corner) {
        left
    } else if distance(up) <= distance(corner) {
        up
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_png_predictor_is_undone() {
        let rows = [[0, 1, 2], [1, 1, 1], [2, 1, 1], [3, 4, 4], [4, 1, 1]].concat();
        let plain = unpredict(&rows, 2).unwrap();
        assert_eq!(plain, [1, 2, 1, 2, 2, 3, 5, 8, 6, 9]);
        assert!(unpredict(&[5, 0, 0], 2).is_err());
    }

    #[test]
    fn s35_a_cross_reference_that_goes_round_is_refused() {
        let pdf = b"%PDF-1.7\nxref\n0 0\ntrailer\n<</Prev 9>>\nstartxref\n9\n%%EOF";
        assert!(matches!(Document::load(pdf), Err(PdfError::Broken)));
    }
}
