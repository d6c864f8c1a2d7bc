//! `UTCTime` and `GeneralizedTime` in the forms that RFC 5280 §4.1.2.5 allows: to the second, in UTC.

use super::{DerError, Element, GENERALIZED_TIME, Misread, UTC_TIME, Writer};
use crate::codec::decimal;
use crate::codec::http_date::days_since_1970;

/// The first second that is written as a `GeneralizedTime`: that of the year 2050 (RFC 5280
/// §4.1.2.5, RFC 5652 §11.3).
const YEAR_2050: u64 = 2_524_608_000;

/// The first second that four digits of a year cannot hold.
const YEAR_10000: u64 = 253_402_300_800;

/// Reads either form, which may be told apart by their tags alone.
///
/// # Errors
/// [`Misread`] for what is no time, for one before 1970, and for another element.
pub(crate) fn read(element: &Element<'_>, piece: &'static str) -> Result<u64, Misread> {
    let digits = element.content.strip_suffix(b"Z");
    digits.and_then(|digits| read_digits(element.tag, digits)).ok_or_else(|| match element.tag {
        UTC_TIME | GENERALIZED_TIME => element.misread(piece, DerError::Time),
        _ => element.misread(piece, DerError::Unexpected),
    })
}

/// Reads a `GeneralizedTime` that may tell parts of a second, which are left out: a time stamp's
/// (RFC 3161 §2.4.2).
///
/// # Errors
/// As [`read`].
pub(crate) fn read_with_fraction(
    element: &Element<'_>,
    piece: &'static str,
) -> Result<u64, Misread> {
    let Some((digits, [b'.', fraction @ .., b'Z'])) = element.content.split_at_checked(14) else {
        return read(element, piece);
    };
    Some(())
        .filter(|()| !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit))
        .and_then(|()| read_digits(element.tag, digits))
        .ok_or_else(|| element.misread(piece, DerError::Time))
}

fn read_digits(tag: u8, digits: &[u8]) -> Option<u64> {
    match (tag, digits.split_at_checked(2)) {
        (UTC_TIME, _) => seconds(None, digits),
        (GENERALIZED_TIME, Some((century, rest))) => seconds(Some(century), rest),
        _ => None,
    }
}

/// Seconds since 1970 of `YYMMDDHHMMSS` in a century, which is guessed where it is not told.
fn seconds(century: Option<&[u8]>, rest: &[u8]) -> Option<u64> {
    let ([year, month, day, hour, minute, second], []) = rest.as_chunks::<2>() else {
        return None;
    };
    let year = match (century, two_digits(year)?) {
        (Some(century), year) => two_digits(century)?.wrapping_mul(100).wrapping_add(year),
        (None, year @ 0..50) => year.wrapping_add(2_000),
        (None, year) => year.wrapping_add(1_900),
    };
    let (month, day) = (two_digits(month)?, two_digits(day)?);
    let (hour, minute, second) = (two_digits(hour)?, two_digits(minute)?, two_digits(second)?);
    if year < 1_970 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    if day == 0 || day > days_in(year, month)? {
        return None;
    }
    // In units of 32 bits until the last: a year has four digits.
    let days = days_since_1970(year, month.wrapping_sub(1), day);
    let of_day = hour.wrapping_mul(60).wrapping_add(minute).wrapping_mul(60).wrapping_add(second);
    Some(u64::from(days).wrapping_mul(86_400).wrapping_add(u64::from(of_day)))
}

/// The number in two digits.
fn two_digits(digits: &[u8]) -> Option<u32> {
    match *digits {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some(u32::from(tens & 0x0f).wrapping_mul(10).wrapping_add(u32::from(ones & 0x0f)))
        }
        _ => None,
    }
}

/// Days of a month, which counts from 1.
const fn days_in(year: u32, month: u32) -> Option<u32> {
    Some(match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => return None,
    })
}

