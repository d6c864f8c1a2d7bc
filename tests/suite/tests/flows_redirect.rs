//! Authorization by redirect: on a virtual clock, with a browser that comes back when told.

use rubrica_core::advice::Advice;
use rubrica_core::error::{
    Document, Error, Flaw, Malformed, Mismatch, Misuse, PeerError, ResourceError,
};
use rubrica_core::flow::{Flow, Input, Output, SendFailure};
use rubrica_core::oauth::scope::Scope;
use rubrica_core::oauth::state::State;
use rubrica_core::psc::{Application, Authorization, Redirect, RedirectEvent};
use rubrica_core::secret::SecretText;
use rubrica_core::time::{Duration, Elapsed};
use rubrica_tests::capture::{Reply, parameter};
use rubrica_tests::drive::{Answer, Authorized, NOT_SENT, UNANSWERED, authorize, script};
use rubrica_tests::setting::{
    CLIENT_ID, REDIRECT_URI, application, at, authorization, entropy, service,
};
use rubrica_tests::wire::{CODE, TOKEN, refusal, token};

const SCOPE: Scope = Scope::SingleSignature;

/// The page's two minutes.
const PATIENCE: u64 = 120_000;

fn redirect() -> Redirect<'static> {
    let patience = Duration::from_millis(PATIENCE);
    Redirect::new(application(), authorization(SCOPE), &entropy(1), patience, at(0)).unwrap()
}

fn state() -> String {
    State::from_entropy(&entropy(1).state).unwrap().as_str().to_owned()
}

fn approval() -> String {
    format!("code={CODE}&state={}", state())
}

fn run<A: Into<Answer>>(
    visits: &[(u64, String)],
    answers: impl IntoIterator<Item = A>,
) -> Authorized {
    authorize(&mut redirect(), 0, script(answers), visits)
}

#[test]
fn an_approval_in_the_browser_becomes_a_grant() {
    let run = run(&[(20_000, approval())], [token(SCOPE)]);
    assert_eq!(run.end.as_ref().unwrap().token(), TOKEN);
    assert_eq!(run.paths(), ["/v0/oauth/token"]);
    let body = run.sent[0].1.text();
    assert_eq!(parameter(body, "code").as_deref(), Some(CODE));
    assert_eq!(parameter(body, "redirect_uri").as_deref(), Some(REDIRECT_URI));
    assert_eq!(run.told.len(), 2);
    assert!(run.passed_over.is_empty());
}

#[test]
fn the_page_is_shown_with_the_state_and_until_when() {
    let (mut flow, mut buffer) = (redirect(), [0; 1024]);
    let Ok(Output::Event(RedirectEvent::OpenUrl { url, until })) = flow.poll_output(&mut buffer)
    else {
        panic!("no page")
    };
    assert_eq!(until, at(PATIENCE));
    assert_eq!(parameter(url.split_once('?').unwrap().1, "state"), Some(state()));
    assert!(matches!(flow.poll_output(&mut []), Ok(Output::Wait(until)) if until == at(PATIENCE)));
}

#[test]
fn s04_answers_to_other_requests_are_passed_over_and_the_wait_goes_on() {
    let other = State::from_entropy(&entropy(2).state).unwrap();
    let visits = [
        (1_000, format!("code=stolen&state={}", other.as_str())),
        (2_000, "code=stolen&state=NONE".to_owned()),
        (3_000, "code=stolen".to_owned()),
        (4_000, format!("code=stolen&state={0}&state={0}", state())),
        (5_000, format!("error=access_denied&state={}", other.as_str())),
        (6_000, "error=access_denied".to_owned()),
        (7_000, String::new()),
        (20_000, approval()),
    ];
    let run = run(&visits, [token(SCOPE)]);
    assert!(run.end.is_ok(), "{:?}", run.end);
    let mismatch = Error::from(PeerError::Mismatch(Mismatch::State));
    let mut expected = [mismatch; 7];
    expected[3] = PeerError::Malformed(Malformed {
        document: Document::Redirect,
        flaw: Flaw::Repeated("state"),
    })
    .into();
    assert_eq!(run.passed_over, expected);
    assert_eq!(parameter(run.sent[0].1.text(), "code").as_deref(), Some(CODE));
    assert!(run.sent[0].0 >= 20_000);
}

#[test]
fn s06_a_broken_answer_with_our_state_does_not_end_the_wait() {
    let state = state();
    for broken in [
        format!("code=a&code=b&state={state}"),
        format!("code=a&error=b&state={state}"),
        format!("state={state}"),
        format!("code=&state={state}"),
        format!("code=%zz&state={state}"),
    ] {
        let run = run(&[(1_000, broken.clone()), (2_000, approval())], [token(SCOPE)]);
        assert!(run.end.is_ok(), "{broken}");
        assert_eq!(run.passed_over.len(), 1, "{broken}");
    }
}

