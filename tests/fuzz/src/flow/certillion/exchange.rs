//! What leaves, and what comes of it.

use rubrica_core::certillion::{Documents, Signing, Stage};
use rubrica_core::document::{Extractor, Place, Reception};
use rubrica_core::exchange::Request;
use rubrica_core::flow::{Flow, Input, Output, SendFailure};
use rubrica_core::oauth::scope::Scope;

use super::service::{self, Asked};
use super::watch::{Answer, Cause};
use super::{Desk, request};
use crate::flow::{at, delay};
use crate::memory::Memory;
use crate::reply::Reply;

/// A request as it left.
pub(super) struct Left {
    pub(super) asked: Asked,
    pub(super) bearer: Option<String>,
    /// How much of a signed document is taken.
    most: Option<u64>,
}

impl Desk<'_, '_> {
    /// A request leaves: all that must hold of it.
    pub(super) fn leave(&mut self, flow: &Signing<'_>, request: &Request<'_>) -> Left {
        let (asked, bearer) = request::read(request, self.application, self.order, flow.progress());
        self.watch.leaves(&asked);
        self.watch.look(flow.progress(), Cause::Polled(Some(&asked)), None);
        assert!(self.now < self.deadline, "a request past the deadline");
        assert!(self.now >= self.not_before, "sooner than the service asked for");
        if matches!(asked, Asked::Sign(_)) {
            self.left.push_back(self.now);
        }
        let rate = self.application.profile().limits.calls;
        while self.left.front().is_some_and(|left| self.now - left >= rate.period.as_millis()) {
            self.left.pop_front();
        }
        assert!(self.left.len() <= rate.count as usize, "too many requests in a minute");
        match (&asked, &bearer) {
            (Asked::Token, _) => {}
            (Asked::Sign(documents), Some(token)) => {
                assert!(!self.spent.contains(token), "a spent token is sent again");
                assert!(self.now < self.dies[token], "a dead token is sent");
                let scope = self.scopes[token];
                assert!(documents.len() == 1 || scope != Scope::SingleSignature);
                let most = self.application.profile().limits.hashes_per_request;
                assert!(documents.len() <= most.min(Documents::MOST));
                self.save(flow);
                let saved =
                    |bytes: &[u8]| bytes.windows(token.len()).any(|it| it == token.as_bytes());
                let is_saved = saved(&self.saved.snapshot);
                assert_eq!(is_saved, !scope.is_spent_by_one_request(), "a spent token is saved");
            }
            (_, bearer) => {
                let token = bearer.as_ref().expect("a token");
                let dies = self.own_tokens.as_ref().map(|tokens| tokens[token]);
                assert!(dies.is_none_or(|dies| self.now < dies), "a dead token is sent");
            }
        }
        Left { asked, bearer, most: request::most(request) }
    }

    /// What comes of a request; tells whether the process is broken off before.
    pub(super) fn answer(&mut self, flow: &mut Signing<'_>, left: &Left) -> bool {
        let throw = self.dice.throw(16);
        match throw {
            1 => {
                self.spend(left);
                return true;
            }
            2 => {
                self.spend(left);
                self.cancel(flow);
                return false;
            }
            3 => {
                // Nothing else is to be done, and no answer is waited for for ever.
                let out = flow.poll_output(&mut []);
                assert!(matches!(out, Ok(Output::Wait(until)) if until == at(self.deadline)));
                self.now = self.now.saturating_add(delay(&mut self.dice));
                self.input(flow, Cause::Nothing, Input::Timeout);
                if self.now >= self.deadline {
                    self.spend(left);
                    return false;
                }
            }
            _ => {}
        }
        let answer = match throw {
            4 | 5 => Ok(service::refuses(&mut self.dice)),
            _ => {
                let honest = self.service.grants(&mut self.dice, &left.asked);
                Reply::thrown(&mut self.dice, honest)
            }
        };
        self.now = self.now.saturating_add(delay(&mut self.dice));
        self.hand_over(flow, left, &answer);
        if self.dice.throw(4) == 1 {
            self.save(flow);
        }
        false
    }

