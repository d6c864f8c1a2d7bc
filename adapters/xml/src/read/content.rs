//! Texts and values as they are meant: ends of lines, references and the space in attributes.

use std::borrow::Cow;

use super::characters::is_allowed;
use crate::error::{XmlError, malformed};

/// A text that is written at `at`, with its references replaced (XML 1.0 §4.4) and its ends of
/// lines made one (§2.11).
pub(crate) fn text(written: &str, at: usize) -> Result<Cow<'_, str>, XmlError> {
    if let Some(place) = written.find("]]>") {
        return Err(malformed("]]> in a text", at.saturating_add(place)));
    }
    expand(written, at, ['\n', '\t'])
}

/// A value in quotes that is written at `at`, normalized as one that no document type knows (XML
/// 1.0 §3.3.3): space that is written as it is becomes blanks, space that is referred to stays.
pub(crate) fn value(written: &str, at: usize) -> Result<Cow<'_, str>, XmlError> {
    if let Some(place) = written.find('<') {
        return Err(malformed("< in an attribute's value", at.saturating_add(place)));
    }
    expand(written, at, [' ', ' '])
}

/// A text in which nothing is referred to: a comment, a processing instruction, a `CDATA` section.
pub(crate) fn verbatim(written: &str) -> Cow<'_, str> {
    if written.contains('\r') {
        Cow::Owned(written.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(written)
    }
}

/// Replaces references, ends of lines and tabs, the latter two by what is given.
fn expand(written: &str, at: usize, [line, tab]: [char; 2]) -> Result<Cow<'_, str>, XmlError> {
    let special =
        |each| each == '&' || each == '\r' || (line != '\n' && matches!(each, '\n' | '\t'));
    if !written.contains(special) {
        return Ok(Cow::Borrowed(written));
    }
    let mut out = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(place) = rest.find(special) {
        let (before, after) = rest.split_at(place);
        out.push_str(before);
        rest = if let Some(after) = after.strip_prefix('&') {
            let here = at.saturating_add(written.len().saturating_sub(after.len()));
            let Some((name, after)) = after.split_once(';') else {
                return Err(malformed("a reference that does not end", here));
            };
            out.push(referred(name).ok_or_else(|| malformed("a reference to nothing", here))?);
            after
        } else if let Some(after) = after.strip_prefix('\t') {
            out.push(tab);
            after
        } else {
            out.push(line);
            after
                .strip_prefix("\r\n")
                .or_else(|| after.strip_prefix(['\r', '\n']))
                .unwrap_or_default()
        };
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}

/// The character of a reference, without its `&` and `;` (XML 1.0 §4.1, §4.6).
fn referred(name: &str) -> Option<char> {
    let number = match name {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "apos" => return Some('\''),
        "quot" => return Some('"'),
        _ => name.strip_prefix('#')?,
    };
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    // `from_str_radix` would take a sign as well.
    if digits.starts_with('+') {
        return None;
    }
    u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).filter(|&it| is_allowed(it))
}
