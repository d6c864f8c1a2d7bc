//! Keeping to a provider's limits over all sessions of a client.
//!
//! A flow keeps to the limits that concern it alone. Those of an application hold over all of its
//! sessions, which only the client sees; another process with the same application it does not see.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rubrica_core::identity::Holder;
use rubrica_core::pacing::{Limiter, Rate};
use rubrica_core::psc::Limits;
use rubrica_core::time::Instant;

use crate::driver::Driver;

/// Holders whose requests are counted at a time. A client that serves more forgets all of them, and
/// each order still keeps to the limit by itself.
const HOLDERS: usize = 4_096;

/// What has passed, by all sessions.
#[derive(Debug)]
pub(crate) struct Pace {
    authorizations: Mutex<Limiter>,
    signatures: Mutex<Limiter>,
    requests: Mutex<HashMap<Holder, Limiter>>,
    requests_rate: Rate,
}

impl Pace {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            authorizations: Mutex::new(Limiter::new(limits.authorize)),
            signatures: Mutex::new(Limiter::new(limits.signatures)),
            requests: Mutex::default(),
            requests_rate: limits.signature_requests,
        }
    }

    /// Waits until a request for authorization may go.
    pub(crate) fn authorize(&self, driver: &Driver<'_>) {
        let mut limiter = self.authorizations.lock().unwrap_or_else(PoisonError::into_inner);
        let at = pass(&mut limiter, 1, driver.now());
        drop(limiter);
        driver.sleep_until(at);
    }

    /// Waits until a request of a holder's for so many signatures may go.
    pub(crate) fn sign(&self, holder: Holder, signatures: usize, driver: &Driver<'_>) {
        let signatures = u32::try_from(signatures).unwrap_or(u32::MAX);
        let mut limiter = self.signatures.lock().unwrap_or_else(PoisonError::into_inner);
        let at = pass(&mut limiter, signatures, driver.now());
        drop(limiter);
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() >= HOLDERS {
            requests.clear();
        }
        let limiter = requests.entry(holder).or_insert_with(|| Limiter::new(self.requests_rate));
        let at = pass(limiter, 1, driver.now()).max(at);
        drop(requests);
        driver.sleep_until(at);
    }
}

/// Books so many things for the first moment at which they may pass.
fn pass(limiter: &mut Limiter, count: u32, now: Instant) -> Instant {
    let at = limiter.earliest(count, now);
    limiter.pass(count, at);
    at
}
