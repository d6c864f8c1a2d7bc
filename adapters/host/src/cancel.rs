//! Stopping a session from another thread.

use core::time::Duration;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// A switch that stops whatever is waiting on it. Copies are the same switch.
///
/// A request that is out is waited for: its deadline is short, and the answer to one that signs is
/// worth more than the time.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<(Mutex<bool>, Condvar)>);

impl Cancellation {
    /// A switch that is not thrown.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Throws the switch. It stays thrown.
    pub fn cancel(&self) {
        let (thrown, waiting) = &*self.0;
        *thrown.lock().unwrap_or_else(PoisonError::into_inner) = true;
        waiting.notify_all();
    }

    /// Whether it is thrown.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps, unless the switch is thrown before or meanwhile.
    pub(crate) fn sleep(&self, duration: Duration) {
        let (thrown, waiting) = &*self.0;
        let guard = thrown.lock().unwrap_or_else(PoisonError::into_inner);
        drop(waiting.wait_timeout_while(guard, duration, |thrown| !*thrown));
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_sleeper_wakes_when_another_thread_cancels() {
        let cancellation = Cancellation::new();
        let other = cancellation.clone();
        let thread = thread::spawn(move || other.cancel());
        cancellation.sleep(Duration::from_secs(3_600));
        assert!(cancellation.is_cancelled());
        thread.join().unwrap();
    }
}
