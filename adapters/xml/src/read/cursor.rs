//! What of a document is not read yet.

use super::characters::{begins_name, continues_name, is_space};
use crate::{
    error::{Unverifiable, XmlError, malformed},
    limits,
};

#[derive(Clone)]
pub(crate) struct Cursor<'x> {
    length: usize,
    rest: &'x str,
}

impl<'x> Cursor<'x> {
    pub(crate) fn new(text: &'x str) -> Self {
        Self { length: text.len(), rest: text }
    }

    pub(crate) fn rest(&self) -> &'x str {
        self.rest
    }

    /// How many bytes were read.
    pub(crate) fn at(&self) -> usize {
        self.length.saturating_sub(self.rest.len())
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn fault<T>(&self, what: &'static str) -> Result<T, XmlError> {
        Err(malformed(what, self.at()))
    }

    /// Reads this, if it is what comes.
    pub(crate) fn eat(&mut self, what: &str) -> bool {
        match self.rest.strip_prefix(what) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Reads this, which has to come.
    pub(crate) fn expect(&mut self, what: &str, fault: &'static str) -> Result<(), XmlError> {
        if self.eat(what) { Ok(()) } else { self.fault(fault) }
    }

    /// Reads all before this, and this.
    pub(crate) fn until(&mut self, what: &str, fault: &'static str) -> Result<&'x str, XmlError> {
        let Some((before, after)) = self.rest.split_once(what) else {
            return self.fault(fault);
        };
        self.rest = after;
        Ok(before)
    }

    /// Reads all before the first of this character, or all.
    pub(crate) fn before(&mut self, what: char) -> &'x str {
        let (before, after) = self.rest.split_at(self.rest.find(what).unwrap_or(self.rest.len()));
        self.rest = after;
        before
    }

    /// Reads space, if it comes, and tells whether it came.
    pub(crate) fn spaces(&mut self) -> bool {
        let rest = self.rest.trim_start_matches(is_space);
        let came = rest.len() < self.rest.len();
        self.rest = rest;
        came
    }

    /// Reads an `NCName`.
    pub(crate) fn name(&mut self) -> Result<&'x str, XmlError> {
        if !self.rest.starts_with(begins_name) {
            return self.fault("no name");
        }
        let (name, rest) = self
            .rest
            .split_at(self.rest.find(|each| !continues_name(each)).unwrap_or(self.rest.len()));
        if name.len() > limits::NAME_BYTES {
            return Err(Unverifiable::TooLarge("bytes of a name").into());
        }
        self.rest = rest;
        Ok(name)
    }

    /// Reads a `QName`: the prefix, empty where there is none, and the local part.
    pub(crate) fn qualified_name(&mut self) -> Result<(&'x str, &'x str), XmlError> {
        let first = self.name()?;
        if self.eat(":") { Ok((first, self.name()?)) } else { Ok(("", first)) }
    }

    /// Reads an equals sign and what is in the quotes after it.
    pub(crate) fn quoted(&mut self) -> Result<&'x str, XmlError> {
        self.spaces();
        self.expect("=", "no equals sign after an attribute's name")?;
        self.spaces();
        let quote = if self.eat("\"") {
            "\""
        } else {
            self.expect("'", "no quotes around an attribute's value")?;
            "'"
        };
        self.until(quote, "an attribute's value that does not end")
    }
}
