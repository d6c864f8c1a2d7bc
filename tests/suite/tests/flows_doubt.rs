//! Signing: what may have been signed without an answer, cancellation, and resumption.

use rubrica_core::advice::Advice;
use rubrica_core::error::{Error, Misuse, PeerError};
use rubrica_core::flow::{Flow, Input, Output, SendFailure};
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{Resolution, Signing, SigningEvent, SigningSnapshot};
use rubrica_core::time::{Duration, Elapsed, Instant};
use rubrica_tests::capture::{Reply, Sent};
use rubrica_tests::drive::{Answer, Signer, UNANSWERED, grant};
use rubrica_tests::orders::{digest, order};
use rubrica_tests::setting::{CANARY, application, at};
use rubrica_tests::wire::{asked, signature, signed};

const SESSION: Scope = Scope::SignatureSession;

/// What the flow is given.
const PATIENCE: u64 = 600_000;

const SCOPES: [Scope; 3] = [Scope::SingleSignature, Scope::MultiSignature, Scope::SignatureSession];

fn signing(documents: usize) -> Signing<'static> {
    let patience = Duration::from_millis(PATIENCE);
    Signing::new(application(), order(documents), patience, 7, at(0)).unwrap()
}

fn well(sent: &Sent) -> Answer {
    signed(sent).into()
}

/// A service that answers well but for its first answers.
fn after(answers: impl IntoIterator<Item = Answer>) -> impl FnMut(&Sent) -> Answer {
    let mut answers = answers.into_iter();
    move |sent| answers.next().unwrap_or_else(|| well(sent))
}

fn assert_signed(signer: &Signer) {
    for (number, bytes) in signer.signatures().iter().enumerate() {
        assert_eq!(*bytes, signature(digest(number).as_bytes()), "document {number}");
    }
}

/// How often each document went out.
fn times(signer: &Signer, documents: usize) -> Vec<usize> {
    let mut times = vec![0; documents];
    for (id, _) in signer.sent.iter().flat_map(|(_, sent)| asked(sent)) {
        times[id.parse::<usize>().unwrap()] += 1;
    }
    times
}

/// The ways in which an answer can be lost after the request may have signed.
fn losses() -> [Answer; 3] {
    [UNANSWERED, Reply::new(502, "<html>").into(), Reply::new(504, "").into()]
}

#[test]
fn a_request_without_an_answer_waits_for_the_hosts_word_and_for_nothing_else() {
    for loss in losses() {
        let mut signer = Signer::new(SESSION, 23);
        let mut flow = signing(23);
        signer.run(&mut flow, after([loss]));
        assert_eq!(signer.doubts, [(0, 20)]);
        assert_eq!(signer.sent.len(), 1);
        assert!(signer.outcomes.iter().all(Option::is_none));
        for later in [1_000, PATIENCE, 100 * PATIENCE] {
            let gain = flow.handle_input(Input::Timeout, at(later)).unwrap();
            assert!(gain.is_none());
            let output = flow.poll_output(&mut []).unwrap();
            assert!(matches!(output, Output::Wait(Instant::NEVER)));
        }
        let again = flow.authorize(grant("token", SESSION, 0), at(0));
        assert_eq!(again, Err(Misuse::OutOfOrder.into()));
    }
}

#[test]
fn documents_in_doubt_that_are_left_have_that_outcome_and_the_rest_is_signed() {
    for loss in losses() {
        let mut signer = Signer::new(SESSION, 23);
        signer.resolutions.push_back(Resolution::Abandon);
        signer.run(&mut signing(23), after([loss]));
        assert_eq!(times(&signer, 23), [1; 23]);
        let errors = signer.errors();
        assert_eq!(errors[..20], [Some(PeerError::InDoubt); 20]);
        assert_eq!(errors[20..], [None; 3]);
        assert_eq!(Error::from(PeerError::InDoubt).advice(), Advice::Resolve);
    }
}

