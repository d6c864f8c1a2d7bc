//! Signing: batches, identifiers, pace and refusals, on a virtual clock. What may have been signed
//! without an answer is `flows_doubt.rs`.

use rubrica_core::advice::Advice;
use rubrica_core::document::Digest;
use rubrica_core::error::{
    Document, Error, Flaw, Malformed, Mismatch, Misuse, PeerError, ResourceError,
};
use rubrica_core::flow::{Flow, Input, Output};
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{Content, Format, Item, Order, Padding, Signing, SigningEvent, VIDAAS};
use rubrica_core::time::Duration;
use rubrica_tests::capture::{Reply, Sent};
use rubrica_tests::drive::{Answer, NOT_SENT, Signer, grant, script};
use rubrica_tests::orders::{digest, order};
use rubrica_tests::setting::{application, at};
use rubrica_tests::wire::{asked, entry, refusal, signature, signed, signed_as};
use serde_json::{Value, json};

const SESSION: Scope = Scope::SignatureSession;

/// What the flow is given.
const PATIENCE: u64 = 600_000;

fn signing(documents: usize) -> Signing<'static> {
    let patience = Duration::from_millis(PATIENCE);
    Signing::new(application(), order(documents), patience, 7, at(0)).unwrap()
}

/// Signs so many documents with grants of this scope.
fn run(scope: Scope, documents: usize, answer: impl FnMut(&Sent) -> Answer) -> Signer {
    let mut signer = Signer::new(scope, documents);
    signer.run(&mut signing(documents), answer);
    signer
}

fn well(sent: &Sent) -> Answer {
    signed(sent).into()
}

/// One document's signature is the one of its own digest, for each.
fn assert_signed(signer: &Signer) {
    for (number, bytes) in signer.signatures().iter().enumerate() {
        assert_eq!(*bytes, signature(digest(number).as_bytes()), "document {number}");
    }
}

#[test]
fn batches_are_as_large_as_scope_and_provider_allow() {
    for (scope, documents, batches, grants) in [
        (Scope::SingleSignature, 1, vec![1], 1),
        (Scope::SingleSignature, 2, vec![1, 1], 2),
        (Scope::SingleSignature, 20, vec![1; 20], 20),
        (Scope::SingleSignature, 21, vec![1; 21], 21),
        (Scope::SingleSignature, 45, vec![1; 45], 45),
        (Scope::MultiSignature, 1, vec![1], 1),
        (Scope::MultiSignature, 2, vec![2], 1),
        (Scope::MultiSignature, 20, vec![20], 1),
        (Scope::MultiSignature, 21, vec![20, 1], 2),
        (Scope::MultiSignature, 45, vec![20, 20, 5], 3),
        (Scope::SignatureSession, 1, vec![1], 1),
        (Scope::SignatureSession, 2, vec![2], 1),
        (Scope::SignatureSession, 20, vec![20], 1),
        (Scope::SignatureSession, 21, vec![20, 1], 1),
        (Scope::SignatureSession, 45, vec![20, 20, 5], 1),
    ] {
        let signer = run(scope, documents, well);
        let sizes: Vec<usize> = signer.sent.iter().map(|(_, sent)| asked(sent).len()).collect();
        assert_eq!(sizes, batches, "{scope:?} {documents}");
        assert_eq!(signer.asked, grants, "{scope:?} {documents}");
        assert_signed(&signer);
        let ids: Vec<String> =
            signer.sent.iter().flat_map(|(_, sent)| asked(sent)).map(|(id, _)| id).collect();
        assert!(ids.iter().enumerate().all(|(number, id)| *id == number.to_string()));
    }
}

#[test]
fn s10_a_token_that_one_request_spends_is_sent_once() {
    for scope in [Scope::SingleSignature, Scope::MultiSignature] {
        let signer = run(scope, 45, well);
        let mut tokens: Vec<_> =
            signer.sent.iter().map(|(_, sent)| sent.bearer.clone().unwrap()).collect();
        let count = tokens.len();
        tokens.dedup();
        assert_eq!(tokens.len(), count);
    }
}

