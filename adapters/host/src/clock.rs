//! The two clocks of a session: one that only goes forward, and the wall's.

use core::time::Duration;
use std::time::{Instant, SystemTime};

use rubrica_core::time;
use rubrica_verify::UnixTime;

/// The core's time, counted from the clock's making.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now() }
    }

    pub(crate) fn now(&self) -> time::Instant {
        let elapsed = self.start.elapsed().as_millis();
        time::Instant::from_millis(u64::try_from(elapsed).unwrap_or(u64::MAX))
    }

    /// A moment of the core's on the system's clock. One that never comes is a day ahead: who waits
    /// for it asks again then.
    pub(crate) fn at(&self, instant: time::Instant) -> Instant {
        const FAR: Duration = Duration::from_secs(24 * 60 * 60);
        let ahead = Duration::from_millis(instant.as_millis()).min(self.start.elapsed() + FAR);
        self.start.checked_add(ahead).unwrap_or(self.start)
    }
}

/// The wall clock, in seconds since 1970.
pub(crate) fn wall() -> UnixTime {
    UnixTime::from(SystemTime::now())
}

/// A span of the system's as one of the core's.
pub(crate) fn duration(span: Duration) -> time::Duration {
    time::Duration::from_millis(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
}
