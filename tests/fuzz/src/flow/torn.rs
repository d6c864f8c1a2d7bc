//! Saved states that are not what was saved.
//!
//! The host seals them, so that none comes back changed. If one did, the flow may refuse it or do
//! anything that a flow does; it does not panic, and it ends.

use core::fmt::Debug;

use rubrica_core::flow::{Flow, Input, Output};
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{Push, Redirect, Signing};
use rubrica_core::time::{Duration, Elapsed};
use serde::de::DeserializeOwned;

use super::{Buffers, at, save};
use crate::dice::Dice;
use crate::reply::Reply;
use crate::setting::{application, authorization, entropy, grant, order};

const PATIENCE: Duration = Duration::from_secs(120);

/// Resumes a flow of some kind from a state that was tampered with.
pub fn torn(mut dice: Dice<'_>) {
    let (application, authorization) = (application(), authorization(Scope::SignatureSession));
    let (start, elapsed) = (at(5), Elapsed::Known(Duration::from_millis(7)));
    let good = "a good configuration";
    match dice.throw(3) {
        0 => {
            let mut flow =
                Push::new(application, authorization, &entropy(), PATIENCE, at(0)).expect(good);
            let steps = ["code=a-code", r#"{"authorizationToken":"an-approval"}"#];
            go(&mut flow, &steps[..usize::from(dice.throw(3))]);
            let snapshot = tear(&save(&flow, 9), &mut dice);
            let torn = snapshot
                .and_then(|it| Push::resume(application, authorization, it, elapsed, start).ok());
            torn.into_iter().for_each(|flow| wander(flow, &mut dice));
        }
        1 => {
            let flow =
                Redirect::new(application, authorization, &entropy(), PATIENCE, at(0)).expect(good);
            let snapshot = tear(&save(&flow, 9), &mut dice);
            let torn = snapshot.and_then(|it| {
                Redirect::resume(application, authorization, it, elapsed, start).ok()
            });
            torn.into_iter().for_each(|flow| wander(flow, &mut dice));
        }
        _ => {
            let mut flow = Signing::new(application, order(3), PATIENCE, 7, at(0)).expect(good);
            flow.authorize(grant("a-token", Scope::SignatureSession, at(0)), at(0)).expect(good);
            if dice.throw(2) == 1 {
                let _ = flow.poll_output(&mut [0; 4_096]);
            }
            let snapshot = tear(&save(&flow, 9), &mut dice);
            let torn = snapshot.and_then(|it| {
                Signing::resume(application, order(3), it, elapsed, PATIENCE, 7, start).ok()
            });
            torn.into_iter().for_each(|flow| wander(flow, &mut dice));
        }
    }
}

/// Brings a push forward by these answers.
fn go(flow: &mut Push<'_>, answers: &[&str]) {
    let (mut buffer, mut now) = ([0; 4_096], at(0));
    let mut answers = answers.iter();
    for _ in 0..16 {
        match flow.poll_output(&mut buffer).expect("room enough") {
            Output::Send(_) => {
                let Some(answer) = answers.next() else { return };
                let mut reply = Reply::new(200, answer);
                let _ = flow.handle_input(Input::Response(reply.response()), now);
            }
            Output::Wait(until) => {
                now = until;
                let _ = flow.handle_input(Input::Timeout, now);
            }
            _ => {}
        }
    }
}

fn tear<S: DeserializeOwned>(saved: &[u8], dice: &mut Dice<'_>) -> Option<S> {
    let mut saved = saved.to_vec();
    for _ in 0..=dice.throw(4) {
        let place = usize::from(dice.byte()) % saved.len();
        match dice.throw(4) {
            0 => saved[place] = dice.byte(),
            1 => saved.truncate(place.max(1)),
            2 => saved.insert(place, dice.byte()),
            _ => saved = [dice.bytes(), b"\0"].concat(),
        }
    }
    postcard::from_bytes(&saved).ok()
}

/// Drives a flow by whatever the dice say, and then by time alone.
fn wander<F: Flow + Debug>(mut flow: F, dice: &mut Dice<'_>) {
    let mut buffers = Buffers::new();
    let mut now = at(5);
    for _ in 0..2_000 {
        let input = match buffers.poll(&mut flow, dice) {
            Output::Done => return,
            Output::Event(_) => continue,
            Output::Wait(until) => {
                now = now.max(until);
                if dice.throw(4) == 1 { Input::Cancel } else { Input::Timeout }
            }
            Output::Send(_) => {
                let mut reply = Reply::new(dice.pick([200, 304, 401, 429, 500]), dice.bytes());
                let _ = flow.handle_input(Input::Response(reply.response()), now);
                continue;
            }
        };
        let _ = flow.handle_input(input, now);
    }
    let _ = flow.handle_input(Input::Cancel, now);
}
