//! Secrets that do not show: whatever prints, and whatever is left when a flow is over.

use core::fmt::Debug;

use rubrica_core::codec::percent::Form;
use rubrica_core::error::{Document, Error};
use rubrica_core::exchange::Exchange;
use rubrica_core::flow::{Flow, Input, Output};
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::pkce::Verifier;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::oauth::state::State;
use rubrica_core::psc::{
    Certificate, CertificateDiscovery, Push, Redirect, SignatureRequest, Signing, SigningEvent,
};
use rubrica_core::time::Duration;
use rubrica_tests::capture::Reply;
use rubrica_tests::drive::grant;
use rubrica_tests::exchanges::all;
use rubrica_tests::orders::order;
use rubrica_tests::setting::{
    CANARY, CLIENT_SECRET, CNPJ, CPF, application, at, authorization, entropy, words,
};
use rubrica_tests::wire::{
    CODE, PUSH_CODE, TOKEN, approved, notified, pending, refusal, signed, token,
};

const SCOPE: Scope = Scope::SignatureSession;

/// Everything that may stand in no text: all that holds the canary, and the three values that are
/// made of entropy or of people.
fn secrets() -> Vec<String> {
    let verifier = Verifier::from_entropy(&entropy(1).verifier).unwrap();
    let state = State::from_entropy(&entropy(1).state).unwrap();
    let named = [CANARY, CLIENT_SECRET, PUSH_CODE, CODE, TOKEN, CPF, CNPJ];
    let mut secrets: Vec<String> = named.map(str::to_owned).to_vec();
    secrets.extend([verifier.expose().to_owned(), state.as_str().to_owned()]);
    // As a derived `Debug` of bytes would print them.
    let bytes: Vec<String> = secrets
        .iter()
        .map(|secret| {
            let numbers: Vec<String> =
                secret.bytes().take(6).map(|each| each.to_string()).collect();
            numbers.join(", ")
        })
        .collect();
    secrets.extend(bytes);
    secrets
}

fn assert_silent(what: &str, printed: &str) {
    for secret in secrets() {
        assert!(!printed.contains(&secret), "{what} shows {secret}: {printed}");
    }
}

/// Prints it in both of `Debug`'s forms.
fn assert_prints_silent(what: &str, value: &impl Debug) {
    assert_silent(what, &format!("{value:?} {value:#?}"));
}

#[test]
fn the_search_finds_what_shows() {
    let texts = [CANARY, CPF, "x canary-access-token"];
    for text in texts {
        assert!(std::panic::catch_unwind(|| assert_silent("a text", text)).is_err());
    }
    let bytes = format!("{:?}", TOKEN.as_bytes());
    assert!(std::panic::catch_unwind(|| assert_silent("bytes", &bytes)).is_err());
}

#[test]
fn s38_no_exchange_its_request_or_its_reply_prints_a_secret() {
    for probe in all() {
        assert_silent(probe.name, &probe.printed);
        let printed = (probe.read)(200, &mut probe.good.clone()).unwrap();
        assert_silent(probe.name, &printed);
    }
}

/// Drives an authorization by these replies and prints everything that can be printed on the way.
fn print_all<F>(what: &str, mut flow: F, replies: Vec<Reply>, query: &str) -> F
where
    F: for<'r> Flow<Gain<'r> = Option<Grant>> + Debug,
    for<'b> F::Event<'b>: Debug,
    F::Snapshot: Debug,
{
    let (mut buffer, mut now) = (vec![0; 4096], 0);
    let mut replies = replies.into_iter();
    loop {
        assert_prints_silent(what, &flow);
        assert_prints_silent(what, &flow.snapshot(at(now)));
        let output = flow.poll_output(&mut buffer).unwrap();
        assert_prints_silent(what, &output);
        let gain = match output {
            Output::Done => return flow,
            Output::Event(_) => continue,
            Output::Send(request) => {
                assert_prints_silent(what, &request.body);
                assert_prints_silent(what, &request.body.reader());
                let mut reply = replies.next().unwrap();
                let input = Input::Response(reply.response());
                assert_prints_silent(what, &input);
                flow.handle_input(input, at(now))
            }
            Output::Wait(until) => {
                let input = if query.is_empty() { Input::Timeout } else { Input::Redirect(query) };
                assert_prints_silent(what, &input);
                now = if query.is_empty() { until.as_millis() } else { now };
                flow.handle_input(input, at(now))
            }
        };
        match gain {
            Ok(gain) => assert_prints_silent(what, &gain),
            Err(error) => {
                assert_prints_silent(what, &error);
                assert_silent(what, &words(&error));
            }
        }
    }
}

