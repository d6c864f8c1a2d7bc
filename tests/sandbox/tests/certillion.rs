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

#[test]
fn pdf_options_are_written_into_the_signature() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let own = client.client_token();
    let pdf = client.upload(&own, "a.pdf", &sample());
    let sign = |options: &serde_json::Value| {
        let token = client.token(&[]);
        let mut body = order("PADES", None, &[("1", &pdf)]);
        body["hashes"][0]["signature_standard_options"] = json!({ "pdf_options": options });
        let page = client.sign_page(&token, &body);
        if page.status != 200 {
            return Err(json_of(&page)["status"]["code"].clone());
        }
        let reply = json_of(&page);
        Ok(client.download(&own, &reply["signatures"][0]["transaction_id"]))
    };
    let text = |signed: &[u8]| String::from_utf8_lossy(signed).into_owned();
    let signed = sign(&json!({
        "reason": "Aprovado", "location": "São Paulo", "contact_info": "a@rubrica.invalid",
        "name": "Another", "visible_signature_options": {
            "text": "Assinado por $CERT_CN_WO_CPF$\nem SIGN_DATE", "position_on_page": "BOTTOM_RIGHT",
            "width": 150, "height": 40.5, "text_font": "COURIER", "text_font_size": 8,
        },
    }))
    .unwrap();
    let shown = text(&signed);
    assert!(shown.contains("/Reason (Aprovado)") || shown.contains("/Reason <4170726f7661646f>"));
    let place = "FEFF005300E3006F0020005000610075006C006F";
    assert!(shown.to_uppercase().contains(place), "UTF-16 for what is not ASCII");
    assert!(!shown.contains("Another"));
    assert!(shown.contains("/Rect [445.00 0.00 595.00 40.50]"), "{shown}");
    let line = "417373696e61646f20706f722046554c414e412053494e544554494341204445205445535445";
    assert!(shown.contains(line), "the name without the CPF");
    let (content, cms) = covered(&signed);
    openssl_accepts(&sandbox, &cms, Some(&content));
    let folder = Folder::new();
    let path = folder.write("signed.pdf", &signed);
    if let Some((accepted, text)) = judge("qpdf", &["--check", &path]) {
        assert!(accepted, "{text}");
    }
    let at =
        json!({ "visible_signature_options": { "text": "x", "distance_x": 30, "distance_y": 40 } });
    assert!(text(&sign(&at).unwrap()).contains("/Rect [30.00 40.00 230.00 140.00]"));
    // Without a text, the rest is as if it were not there.
    let invisible = json!({ "visible_signature_options": { "page_number": 9, "width": 5 } });
    assert!(text(&sign(&invisible).unwrap()).contains("/Rect [0 0 0 0]"));
    let beyond = json!({ "visible_signature_options": { "text": "x", "page_number": 2 } });
    assert_eq!(sign(&beyond), Err(json!(201)));
    let rotated =
        json!({ "visible_signature_options": { "text": "x", "visual_rotation": "ROTATION_90" } });
    assert_eq!(sign(&rotated), Err(json!(204)));
}