    /// Hands the flow what came of a request.
    fn hand_over(&mut self, flow: &mut Signing<'_>, left: &Left, answer: &Answer) {
        let cause = Cause::Answered(&left.asked, answer);
        let mut reply = match answer {
            Err(failure) => {
                self.input(flow, cause, Input::Failed(*failure));
                return self.after(left, answer);
            }
            Ok(reply) => reply.clone(),
        };
        let mut sink = Memory::default();
        let place = match left.asked {
            Asked::Download(document) => left.most.map(|most| Place::Body { document, most }),
            _ => None,
        };
        let place = place.filter(|_| reply.status == 200 && self.dice.throw(8) != 3);
        let reception = place.map(|place| self.take_out(place, &mut reply.body, &mut sink));
        let mut response = reply.response();
        response.document = reception.unwrap_or_default();
        let received = self.input(flow, cause, Input::Response(response));
        if let Some((document, length)) = received {
            assert_eq!((&sink.begun[..], sink.bytes.len() as u64), (&[document][..], length));
            assert_eq!(answer.as_ref().map(|reply| &reply.body), Ok(&sink.bytes), "other bytes");
        }
        self.after(left, answer);
    }

    /// Takes a signed document out of a reply, which comes in pieces.
    fn take_out(&mut self, place: Place<'_>, body: &mut Vec<u8>, sink: &mut Memory) -> Reception {
        let mut extractor = Extractor::new(place, None);
        let size = 1 + usize::from(self.dice.byte());
        for piece in body.chunks_mut(size) {
            let kept = extractor.push(piece, &mut (), sink).expect("nothing fails");
            assert_eq!(kept, 0);
        }
        body.clear();
        if self.dice.throw(16) == 1 {
            // One without an end, of which no more is taken than was said.
            let mut piece = vec![b'x'; 1 << 20];
            let mut counter = Counter(sink.bytes.len() as u64);
            for _ in 0..18 {
                extractor.push(&mut piece, &mut (), &mut counter).expect("nothing fails");
            }
            let Place::Body { most, .. } = place else { unreachable!("there is no other") };
            assert!(counter.0 <= most);
            let reception = extractor.finish();
            assert!(matches!(reception, Reception::Malformed(_)), "{reception:?}");
            return reception;
        }
        extractor.finish()
    }

    /// What follows from an answer for the tokens and the pace.
    fn after(&mut self, left: &Left, answer: &Answer) {
        let is_kept = match &left.asked {
            Asked::Sign(documents) => documents
                .iter()
                .all(|(number, _)| self.watch.seen()[*number].stage == Stage::Uploaded),
            _ => true,
        };
        let puts_off = match answer {
            Err(failure) => *failure == SendFailure::NotSent,
            Ok(reply) => reply.puts_off(),
        };
        if let (Asked::Sign(_), Some(token)) = (&left.asked, &left.bearer) {
            if !is_kept {
                self.spend(left);
            } else if !puts_off {
                // It was called invalid.
                self.dies.remove(token);
            }
        }
        let Ok(reply) = answer else { return };
        if puts_off && is_kept {
            let wait = reply.clone().wait();
            self.not_before = self.now.saturating_add(wait);
        }
        if left.asked == Asked::Token && (200..300).contains(&reply.status) {
            match (service::told_token(&reply.body), &mut self.own_tokens) {
                (Some((token, life)), Some(tokens)) => {
                    let dies = self.now.saturating_add(life.saturating_mul(1_000));
                    tokens.insert(token, dies);
                }
                _ => self.own_tokens = None,
            }
        }
    }

    /// A request was taken up, or may have been: what it bore is spent if one request spends it.
    fn spend(&mut self, left: &Left) {
        let scope = left.bearer.as_ref().and_then(|token| self.scopes.get_key_value(token));
        if let Some((token, scope)) = scope
            && scope.is_spent_by_one_request()
        {
            self.spent.insert(token.clone());
        }
    }
}

/// Counts what it is given.
struct Counter(u64);

impl rubrica_core::document::Sink for Counter {
    type Error = core::convert::Infallible;

    fn begin(&mut self, _document: usize) -> Result<(), Self::Error> {
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0 += bytes.len() as u64;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn abandon(&mut self) {}
}