fn push() -> Push<'static> {
    let patience = Duration::from_secs(120);
    Push::new(application(), authorization(SCOPE), &entropy(1), patience, at(0)).unwrap()
}

fn redirect() -> Redirect<'static> {
    let patience = Duration::from_secs(120);
    Redirect::new(application(), authorization(SCOPE), &entropy(1), patience, at(0)).unwrap()
}

fn approval() -> String {
    let state = State::from_entropy(&entropy(1).state).unwrap();
    format!("code={CODE}&state={}", state.as_str())
}

#[test]
fn s38_nothing_of_an_authorization_prints_a_secret() {
    let replies = vec![notified(), pending(), approved(), token(SCOPE)];
    print_all("push", push(), replies, "");
    print_all("redirect", redirect(), vec![token(SCOPE)], &approval());
    assert_prints_silent("entropy", &entropy(1));
    assert_prints_silent("application", application());
    assert_prints_silent("authorization", &authorization(SCOPE));
    assert_prints_silent("form", &Form::new(&approval(), Document::Redirect));
}

/// A service that repeats a holder's number in its refusal does not make us repeat it.
#[test]
fn s38_no_error_prints_a_number_that_the_service_repeats() {
    for text in [
        "CPF 11144477735 não encontrado",
        "CPF 111.444.777-35 não encontrado",
        "11144477735",
        "x11144477735x\n11144477735",
    ] {
        let reply = refusal(400, text);
        let mut described = Reply::new(400, "");
        let body = serde_json::json!({ "error": "invalid_request", "error_description": text });
        described.body = body.to_string().into_bytes();
        for reply in [reply, described] {
            let (mut flow, mut reply) = (push(), reply);
            flow.poll_output(&mut [0; 1024]).unwrap();
            let error = flow.handle_input(Input::Response(reply.response()), at(1)).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains(CPF) && !shown.contains("111.444.777-35"), "{shown}");
        }
    }
}

#[test]
fn s38_nothing_of_a_signing_prints_a_secret() {
    let patience = Duration::from_secs(600);
    let mut flow = Signing::new(application(), order(3), patience, 7, at(0)).unwrap();
    let mut buffer = vec![0; 4096];
    for _ in 0..6 {
        assert_prints_silent("signing", &flow);
        assert_prints_silent("signing", &flow.snapshot(at(0)));
        let output = flow.poll_output(&mut buffer).unwrap();
        assert_prints_silent("signing", &output);
        match output {
            Output::Event(SigningEvent::Authorize) => {
                let grant = grant(TOKEN, SCOPE, 0);
                assert_prints_silent("grant", &grant);
                assert_prints_silent("grant", &grant.snapshot(at(0)));
                flow.authorize(grant, at(0)).unwrap();
            }
            Output::Send(request) => {
                let mut reply = signed(&rubrica_tests::capture::Sent::plain(&request));
                let gain = flow.handle_input(Input::Response(reply.response()), at(0)).unwrap();
                assert_prints_silent("batch", &gain);
            }
            _ => break,
        }
    }
    let request =
        SignatureRequest { application: application(), order: order(1), items: 0..1, token: "t" };
    assert_prints_silent("request", &request.request(&mut buffer).unwrap());
}

#[test]
fn s38_a_signature_request_does_not_print_its_token() {
    let request =
        SignatureRequest { application: application(), order: order(1), items: 0..1, token: TOKEN };
    assert_prints_silent("signature request", &request);
}

#[test]
fn s38_a_certificate_does_not_print_the_text_that_its_holder_stands_in() {
    let certificate = Certificate { alias: "MINE", pem: "-----BEGIN canary-----" };
    assert_prints_silent("certificate", &certificate);
    let grant = grant(TOKEN, SCOPE, 0);
    let discovery = CertificateDiscovery { application: application(), grant: &grant, alias: None };
    assert_prints_silent("certificate discovery", &discovery);
}