#[test]
fn the_holders_no_and_the_services_end_the_flow() {
    let state = state();
    for word in ["user_denied", "access_denied"] {
        let run = run(&[(9_000, format!("error={word}&state={state}"))], [token(SCOPE)]);
        assert_eq!(run.end.unwrap_err(), PeerError::Denied.into());
        assert!(run.sent.is_empty());
    }
    let run = run(&[(9_000, format!("error=server_error&state={state}"))], [token(SCOPE)]);
    let error = run.end.unwrap_err();
    assert_eq!(error.to_string(), "the service refused: status 0, server_error");
}

#[test]
fn a_browser_that_never_comes_back_lets_the_request_expire_on_time() {
    let run = run(&[], [token(SCOPE)]);
    assert_eq!(run.end.unwrap_err(), PeerError::Expired.into());
    assert_eq!(run.ended_at, PATIENCE);
}

#[test]
fn a_browser_that_comes_back_too_late_brings_nothing() {
    let mut flow = redirect();
    let error = flow.handle_input(Input::Redirect(&approval()), at(PATIENCE)).unwrap_err();
    assert_eq!(error, Misuse::OutOfOrder.into());
    let error = flow.handle_input(Input::Timeout, at(PATIENCE)).unwrap_err();
    assert_eq!(error, PeerError::Expired.into());
}

#[test]
fn a_second_answer_changes_nothing() {
    let mut flow = redirect();
    flow.handle_input(Input::Redirect(&approval()), at(10)).unwrap();
    let before = saved(&flow, 10);
    let second = format!("code=another&state={}", state());
    let error = flow.handle_input(Input::Redirect(&second), at(10)).unwrap_err();
    assert_eq!(error, Misuse::OutOfOrder.into());
    assert_eq!(saved(&flow, 10), before);
}

#[test]
fn a_redemption_that_is_lost_or_put_off_is_tried_again() {
    let lost: [Answer; 5] = [
        NOT_SENT,
        UNANSWERED,
        Reply::new(503, "").into(),
        Reply::new(429, "").retry_after("3").into(),
        token(SCOPE).into(),
    ];
    let run = run(&[(0, approval())], lost);
    assert!(run.end.is_ok(), "{:?}", run.end);
    assert_eq!(run.sent.len(), 5);
    for pair in run.sent.windows(2) {
        assert!(pair[1].0 - pair[0].0 >= 1_000);
    }
}

#[test]
fn a_redemption_that_never_succeeds_ends_within_half_a_minute() {
    let run = run(&[(5_000, approval())], [UNANSWERED]);
    assert_eq!(run.end.unwrap_err(), PeerError::Unreachable.into());
    assert!(run.ended_at <= 35_000);
}

#[test]
fn a_code_that_was_used_or_expired_is_told_in_the_services_words() {
    let run = run(&[(0, approval())], [refusal(400, "invalid_grant")]);
    let error = run.end.unwrap_err();
    assert_eq!(error.to_string(), "the service refused: status 400, invalid_grant");
    assert_eq!(run.sent.len(), 1);
}

fn saved(flow: &Redirect<'_>, now: u64) -> Vec<u8> {
    postcard::to_stdvec(&flow.snapshot(at(now))).unwrap()
}

/// The flow in each of its states.
fn states() -> Vec<(&'static str, Redirect<'static>)> {
    let fresh = redirect();
    let mut waiting = redirect();
    waiting.poll_output(&mut [0; 1024]).unwrap();
    let mut approved = redirect();
    approved.handle_input(Input::Redirect(&approval()), at(0)).unwrap();
    let mut out = redirect();
    out.handle_input(Input::Redirect(&approval()), at(0)).unwrap();
    while !matches!(out.poll_output(&mut [0; 1024]).unwrap(), Output::Send(_)) {}
    vec![
        ("before the page", fresh),
        ("waiting", waiting),
        ("approved", approved),
        ("redemption out", out),
    ]
}

#[test]
fn a_cancellation_ends_every_state() {
    for (name, mut flow) in states() {
        let error = flow.handle_input(Input::Cancel, at(1)).unwrap_err();
        assert_eq!(error, PeerError::Cancelled.into(), "{name}");
        assert!(matches!(flow.poll_output(&mut []), Ok(Output::Done)), "{name}");
        let error = flow.handle_input(Input::Redirect(&approval()), at(1)).unwrap_err();
        assert_eq!(error, Misuse::OutOfOrder.into(), "{name}");
    }
}

#[test]
fn the_deadline_ends_every_state() {
    for (name, mut flow) in states() {
        let error = flow.handle_input(Input::Timeout, at(PATIENCE)).unwrap_err();
        let expected = match name {
            "before the page" | "waiting" => PeerError::Expired,
            _ => PeerError::Unreachable,
        };
        assert_eq!(error, expected.into(), "{name}");
        assert!(matches!(flow.poll_output(&mut []), Ok(Output::Done)), "{name}");
    }
}

