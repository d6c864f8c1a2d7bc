//! PAdES on uploaded documents, judged by OpenSSL, qpdf and poppler's pdfsig.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "tests, and the helpers that they share"
)]

mod common;

use core::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
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

/// A document of one page with a cross-reference table.
fn sample() -> Vec<u8> {
    let content = "BT /F1 24 Tf 72 700 Td (Contrato) Tj ET";
    let objects = [
        "<</Type /Catalog /Pages 2 0 R>>".to_owned(),
        "<</Type /Pages /Kids [3 0 R] /Count 1>>".to_owned(),
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font \
         <</F1 5 0 R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()),
        "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>".to_owned(),
    ];
    let mut pdf = "%PDF-1.7\n%\u{e2}\u{e3}\n".as_bytes().to_vec();
    let mut table = String::from("xref\n0 6\n0000000000 65535 f\r\n");
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n\r\n", pdf.len()));
        pdf.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    let start = pdf.len();
    let trailer = format!("trailer\n<</Size 6 /Root 1 0 R>>\nstartxref\n{start}\n%%EOF");
    pdf.extend(table.bytes().chain(trailer.bytes()));
    pdf
}

fn element(id: &str, document: &[u8]) -> Value {
    let mut element = hash(id, document, "PAdES_AD_RB");
    element["base64_content"] = json!(BASE64_STANDARD.encode(document));
    element
}

/// The two parts that the last ByteRange covers, joined, and the CMS between them.
fn covered(document: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let text = String::from_utf8_lossy(document);
    let last = text.rfind("/ByteRange [").unwrap();
    // Lossy decoding moves places; the numbers themselves are exact.
    let numbers = &text[last + 12..last + 12 + text[last + 12..].find(']').unwrap()];
    let numbers: Vec<usize> =
        numbers.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let [start, length, end, rest] = numbers[..] else { panic!("four numbers: {numbers:?}") };
    assert_eq!((start, end + rest), (0, document.len()), "all but Contents is covered");
    let hexadecimal = &document[length + 1..end - 1];
    assert_eq!((document[length], document[end - 1]), (b'<', b'>'));
    let bytes: Vec<u8> = hexadecimal
        .chunks(2)
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    assert_eq!(bytes[..2], [0x30, 0x82]);
    let cms = bytes[..4 + usize::from(bytes[2]) * 256 + usize::from(bytes[3])].to_vec();
    ([&document[..length], &document[end..]].concat(), cms)
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
