//! What PSCs offer beside login and signature, by raw HTTP.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use core::time::Duration;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use common::json_of;
use common::psc::PscClient;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rubrica_sandbox::psc::{Operation, PIN};
use rubrica_sandbox::{
    CNPJ_HOLDER, CPF_HOLDER, Fault, Page, Policy, Rule, Sandbox, TWO_CERTIFICATES_HOLDER, WebServer,
};
use serde_json::{Value, json};

fn sandbox() -> Sandbox {
    Sandbox::builder().policy(Policy::ApproveAll).start().unwrap()
}

fn password_body(client: &PscClient<'_>, password: &str) -> Value {
    let application = client.psc.application();
    json!({
        "grant_type": "password",
        "client_id": application.client_id,
        "client_secret": application.client_secret,
        "username": CPF_HOLDER,
        "password": password,
        "scope": "signature_session",
        "lifetime": 600,
    })
}

#[test]
fn a_one_time_password_is_good_once_and_for_its_time() {
    let sandbox = sandbox();
    for (name, pin) in [("birdid", ""), ("norm", PIN)] {
        let client = PscClient::new(&sandbox, name);
        let ask = |password: &str| {
            client.post_json(Operation::PwdAuthorize, &password_body(&client, password))
        };
        let password = client.psc.password(CPF_HOLDER).unwrap();
        assert_eq!(password.len(), pin.len() + 6);
        assert!(password.starts_with(pin));
        let answer = json_of(&ask(&password));
        assert_eq!((&answer["expires_in"], &answer["token_type"]), (&json!(600), &json!("Bearer")));
        let certificate = &sandbox.holder(CPF_HOLDER).unwrap().certificates[0];
        assert_eq!(answer["slot_alias"], client.psc.alias(certificate));
        let token = answer["access_token"].as_str().unwrap();
        client.sign(token, &[client.hash("a", b"a", "RAW")]);

        let violations = sandbox.counters().violations().len();
        let again = ask(&password);
        assert_eq!((again.status, &json_of(&again)["error"]), (400, &json!("invalid_grant")));
        assert_eq!(sandbox.counters().violations().len(), violations + 1);
        let late = client.psc.password(CPF_HOLDER).unwrap();
        let another = client.psc.password(CNPJ_HOLDER).unwrap();
        sandbox.clock().advance(Duration::from_secs(30));
        for wrong in [late.as_str(), &another, PIN, "000000", ""] {
            assert_eq!(ask(wrong).status, 400, "{wrong}");
        }
    }
    let client = PscClient::new(&sandbox, "norm");
    for (member, value, status) in [
        ("grant_type", json!("authorization_code"), 400),
        ("client_secret", json!("guess"), 401),
        ("username", json!("111.444.777-35"), 400),
        ("lifetime", json!(604_801), 400),
        ("scope", json!("everything"), 400),
        ("slot_alias", json!("another"), 400),
        ("unknown", json!(1), 400),
    ] {
        let mut body = password_body(&client, &client.psc.password(CPF_HOLDER).unwrap());
        body[member] = value;
        assert_eq!(client.post_json(Operation::PwdAuthorize, &body).status, status, "{member}");
    }
    client.psc.change(|settings| settings.password = None);
    let body = password_body(&client, "x");
    assert_eq!(client.post_json(Operation::PwdAuthorize, &body).status, 501);
}

