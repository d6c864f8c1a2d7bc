//! What matrices share: the errors that cells expect, and the running of cells beside one another.

use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Instant;

use rubrica::{Error, Fault};

/// The longest that all cells of a test may take before the ones that have not ended are called
/// hanging.
const LONGEST: Duration = Duration::from_secs(180);

/// Cells that run at a time: most of them wait.
const WORKERS: usize = 24;

/// An error that is expected, as a pattern.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// The pattern.
    pub text: &'static str,
    /// Whether an error is one of these.
    pub matches: fn(&Error) -> bool,
}

impl Told {
    /// Judges an error, or the reason why what was signed could not be fetched.
    ///
    /// # Panics
    /// Where it is another one, or another's fault.
    pub fn judge(&self, name: &str, whose: Fault, error: &Error) {
        let reason = match error {
            Error::NotFetched { error, .. } => error,
            error => error,
        };
        assert!((self.matches)(reason), "{name}: not {}: {error:?}", self.text);
        assert_eq!(error.fault(), whose, "{name}: {error:?}");
    }
}

/// An error of the host's.
#[macro_export]
macro_rules! is {
    ($pattern:pat) => {
        $crate::matrix::Told {
            text: stringify!($pattern),
            matches: |error| matches!(error, $pattern),
        }
    };
}

/// An error that the flows tell of the holder or the service.
#[macro_export]
macro_rules! peer {
    ($pattern:pat) => {
        $crate::is!(rubrica::Error::Core(rubrica::core::error::Error::Peer($pattern)))
    };
}

/// A refusal in the service's own words, of this status.
#[macro_export]
macro_rules! refused {
    ($status:pat) => {
        $crate::peer!(rubrica::core::error::PeerError::Refused(rubrica::core::error::Refusal {
            status: $status,
            ..
        }))
    };
}

/// An answer that cannot be read.
#[macro_export]
macro_rules! malformed {
    ($document:ident) => {
        $crate::peer!(rubrica::core::error::PeerError::Malformed(rubrica::core::error::Malformed {
            document: rubrica::core::error::Document::$document,
            ..
        }))
    };
}

/// Runs cells beside one another, each of which panics where it does not hold.
///
/// # Panics
/// Where one did, or did not end in time.
pub fn run<C: Send + Sync + 'static>(cells: Vec<C>, name: fn(&C) -> &str, judge: fn(&C)) {
    println!("{} cells", cells.len());
    let cells = Arc::new(cells);
    let mut open: BTreeSet<usize> = (0..cells.len()).collect();
    let next = Arc::new(AtomicUsize::new(0));
    let (ended, ends) = mpsc::channel();
    for _ in 0..WORKERS.min(cells.len()) {
        let (cells, next, ended) = (Arc::clone(&cells), Arc::clone(&next), ended.clone());
        thread::spawn(move || {
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(cell) = cells.get(place) else { break };
                let good = catch_unwind(AssertUnwindSafe(|| judge(cell))).is_ok();
                if ended.send((place, good)).is_err() {
                    break;
                }
            }
        });
    }
    drop(ended);
    let mut bad = Vec::new();
    let deadline = Instant::now() + LONGEST;
    while !open.is_empty() {
        let left = deadline.saturating_duration_since(Instant::now());
        let Ok((place, good)) = ends.recv_timeout(left) else { break };
        open.remove(&place);
        if !good {
            bad.push(name(&cells[place]));
        }
    }
    let open: Vec<&str> = open.into_iter().map(|place| name(&cells[place])).collect();
    assert!(open.is_empty(), "hanging: {open:#?}\nbad: {bad:#?}");
    assert!(bad.is_empty(), "{} of {} cells: {bad:#?}", bad.len(), cells.len());
}
