//! A virtual clock, and the loop that drives a flow against a service out of a script.

use core::fmt::Debug;
use std::collections::VecDeque;

use rubrica_core::error::{Error, PeerError};
use rubrica_core::exchange::Effect;
use rubrica_core::flow::{Flow, Input, Output, SendFailure};
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{Batch, Resolution, Signing, SigningEvent, SigningSnapshot};
use rubrica_core::secret::Secret;
use rubrica_core::time::{Duration, Instant};

use crate::capture::{Reply, Sent};
use crate::setting::at;

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is answered.
    Reply(Reply),
    /// It is not.
    Failed(SendFailure),
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Reply(reply)
    }
}

/// A request that never left.
pub const NOT_SENT: Answer = Answer::Failed(SendFailure::NotSent);

/// A request that left and has no answer.
pub const UNANSWERED: Answer = Answer::Failed(SendFailure::Unanswered);

/// How long each answer takes, in milliseconds.
pub const LATENCY: u64 = 40;

/// Turns of the loop that no flow of the tests needs.
pub const MANY: usize = 20_000;

/// Answers one after another; the last one for ever.
pub fn script<A: Into<Answer>>(
    answers: impl IntoIterator<Item = A>,
) -> impl FnMut(&Sent) -> Answer {
    let mut answers: VecDeque<Answer> = answers.into_iter().map(Into::into).collect();
    move |_| {
        if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() }
            .expect("a script of at least one answer")
    }
}

/// How an authorization went.
#[derive(Debug)]
pub struct Authorized {
    /// The requests and when they left.
    pub sent: Vec<(u64, Sent)>,
    /// The events, as they print.
    pub told: Vec<String>,
    /// Errors that did not end the flow.
    pub passed_over: Vec<Error>,
    /// The grant, or what ended the flow.
    pub end: Result<Grant, Error>,
    /// When it ended.
    pub ended_at: u64,
}

impl Authorized {
    /// The paths of the requests, from the base URL on.
    pub fn paths(&self) -> Vec<&str> {
        let base = crate::setting::BASE_URL;
        let path = |sent: &'_ Sent| sent.path_and_query().0.len();
        self.sent.iter().map(|(_, sent)| &sent.url[base.len()..path(sent)]).collect()
    }
}

/// Drives an authorization to its end from `start` on; the browser comes back with these queries at
/// these moments.
pub fn authorize<F>(
    flow: &mut F,
    start: u64,
    mut answer: impl FnMut(&Sent) -> Answer,
    visits: &[(u64, String)],
) -> Authorized
where
    F: for<'r> Flow<Gain<'r> = Option<Grant>>,
    for<'b> F::Event<'b>: Debug,
{
    let (mut now, mut buffer, mut visits) = (start, vec![0; 4096], visits.iter());
    let (mut sent, mut told, mut passed_over, mut end) = (vec![], vec![], vec![], None);
    for _ in 0..MANY {
        let output = flow.poll_output(&mut buffer).expect("a buffer that is large enough");
        if !matches!(output, Output::Done) {
            // The error did not end the flow.
            passed_over.extend(end.take().and_then(Result::err));
        }
        let gain = match output {
            Output::Send(request) => {
                let request = Sent::plain(&request);
                assert_eq!(request.effect, Effect::Safe);
                let answer = answer(&request);
                sent.push((now, request));
                now += LATENCY;
                match answer {
                    Answer::Reply(mut reply) => {
                        flow.handle_input(Input::Response(reply.response()), at(now))
                    }
                    Answer::Failed(failure) => flow.handle_input(Input::Failed(failure), at(now)),
                }
            }
            Output::Event(event) => {
                told.push(format!("{event:?}"));
                continue;
            }
            Output::Wait(until) => match visits.clone().next() {
                Some((moment, query)) if at(*moment) <= until => {
                    visits.next();
                    now = now.max(*moment);
                    flow.handle_input(Input::Redirect(query), at(now))
                }
                _ => {
                    now = now.max(until.as_millis());
                    flow.handle_input(Input::Timeout, at(now))
                }
            },
            Output::Done => {
                let end = end.expect("a flow that is done has told its end");
                return Authorized { sent, told, passed_over, end, ended_at: now };
            }
        };
        match gain {
            Ok(None) => {}
            Ok(Some(grant)) => end = Some(Ok(grant)),
            Err(error) => end = Some(Err(error)),
        }
    }
    panic!("the flow does not end");
}

/// A grant of this scope that lives for a quarter of an hour.
pub fn grant(token: &str, scope: Scope, now: u64) -> Grant {
    let token = Secret::new(token, "token").expect("a token within its bound");
    Grant::new(token, scope, Duration::from_secs(900), None, at(now))
}

/// A document's outcome: its signature's bytes, or what became of it.
pub type Outcome = Result<Vec<u8>, Error>;

