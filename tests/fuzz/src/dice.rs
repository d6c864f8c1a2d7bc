//! Decisions that a fuzzer takes.

/// Bytes read as a row of decisions. A nought is the kind one, and a row that is used up shows
/// noughts, so that what a failing input needs is at its start and every run comes to an end.
#[derive(Clone, Debug)]
pub struct Dice<'d> {
    rest: &'d [u8],
}

impl<'d> Dice<'d> {
    /// Decides by these bytes.
    #[must_use]
    pub const fn new(bytes: &'d [u8]) -> Self {
        Self { rest: bytes }
    }

    /// A byte.
    pub const fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else { return 0 };
        self.rest = rest;
        *first
    }

    /// A number below `sides`.
    pub const fn throw(&mut self, sides: u8) -> u8 {
        self.byte() % sides
    }

    /// One of these.
    pub fn pick<T: Copy, const N: usize>(&mut self, choices: [T; N]) -> T {
        choices[usize::from(self.byte()) % N]
    }

    /// A run of bytes whose length comes before it, of less than 64 KiB.
    pub fn bytes(&mut self) -> &'d [u8] {
        let length = usize::from(u16::from_le_bytes([self.byte(), self.byte()]));
        let (run, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        run
    }

    /// A run of text whose length comes before it; empty where the bytes are none.
    pub fn text(&mut self) -> &'d str {
        core::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// All that is left.
    pub const fn rest(&mut self) -> &'d [u8] {
        let rest = self.rest;
        self.rest = &[];
        rest
    }

    /// How many bytes are left.
    #[must_use]
    pub const fn left(&self) -> usize {
        self.rest.len()
    }
}