#[test]
fn s31_identifiers_are_mapped_exactly_in_whatever_order_the_reply_has_them() {
    let arrangements: [fn(&mut Vec<Value>); 4] = [
        |_| {},
        |entries| entries.reverse(),
        |entries| entries.rotate_left(3),
        |entries| {
            let half = entries.len() / 2;
            let (first, second) = entries.split_at_mut(half);
            first.swap_with_slice(&mut second[..half]);
        },
    ];
    for arrange in arrangements {
        let signer = run(SESSION, 45, |sent| {
            let mut entries: Vec<Value> =
                asked(sent).iter().map(|(id, digest)| entry(id, digest)).collect();
            arrange(&mut entries);
            signed_as(entries).into()
        });
        assert_signed(&signer);
    }
}

#[test]
fn s31_identifiers_that_come_back_as_numbers_are_the_same_identifiers() {
    let signer = run(SESSION, 12, |sent| {
        let mut reply = signed(sent);
        let text = String::from_utf8(reply.body).unwrap();
        let text = (0..12).fold(text, |text, id| {
            text.replace(&format!("\"id\":\"{id}\""), &format!("\"id\":{id}"))
        });
        assert!(text.contains("\"id\":11"));
        reply.body = text.into_bytes();
        reply.into()
    });
    assert_signed(&signer);
}

#[test]
fn s31_a_reply_with_other_identifiers_gives_no_signature_at_all() {
    type Tamper = fn(&mut Vec<Value>);
    let tampers: [(&str, Tamper); 6] = [
        ("missing", |entries| drop(entries.pop())),
        ("none", Vec::clear),
        ("extra", |entries| entries.push(entry("99", b"x"))),
        ("twice", |entries| entries[1] = entries[0].clone()),
        ("twice beside all", |entries| entries.push(entries[0].clone())),
        ("foreign", |entries| entries[0] = entry("99", b"x")),
    ];
    for (name, tamper) in tampers {
        let mut first = true;
        let signer = run(SESSION, 23, |sent| {
            let mut entries: Vec<Value> =
                asked(sent).iter().map(|(id, digest)| entry(id, digest)).collect();
            if core::mem::take(&mut first) {
                tamper(&mut entries);
            }
            signed_as(entries).into()
        });
        let errors = signer.errors();
        assert_eq!(errors[..20], [Some(PeerError::Mismatch(Mismatch::Ids)); 20], "{name}");
        assert_eq!(errors[20..], [None; 3], "{name}: the next request is not concerned");
    }
}

#[test]
fn a_signature_that_is_missing_or_broken_fails_its_document_alone() {
    let malformed =
        |flaw| Some(PeerError::Malformed(Malformed { document: Document::Signature, flaw }));
    for (broken, expected) in [
        (json!({ "id": "3" }), Flaw::Missing("raw_signature")),
        (json!({ "id": "3", "raw_signature": null }), Flaw::Missing("raw_signature")),
        (json!({ "id": "3", "raw_signature": "" }), Flaw::Missing("raw_signature")),
        (json!({ "id": "3", "raw_signature": 7 }), Flaw::WrongType("raw_signature")),
        (json!({ "id": "3", "raw_signature": "a base64" }), Flaw::Invalid("raw_signature")),
        (json!({ "id": "3", "error": "document refused" }), Flaw::Missing("raw_signature")),
    ] {
        let signer = run(SESSION, 6, |sent| {
            let mut entries: Vec<Value> =
                asked(sent).iter().map(|(id, digest)| entry(id, digest)).collect();
            entries[3] = broken.clone();
            signed_as(entries).into()
        });
        let errors = signer.errors();
        assert_eq!(errors[3], malformed(expected));
        assert_eq!(errors.iter().flatten().count(), 1);
    }
}

#[test]
fn line_ends_in_base64_are_the_services_and_no_fault() {
    let signer = run(SESSION, 2, |sent| {
        let mut reply = signed(sent);
        let text = String::from_utf8(reply.body).unwrap();
        reply.body = text.replace("\"c2ln", "\"c2\\r\\nln").replace("==\"", "==\\r\\n\"").into();
        assert!(reply.body.windows(4).any(|window| window == b"\\r\\n"));
        reply.into()
    });
    assert_signed(&signer);
}

#[test]
fn s34_another_certificate_than_the_one_asked_for_is_refused() {
    let order = Order { certificate_alias: Some("MINE"), ..*order(2) };
    let patience = Duration::from_millis(PATIENCE);
    let mut flow = Signing::new(application(), &order, patience, 7, at(0)).unwrap();
    let mut signer = Signer::new(SESSION, 2);
    signer.run(&mut flow, well);
    assert_eq!(signer.errors(), [Some(PeerError::Mismatch(Mismatch::Certificate)); 2]);
    assert_eq!(signer.sent[0].1.json()["certificate_alias"], "MINE");
}

