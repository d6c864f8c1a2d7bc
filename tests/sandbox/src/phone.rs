//! The holder's phone: what waits for an approval, and who gives it.

pub(crate) mod page;

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex};
use std::time::Instant;

use serde::Serialize;

use crate::clock::{Clock, milliseconds};
use crate::lock;

/// Requests kept, decided or not; the oldest goes first.
const REMEMBERED: usize = 10_000;

/// Names a request on the phone.
pub type ApprovalId = u64;

/// What the phone does with a request that nobody decided by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Waits for [`Phone::approve`] or [`Phone::deny`], or for a click on the page `/phone`.
    #[default]
    Ask,
    /// Approves at once.
    ApproveAll,
    /// Approves once the request is that old, by the sandbox's clock.
    ApproveAfter(Duration),
    /// Denies at once.
    DenyAll,
    /// Does nothing and shows nothing: the phone is off.
    Ignore,
}

/// How the request reached the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A QR code that the phone reads.
    Qr,
    /// A notification.
    Push,
}

/// A request as the phone shows it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PendingRequest {
    /// Its name in [`Phone::approve`] and [`Phone::deny`].
    pub id: ApprovalId,
    /// How it came.
    pub channel: Channel,
    /// The application's registered name.
    pub application: String,
    /// Whom it is for, masked; `None` when a QR code came without `login_hint`.
    pub holder: Option<String>,
    /// The scope that the holder grants.
    pub scope: String,
    /// Seconds that the token would live.
    pub lifetime: u64,
}

/// What a service asks of the phone.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) channel: Channel,
    pub(crate) application: String,
    pub(crate) holder: Option<String>,
    pub(crate) scope: String,
    pub(crate) lifetime: u64,
    /// How long the request stands, in milliseconds.
    pub(crate) window: i64,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Waiting,
    /// With the alias of the certificate that the holder chose, if one was chosen.
    Approved(Option<String>),
    Denied,
    /// The window ended with no approval.
    Expired,
}

/// The phones of all holders.
#[derive(Debug)]
pub struct Phone {
    clock: Clock,
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    policy: Policy,
    next: ApprovalId,
    requests: BTreeMap<ApprovalId, Request>,
}

#[derive(Debug)]
struct Request {
    shown: PendingRequest,
    asked_at: i64,
    window: i64,
    decision: Decision,
}

