//! Certillion from login to download, by raw HTTP.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use common::certillion::{CertillionClient, order};
use common::pdf::{covered, sample};
use common::{Folder, json_of, judge, sha256};
use rubrica_sandbox::{CPF_HOLDER, DEFAULT_REDIRECT_URI, Policy, Sandbox, certillion};
use serde_json::json;

const CONTENT: &[u8] = b"Um contrato.\r\n";

fn sandbox() -> Sandbox {
    Sandbox::builder().policy(Policy::ApproveAll).start().unwrap()
}

/// `openssl cms -verify`; without `content` the CMS holds it.
fn openssl_accepts(sandbox: &Sandbox, cms: &[u8], content: Option<&[u8]>) {
    let folder = Folder::new();
    let anchors = folder.write("anchors.pem", sandbox.anchors_pem());
    let cms = folder.write("signature.p7s", cms);
    let out = folder.path().join("out").to_str().unwrap().to_owned();
    let mut arguments = vec![
        "cms", "-verify", "-binary", "-inform", "DER", "-in", &cms, "-CAfile", &anchors,
        "-purpose", "any", "-cades", "-out", &out,
    ];
    let content = content.map(|content| folder.write("content", content));
    if let Some(content) = &content {
        arguments.extend(["-content", content]);
    }
    if let Some((accepted, text)) = judge("openssl", &arguments) {
        assert!(accepted, "{text}");
        assert!(!std::fs::read(&out).unwrap().is_empty());
    }
}

#[test]
fn a_batch_is_uploaded_authorised_signed_and_downloaded() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let own = client.client_token();
    let pdf = sample();
    let (first, second) = (client.upload(&own, "a.pdf", &pdf), client.upload(&own, "b", CONTENT));
    assert_eq!(first, BASE64_STANDARD.encode(sha256(&pdf)));

    let location = client.callback(&[]);
    assert!(location.starts_with(&format!("{DEFAULT_REDIRECT_URI}?code=")), "{location}");
    assert!(location.ends_with("&state=a%20state"), "{location}");
    let code = client.code(&[("scope", "signature_session"), ("lifetime", "900")]);
    let page = client.token_page(&code, &[]);
    assert_eq!(page.status, 200, "{}", page.text());
    let reply = json_of(&page);
    assert_eq!(reply["expires_in"], 900);
    assert_eq!(reply["scope"], "signature_session");
    assert_eq!(reply["authorized_identification"], CPF_HOLDER);
    assert_eq!(reply["authorized_identification_type"], "CPF");
    let token = reply["access_token"].as_str().unwrap();

    let reply = client.sign(token, &order("PADES_ICP_BR", Some("AD_RB"), &[("1", &first)]));
    let entry = &reply["signatures"][0];
    assert_eq!(entry["id"], "1");
    assert_eq!(entry["status"]["code"], 140);
    assert_eq!(entry["status"]["name"], "SIGNATURE_VALID");
    assert_eq!(entry["signer_indentifier"], CPF_HOLDER);
    assert_eq!(entry["policy_id"], "2.16.76.1.7.1.11.1.3");
    let certificate = &entry["signer_certificate"];
    let dn = certificate["subject_dn"].as_str().unwrap();
    assert!(dn.starts_with("CN=FULANA SINTETICA DE TESTE:11144477735,"), "{dn}");
    assert!(dn.ends_with(",O=ICP-Brasil,C=BR"), "{dn}");
    assert_eq!(certificate["subject_dn"].is_string(), certificate["issuer_dn"].is_string());
    let signed = client.download(&own, &entry["transaction_id"]);
    assert!(signed.starts_with(&pdf));
    let (content, cms) = covered(&signed);
    openssl_accepts(&sandbox, &cms, Some(&content));

    let reply = client.sign(token, &order("CADES", Some("AD-RB"), &[("2", &second)]));
    let transaction = &reply["signatures"][0]["transaction_id"];
    let signed = client.download(token, transaction);
    openssl_accepts(&sandbox, &signed, None);
    let mut detached = order("CADES", Some("AD_RT"), &[("3", &second), ("4", &first)]);
    detached["detached"] = json!(true);
    let reply = client.sign(token, &detached);
    for (entry, content) in reply["signatures"].as_array().unwrap().iter().zip([CONTENT, &pdf]) {
        let cms = BASE64_STANDARD.decode(entry["signature"].as_str().unwrap()).unwrap();
        openssl_accepts(&sandbox, &cms, Some(content));
        assert_eq!(client.download(&own, &entry["transaction_id"]), cms);
    }
    let counters = sandbox.counters();
    assert_eq!(counters.signatures_of(&sha256(&pdf)), 2);
    assert_eq!(counters.signatures_of(&sha256(CONTENT)), 2);
    assert_eq!(counters.uploads_of(&sha256(&pdf)), 1);
    assert_eq!(counters.downloads_of(&sha256(&pdf)), 2);
    assert_eq!(counters.uploads()[1].bytes, CONTENT.len() as u64);
    assert_eq!(counters.signatures()[0].psc, "certillion");
    assert_eq!(counters.signatures()[0].format, "PADES_ICP_BR");
    assert_eq!(counters.requests(certillion::SIGNATURE), 3);
    assert!(counters.violations().is_empty());
}