#[test]
fn documents_in_doubt_are_signed_again_on_the_hosts_word_alone() {
    for loss in losses() {
        for scope in SCOPES {
            let mut signer = Signer::new(scope, 3);
            signer.resolutions.extend([Resolution::SignAgain; 2]);
            signer.run(&mut signing(3), after([loss.clone(), loss.clone()]));
            assert_signed(&signer);
            assert_eq!(signer.doubts.len(), 2);
            assert_eq!(times(&signer, 3)[0], 3);
        }
    }
}

#[test]
fn s10_a_token_that_may_have_been_spent_is_not_sent_again() {
    for loss in losses() {
        for scope in [Scope::SingleSignature, Scope::MultiSignature] {
            let mut signer = Signer::new(scope, 2);
            signer.resolutions.push_back(Resolution::SignAgain);
            signer.run(&mut signing(2), after([loss.clone()]));
            let tokens: Vec<_> =
                signer.sent.iter().map(|(_, sent)| sent.bearer.clone().unwrap()).collect();
            assert_ne!(tokens[0], tokens[1], "{scope:?} after {loss:?}");
        }
    }
}

#[test]
fn an_answer_that_is_still_out_at_the_deadline_is_in_doubt() {
    let mut flow = sent(SESSION, 2);
    assert!(flow.handle_input(Input::Timeout, at(PATIENCE - 1)).unwrap().is_none());
    assert!(matches!(flow.poll_output(&mut []), Ok(Output::Wait(until)) if until == at(PATIENCE)));
    assert!(flow.handle_input(Input::Timeout, at(PATIENCE)).unwrap().is_none());
    let Ok(Output::Event(SigningEvent::InDoubt(items))) = flow.poll_output(&mut []) else {
        panic!("no doubt")
    };
    assert_eq!(items, 0..2);
}

/// A flow whose first request is out.
fn sent(scope: Scope, documents: usize) -> Signing<'static> {
    let mut flow = signing(documents);
    flow.authorize(grant("canary-token", scope, 0), at(0)).unwrap();
    assert!(matches!(flow.poll_output(&mut [0; 8192]), Ok(Output::Send(_))));
    flow
}

/// A flow that has just handled an input in which its request failed.
fn doubted(scope: Scope, documents: usize) -> Signing<'static> {
    let mut flow = sent(scope, documents);
    flow.handle_input(Input::Failed(SendFailure::Unanswered), at(1)).unwrap();
    flow
}