impl Phone {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, inner: Mutex::default(), changed: Condvar::new() }
    }

    /// Sets what happens to requests that nobody decides by hand, those that wait included.
    pub fn set_policy(&self, policy: Policy) {
        lock(&self.inner).policy = policy;
        self.changed.notify_all();
    }

    /// The requests that wait, oldest first.
    #[must_use]
    pub fn pending(&self) -> Vec<PendingRequest> {
        self.waiting(&mut lock(&self.inner))
    }

    /// Waits, at most `timeout` of real time, until a request is pending, and gives the oldest.
    #[must_use]
    pub fn next_pending(&self, timeout: Duration) -> Option<PendingRequest> {
        let deadline = Instant::now() + timeout;
        let mut inner = lock(&self.inner);
        loop {
            if let Some(request) = self.waiting(&mut inner).into_iter().next() {
                return Some(request);
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            inner = self
                .changed
                .wait_timeout(inner, left)
                .map_or_else(|held| held.into_inner().0, |(inner, _)| inner);
        }
    }

    /// Approves with the first certificate. `false` when the request does not wait any more.
    pub fn approve(&self, id: ApprovalId) -> bool {
        self.decide(id, Decision::Approved(None))
    }

    /// Approves with the certificate of that alias, of whichever holder has it. `false` when the
    /// request does not wait any more.
    pub fn approve_with(&self, id: ApprovalId, certificate_alias: &str) -> bool {
        self.decide(id, Decision::Approved(Some(certificate_alias.to_owned())))
    }

    /// Denies. `false` when the request does not wait any more.
    pub fn deny(&self, id: ApprovalId) -> bool {
        self.decide(id, Decision::Denied)
    }

    pub(crate) fn ask(&self, ask: Ask) -> ApprovalId {
        let asked_at = self.clock.unix_milliseconds();
        let mut inner = lock(&self.inner);
        inner.next += 1;
        let id = inner.next;
        let shown = PendingRequest {
            id,
            channel: ask.channel,
            application: ask.application,
            holder: ask.holder,
            scope: ask.scope,
            lifetime: ask.lifetime,
        };
        let window = ask.window;
        let request = Request { shown, asked_at, window, decision: Decision::Waiting };
        inner.requests.insert(id, request);
        while inner.requests.len() > REMEMBERED {
            inner.requests.pop_first();
        }
        drop(inner);
        self.changed.notify_all();
        id
    }

    /// What became of a request. Past its window even a denial reads as expired.
    pub(crate) fn decision(&self, id: ApprovalId) -> Decision {
        let mut inner = lock(&self.inner);
        self.settle(&mut inner);
        let now = self.clock.unix_milliseconds();
        inner.requests.get(&id).map_or(Decision::Expired, |request| match request.decision {
            Decision::Denied if now >= request.asked_at + request.window => Decision::Expired,
            ref decision => decision.clone(),
        })
    }

    fn decide(&self, id: ApprovalId, decision: Decision) -> bool {
        let mut inner = lock(&self.inner);
        self.settle(&mut inner);
        let Some(request) = inner.requests.get_mut(&id) else { return false };
        if request.decision != Decision::Waiting {
            return false;
        }
        request.decision = decision;
        true
    }

    fn waiting(&self, inner: &mut Inner) -> Vec<PendingRequest> {
        self.settle(inner);
        if inner.policy == Policy::Ignore {
            return Vec::new();
        }
        let waiting = inner.requests.values().filter(|it| it.decision == Decision::Waiting);
        waiting.map(|request| request.shown.clone()).collect()
    }

    /// Lets time and the policy decide what is still open.
    fn settle(&self, inner: &mut Inner) {
        let now = self.clock.unix_milliseconds();
        let policy = inner.policy;
        for request in inner.requests.values_mut() {
            if request.decision != Decision::Waiting {
                continue;
            }
            let age = now - request.asked_at;
            let approved = match policy {
                Policy::ApproveAll => age < request.window,
                // Judged at the moment the phone would have answered, not at the one of asking.
                Policy::ApproveAfter(delay) => {
                    let delay = milliseconds(delay);
                    delay < request.window && age >= delay
                }
                Policy::Ask | Policy::DenyAll | Policy::Ignore => false,
            };
            if approved {
                request.decision = Decision::Approved(None);
            } else if age >= request.window {
                request.decision = Decision::Expired;
            } else if policy == Policy::DenyAll {
                request.decision = Decision::Denied;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone() -> (Phone, ApprovalId) {
        let phone = Phone::new(Clock::new(0));
        let id = phone.ask(Ask {
            channel: Channel::Push,
            application: "App".to_owned(),
            holder: None,
            scope: "single_signature".to_owned(),
            lifetime: 900,
            window: 120_000,
        });
        (phone, id)
    }

    #[test]
    fn a_decision_stands() {
        let (phone, id) = phone();
        assert_eq!(phone.next_pending(Duration::ZERO).unwrap().id, id);
        assert!(phone.approve(id));
        assert!(!phone.deny(id));
        assert_eq!(phone.decision(id), Decision::Approved(None));
        assert!(phone.pending().is_empty());
        assert!(!phone.approve(id + 1));
    }

    #[test]
    fn a_window_ends_for_those_who_wait_and_those_who_were_denied() {
        let (phone, id) = phone();
        phone.clock.advance(Duration::from_secs(121));
        assert_eq!(phone.decision(id), Decision::Expired);
        assert!(!phone.approve(id));
        let (phone, id) = self::phone();
        assert!(phone.deny(id));
        assert_eq!(phone.decision(id), Decision::Denied);
        phone.clock.advance(Duration::from_secs(121));
        assert_eq!(phone.decision(id), Decision::Expired);
    }

    #[test]
    fn policies_decide_what_nobody_decided() {
        let (phone, id) = phone();
        phone.set_policy(Policy::ApproveAfter(Duration::from_secs(3)));
        assert_eq!(phone.decision(id), Decision::Waiting);
        phone.clock.advance(Duration::from_secs(3));
        assert_eq!(phone.decision(id), Decision::Approved(None));
        let (phone, id) = self::phone();
        phone.set_policy(Policy::Ignore);
        assert!(phone.pending().is_empty());
        phone.set_policy(Policy::DenyAll);
        assert_eq!(phone.decision(id), Decision::Denied);
    }
}
