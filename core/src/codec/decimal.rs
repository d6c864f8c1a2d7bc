//! Whole numbers in decimal digits, and their division.

/// The number that a text of digits alone is.
///
/// `None` for anything else, an empty text and a sign among it, and for what is beyond 2⁶⁴ − 1.
pub(crate) fn parse(digits: &str) -> Option<u64> {
    let mut number = if digits.is_empty() { None } else { Some(0_u64) };
    for byte in digits.bytes() {
        let digit = byte.is_ascii_digit().then_some(byte & 0x0f)?;
        number = number?.checked_mul(10)?.checked_add(u64::from(digit));
    }
    number
}

/// The quotient and the remainder, in steps of 16 bits: a microcontroller divides 32 bits at once,
/// and what divides 64 is one of the largest functions of a small image.
#[inline(never)]
pub(crate) const fn divide(number: u64, divisor: u16) -> (u64, u32) {
    let divisor = divisor as u32;
    let (mut quotient, mut rest, mut shift) = (0, 0, 64_u32);
    while let Some(lower) = shift.checked_sub(16) {
        shift = lower;
        let dividend = (rest << 16) | ((number >> shift) as u32 & 0xffff);
        // Nothing is divided by zero, and zero would be what it gives.
        let (Some(digits), Some(remainder)) =
            (dividend.checked_div(divisor), dividend.checked_rem(divisor))
        else {
            return (0, 0);
        };
        quotient = (quotient << 16) | digits as u64;
        rest = remainder;
    }
    (quotient, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_division_is_that_of_the_processor() {
        for number in [0, 1, 2, 3, 9, 10, 65_535, 65_536, 4_294_967_296, 7_340_032, u64::MAX] {
            for divisor in [1_u16, 2, 3, 10, 1_000, u16::MAX] {
                let wide = u64::from(divisor);
                let expected = (number / wide, u32::try_from(number % wide).unwrap());
                assert_eq!(divide(number, divisor), expected, "{number} / {divisor}");
            }
        }
    }

    #[test]
    fn digits_alone_are_a_number() {
        assert_eq!(parse("0"), Some(0));
        assert_eq!(parse("007"), Some(7));
        assert_eq!(parse("18446744073709551615"), Some(u64::MAX));
        for text in ["", "-1", "+1", "1.0", " 1", "1 ", "x", "18446744073709551616"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