/// The outcomes that a cancellation and the timeouts after it bring, in ranges.
fn cancel(flow: &mut Signing<'_>) -> Vec<(core::ops::Range<usize>, Error)> {
    let mut outcomes = Vec::new();
    let mut input = Some(Input::Cancel);
    loop {
        if let Some(input) = input.take() {
            let gain = flow.handle_input(input, at(50)).unwrap();
            outcomes.extend(gain.map(|batch| (batch.items, batch.outcome.err().unwrap())));
        }
        match flow.poll_output(&mut [0; 8192]).unwrap() {
            Output::Done => return outcomes,
            Output::Wait(until) => {
                assert!(until <= at(50), "a cancelled flow waits until {until:?}");
                input = Some(Input::Timeout);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_cancellation_gives_each_document_one_outcome_in_every_state() {
    let cancelled = || Error::from(PeerError::Cancelled);
    let doubt = || Error::from(PeerError::InDoubt);
    assert_eq!(cancel(&mut signing(45)), [(0..45, cancelled())]);
    let mut waiting = signing(45);
    waiting.poll_output(&mut []).unwrap();
    assert_eq!(cancel(&mut waiting), [(0..45, cancelled())]);
    let mut authorized = signing(45);
    authorized.authorize(grant("token", SESSION, 0), at(0)).unwrap();
    assert_eq!(cancel(&mut authorized), [(0..45, cancelled())]);
    for mut flow in [sent(SESSION, 45), doubted(SESSION, 45)] {
        assert_eq!(cancel(&mut flow), [(0..20, doubt()), (20..45, cancelled())]);
    }
    for mut flow in [sent(SESSION, 20), doubted(SESSION, 20)] {
        assert_eq!(cancel(&mut flow), [(0..20, doubt())]);
    }
    let mut done = sent(SESSION, 45);
    assert_eq!(cancel(&mut done).len(), 2);
    let error = done.handle_input(Input::Cancel, at(50)).unwrap_err();
    assert_eq!(error, Misuse::OutOfOrder.into());
}

#[test]
fn inputs_out_of_order_change_nothing() {
    let before = |flow: &Signing<'_>| postcard::to_stdvec(&flow.snapshot(at(0))).unwrap();
    for mut flow in [signing(2), doubted(SESSION, 2)] {
        let state = before(&flow);
        for input in [
            Input::Redirect("code=a"),
            Input::Failed(SendFailure::NotSent),
            Input::Response(Reply::ok("{}").response()),
        ] {
            assert_eq!(flow.handle_input(input, at(0)).err(), Some(Misuse::OutOfOrder.into()));
        }
        assert_eq!(before(&flow), state);
    }
    let mut flow = signing(2);
    let resolved = flow.resolve(Resolution::SignAgain, at(0));
    assert_eq!(resolved.err(), Some(Misuse::OutOfOrder.into()));
}

fn save(flow: &Signing<'_>) -> Vec<u8> {
    postcard::to_stdvec(&flow.snapshot(at(0))).unwrap()
}

fn resume(bytes: &[u8], documents: usize, elapsed: Elapsed) -> Result<Signing<'static>, Error> {
    let snapshot: SigningSnapshot = postcard::from_bytes(bytes).unwrap();
    let patience = Duration::from_millis(PATIENCE);
    Signing::resume(application(), order(documents), snapshot, elapsed, patience, 7, at(0))
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

const MOMENT: Elapsed = Elapsed::Known(Duration::from_millis(1));

#[test]
fn s10_the_state_that_is_saved_before_a_request_holds_no_token_that_it_spends() {
    for scope in [Scope::SingleSignature, Scope::MultiSignature] {
        for flow in [sent(scope, 2), doubted(scope, 2)] {
            assert!(!holds(&save(&flow), CANARY), "{scope:?}");
            let json = serde_json::to_vec(&flow.snapshot(at(0))).unwrap();
            assert!(!holds(&json, CANARY), "{scope:?}");
        }
    }
    // The search finds a token where there is one.
    assert!(holds(&save(&sent(SESSION, 2)), CANARY));
    let mut authorized = signing(2);
    authorized.authorize(grant("canary-token", Scope::SingleSignature, 0), at(0)).unwrap();
    assert!(holds(&save(&authorized), CANARY));
}

#[test]
fn a_saved_flow_whose_request_was_out_is_in_doubt() {
    for scope in SCOPES {
        for flow in [sent(scope, 2), doubted(scope, 2)] {
            let snapshot = flow.snapshot(at(0));
            let count = if scope == Scope::SingleSignature { 1 } else { 2 };
            assert_eq!((snapshot.next(), snapshot.in_flight()), (0, count));
            let mut flow = resume(&save(&flow), 2, MOMENT).unwrap();
            let mut signer = Signer::new(scope, 2);
            signer.run(&mut flow, |_| panic!("a request without the host's word"));
            assert_eq!(signer.doubts, [(0, count)]);
            // Saved again it is the same.
            let mut again = resume(&save(&flow), 2, MOMENT).unwrap();
            signer.resolutions.push_back(Resolution::SignAgain);
            signer.run(&mut again, well);
            assert_signed(&signer);
        }
    }
}

#[test]
fn a_flow_that_is_saved_before_every_request_loses_and_doubles_nothing() {
    for scope in SCOPES {
        // The process ends as each request leaves; the service has signed it or not.
        for stop in 0..4 {
            let mut signer = Signer::new(scope, 45);
            signer.run(&mut signing(45), well);
            let Some(snapshot) = signer.journal.get(stop) else { continue };
            let (next, end) = (snapshot.next(), snapshot.next() + snapshot.in_flight());
            let bytes = postcard::to_stdvec(snapshot).unwrap();
            let mut rest = Signer::new(scope, 45);
            rest.resolutions.push_back(Resolution::Abandon);
            rest.run(&mut resume(&bytes, 45, MOMENT).unwrap(), well);
            assert_eq!(rest.doubts, [(next, end)]);
            let times = times(&rest, 45);
            assert!(times[..end].iter().all(|&times| times == 0));
            assert!(times[end..].iter().all(|&times| times == 1));
            assert!(rest.outcomes[..next].iter().all(Option::is_none));
            assert!(rest.outcomes[next..].iter().all(Option::is_some));
        }
    }
}

#[test]
fn a_saved_flow_goes_on_where_it_stood() {
    let mut flow = sent(SESSION, 45);
    let mut reply = Vec::new();
    for number in 0..20 {
        reply.push(rubrica_tests::wire::entry(&number.to_string(), digest(number).as_bytes()));
    }
    let mut reply = rubrica_tests::wire::signed_as(reply);
    let batch = flow.handle_input(Input::Response(reply.response()), at(0)).unwrap().unwrap();
    assert_eq!(batch.items, 0..20);
    let bytes = save(&flow);
    let mut signer = Signer::new(SESSION, 45);
    signer.run(&mut resume(&bytes, 45, MOMENT).unwrap(), well);
    let ids: Vec<String> =
        signer.sent.iter().flat_map(|(_, sent)| asked(sent)).map(|(id, _)| id).collect();
    assert_eq!(ids, (20..45).map(|id| id.to_string()).collect::<Vec<_>>());
    assert_eq!(signer.asked, 0, "the saved grant serves");
    assert_eq!(signer.sent[0].1.bearer.as_deref(), Some("canary-token"));
}

#[test]
fn s40_a_saved_grant_whose_time_ran_out_or_is_unknown_is_asked_for_again() {
    let mut authorized = signing(1);
    authorized.authorize(grant("canary-token", SESSION, 0), at(0)).unwrap();
    for elapsed in [Elapsed::Unknown, Elapsed::Known(Duration::from_secs(900))] {
        let mut signer = Signer::new(SESSION, 1);
        signer.run(&mut resume(&save(&authorized), 1, elapsed).unwrap(), well);
        assert_eq!(signer.asked, 1);
        assert_signed(&signer);
    }
}

#[test]
fn a_saved_flow_that_was_done_is_done() {
    let mut flow = signing(1);
    let mut signer = Signer::new(SESSION, 1);
    signer.run(&mut flow, well);
    let mut resumed = resume(&save(&flow), 1, MOMENT).unwrap();
    assert!(matches!(resumed.poll_output(&mut []), Ok(Output::Done)));
    assert!(!holds(&save(&flow), CANARY), "the token of a session is kept beyond its use");
}

#[test]
fn s37_another_order_or_another_version_is_refused_on_resumption() {
    let bytes = save(&sent(SESSION, 2));
    let misfit = Some(Error::from(Misuse::Snapshot));
    assert!(resume(&bytes, 2, MOMENT).is_ok());
    assert_eq!(resume(&bytes, 1, MOMENT).err(), misfit);
    assert_eq!(resume(&bytes, 3, MOMENT).err(), misfit);
    let mut other = bytes.clone();
    other[0] += 1;
    assert_eq!(resume(&other, 2, MOMENT).err(), misfit);
    // More documents than there are: `next` stands behind the version and the order's digest.
    for place in [33, 34] {
        for value in [3, 120] {
            let mut other = bytes.clone();
            other[place] = value;
            assert_eq!(resume(&other, 2, MOMENT).err(), misfit, "{place}");
        }
    }

    let order = order(2);
    let patience = Duration::from_millis(PATIENCE);
    let mut items = order.items.to_vec();
    items.swap(0, 1);
    let changes = [
        rubrica_core::psc::Order { items: &items, ..*order },
        rubrica_core::psc::Order { format: rubrica_core::psc::Format::Raw, ..*order },
        rubrica_core::psc::Order { certificate_alias: Some("other"), ..*order },
    ];
    for changed in &changes {
        let snapshot = postcard::from_bytes(&bytes).unwrap();
        let flow = Signing::resume(application(), changed, snapshot, MOMENT, patience, 7, at(0));
        assert_eq!(flow.err(), misfit);
    }
}
