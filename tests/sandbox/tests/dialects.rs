//! Every PSC beside VIDaaS: what each takes, gives and refuses, by raw HTTP.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use core::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use common::psc::{NAMES, PscClient, change, hexadecimal, undress};
use common::{Folder, JSON, der_of, json_of, judge, sha256};
use rubrica_sandbox::psc::{
    Denial, ErrorBody, HashEncoding, IssuerParameter, Operation, TokenBody, Wrapping,
};
use rubrica_sandbox::{
    CNPJ_HOLDER, CPF_HOLDER, DEFAULT_REDIRECT_URI, P256_HOLDER, P384_HOLDER, Policy, Sandbox,
    StartError, TWO_CERTIFICATES_HOLDER,
};
use serde_json::{Value, json};

const CONTENT: &[u8] = b"Um contrato.\r\n";

fn sandbox() -> Sandbox {
    Sandbox::builder().policy(Policy::ApproveAll).start().unwrap()
}

/// `openssl cms -verify` over a CMS in DER or BER.
fn openssl_accepts(sandbox: &Sandbox, cms: &[u8], content: &[u8]) -> Option<(bool, String)> {
    let folder = Folder::new();
    // Soluti's CMS carries no chain, so the issuer stands beside the root.
    let anchors = [sandbox.anchors_pem(), sandbox.issuer_pem()].concat();
    let anchors = folder.write("anchors.pem", anchors);
    let cms = folder.write("signature.p7s", cms);
    let content = folder.write("content", content);
    judge(
        "openssl",
        &[
            "cms", "-verify", "-binary", "-inform", "DER", "-in", &cms, "-content", &content,
            "-CAfile", &anchors, "-purpose", "any", "-cades",
        ],
    )
}

#[test]
fn every_psc_signs_raw_and_cms_from_login_to_signature() {
    let sandbox = sandbox();
    for name in NAMES {
        let client = PscClient::new(&sandbox, name);
        let location = client.callback(&[]);
        let start = format!("{DEFAULT_REDIRECT_URI}?code=");
        assert!(
            location.starts_with(&start) && location.ends_with("&state=a%20state"),
            "{location}"
        );
        let code = client.code(&[("scope", "multi_signature"), ("lifetime", "300")]);
        let page = client.post_form(Operation::Token, &client.token_parameters(&code));
        let token = json_of(&page);
        assert_eq!(token["expires_in"], 300, "{name}: {token}");
        assert_eq!(token["token_type"], "Bearer");
        assert_eq!(token["authorized_identification"], CPF_HOLDER);
        assert_eq!(token["authorized_identification_type"], "CPF");
        assert!(token.get("scope").is_none(), "the norm tells it only when it differs");
        let token = token["access_token"].as_str().unwrap();

        let listed = json_of(&client.get(Operation::CertificateDiscovery, token, ""));
        assert_eq!(listed["status"], "S");
        let certificate = &sandbox.holder(CPF_HOLDER).unwrap().certificates[0];
        assert_eq!(listed["certificates"][0]["alias"], client.psc.alias(certificate));
        let pem = listed["certificates"][0]["certificate"].as_str().unwrap();
        assert_eq!(der_of(pem), certificate.der());

        let hashes = [client.hash("1", CONTENT, "RAW"), client.hash("b", CONTENT, "CMS")];
        let answer = client.sign(token, &hashes);
        assert_eq!(answer["certificate_alias"], client.psc.alias(certificate));
        assert_eq!(answer["signatures"][0]["id"], "1");
        let settings = client.psc.settings();
        let raw = undress(settings.raw_wrapping, &answer["signatures"][0]["raw_signature"]);
        assert_eq!(raw.len(), 256, "{name}");
        let cms = undress(settings.cms_wrapping, &answer["signatures"][1]["raw_signature"]);
        assert_eq!(cms.starts_with(&[0x30, 0x80]), name == "safeid");
        if let Some((accepted, text)) = openssl_accepts(&sandbox, &cms, CONTENT) {
            assert!(accepted, "{name}: {text}");
        }
        // multi_signature is for one request.
        let again = client.sign_page(token, &json!({ "hashes": [hashes[0]] }));
        assert_eq!(again.status, 401, "{name}");
        assert_eq!(sandbox.counters().requests(client.psc.endpoint(Operation::Signature)), 2);
    }
    assert_eq!(sandbox.counters().signatures_of(&sha256(CONTENT)), 2 * NAMES.len());
    assert!(sandbox.counters().violations().is_empty());
}