#[test]
fn a_401_asks_for_another_grant_once_and_is_the_outcome_the_second_time() {
    let unauthorized = || Answer::from(refusal(401, "invalid_token"));
    let mut answers = [true, false].into_iter();
    let signer = run(SESSION, 3, |sent| {
        if answers.next().unwrap_or_default() { unauthorized() } else { well(sent) }
    });
    assert_eq!((signer.asked, signer.sent.len()), (2, 2));
    assert_signed(&signer);

    let signer = run(SESSION, 23, |_| unauthorized());
    assert_eq!(signer.errors(), [Some(PeerError::Unauthorized); 23]);
    assert_eq!(Error::from(PeerError::Unauthorized).advice(), Advice::AuthorizeAgain);
    // Two for each request, and none of them sent after it was called invalid.
    let tokens: Vec<_> = signer.sent.iter().map(|(_, sent)| sent.bearer.as_deref()).collect();
    let expected = ["canary-token-1", "canary-token-2", "canary-token-3", "canary-token-4"];
    assert_eq!(tokens, expected.map(Some));
}

#[test]
fn a_refusal_fails_its_batch_and_the_next_one_is_asked_for() {
    let mut first = true;
    let signer = run(SESSION, 21, |sent| {
        if core::mem::take(&mut first) { refusal(400, "invalid_hash").into() } else { well(sent) }
    });
    let errors = signer.errors();
    assert!(matches!(errors[0], Some(PeerError::Refused(refusal)) if refusal.status == 400));
    assert_eq!(errors[20], None);
    assert_eq!(signer.sent.len(), 2);
}

#[test]
fn s25_a_reply_that_is_no_json_is_never_asked_for_again() {
    for body in ["", "<html>", "[]", "{}", "{\"signatures\":7}", "\u{a0}{}"] {
        let signer = run(SESSION, 2, |_| Reply::ok(body).into());
        assert_eq!(signer.sent.len(), 1, "{body}");
        for error in signer.errors() {
            assert!(matches!(error, Some(PeerError::Malformed(_))), "{body}: {error:?}");
        }
    }
}

#[test]
fn s24_a_service_that_puts_off_is_asked_again_when_it_says() {
    for (reply, least) in [
        (Reply::new(429, "To many requests"), 1_000),
        (Reply::new(429, "To many requests").retry_after("30"), 30_000),
        (
            Reply::new(503, "")
                .retry_after("Sun, 06 Nov 1994 08:50:37 GMT")
                .date("Sun, 06 Nov 1994 08:49:37 GMT"),
            60_000,
        ),
        (Reply::new(503, "<html>"), 1_000),
        (Reply::new(408, ""), 1_000),
        (Reply::new(425, ""), 1_000),
    ] {
        let mut answers = [reply.clone()].into_iter();
        let signer =
            run(SESSION, 2, |sent| answers.next().map_or_else(|| well(sent), Answer::from));
        assert_signed(&signer);
        let wait = signer.sent[1].0 - signer.sent[0].0;
        assert!((least..least + 2_000).contains(&wait), "{reply:?}: {wait}");
        assert_eq!(signer.asked, 1, "the grant is not spent");
    }
}

#[test]
fn s24_a_service_that_never_comes_back_fails_what_is_left_after_six_tries() {
    for (answer, expected) in [
        (Answer::from(Reply::new(429, "")), PeerError::Throttled { retry_after: None }),
        (Reply::new(503, "").into(), PeerError::Unavailable { status: 503, retry_after: None }),
        (NOT_SENT, PeerError::Unreachable),
    ] {
        let signer = run(SESSION, 21, script([answer]));
        assert_eq!(signer.sent.len(), 6);
        assert_eq!(signer.errors(), [Some(expected); 21]);
        assert_eq!(
            Error::from(expected).advice(),
            if expected == PeerError::Unreachable {
                Advice::CheckNetwork
            } else {
                Advice::TryLater
            }
        );
    }
}

#[test]
fn s10_a_request_that_never_left_goes_out_with_the_same_token() {
    let mut answers = [NOT_SENT].into_iter();
    let signer =
        run(Scope::SingleSignature, 1, |sent| answers.next().unwrap_or_else(|| well(sent)));
    assert_signed(&signer);
    assert_eq!((signer.sent.len(), signer.asked), (2, 1));
}

