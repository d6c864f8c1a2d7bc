//! Dates in Brazil's time zone.

use crate::error::PdfError;

/// Brasília is three hours behind UTC.
const OFFSET_SECONDS: i64 = -3 * 3600;

/// 1970-01-01 to 9999-12-31 in Brasília, in seconds since the Unix epoch.
const RANGE: core::ops::RangeInclusive<i64> = -OFFSET_SECONDS..=253_402_300_799 - 86_400;

/// When a signature is made, in whole seconds since 1970-01-01 00:00:00 UTC. The caller gives it:
/// nothing in this crate reads a clock.
///
/// It is written in the legal time of Brasília, `America/Sao_Paulo`, as UTC−03:00. Brazil abolished
/// daylight saving time in 2019 (Decreto 9.772 of 25 April 2019), so the offset is the same all the
/// year round, and no time zone database is needed. The moment itself is exact whatever the offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SigningTime(i64);

impl SigningTime {
    /// The moment so many seconds after the Unix epoch.
    ///
    /// # Errors
    /// [`PdfError::Options`] for a moment before 1970 or after 9999, which a PDF date cannot say.
    pub fn from_unix_seconds(seconds: i64) -> Result<Self, PdfError> {
        if RANGE.contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err(PdfError::Options { what: "the time of signing is before 1970 or after 9999" })
        }
    }

    /// The seconds since the Unix epoch.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }

    /// As a PDF date (ISO 32000-2 §7.9.4): `D:20261121184752-03'00'`.
    pub(crate) fn pdf_date(self) -> String {
        let (year, month, day, hour, minute, second) = self.civil();
        format!("D:{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}-03'00'")
    }

    /// The parts of the local date and time: year, month, day, hour, minute, second.
    pub(crate) const fn civil(self) -> (i64, i64, i64, i64, i64, i64) {
        let local = self.0 + OFFSET_SECONDS;
        let (days, rest) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        // Days to a civil date, by eras of 400 years that begin on 1 March: Howard Hinnant,
        // "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month, day, rest / 3600, rest / 60 % 60, rest % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_the_time_of_brasilia() {
        let written = |seconds| SigningTime::from_unix_seconds(seconds).unwrap().pdf_date();
        // `TZ=America/Sao_Paulo date -d @1795297672 +%Y%m%d%H%M%S` and so on.
        assert_eq!(written(1_795_297_672), "D:20261121184752-03'00'");
        assert_eq!(written(1_709_175_600), "D:20240229000000-03'00'");
        assert_eq!(written(1_709_175_599), "D:20240228235959-03'00'");
        assert_eq!(written(1_767_236_399), "D:20251231235959-03'00'");
        assert_eq!(written(4_107_553_200), "D:21000301000000-03'00'");
    }

    #[test]
    fn a_moment_that_a_pdf_cannot_say_is_refused() {
        assert!(SigningTime::from_unix_seconds(-1).is_err());
        assert!(SigningTime::from_unix_seconds(0).is_err());
        assert!(SigningTime::from_unix_seconds(i64::MAX).is_err());
        assert!(SigningTime::from_unix_seconds(10_800).is_ok());
    }
}
