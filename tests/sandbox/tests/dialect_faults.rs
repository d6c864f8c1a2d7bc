//! Faults at the PSCs beside VIDaaS: each spoils what it names and nothing else.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use common::psc::{NAMES, PscClient, undress};
use common::{JSON, der_of, json_of, sha256};
use rubrica_sandbox::psc::{Operation, Settings, Wrapping};
use rubrica_sandbox::{CPF_HOLDER, ExpiresIn, Fault, Garbage, Policy, Rule, Sandbox};
use serde_json::{Value, json};

fn sandbox() -> Sandbox {
    Sandbox::builder().policy(Policy::ApproveAll).start().unwrap()
}

#[test]
fn endpoints_are_named_after_their_psc_and_hit_it_alone() {
    let sandbox = sandbox();
    let operations = [
        (Operation::Token, "token"),
        (Operation::Signature, "signature"),
        (Operation::CertificateDiscovery, "certificate-discovery"),
        (Operation::PwdAuthorize, "pwd_authorize"),
    ];
    for name in NAMES {
        let psc = sandbox.psc(name).unwrap();
        for (operation, segment) in operations {
            assert_eq!(psc.endpoint(operation).name(), format!("{name}/{segment}"));
        }
    }
    let safeid = PscClient::new(&sandbox, "safeid");
    let busy =
        Fault::Answer { status: 503, headers: vec![], body: String::new(), processed: false };
    sandbox.faults().add(Rule::always(safeid.psc.endpoint(Operation::ClientToken), busy));
    for name in NAMES {
        let client = PscClient::new(&sandbox, name);
        let status = client.post_form(Operation::ClientToken, &[]).status;
        assert_eq!(status, if name == "safeid" { 503 } else { 400 }, "{name}");
    }
}

#[test]
fn a_lost_answer_was_signed_and_is_told_of_its_psc() {
    let sandbox = sandbox();
    for name in NAMES {
        let client = PscClient::new(&sandbox, name);
        let token = client.token(&[("scope", "signature_session")]);
        let bearer = format!("Bearer {token}");
        let body = json!({ "hashes": [client.hash("a", name.as_bytes(), "RAW")] }).to_string();
        let headers = [JSON, ("Authorization", bearer.as_str())];
        for (fault, signed) in [(Fault::ResetBefore, 0), (Fault::ResetAfter, 1)] {
            sandbox.faults().add(Rule::once(client.psc.endpoint(Operation::Signature), fault));
            let url = client.psc.url(Operation::Signature);
            assert!(client.browser.request("POST", &url, &headers, body.as_bytes()).is_err());
            assert_eq!(sandbox.counters().signatures_of(&sha256(name.as_bytes())), signed);
        }
    }
    let names: Vec<&str> = sandbox.counters().signatures().iter().map(|it| it.psc).collect();
    assert_eq!(names, NAMES);
}

#[test]
fn s4_s6_s21_redirects_are_spoiled_at_every_psc() {
    let sandbox = sandbox();
    for name in NAMES {
        let client = PscClient::new(&sandbox, name);
        let spoiled = |fault: Fault| {
            sandbox.faults().add(Rule::once(client.psc.endpoint(Operation::Authorize), fault));
            client.callback(&[("state", "s3cret")])
        };
        let location = spoiled(Fault::WrongState);
        assert!(location.contains("state=") && !location.contains("s3cret"), "{location}");
        assert!(!spoiled(Fault::MissingState).contains("state="));
        assert!(!spoiled(Fault::MissingCode).contains("code="));
        let location = spoiled(Fault::CodeAndError);
        assert!(location.contains("code=") && location.contains("error=user_denied"), "{location}");
        assert_eq!(spoiled(Fault::DuplicateParameter).matches("state=s3cret").count(), 2);
        assert!(spoiled(Fault::WrongIssuer).contains("iss=https%3A%2F%2Fanother"));
    }
}

#[test]
fn s9_s31_s32_replies_are_spoiled() {
    let sandbox = sandbox();
    let client = PscClient::new(&sandbox, "norm");
    let reply = |fault: Fault| {
        let code = client.code(&[("lifetime", "300")]);
        sandbox.faults().add(Rule::once(client.psc.endpoint(Operation::Token), fault));
        json_of(&client.post_form(Operation::Token, &client.token_parameters(&code)))
    };
    assert_eq!(reply(Fault::TokenType("MAC".to_owned()))["token_type"], "MAC");
    assert_eq!(reply(Fault::Scope("signature_session".to_owned()))["scope"], "signature_session");
    assert_ne!(reply(Fault::WrongIdentification)["authorized_identification"], CPF_HOLDER);
    assert_eq!(reply(Fault::ExpiresIn(ExpiresIn::LargerThanAsked))["expires_in"], 301);
    assert_eq!(reply(Fault::ExpiresIn(ExpiresIn::Absent))["expires_in"], Value::Null);

    let token = client.token(&[("scope", "signature_session")]);
    let signed = |fault: Fault| {
        sandbox.faults().add(Rule::once(client.psc.endpoint(Operation::Signature), fault));
        let hashes = [client.hash("a", b"a", "RAW"), client.hash("b", b"b", "RAW")];
        client.sign(&token, &hashes)
    };
    let ids = |answer: &Value| -> Vec<String> {
        let list = answer["signatures"].as_array().unwrap();
        list.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&signed(Fault::SwappedIds)), ["b", "a"]);
    assert_eq!(ids(&signed(Fault::DuplicateId)), ["a", "a"]);
    assert_eq!(ids(&signed(Fault::MissingId)), ["a"]);
    assert_eq!(ids(&signed(Fault::ExtraId)).len(), 3);
    let raw =
        |fault: Fault| undress(Wrapping::Base64, &signed(fault)["signatures"][0]["raw_signature"]);
    let good = raw(Fault::Delay { milliseconds: 0 });
    for fault in [Fault::WrongKey, Fault::WrongHolder, Fault::WrongDigest, Fault::TamperedSignature]
    {
        let other = raw(fault.clone());
        assert!(other.len() == 256 && other != good, "{fault:?}");
    }
    let listed = |fault: Fault| {
        let endpoint = client.psc.endpoint(Operation::CertificateDiscovery);
        sandbox.faults().add(Rule::once(endpoint, fault));
        let answer = json_of(&client.get(Operation::CertificateDiscovery, &token, ""));
        der_of(answer["certificates"][0]["certificate"].as_str().unwrap())
    };
    let good = sandbox.holder(CPF_HOLDER).unwrap().certificates[0].der();
    for fault in [Fault::WrongHolder, Fault::ExpiredCertificate, Fault::UnknownRoot] {
        assert_ne!(listed(fault.clone()), good, "{fault:?}");
    }
}

#[test]
fn garbage_and_quirks_go_together() {
    let sandbox = sandbox();
    for name in NAMES {
        let client = PscClient::new(&sandbox, name);
        client.psc.change(Settings::turn_quirks_on);
        for operation in [Operation::Token, Operation::Signature, Operation::UserDiscovery] {
            let endpoint = client.psc.endpoint(operation);
            sandbox.faults().add(Rule::once(endpoint, Fault::Garbage(Garbage::Html)));
            let page = client.post_json(operation, &json!({}));
            assert_eq!((page.status, page.header("content-type")), (200, Some("text/html")));
        }
    }
}
