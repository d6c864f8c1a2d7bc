//! The bytes of the later revisions, read from one end to the other.
//!
//! Readers that find a file damaged look for objects wherever they stand. So what was added must be
//! a plain sequence of objects and cross-reference sections that are all accounted for: then it
//! means the same to everyone.

use std::collections::BTreeSet;

use super::findings::Findings;
use super::touched::Touched;
use crate::error::PdfError;
use crate::limits;
use crate::object::{Dictionary, Object};
use crate::reading::Document;
use crate::runs::Entry;
use crate::syntax::Parser;

/// Reads on from `start`, and marks each object that is found where the cross-references say it is.
/// `sections` says where the later cross-reference sections begin.
pub(super) fn read(
    now: &Document<'_>,
    start: u64,
    sections: &BTreeSet<u64>,
    touched: &mut Touched,
    findings: &mut Findings,
) -> Result<(), PdfError> {
    let mut parser = now.parser(start);
    // Where the last `%%EOF` ended.
    let mut ended = Some(start);
    // The objects of the revision being read that a later one must have again.
    let mut outdated = Vec::new();
    loop {
        parser.skip_space()?;
        let place = parser.position();
        if parser.is_at_end() {
            break;
        }
        if parser.keyword("startxref")? {
            let known = parser.unsigned()?.is_some_and(|start| sections.contains(&start));
            parser.skip_white_space()?;
            let end = parser.exactly(|word| (word == b"%%EOF").then_some(()))?;
            if !known || end.is_none() {
                findings.unknown_at("an end of a revision that is not one", place);
                return Ok(());
            }
            ended = Some(parser.position());
            for (number, place) in outdated.drain(..) {
                if !is_after(number, parser.position(), touched) {
                    findings.unknown_at(UNREFERENCED, place);
                }
            }
            continue;
        }
        ended = None;
        if parser.keyword("xref")? {
            if !sections.contains(&place) {
                findings.unknown_at("a cross-reference table that nothing leads to", place);
                return Ok(());
            }
            table(&mut parser)?;
            continue;
        }
        match object(now, &mut parser) {
            Ok((number, dictionary)) => {
                let is_section = sections.contains(&place);
                match note(number, place, is_section, touched) {
                    Place::Current => {}
                    Place::Outdated => outdated.push((number, place)),
                    // A section need not speak of its own stream.
                    Place::Nowhere if is_section && dictionary.has_type("XRef") => {}
                    Place::Nowhere => findings.unknown_at(UNREFERENCED, place),
                }
            }
            Err(PdfError::Broken { .. }) => {
                findings.unknown_at("later bytes that are no object", place);
                return Ok(());
            }
            Err(other) => return Err(other),
        }
    }
    let Some(ended) = ended else {
        findings.unknown_at("later bytes that no revision ends", parser.position());
        return Ok(());
    };
    let mut parser = now.parser(ended);
    parser.skip_white_space()?;
    if !parser.is_at_end() {
        findings.unknown_at("bytes after the end", parser.position());
    }
    Ok(())
}

const UNREFERENCED: &str = "an object that no cross-reference leads to";

/// What the cross-references say of a place where there is an object.
enum Place {
    /// The object is there.
    Current,
    /// It is there no more, if a later revision has it.
    Outdated,
    Nowhere,
}

/// Accounts for an object of this number at this place.
fn note(number: u32, place: u64, is_section: bool, touched: &mut Touched) -> Place {
    let Some(one) = touched.get_mut(number) else { return Place::Nowhere };
    match one.now {
        Entry::InUse { offset, .. } if offset == place => {
            one.seen = true;
            one.explained |= is_section;
            Place::Current
        }
        Entry::InUse { .. } | Entry::Compressed { .. } => Place::Outdated,
        Entry::Free => Place::Nowhere,
    }
}

/// Whether the object of this number, or the stream that it is in, is at `end` or later.
fn is_after(number: u32, end: u64, touched: &Touched) -> bool {
    let entry = |number| touched.get(number).map(|one| one.now);
    let place = match entry(number) {
        Some(Entry::Compressed { container, .. }) => entry(container),
        other => other,
    };
    matches!(place, Some(Entry::InUse { offset, .. }) if offset >= end)
}

fn table(parser: &mut Parser<'_>) -> Result<(), PdfError> {
    let damaged = |parser: &Parser<'_>| {
        PdfError::broken_at("a cross-reference table is damaged", parser.position())
    };
    let mut rows = 0usize;
    while !parser.keyword("trailer")? {
        let (Some(_), Some(count)) = (parser.unsigned()?, parser.unsigned()?) else {
            return Err(damaged(parser));
        };
        for _ in 0..count {
            rows = rows.saturating_add(1);
            let whole = parser.unsigned()?.is_some() && parser.unsigned()?.is_some();
            if !whole || rows > limits::MAX_XREF_ENTRIES {
                return Err(damaged(parser));
            }
            if !parser.keyword("n")? && !parser.keyword("f")? {
                return Err(damaged(parser));
            }
        }
    }
    parser.object().map(drop)
}

/// Takes an object, and gives its number and its dictionary.
fn object(now: &Document<'_>, parser: &mut Parser<'_>) -> Result<(u32, Dictionary), PdfError> {
    let id = parser.object_head()?;
    let object = parser.object()?;
    let dictionary = match object {
        Object::Dictionary(dictionary) => dictionary,
        _ => Dictionary::default(),
    };
    if parser.is_keyword_next("stream")? {
        let length = now.entry(&dictionary, "Length")?.as_integer();
        parser.stream_data(length.unwrap_or(-1))?;
    }
    if parser.keyword("endobj")? {
        Ok((id.number, dictionary))
    } else {
        Err(PdfError::broken_at("an object has no end", parser.position()))
    }
}