/// Writes Unix seconds as the `Time` of RFC 5652 §11.3: `UTCTime` before 2050, else
/// `GeneralizedTime`. What is beyond the year 9999 is written as its last second.
pub(crate) fn write(seconds: u64, out: &mut Writer<'_>) {
    let seconds = seconds.min(YEAR_10000.saturating_sub(1));
    let (hours, of_hour) = decimal::divide(seconds, 3_600);
    let hours = u32::try_from(hours).unwrap_or(0);
    let (year, month, day) = date(hours / 24);
    let mut text = *b"00000000000000Z";
    let fields = [year / 100, year % 100, month, day, hours % 24, of_hour / 60, of_hour % 60];
    for (place, field) in text.as_chunks_mut::<2>().0.iter_mut().zip(fields) {
        let digit = |number: u32| b'0'.wrapping_add(u8::try_from(number % 10).unwrap_or(0));
        *place = [digit(field / 10), digit(field)];
    }
    match seconds {
        ..YEAR_2050 => out.element(UTC_TIME, text.get(2..).unwrap_or_default()),
        _ => out.element(GENERALIZED_TIME, &text),
    }
}

/// Year, month and day of a day since 1970.
fn date(mut days: u32) -> (u32, u32, u32) {
    // At most 8,030 steps; a signature's time takes some sixty.
    let mut year = 1_970_u32;
    loop {
        let length = if days_in(year, 2) == Some(29) { 366 } else { 365 };
        match days.checked_sub(length) {
            Some(rest) => (year, days) = (year.wrapping_add(1), rest),
            None => break,
        }
    }
    let mut month = 1_u32;
    while let Some(rest) = days_in(year, month).and_then(|length| days.checked_sub(length)) {
        (month, days) = (month.wrapping_add(1), rest);
    }
    (year, month, days.wrapping_add(1))
}

#[cfg(test)]
mod tests {
    use super::super::Elements;
    use super::*;
    use crate::codec::buffer::Buffer;

    fn time(tag: u8, text: &[u8]) -> Option<u64> {
        read(&Element { tag, content: text, encoded: text, place: 0 }, "").ok()
    }

    #[test]
    fn both_forms_are_read() {
        assert_eq!(time(UTC_TIME, b"700101000000Z"), Some(0));
        assert_eq!(time(UTC_TIME, b"941106084937Z"), Some(784_111_777));
        assert_eq!(time(UTC_TIME, b"491231235959Z"), Some(YEAR_2050 - 1));
        assert_eq!(time(GENERALIZED_TIME, b"20500101000000Z"), Some(YEAR_2050));
        assert_eq!(time(GENERALIZED_TIME, b"99991231235959Z"), Some(YEAR_10000 - 1));
        assert_eq!(time(UTC_TIME, b"240229000000Z"), Some(1_709_164_800));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            &b""[..],
            b"Z",
            b"260101000000",
            b"2601010000Z",
            b"260101000000+0000",
            b"260001000000Z",
            b"261301000000Z",
            b"260229000000Z",
            b"000431000000Z",
            b"260100000000Z",
            b"260101240000Z",
            b"260101006000Z",
            b"260101000060Z",
            b"2601010000 0Z",
            b"690101000000Z",
        ] {
            assert_eq!(time(UTC_TIME, text), None, "{text:?}");
        }
        for text in [&b"20260101000000.5Z"[..], b"260101000000Z", b"19691231235959Z", b"2"] {
            assert_eq!(time(GENERALIZED_TIME, text), None, "{text:?}");
        }
        assert_eq!(time(0x16, b"260101000000Z"), None);
    }

    #[test]
    fn a_time_stamp_may_tell_parts_of_a_second() {
        let time = |text: &[u8]| {
            let tag = GENERALIZED_TIME;
            let element = Element { tag, content: text, encoded: text, place: 0 };
            read_with_fraction(&element, "").ok()
        };
        assert_eq!(time(b"19700101000001Z"), Some(1));
        assert_eq!(time(b"19700101000001.5Z"), Some(1));
        assert_eq!(time(b"19700101000001.123456Z"), Some(1));
        for none in [&b"19700101000001.Z"[..], b"19700101000001.5", b"19700101000001.xZ", b".5Z"] {
            assert_eq!(time(none), None, "{none:?}");
        }
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let mut second = 0;
        while second < YEAR_10000 + 40_000_000 {
            let mut bytes = [0; 17];
            let mut buffer = Buffer::new(&mut bytes);
            write(second, &mut Writer::to_buffer(&mut buffer));
            let written = buffer.finish([]).unwrap().1;
            let element = Elements::new(written).any("").unwrap();
            assert_eq!(element.tag == UTC_TIME, second < YEAR_2050);
            assert_eq!(read(&element, ""), Ok(second.min(YEAR_10000 - 1)));
            second += 39_999_989;
        }
    }
}
