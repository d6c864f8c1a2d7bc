//! The push flow of VIDaaS, step by step, and what it refuses.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use core::time::Duration;

use common::{CHALLENGE, Client, VERIFIER, hash, json_of};
use rubrica_sandbox::{CNPJ_HOLDER, CPF_HOLDER, Policy, Sandbox, TWO_CERTIFICATES_HOLDER, vidaas};
use serde_json::json;

fn sandbox() -> Sandbox {
    Sandbox::builder().vidaas(|settings| settings.poll_interval = Duration::ZERO).start().unwrap()
}

#[test]
fn a_push_is_304_until_the_holder_approves() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let code = client.push(&[("scope", "signature_session"), ("lifetime", "43200")]);
    assert_eq!(code.len(), 36);
    let pending = client.poll(&code);
    assert_eq!((pending.status, pending.body.len()), (304, 0));

    let asked = sandbox.phone().next_pending(Duration::ZERO).unwrap();
    assert_eq!(asked.holder.as_deref(), Some("***.444.777-**"));
    assert_eq!((asked.scope.as_str(), asked.lifetime), ("signature_session", 43_200));
    assert!(sandbox.phone().approve(asked.id));

    let approved = json_of(&client.poll(&code));
    let token = approved["authorizationToken"].as_str().unwrap();
    assert_eq!(token.len(), 309);
    let redirect = approved["redirectUrl"].as_str().unwrap();
    assert!(redirect.starts_with("push://") && redirect.ends_with("&state=NONE"), "{redirect}");

    let answer = json_of(&client.token_page(token, &[("redirect_uri", "push%3A%2F%2F")]));
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 43_200);
    assert_eq!(answer["scope"], "signature_session");
    assert_eq!(answer["authorized_identification"], CPF_HOLDER);
    assert_eq!(answer["authorized_identification_type"], "CPF");
    assert_eq!(answer["access_token"].as_str().unwrap().len(), 309);
}

#[test]
fn the_push_code_is_not_what_is_exchanged() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    sandbox.phone().set_policy(Policy::ApproveAll);
    let code = client.push(&[]);
    assert_eq!(client.poll(&code).status, 200);
    let page = client.token_page(&code, &[]);
    assert_eq!((page.status, json_of(&page)["error"].as_str()), (400, Some("invalid_grant")));
}

#[test]
fn authorize_refuses_what_the_manual_forbids() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let long = "604801";
    for (change, why) in [
        (("client_id", "nobody"), "client_id"),
        (("client_id", ""), "client_id"),
        (("response_type", "token"), "response_type"),
        (("code_challenge_method", "plain"), "S256"),
        (("code_challenge_method", ""), "code_challenge_method"),
        (("code_challenge", &CHALLENGE[1..]), "code_challenge"),
        (("code_challenge", ""), "code_challenge"),
        (("login_hint", ""), "login_hint"),
        (("login_hint", "111.444.777-35"), "masked"),
        (("login_hint", "00000000000"), "no holder"),
        (("scope", "everything"), "scope"),
        (("lifetime", "0"), "lifetime"),
        (("lifetime", "soon"), "lifetime"),
        (("lifetime", long), "ceiling"),
        (("redirect_uri", ""), "redirect_uri"),
        (("redirect_uri", "push://x"), "redirect_uri"),
        (("redirect_uri", "http://127.0.0.1:8765/callback/"), "redirect_uri"),
    ] {
        let page = client.authorize(&[change]);
        let text = page.text();
        assert!((400..=401).contains(&page.status), "{change:?}: {} {text}", page.status);
        assert!(text.contains(why), "{change:?}: {text}");
        assert!(json_of(&page)["traceId"].is_string());
    }
    let repeated = format!("{}&scope=single_signature&scope=x", client.authorize_path(&[]));
    assert!(client.get(&repeated).text().contains("repeated"));
    // A legal person may have a month.
    let page = client.authorize(&[("login_hint", CNPJ_HOLDER), ("lifetime", long)]);
    assert_eq!(page.status, 200);
    let page = client.authorize(&[("login_hint", CNPJ_HOLDER), ("lifetime", "2592001")]);
    assert_eq!(page.status, 400);
    assert!(sandbox.phone().pending().len() == 1, "a refused request reaches no phone");
}