#[test]
fn s07_no_secret_but_the_code_of_a_poll_stands_in_a_url() {
    let mut urls = Vec::new();
    let mut flow = push();
    let (mut buffer, mut now) = (vec![0; 4096], 0);
    let mut replies = vec![notified(), approved(), token(SCOPE)].into_iter();
    loop {
        match flow.poll_output(&mut buffer).unwrap() {
            Output::Done => break,
            Output::Event(_) => {}
            Output::Send(request) => {
                urls.push(request.url.to_owned());
                let mut reply = replies.next().unwrap();
                flow.handle_input(Input::Response(reply.response()), at(now)).unwrap();
            }
            Output::Wait(until) => {
                now = until.as_millis();
                flow.handle_input(Input::Timeout, at(now)).unwrap();
            }
        }
    }
    let grant = grant(TOKEN, SCOPE, 0);
    let discovery =
        CertificateDiscovery { application: application(), grant: &grant, alias: Some("MINE") };
    urls.push(discovery.request(&mut buffer).unwrap().url.to_owned());
    let request =
        SignatureRequest { application: application(), order: order(1), items: 0..1, token: TOKEN };
    urls.push(request.request(&mut buffer).unwrap().url.to_owned());
    assert_eq!(urls.len(), 5);
    let verifier = Verifier::from_entropy(&entropy(1).verifier).unwrap();
    for url in urls {
        for secret in [CLIENT_SECRET, CODE, TOKEN, verifier.expose()] {
            assert!(!url.contains(secret), "{url}");
        }
        assert_eq!(url.contains(PUSH_CODE), url.contains("/authentications?"));
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// What a flow would save holds its secrets while it needs them, and none of them when it is over.
#[test]
fn s03_the_verifier_and_the_codes_are_gone_when_an_authorization_is_over() {
    let verifier = Verifier::from_entropy(&entropy(1).verifier).unwrap();
    let saved = |snapshot| -> Vec<u8> { postcard::to_stdvec(&snapshot).unwrap() };
    let before = saved(push().snapshot(at(0)));
    assert!(holds(&before, verifier.expose()), "the search finds a verifier where there is one");

    let granted = vec![notified(), approved(), token(SCOPE)];
    let ends = [
        ("granted", granted),
        ("denied", vec![notified(), refusal(403, "user_denied")]),
        ("gone", vec![notified(), Reply::new(410, "")]),
        ("refused", vec![refusal(400, "invalid_request")]),
        ("no token", vec![notified(), approved(), refusal(400, "invalid_grant")]),
    ];
    for (name, replies) in ends {
        let flow = print_all(name, push(), replies, "");
        assert_clean(name, &postcard::to_stdvec(&flow.snapshot(at(0))).unwrap());
    }
    let flow = print_all("redirect", redirect(), vec![token(SCOPE)], &approval());
    assert_clean("redirect", &postcard::to_stdvec(&flow.snapshot(at(0))).unwrap());

    let mut cancelled = push();
    assert!(cancelled.handle_input(Input::Cancel, at(0)).is_err());
    assert_clean("cancelled", &saved(cancelled.snapshot(at(0))));
    let mut expired = push();
    assert!(expired.handle_input(Input::Timeout, at(120_000)).is_err());
    assert_clean("expired", &saved(expired.snapshot(at(120_000))));
}

fn assert_clean(name: &str, saved: &[u8]) {
    let verifier = Verifier::from_entropy(&entropy(1).verifier).unwrap();
    for secret in [verifier.expose(), CANARY] {
        assert!(!holds(saved, secret), "{name}: {secret} is left");
    }
}

/// After the end nothing can be redeemed with what is left.
#[test]
fn s03_a_second_exchange_of_the_same_code_is_refused_here() {
    let mut flow = print_all("redirect", redirect(), vec![token(SCOPE)], &approval());
    let error = flow.handle_input(Input::Redirect(&approval()), at(1)).unwrap_err();
    assert_eq!(error, Error::from(rubrica_core::error::Misuse::OutOfOrder));
    assert!(matches!(flow.poll_output(&mut []), Ok(Output::Done)));
}