#[test]
fn every_wrapping_undresses_to_the_same_signature() {
    let sandbox = sandbox();
    let client = PscClient::new(&sandbox, "norm");
    let token = client.token(&[("scope", "signature_session")]);
    let mut raws = Vec::new();
    for wrapping in [
        Wrapping::Base64,
        Wrapping::Base64Unpadded,
        Wrapping::Base64Lines,
        Wrapping::Base64Url,
        Wrapping::Base64UrlUnpadded,
        Wrapping::Hexadecimal,
        Wrapping::Pem,
    ] {
        client.psc.change(|settings| settings.raw_wrapping = wrapping);
        let answer = client.sign(&token, &[client.hash("7", CONTENT, "RAW")]);
        assert_eq!(answer["signatures"][0]["id"], "7");
        raws.push(undress(wrapping, &answer["signatures"][0]["raw_signature"]));
    }
    assert!(raws.windows(2).all(|pair| pair[0] == pair[1]));
    client.psc.change(|settings| settings.numeric_ids = true);
    let answer = client.sign(&token, &[client.hash("7", CONTENT, "RAW")]);
    assert_eq!(answer["signatures"][0]["id"], 7);
    for name in NAMES {
        let client = PscClient::new(&sandbox, name);
        client.psc.change(|settings| settings.turn_quirks_on());
        let settings = client.psc.settings();
        let token = {
            client.psc.change(|settings| settings.encoded_callback = false);
            client.token(&[])
        };
        let answer = client.sign(&token, &[client.hash("1", CONTENT, "CMS")]);
        let cms = undress(settings.cms_wrapping, &answer["signatures"][0]["raw_signature"]);
        if let Some((accepted, text)) = openssl_accepts(&sandbox, &cms, CONTENT) {
            assert!(accepted, "{name}: {text}");
        }
    }
}

#[test]
fn curves_sign_raw_as_der_and_cms_with_ecdsa() {
    let sandbox = sandbox();
    let client = PscClient::new(&sandbox, "norm");
    for holder in [P256_HOLDER, P384_HOLDER] {
        let token = client.token(&[("login_hint", holder), ("scope", "signature_session")]);
        let hashes = [client.hash("a", CONTENT, "RAW"), client.hash("b", CONTENT, "CMS")];
        let answer = client.sign(&token, &hashes);
        let raw = undress(Wrapping::Base64, &answer["signatures"][0]["raw_signature"]);
        let cms = undress(Wrapping::Base64, &answer["signatures"][1]["raw_signature"]);
        let folder = Folder::new();
        let pem = folder.write("c.pem", sandbox.holder(holder).unwrap().certificates[0].pem());
        let key = folder.path().join("k.pem").to_str().unwrap().to_owned();
        let arguments = ["x509", "-in", &pem, "-pubkey", "-noout", "-out", &key];
        let Some((read, text)) = judge("openssl", &arguments) else { return };
        assert!(read, "{text}");
        let (raw, content) = (folder.write("raw", raw), folder.write("content", CONTENT));
        let arguments = ["dgst", "-sha256", "-verify", &key, "-signature", &raw, &content];
        let Some((verified, text)) = judge("openssl", &arguments) else { return };
        assert!(verified, "{holder}: {text}");
        let cms = folder.write("a.p7s", cms);
        let roots = folder.write("roots.pem", sandbox.roots_pem());
        let arguments = [
            "cms", "-verify", "-binary", "-inform", "DER", "-in", &cms, "-content", &content,
            "-CAfile", &roots, "-purpose", "any", "-cades",
        ];
        let Some((verified, text)) = judge("openssl", &arguments) else { return };
        assert!(verified, "{holder}: {text}");
    }
}

#[test]
fn hashes_come_in_the_encoding_of_the_psc_alone() {
    let sandbox = sandbox();
    let digest = sha256(CONTENT);
    for name in NAMES {
        let client = PscClient::new(&sandbox, name);
        let token = client.token(&[("scope", "signature_session")]);
        let mut element = client.hash("a", CONTENT, "RAW");
        let wanted_hex = client.psc.settings().hash_encoding == HashEncoding::Hexadecimal;
        assert_eq!(wanted_hex, matches!(name, "birdid" | "vaultid"));
        let malformed = client.psc.settings().malformed_status;
        let (base64, hex) = (BASE64_STANDARD.encode(digest), hexadecimal(&digest));
        let other = if wanted_hex { &base64 } else { &hex };
        for wrong in [other, "", &hex[..62], "=", &format!("{base64}AAAA"), &"g".repeat(64)] {
            element["hash"] = json!(wrong);
            let page = client.sign_page(&token, &json!({ "hashes": [element] }));
            assert_eq!(page.status, malformed, "{name} {wrong}: {}", page.text());
        }
        if wanted_hex {
            element["hash"] = json!(hex.to_uppercase());
            client.sign(&token, &[element]);
        }
    }
    assert_eq!(sandbox.counters().signatures_of(&digest), 2, "those in capitals alone");
}