#[test]
fn a_sessions_grant_serves_the_next_order_and_a_spent_one_does_not() {
    for (scope, left) in [(SESSION, true), (Scope::MultiSignature, false)] {
        let mut flow = signing(2);
        let mut signer = Signer::new(scope, 2);
        signer.run(&mut flow, well);
        let grant = flow.take_grant();
        assert_eq!(grant.is_some(), left);
        assert!(flow.take_grant().is_none());
        let Some(grant) = grant else { continue };
        let mut next = signing(1);
        next.authorize(grant, at(signer.now)).unwrap();
        let mut signer = Signer::new(scope, 1);
        signer.run(&mut next, well);
        assert_eq!(signer.asked, 0);
        assert_signed(&signer);
    }
}

#[test]
fn a_wait_beyond_the_deadline_is_not_begun() {
    let reply = Reply::new(503, "").retry_after("601");
    let signer = run(SESSION, 2, script([reply]));
    let retry_after = Some(Duration::from_secs(601));
    let expected = PeerError::Unavailable { status: 503, retry_after };
    assert_eq!(signer.errors(), [Some(expected); 2]);
    assert!(signer.now < 1_000);
}

#[test]
fn a_grant_that_never_comes_lets_the_order_expire_on_time() {
    let mut signer = Signer::new(SESSION, 2);
    signer.grants = 0;
    signer.run(&mut signing(2), well);
    assert_eq!((signer.asked, signer.now), (1, PATIENCE));
    assert_eq!(signer.errors(), [Some(PeerError::Expired); 2]);
}

#[test]
fn past_the_deadline_no_request_goes_out() {
    // Each answer takes five minutes.
    let mut flow = signing(45);
    let mut outcomes = Vec::new();
    flow.authorize(grant("token", SESSION, 0), at(0)).unwrap();
    let (mut now, mut buffer) = (0, vec![0; 8192]);
    loop {
        let output = flow.poll_output(&mut buffer).unwrap();
        let gain = match output {
            Output::Send(request) => {
                assert!(now < PATIENCE, "a request at {now}");
                let mut reply = signed(&Sent::plain(&request));
                now += 300_000;
                let gain = flow.handle_input(Input::Response(reply.response()), at(now)).unwrap();
                gain.map(|batch| (batch.items, batch.outcome.err()))
            }
            Output::Wait(until) => {
                now = now.max(until.as_millis());
                let gain = flow.handle_input(Input::Timeout, at(now)).unwrap();
                gain.map(|batch| (batch.items, batch.outcome.err()))
            }
            Output::Event(SigningEvent::Authorize) => {
                flow.authorize(grant("token", SESSION, now), at(now)).unwrap();
                None
            }
            Output::Event(other) => panic!("{other:?}"),
            Output::Done => break,
        };
        outcomes.extend(gain);
    }
    let expired = Some(PeerError::Expired.into());
    assert_eq!(outcomes, [(0..20, None), (20..40, None), (40..45, expired)]);
}

#[test]
fn requests_keep_to_the_holders_hundred_a_minute() {
    let signer = run(Scope::SingleSignature, 230, well);
    assert_signed(&signer);
    let moments: Vec<u64> = signer.sent.iter().map(|(moment, _)| *moment).collect();
    for (place, start) in moments.iter().enumerate() {
        let within = moments[place..].iter().take_while(|&&each| each < start + 60_000).count();
        assert!(within <= 100, "{within} requests in a minute");
    }
}

#[test]
fn a_grant_that_permits_no_signature_or_comes_at_the_wrong_time_is_refused() {
    let mut flow = signing(1);
    let login = grant("token", Scope::AuthenticationSession, 0);
    assert_eq!(flow.authorize(login, at(0)), Err(Misuse::Field("scope").into()));
    flow.authorize(grant("token", SESSION, 0), at(0)).unwrap();
    assert!(matches!(flow.poll_output(&mut [0; 2048]), Ok(Output::Send(_))));
    let again = grant("token", SESSION, 0);
    assert_eq!(flow.authorize(again, at(0)), Err(Misuse::OutOfOrder.into()));
}

