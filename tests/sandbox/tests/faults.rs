//! Every fault, seen from a client.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use core::time::Duration;
use std::time::Instant;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use common::{Client, Folder, decode, der_of, hash, json_of, judge, sha256};
use rubrica_sandbox::{
    CPF_HOLDER, ExpiresIn, Fault, Garbage, PendingShape, Policy, Rule, Sandbox, vidaas,
};
use serde_json::{Value, json};

fn sandbox() -> Sandbox {
    Sandbox::builder()
        .policy(Policy::ApproveAll)
        .idle(Duration::from_secs(5))
        .vidaas(|settings| settings.poll_interval = Duration::ZERO)
        .start()
        .unwrap()
}

/// Signs two documents under a fault of the signature endpoint.
fn sign_two(sandbox: &Sandbox, fault: Fault, format: &str) -> Value {
    let client = Client::new(sandbox);
    let token = client.token(&[("scope", "multi_signature")]);
    sandbox.faults().add(Rule::once(vidaas::SIGNATURE, fault));
    client.sign(&token, &[hash("a", b"a", format), hash("b", b"b", format)])
}

fn ids(answer: &Value) -> Vec<&str> {
    let signatures = answer["signatures"].as_array().unwrap();
    signatures.iter().map(|signature| signature["id"].as_str().unwrap()).collect()
}

#[test]
fn s31_ids_go_wrong_in_five_ways() {
    let sandbox = sandbox();
    let answer = sign_two(&sandbox, Fault::WrongId, "RAW");
    assert!(ids(&answer)[0].len() == 36 && ids(&answer)[1] == "b");
    assert_eq!(ids(&sign_two(&sandbox, Fault::DuplicateId, "RAW")), ["a", "a"]);
    assert_eq!(ids(&sign_two(&sandbox, Fault::MissingId, "RAW")), ["a"]);
    assert_eq!(ids(&sign_two(&sandbox, Fault::ExtraId, "RAW"))[..2], ["a", "b"]);
    assert_eq!(ids(&sign_two(&sandbox, Fault::ExtraId, "RAW")).len(), 3);
    assert_eq!(ids(&sign_two(&sandbox, Fault::SwappedIds, "RAW")), ["b", "a"]);
    assert_eq!(ids(&sign_two(&sandbox, Fault::Delay { milliseconds: 1 }, "RAW")), ["a", "b"]);
}

#[test]
fn s32_openssl_sees_what_is_wrong_with_each_signature() {
    let sandbox = sandbox();
    let folder = Folder::new();
    let anchors = folder.write("anchors.pem", sandbox.anchors_pem());
    let content = folder.write("content", b"a");
    for (fault, why) in [
        (Fault::WrongKey, "Verification failure"),
        (Fault::TamperedSignature, "Verification failure"),
        (Fault::WrongDigest, "verification failure"),
        (Fault::ExpiredCertificate, "certificate has expired"),
        (Fault::UnknownRoot, "self-signed certificate"),
        (Fault::WrongHolder, "Verification successful"),
    ] {
        let answer = sign_two(&sandbox, fault.clone(), "CMS");
        let bytes = decode(&answer["signatures"][0]["raw_signature"]);
        let cms = folder.write("cms", &bytes);
        let arguments = [
            "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", &cms, "-content",
            &content, "-CAfile", &anchors, "-purpose", "any",
        ];
        let Some((_, text)) = judge("openssl", &arguments) else { return };
        assert!(text.contains(why), "{fault:?}: {text}");
        let holder = CPF_HOLDER.as_bytes();
        let named = bytes.windows(holder.len()).any(|window| window == holder);
        assert_eq!(named, fault != Fault::WrongHolder, "{fault:?}");
    }
}

#[test]
fn raw_signatures_go_wrong_too() {
    let sandbox = sandbox();
    let raw = |answer: &Value| decode(&answer["signatures"][0]["raw_signature"]);
    let good = raw(&sign_two(&sandbox, Fault::Delay { milliseconds: 0 }, "RAW"));
    for fault in [Fault::WrongKey, Fault::WrongHolder, Fault::WrongDigest, Fault::TamperedSignature]
    {
        let other = raw(&sign_two(&sandbox, fault.clone(), "RAW"));
        assert!(other.len() == 256 && other != good, "{fault:?}");
    }
}

