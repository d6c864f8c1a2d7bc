//! The QR flow, with a browser between the service and the application's listener.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use core::time::Duration;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use common::{Client, JSON, hash, json_of};
use rubrica_sandbox::{BrowserError, CNPJ_HOLDER, Fault, Policy, Rule, Sandbox, vidaas};
use serde_json::json;

const WAIT: Duration = Duration::from_secs(20);

/// A sandbox whose application listens on a port of loopback, and the listener.
fn sandbox(change: impl FnOnce(&mut vidaas::Settings)) -> (Sandbox, TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}/callback", listener.local_addr().unwrap());
    let sandbox = Sandbox::builder().redirect_uris([&uri]).vidaas(change).start().unwrap();
    (sandbox, listener, uri)
}

/// Takes one request and gives its target.
fn hit(listener: &TcpListener) -> String {
    let (stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut header = String::new();
    while reader.read_line(&mut header).unwrap() > 2 {
        header.clear();
    }
    reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nDone").unwrap();
    line.split(' ').nth(1).unwrap().to_owned()
}

/// The redirect that an approved QR code leads to, with the parameters of authorize changed.
fn redirect(faults: &[Fault], changes: &[(&str, &str)]) -> String {
    let (sandbox, listener, uri) = sandbox(|_| {});
    sandbox.phone().set_policy(Policy::ApproveAll);
    for fault in faults {
        sandbox.faults().add(Rule::once(vidaas::AUTHORIZE, fault.clone()));
    }
    let client = Client::new(&sandbox);
    let mut all = vec![("redirect_uri", uri.as_str()), ("state", "s3cret")];
    all.extend(changes);
    let url = client.url(&client.authorize_path(&all));
    let browser = thread::spawn(move || Client::new(&sandbox).browser.open(&url, WAIT));
    let target = hit(&listener);
    assert_eq!(browser.join().unwrap().unwrap().text(), "Done");
    target
}

#[test]
fn an_approved_qr_code_brings_a_code_and_the_state() {
    let (sandbox, listener, uri) = sandbox(|_| {});
    let client = Client::new(&sandbox);
    let path =
        client.authorize_path(&[("redirect_uri", &uri), ("state", "abc"), ("login_hint", "")]);
    let first = client.get(&path);
    assert_eq!(first.status, 302);
    let page = client.browser.request("GET", first.header("location").unwrap(), &[], b"").unwrap();
    assert!(page.text().contains("<svg"), "{}", page.text());

    let (browser, url) = (sandbox.browser(), client.url(&path));
    let opened = thread::spawn(move || browser.open(&url, WAIT));
    // The first request is that of the page above.
    let asked = loop {
        if let Some(asked) = sandbox.phone().pending().get(1) {
            break asked.clone();
        }
        thread::yield_now();
    };
    assert_eq!(asked.holder, None);
    let company = &sandbox.holder(CNPJ_HOLDER).unwrap().certificates[0];
    assert!(sandbox.phone().approve_with(asked.id, company.alias()));
    let target = hit(&listener);
    assert_eq!(opened.join().unwrap().unwrap().status, 200);

    let (code, state) = target.strip_prefix("/callback?code=").unwrap().split_once('&').unwrap();
    assert_eq!(state, "state=abc");
    assert_eq!(client.token_page(code, &[("redirect_uri", "push://")]).status, 400);
    let second = client.get(&path);
    assert_eq!(second.status, 302);
    assert!(sandbox.counters().violations().is_empty());
}

#[test]
fn the_code_is_exchanged_and_signs() {
    let (sandbox, listener, uri) =
        sandbox(|settings| settings.code_shape = vidaas::CodeShape::Uuid);
    sandbox.phone().set_policy(Policy::ApproveAll);
    let client = Client::new(&sandbox);
    let url =
        client.url(&client.authorize_path(&[("redirect_uri", &uri), ("login_hint", CNPJ_HOLDER)]));
    let browser = sandbox.browser();
    let opened = thread::spawn(move || browser.open(&url, WAIT));
    let target = hit(&listener);
    drop(opened.join());
    // Without a state, the manual's sample says NONE.
    let code = target.strip_prefix("/callback?code=").unwrap().strip_suffix("&state=NONE").unwrap();
    assert_eq!(code.len(), 36);
    let answer = json_of(&client.token_page(code, &[("redirect_uri", &uri)]));
    assert_eq!(answer["authorized_identification"], CNPJ_HOLDER);
    assert_eq!(answer["authorized_identification_type"], "CNPJ");
    client.sign(answer["access_token"].as_str().unwrap(), &[hash("a", b"a", "CMS")]);
}

#[test]
fn a_denied_qr_code_waits_out_its_window_and_does_not_redirect() {
    let (sandbox, _listener, uri) = sandbox(|_| {});
    sandbox.phone().set_policy(Policy::DenyAll);
    let client = Client::new(&sandbox);
    let first = client.authorize(&[("redirect_uri", &uri)]);
    let page_url = first.header("location").unwrap();
    let page = client.browser.open(page_url, Duration::ZERO);
    assert!(matches!(page, Err(BrowserError::StillWaiting)));
    sandbox.clock().advance(Duration::from_secs(120));
    let page = client.browser.open(page_url, WAIT).unwrap();
    assert!(page.status == 200 && page.text().contains("expirou"), "{}", page.text());
}

#[test]
fn a_denied_qr_code_can_redirect_as_the_norm_has_it() {
    let (sandbox, _listener, uri) = sandbox(|settings| settings.redirect_on_denial = true);
    sandbox.phone().set_policy(Policy::DenyAll);
    let client = Client::new(&sandbox);
    let first = client.authorize(&[("redirect_uri", &uri), ("state", "x")]);
    let page = client.browser.request("GET", first.header("location").unwrap(), &[], b"").unwrap();
    let expected = format!("{uri}?error=user_denied&state=x");
    assert_eq!((page.status, page.header("location")), (302, Some(expected.as_str())));
}

#[test]
fn s4_s6_s21_the_redirect_can_be_wrong_in_every_way() {
    let parts = |target: &str, name: &str| target.matches(&format!("{name}=")).count();
    let target = redirect(&[Fault::WrongState], &[]);
    assert!(parts(&target, "state") == 1 && !target.contains("s3cret"), "{target}");
    assert_eq!(parts(&redirect(&[Fault::MissingState], &[]), "state"), 0);
    assert_eq!(parts(&redirect(&[Fault::MissingCode], &[]), "code"), 0);
    let target = redirect(&[Fault::CodeAndError], &[]);
    assert_eq!((parts(&target, "code"), parts(&target, "error")), (1, 1));
    let target = redirect(&[Fault::DuplicateParameter], &[]);
    assert_eq!((parts(&target, "code"), parts(&target, "state")), (2, 2));
    assert_eq!(parts(&redirect(&[Fault::WrongIssuer], &[]), "iss"), 1);
    let target = redirect(&[Fault::MissingCode, Fault::CodeAndError], &[]);
    assert_eq!((parts(&target, "code"), parts(&target, "error")), (0, 1));
}

#[test]
fn registration_follows_the_manual() {
    let (sandbox, _listener, _) = sandbox(|_| {});
    let client = Client::new(&sandbox);
    let good = json!({
        "name": "App Demo", "comments": "App Demo Observação",
        "redirect_uris": ["https://valid.com.br"], "email": "demo@valid.com",
    });
    let page = client.post_json("/v0/oauth/application", &good);
    let answer = json_of(&page);
    assert_eq!((page.status, answer["status"].as_str()), (200, Some("success")));
    assert_eq!(answer["message"], "New Client Application registered with Sucess");
    assert_eq!(answer["client_id"].as_str().unwrap().len(), 36);
    assert_eq!(answer["client_secret"].as_str().unwrap().len(), 16);
    for (member, value) in [
        ("name", json!(null)),
        ("comments", json!(null)),
        ("email", json!(null)),
        ("redirect_uris", json!([])),
        ("redirect_uris", json!("https://valid.com.br")),
        ("redirect_uris", json!(["https://valid.com.br", "push://"])),
    ] {
        let mut bad = good.clone();
        bad[member] = value;
        let page = client.post_json("/v0/oauth/application", &bad);
        assert_eq!(page.status, 400, "{bad}: {}", page.text());
    }
    let url = client.url("/v0/oauth/application");
    let body = good.to_string();
    let page = client.browser.request("POST", &url, &[], body.as_bytes()).unwrap();
    assert_eq!(page.status, 415);
    let page = client.browser.request("PUT", &url, &[JSON], body.as_bytes()).unwrap();
    assert_eq!((page.status, page.header("allow")), (405, Some("POST")));
}

#[test]
fn discovery_tells_of_certificates_in_date() {
    let (sandbox, _listener, _) = sandbox(|_| {});
    let client = Client::new(&sandbox);
    let application = sandbox.application();
    let ask = |kind: &str, value: &str, secret: &str| {
        client.post_json(
            "/v0/oauth/user-discovery",
            &json!({
                "client_id": application.client_id, "client_secret": secret,
                "user_cpf_cnpj": kind, "val_cpf_cnpj": value,
            }),
        )
    };
    for holder in sandbox.holders() {
        let kind = holder.kind.wire_name();
        let answer = json_of(&ask(kind, holder.identification, &application.client_secret));
        let expired = holder.identification == rubrica_sandbox::EXPIRED_HOLDER;
        assert_eq!(answer["status"], if expired { "N" } else { "S" }, "{}", holder.name);
        let slots = answer["slots"].as_array().map_or(0, Vec::len);
        assert_eq!(slots, if expired { 0 } else { holder.certificates.len() });
    }
    assert_eq!(json_of(&ask("CPF", "00000000191", &application.client_secret))["status"], "N");
    assert_eq!(ask("CPF", "111.444.777-35", &application.client_secret).status, 400);
    assert_eq!(ask("cpf", "11144477735", &application.client_secret).status, 400);
    assert_eq!(ask("CPF", "11144477735", "guess").status, 401);
}
