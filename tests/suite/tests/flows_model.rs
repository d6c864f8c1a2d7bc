//! The flows against random services, hosts and interruptions: whatever happens, what must never
//! happen does not.
//!
//! Each run is a row of dice. A nought is the kind answer, and dice that are used up show noughts, so
//! that a failing row shrinks to the few throws that matter.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rubrica_core::error::{Error, Misuse, PeerError};
use rubrica_core::exchange::Effect;
use rubrica_core::flow::{Flow, Input, Output, SendFailure};
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::oauth::state::State;
use rubrica_core::psc::{Push, Redirect, Resolution, Signing, SigningEvent};
use rubrica_core::secret::Secret;
use rubrica_core::time::{Duration, Elapsed, Instant};
use rubrica_tests::capture::{Reply, Sent};
use rubrica_tests::drive::MANY;
use rubrica_tests::orders::{digest, order};
use rubrica_tests::setting::{application, at, authorization, entropy};
use rubrica_tests::wire::{
    CODE, approved, asked, entry, notified, pending, refusal, signature, signed, signed_as, token,
};

/// Throws, each from 0 up to a bound; noughts at the end.
#[derive(Clone, Debug)]
struct Dice(std::vec::IntoIter<u8>);

impl Dice {
    fn throw(&mut self, sides: u8) -> u8 {
        self.0.next().unwrap_or(0) % sides
    }

    /// A span from nothing to some minutes, in milliseconds.
    fn delay(&mut self) -> u64 {
        [0, 1, 40, 999, 1_000, 30_000, 70_000, 400_000][usize::from(self.throw(8))]
    }
}

fn dice() -> impl Strategy<Value = Dice> {
    prop::collection::vec(any::<u8>(), 0..80).prop_map(|throws| Dice(throws.into_iter()))
}

const PATIENCE: u64 = 600_000;

/// A signing, its host and its service.
struct Signed {
    dice: Dice,
    scope: Scope,
    documents: usize,
    now: u64,
    deadline: u64,
    /// How often the service signed each document.
    signed: Vec<usize>,
    /// How often the host said that a document may be signed once more.
    allowed: Vec<usize>,
    outcomes: Vec<Option<Result<Vec<u8>, Error>>>,
    grants: usize,
    /// Tokens that one request spends and that left with one.
    spent: BTreeSet<String>,
    cancelled: bool,
}

impl Signed {
    fn new(dice: Dice, scope: Scope, documents: usize) -> Self {
        Self {
            dice,
            scope,
            documents,
            now: 0,
            deadline: PATIENCE,
            signed: vec![0; documents],
            allowed: vec![1; documents],
            outcomes: (0..documents).map(|_| None).collect(),
            grants: 0,
            spent: BTreeSet::new(),
            cancelled: false,
        }
    }