#[test]
fn solutis_discovery_depends_on_the_kind_of_token() {
    let sandbox = sandbox();
    let client = PscClient::new(&sandbox, "vaultid");
    let count = |token: &str| {
        let answer = json_of(&client.get(Operation::CertificateDiscovery, token, ""));
        answer["certificates"].as_array().map_or(0, Vec::len)
    };
    let own = client.application_token();
    assert_eq!(count(&own), 0);
    let login = [("login_hint", TWO_CERTIFICATES_HOLDER), ("scope", "authentication_session")];
    assert_eq!(count(&client.token(&login)), 1, "the chosen one");
    assert_eq!(count(&own), 2, "of who has authenticated");
    let mut body = password_body(&client, &client.psc.password(TWO_CERTIFICATES_HOLDER).unwrap());
    body["username"] = json!(TWO_CERTIFICATES_HOLDER);
    let answer = json_of(&client.post_json(Operation::PwdAuthorize, &body));
    assert_eq!(count(answer["access_token"].as_str().unwrap()), 2, "all of the account");

    let norm = PscClient::new(&sandbox, "norm");
    let own = norm.application_token();
    assert_eq!(norm.get(Operation::CertificateDiscovery, &own, "").status, 403);
    let token = norm.token(&login);
    let holder = sandbox.holder(TWO_CERTIFICATES_HOLDER).unwrap();
    let query = format!("?certificate_alias={}", holder.certificates[1].alias());
    let answer = json_of(&norm.get(Operation::CertificateDiscovery, &token, &query));
    assert_eq!(answer["certificates"].as_array().unwrap().len(), 1);
    let none = norm.get(Operation::CertificateDiscovery, &token, "?certificate_alias=x");
    assert_eq!(json_of(&none), json!({ "status": "N" }));
    for query in ["?token=x", "?from_authorization=true", "?x=1"] {
        let page = norm.get(Operation::CertificateDiscovery, &token, query);
        assert_eq!(page.status, 400, "{query}");
    }
    let safeid = PscClient::new(&sandbox, "safeid");
    let token = safeid.token(&login);
    let page = safeid.get(Operation::CertificateDiscovery, &token, "?from_authorization=true");
    assert_eq!(json_of(&page)["certificates"].as_array().unwrap().len(), 1);
}

#[test]
fn an_application_is_registered_looked_after_and_known_by_its_new_secret() {
    let sandbox = sandbox();
    let client = PscClient::new(&sandbox, "serproid");
    let body = json!({
        "name": "App", "comments": "", "email": "a@b",
        "redirect_uris": ["http://127.0.0.1:9999/x"],
    });
    let answer = json_of(&client.post_json(Operation::Application, &body));
    assert_eq!(answer["status"], "success");
    assert_ne!(answer["client_id"], client.psc.application().client_id.as_str());
    for (member, value) in [
        ("name", json!("")),
        ("email", json!("nobody")),
        ("redirect_uris", json!([])),
        ("redirect_uris", json!(["push://"])),
        ("redirect_uris", json!(["https://a/#b"])),
        ("unknown", json!(1)),
    ] {
        let mut body = body.clone();
        body[member] = value;
        assert_eq!(client.post_json(Operation::Application, &body).status, 412, "{member}");
    }

    let own = client.application_token();
    let put = |token: &str, body: &Value| {
        let bearer = format!("Bearer {token}");
        let headers = [common::JSON, ("Authorization", bearer.as_str())];
        let url = client.psc.url(Operation::ClientMaintenance);
        let body = body.to_string();
        // The browser announces the length of whatever it sends.
        client.browser.request("PUT", &url, &headers, body.as_bytes()).unwrap()
    };
    let client_id = &client.psc.application().client_id;
    let body = json!({ "client_id": client_id, "email": "a@b", "client_secret": "new-secret" });
    assert_eq!(put(&client.token(&[]), &body).status, 403, "a holder's token");
    let another = json!({ "client_id": answer["client_id"], "email": "a@b" });
    assert_eq!(put(&own, &another).status, 403, "another application");
    assert_eq!(put(&own, &json!({ "client_id": client_id })).status, 412, "no email");
    assert_eq!(json_of(&put(&own, &body)), json!({ "client_id": client_id }));
    let code = client.code(&[]);
    let mut parameters = client.token_parameters(&code);
    assert_eq!(client.post_form(Operation::Token, &parameters).status, 401, "the old secret");
    common::psc::change(&mut parameters, &[("client_secret", "new-secret")]);
    assert_eq!(client.post_form(Operation::Token, &parameters).status, 200);
}