#[test]
fn a_saved_flow_goes_on_from_every_state_to_the_same_grant() {
    for (name, flow) in states() {
        let snapshot = postcard::from_bytes(&saved(&flow, 0)).unwrap();
        let elapsed = Elapsed::Known(Duration::from_millis(7_000));
        let mut flow =
            Redirect::resume(application(), authorization(SCOPE), snapshot, elapsed, at(50))
                .unwrap();
        let run = authorize(&mut flow, 50, script([token(SCOPE)]), &[(9_000, approval())]);
        assert_eq!(run.end.as_ref().unwrap().token(), TOKEN, "{name}");
        let awaits = matches!(name, "before the page" | "waiting");
        assert_eq!(run.told.first().is_some_and(|told| told.contains("OpenUrl")), awaits, "{name}");
    }
}

#[test]
fn the_page_that_is_shown_again_is_the_same() {
    let show = |flow: &mut Redirect<'_>| {
        let mut buffer = [0; 1024];
        match flow.poll_output(&mut buffer) {
            Ok(Output::Event(RedirectEvent::OpenUrl { url, .. })) => url.to_owned(),
            other => panic!("{other:?}"),
        }
    };
    let mut flow = redirect();
    let first = show(&mut flow);
    let elapsed = Elapsed::Known(Duration::ZERO);
    let snapshot = flow.snapshot(at(0));
    let mut resumed =
        Redirect::resume(application(), authorization(SCOPE), snapshot, elapsed, at(0)).unwrap();
    assert_eq!(show(&mut resumed), first);
}

#[test]
fn s40_a_saved_flow_whose_time_is_unknown_has_expired() {
    let snapshot = redirect().snapshot(at(0));
    let mut flow =
        Redirect::resume(application(), authorization(SCOPE), snapshot, Elapsed::Unknown, at(0))
            .unwrap();
    let run = authorize(&mut flow, 0, script([token(SCOPE)]), &[(9_000, approval())]);
    assert_eq!(run.end.unwrap_err(), PeerError::Expired.into());
}

#[test]
fn a_buffer_that_is_too_small_leaves_the_state_as_it_was() {
    for (name, mut flow) in states() {
        if !matches!(name, "before the page" | "approved") {
            continue;
        }
        let before = saved(&flow, 0);
        let mut told = false;
        let needed = loop {
            match flow.poll_output(&mut []) {
                Err(Error::Resource(ResourceError::BufferTooSmall { needed })) => break needed,
                Ok(Output::Event(RedirectEvent::Approved)) if !told => told = true,
                other => panic!("{name}: {other:?}"),
            }
        };
        for size in 0..needed {
            let error = flow.poll_output(&mut vec![0; size]).unwrap_err();
            assert_eq!(error, ResourceError::BufferTooSmall { needed }.into(), "{name}");
        }
        assert_eq!(saved(&flow, 0), before, "{name}");
        assert!(matches!(
            flow.poll_output(&mut vec![0; needed]),
            Ok(Output::Send(_) | Output::Event(RedirectEvent::OpenUrl { .. }))
        ));
    }
}

#[test]
fn inputs_out_of_order_change_nothing() {
    for (name, mut flow) in states() {
        let before = saved(&flow, 0);
        if name != "redemption out" {
            let input = Input::Failed(SendFailure::Unanswered);
            let error = flow.handle_input(input, at(0)).unwrap_err();
            assert_eq!(error, Misuse::OutOfOrder.into(), "{name}");
            assert_eq!(error.advice(), Advice::FixRequest);
            let error =
                flow.handle_input(Input::Response(token(SCOPE).response()), at(0)).unwrap_err();
            assert_eq!(error, Misuse::OutOfOrder.into(), "{name}");
        }
        assert!(flow.handle_input(Input::Timeout, at(0)).unwrap().is_none());
        assert_eq!(saved(&flow, 0), before, "{name}");
    }
}

#[test]
fn without_a_holder_whoever_approves_may() {
    let anybody = Authorization { holder: None, ..authorization(SCOPE) };
    let patience = Duration::from_millis(PATIENCE);
    let mut flow = Redirect::new(application(), anybody, &entropy(1), patience, at(0)).unwrap();
    let run = authorize(&mut flow, 0, script([token(SCOPE)]), &[(1, approval())]);
    let holder = run.end.unwrap().identification().unwrap();
    assert_eq!(holder.as_str(), rubrica_tests::setting::CPF);
}

#[test]
fn an_application_without_a_redirect_uri_cannot_begin() {
    let secret = SecretText::new("canary-client-secret");
    let application = Application::new(service(), CLIENT_ID, secret, "").unwrap();
    let patience = Duration::from_secs(1);
    let error = Redirect::new(&application, authorization(SCOPE), &entropy(1), patience, at(0));
    assert_eq!(error.err(), Some(Misuse::Field("redirect_uri").into()));
}
