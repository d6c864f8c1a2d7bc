//! What was found of later changes, as it is gathered.

use core::fmt;

use super::{Change, Changes};

/// How many findings are told. A document in which there are more is no better for it.
const MAX_FINDINGS: usize = 64;

/// What is wrong with a later change, or not understood of it, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What it is.
    pub what: &'static str,
    /// The number of the object that is concerned, when it is one.
    pub object: Option<u32>,
    /// The key of the entry that is concerned, or the name of the field, when it is one.
    pub entry: Option<String>,
    /// Where in the file it is, in bytes from the start, when it is told by its place.
    pub offset: Option<u64>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)?;
        if let Some(entry) = &self.entry {
            write!(f, " ({entry:?})")?;
        }
        if let Some(object) = self.object {
            write!(f, ", object {object}")?;
        }
        if let Some(offset) = self.offset {
            write!(f, ", at byte {offset}")?;
        }
        Ok(())
    }
}

/// What was found so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    allowed: Vec<Change>,
    forbidden: Vec<Finding>,
    unknown: Vec<Finding>,
}

impl Findings {
    pub(super) fn allowed(&mut self, change: Change) {
        if self.allowed.len() < MAX_FINDINGS && !self.allowed.contains(&change) {
            self.allowed.push(change);
        }
    }

    pub(super) fn forbidden(&mut self, what: &'static str, object: Option<u32>) {
        add(&mut self.forbidden, Finding { what, object, entry: None, offset: None });
    }

    pub(super) fn forbidden_entry(&mut self, what: &'static str, object: Option<u32>, key: &[u8]) {
        let entry = Some(key_text(key));
        add(&mut self.forbidden, Finding { what, object, entry, offset: None });
    }

    pub(super) fn unknown(&mut self, what: &'static str, object: Option<u32>) {
        add(&mut self.unknown, Finding { what, object, entry: None, offset: None });
    }

    pub(super) fn unknown_entry(&mut self, what: &'static str, object: Option<u32>, key: &[u8]) {
        let entry = Some(key_text(key));
        add(&mut self.unknown, Finding { what, object, entry, offset: None });
    }

    pub(super) fn unknown_at(&mut self, what: &'static str, offset: u64) {
        let (object, entry) = (None, None);
        add(&mut self.unknown, Finding { what, object, entry, offset: Some(offset) });
    }

    /// What is worst of all this.
    pub(crate) fn verdict(self) -> Changes {
        if !self.forbidden.is_empty() {
            Changes::Forbidden(self.forbidden)
        } else if !self.unknown.is_empty() {
            Changes::Unknown(self.unknown)
        } else if !self.allowed.is_empty() {
            Changes::Allowed(self.allowed)
        } else {
            Changes::None
        }
    }
}

fn add(findings: &mut Vec<Finding>, finding: Finding) {
    if findings.len() < MAX_FINDINGS && !findings.contains(&finding) {
        findings.push(finding);
    }
}

fn key_text(key: &[u8]) -> String {
    String::from_utf8_lossy(key.get(..64).unwrap_or(key)).into_owned()
}
