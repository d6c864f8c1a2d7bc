//! What the host and the holder do.

use rubrica_core::certillion::{Progress, Resolution, Signing, SigningGain, Stage};
use rubrica_core::error::{Error, Misuse, PeerError};
use rubrica_core::flow::{Flow, Input, SendFailure};
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::secret::Secret;
use rubrica_core::time::Duration;

use super::watch::Cause;
use super::{Desk, End};
use crate::flow::{at, check_end, delay};
use crate::reply::Reply;

impl Desk<'_, '_> {
    pub(super) fn authorize(&mut self, flow: &mut Signing<'_>) {
        match self.dice.throw(16) {
            1 => return,
            2 => return self.cancel(flow),
            3 => self.now = self.now.saturating_add(delay(&mut self.dice)),
            _ => {}
        }
        let scope = self.dice.pick([
            Scope::SignatureSession,
            Scope::SingleSignature,
            Scope::MultiSignature,
            Scope::SignatureSession,
            Scope::AuthenticationSession,
        ]);
        let life = self.dice.pick([900_u64, 1, 30, 0, 600, 604_800]);
        let grant = self.grant(scope, life);
        let outcome = flow.authorize(grant, at(self.now));
        assert_eq!(outcome.is_ok(), scope != Scope::AuthenticationSession);
        if let Err(error) = outcome {
            assert_eq!(error, Misuse::Field("scope").into());
            // Nobody waits for a grant that was not one.
            let grant = self.grant(Scope::SignatureSession, 900);
            flow.authorize(grant, at(self.now)).expect("it is still wanted");
        }
        self.watch.look(flow.progress(), Cause::Nothing, None);
    }

    fn grant(&mut self, scope: Scope, life: u64) -> Grant {
        self.tokens += 1;
        let token = format!("user~token~{:04}", self.tokens);
        let secret = Secret::new(&token, "token").expect("a short token");
        self.dies.insert(token.clone(), self.now.saturating_add(life * 1_000));
        self.scopes.insert(token, scope);
        Grant::new(secret, scope, Duration::from_secs(life), None, at(self.now))
    }

    pub(super) fn resolve(&mut self, flow: &mut Signing<'_>) {
        assert!(flow.progress().iter().any(|each| each.stage == Stage::Sent));
        if self.dice.throw(8) == 1 {
            return;
        }
        self.say(flow);
    }

    /// The host's word on what is in doubt.
    fn say(&mut self, flow: &mut Signing<'_>) {
        let resolution = match self.dice.throw(6) {
            1 => return self.cancel(flow),
            2 | 3 => Resolution::SignAgain,
            _ => Resolution::Abandon,
        };
        if self.dice.throw(4) == 1 {
            self.now = self.now.saturating_add(delay(&mut self.dice));
        }
        let gain = flow.resolve(resolution, at(self.now)).expect("it is in doubt");
        self.watch.look(flow.progress(), Cause::Resolved(resolution), Some(&gain));
        if self.dice.throw(4) == 1 {
            self.save(flow);
        }
    }

    pub(super) fn wait(&mut self, flow: &mut Signing<'_>, until: u64) {
        // What is signed is fetched before the host is asked about what is open.
        let in_doubt = until == u64::MAX;
        let is_open = flow.progress().iter().any(|each| each.stage == Stage::Sent);
        assert!(is_open || !in_doubt, "a wait without an end");
        assert!(in_doubt || until <= self.deadline, "a wait beyond the deadline");
        match self.dice.throw(12) {
            1 => self.cancel(flow),
            2 => {
                self.now = self.now.max(until.saturating_sub(1).min(self.deadline));
                self.input(flow, Cause::Nothing, Input::Timeout);
            }
            3 => {
                self.now = self.now.saturating_add(delay(&mut self.dice));
                self.input(flow, Cause::Nothing, Input::Timeout);
            }
            4 => self.disturb(flow, in_doubt),
            5 if !in_doubt => self.authorize(flow),
            _ if in_doubt => self.say(flow),
            _ => {
                self.now = self.now.max(until);
                self.input(flow, Cause::Nothing, Input::Timeout);
            }
        }
    }

    pub(super) fn cancel(&mut self, flow: &mut Signing<'_>) {
        self.input(flow, Cause::Nothing, Input::Cancel);
        assert!(flow.is_over());
    }

    /// Tells the flow what it does not wait for: that is refused, and changes nothing.
    fn disturb(&mut self, flow: &mut Signing<'_>, in_doubt: bool) {
        let before = format!("{flow:?}");
        let mut reply = Reply::new(200, self.dice.bytes());
        for input in [
            Input::Response(reply.response()),
            Input::Failed(SendFailure::NotSent),
            Input::Failed(SendFailure::Unanswered),
            Input::Redirect("code=1"),
        ] {
            let error = flow.handle_input(input, at(0)).err();
            assert_eq!(error, Some(Misuse::OutOfOrder.into()));
        }
        if !in_doubt {
            let error = flow.resolve(Resolution::SignAgain, at(0)).err();
            assert_eq!(error, Some(Misuse::OutOfOrder.into()));
        } else {
            let grant = self.grant(Scope::SignatureSession, 900);
            let error = flow.authorize(grant, at(0)).err();
            assert_eq!(error, Some(Misuse::OutOfOrder.into()));
        }
        assert_eq!(format!("{flow:?}"), before);
    }

    /// Hands over an input that the flow waits for, and looks at what it does. Tells the document
    /// that came, and its length.
    pub(super) fn input(
        &mut self,
        flow: &mut Signing<'_>,
        cause: Cause<'_>,
        input: Input<'_>,
    ) -> Option<(usize, u64)> {
        match flow.handle_input(input, at(self.now)) {
            Ok(gain) => {
                self.watch.look(flow.progress(), cause, Some(&gain));
                assert!(!flow.is_over());
                match gain {
                    SigningGain::Received(received) => Some((received.document, received.length)),
                    _ => None,
                }
            }
            Err(error) => {
                assert!(!matches!(error, Error::Misuse(_)), "{error:?} for what is waited for");
                self.watch.look(flow.progress(), cause, None);
                assert!(flow.is_over(), "{error:?}, and it goes on");
                self.error = Some(error);
                None
            }
        }
    }

    /// It has ended: every document has its outcome, or all is as it was when it was broken off.
    pub(super) fn end(&mut self, flow: &mut Signing<'_>) -> End {
        let is_left = |each: &Progress| !matches!(each.stage, Stage::Done | Stage::Failed);
        let in_doubt = flow.progress().iter().any(|each| each.stage == Stage::Sent);
        match self.error {
            None => assert!(!flow.progress().iter().any(is_left), "done, and not all of them"),
            Some(error) => assert!(in_doubt || error != PeerError::InDoubt.into()),
        }
        self.save(flow);
        let go_on = self.error.is_some() && self.dice.throw(2) == 1;
        check_end(flow, self.now);
        let grant = self.grant(Scope::SignatureSession, 900);
        assert_eq!(flow.authorize(grant, at(self.now)).err(), Some(Misuse::OutOfOrder.into()));
        let error = flow.resolve(Resolution::SignAgain, at(self.now)).err();
        assert_eq!(error, Some(Misuse::OutOfOrder.into()));
        self.watch.look(flow.progress(), Cause::Nothing, None);
        if let Some(grant) = flow.take_grant() {
            assert!(!self.spent.contains(grant.token()), "a spent token is handed on");
        }
        if go_on { End::Interrupted } else { End::Over }
    }
}
