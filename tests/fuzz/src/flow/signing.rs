//! A signing, its host and its service.

use core::convert::Infallible;
use std::collections::{BTreeSet, VecDeque};

use base64ct::{Base64, Encoding};
use rubrica_core::document::{Digest, Documents, Extractor, Place, Reception, Sent};
use rubrica_core::error::Error;
use rubrica_core::exchange::{Effect, Request};
use rubrica_core::flow::{Flow, Input, Output, SendFailure};
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{Batch, Order, Resolution, Signature, Signing, SigningEvent};
use rubrica_core::secret::Secret;
use rubrica_core::time::{Duration, Elapsed};
use serde_json::{Value, json};

use super::{Buffers, POLLS, at, check_end, check_request, delay, elapsed, save};
use crate::base64;
use crate::dice::Dice;
use crate::memory::Memory;
use crate::reply::Reply;
use crate::setting::{self, application, order, order_of_documents};

/// How long a process works on an order, in milliseconds.
const PATIENCE: u64 = 600_000;

/// Requests in a minute (VIDaaS manual v1.6 §5).
const REQUESTS_PER_MINUTE: usize = 100;

/// Signs an order of digests.
pub fn signing(mut dice: Dice<'_>) {
    let documents = dice.pick([1, 2, 3, 21, 45]);
    let order = match dice.throw(3) {
        1 => order_of_documents(documents.min(3)),
        _ => order(documents),
    };
    let documents = order.items.len();
    let scopes = [Scope::SingleSignature, Scope::MultiSignature, Scope::SignatureSession];
    let scope = dice.pick(scopes);
    Desk {
        dice,
        scope,
        order,
        now: 0,
        deadline: PATIENCE,
        allowed: vec![1; documents],
        sent: vec![0; documents],
        outcomes: vec![Outcome::None; documents],
        tokens: 0,
        expires_at: 0,
        spent: BTreeSet::new(),
        unauthorized: false,
        not_before: 0,
        left: VecDeque::new(),
        reply: None,
    }
    .run();
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    None,
    Signed,
    Failed,
}

struct Desk<'d> {
    dice: Dice<'d>,
    scope: Scope,
    order: &'static Order<'static>,
    now: u64,
    deadline: u64,
    /// How often each document may be asked for: once, and once more for each answer that says it
    /// was not taken up, and for each word of the host.
    allowed: Vec<usize>,
    sent: Vec<usize>,
    outcomes: Vec<Outcome>,
    tokens: usize,
    /// When the last token handed over dies.
    expires_at: u64,
    /// Tokens that must not be sent again.
    spent: BTreeSet<String>,
    /// Whether the service has called a token invalid since the last outcome.
    unauthorized: bool,
    not_before: u64,
    /// When the requests of the last minute left.
    left: VecDeque<u64>,
    /// The last reply, as it came, and the signed document that was taken out of it.
    reply: Option<(Vec<u8>, Memory)>,
}

/// A request as it left.
struct Left {
    numbers: Vec<usize>,
    token: String,
    /// The document that may come back with the reply.
    place: Option<usize>,
    honest: Reply,
}

