//! A service's published limits, as data and as what keeps to them.

use crate::time::{Duration, Instant};

/// So many things in any span of so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Things.
    pub count: u32,
    /// The span; it slides.
    pub period: Duration,
}

/// Keeps to a [`Rate`] in constant memory.
///
/// The first half of the count passes at once, the rest evenly over the period, so that no span of
/// the period's length ever holds more than the count (a generic cell rate algorithm whose burst and
/// rate add up to the limit).
#[derive(Clone, Copy, Debug)]
pub struct Limiter {
    /// The time that one thing costs.
    cost: Duration,
    /// How far the costs may run ahead of the clock.
    burst: Duration,
    /// The moment at which all that passed is paid.
    paid_at: Instant,
}

impl Limiter {
    /// A limiter through which nothing has passed yet.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let half = rate.count.div_ceil(2).max(1);
        let rest = rate.count.saturating_sub(half).max(1);
        // Divided in 32 bits, of which microcontrollers are capable; a period of more than 49 days
        // counts as the time that one thing costs.
        let cost = match u32::try_from(rate.period.as_millis()) {
            Ok(period) => Duration::from_millis(u64::from(period.div_ceil(rest))),
            Err(_) => rate.period,
        };
        Self { cost, burst: cost.saturating_mul(u64::from(half)), paid_at: Instant::default() }
    }

    /// When `count` things may pass, `now` or later.
    #[must_use]
    pub fn earliest(&self, count: u32, now: Instant) -> Instant {
        // More than the burst at once passes when nothing is owed.
        let price = self.cost.saturating_mul(u64::from(count)).min(self.burst);
        let slack = self.burst.saturating_sub(price);
        let owed = self.paid_at.saturating_since(now);
        now + owed.saturating_sub(slack)
    }

    /// Notes that `count` things pass at `now`.
    pub fn pass(&mut self, count: u32, now: Instant) {
        self.paid_at = self.paid_at.max(now) + self.cost.saturating_mul(u64::from(count));
    }
}

/// How long to wait between tries: a doubling time with jitter, or what the service asks for.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    tries: u8,
    noise: u32,
}

impl Backoff {
    /// The first wait, before jitter.
    pub const FIRST: Duration = Duration::from_millis(Self::FIRST_MILLIS as u64);

    /// The longest wait of its own accord.
    pub const LONGEST: Duration = Duration::from_millis(Self::LONGEST_MILLIS as u64);

    const FIRST_MILLIS: u32 = 1_000;
    const LONGEST_MILLIS: u32 = 30_000;

    /// Starts, with a seed that need be neither secret nor good.
    #[must_use]
    pub const fn new(seed: u32) -> Self {
        Self { tries: 0, noise: seed | 1 }
    }

    /// Tries that failed so far.
    #[must_use]
    pub const fn tries(&self) -> u8 {
        self.tries
    }

    /// Forgets the failures.
    pub const fn reset(&mut self) {
        self.tries = 0;
    }

    /// Notes a failure at `now` and says when to try again: never before the service's own time, and
    /// up to a half later than the doubled one, so that many clients do not come back together.
    pub fn next(&mut self, asked: Option<Duration>, now: Instant) -> Instant {
        let doubled = (Self::FIRST_MILLIS << self.tries.min(8)).min(Self::LONGEST_MILLIS);
        self.tries = self.tries.saturating_add(1);
        // xorshift32 (Marsaglia): enough to spread clients.
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 17;
        self.noise ^= self.noise << 5;
        let jitter = self.noise.checked_rem(doubled / 2).unwrap_or(0);
        let own = Duration::from_millis(u64::from(doubled.saturating_add(jitter)));
        now + asked.map_or(own, |asked| asked.max(Duration::from_millis(u64::from(jitter))))
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    #[test]
    fn no_span_holds_more_than_the_rate_allows() {
        for (count, period) in [(100_u32, 1_000_u64), (100, 60_000), (5_000, 60_000), (1, 1_000)] {
            let mut limiter = Limiter::new(Rate { count, period: Duration::from_millis(period) });
            let mut now = Instant::from_millis(5_000);
            let mut passed: Vec<u64> = Vec::new();
            for _ in 0..count * 3 {
                now = limiter.earliest(1, now);
                limiter.pass(1, now);
                passed.push(now.as_millis());
            }
            for (first, &start) in passed.iter().enumerate() {
                let within = passed[first..].iter().take_while(|&&at| at < start + period).count();
                assert!(within <= count as usize, "{within} of {count} in {period} ms");
            }
        }
    }

    #[test]
    fn a_half_passes_at_once_and_a_pause_restores_it() {
        let mut limiter = Limiter::new(Rate { count: 100, period: Duration::from_secs(1) });
        let now = Instant::from_millis(1);
        assert_eq!(limiter.earliest(50, now), now);
        limiter.pass(50, now);
        assert!(limiter.earliest(1, now) > now);
        let later = now + Duration::from_secs(2);
        assert_eq!(limiter.earliest(50, later), later);
    }

    #[test]
    fn s24_waits_double_up_to_a_bound_and_the_service_has_the_last_word() {
        let mut backoff = Backoff::new(7);
        let now = Instant::from_millis(0);
        let mut least = 1_000;
        for _ in 0..12 {
            let wait = backoff.next(None, now).as_millis();
            assert!((least..least * 3 / 2).contains(&wait), "{wait} for {least}");
            least = (least * 2).min(30_000);
        }
        assert!(backoff.next(Some(Duration::from_secs(600)), now).as_millis() >= 600_000);
    }
}
