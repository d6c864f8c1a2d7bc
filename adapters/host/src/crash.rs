//! Places at which tests kill the process, to see what a resumption makes of it.

/// Kills this process, as `kill -9` would, when it passes here for the time that the environment
/// variable `RUBRICA_CRASH_AT` says, counted from 1 over all such places. Only with the feature
/// `crash-points`, which no release has.
#[cfg(feature = "crash-points")]
pub(crate) fn point() {
    use core::sync::atomic::{AtomicU32, Ordering};

    static PASSED: AtomicU32 = AtomicU32::new(0);
    let passed = PASSED.fetch_add(1, Ordering::SeqCst).saturating_add(1);
    let at = std::env::var("RUBRICA_CRASH_AT").ok().and_then(|at| at.parse::<u32>().ok());
    if at == Some(passed) {
        let process = std::process::id().to_string();
        drop(std::process::Command::new("kill").args(["-9", &process]).status());
        std::process::abort();
    }
}

/// Nothing.
#[cfg(not(feature = "crash-points"))]
pub(crate) const fn point() {}
