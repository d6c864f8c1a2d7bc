//! A number in decimal digits, without `core::fmt`.

/// Digits of the largest `u64`.
const DIGITS: usize = 20;

/// A number, written.
#[derive(Clone, Copy)]
pub(super) struct Decimal {
    digits: [u8; DIGITS],
    start: usize,
}

impl Decimal {
    pub(super) fn new(mut number: u64) -> Self {
        let mut decimal = Self { digits: [b'0'; DIGITS], start: DIGITS };
        for digit in decimal.digits.iter_mut().rev() {
            // Less than ten.
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
            decimal.start -= 1;
            if number == 0 {
                break;
            }
        }
        decimal
    }

    pub(super) fn as_str(&self) -> &str {
        let digits = self.digits.get(self.start..).unwrap_or_default();
        core::str::from_utf8(digits).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_standard_library_writes_them() {
        for number in [0, 1, 9, 10, 123_456, u64::MAX] {
            assert_eq!(Decimal::new(number).as_str(), std::format!("{number}"));
        }
    }
}
