//! What is shown, without the machinery of `core::fmt`, which would be a tenth of the image.

use rubrica_board::semihosting::Console;

/// Shows a line that is made of these texts.
pub(crate) fn say(texts: &[&str]) {
    for text in texts {
        Console::write(text.as_bytes());
    }
    Console::write(b"\n");
}

/// A number in decimal digits.
pub(crate) struct Decimal {
    digits: [u8; 20],
    start: usize,
}

impl Decimal {
    pub(crate) fn new(number: u64) -> Self {
        let mut decimal = Self { digits: [b'0'; 20], start: 20 };
        let mut rest = number;
        loop {
            decimal.start -= 1;
            decimal.digits[decimal.start] += (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                return decimal;
            }
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.digits[self.start..]).unwrap_or_default()
    }
}

/// A digest in hexadecimal digits.
pub(crate) struct Hexadecimal([u8; 64]);

impl Hexadecimal {
    pub(crate) fn new(bytes: &[u8; 32]) -> Self {
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
            for (digit, half) in pair.iter_mut().zip([byte >> 4, byte & 15]) {
                *digit = if half < 10 { b'0' + half } else { b'a' - 10 + half };
            }
        }
        Self(digits)
    }

    pub(crate) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}
