//! Times as XML writes them.

/// When a signer says that a signature was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SigningTime {
    /// As it is written: `xsd:dateTime`.
    pub written: String,
    /// Seconds since 1970, where it is a time of that year or later and says of which zone it is.
    pub unix_seconds: Option<u64>,
}

impl SigningTime {
    pub(super) fn read(written: String) -> Self {
        let unix_seconds = seconds(&written);
        Self { written, unix_seconds }
    }
}

/// `YYYY-MM-DDThh:mm:ss`, perhaps a fraction, and `Z` or an offset (XML Schema Part 2 §3.2.7).
fn seconds(written: &str) -> Option<u64> {
    let (date, time) = written.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (time, zone) = time.split_at_checked(8)?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let zone = match zone.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|it: char| it.is_ascii_digit());
            if zone.len() == fraction.len() {
                return None;
            }
            zone
        }
        None => zone,
    };
    let offset = offset(zone)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) || hour > 23 || minute > 59 || second > 59 || year < 1970 {
        return None;
    }
    let days = days_before(year, month).checked_add(day)?.checked_sub(1)?;
    let seconds = days
        .checked_mul(86_400)?
        .checked_add(hour.checked_mul(3600)?)?
        .checked_add(minute.checked_mul(60)?)?
        .checked_add(second)?
        .checked_sub(offset)?;
    u64::try_from(seconds).ok()
}

/// Days from 1970 to the first of a month, counted in eras of 400 years that begin in March.
#[expect(clippy::arithmetic_side_effects, reason = "a year has four digits, a month is 1 to 12")]
fn days_before(year: i64, month: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Seconds by which a zone is ahead.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, zone) = match zone.split_at_checked(1)? {
        ("+", zone) => (1, zone),
        ("-", zone) => (-1, zone),
        _ => return None,
    };
    let [hours, minutes] = numbers(zone, ':', [2, 2])?;
    if hours > 14 || minutes > 59 {
        return None;
    }
    hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60)?.checked_mul(sign)
}

/// Numbers of these lengths with this between them.
fn numbers<const N: usize>(written: &str, between: char, lengths: [usize; N]) -> Option<[i64; N]> {
    let mut numbers = [0; N];
    let mut parts = written.split(between);
    for (number, length) in numbers.iter_mut().zip(lengths) {
        let part = parts.next()?;
        if part.len() != length || !part.bytes().all(|it| it.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_are_read_in_their_zone() {
        for (written, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2026-11-22T07:15:58Z", Some(1_795_331_758)),
            ("2026-11-22T04:15:58-03:00", Some(1_795_331_758)),
            ("2026-11-22T04:15:58.123456789-03:00", Some(1_795_331_758)),
            ("2024-02-29T23:59:59Z", Some(1_709_251_199)),
            ("2023-02-29T23:59:59Z", None),
            ("2026-11-22T07:15:58", None),
            ("2026-11-22T07:15:58.Z", None),
            ("2026-11-22T24:00:00Z", None),
            ("2026-1-22T07:15:58Z", None),
            ("1969-12-31T23:59:59Z", None),
            ("1970-01-01T00:00:00+01:00", None),
            ("+026-11-22T07:15:58Z", None),
            ("2026-11-22T07:15:58Zé", None),
            ("", None),
        ] {
            assert_eq!(seconds(written), expected, "{written}");
        }
    }
}
