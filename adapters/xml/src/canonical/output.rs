//! Where canonical forms go.

use crate::{
    digest::{Digest, Hasher},
    error::{Unverifiable, XmlError},
    limits,
};

/// What takes the bytes of a canonical form.
pub(crate) trait Sink {
    fn put(&mut self, bytes: &[u8]) -> Result<(), XmlError>;

    /// Is told that an element would be here which is left out.
    fn left_out(&mut self) {}
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
pub(crate) struct Limited {
    pub(crate) bytes: Vec<u8>,
    /// How many bytes are before the element that was left out last.
    pub(crate) gap: usize,
    bound: usize,
    named: &'static str,
}

impl Limited {
    pub(crate) fn new(bound: usize, named: &'static str) -> Self {
        Self { bytes: Vec::new(), gap: 0, bound, named }
    }
}

impl Sink for Limited {
    fn put(&mut self, bytes: &[u8]) -> Result<(), XmlError> {
        if self.bytes.len().saturating_add(bytes.len()) > self.bound {
            return Err(Unverifiable::TooLarge(self.named).into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn left_out(&mut self) {
        self.gap = self.bytes.len();
    }
}
