//! An authorization, its host, its service and its holder.

use core::fmt::Debug;

use rubrica_core::error::{Error, PeerError};
use rubrica_core::exchange::{Effect, Request};
use rubrica_core::flow::{Flow, Input, Output};
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::pkce::Verifier;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{Push, Redirect};
use rubrica_core::time::{Duration, Elapsed, Instant};

use super::{Buffers, POLLS, at, check_end, check_request, delay, elapsed, save};
use crate::dice::Dice;
use crate::reply::Reply;
use crate::setting::{self, application, authorization, entropy};

/// How long the holder is waited for, in milliseconds.
const PATIENCE: u64 = 120_000;

/// How long a code may take to become a token.
const REDEMPTION: u64 = 30_000;

/// The least time between two requests to one path (VIDaaS manual v1.6 §3.1.2 c).
const INTERVAL: u64 = 1_000;

/// Asks the holder's phone.
pub fn push(dice: Dice<'_>) {
    let scope = Scope::SignatureSession;
    let authorization = authorization(scope);
    let patience = Duration::from_millis(PATIENCE);
    let flow = Push::new(application(), authorization, &entropy(), patience, at(0));
    Approval::new(dice, false).run(flow.expect("a good configuration"), |saved, elapsed, now| {
        let snapshot = postcard::from_bytes(saved).expect("what was saved");
        Push::resume(application(), authorization, snapshot, elapsed, now).expect("our own")
    });
}

/// Waits for the holder's browser.
pub fn redirect(dice: Dice<'_>) {
    let scope = Scope::SignatureSession;
    let authorization = authorization(scope);
    let patience = Duration::from_millis(PATIENCE);
    let flow = Redirect::new(application(), authorization, &entropy(), patience, at(0));
    Approval::new(dice, true).run(flow.expect("a good configuration"), |saved, elapsed, now| {
        let snapshot = postcard::from_bytes(saved).expect("what was saved");
        Redirect::resume(application(), authorization, snapshot, elapsed, now).expect("our own")
    });
}

struct Approval<'d> {
    dice: Dice<'d>,
    browser: bool,
    now: u64,
    /// When the holder's time ends.
    deadline: u64,
    /// When the redemption's ends, once it has begun.
    redemption: Option<u64>,
    /// The path of the last request, when it left, and before when none may follow.
    last: Option<(String, u64)>,
    not_before: u64,
    grants: usize,
    ended: bool,
}

impl<'d> Approval<'d> {
    const fn new(dice: Dice<'d>, browser: bool) -> Self {
        Self {
            dice,
            browser,
            now: 0,
            deadline: PATIENCE,
            redemption: None,
            last: None,
            not_before: 0,
            grants: 0,
            ended: false,
        }
    }

    fn run<F>(mut self, mut flow: F, resume: impl Fn(&[u8], Elapsed, Instant) -> F)
    where
        F: for<'r> Flow<Gain<'r> = Option<Grant>> + Debug,
    {
        let mut buffers = Buffers::new();
        for _ in 0..POLLS + 8 * self.dice.left() {
            match buffers.poll(&mut flow, &mut self.dice) {
                Output::Done => {
                    assert!(self.grants == 1 || self.ended, "done without an end");
                    return check_end(&mut flow, self.now);
                }
                Output::Event(_) => assert!(self.grants == 0 && !self.ended),
                Output::Send(request) => {
                    let honest = self.leave(&request);
                    self.answer(&mut flow, honest, &resume);
                }
                Output::Wait(until) => self.wait(&mut flow, until.as_millis(), &resume),
            }
        }
        panic!("the flow does not end");
    }

