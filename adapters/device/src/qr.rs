//! QR codes for a display, in the caller's memory.
//!
//! A holder who opens an authorization page with a phone scans its address. A code takes two buffers
//! of [`buffer_for`] bytes: one keeps it, one is free again when it is made. Nothing else in this
//! crate names this module, so that an image without a display does not carry it.
//!
//! ```
//! use rubrica_device::qr::{Code, Ink, buffer_for};
//!
//! // Authorization addresses have at most 600 bytes here: 937 bytes for each buffer.
//! const BUFFER: usize = buffer_for(600).unwrap();
//! let (mut scratch, mut memory) = ([0; BUFFER], [0; BUFFER]);
//! let code = Code::new("https://psc.example/authorize", &mut scratch, &mut memory)?;
//! assert_eq!(code.size(), 25);
//! assert!(code.is_dark(0, 0) && !code.is_dark(-1, 0));
//!
//! let mut text = String::new();
//! code.write_text(&mut text, Ink::Dark)?;
//! assert_eq!(text.lines().count(), (25 + 2 * 4usize).div_ceil(2));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use core::fmt::{self, Write};

use qrcodegen_no_heap::{QrCode, QrCodeEcc, Version};

/// Modules of white around a code (ISO/IEC 18004 §9.1).
pub const QUIET: i32 = 4;

/// The most bytes of a text in a code of each version, from 1 to 40, at the lowest level of error
/// correction (ISO/IEC 18004, table 7).
const CAPACITY: [u16; 40] = [
    17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644, 718, 792, 858,
    929, 1003, 1091, 1171, 1273, 1367, 1465, 1528, 1628, 1732, 1840, 1952, 2068, 2188, 2303, 2431,
    2563, 2699, 2809, 2953,
];

/// Bytes of each of the two buffers that a text of so many bytes takes; none for one that fits no
/// code, which has more than 2953. 458 bytes of text take 673, 586 take 821, 929 take 1278.
#[must_use]
pub const fn buffer_for(text: usize) -> Option<usize> {
    let mut version = 0;
    while version < CAPACITY.len() {
        #[expect(clippy::indexing_slicing, reason = "a constant function knows no iterators")]
        if CAPACITY[version] as usize >= text {
            return Some(buffer_of(version + 1));
        }
        version += 1;
    }
    None
}

/// Bytes of a buffer for a code of this version: a bit for each module, and one byte.
const fn buffer_of(version: usize) -> usize {
    let side = version * 4 + 17;
    (side * side).div_ceil(8) + 1
}

/// A text that fits no code, or none that fits the buffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is too long for a QR code in these buffers")]
pub struct TooLong {
    /// Bytes of each buffer that would be enough; `None` where the text fits no code.
    pub needed: Option<usize>,
}

/// What a display's characters are drawn in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Dark on light: paper, and displays that reflect.
    Dark,
    /// Light on dark: displays that shine.
    Light,
}

/// A QR code.
pub struct Code<'b>(QrCode<'b>);

impl<'b> Code<'b> {
    /// The smallest code that holds the text. `scratch` is free again afterwards; the code stays in
    /// `memory`. Both hold what the text says: overwrite them if it is nobody else's business.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn new(text: &str, scratch: &mut [u8], memory: &'b mut [u8]) -> Result<Self, TooLong> {
        let room = scratch.len().min(memory.len());
        let largest = (1..=40).rev().find(|&version| buffer_of(usize::from(version)) <= room);
        let too_long = TooLong { needed: buffer_for(text.len()) };
        let largest = Version::new(largest.ok_or(too_long)?);
        QrCode::encode_text(
            text,
            scratch,
            memory,
            QrCodeEcc::Low,
            Version::MIN,
            largest,
            None,
            true,
        )
        .map(Self)
        .map_err(|_| too_long)
    }

    /// Modules on a side, without the quiet zone: 21 to 177.
    #[must_use]
    pub fn size(&self) -> i32 {
        self.0.size()
    }

    /// Whether the module in this column and row, counted from 0 at the upper left, is dark. Outside
    /// of the code all are light; [`QUIET`] of them belong to it on each side.
    #[must_use]
    pub fn is_dark(&self, x: i32, y: i32) -> bool {
        self.0.get_module(x, y)
    }

    /// Writes the code with its quiet zone as lines of text, two modules above each other in a
    /// character.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_text<W: Write>(&self, out: &mut W, ink: Ink) -> fmt::Result {
        let is_drawn = |x, y| self.is_dark(x, y) == (ink == Ink::Dark);
        let end = self.size() + QUIET;
        for y in (-QUIET..end).step_by(2) {
            for x in -QUIET..end {
                // The last line has one row only; below it nothing is drawn.
                out.write_char(match (is_drawn(x, y), y + 1 < end && is_drawn(x, y + 1)) {
                    (false, false) => ' ',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (true, true) => '█',
                })?;
            }
            out.write_char('\n')?;
        }
        Ok(())
    }
}

impl fmt::Debug for Code<'_> {
    /// Shows no module: the text may be an address with a code in it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Code")
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;
    use std::vec;

    use super::*;

    #[test]
    fn the_table_of_sizes_is_that_of_the_encoder() {
        for (version, &capacity) in (1_usize..).zip(&CAPACITY) {
            let capacity = usize::from(capacity);
            assert_eq!(buffer_of(version), Version::new(version as u8).buffer_len());
            assert_eq!(buffer_for(capacity), Some(buffer_of(version)));
            // Small letters: no denser mode takes them.
            let text = "a".repeat(capacity);
            let (mut scratch, mut memory) = (vec![0; 4096], vec![0; buffer_of(version)]);
            let code = Code::new(&text, &mut scratch, &mut memory).unwrap();
            assert_eq!(code.size(), version as i32 * 4 + 17);
            let longer = "a".repeat(capacity + 1);
            let needed = buffer_for(capacity + 1);
            let refused = Code::new(&longer, &mut scratch, &mut memory);
            assert_eq!(refused.map(|_| ()), Err(TooLong { needed }));
        }
        assert_eq!(buffer_for(2954), None);
    }

    #[test]
    fn no_buffer_is_too_small_to_be_refused() {
        for (scratch, memory) in [(0, 0), (0, 99), (99, 0), (56, 99), (99, 56)] {
            let (mut scratch, mut memory) = (vec![0; scratch], vec![0; memory]);
            let refused = Code::new("a", &mut scratch, &mut memory);
            assert_eq!(refused.map(|_| ()), Err(TooLong { needed: Some(57) }));
        }
    }

    #[test]
    fn both_inks_draw_the_same_code() {
        let (mut scratch, mut memory) = ([0; 99], [0; 99]);
        let code = Code::new("https://a", &mut scratch, &mut memory).unwrap();
        let draw = |ink| {
            let mut text = String::new();
            code.write_text(&mut text, ink).unwrap();
            text
        };
        let (dark, light) = (draw(Ink::Dark), draw(Ink::Light));
        assert_eq!(dark.lines().count(), 15);
        for (dark, light) in dark.lines().zip(light.lines()).take(14) {
            assert_eq!(dark.chars().count(), 29);
            for pair in dark.chars().zip(light.chars()) {
                assert!(matches!(pair, (' ', '█') | ('█', ' ') | ('▀', '▄') | ('▄', '▀')));
            }
        }
        // The quiet zone: two lines of nothing, and the finder pattern behind four columns.
        assert!(dark.starts_with(&std::format!("{0}\n{0}\n    █▀▀▀▀▀█", " ".repeat(29))));
        assert!(light.lines().last().unwrap().chars().all(|each| each == '▀'));
    }
}