    fn flow(&self) -> Signing<'static> {
        let patience = Duration::from_millis(PATIENCE);
        Signing::new(application(), order(self.documents), patience, 7, at(0)).unwrap()
    }

    /// The process ends; another one begins, on a clock of its own, with what was saved.
    fn interrupt(&mut self, flow: &Signing<'static>) -> Signing<'static> {
        let saved = postcard::to_stdvec(&flow.snapshot(at(self.now))).unwrap();
        let elapsed = match self.dice.throw(3) {
            0 => Elapsed::Known(Duration::ZERO),
            1 => Elapsed::Known(Duration::from_millis(self.dice.delay())),
            _ => Elapsed::Unknown,
        };
        self.now = 17;
        self.deadline = self.now + PATIENCE;
        let snapshot = postcard::from_bytes(&saved).unwrap();
        let (order, patience) = (order(self.documents), Duration::from_millis(PATIENCE));
        Signing::resume(application(), order, snapshot, elapsed, patience, 9, at(self.now)).unwrap()
    }

    fn sign(&mut self, sent: &Sent) {
        for (id, _) in asked(sent) {
            let number: usize = id.parse().unwrap();
            self.signed[number] += 1;
            assert!(
                self.signed[number] <= self.allowed[number],
                "document {number} is signed twice without the host's word"
            );
        }
    }

    fn take(&mut self, batch: rubrica_core::psc::Batch<'_, '_>) {
        let mut note = |number: usize, outcome: Result<Vec<u8>, Error>| {
            if let Ok(bytes) = &outcome {
                assert_eq!(*bytes, signature(digest(number).as_bytes()), "another's signature");
                assert!(self.signed[number] > 0, "a signature that was never made");
            }
            let earlier = self.outcomes[number].replace(outcome);
            assert!(earlier.is_none(), "document {number} has two outcomes");
        };
        match batch.outcome {
            Err(error) => batch.items.for_each(|number| note(number, Err(error))),
            Ok(signatures) => {
                assert_eq!(signatures.iter().count(), batch.items.len());
                for (number, signature) in signatures.iter() {
                    let mut bytes = [0; 256];
                    note(
                        number,
                        signature.and_then(|each| {
                            each.encoded().unwrap().decode(&mut bytes).map(<[u8]>::to_vec)
                        }),
                    );
                }
            }
        }
    }

    /// What becomes of a request, and whether the service signed.
    fn answer(&mut self, sent: &Sent) -> Result<Reply, SendFailure> {
        let signs = |this: &mut Self, reply: Reply| {
            this.sign(sent);
            Ok(reply)
        };
        match self.dice.throw(16) {
            1 => Err(SendFailure::NotSent),
            2 => {
                self.sign(sent);
                Err(SendFailure::Unanswered)
            }
            3 => Err(SendFailure::Unanswered),
            4 => {
                Ok(Reply::new(429, "")
                    .retry_after(["0", "5", "900"][usize::from(self.dice.throw(3))]))
            }
            5 => Ok(Reply::new(503, "")),
            6 => Ok(refusal(401, "invalid_token")),
            7 => Ok(refusal(400, "invalid_request")),
            8 => signs(self, Reply::ok("<html>")),
            9 => signs(self, signed_as(vec![entry("99", b"")])),
            10 => {
                let status = [502, 504][usize::from(self.dice.throw(2))];
                signs(self, Reply::new(status, ""))
            }
            11 => Ok(Reply::new(502, "")),
            12 => {
                let reply = signed(sent);
                let cut = reply.body.len() / 2;
                signs(self, Reply::ok(&reply.body[..cut]))
            }
            13 => Ok(Reply::new([408, 425, 500, 302][usize::from(self.dice.throw(4))], "")),
            _ => signs(self, signed(sent)),
        }
    }

    fn send(&mut self, flow: &mut Signing<'static>, sent: &Sent) {
        assert!(self.now < self.deadline, "a request past the deadline");
        assert_eq!(sent.effect, Effect::Once);
        assert!(asked(sent).len() <= 20);
        let token = sent.bearer.clone().unwrap();
        assert!(!self.spent.contains(&token), "a spent token is sent again");
        for (id, _) in asked(sent) {
            let number: usize = id.parse().unwrap();
            assert!(self.outcomes[number].is_none(), "document {number} has its outcome already");
        }
        let saved = postcard::to_stdvec(&flow.snapshot(at(self.now))).unwrap();
        let one_use = self.scope.is_spent_by_one_request();
        if one_use {
            assert!(!saved.windows(token.len()).any(|each| each == token.as_bytes()));
        }
        match self.dice.throw(8) {
            // Killed before the request left, or after.
            1 => {
                if self.dice.throw(2) == 1 {
                    self.sign(sent);
                }
                *flow = self.interrupt(flow);
                self.spent.extend(one_use.then_some(token));
                return;
            }
            2 => {
                if self.dice.throw(2) == 1 {
                    self.sign(sent);
                }
                self.spent.extend(one_use.then_some(token));
                return self.input(flow, Input::Cancel);
            }
            _ => {}
        }
        let mut answer = self.answer(sent);
        let put_off = match &answer {
            Ok(reply) => matches!(reply.status, 408 | 425 | 429 | 503),
            Err(failure) => *failure == SendFailure::NotSent,
        };
        if one_use && !put_off {
            self.spent.insert(token);
        }
        self.now += self.dice.delay();
        match &mut answer {
            Ok(reply) => self.input(flow, Input::Response(reply.response())),
            Err(failure) => self.input(flow, Input::Failed(*failure)),
        }
    }

    fn input(&mut self, flow: &mut Signing<'static>, input: Input<'_>) {
        self.cancelled |= matches!(input, Input::Cancel);
        let gain = flow.handle_input(input, at(self.now)).unwrap();
        gain.into_iter().for_each(|batch| self.take(batch));
    }

    fn grant(&mut self) -> Grant {
        self.grants += 1;
        let token = Secret::new(&format!("canary-{}", self.grants), "token").unwrap();
        let lifetime = [900, 1, 30, 0][usize::from(self.dice.throw(4))];
        Grant::new(token, self.scope, Duration::from_secs(lifetime), None, at(self.now))
    }

    fn run(&mut self) {
        let mut flow = self.flow();
        let mut buffer = vec![0; 16 * 1024];
        for _ in 0..MANY {
            match flow.poll_output(&mut buffer).unwrap() {
                Output::Done => return self.check_end(&mut flow),
                Output::Send(request) => {
                    let sent = Sent::plain(&request);
                    self.send(&mut flow, &sent);
                }
                Output::Event(SigningEvent::Authorize) => match self.dice.throw(6) {
                    1 => {}
                    2 => flow = self.interrupt(&flow),
                    throw => {
                        self.now += if throw == 3 { self.dice.delay() } else { 0 };
                        let grant = self.grant();
                        flow.authorize(grant, at(self.now)).unwrap();
                    }
                },
                Output::Event(SigningEvent::InDoubt(items)) => {
                    let resolution = match self.dice.throw(4) {
                        1 => {
                            flow = self.interrupt(&flow);
                            continue;
                        }
                        2 => Resolution::SignAgain,
                        3 => {
                            self.input(&mut flow, Input::Cancel);
                            continue;
                        }
                        _ => Resolution::Abandon,
                    };
                    if resolution == Resolution::SignAgain {
                        for number in items {
                            // The host has found out, or takes the risk.
                            self.allowed[number] = self.signed[number] + 1;
                        }
                    }
                    let batch = flow.resolve(resolution, at(self.now)).unwrap();
                    batch.into_iter().for_each(|batch| self.take(batch));
                }
                Output::Wait(until) => {
                    assert!(until <= at(self.deadline.max(self.now)), "a wait beyond the deadline");
                    match self.dice.throw(8) {
                        1 => flow = self.interrupt(&flow),
                        2 => self.input(&mut flow, Input::Cancel),
                        3 => {
                            // Early.
                            self.now = self.now.max(until.as_millis().saturating_sub(1));
                            self.input(&mut flow, Input::Timeout);
                        }
                        throw => {
                            self.now = self.now.max(until.as_millis());
                            self.now += if throw == 4 { self.dice.delay() } else { 0 };
                            self.input(&mut flow, Input::Timeout);
                        }
                    }
                }
            }
        }
        panic!("the flow does not end");
    }

    fn check_end(&self, flow: &mut Signing<'static>) {
        for (number, outcome) in self.outcomes.iter().enumerate() {
            assert!(outcome.is_some(), "document {number} has no outcome");
        }
        assert!(matches!(flow.poll_output(&mut []), Ok(Output::Done)));
        for input in [Input::Cancel, Input::Failed(SendFailure::NotSent), Input::Redirect("")] {
            let error = flow.handle_input(input, at(self.now)).unwrap_err();
            assert_eq!(error, Misuse::OutOfOrder.into());
        }
        assert!(flow.handle_input(Input::Timeout, at(u64::MAX)).unwrap().is_none());
        assert!(matches!(flow.poll_output(&mut []), Ok(Output::Done)));
        let cancelled = Error::from(PeerError::Cancelled);
        let told = self.outcomes.contains(&Some(Err(cancelled)));
        assert!(!told || self.cancelled, "a cancellation that nobody asked for");
    }
}