#[test]
fn s34_certificates_go_wrong_in_four_ways() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let token = client.token(&[("scope", "signature_session")]);
    let listed = |fault: Option<Fault>| {
        if let Some(fault) = fault {
            sandbox.faults().add(Rule::once(vidaas::CERTIFICATE_DISCOVERY, fault));
        }
        let answer = json_of(&client.certificates(&token, ""));
        let entry = &answer["certificates"][0];
        let alias = entry["alias"].as_str().unwrap().to_owned();
        (alias, der_of(entry["certificate"].as_str().unwrap()))
    };
    let good = listed(None);
    assert_eq!(good.1, sandbox.holder(CPF_HOLDER).unwrap().certificates[0].der());
    let wrong_alias = listed(Some(Fault::WrongAlias));
    assert!(wrong_alias.0 != good.0 && wrong_alias.1 == good.1);
    for fault in [Fault::WrongHolder, Fault::ExpiredCertificate, Fault::UnknownRoot] {
        let other = listed(Some(fault.clone()));
        assert!(other.0 == good.0 && other.1 != good.1, "{fault:?}");
    }
}

#[test]
fn a_reset_after_signing_has_signed() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let token = client.token(&[("scope", "signature_session")]);
    let bearer = format!("Bearer {token}");
    let body = json!({ "hashes": [hash("a", b"a", "RAW")] }).to_string();
    let url = client.url("/v0/oauth/signature");
    let headers = [common::JSON, ("Authorization", bearer.as_str())];
    for (fault, signed) in [
        (Fault::ResetBefore, 0),
        (Fault::ResetAfter, 1),
        (Fault::Truncate { bytes: 0 }, 2),
        (Fault::Truncate { bytes: 200 }, 3),
    ] {
        sandbox.faults().add(Rule::once(vidaas::SIGNATURE, fault.clone()));
        let lost = client.browser.request("POST", &url, &headers, body.as_bytes());
        assert!(lost.is_err(), "{fault:?}");
        assert_eq!(sandbox.counters().signatures_of(&sha256(b"a")), signed, "{fault:?}");
    }
    assert_eq!(sandbox.counters().requests(vidaas::SIGNATURE), 4);
}

#[test]
fn an_answer_can_stand_in_for_the_services_with_or_without_processing() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let token = client.token(&[("scope", "signature_session")]);
    let body = json!({ "hashes": [hash("a", b"a", "RAW")] });
    for (processed, signed) in [(false, 0), (true, 1)] {
        let fault = Fault::Answer {
            status: 503,
            headers: vec![("Retry-After".to_owned(), "Sun, 06 Nov 1994 08:49:37 GMT".to_owned())],
            body: "busy".to_owned(),
            processed,
        };
        sandbox.faults().add(Rule::once(vidaas::SIGNATURE, fault));
        let page = client.sign_page(&token, &body);
        assert_eq!((page.status, page.text().as_str()), (503, "busy"));
        assert!(page.header("retry-after").unwrap().ends_with("GMT"));
        assert_eq!(sandbox.counters().signatures().len(), signed);
    }
    assert_eq!(sandbox.counters().snapshot().answers["vidaas/signature"][&503], 2);
}

#[test]
fn garbage_comes_in_eight_kinds() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    for garbage in [
        Garbage::Html,
        Garbage::Empty,
        Garbage::InvalidUtf8,
        Garbage::DeepJson,
        Garbage::CutJson,
        Garbage::NoBreakSpaces,
    ] {
        sandbox.faults().add(Rule::once(vidaas::USER_DISCOVERY, Fault::Garbage(garbage)));
        let page = client.post_json("/v0/oauth/user-discovery", &json!({}));
        assert_eq!(page.status, 200);
        assert!(serde_json::from_slice::<Value>(&page.body).is_err(), "{garbage:?}");
    }
    sandbox
        .faults()
        .add(Rule::once(vidaas::USER_DISCOVERY, Fault::Garbage(Garbage::DuplicateKeys)));
    let page = client.post_json("/v0/oauth/user-discovery", &json!({}));
    assert_eq!(page.text().matches("\"status\"").count(), 2);
    sandbox.faults().add(Rule::once(vidaas::USER_DISCOVERY, Fault::Garbage(Garbage::Null)));
    let page = client.post_json("/v0/oauth/user-discovery", &json!({}));
    assert_eq!(json_of(&page), Value::Null);
}

