//! Time that the caller measures: nothing in the core reads a clock.

use core::ops::Add;

use serde::{Deserialize, Serialize};

/// A span of time in milliseconds, from 0 to 2⁶⁴ − 1. Arithmetic saturates.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Duration(u64);

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// So many milliseconds.
    #[must_use]
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    /// So many seconds.
    #[inline(never)]
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }

    /// The span in milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The span in whole seconds, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000
    }

    /// What is left after `other`, or zero.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// So many times this span.
    #[must_use]
    pub const fn saturating_mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl Add for Duration {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl From<Duration> for core::time::Duration {
    fn from(duration: Duration) -> Self {
        Self::from_millis(duration.0)
    }
}

/// A moment on the caller's monotonic clock, in milliseconds since a start of the caller's choice.
///
/// It means nothing to another process or after a reset: a saved flow keeps what is left of its
/// deadlines, not the moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// A moment that never comes: a wait for an input alone.
    pub const NEVER: Self = Self(u64::MAX);

    /// The moment so many milliseconds after the clock's start.
    #[must_use]
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since the clock's start.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// How long after `earlier` this is; zero when it is not after.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    #[inline(never)]
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.0))
    }
}

/// How much time passed between the saving of a flow and its resumption, by a clock that went on
/// while the program did not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elapsed {
    /// So much, by a clock that is trusted not to have been set back.
    Known(Duration),
    /// The clock was set back, or there is none: whatever may have expired counts as expired.
    Unknown,
}

impl Elapsed {
    /// The time between two readings of a wall clock, in seconds since 1970; unknown when it ran
    /// backwards.
    #[must_use]
    pub fn between(saved: u64, now: u64) -> Self {
        now.checked_sub(saved)
            .map_or(Self::Unknown, |seconds| Self::Known(Duration::from_secs(seconds)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates_at_both_ends() {
        assert_eq!(Instant::NEVER + Duration::from_secs(1), Instant::NEVER);
        assert_eq!(
            Instant::from_millis(1).saturating_since(Instant::from_millis(2)),
            Duration::ZERO
        );
        assert_eq!(Duration::from_secs(u64::MAX).as_millis(), u64::MAX);
    }

    #[test]
    fn s40_a_clock_that_ran_backwards_is_unknown_time() {
        assert_eq!(Elapsed::between(100, 99), Elapsed::Unknown);
        assert_eq!(Elapsed::between(100, 103), Elapsed::Known(Duration::from_secs(3)));
    }
}
