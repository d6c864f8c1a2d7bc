//! The date of HTTP headers (RFC 9110 §5.6.7).

/// The one form that is sent today: `#` is a digit, `?` any character.
const FORM: &str = "???, ## ??? #### ##:##:## GMT";

/// The names of the months.
const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";

/// Seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// The two obsolete forms give `None`, as does anything that is no date; so does a year before 1970.
#[must_use]
pub fn parse(text: &str) -> Option<u64> {
    let fits = |(form, byte): (u8, u8)| match form {
        b'#' => byte.is_ascii_digit(),
        b'?' => true,
        _ => byte == form,
    };
    if text.len() != FORM.len() || !FORM.bytes().zip(text.bytes()).all(fits) {
        return None;
    }
    let field = |place: usize, length| text.as_bytes().get(place..)?.get(..length);
    let (day, year) = (number(field(5, 2)?), number(field(12, 4)?));
    let (hour, minute, second) =
        (number(field(17, 2)?), number(field(20, 2)?), number(field(23, 2)?));
    let name = field(8, 3)?;
    let month = MONTHS.as_chunks::<3>().0.iter().position(|month| month == name)?;
    if !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 || year < 1_970 {
        return None;
    }
    // In units of 32 bits until the last: a year has four digits.
    let seconds = hour.wrapping_mul(60).wrapping_add(minute).wrapping_mul(60).wrapping_add(second);
    let days = days_since_1970(year, u32::try_from(month).ok()?, day);
    Some(u64::from(days).wrapping_mul(86_400).wrapping_add(u64::from(seconds)))
}

/// The number that some digits are.
fn number(digits: &[u8]) -> u32 {
    digits
        .iter()
        .fold(0, |number: u32, digit| number.wrapping_mul(10).wrapping_add(u32::from(digit & 0x0f)))
}

/// Days of the Gregorian calendar since 1970, counted in years that begin in March, so that a leap
/// day is the last of its year. Months count from 0, and years have four digits.
pub(crate) const fn days_since_1970(year: u32, month: u32, day: u32) -> u32 {
    let (year, month) = match month {
        0 | 1 => (year.wrapping_sub(1), month.wrapping_add(10)),
        _ => (year, month.wrapping_sub(2)),
    };
    let leaps = (year / 4).wrapping_sub(year / 100).wrapping_add(year / 400);
    let before = month.wrapping_mul(153).wrapping_add(2) / 5;
    // 719,468 days lie between 1 March of the year 0 and 1 January 1970, the latter day included.
    year.wrapping_mul(365)
        .wrapping_add(leaps)
        .wrapping_add(before)
        .wrapping_add(day)
        .wrapping_sub(719_469)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_dates_are_read() {
        assert_eq!(parse("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(parse("Fri, 31 Dec 9999 23:59:59 GMT"), Some(253_402_300_799));
        assert_eq!(parse("Thu, 29 Feb 2024 23:59:59 GMT"), Some(1_709_251_199));
        assert_eq!(parse("Sat, 21 Nov 2026 12:00:00 GMT"), Some(1_795_262_400));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 EST",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 00 Nov 1994 00:00:00 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun, 32 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