/// A JWT of the sandbox's web server, with the header and the claims changed.
fn jwt(server: &WebServer, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let key = RsaKeyPair::from_pkcs8(server.private_key()).unwrap();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

#[test]
fn a_web_server_registers_its_application_by_a_signed_jwt() {
    let sandbox = sandbox();
    let client = PscClient::new(&sandbox, "serproid");
    let server = sandbox.web_server();
    let post = |token: &str| {
        let headers = [("Content-Type", "application/jwt")];
        let url = client.psc.url(Operation::ApplicationCert);
        client.browser.request("POST", &url, &headers, token.as_bytes()).unwrap()
    };
    let der = BASE64_STANDARD.encode(server.der());
    let header = json!({ "alg": "RS256", "x5c": [der] });
    let claims = json!({
        "name": "App", "comments": "", "host": WebServer::HOST, "aud": "SerproID", "email": "a@b",
        "redirect_uris": [format!("https://{}/x", WebServer::HOST), "http://127.0.0.1:8765/x"],
    });
    assert!(json_of(&post(&jwt(server, &header, &claims)))["client_secret"].is_string());
    let with_pem = json!({ "alg": "RS256", "x5c": [server.pem()] });
    assert_eq!(post(&jwt(server, &with_pem, &claims)).status, 200);
    let holder = BASE64_STANDARD.encode(sandbox.holder(CPF_HOLDER).unwrap().certificates[0].der());
    for (header, status) in [
        (json!({ "alg": "none", "x5c": [der] }), 412),
        (json!({ "alg": "RS256", "x5c": [] }), 412),
        (json!({ "alg": "RS256", "x5c": ["AAAA"] }), 412),
        (json!({ "alg": "RS256", "x5c": [holder] }), 401),
    ] {
        assert_eq!(post(&jwt(server, &header, &claims)).status, status, "{header}");
    }
    for (member, value) in [
        ("aud", json!("BirdID")),
        ("host", json!("other.invalid")),
        ("redirect_uris", json!(["https://other.invalid/x"])),
        ("redirect_uris", json!([format!("https://{}/x#y", WebServer::HOST)])),
        ("email", json!("nobody")),
    ] {
        let mut claims = claims.clone();
        claims[member] = value;
        assert_eq!(post(&jwt(server, &header, &claims)).status, 412, "{member}");
    }
    let good = jwt(server, &header, &claims);
    assert_eq!(post(&good.replacen('.', ".A", 1)).status, 412);
    assert_eq!(post(good.rsplit_once('.').unwrap().0).status, 412);
    assert_eq!(client.post_json(Operation::ApplicationCert, &claims).status, 415);
}

/// Takes one webhook and gives its body.
fn webhook(listener: &TcpListener) -> Value {
    let (stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap() > 2 {
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
    serde_json::from_slice(&body).unwrap()
}

#[test]
fn safeid_tells_a_trusted_application_by_webhook_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}/webhook", listener.local_addr().unwrap());
    let sandbox = Sandbox::builder().redirect_uris([&uri]).start().unwrap();
    let client = PscClient::new(&sandbox, "safeid");
    let client_id = &client.psc.application().client_id;
    let ask = |changes: &[(&str, Value)]| {
        let mut body = json!({
            "client_id": client_id, "login_hint": CPF_HOLDER, "state": "s", "lifetime": 3600,
        });
        for (name, value) in changes {
            body[*name] = value.clone();
        }
        client.post_json(Operation::AuthorizeCa, &body).status
    };
    for wrong in [
        ("client_id", json!("guess")),
        ("redirect_uri", json!("http://127.0.0.1:1/other")),
        ("login_hint", json!("1")),
        ("lifetime", json!(604_801)),
        ("unknown", json!(1)),
    ] {
        assert!(ask(&[wrong]) >= 400);
    }
    assert_eq!(ask(&[("redirect_uri", json!(uri))]), 200);
    let request = sandbox.phone().next_pending(Duration::from_secs(20)).unwrap();
    assert!(sandbox.phone().approve(request.id));
    let told = webhook(&listener);
    let certificate = &sandbox.holder(CPF_HOLDER).unwrap().certificates[0];
    assert_eq!(told["state"], "s");
    assert_eq!(told["serialNumber"], certificate.serial_number());
    assert!(told["expirationDate"].as_str().unwrap().ends_with('Z'));

    let password = format!("{}{PIN}", told["identifierCA"].as_str().unwrap());
    let authorize = |password: &str, lifetime: u64| -> Page {
        let mut body = password_body(&client, password);
        body["slot_alias"] = told["serialNumber"].clone();
        body["lifetime"] = json!(lifetime);
        client.post_json(Operation::PwdAuthorize, &body)
    };
    let token = json_of(&authorize(&password, 600));
    client.sign(token["access_token"].as_str().unwrap(), &[client.hash("a", b"a", "CMS")]);
    let longer = authorize(&password, 3601);
    assert!(
        longer.status == 400 && longer.text().contains("maior do que a data"),
        "{}",
        longer.text()
    );
    assert_eq!(authorize(PIN, 600).status, 400);
    sandbox.clock().advance(Duration::from_secs(3600));
    assert!(authorize(&password, 60).text().contains("revogada"));

    sandbox
        .faults()
        .add(Rule::once(client.psc.endpoint(Operation::AuthorizeCa), Fault::WrongState));
    sandbox.phone().set_policy(Policy::DenyAll);
    assert_eq!(ask(&[]), 200);
    let told = webhook(&listener);
    assert_eq!(told["error"], "user_denied");
    assert_ne!(told["state"], "s");
    while client.psc.deliveries().len() < 2 {
        std::thread::yield_now();
    }
    assert!(client.psc.deliveries().iter().all(|it| it.status == Some(200) && it.url == uri));
    let other = PscClient::new(&sandbox, "norm");
    assert_eq!(other.post_json(Operation::AuthorizeCa, &json!({})).status, 404);
}

#[test]
fn soluti_begins_a_login_and_asks_for_a_signature_by_notification() {
    let sandbox = Sandbox::start().unwrap();
    let client = PscClient::new(&sandbox, "birdid");
    let application = client.psc.application();
    let body = json!({
        "client_id": application.client_id, "client_secret": application.client_secret,
        "scope": "single_signature", "callback_url": application.redirect_uris[0], "lifetime": 900,
    });
    let answer = json_of(&client.post_json(Operation::Start, &body));
    for member in ["challenge", "client_name", "short_token", "ws_token", "qr_code", "environment"]
    {
        assert!(answer[member].is_string(), "{member}: {answer}");
    }
    assert_eq!((&answer["can_notify"], &answer["notified"]), (&json!(false), &json!(false)));
    let mut named = body.clone();
    named["username"] = json!(CPF_HOLDER);
    assert_eq!(json_of(&client.post_json(Operation::Start, &named))["notified"], true);
    named["callback_url"] = json!("https://evil/");
    assert_eq!(client.post_json(Operation::Start, &named).status, 400);

    let body = json!({
        "client_id": application.client_id, "client_secret": application.client_secret,
        "username": CPF_HOLDER, "message": "Assine",
    });
    assert_eq!(client.post_json(Operation::AsyncSignature, &body).status, 200);
    assert_eq!(sandbox.phone().pending().len(), 3);
    client.psc.change(|settings| settings.notification_permission = false);
    assert_eq!(client.post_json(Operation::AsyncSignature, &body).status, 403);
}

#[test]
fn a_revoked_token_is_dead_and_an_unknown_one_is_no_error() {
    let sandbox = sandbox();
    let client = PscClient::new(&sandbox, "vaultid");
    let application = client.psc.application();
    let token = client.token(&[("scope", "signature_session")]);
    let pairs = |token| {
        [
            ("client_id", application.client_id.as_str()),
            ("client_secret", application.client_secret.as_str()),
            ("token", token),
        ]
    };
    assert_eq!(client.post_form(Operation::Revoke, &pairs("unknown")).status, 200);
    client.sign(&token, &[client.hash("a", b"a", "RAW")]);
    assert_eq!(client.post_form(Operation::Revoke, &pairs(&token)).status, 200);
    let body = json!({ "hashes": [client.hash("a", b"a", "RAW")] });
    assert_eq!(client.sign_page(&token, &body).status, 401);
    let serpro = PscClient::new(&sandbox, "serproid");
    assert_eq!(serpro.post_form(Operation::Revoke, &[]).status, 404);
}

#[test]
fn user_discovery_answers_of_every_psc_in_its_own_aliases() {
    let sandbox = sandbox();
    for psc in sandbox.pscs() {
        let client = PscClient::new(&sandbox, psc.name());
        let application = psc.application();
        let ask = |kind: &str, value: &str, secret: &str| {
            client.post_json(
                Operation::UserDiscovery,
                &json!({
                    "client_id": application.client_id, "client_secret": secret,
                    "user_cpf_cnpj": kind, "val_cpf_cnpj": value,
                }),
            )
        };
        let secret = application.client_secret.as_str();
        let answer = json_of(&ask("CPF", CPF_HOLDER, secret));
        let certificate = &sandbox.holder(CPF_HOLDER).unwrap().certificates[0];
        assert_eq!(answer["slots"][0]["slot_alias"], psc.alias(certificate));
        assert_eq!(json_of(&ask("CPF", "00000000191", secret)), json!({ "status": "N" }));
        assert_eq!(json_of(&ask("CNPJ", CNPJ_HOLDER, secret))["status"], "S");
        assert!(ask("CPF", "111.444.777-35", secret).status >= 400);
        assert_eq!(ask("CPF", CPF_HOLDER, "guess").status, 401);
    }
}
