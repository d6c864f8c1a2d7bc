//! The civil time at which a certificate is asked to be valid.

use core::{fmt, time::Duration};
use std::time::SystemTime;

use der::DateTime;

/// Seconds since 1 January 1970, UTC, leap seconds aside.
///
/// The caller owns the clock: nothing in this crate reads one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(u64);

impl UnixTime {
    /// That many seconds after the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

/// A clock set before 1970 counts as 1970, when no certificate is valid yet.
impl From<SystemTime> for UnixTime {
    fn from(time: SystemTime) -> Self {
        Self(time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs())
    }
}

impl From<DateTime> for UnixTime {
    fn from(time: DateTime) -> Self {
        Self(time.unix_duration().as_secs())
    }
}

/// `2026-11-21T21:47:50Z` (RFC 3339), or the bare seconds after the year 9999.
impl fmt::Display for UnixTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_unix_duration(Duration::from_secs(self.0)) {
            Ok(time) => time.fmt(formatter),
            Err(_) => write!(formatter, "{} s", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_as_a_date() {
        assert_eq!(UnixTime::from_seconds(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(UnixTime::from_seconds(1_795_297_670).to_string(), "2026-11-21T21:47:50Z");
        assert_eq!(UnixTime::from_seconds(u64::MAX).to_string(), "18446744073709551615 s");
    }

    #[test]
    fn s40_a_clock_before_the_epoch_is_no_panic() {
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(UnixTime::from(before).seconds(), 0);
    }
}
