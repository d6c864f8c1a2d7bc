//! PAdES on uploaded documents, judged by OpenSSL, qpdf and poppler's pdfsig.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use core::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use common::pdf::{covered, sample};
use common::{Client, Folder, decode, hash, judge, sha256};
use rubrica_sandbox::{Fault, Policy, Rule, Sandbox, vidaas};
use serde_json::{Value, json};

fn sandbox() -> Sandbox {
    Sandbox::builder()
        .policy(Policy::ApproveAll)
        .vidaas(|settings| settings.poll_interval = Duration::ZERO)
        .start()
        .unwrap()
}

fn element(id: &str, document: &[u8]) -> Value {
    let mut element = hash(id, document, "PAdES_AD_RB");
    element["base64_content"] = json!(BASE64_STANDARD.encode(document));
    element
}

/// Lets every judge that is installed look at a signed document.
fn assert_good(sandbox: &Sandbox, document: &[u8]) {
    let folder = Folder::new();
    let (content, cms) = covered(document);
    let anchors = folder.write("anchors.pem", sandbox.anchors_pem());
    let content = folder.write("content", content);
    let cms = folder.write("cms", cms);
    let pdf = folder.write("signed.pdf", document);
    let arguments = [
        "cms",
        "-verify",
        "-cades",
        "-binary",
        "-inform",
        "DER",
        "-in",
        &cms,
        "-content",
        &content,
        "-CAfile",
        &anchors,
        "-purpose",
        "any",
        "-out",
        "/dev/null",
    ];
    if let Some((accepted, text)) = judge("openssl", &arguments) {
        assert!(accepted, "openssl: {text}");
    }
    let arguments = ["cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", &cms];
    if let Some((_, text)) = judge("openssl", &arguments) {
        assert!(!text.contains("signingTime"), "signingTime is forbidden in PAdES");
        let stamped = text.contains("id-smime-aa-timeStampToken");
        let policy = if stamped { ":2.16.76.1.7.1.12.1.3" } else { ":2.16.76.1.7.1.11.1.3" };
        assert!(text.contains(policy), "the policy is missing");
    }
    if let Some((accepted, text)) = judge("qpdf", &["--check", &pdf]) {
        assert!(accepted, "qpdf: {text}");
    }
    if let Some((_, text)) = judge("pdfsig", &["-nocert", &pdf]) {
        assert!(text.contains("Signature is Valid."), "pdfsig: {text}");
        assert!(!text.contains("Signature is Invalid"), "pdfsig: {text}");
        assert!(text.contains("Total document signed"), "pdfsig: {text}");
    }
}

#[test]
fn a_pdf_comes_back_signed_with_its_bytes_in_front() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let document = sample();
    let answer = client.sign(&client.token(&[]), &[element("a", &document)]);
    let text = answer["signatures"][0]["file_base64_signed"].as_str().unwrap();
    assert_eq!(text.find("\r\n"), Some(76));
    let signed = decode(&answer["signatures"][0]["file_base64_signed"]);
    assert!(signed.starts_with(&document));
    assert_eq!(covered(&signed).1, decode(&answer["signatures"][0]["raw_signature"]));
    assert_good(&sandbox, &signed);
    assert_eq!(sandbox.counters().signatures_of(&sha256(&document)), 1);

    // Signed again: the first signature stays.
    let answer = client.sign(&client.token(&[]), &[element("a", &signed)]);
    let twice = decode(&answer["signatures"][0]["file_base64_signed"]);
    assert!(twice.starts_with(&signed));
    assert_good(&sandbox, &twice);
}

#[test]
fn pades_ad_rt_carries_a_time_stamp() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let mut element = element("a", &sample());
    element["signature_format"] = json!("PAdES_AD_RT");
    let answer = client.sign(&client.token(&[]), &[element]);
    let signed = decode(&answer["signatures"][0]["file_base64_signed"]);
    // 1.2.840.113549.1.9.16.2.14 in the hexadecimal of Contents.
    assert!(String::from_utf8_lossy(&signed).contains("060b2a864886f70d010910020e"));
    assert_good(&sandbox, &signed);
}

#[test]
fn a_signature_page_is_one_page_more() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    for page in [json!("true"), json!(true)] {
        let mut element = element("a", &sample());
        element["pdf_signature_page"] = page;
        let answer = client.sign(&client.token(&[]), &[element]);
        let signed = decode(&answer["signatures"][0]["file_base64_signed"]);
        assert_good(&sandbox, &signed);
        let folder = Folder::new();
        let file = folder.write("signed.pdf", &signed);
        if let Some((_, text)) = judge("qpdf", &["--show-npages", &file]) {
            assert_eq!(text.trim(), "2");
        }
    }
}

#[test]
fn a_pdf_with_cross_reference_streams_keeps_them() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let folder = Folder::new();
    let plain = folder.write("plain.pdf", sample());
    for option in ["--object-streams=generate", "--linearize"] {
        let packed = folder.path().join("packed.pdf");
        let Some((true, _)) = judge("qpdf", &[option, &plain, packed.to_str().unwrap()]) else {
            return;
        };
        let document = std::fs::read(packed).unwrap();
        let answer = client.sign(&client.token(&[]), &[element("a", &document)]);
        let signed = decode(&answer["signatures"][0]["file_base64_signed"]);
        assert!(signed.starts_with(&document));
        assert_good(&sandbox, &signed);
    }
}

#[test]
fn what_is_no_pdf_is_refused_before_anything_is_billed() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    let cut = &sample()[..300];
    for document in [b"".as_slice(), b"%PDF-1.7", b"hello", cut] {
        let token = client.token(&[]);
        let page = client.sign_page(&token, &json!({ "hashes": [element("a", document)] }));
        assert_eq!(page.status, 400, "{}", page.text());
    }
    assert!(sandbox.counters().signatures().is_empty());
}

#[test]
fn s33_an_altered_document_is_signed_as_if_it_were_the_one_that_came() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox);
    sandbox.faults().add(Rule::once(vidaas::SIGNATURE, Fault::AlteredDocument));
    let document = sample();
    let answer = client.sign(&client.token(&[]), &[element("a", &document)]);
    let signed = decode(&answer["signatures"][0]["file_base64_signed"]);
    assert!(signed.len() > document.len());
    assert!(!signed.starts_with(&document));
    assert_good(&sandbox, &signed);
}

#[test]
fn a_document_over_seven_megabytes_is_refused_unless_the_limit_is_raised() {
    let content = vec![b'x'; 7 * 1024 * 1024 + 1];
    let mut element = hash("a", &content, "CAdES_AD_RB");
    element["base64_content"] = json!(BASE64_STANDARD.encode(&content));
    let body = json!({ "hashes": [element] });
    for (limit, status) in [(7 * 1024 * 1024, 413), (8 * 1024 * 1024, 200)] {
        let sandbox = Sandbox::builder()
            .policy(Policy::ApproveAll)
            .vidaas(|settings| settings.document_limit = limit)
            .start()
            .unwrap();
        let client = Client::new(&sandbox);
        assert_eq!(client.sign_page(&client.token(&[]), &body).status, status);
    }
}