#[test]
fn signature_refuses_what_the_norm_does_not_list() {
    let sandbox = sandbox();
    for name in NAMES {
        let client = PscClient::new(&sandbox, name);
        let malformed = client.psc.settings().malformed_status;
        let token = client.token(&[("scope", "signature_session")]);
        let good = client.hash("a", CONTENT, "RAW");
        let mut bodies = vec![
            json!({ "hashes": [] }),
            json!({ "hashes": [good, good] }),
            json!({ "hashes": [good], "certificate_alias": "another" }),
            json!({ "hashes": [good], "unknown": 1 }),
        ];
        if !matches!(name, "birdid" | "vaultid") {
            bodies.push(json!({ "hashes": [good], "include_chain": true }));
        }
        for (member, value) in [
            ("signature_format", json!("PAdES_AD_RB")),
            ("signature_format", json!("RAW_DATA")),
            ("hash_algorithm", json!("1.3.14.3.2.26")),
            ("hash_algorithm", json!("SHA-256")),
            ("padding_method", json!("PKCS1V1_5")),
            ("base64_content", json!("QQ==")),
            ("pdf_signature_page", json!("false")),
            ("id", json!("")),
            ("id", Value::Null),
        ] {
            let mut element = good.clone();
            element[member] = value;
            bodies.push(json!({ "hashes": [element] }));
        }
        for body in bodies {
            let page = client.sign_page(&token, &body);
            assert_eq!(page.status, malformed, "{name} {body}: {}", page.text());
        }
        let single = client.token(&[]);
        let two = json!({ "hashes": [client.hash("a", CONTENT, "RAW"), client.hash("b", CONTENT, "RAW")] });
        assert_eq!(client.sign_page(&single, &two).status, malformed, "{name}");
        let login = client.token(&[("scope", "authentication_session")]);
        assert_eq!(client.sign_page(&login, &json!({ "hashes": [good] })).status, 403, "{name}");
        let own = client.application_token();
        assert_eq!(client.sign_page(&own, &json!({ "hashes": [good] })).status, 403, "{name}");
        assert_eq!(client.sign_page("guess", &json!({ "hashes": [good] })).status, 401, "{name}");
    }
    assert!(sandbox.counters().signatures().is_empty());
}

#[test]
fn soluti_sends_the_chain_when_asked() {
    let sandbox = sandbox();
    let client = PscClient::new(&sandbox, "birdid");
    let token = client.token(&[("scope", "signature_session")]);
    let element = client.hash("a", CONTENT, "CMS");
    let lengths: Vec<usize> = [json!(null), json!(false), json!(true)]
        .iter()
        .map(|include| {
            let mut body = json!({ "hashes": [element] });
            if !include.is_null() {
                body["include_chain"] = include.clone();
            }
            let answer = json_of(&client.sign_page(&token, &body));
            undress(Wrapping::Base64, &answer["signatures"][0]["raw_signature"]).len()
        })
        .collect();
    assert_eq!(lengths[0], lengths[1]);
    assert!(lengths[2] > lengths[0] + 2000, "{lengths:?}");
}

#[test]
fn token_bodies_are_those_of_the_dialect() {
    let sandbox = sandbox();
    for name in NAMES {
        let client = PscClient::new(&sandbox, name);
        let both = client.psc.settings().token_body == TokenBody::Both;
        assert_eq!(both, matches!(name, "birdid" | "vaultid"));
        let code = client.code(&[]);
        let members: serde_json::Map<String, Value> = client
            .token_parameters(&code)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        let page = client.post_json(Operation::Token, &Value::Object(members));
        assert_eq!(page.status, if both { 200 } else { 415 }, "{name}: {}", page.text());
    }
    let client = PscClient::new(&sandbox, "norm");
    client.psc.change(|settings| settings.token_body = TokenBody::Json);
    let code = client.code(&[]);
    assert_eq!(client.post_form(Operation::Token, &client.token_parameters(&code)).status, 415);
}