/// An authorization, its host, its service and its holder.
struct Approved {
    dice: Dice,
    now: u64,
    /// When the holder's time ends; the redemption has half a minute more.
    deadline: u64,
    polled_at: Option<u64>,
}

impl Approved {
    const fn new(dice: Dice) -> Self {
        Self { dice, now: 0, deadline: 120_000, polled_at: None }
    }

    fn answer(&mut self, sent: &Sent) -> Result<Reply, SendFailure> {
        let path = sent.path_and_query().0;
        let is_poll = path.ends_with("/authentications");
        if (is_poll || path.ends_with("/authorize"))
            && let Some(earlier) = self.polled_at.replace(self.now)
        {
            assert!(self.now - earlier >= 1_000, "a poll {} ms later", self.now - earlier);
        }
        let is_token = path.ends_with("/token");
        assert_eq!(sent.url.contains(CODE) || sent.text().contains(CODE), is_token);
        match self.dice.throw(14) {
            1 => Err(SendFailure::NotSent),
            2 => Err(SendFailure::Unanswered),
            3 => {
                Ok(Reply::new(429, "")
                    .retry_after(["0", "5", "900"][usize::from(self.dice.throw(3))]))
            }
            4 => Ok(Reply::new([503, 502, 504, 408, 425][usize::from(self.dice.throw(5))], "")),
            5 if is_poll => Ok(pending()),
            6 if is_poll => Ok(Reply::new([202, 204, 200][usize::from(self.dice.throw(3))], "")),
            7 if is_poll => Ok(Reply::ok("{}")),
            8 if self.dice.throw(3) == 1 => Ok(refusal(400, "user_denied")),
            9 if self.dice.throw(3) == 1 => Ok(Reply::ok("<html>")),
            10 if self.dice.throw(3) == 1 => Ok(Reply::new(410, "")),
            _ if is_token => Ok(token(Scope::SignatureSession)),
            _ if is_poll => Ok(approved()),
            _ => Ok(notified()),
        }
    }