/// What the host of a signing does, and what it saw.
#[derive(Debug)]
pub struct Signer {
    /// The scope of the grants that it hands over.
    pub scope: Scope,
    /// How many grants it can hand over.
    pub grants: usize,
    /// What it says of documents in doubt, one word after another; without one it stops there.
    pub resolutions: VecDeque<Resolution>,
    /// The clock, in milliseconds.
    pub now: u64,
    /// The requests and when they left.
    pub sent: Vec<(u64, Sent)>,
    /// The saved state before each request.
    pub journal: Vec<SigningSnapshot>,
    /// How often a grant was asked for.
    pub asked: usize,
    /// The documents in doubt that were told: the first, and the first beyond them.
    pub doubts: Vec<(usize, usize)>,
    /// The outcomes, by the documents' numbers.
    pub outcomes: Vec<Option<Outcome>>,
}

impl Signer {
    /// A host with grants of this scope, for an order of so many documents.
    pub fn new(scope: Scope, documents: usize) -> Self {
        Self {
            scope,
            grants: usize::MAX,
            resolutions: VecDeque::new(),
            now: 0,
            sent: Vec::new(),
            journal: Vec::new(),
            asked: 0,
            doubts: Vec::new(),
            outcomes: (0..documents).map(|_| None).collect(),
        }
    }

    /// Notes what came of some documents.
    ///
    /// # Panics
    /// When one of them has an outcome already.
    pub fn take(&mut self, batch: Batch<'_, '_>) {
        match batch.outcome {
            Ok(signatures) => {
                let mut places = batch.items;
                for (place, signature) in signatures.iter() {
                    assert_eq!(places.next(), Some(place), "outcomes out of their order");
                    let mut bytes = [0; 512];
                    let bytes = signature.and_then(|signature| {
                        let encoded = signature.encoded().expect("no sink took it");
                        encoded.decode(&mut bytes).map(<[u8]>::to_vec)
                    });
                    self.note(place, bytes);
                }
                assert_eq!(places.next(), None, "a document without an outcome");
            }
            Err(error) => batch.items.for_each(|place| self.note(place, Err(error))),
        }
    }

    fn note(&mut self, place: usize, outcome: Outcome) {
        let earlier = self.outcomes[place].replace(outcome);
        assert!(earlier.is_none(), "document {place} has two outcomes");
    }

    /// Drives a signing until it is done, or until it is in doubt and there is no word on that.
    pub fn run(&mut self, flow: &mut Signing<'_>, mut answer: impl FnMut(&Sent) -> Answer) {
        let mut buffer = vec![0; 16 * 1024];
        for _ in 0..MANY {
            match flow.poll_output(&mut buffer).expect("a buffer that is large enough") {
                Output::Done => return,
                Output::Send(request) => {
                    let request = Sent::plain(&request);
                    assert_eq!(request.effect, Effect::Once);
                    self.journal.push(flow.snapshot(at(self.now)));
                    let mut answer = answer(&request);
                    self.sent.push((self.now, request));
                    self.now += LATENCY;
                    let now = at(self.now);
                    let gain = match answer {
                        Answer::Reply(ref mut reply) => {
                            flow.handle_input(Input::Response(reply.response()), now)
                        }
                        Answer::Failed(failure) => flow.handle_input(Input::Failed(failure), now),
                    };
                    let gain = gain.expect("an input in its order");
                    gain.into_iter().for_each(|batch| self.take(batch));
                }
                Output::Event(SigningEvent::Authorize) => {
                    self.asked += 1;
                    if self.asked <= self.grants {
                        let grant =
                            grant(&format!("canary-token-{}", self.asked), self.scope, self.now);
                        flow.authorize(grant, at(self.now)).expect("a grant in its order");
                    }
                }
                Output::Event(SigningEvent::InDoubt(items)) => {
                    self.doubts.push((items.start, items.end));
                    let Some(resolution) = self.resolutions.pop_front() else { return };
                    let batch = flow.resolve(resolution, at(self.now)).expect("documents in doubt");
                    batch.into_iter().for_each(|batch| self.take(batch));
                }
                Output::Wait(until) => {
                    assert_ne!(until, Instant::NEVER, "a wait for nothing");
                    self.now = self.now.max(until.as_millis());
                    let gain = flow.handle_input(Input::Timeout, at(self.now));
                    gain.expect("a timeout").into_iter().for_each(|batch| self.take(batch));
                }
            }
        }
        panic!("the flow does not end");
    }

    /// The signatures of all documents.
    ///
    /// # Panics
    /// When one has none.
    pub fn signatures(&self) -> Vec<Vec<u8>> {
        let signature = |outcome: &Option<Outcome>| match outcome {
            Some(Ok(bytes)) => bytes.clone(),
            other => panic!("no signature: {other:?}"),
        };
        self.outcomes.iter().map(signature).collect()
    }

    /// The errors of all documents; `None` for one with a signature.
    ///
    /// # Panics
    /// When one has no outcome.
    pub fn errors(&self) -> Vec<Option<PeerError>> {
        let error = |outcome: &Option<Outcome>| match outcome.as_ref().expect("an outcome") {
            Ok(_) => None,
            Err(Error::Peer(error)) => Some(*error),
            Err(other) => panic!("{other:?}"),
        };
        self.outcomes.iter().map(error).collect()
    }
}