#[test]
fn a_grant_that_expired_on_the_way_is_not_sent() {
    let mut flow = signing(1);
    assert!(matches!(flow.poll_output(&mut []), Ok(Output::Event(SigningEvent::Authorize))));
    flow.authorize(grant("token", SESSION, 0), at(895_000).min(at(500_000))).unwrap();
    assert!(flow.handle_input(Input::Timeout, at(599_000)).unwrap().is_none());
    assert!(matches!(flow.poll_output(&mut [0; 2048]), Ok(Output::Send(_))), "alive");

    let mut flow = signing(1);
    flow.poll_output(&mut []).unwrap();
    let short = rubrica_core::oauth::grant::Grant::new(
        rubrica_core::secret::Secret::new("token", "token").unwrap(),
        SESSION,
        Duration::from_secs(60),
        None,
        at(0),
    );
    flow.authorize(short, at(55_000)).unwrap();
    assert!(matches!(flow.poll_output(&mut []), Ok(Output::Event(SigningEvent::Authorize))));
}

#[test]
fn a_buffer_that_is_too_small_leaves_the_state_as_it_was() {
    let mut flow = signing(20);
    flow.poll_output(&mut []).unwrap();
    flow.authorize(grant("token", SESSION, 0), at(0)).unwrap();
    let before = postcard::to_stdvec(&flow.snapshot(at(0))).unwrap();
    let Err(Error::Resource(ResourceError::BufferTooSmall { needed })) = flow.poll_output(&mut [])
    else {
        panic!("no request is due")
    };
    for size in (0..needed).step_by(13).chain([needed - 1]) {
        let error = flow.poll_output(&mut vec![0; size]).unwrap_err();
        assert_eq!(error, ResourceError::BufferTooSmall { needed }.into());
    }
    assert_eq!(postcard::to_stdvec(&flow.snapshot(at(0))).unwrap(), before);
    assert!(matches!(flow.poll_output(&mut vec![0; needed]), Ok(Output::Send(_))));
}

/// Everything that the provider would refuse is refused before the holder is asked.
#[test]
fn an_order_that_cannot_succeed_is_refused_before_it_begins() {
    let item = order(1).items[0];
    let check = |items: &[Item<'_>], change: fn(&mut Order<'_>)| {
        let mut order = Order {
            items,
            format: Format::Cms,
            padding: None,
            signature_page: false,
            certificate_alias: None,
        };
        change(&mut order);
        order.check(&VIDAAS).map_err(|error| match error {
            Error::Misuse(misuse) => misuse,
            other => panic!("{other:?}"),
        })
    };
    let with = |content| [Item { content, ..item }];
    let document = |length| with(Content::Document { length, digest: None });
    let pades = |order: &mut Order<'_>| order.format = Format::PadesAdRb;
    assert_eq!(check(&[item], |_| {}), Ok(()));
    assert_eq!(check(&[], |_| {}), Err(Misuse::EmptyDocument));
    let nothing = with(Content::Digest(Digest::OF_NOTHING));
    assert_eq!(check(&nothing, |_| {}), Err(Misuse::EmptyDocument));
    assert_eq!(check(&document(0), pades), Err(Misuse::EmptyDocument));
    assert_eq!(check(&document(7 * 1024 * 1024), pades), Ok(()));
    assert_eq!(check(&document(7 * 1024 * 1024 + 1), pades), Err(Misuse::DocumentTooLarge));
    assert_eq!(check(&[item], pades), Err(Misuse::Field("base64_content")));
    assert_eq!(check(&[item, item], |_| {}), Err(Misuse::DuplicateId));
    assert_eq!(check(&[Item { id: "", ..item }], |_| {}), Err(Misuse::Field("id")));
    assert_eq!(check(&[Item { id: "a\nb", ..item }], |_| {}), Err(Misuse::Field("id")));
    let (longest, longer) = ("x".repeat(255), "x".repeat(256));
    assert_eq!(check(&[Item { alias: &longest, ..item }], |_| {}), Ok(()));
    assert_eq!(check(&[Item { alias: &longer, ..item }], |_| {}), Err(Misuse::Field("alias")));
    assert_eq!(
        check(&[item], |order| order.padding = Some(Padding::Pss)),
        Err(Misuse::NotOffered("PSS"))
    );
    assert_eq!(
        check(&[item], |order| order.signature_page = true),
        Err(Misuse::Field("pdf_signature_page"))
    );
    for misuse in [Misuse::EmptyDocument, Misuse::DuplicateId, Misuse::DocumentTooLarge] {
        assert_eq!(Error::from(misuse).advice(), Advice::FixRequest);
    }
}
