//! What can be made to go wrong, where, and how often.

mod fault;

use std::sync::Mutex;

use core::time::Duration;

pub use self::fault::{ExpiresIn, Fault, Garbage, PendingShape};
use crate::lock;
use crate::transport::Endpoint;
use crate::transport::response::Response;

/// A fault bound to an endpoint and to some of its requests.
#[derive(Clone, Debug)]
pub struct Rule {
    endpoint: Endpoint,
    fault: Fault,
    skip: u32,
    times: Option<u32>,
}

impl Rule {
    /// The next request alone.
    #[must_use]
    pub fn once(endpoint: Endpoint, fault: Fault) -> Self {
        Self { endpoint, fault, skip: 0, times: Some(1) }
    }

    /// Every request until the rule is removed.
    #[must_use]
    pub fn always(endpoint: Endpoint, fault: Fault) -> Self {
        Self { endpoint, fault, skip: 0, times: None }
    }

    /// Lets that many requests pass first.
    #[must_use]
    pub fn after(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// Ends after that many requests were hit.
    #[must_use]
    pub fn times(mut self, requests: u32) -> Self {
        self.times = Some(requests);
        self
    }
}

/// Names a rule that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleId(usize);

impl RuleId {
    /// The rule's place among all that were added.
    #[must_use]
    pub fn number(self) -> usize {
        self.0
    }
}

/// The faults of a sandbox. Rules for the same request all apply.
#[derive(Debug, Default)]
pub struct Faults {
    rules: Mutex<Vec<Active>>,
}

#[derive(Debug)]
struct Active {
    rule: Rule,
    removed: bool,
    seen: u32,
    applied: u32,
}

impl Faults {
    /// Adds a rule. Rules apply in the order in which they were added.
    pub fn add(&self, rule: Rule) -> RuleId {
        let mut rules = lock(&self.rules);
        rules.push(Active { rule, removed: false, seen: 0, applied: 0 });
        RuleId(rules.len() - 1)
    }

    /// How many requests a rule has hit.
    #[must_use]
    pub fn applied(&self, id: RuleId) -> u32 {
        lock(&self.rules).get(id.0).map_or(0, |active| active.applied)
    }

    /// Removes one rule; its count stays readable.
    pub fn remove(&self, id: RuleId) {
        if let Some(active) = lock(&self.rules).get_mut(id.0) {
            active.removed = true;
        }
    }

    /// Removes every rule; their counts stay readable.
    pub fn clear(&self) {
        for active in lock(&self.rules).iter_mut() {
            active.removed = true;
        }
    }

    /// Takes the faults for one request that has just arrived.
    pub(crate) fn draw(&self, endpoint: Endpoint) -> Drawn {
        let mut faults = Vec::new();
        let mut rules = lock(&self.rules);
        let matching = |active: &&mut Active| !active.removed && active.rule.endpoint == endpoint;
        for active in rules.iter_mut().filter(matching) {
            active.seen += 1;
            let due = active.seen > active.rule.skip;
            if due && active.rule.times.is_none_or(|times| active.applied < times) {
                active.applied += 1;
                faults.push(active.rule.fault.clone());
            }
        }
        Drawn { faults }
    }
}

/// The faults of one request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drawn {
    faults: Vec<Fault>,
}

/// What is done to the bytes of a response on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    /// Only that many bytes of the response, head included, then the connection closes.
    Truncate(usize),
    /// Spaces without end, as fast as the peer takes them.
    Flood,
    /// Spaces without end, one in 50 ms.
    Drip,
}

impl Drawn {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter()
    }

    pub(crate) fn has(&self, fault: &Fault) -> bool {
        self.faults.contains(fault)
    }

    pub(crate) fn delay(&self) -> Option<Duration> {
        let delays = self.faults.iter().filter_map(|fault| match fault {
            Fault::Delay { milliseconds } => Some(Duration::from_millis(*milliseconds)),
            _ => None,
        });
        delays.reduce(|sum, delay| sum + delay)
    }

    pub(crate) fn resets_before(&self) -> bool {
        self.has(&Fault::ResetBefore)
    }

    pub(crate) fn resets_after(&self) -> bool {
        self.has(&Fault::ResetAfter)
    }

    /// The response that stands in for the service's, which did or did not see the request.
    pub(crate) fn answer(&self, processed: bool) -> Option<Response> {
        self.faults.iter().find_map(|fault| match fault {
            Fault::Answer { status, headers, body, processed: after } if *after == processed => {
                let mut response = Response::empty(*status);
                response.headers.clone_from(headers);
                response.body = body.clone().into_bytes();
                Some(response)
            }
            Fault::Garbage(garbage) if processed => Some(garbage.response()),
            _ => None,
        })
    }

    pub(crate) fn wire(&self) -> Option<Wire> {
        self.faults.iter().find_map(|fault| match fault {
            Fault::Truncate { bytes } => Some(Wire::Truncate(*bytes)),
            Fault::Flood => Some(Wire::Flood),
            Fault::Drip => Some(Wire::Drip),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Endpoint = Endpoint::new("test/here");
    const THERE: Endpoint = Endpoint::new("test/there");

    #[test]
    fn a_rule_skips_then_counts_then_ends() {
        let faults = Faults::default();
        let id = faults.add(Rule::always(HERE, Fault::ResetBefore).after(1).times(2));
        let hits: Vec<bool> = (0..5).map(|_| faults.draw(HERE).resets_before()).collect();
        assert_eq!(hits, [false, true, true, false, false]);
        assert!(!faults.draw(THERE).resets_before());
        assert_eq!(faults.applied(id), 2);
    }

    #[test]
    fn rules_for_one_request_compose() {
        let faults = Faults::default();
        faults.add(Rule::always(HERE, Fault::Delay { milliseconds: 5 }));
        faults.add(Rule::always(HERE, Fault::Delay { milliseconds: 7 }));
        faults.add(Rule::once(HERE, Fault::Truncate { bytes: 9 }));
        let drawn = faults.draw(HERE);
        assert_eq!(drawn.delay(), Some(Duration::from_millis(12)));
        assert_eq!(drawn.wire(), Some(Wire::Truncate(9)));
        faults.clear();
        assert_eq!(faults.draw(HERE).iter().count(), 0);
    }
}
