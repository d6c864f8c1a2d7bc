//! The sandbox's clock: the machine's, moved at will, so that no test waits for an expiry.

use core::fmt;
use core::sync::atomic::{AtomicI64, Ordering};
use core::time::Duration;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The time that every part of the sandbox reads: certificates, tokens, windows and limits.
///
/// It goes with the machine's monotonic clock from the moment of its making, plus an offset. A
/// clone is the same clock.
#[derive(Clone, Debug)]
pub struct Clock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    start: Instant,
    unix_at_start: i64,
    offset: AtomicI64,
}

impl Clock {
    /// A clock that differs from the machine's by `offset_seconds`, which may be negative.
    #[must_use]
    pub fn new(offset_seconds: i64) -> Self {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            inner: Arc::new(Inner {
                start: Instant::now(),
                unix_at_start: milliseconds(unix),
                offset: AtomicI64::new(offset_seconds.saturating_mul(1000)),
            }),
        }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.inner.offset.fetch_add(milliseconds(by), Ordering::SeqCst);
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_milliseconds(&self) -> i64 {
        let elapsed = milliseconds(self.inner.start.elapsed());
        let now = self.inner.unix_at_start.saturating_add(elapsed);
        now.saturating_add(self.inner.offset.load(Ordering::SeqCst))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_seconds(&self) -> i64 {
        self.unix_milliseconds().div_euclid(1000)
    }
}

/// A duration in whole milliseconds, at most `i64::MAX`.
pub(crate) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A moment of the proleptic Gregorian calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: i64,
    pub(crate) month: i64,
    pub(crate) day: i64,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
    /// 0 is Sunday.
    weekday: i64,
}

impl Date {
    pub(crate) fn from_unix(seconds: i64) -> Self {
        let days = seconds.div_euclid(86_400);
        let second = seconds.rem_euclid(86_400);
        // Days are counted from 0000-03-01, so that the leap day ends its year.
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * shifted_month + 2) / 5 + 1,
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
            weekday: (days + 4).rem_euclid(7),
        }
    }
}

impl Date {
    /// `2026-11-22T04:00:00Z` (RFC 3339 §5.6).
    pub(crate) fn iso_8601(&self) -> String {
        let Self { year, month, day, hour, minute, second, .. } = self;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// An IMF-fixdate (RFC 9110 §5.6.7).
impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let name = |names: &[&'static str], index: i64| {
            usize::try_from(index).ok().and_then(|index| names.get(index).copied()).unwrap_or("???")
        };
        write!(
            formatter,
            "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
            name(&DAYS, self.weekday),
            self.day,
            name(&MONTHS, self.month - 1),
            self.year,
            self.hour,
            self.minute,
            self.second
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_rfc_9110() {
        assert_eq!(Date::from_unix(784_111_777).to_string(), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(Date::from_unix(951_782_400).to_string(), "Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(Date::from_unix(-1).to_string(), "Wed, 31 Dec 1969 23:59:59 GMT");
    }

    #[test]
    fn a_clone_moves_with_its_clock() {
        let clock = Clock::new(0);
        let clone = clock.clone();
        let before = clone.unix_seconds();
        clock.advance(Duration::from_secs(3600));
        assert!(clone.unix_seconds() >= before + 3600);
    }
}