    /// A request leaves: what holds of it, and how an honest service would answer.
    fn leave(&mut self, request: &Request<'_>) -> Reply {
        let verifier = Verifier::from_entropy(&entropy().verifier).expect("entropy");
        check_request(request, &[verifier.expose(), "client-secret"]);
        assert_eq!(request.effect, Effect::Safe);
        assert!(self.grants == 0 && !self.ended, "a request after the end");
        assert!(self.now >= self.not_before, "sooner than the service asked for");
        let path = request.url.split('?').next().unwrap_or_default().to_owned();
        let is_token = path.ends_with("/token");
        if is_token {
            let latest = self.now.saturating_add(REDEMPTION);
            let end = *self.redemption.get_or_insert(latest);
            assert!(self.now < end, "a redemption past its deadline");
        } else {
            assert!(self.now < self.deadline, "a request past the deadline");
            assert!(self.redemption.is_none(), "back to the holder");
        }
        if let Some((earlier, left)) = &self.last
            && *earlier == path
        {
            assert!(self.now - left >= INTERVAL, "again after {} ms", self.now - left);
        }
        let honest = if is_token {
            let body = r#"{"access_token":"a-token","token_type":"bearer","expires_in":900,"scope":"signature_session","authorized_identification":"11144477735"}"#;
            Reply::new(200, body)
        } else if path.ends_with("/authentications") {
            let approved = Reply::new(200, r#"{"authorizationToken":"an-approval"}"#);
            if self.dice.throw(3) == 1 { Reply::new(304, "") } else { approved }
        } else {
            Reply::new(200, "code=d402d71c-0918-43ca-a07d-62597f559497")
        };
        self.last = Some((path, self.now));
        honest
    }

    fn answer<F>(
        &mut self,
        flow: &mut F,
        honest: Reply,
        resume: &impl Fn(&[u8], Elapsed, Instant) -> F,
    ) where
        F: for<'r> Flow<Gain<'r> = Option<Grant>> + Debug,
    {
        match self.dice.throw(16) {
            1 => return self.interrupt(flow, resume),
            2 => return self.input(flow, Input::Cancel),
            // What nobody asked for, while the answer is out.
            3 => self.input(flow, Input::Timeout),
            4 => {
                self.visit(flow);
            }
            _ => {}
        }
        if self.ended || self.grants > 0 {
            return;
        }
        let answer = Reply::thrown(&mut self.dice, honest);
        self.now = self.now.saturating_add(delay(&mut self.dice));
        match answer {
            Ok(mut reply) => {
                if reply.puts_off() {
                    self.not_before = self.now.saturating_add(reply.wait());
                }
                self.input(flow, Input::Response(reply.response()));
            }
            Err(failure) => self.input(flow, Input::Failed(failure)),
        }
    }

    fn wait<F>(&mut self, flow: &mut F, until: u64, resume: &impl Fn(&[u8], Elapsed, Instant) -> F)
    where
        F: for<'r> Flow<Gain<'r> = Option<Grant>> + Debug,
    {
        let redemption = self.redemption.unwrap_or_else(|| self.now.saturating_add(REDEMPTION));
        let latest = self.deadline.max(redemption).max(self.now);
        assert!(until <= latest, "a wait of {} ms", until - self.now);
        match self.dice.throw(10) {
            1 => self.interrupt(flow, resume),
            2 => self.input(flow, Input::Cancel),
            3 => self.input(flow, Input::Timeout),
            4 => {
                self.visit(flow);
            }
            // Nothing was sent that this could answer.
            5 => {
                let mut reply = Reply::new(200, self.dice.bytes());
                self.input(flow, Input::Response(reply.response()));
            }
            throw => {
                if self.browser && throw == 0 && self.visit(flow) {
                    return;
                }
                if self.ended {
                    return;
                }
                self.now = self.now.max(until);
                self.input(flow, Input::Timeout);
            }
        }
    }

    /// Somebody calls the address that browsers come back to: the holder's browser, or anybody.
    /// Tells whether the flow takes it for the answer.
    fn visit<F>(&mut self, flow: &mut F) -> bool
    where
        F: for<'r> Flow<Gain<'r> = Option<Grant>> + Debug,
    {
        let state = setting::state();
        let query = match self.dice.throw(6) {
            0 => format!("code=a-code&state={}", state.as_str()),
            1 => "code=stolen&state=NONE".to_owned(),
            2 => format!("error=access_denied&state={}", state.as_str()),
            3 => format!("code=a&code=b&state={}", state.as_str()),
            _ => self.dice.text().replace('$', state.as_str()),
        };
        let before = format!("{flow:?}");
        match flow.handle_input(Input::Redirect(&query), at(self.now)) {
            Ok(gain) => {
                assert!(gain.is_none() && self.browser, "a grant from a browser");
                return true;
            }
            Err(Error::Peer(PeerError::Denied | PeerError::Refused(_))) => self.ended = true,
            Err(error) => {
                assert_eq!(format!("{flow:?}"), before, "{error:?} changed the state");
            }
        }
        false
    }

    fn input<F>(&mut self, flow: &mut F, input: Input<'_>)
    where
        F: for<'r> Flow<Gain<'r> = Option<Grant>> + Debug,
    {
        match flow.handle_input(input, at(self.now)) {
            Ok(None) => {}
            Ok(Some(grant)) => {
                self.grants += 1;
                assert!(!grant.token().is_empty());
                assert_eq!(grant.scope(), Scope::SignatureSession);
                let told = grant.identification();
                assert!(told.is_none_or(|told| told == setting::holder()), "another's grant");
                assert!(!format!("{grant:?}").contains(grant.token()) || grant.token().len() < 8);
            }
            Err(error) => {
                // An end, unless it was out of order.
                self.ended |= matches!(flow.poll_output(&mut []), Ok(Output::Done));
                assert!(self.ended || matches!(error, Error::Misuse(_)), "{error:?} is no end");
            }
        }
    }

    /// The process ends and another one goes on; the clock does too.
    fn interrupt<F>(&mut self, flow: &mut F, resume: &impl Fn(&[u8], Elapsed, Instant) -> F)
    where
        F: for<'r> Flow<Gain<'r> = Option<Grant>> + Debug,
    {
        let saved = save(flow, self.now);
        let elapsed = elapsed(&mut self.dice);
        if elapsed == Elapsed::Unknown {
            self.deadline = self.deadline.min(self.now);
        }
        *flow = resume(&saved, elapsed, at(self.now));
        // The pause that a service asked for is not saved; the least one holds all the same.
        self.not_before = 0;
    }
}