impl Desk<'_> {
    fn run(mut self) {
        let patience = Duration::from_millis(PATIENCE);
        let flow = Signing::new(application(), self.order, patience, 7, at(0));
        let mut flow = flow.expect("a good order");
        let mut buffers = Buffers::new();
        for _ in 0..POLLS + 8 * self.dice.left() {
            match buffers.poll(&mut flow, &mut self.dice) {
                Output::Done => {
                    let all = self.outcomes.iter().all(|outcome| *outcome != Outcome::None);
                    assert!(all, "done, and documents without an outcome");
                    return check_end(&mut flow, self.now);
                }
                Output::Send(request) => {
                    let left = self.leave(&flow, &request);
                    self.answer(&mut flow, left);
                }
                Output::Event(SigningEvent::Authorize) => self.authorize(&mut flow),
                Output::Event(SigningEvent::InDoubt(items)) => self.resolve(&mut flow, items),
                Output::Wait(until) => self.wait(&mut flow, until.as_millis()),
            }
        }
        panic!("the flow does not end");
    }

    fn leave(&mut self, flow: &Signing<'_>, request: &Request<'_>) -> Left {
        check_request(request, &[]);
        assert_eq!(request.effect, Effect::Once);
        assert!(self.now < self.deadline, "a request past the deadline");
        assert!(self.now >= self.not_before, "sooner than the service asked for");
        self.left.push_back(self.now);
        while self.left.front().is_some_and(|left| self.now - left >= 60_000) {
            self.left.pop_front();
        }
        assert!(self.left.len() <= REQUESTS_PER_MINUTE, "too many requests in a minute");

        let token = request.bearer.expect("a token").to_owned();
        assert!(!self.spent.contains(&token), "a spent token is sent again");
        assert!(self.now < self.expires_at, "a dead token is sent");
        if self.scope.is_spent_by_one_request() {
            let saved = save(flow, self.now);
            let found = saved.windows(token.len()).any(|part| part == token.as_bytes());
            assert!(!found, "a token that one request spends is saved beside the request");
        }

        let body = body(request);
        let body: Value = serde_json::from_slice(&body).expect("what we write is JSON");
        let mut numbers = Vec::new();
        let mut entries = Vec::new();
        for hash in body["hashes"].as_array().expect("an array") {
            let number: usize = hash["id"].as_str().expect("a text").parse().expect("ours");
            self.sent[number] += 1;
            assert!(self.sent[number] <= self.allowed[number], "{number} is signed once too often");
            assert_eq!(self.outcomes[number], Outcome::None, "{number} has its outcome already");
            entries.push(match hash.get("base64_content") {
                Some(_) => {
                    let signed = [setting::document(number), b"%%EOF".to_vec()].concat();
                    let signed = Base64::encode_string(&signed);
                    json!({ "id": hash["id"], "file_base64_signed": signed })
                }
                None => json!({ "id": hash["id"], "raw_signature": hash["hash"] }),
            });
            numbers.push(number);
        }
        assert!(matches!(numbers.len(), 1..=20));
        assert!(self.scope != Scope::SingleSignature || numbers.len() == 1);
        let place = request.document.map(|place| place.document());
        assert!(place.is_none_or(|place| numbers == [place]), "whose document would come?");
        let honest = json!({ "signatures": entries, "certificate_alias": "ONE" });
        Left { numbers, token, place, honest: Reply::new(200, honest.to_string()) }
    }

    fn answer(&mut self, flow: &mut Signing<'static>, left: Left) {
        let one_use = self.scope.is_spent_by_one_request();
        match self.dice.throw(16) {
            1 => {
                self.spent.extend(one_use.then_some(left.token));
                return self.interrupt(flow);
            }
            2 => {
                self.spent.extend(one_use.then_some(left.token));
                return self.input(flow, Input::Cancel);
            }
            3 => self.input(flow, Input::Timeout),
            _ => {}
        }
        let answer = Reply::thrown(&mut self.dice, left.honest);
        self.now = self.now.saturating_add(delay(&mut self.dice));
        let again = match &answer {
            Err(failure) => *failure == SendFailure::NotSent,
            Ok(reply) => reply.puts_off(),
        };
        let unauthorized = answer.as_ref().is_ok_and(|reply| reply.status == 401);
        if again || (unauthorized && !core::mem::replace(&mut self.unauthorized, true)) {
            left.numbers.iter().for_each(|&number| self.allowed[number] += 1);
        }
        if unauthorized || (one_use && !again) {
            self.spent.insert(left.token);
        }
        match answer {
            Ok(mut reply) => {
                if reply.puts_off() {
                    self.not_before = self.now.saturating_add(reply.wait());
                }
                let came = reply.body.clone();
                let mut sink = Memory::default();
                let place = left.place.filter(|_| reply.status == 200 && self.dice.throw(4) != 3);
                let reception = place.map(|number| take_out(&mut reply.body, number, &mut sink));
                self.reply = Some((came, sink));
                let mut response = reply.response();
                response.document = reception.unwrap_or_default();
                self.input(flow, Input::Response(response));
                self.reply = None;
            }
            Err(failure) => self.input(flow, Input::Failed(failure)),
        }
    }

    fn authorize(&mut self, flow: &mut Signing<'static>) {
        match self.dice.throw(8) {
            1 => {}
            2 => self.interrupt(flow),
            throw => {
                if throw == 3 {
                    self.now = self.now.saturating_add(delay(&mut self.dice));
                }
                self.tokens += 1;
                let token = format!("token-{}", self.tokens);
                let lifetime = self.dice.pick([900_u64, 1, 30, 0, 600, 604_800]);
                self.expires_at = self.now.saturating_add(lifetime * 1_000);
                let secret = Secret::new(&token, "token").expect("a short token");
                let lifetime = Duration::from_secs(lifetime);
                let grant = Grant::new(secret, self.scope, lifetime, None, at(self.now));
                flow.authorize(grant, at(self.now)).expect("it was asked for");
            }
        }
    }

    fn resolve(&mut self, flow: &mut Signing<'static>, items: core::ops::Range<usize>) {
        let resolution = match self.dice.throw(6) {
            1 => return self.interrupt(flow),
            2 => return self.input(flow, Input::Cancel),
            3 => {
                self.now = self.now.saturating_add(delay(&mut self.dice));
                Resolution::SignAgain
            }
            4 => Resolution::SignAgain,
            _ => Resolution::Abandon,
        };
        if resolution == Resolution::SignAgain {
            items.for_each(|number| self.allowed[number] += 1);
        }
        let batch = flow.resolve(resolution, at(self.now)).expect("it is in doubt");
        batch.into_iter().for_each(|batch| self.take(batch));
    }

    fn wait(&mut self, flow: &mut Signing<'static>, until: u64) {
        // Only the host's word on a document in doubt is waited for without an end.
        let in_doubt = || until == u64::MAX && flow.snapshot(at(self.now)).in_flight() > 0;
        assert!(in_doubt() || until <= self.deadline.max(self.now), "a wait beyond the deadline");
        match self.dice.throw(10) {
            1 => self.interrupt(flow),
            2 => self.input(flow, Input::Cancel),
            3 => {
                self.now = self.now.max(until.saturating_sub(1).min(self.deadline));
                self.input(flow, Input::Timeout);
            }
            4 => self.now = self.now.saturating_add(delay(&mut self.dice)),
            5 => {
                // Nothing was sent that this could answer.
                let mut reply = Reply::new(200, self.dice.bytes());
                let taken = flow.handle_input(Input::Response(reply.response()), at(self.now));
                assert!(taken.is_err(), "an answer to nothing is taken");
            }
            _ if until == u64::MAX => self.input(flow, Input::Cancel),
            _ => {
                self.now = self.now.max(until);
                self.input(flow, Input::Timeout);
            }
        }
    }

    fn input(&mut self, flow: &mut Signing<'static>, input: Input<'_>) {
        match flow.handle_input(input, at(self.now)) {
            Ok(batch) => batch.into_iter().for_each(|batch| self.take(batch)),
            Err(error) => panic!("{error:?} for what the flow waits for"),
        }
    }

    fn take(&mut self, batch: Batch<'_, '_>) {
        self.unauthorized = false;
        match batch.outcome {
            Err(error) => {
                assert!(!matches!(error, Error::Misuse(_)), "{error:?} is no outcome");
                batch.items.for_each(|number| self.note(number, Outcome::Failed));
            }
            Ok(signatures) => {
                assert_eq!(signatures.iter().count(), batch.items.len());
                let (reply, sink) = self.reply.take().expect("signatures come with a reply");
                for ((number, signature), expected) in signatures.iter().zip(batch.items) {
                    assert_eq!(number, expected);
                    let Ok(signature) = signature else {
                        self.note(number, Outcome::Failed);
                        continue;
                    };
                    assert!(self.sent[number] > 0, "a signature that was never asked for");
                    self.note(number, Outcome::Signed);
                    check_signature(number, &signature, &reply, &sink);
                }
            }
        }
    }

    fn note(&mut self, number: usize, outcome: Outcome) {
        let earlier = core::mem::replace(&mut self.outcomes[number], outcome);
        assert_eq!(earlier, Outcome::None, "document {number} has two outcomes");
    }

    /// The process ends; another one begins, on a clock of its own, with what was saved.
    fn interrupt(&mut self, flow: &mut Signing<'static>) {
        let saved = save(flow, self.now);
        let elapsed = elapsed(&mut self.dice);
        let left = self.expires_at.saturating_sub(self.now);
        self.now = 17;
        self.expires_at = match elapsed {
            Elapsed::Known(span) => self.now.saturating_add(left.saturating_sub(span.as_millis())),
            Elapsed::Unknown => self.now,
        };
        self.deadline = self.now + PATIENCE;
        self.not_before = 0;
        self.left.clear();
        self.unauthorized = false;
        let snapshot = postcard::from_bytes(&saved).expect("what was saved");
        let (order, patience) = (self.order, Duration::from_millis(PATIENCE));
        *flow = Signing::resume(application(), order, snapshot, elapsed, patience, 9, at(self.now))
            .expect("our own");
    }
}

