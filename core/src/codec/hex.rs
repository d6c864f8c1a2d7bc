//! Hexadecimal digits.

use crate::codec::buffer::Buffer;

/// Writes each byte as two lower-case digits.
pub fn write(bytes: &[u8], out: &mut Buffer<'_>) {
    for &byte in bytes {
        out.byte(digit(byte >> 4));
        out.byte(digit(byte & 0x0f));
    }
}

/// The lower-case digit of a value below 16.
#[must_use]
pub(crate) const fn digit(value: u8) -> u8 {
    match value {
        0..=9 => b'0'.wrapping_add(value),
        _ => b'a'.wrapping_add(value.wrapping_sub(10)),
    }
}

/// The value of a digit in either case.
#[must_use]
pub(crate) const fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(digit.wrapping_sub(b'a').wrapping_add(10)),
        b'A'..=b'F' => Some(digit.wrapping_sub(b'A').wrapping_add(10)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_in_lower_case() {
        let mut bytes = [0; 6];
        let mut out = Buffer::new(&mut bytes);
        write(&[0x00, 0x9f, 0xff], &mut out);
        assert_eq!(out.finish([]).unwrap().1, b"009fff");
    }

    #[test]
    fn digits_and_values_are_each_others_inverse() {
        for number in 0..16 {
            assert_eq!(value(digit(number)), Some(number));
            assert_eq!(value(digit(number).to_ascii_uppercase()), Some(number));
        }
        assert_eq!(value(b'g'), None);
    }
}