#[test]
fn a_token_request_is_refused_by_name() {
    let sandbox = sandbox();
    let client = PscClient::new(&sandbox, "safeid");
    for (name, value, status, error) in [
        ("grant_type", "password", 400, "unsupported_grant_type"),
        ("client_id", "guess", 401, "invalid_client"),
        ("client_secret", "guess", 401, "invalid_client"),
        ("code", "guess", 400, "invalid_grant"),
        ("code_verifier", "short", 400, "invalid_request"),
        ("code_verifier", "", 400, "invalid_request"),
        ("redirect_uri", "http://127.0.0.1:8765/other", 400, "invalid_grant"),
        ("scope", "signature_session", 400, "invalid_request"),
    ] {
        let code = client.code(&[]);
        let mut parameters = client.token_parameters(&code);
        change(&mut parameters, &[(name, value)]);
        let page = client.post_form(Operation::Token, &parameters);
        assert_eq!(page.status, status, "{name}={value}: {}", page.text());
        assert_eq!(json_of(&page)["error"], error, "{name}={value}");
    }
    let code = client.code(&[]);
    sandbox.clock().advance(Duration::from_secs(61));
    let page = client.post_form(Operation::Token, &client.token_parameters(&code));
    assert_eq!(json_of(&page)["error"], "invalid_grant");
}

#[test]
fn a_wrong_authorize_stays_on_a_page_or_goes_back_with_an_error() {
    let sandbox = sandbox();
    let client = PscClient::new(&sandbox, "norm");
    for wrong in [("client_id", "guess"), ("client_id", ""), ("redirect_uri", "https://evil/")] {
        let page = client.authorize(&[wrong]);
        assert_eq!((page.status, page.header("location")), (400, None), "{wrong:?}");
    }
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("scope", "everything", "invalid_scope"),
        ("lifetime", "604801", "invalid_request"),
        ("lifetime", "0", "invalid_request"),
        ("login_hint", "111.444.777-35", "invalid_request"),
        ("login_hint", "1144477735", "invalid_request"),
        ("unknown", "1", "invalid_request"),
        ("integration", "true", "invalid_request"),
    ] {
        let page = client.authorize(&[(name, value)]);
        let location = page.header("location").unwrap();
        let expected = format!("{DEFAULT_REDIRECT_URI}?error={error}&state=a%20state");
        assert_eq!(location, expected, "{name}={value}");
    }
    let soluti = PscClient::new(&sandbox, "birdid");
    assert!(soluti.callback(&[("integration", "true")]).contains("?code="));
    let company = client.callback(&[("login_hint", CNPJ_HOLDER), ("lifetime", "2592000")]);
    assert!(company.contains("?code="));
    assert!(!client.callback(&[("state", "")]).contains("state"));
}

#[test]
fn s16_nothing_of_one_psc_is_known_to_another() {
    let sandbox = sandbox();
    let (one, other) = (PscClient::new(&sandbox, "norm"), PscClient::new(&sandbox, "remoteid"));
    assert_ne!(one.psc.application().client_id, other.psc.application().client_id);
    assert_eq!(other.authorize(&[("client_id", &one.psc.application().client_id)]).status, 400);
    let code = one.code(&[]);
    let mut parameters = other.token_parameters(&code);
    assert_eq!(other.post_form(Operation::Token, &parameters).status, 400);
    parameters = one.token_parameters(&code);
    assert_eq!(other.post_form(Operation::Token, &parameters).status, 401);
    let token = one.token(&[]);
    let body = json!({ "hashes": [other.hash("a", CONTENT, "RAW")] });
    assert_eq!(other.sign_page(&token, &body).status, 401);
    let vidaas = format!("{}/v0/oauth/signature", sandbox.base_url());
    let bearer = format!("Bearer {token}");
    let headers = [JSON, ("Authorization", bearer.as_str())];
    let body = body.to_string();
    let page = one.browser.request("POST", &vidaas, &headers, body.as_bytes()).unwrap();
    assert_eq!(page.status, 401);
}

#[test]
fn denials_and_issuers_and_encodings_of_the_callback() {
    let sandbox = Sandbox::builder().policy(Policy::DenyAll).start().unwrap();
    let client = PscClient::new(&sandbox, "serproid");
    let back = |query: &str| format!("{DEFAULT_REDIRECT_URI}?{query}");
    assert_eq!(client.callback(&[]), back("error=user_denied&state=a%20state"));
    client.psc.change(|settings| settings.denial = Denial::AccessDenied);
    assert_eq!(client.callback(&[]), back("error=access_denied&state=a%20state"));
    client.psc.change(|settings| settings.encoded_callback = true);
    assert_eq!(client.callback(&[]), back("error%3Daccess_denied%26state%3Da%2520state"));
    client.psc.change(|settings| settings.denial = Denial::Silence);
    let page = client.authorize(&[]);
    let waiting = page.header("location").unwrap();
    assert_eq!(client.browser.request("GET", waiting, &[], b"").unwrap().status, 200);

    sandbox.phone().set_policy(Policy::ApproveAll);
    let client = PscClient::new(&sandbox, "norm");
    let right = format!("&iss={}", client.psc.base_url().replace(':', "%3A").replace('/', "%2F"));
    for (issuer, expected) in [
        (IssuerParameter::Absent, String::new()),
        (IssuerParameter::Right, right.clone()),
        (IssuerParameter::Repeated, right.repeat(2)),
        (IssuerParameter::Wrong, "&iss=https%3A%2F%2Fanother.rubrica.invalid".to_owned()),
    ] {
        client.psc.change(|settings| settings.issuer = issuer);
        let location = client.callback(&[]);
        assert!(location.ends_with(&format!("&state=a%20state{expected}")), "{location}");
    }
}