    /// Drives the flow to its end; `resume` takes a saved one up, `visit` is what a browser may bring.
    fn run<F>(
        &mut self,
        mut flow: F,
        resume: impl Fn(Vec<u8>, Elapsed, Instant) -> F,
        visits: &[String],
    ) where
        F: for<'r> Flow<Gain<'r> = Option<Grant>>,
    {
        let mut buffer = vec![0; 4096];
        let (mut grants, mut ended) = (0, None);
        for _ in 0..MANY {
            let gain = match flow.poll_output(&mut buffer).unwrap() {
                Output::Done => {
                    assert!(grants == 1 || ended.is_some(), "done without an end");
                    let error = flow.handle_input(Input::Cancel, at(self.now)).err().unwrap();
                    assert_eq!(error, Misuse::OutOfOrder.into());
                    assert!(matches!(flow.poll_output(&mut []), Ok(Output::Done)));
                    return;
                }
                Output::Event(_) => continue,
                Output::Send(request) => {
                    assert_eq!(grants, 0, "a request after the end");
                    let sent = Sent::plain(&request);
                    let mut answer = self.answer(&sent);
                    if self.dice.throw(12) == 1 {
                        flow = self.interrupt(&flow, &resume);
                        continue;
                    }
                    self.now += self.dice.delay();
                    match &mut answer {
                        Ok(reply) => {
                            flow.handle_input(Input::Response(reply.response()), at(self.now))
                        }
                        Err(failure) => flow.handle_input(Input::Failed(*failure), at(self.now)),
                    }
                }
                Output::Wait(until) => {
                    let latest = at(self.deadline.max(self.now) + 30_000);
                    assert!(until <= latest, "a wait without an end");
                    match self.dice.throw(10) {
                        1 => {
                            flow = self.interrupt(&flow, &resume);
                            continue;
                        }
                        2 if self.dice.throw(4) == 1 => {
                            flow.handle_input(Input::Cancel, at(self.now))
                        }
                        3 => flow.handle_input(Input::Timeout, at(self.now)),
                        4..=6 if !visits.is_empty() => {
                            let visit = usize::from(self.dice.throw(8)) % visits.len();
                            self.now += self.dice.delay().min(1_000);
                            flow.handle_input(Input::Redirect(&visits[visit]), at(self.now))
                        }
                        _ => {
                            self.now = self.now.max(until.as_millis());
                            flow.handle_input(Input::Timeout, at(self.now))
                        }
                    }
                }
            };
            match gain {
                Ok(None) => {}
                Ok(Some(_)) => grants += 1,
                Err(error) => ended = Some(error),
            }
        }
        panic!("the flow does not end: {ended:?}");
    }

