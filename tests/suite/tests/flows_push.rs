//! Authorization by push: on a virtual clock, against a service out of a script.

use rubrica_core::advice::Advice;
use rubrica_core::error::{
    Document, Error, Flaw, JsonFault, Malformed, Mismatch, Misuse, PeerError, ResourceError,
};
use rubrica_core::flow::{Flow, Input, Output, SendFailure};
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{Authorization, Push, PushEvent};
use rubrica_core::time::{Duration, Elapsed};
use rubrica_tests::capture::{Reply, Sent, parameter};
use rubrica_tests::drive::{Answer, Authorized, NOT_SENT, UNANSWERED, authorize, script};
use rubrica_tests::setting::{application, at, authorization, entropy, holder};
use rubrica_tests::wire::{CODE, PUSH_CODE, TOKEN, approved, notified, pending, refusal, token};

const SCOPE: Scope = Scope::SignatureSession;

/// What the holder is given.
const PATIENCE: u64 = 120_000;

fn push() -> Push<'static> {
    let patience = Duration::from_millis(PATIENCE);
    Push::new(application(), authorization(SCOPE), &entropy(1), patience, at(0)).unwrap()
}

fn run<A: Into<Answer>>(answers: impl IntoIterator<Item = A>) -> Authorized {
    authorize(&mut push(), 0, script(answers), &[])
}

/// The moments of the polls.
fn polls(run: &Authorized) -> Vec<u64> {
    let is_poll = |sent: &Sent| sent.url.contains("/authentications?");
    run.sent.iter().filter(|(_, sent)| is_poll(sent)).map(|(moment, _)| *moment).collect()
}

/// No two polls, nor the push and the first poll, are nearer to each other than the provider allows.
fn assert_paced(run: &Authorized) {
    for pair in polls(run).windows(2) {
        assert!(pair[1] - pair[0] >= 1_000, "polls at {pair:?}");
    }
    let asked = run.sent.iter().find(|(_, sent)| sent.url.contains("/authorize?"));
    if let (Some((asked, _)), Some(first)) = (asked, polls(run).first()) {
        assert!(first - asked >= 1_000, "the first poll at {first}");
    }
}

#[test]
fn an_approval_becomes_a_grant() {
    let run = run([notified(), pending(), pending(), approved(), token(SCOPE)]);
    let grant = run.end.as_ref().unwrap();
    assert_eq!((grant.token(), grant.scope()), (TOKEN, SCOPE));
    assert_eq!(grant.identification(), Some(holder()));
    assert!(!grant.is_expired(at(run.ended_at + 880_000)));
    assert!(grant.is_expired(at(run.ended_at + 900_000)));
    assert_eq!(
        run.paths(),
        [
            "/v0/oauth/authorize",
            "/valid/api/v1/trusted-services/authentications",
            "/valid/api/v1/trusted-services/authentications",
            "/valid/api/v1/trusted-services/authentications",
            "/v0/oauth/token",
        ]
    );
    let until = "ApproveOnPhone { until: Instant(120000) }";
    assert_eq!(run.told, [until, "Pending", "Pending", "Approved"]);
    assert_paced(&run);
}

#[test]
fn the_approvals_token_is_redeemed_and_not_the_pushs_code() {
    let run = run([notified(), approved(), token(SCOPE)]);
    let [_, (_, poll), (_, redemption)] = &run.sent[..] else { panic!("{:?}", run.sent) };
    assert_eq!(parameter(poll.path_and_query().1, "code").as_deref(), Some(PUSH_CODE));
    assert_eq!(parameter(redemption.text(), "code").as_deref(), Some(CODE));
    assert_eq!(parameter(redemption.text(), "redirect_uri").as_deref(), Some("push://"));
}

#[test]
fn s02_the_verifier_that_redeems_is_the_challenges() {
    let run = run([notified(), approved(), token(SCOPE)]);
    let challenge = parameter(run.sent[0].1.path_and_query().1, "code_challenge").unwrap();
    let verifier = parameter(run.sent[2].1.text(), "code_verifier").unwrap();
    let digest = rubrica_core::document::Digest::of(verifier.as_bytes());
    use base64ct::Encoding;
    assert_eq!(base64ct::Base64UrlUnpadded::encode_string(digest.as_bytes()), challenge);
}