#[test]
fn each_dialect_has_its_error_body() {
    let sandbox = sandbox();
    let refused = |name: &str| {
        let client = PscClient::new(&sandbox, name);
        let unsupported = client.psc.url(Operation::Signature);
        let token = client.token(&[("scope", "signature_session")]);
        let bearer = format!("Bearer {token}");
        let headers = [("Content-Type", "text/plain"), ("Authorization", bearer.as_str())];
        let page = client.browser.request("POST", &unsupported, &headers, b"x").unwrap();
        assert_eq!(page.status, 415);
        (client.sign_page("guess", &json!({})), page)
    };
    let (page, framework) = refused("serproid");
    let body = json_of(&page);
    assert_eq!(
        (page.status, &body["code"], &body["debug"]),
        (401, &json!("INVALID_TOKEN"), &json!(""))
    );
    assert!(json_of(&framework)[0]["error_description"][0].as_str().unwrap().contains("RESTEASY"));
    let (page, _) = refused("safeid");
    assert!(json_of(&page)["Message"].is_string());
    let (page, _) = refused("birdid");
    assert_eq!(page.header("content-type"), Some("application/problem+json"));
    assert_eq!(json_of(&page)["status"], 401);
    let (page, _) = refused("norm");
    assert_eq!(json_of(&page)["error"], "invalid_token");
    assert!(page.header("www-authenticate").is_some());

    let client = PscClient::new(&sandbox, "safeid");
    client.psc.change(|settings| {
        settings.errors = ErrorBody::Member("detail");
        settings.refusals_as_success = true;
    });
    let page = client.sign_page("guess", &json!({}));
    assert_eq!(page.status, 200);
    assert!(json_of(&page)["message"].is_string() && json_of(&page).get("signatures").is_none());
}

#[test]
fn aliases_tell_two_certificates_apart_and_choose_one() {
    let sandbox = Sandbox::start().unwrap();
    let client = PscClient::new(&sandbox, "vaultid");
    let holder = sandbox.holder(TWO_CERTIFICATES_HOLDER).unwrap();
    let aliases: Vec<String> = holder.certificates.iter().map(|it| client.psc.alias(it)).collect();
    assert_eq!(aliases[0], format!("{}:{TWO_CERTIFICATES_HOLDER}", holder.name));
    assert_eq!(aliases[1], format!("{} 2:{TWO_CERTIFICATES_HOLDER}", holder.name));
    let page = client.authorize(&[("login_hint", TWO_CERTIFICATES_HOLDER)]);
    let request = sandbox.phone().next_pending(Duration::from_secs(20)).unwrap();
    assert!(sandbox.phone().approve_with(request.id, &aliases[1]));
    let page = client.browser.request("GET", page.header("location").unwrap(), &[], b"").unwrap();
    let location = page.header("location").unwrap();
    let code = location.split(['=', '&']).nth(1).unwrap();
    let token = json_of(&client.post_form(Operation::Token, &client.token_parameters(code)));
    let hash = client.hash("a", CONTENT, "RAW");
    let answer = client.sign(token["access_token"].as_str().unwrap(), &[hash]);
    assert_eq!(answer["certificate_alias"], aliases[1]);
}

#[test]
fn a_psc_is_named_and_its_application_can_be_given() {
    let refused = Sandbox::builder().psc("nobody", |_| {}).start();
    assert!(matches!(refused.err(), Some(StartError::UnknownPsc(name)) if name == "nobody"));
    let sandbox = Sandbox::builder()
        .psc_credentials("norm", "the client", "the secret")
        .psc("norm", |settings| settings.numeric_ids = true)
        .start()
        .unwrap();
    let norm = sandbox.psc("norm").unwrap();
    assert_eq!(norm.application().client_id, "the client");
    assert!(norm.settings().numeric_ids);
    assert_eq!(sandbox.pscs().map(|psc| psc.name()).collect::<Vec<_>>(), NAMES);
}
