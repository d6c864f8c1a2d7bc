//! The service's limits over time (manual §5), as sliding windows.

use std::collections::{HashMap, VecDeque};

/// What is limited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Rate {
    /// Calls of authorize, by application.
    Authorize(String),
    /// Signature requests, by CPF or CNPJ.
    SignatureRequests(String),
    /// Signatures, by application.
    Signatures(String),
}

/// When what happened, as far back as the limits look.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    /// Moments in milliseconds, with how much happened then.
    windows: HashMap<Rate, VecDeque<(i64, usize)>>,
}

impl Rates {
    /// Takes `amount` from what `limit` allows within `window` milliseconds. `false`, and nothing
    /// is taken, when it would be more.
    pub(crate) fn take(
        &mut self,
        rate: Rate,
        amount: usize,
        limit: usize,
        window: i64,
        now: i64,
    ) -> bool {
        let events = self.windows.entry(rate).or_default();
        while events.front().is_some_and(|(moment, _)| now - moment >= window) {
            events.pop_front();
        }
        let taken: usize = events.iter().map(|(_, amount)| amount).sum();
        let allowed = taken + amount <= limit;
        if allowed {
            events.push_back((now, amount));
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_slides() {
        let mut rates = Rates::default();
        let mut take =
            |amount, now| rates.take(Rate::Signatures("app".to_owned()), amount, 5, 1000, now);
        assert!(take(3, 0));
        assert!(take(2, 500));
        assert!(!take(1, 999));
        assert!(take(3, 1000));
        assert!(!take(1, 1499));
        assert!(take(1, 1500));
    }
}