/// All bytes of a request's body, with its documents.
fn body(request: &Request<'_>) -> Vec<u8> {
    let mut reader = request.body.reader();
    let (mut body, mut piece) = (Vec::new(), [0; 512]);
    let mut documents = Shelf(Vec::new());
    loop {
        match reader.read(&mut piece, &mut documents).expect("a document as announced") {
            0 => break,
            count => body.extend_from_slice(&piece[..count]),
        }
    }
    assert_eq!(body.len() as u64, request.body.length());
    body
}

/// The documents that are sent.
struct Shelf(Vec<u8>);

impl Documents for Shelf {
    type Error = Infallible;

    fn begin(&mut self, document: usize) -> Result<(), Infallible> {
        self.0 = setting::document(document);
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Infallible> {
        let count = out.len().min(self.0.len());
        out[..count].copy_from_slice(&self.0[..count]);
        self.0.drain(..count);
        Ok(count)
    }
}

/// Takes a signed document out of a reply.
fn take_out(reply: &mut Vec<u8>, number: usize, sink: &mut Memory) -> Reception {
    let place =
        Place::Member { list: "signatures", member: "file_base64_signed", document: number };
    let document = setting::document(number);
    let length = document.len() as u64;
    let sent = Sent { document: number, length, digest: Digest::of(&document) };
    let mut extractor = Extractor::new(place, Some(sent));
    let kept = extractor.push(reply, &mut Shelf(Vec::new()), sink).expect("nothing fails");
    reply.truncate(kept);
    extractor.finish()
}

/// A signature is what stands in the reply beside its document's identifier.
fn check_signature(number: usize, signature: &Signature<'_>, reply: &[u8], sink: &Memory) {
    let member = match signature {
        Signature::Detached(_) => "raw_signature",
        Signature::Document(_) | Signature::Received(_) => "file_base64_signed",
    };
    let expected = own_text(reply, number, member).map(|text| base64::decode(&text));
    match signature {
        Signature::Detached(text) | Signature::Document(text) => {
            let mut room = vec![0; text.decoded_bound()];
            let decoded = text.decode(&mut room).ok().map(<[u8]>::to_vec);
            assert!(expected.is_none_or(|expected| expected == decoded), "another's signature");
        }
        Signature::Received(received) => {
            assert_eq!((received.document, &sink.begun[..]), (number, &[number][..]));
            assert!(sink.bytes.starts_with(&setting::document(number)), "another's document");
            assert!(expected.is_none_or(|it| it.as_deref() == Some(&sink.bytes[..])));
        }
    }
}

/// The text that stands in a reply beside this document's identifier, as another reader reads it.
fn own_text(reply: &[u8], number: usize, member: &str) -> Option<String> {
    let reply: Value = serde_json::from_slice(reply).ok()?;
    let id = number.to_string();
    let is = |entry: &&Value| crate::reply::is_identifier(&entry["id"], &id);
    let mut entries = reply["signatures"].as_array()?.iter().filter(is);
    let entry = entries.next().expect("an entry of its own");
    assert!(entries.next().is_none(), "two entries of one document");
    Some(entry[member].as_str().expect("a text").to_owned())
}