#[test]
fn s23_pending_has_its_shapes_and_none_is_an_approval() {
    for shape in [
        Reply::new(304, ""),
        Reply::new(304, approved().body),
        Reply::new(202, ""),
        Reply::new(202, r#"{"status":"PENDING"}"#),
        Reply::new(204, ""),
        Reply::ok(""),
        Reply::ok(" \r\n"),
        Reply::ok("{}"),
        Reply::ok(r#"{"authorizationToken":""}"#),
        Reply::ok(r#"{"authorizationToken":null,"redirectUrl":null}"#),
        Reply::ok(r#"{"status":"PENDING"}"#),
    ] {
        let run = run([notified(), shape.clone(), shape.clone(), approved(), token(SCOPE)]);
        assert!(run.end.is_ok(), "{shape:?}: {:?}", run.end);
        assert_eq!(polls(&run).len(), 3, "{shape:?}");
        assert_eq!(run.told.iter().filter(|event| *event == "Pending").count(), 2, "{shape:?}");
        assert_paced(&run);
    }
}

#[test]
fn s23_statuses_that_pass_by_themselves_end_no_poll() {
    for status in [408, 425, 429, 502, 503, 504] {
        let trouble = Reply::new(status, "<html>");
        let run = run([notified(), trouble.clone(), trouble, approved(), token(SCOPE)]);
        assert!(run.end.is_ok(), "{status}: {:?}", run.end);
        assert_paced(&run);
    }
}

#[test]
fn s22_no_poll_is_sooner_than_a_second_whatever_the_service_asks_for() {
    for asked in ["0", "1", "5", "Sun, 06 Nov 1994 08:49:37 GMT", "soon", "-1"] {
        for status in [429, 503] {
            let trouble =
                Reply::new(status, "").retry_after(asked).date("Sun, 06 Nov 1994 08:49:37 GMT");
            let answers =
                [notified(), trouble.clone(), pending(), trouble, approved(), token(SCOPE)];
            let run = run(answers);
            assert!(run.end.is_ok(), "{asked}");
            assert_paced(&run);
        }
    }
}

#[test]
fn s24_retry_after_is_honoured_in_both_its_forms() {
    for (trouble, least) in [
        (Reply::new(429, "").retry_after("7"), 7_000),
        (Reply::new(503, "").retry_after("7"), 7_000),
        (
            Reply::new(429, "To many requests")
                .retry_after("Sun, 06 Nov 1994 08:50:07 GMT")
                .date("Sun, 06 Nov 1994 08:49:37 GMT"),
            30_000,
        ),
        (Reply::new(429, "To many requests"), 1_000),
    ] {
        let run = run([notified(), trouble, approved(), token(SCOPE)]);
        let polls = polls(&run);
        assert!(polls[1] - polls[0] >= least, "{polls:?}");
        assert!(polls[1] - polls[0] < least + 2_000, "{polls:?}");
    }
}

#[test]
fn s24_waits_double_while_the_trouble_lasts_and_end_by_the_deadline() {
    let run = run([notified(), Reply::new(503, "")]);
    assert_eq!(run.end.unwrap_err(), PeerError::Expired.into());
    assert!(run.ended_at <= PATIENCE);
    let polls: Vec<u64> = run
        .sent
        .iter()
        .filter(|(_, sent)| sent.url.contains("authentications"))
        .map(|(moment, _)| *moment)
        .collect();
    let waits: Vec<u64> = polls.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(waits.len() >= 4 && waits.len() <= 10, "{waits:?}");
    assert!(waits[3] >= 8_000, "{waits:?}");
}

#[test]
fn a_holder_who_never_answers_lets_the_request_expire_on_time() {
    let run = run([notified(), pending()]);
    assert_eq!(run.end.unwrap_err(), PeerError::Expired.into());
    assert_eq!(run.ended_at, PATIENCE);
    assert!(run.sent.len() > 100);
}

#[test]
fn a_service_that_never_answers_is_unreachable_by_the_deadline() {
    for failure in [NOT_SENT, UNANSWERED] {
        let run = run([failure]);
        assert_eq!(run.end.unwrap_err(), PeerError::Unreachable.into());
        assert!(run.ended_at <= PATIENCE);
        assert!(run.told.is_empty());
    }
}

#[test]
fn a_request_that_was_lost_is_sent_again_at_every_stage() {
    for failure in [NOT_SENT, UNANSWERED] {
        let run = run([
            failure.clone(),
            notified().into(),
            failure.clone(),
            pending().into(),
            failure.clone(),
            approved().into(),
            failure,
            token(SCOPE).into(),
        ]);
        assert!(run.end.is_ok());
        assert_eq!(run.sent.len(), 8);
        assert_paced(&run);
    }
}

#[test]
fn a_code_whose_redemption_never_succeeds_ends_within_half_a_minute() {
    for (answer, error) in [
        (UNANSWERED, PeerError::Unreachable),
        (Reply::new(503, "").into(), PeerError::Unavailable { status: 503, retry_after: None }),
        (Reply::new(429, "").into(), PeerError::Throttled { retry_after: None }),
    ] {
        let run = run([notified().into(), approved().into(), answer]);
        assert_eq!(run.end.unwrap_err(), error.into());
        let redeemed_at = run.sent[2].0;
        assert!(run.ended_at <= redeemed_at + 30_000 && run.sent.len() > 4);
    }
}

#[test]
fn what_the_holder_or_the_service_refuses_ends_the_flow_at_once() {
    let malformed =
        |document, flaw| Error::from(PeerError::Malformed(Malformed { document, flaw }));
    let html = |document| malformed(document, Flaw::Json { fault: JsonFault::Syntax, offset: 0 });
    let cases: [(Vec<Reply>, Error); 11] = [
        (vec![notified(), refusal(400, "user_denied")], PeerError::Denied.into()),
        (vec![notified(), refusal(403, "access_denied")], PeerError::Denied.into()),
        (vec![notified(), Reply::new(403, "")], PeerError::Expired.into()),
        (vec![notified(), Reply::new(404, "")], PeerError::Expired.into()),
        (vec![notified(), Reply::new(410, "<html>")], PeerError::Expired.into()),
        (vec![notified(), Reply::ok("<html>")], html(Document::Approval)),
        (vec![Reply::ok("<html>")], malformed(Document::Authorization, Flaw::Missing("code"))),
        (vec![Reply::ok("")], malformed(Document::Authorization, Flaw::Missing("code"))),
        (vec![notified(), approved(), Reply::ok("<html>")], html(Document::Token)),
        (
            vec![notified(), approved(), token(Scope::MultiSignature)],
            PeerError::Mismatch(Mismatch::Scope).into(),
        ),
        (
            vec![notified(), approved(), Reply::ok(r#"{"token_type":"mac","access_token":"a"}"#)],
            PeerError::Mismatch(Mismatch::TokenType).into(),
        ),
    ];
    for (replies, error) in cases {
        let count = replies.len();
        let run = run(replies);
        assert_eq!(run.end.unwrap_err(), error);
        assert_eq!(run.sent.len(), count);
    }
}

#[test]
fn refusals_advise_what_helps() {
    for (reply, advice) in [
        (refusal(401, "invalid_client"), Advice::CheckCredentials),
        (refusal(400, "invalid_request"), Advice::FixRequest),
        (refusal(500, "server_error"), Advice::TryLater),
        (refusal(400, "user_denied"), Advice::AskHolder),
        (Reply::ok("<html>"), Advice::ContactProvider),
    ] {
        assert_eq!(run([reply]).end.unwrap_err().advice(), advice);
    }
}

#[test]
fn a_grant_for_somebody_else_is_refused() {
    let mut reply = token(SCOPE);
    let text = String::from_utf8(reply.body).unwrap().replace("11144477735", "52998224725");
    reply.body = text.into_bytes();
    let run = run([notified(), approved(), reply]);
    assert_eq!(run.end.unwrap_err(), PeerError::Mismatch(Mismatch::Holder).into());
}

/// The flow in each of its states, by the answers that lead there, with the moment.
fn states() -> Vec<(&'static str, Push<'static>, u64)> {
    let mut states = Vec::new();
    for (name, replies, polled) in [
        ("before the push", vec![], false),
        ("push out", vec![], true),
        ("push answered", vec![notified()], false),
        ("poll out", vec![notified()], true),
        ("poll answered", vec![notified(), pending()], false),
        ("approved", vec![notified(), approved()], false),
        ("redemption out", vec![notified(), approved()], true),
    ] {
        let (mut flow, mut now) = (push(), 0);
        for mut reply in replies {
            now = advance_to_send(&mut flow, now);
            assert!(
                flow.handle_input(Input::Response(reply.response()), at(now)).unwrap().is_none()
            );
        }
        if polled {
            now = advance_to_send(&mut flow, now);
        }
        states.push((name, flow, now));
    }
    states
}

fn advance_to_send(flow: &mut Push<'_>, mut now: u64) -> u64 {
    loop {
        match flow.poll_output(&mut [0; 2048]).unwrap() {
            Output::Send(_) => return now,
            Output::Event(_) => {}
            Output::Wait(until) => {
                now = until.as_millis();
                flow.handle_input(Input::Timeout, at(now)).unwrap();
            }
            Output::Done => panic!("done"),
        }
    }
}

#[test]
fn a_cancellation_ends_every_state() {
    for (name, mut flow, now) in states() {
        let error = flow.handle_input(Input::Cancel, at(now)).unwrap_err();
        assert_eq!(error, PeerError::Cancelled.into(), "{name}");
        assert!(matches!(flow.poll_output(&mut []), Ok(Output::Done)), "{name}");
        for input in [Input::Cancel, Input::Timeout, Input::Redirect("code=a"), response()] {
            assert_eq!(
                flow.handle_input(input, at(now)).unwrap_err(),
                Misuse::OutOfOrder.into(),
                "{name}"
            );
        }
    }
}

fn response() -> Input<'static> {
    Input::Response(rubrica_core::exchange::Response::new(200, &mut []))
}

#[test]
fn the_deadline_ends_every_state() {
    for (name, mut flow, now) in states() {
        let error = flow.handle_input(Input::Timeout, at(now + PATIENCE)).unwrap_err();
        let expected = match name {
            "push answered" | "poll out" | "poll answered" => PeerError::Expired,
            _ => PeerError::Unreachable,
        };
        assert_eq!(error, expected.into(), "{name}");
        assert!(matches!(flow.poll_output(&mut []), Ok(Output::Done)), "{name}");
    }
}

#[test]
fn inputs_out_of_order_change_nothing() {
    for (name, mut flow, now) in states() {
        let before = saved(&flow, now);
        let is_out = name.ends_with("out");
        assert_eq!(
            flow.handle_input(Input::Redirect("code=a"), at(now)).unwrap_err(),
            Misuse::OutOfOrder.into(),
            "{name}"
        );
        if !is_out {
            for input in [response(), Input::Failed(SendFailure::NotSent)] {
                let error = flow.handle_input(input, at(now)).unwrap_err();
                assert_eq!(error, Misuse::OutOfOrder.into(), "{name}");
            }
        }
        assert!(flow.handle_input(Input::Timeout, at(now)).unwrap().is_none(), "{name}");
        assert_eq!(saved(&flow, now), before, "{name}");
    }
}

fn saved(flow: &Push<'_>, now: u64) -> Vec<u8> {
    postcard::to_stdvec(&flow.snapshot(at(now))).unwrap()
}

#[test]
fn a_buffer_that_is_too_small_leaves_the_state_as_it_was() {
    for (name, mut flow, now) in states() {
        if name.ends_with("out") {
            continue;
        }
        let until = loop {
            match flow.poll_output(&mut []) {
                Ok(Output::Event(_)) => {}
                Ok(Output::Wait(until)) => break until.as_millis(),
                _ => break now,
            }
        };
        if until > now {
            flow.handle_input(Input::Timeout, at(until)).unwrap();
        }
        let before = saved(&flow, until);
        let Err(Error::Resource(ResourceError::BufferTooSmall { needed })) =
            flow.poll_output(&mut [])
        else {
            panic!("{name}: no request is due")
        };
        for size in (0..needed).step_by(7).chain([needed - 1]) {
            let error = flow.poll_output(&mut vec![0; size]).unwrap_err();
            assert_eq!(error, ResourceError::BufferTooSmall { needed }.into(), "{name}");
            assert_eq!(error.advice(), Advice::EnlargeBuffer);
        }
        assert_eq!(saved(&flow, until), before, "{name}");
        assert!(matches!(flow.poll_output(&mut vec![0; needed]), Ok(Output::Send(_))), "{name}");
    }
}

#[test]
fn a_saved_flow_goes_on_from_every_state_to_the_same_grant() {
    for (name, flow, now) in states() {
        for pause in [0, 5_000] {
            let bytes = saved(&flow, now);
            let snapshot = postcard::from_bytes(&bytes).unwrap();
            let elapsed = Elapsed::Known(Duration::from_millis(pause));
            // Another process's clock begins anywhere.
            let start = 77;
            let mut flow =
                Push::resume(application(), authorization(SCOPE), snapshot, elapsed, at(start))
                    .unwrap();
            let answer = |sent: &Sent| match sent.path_and_query().0 {
                url if url.ends_with("/authorize") => notified().into(),
                url if url.ends_with("/token") => token(SCOPE).into(),
                _ => Answer::from(approved()),
            };
            let run = authorize(&mut flow, start, answer, &[]);
            assert_eq!(run.end.as_ref().unwrap().token(), TOKEN, "{name}");
            // S22: the poll before the interruption may have been a moment ago.
            assert!(run.sent[0].0 >= start + 1_000, "{name}");
            assert_paced(&run);
        }
    }
}

#[test]
fn a_saved_flow_serves_json_as_well() {
    for (name, flow, now) in states() {
        let text = serde_json::to_string(&flow.snapshot(at(now))).unwrap();
        let snapshot = serde_json::from_str(&text).unwrap();
        let elapsed = Elapsed::Known(Duration::ZERO);
        let resumed =
            Push::resume(application(), authorization(SCOPE), snapshot, elapsed, at(now)).unwrap();
        assert_eq!(saved(&resumed, now), saved(&flow, now), "{name}");
    }
}

#[test]
fn s40_a_saved_flow_whose_time_ran_out_or_is_unknown_has_expired() {
    for elapsed in [Elapsed::Unknown, Elapsed::Known(Duration::from_millis(PATIENCE))] {
        let (_, flow, now) = states().remove(4);
        let snapshot = flow.snapshot(at(now));
        let mut flow =
            Push::resume(application(), authorization(SCOPE), snapshot, elapsed, at(0)).unwrap();
        let run = authorize(&mut flow, 0, script([approved()]), &[]);
        assert_eq!(run.end.unwrap_err(), PeerError::Expired.into());
        assert!(run.sent.is_empty());
    }
}

#[test]
fn another_version_is_refused_on_resumption() {
    let version = saved(&push(), 0)[0];
    for other in [version - 1, version + 1] {
        let mut bytes = saved(&push(), 0);
        bytes[0] = other;
        let snapshot = postcard::from_bytes(&bytes).unwrap();
        let elapsed = Elapsed::Known(Duration::ZERO);
        let error = Push::resume(application(), authorization(SCOPE), snapshot, elapsed, at(0))
            .unwrap_err();
        assert_eq!(error, Misuse::Snapshot.into());
        assert_eq!(error.advice(), Advice::StartAgain);
    }
}

#[test]
fn a_push_needs_a_holder_a_provider_that_pushes_and_entropy() {
    let start = |authorization, entropy| {
        Push::new(application(), authorization, &entropy, Duration::from_secs(1), at(0)).err()
    };
    let without = Authorization { holder: None, ..authorization(SCOPE) };
    assert_eq!(start(without, entropy(1)), Some(Misuse::Field("holder").into()));
    let mut constant = entropy(1);
    constant.verifier = [7; 32];
    assert_eq!(start(authorization(SCOPE), constant), Some(Misuse::Entropy.into()));
    let mut constant = entropy(1);
    constant.state = [0; 32];
    assert_eq!(start(authorization(SCOPE), constant), Some(Misuse::Entropy.into()));
    let long = Authorization { lifetime: Some(604_801), ..authorization(SCOPE) };
    assert_eq!(start(long, entropy(1)), Some(Misuse::Lifetime.into()));
}

#[test]
fn events_tell_until_when_the_holder_may_approve() {
    let mut flow = push();
    let now = advance_to_send(&mut flow, 0);
    flow.handle_input(Input::Response(notified().response()), at(now + 500)).unwrap();
    let Ok(Output::Event(PushEvent::ApproveOnPhone { until })) = flow.poll_output(&mut []) else {
        panic!("no event")
    };
    assert_eq!(until, at(PATIENCE));
}
