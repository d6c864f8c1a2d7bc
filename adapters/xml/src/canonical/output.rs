//! Where canonical forms go.

use core::ops::Range;

use crate::{
    digest::{Digest, Hasher},
    error::{Unverifiable, XmlError},
    limits,
};

/// What takes the bytes of a canonical form.
pub(crate) trait Sink {
    fn put(&mut self, bytes: &[u8]) -> Result<(), XmlError>;

    /// Is told that an element begins here.
    fn begins(&mut self, _element: usize) {}

    /// Is told that an element ends here.
    fn ends(&mut self, _element: usize) {}
}

/// How many bytes may still be written in this call, see [`limits::CANONICAL_BYTES`].
pub(crate) struct Budget(usize);

impl Budget {
    pub(crate) fn new() -> Self {
        Self(limits::CANONICAL_BYTES)
    }

    fn spend(&mut self, count: usize) -> Result<(), XmlError> {
        match self.0.checked_sub(count) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None => Err(Unverifiable::TooLarge("bytes of canonical form").into()),
        }
    }
}

/// Bytes that are hashed.
pub(crate) struct Digester<'b> {
    hasher: Hasher,
    budget: &'b mut Budget,
}

impl<'b> Digester<'b> {
    pub(crate) fn new(digest: Digest, budget: &'b mut Budget) -> Self {
        Self { hasher: digest.hasher(), budget }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.hasher.finish()
    }
}

impl Sink for Digester<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), XmlError> {
        self.budget.spend(bytes.len())?;
        self.hasher.update(bytes);
        Ok(())
    }
}

/// Bytes that are kept, up to a bound.
pub(crate) struct Limited<'m> {
    pub(crate) bytes: Vec<u8>,
    bound: usize,
    named: &'static str,
    marked: &'m [usize],
    /// Where each of the marked elements is in the bytes.
    pub(crate) ranges: Vec<Range<usize>>,
}

impl<'m> Limited<'m> {
    pub(crate) fn new(bound: usize, named: &'static str) -> Self {
        Self::marking(bound, named, &[])
    }

    /// Keeps where these elements are as well, which have to be in the order of the document.
    pub(crate) fn marking(bound: usize, named: &'static str, marked: &'m [usize]) -> Self {
        Self { bytes: Vec::new(), bound, named, marked, ranges: vec![0..0; marked.len()] }
    }

    fn range(&mut self, element: usize) -> Option<&mut Range<usize>> {
        let place = self.marked.binary_search(&element).ok()?;
        self.ranges.get_mut(place)
    }
}

impl Sink for Limited<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), XmlError> {
        if self.bytes.len().saturating_add(bytes.len()) > self.bound {
            return Err(Unverifiable::TooLarge(self.named).into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn begins(&mut self, element: usize) {
        let here = self.bytes.len();
        if let Some(range) = self.range(element) {
            range.start = here;
        }
    }

    fn ends(&mut self, element: usize) {
        let here = self.bytes.len();
        if let Some(range) = self.range(element) {
            range.end = here;
        }
    }
}