#[test]
fn token_refuses_what_rfc_6749_and_7636_forbid() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    for (change, status, error) in [
        (("grant_type", "password"), 400, "unsupported_grant_type"),
        (("grant_type", ""), 400, "invalid_request"),
        (("client_id", "nobody"), 401, "invalid_client"),
        (("client_secret", "guess"), 401, "invalid_client"),
        (("code", "guess"), 400, "invalid_grant"),
        (("code_verifier", ""), 400, "invalid_request"),
        (("code_verifier", &VERIFIER[1..]), 400, "invalid_request"),
        (("code_verifier", CHALLENGE), 400, "invalid_grant"),
        (("redirect_uri", "http://127.0.0.1:8765/callback"), 400, "invalid_grant"),
    ] {
        let code = client.authorization_token(&[]);
        let page = client.token_page(&code, &[change]);
        assert_eq!(page.status, status, "{change:?}: {}", page.text());
        assert_eq!(json_of(&page)["error"], error, "{change:?}");
    }
    let url = client.url("/v0/oauth/token");
    let json = client.post_json("/v0/oauth/token", &json!({ "grant_type": "authorization_code" }));
    assert_eq!(json.status, 415);
    assert_eq!(client.browser.request("GET", &url, &[], b"").unwrap().status, 405);
    let twice = b"grant_type=authorization_code&grant_type=authorization_code";
    let page = client.browser.request("POST", &url, &[common::FORM], twice).unwrap();
    assert!(page.text().contains("repeated"));
}

#[test]
fn a_code_is_used_once_and_a_second_use_takes_its_token_back() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let code = client.authorization_token(&[("scope", "signature_session")]);
    let first = client.token_page(&code, &[]);
    let token = json_of(&first)["access_token"].as_str().unwrap().to_owned();
    assert_eq!(client.certificates(&token, "").status, 200);
    assert_eq!(client.token_page(&code, &[]).status, 400);
    assert_eq!(client.certificates(&token, "").status, 401);
    assert_eq!(sandbox.counters().violations().len(), 1);
}

#[test]
fn codes_and_tokens_end_by_the_clock() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let code = client.authorization_token(&[]);
    sandbox.clock().advance(Duration::from_secs(60));
    assert!(client.token_page(&code, &[]).text().contains("expired"));

    let token = client.token(&[("scope", "signature_session"), ("lifetime", "900")]);
    let hashes = [hash("a", b"a", "RAW")];
    client.sign(&token, &hashes);
    sandbox.clock().advance(Duration::from_secs(900));
    let page = client.sign_page(&token, &json!({ "hashes": hashes }));
    assert_eq!(page.status, 401);
    assert!(page.header("www-authenticate").unwrap().contains("invalid_token"));
    assert_eq!(sandbox.counters().signatures().len(), 1);
}

#[test]
fn a_denied_push_stays_304_until_the_window_ends() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let code = client.push(&[]);
    let asked = sandbox.phone().next_pending(Duration::ZERO).unwrap();
    assert!(sandbox.phone().deny(asked.id));
    assert_eq!(client.poll(&code).status, 304);
    sandbox.clock().advance(Duration::from_secs(120));
    assert_eq!(client.poll(&code).status, 404);
    assert_eq!(client.poll("unknown").status, 404);
}

#[test]
fn a_denied_push_can_be_told_at_once() {
    let sandbox = Sandbox::builder()
        .policy(Policy::DenyAll)
        .vidaas(|settings| settings.push_refusal = vidaas::PushRefusal::AtOnce { status: 410 })
        .start()
        .unwrap();
    let client = Client::new(&sandbox);
    let page = client.poll(&client.push(&[]));
    assert_eq!((page.status, json_of(&page)["error"].as_str()), (410, Some("access_denied")));
}

#[test]
fn s22_polls_sooner_than_a_second_are_counted_and_then_blocked() {
    let sandbox = Sandbox::start().unwrap();
    let client = Client::new(&sandbox);
    let code = client.push(&[]);
    assert_eq!(client.poll(&code).status, 304);
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(client.poll(&code).status, 304);
    assert_eq!(sandbox.counters().early_polls(), 0);
    assert_eq!(client.poll(&code).status, 304);
    assert_eq!(client.poll(&code).status, 304);
    assert_eq!(client.poll(&code).status, 403);
    assert_eq!(sandbox.counters().early_polls(), 3);
    assert_eq!(client.authorize(&[]).status, 403);
}

#[test]
fn the_holder_chooses_among_certificates() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let second = sandbox.holder(TWO_CERTIFICATES_HOLDER).unwrap().certificates[1].clone();
    let code = client.push(&[("login_hint", TWO_CERTIFICATES_HOLDER)]);
    let asked = sandbox.phone().next_pending(Duration::ZERO).unwrap();
    assert!(sandbox.phone().approve_with(asked.id, second.alias()));
    let authorization = json_of(&client.poll(&code));
    let page = client.token_page(authorization["authorizationToken"].as_str().unwrap(), &[]);
    let token = json_of(&page)["access_token"].as_str().unwrap().to_owned();

    let listed = json_of(&client.certificates(&token, ""));
    assert_eq!(listed["certificates"].as_array().unwrap().len(), 2);
    assert_eq!(listed["certificates"][0]["alias"], second.alias());
    assert_eq!(listed["certificates"][0]["certificate"], second.pem());
    let signed = client.sign(&token, &[hash("a", b"a", "RAW")]);
    assert_eq!(signed["certificate_alias"], second.alias());
}