    fn interrupt<F>(&mut self, flow: &F, resume: impl Fn(Vec<u8>, Elapsed, Instant) -> F) -> F
    where
        F: for<'r> Flow<Gain<'r> = Option<Grant>>,
    {
        let saved = postcard::to_stdvec(&flow.snapshot(at(self.now))).unwrap();
        let elapsed = match self.dice.throw(3) {
            0 => Elapsed::Known(Duration::ZERO),
            1 => Elapsed::Known(Duration::from_millis(self.dice.delay())),
            _ => Elapsed::Unknown,
        };
        // S22 holds across the interruption even if it took no time; here the clock goes on.
        resume(saved, elapsed, at(self.now))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn a_signing_keeps_its_word_whatever_happens(
        dice in dice(),
        scope in prop::sample::select(vec![
            Scope::SingleSignature, Scope::MultiSignature, Scope::SignatureSession,
        ]),
        documents in prop::sample::select(vec![1, 2, 3, 21, 45]),
    ) {
        Signed::new(dice, scope, documents).run();
    }

    #[test]
    fn s22_a_push_keeps_its_word_whatever_happens(dice in dice()) {
        let patience = Duration::from_millis(120_000);
        let authorization = authorization(Scope::SignatureSession);
        let flow = Push::new(application(), authorization, &entropy(1), patience, at(0)).unwrap();
        let resume = |saved: Vec<u8>, elapsed, now| {
            let snapshot = postcard::from_bytes(&saved).unwrap();
            Push::resume(application(), authorization, snapshot, elapsed, now).unwrap()
        };
        Approved::new(dice).run(flow, resume, &[]);
    }

    #[test]
    fn s04_a_redirect_keeps_its_word_whatever_happens(dice in dice()) {
        let patience = Duration::from_millis(120_000);
        let authorization = authorization(Scope::SignatureSession);
        let flow = Redirect::new(application(), authorization, &entropy(1), patience, at(0)).unwrap();
        let resume = |saved: Vec<u8>, elapsed, now| {
            let snapshot = postcard::from_bytes(&saved).unwrap();
            Redirect::resume(application(), authorization, snapshot, elapsed, now).unwrap()
        };
        let state = State::from_entropy(&entropy(1).state).unwrap();
        let visits = [
            format!("code={CODE}&state={}", state.as_str()),
            "code=stolen&state=NONE".to_owned(),
            format!("code=&state={}", state.as_str()),
            format!("error=server_error&state={}", state.as_str()),
        ];
        Approved::new(dice).run(flow, resume, &visits);
    }
}
