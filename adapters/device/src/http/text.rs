//! A header's value that outlives its head.

use core::fmt;

/// The longest value that is kept: an HTTP date has 29 characters, a number of seconds 20.
const LENGTH: usize = 32;

/// A short value.
#[derive(Clone, Copy)]
pub(super) struct Text {
    bytes: [u8; LENGTH],
    length: usize,
}

impl Text {
    /// Keeps a value; none that is longer or no ASCII, which means nothing to anybody.
    pub(super) fn new(value: &[u8]) -> Option<Self> {
        let mut text = Self { bytes: [0; LENGTH], length: value.len() };
        text.bytes.get_mut(..value.len())?.copy_from_slice(value);
        value.is_ascii().then_some(text)
    }

    pub(super) fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(formatter)
    }
}