#[test]
fn s23_pending_has_five_shapes() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let code = client.push(&[]);
    for (shape, status) in [
        (PendingShape::NotModified, 304),
        (PendingShape::NotModifiedWithLength, 304),
        (PendingShape::Accepted, 202),
        (PendingShape::NoContent, 204),
        (PendingShape::OkWithoutToken, 200),
    ] {
        sandbox.faults().add(Rule::once(vidaas::AUTHENTICATIONS, Fault::Pending(shape)));
        let page = client.poll(&code);
        assert_eq!(page.status, status, "{shape:?}");
        assert!(!page.text().contains("authorizationToken"));
    }
    assert!(client.poll(&code).text().contains("authorizationToken"));
}

#[test]
fn s9_token_replies_go_wrong_in_every_member() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let reply = |fault: Fault| {
        let code = client.authorization_token(&[("lifetime", "300")]);
        sandbox.faults().add(Rule::once(vidaas::TOKEN, fault));
        json_of(&client.token_page(&code, &[]))
    };
    assert_eq!(reply(Fault::TokenType("MAC".to_owned()))["token_type"], "MAC");
    assert_eq!(reply(Fault::Scope("signature_session".to_owned()))["scope"], "signature_session");
    let person = reply(Fault::WrongIdentification);
    assert_ne!(person["authorized_identification"], CPF_HOLDER);
    let expires = |fault| reply(Fault::ExpiresIn(fault))["expires_in"].clone();
    assert_eq!(expires(ExpiresIn::Absent), Value::Null);
    assert_eq!(expires(ExpiresIn::Seconds(0)), 0);
    assert_eq!(expires(ExpiresIn::Seconds(u64::MAX)), u64::MAX);
    assert_eq!(expires(ExpiresIn::Negative), -900);
    assert_eq!(expires(ExpiresIn::Text), "300");
    assert_eq!(expires(ExpiresIn::LargerThanAsked), 301);
}

#[test]
fn s25_an_endless_body_ends_with_the_sandbox() {
    for fault in [Fault::Flood, Fault::Drip] {
        let sandbox = sandbox();
        let browser = sandbox.browser();
        sandbox.faults().add(Rule::always(vidaas::AUTHENTICATIONS, fault));
        let url = format!("{}/valid/api/v1/trusted-services/authentications", sandbox.base_url());
        let client = std::thread::spawn(move || browser.request("GET", &url, &[], b"").is_err());
        while sandbox.counters().requests(vidaas::AUTHENTICATIONS) == 0 {
            std::thread::yield_now();
        }
        drop(sandbox);
        assert!(client.join().unwrap());
    }
}

#[test]
fn a_delay_is_cut_short_when_the_sandbox_stops() {
    let sandbox = sandbox();
    let browser = sandbox.browser();
    let hour = Fault::Delay { milliseconds: 3_600_000 };
    sandbox.faults().add(Rule::always(vidaas::TOKEN, hour));
    let url = format!("{}/v0/oauth/token", sandbox.base_url());
    let client = std::thread::spawn(move || browser.request("POST", &url, &[], b"").is_err());
    while sandbox.counters().requests(vidaas::TOKEN) == 0 {
        std::thread::yield_now();
    }
    let start = Instant::now();
    drop(sandbox);
    assert!(client.join().unwrap());
    assert!(start.elapsed() < Duration::from_secs(60), "not an hour");
}

#[test]
fn the_hash_of_nothing_is_signed_and_billed() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let nothing = hash("a", b"", "RAW");
    assert_eq!(nothing["hash"], "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    client.sign(&client.token(&[]), &[nothing]);
    assert_eq!(sandbox.counters().signatures_of(&sha256(b"")), 1);
}

#[test]
fn a_signed_document_can_come_without_line_breaks() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let mut element = hash("a", b"a", "CMS");
    element["base64_content"] = json!(BASE64_STANDARD.encode(b"a"));
    sandbox.faults().add(Rule::once(vidaas::SIGNATURE, Fault::BareBase64));
    let answer = client.sign(&client.token(&[]), &[element]);
    assert!(!answer["signatures"][0]["file_base64_signed"].as_str().unwrap().contains('\r'));
}
