//! A signing resumed from a state that is not what was saved.
//!
//! The host seals what it saves, so that none comes back changed. If one did, the flow may refuse it
//! or do anything that a flow does; it does not panic, it ends, and what is in doubt is not asked for
//! without the host's word.

use rubrica_core::certillion::{
    Progress, Resolution, Signing, SigningEvent, SigningSnapshot, Stage,
};
use rubrica_core::error::Error;
use rubrica_core::flow::{Flow, Input, Output};
use rubrica_core::oauth::scope::Scope;
use rubrica_core::time::{Duration, Elapsed};

use super::office::{self, Papers};
use super::{PATIENCE, boundary, service};
use crate::dice::Dice;
use crate::flow::{at, save};
use crate::setting::grant;

/// Resumes a signing from anything.
pub fn torn(mut dice: Dice<'_>) {
    let profile = office::profile(&mut dice);
    let application = office::application(&mut dice, &profile);
    let papers = Papers::thrown(&mut dice);
    let items = papers.items();
    let order = papers.order(&items);
    let count = items.len();
    let patience = Duration::from_millis(PATIENCE);
    let mut fresh = vec![Progress::default(); count];
    let Ok(mut flow) =
        Signing::new(&application, &order, &mut fresh, boundary(), patience, 7, at(0))
    else {
        return;
    };
    flow.authorize(grant("a-token", Scope::SignatureSession, at(0)), at(0)).expect("a session's");
    let mut saved = save(&flow, 9);
    drop(flow);
    if dice.throw(2) == 1 {
        let place = usize::from(dice.byte()) % saved.len();
        saved[place] = dice.byte();
    }
    let mut progress: Vec<Progress> = (0..count).map(|_| thrown(&mut dice)).collect();
    if dice.throw(16) == 1 {
        progress.pop();
    }
    let elapsed = Elapsed::Known(Duration::from_millis(7));
    let flow = match postcard::from_bytes::<SigningSnapshot>(&saved) {
        Ok(snapshot) if dice.throw(4) != 1 => Signing::resume(
            &application,
            &order,
            &mut progress,
            snapshot,
            elapsed,
            boundary(),
            patience,
            7,
            at(5),
        ),
        _ => Signing::new(&application, &order, &mut progress, boundary(), patience, 7, at(5)),
    };
    match flow {
        Ok(flow) => wander(flow, &mut dice),
        Err(error) => assert!(matches!(error, Error::Misuse(_)), "{error:?}"),
    }
}

/// How far a document is said to be.
fn thrown(dice: &mut Dice<'_>) -> Progress {
    let stages =
        [Stage::Waiting, Stage::Uploaded, Stage::Sent, Stage::Signed, Stage::Done, Stage::Failed];
    let longest = "=".repeat(128);
    let hash = match dice.throw(4) {
        1 => "",
        2 => "\"\\\u{1}é",
        3 => &longest,
        _ => "aGFzaA==",
    };
    let transaction = dice.pick(["t", "", ".", "..", "../é?#%", "\u{1}\u{4}"]);
    let stage = dice.pick(stages);
    let fits = "within their bounds";
    Progress {
        stage,
        hash: hash.try_into().expect(fits),
        transaction: transaction.try_into().expect(fits),
    }
}

/// Drives a flow by whatever the dice say, and then by time alone.
fn wander(mut flow: Signing<'_>, dice: &mut Dice<'_>) {
    let mut buffer = vec![0; super::BUFFER];
    let mut now = 5;
    let mut in_doubt: Vec<usize> = Vec::new();
    note(&flow, &mut in_doubt);
    for _ in 0..4_000 + 8 * dice.left() {
        let before = format!("{:?}", flow.progress());
        let input = match flow.poll_output(&mut buffer) {
            Ok(Output::Done) => {
                let is_left = flow.progress().iter().any(|each| each.stage == Stage::Sent);
                assert!(flow.is_over() || !is_left, "done, and in doubt");
                return;
            }
            // What it is to ask for cannot be asked for; nothing but an end is left.
            Err(error) => {
                assert!(matches!(error, Error::Misuse(_)), "{error:?}");
                assert_eq!(format!("{:?}", flow.progress()), before);
                Input::Cancel
            }
            Ok(Output::Event(SigningEvent::Authorize)) => {
                let scope = dice.pick([Scope::SignatureSession, Scope::SingleSignature]);
                if dice.throw(4) != 1 {
                    flow.authorize(grant("b-token", scope, at(now)), at(now)).expect("asked for");
                }
                continue;
            }
            Ok(Output::Event(SigningEvent::InDoubt)) => continue,
            Ok(Output::Wait(until)) if until.as_millis() == u64::MAX => {
                let resolution = dice.pick([Resolution::Abandon, Resolution::SignAgain]);
                let _ = flow.resolve(resolution, at(now)).expect("in doubt");
                in_doubt.clear();
                continue;
            }
            Ok(Output::Wait(until)) => {
                now = now.max(until.as_millis());
                if dice.throw(16) == 1 { Input::Cancel } else { Input::Timeout }
            }
            Ok(Output::Send(request)) => {
                if request.url.ends_with("/signature") {
                    assert!(in_doubt.is_empty(), "asked for beside what is in doubt");
                }
                let mut reply = match dice.throw(4) {
                    1 => crate::reply::Reply::new(200, dice.bytes()),
                    2 => {
                        crate::reply::Reply::new(200, r#"{"access_token":"t","document_hash":"h"}"#)
                    }
                    _ => service::refuses(dice),
                };
                let _ = flow.handle_input(Input::Response(reply.response()), at(now));
                note(&flow, &mut in_doubt);
                continue;
            }
        };
        let _ = flow.handle_input(input, at(now));
    }
    panic!("the flow does not end");
}

/// Notes what is in doubt.
fn note(flow: &Signing<'_>, in_doubt: &mut Vec<usize>) {
    let stages = flow.progress().iter().enumerate();
    let sent = stages.filter(|(_, each)| each.stage == Stage::Sent);
    in_doubt.extend(sent.map(|(number, _)| number));
}
