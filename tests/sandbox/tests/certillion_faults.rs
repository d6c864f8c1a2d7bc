//! What goes wrong at Certillion, on demand.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use common::certillion::{CertillionClient, multipart, order};
use common::pdf::sample;
use common::{json_of, sha256};
use rubrica_sandbox::{ExpiresIn, Fault, Garbage, Policy, Rule, Sandbox, certillion};
use serde_json::{Value, json};

const CONTENT: &[u8] = b"Um contrato.\r\n";

fn sandbox() -> Sandbox {
    Sandbox::builder().policy(Policy::ApproveAll).start().unwrap()
}

/// Two documents, signed under one more fault.
fn sign_two(client: &CertillionClient<'_>, token: &str, fault: Fault) -> Value {
    let own = client.client_token();
    let (a, b) = (client.upload(&own, "a", CONTENT), client.upload(&own, "b", b"b"));
    client.sandbox.faults().add(Rule::once(certillion::SIGNATURE, fault));
    client.sign(token, &order("CADES", Some("AD_RB"), &[("1", &a), ("2", &b)]))
}

#[test]
fn statuses_of_entries_under_200() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let token = client.token(&[("scope", "signature_session")]);
    let reply = sign_two(&client, &token, Fault::EntryStatus { code: 212, entry: Some(1) });
    let codes =
        [&reply["signatures"][0], &reply["signatures"][1]].map(|it| it["status"]["code"].clone());
    assert_eq!(codes, [json!(140), json!(212)]);
    assert_eq!(reply["signatures"][1]["status"]["name"], "ACCOUNT_NO_CREDIT");
    assert_eq!(sandbox.counters().signatures_of(&sha256(b"b")), 0, "not made and not billed");
    let reply = sign_two(&client, &token, Fault::EntryStatus { code: 999, entry: None });
    assert_eq!(reply["signatures"][0]["status"]["name"], "UNKNOWN");
    assert_eq!(sandbox.counters().signatures().len(), 1);
}

#[test]
fn identifiers_and_transactions_that_are_not_those_of_the_documents() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let own = client.client_token();
    let token = client.token(&[("scope", "signature_session")]);
    let ids = |reply: &Value| -> Vec<Value> {
        reply["signatures"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect()
    };
    assert_eq!(ids(&sign_two(&client, &token, Fault::SwappedIds)), ["2", "1"]);
    assert_eq!(ids(&sign_two(&client, &token, Fault::DuplicateId)), ["1", "1"]);
    assert_eq!(ids(&sign_two(&client, &token, Fault::MissingId)), ["1"]);
    assert_eq!(ids(&sign_two(&client, &token, Fault::ExtraId)).len(), 3);
    assert_ne!(ids(&sign_two(&client, &token, Fault::WrongId))[0], "1");

    let holds = |transaction: &Value, content: &[u8]| {
        let signed = client.download(&own, transaction);
        signed.windows(content.len()).any(|window| window == content)
    };
    let reply = sign_two(&client, &token, Fault::SwappedTransactions);
    assert!(holds(&reply["signatures"][1]["transaction_id"], CONTENT));
    assert!(!holds(&reply["signatures"][0]["transaction_id"], CONTENT));
    let reply = sign_two(&client, &token, Fault::OtherTransaction);
    assert!(!holds(&reply["signatures"][0]["transaction_id"], CONTENT));
    let reply = sign_two(&client, &token, Fault::MissingTransaction);
    assert!(reply["signatures"][0]["transaction_id"].is_null());
}

#[test]
fn signatures_made_whose_answer_does_not_arrive_are_counted() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let own = client.client_token();
    let token = client.token(&[("scope", "signature_session")]);
    let hash = client.upload(&own, "a", CONTENT);
    let body = order("CADES", Some("AD_RB"), &[("1", &hash)]);
    let faults = sandbox.faults();
    faults.add(Rule::once(certillion::SIGNATURE, Fault::TimeoutAfterSigning));
    let page = client.sign_page(&token, &body);
    assert_eq!((page.status, json_of(&page)["status"]["code"].clone()), (504, json!(301)));
    assert_eq!(sandbox.counters().signatures_of(&sha256(CONTENT)), 1);
    let send = || {
        let url = client.url("/oauth/signature");
        let bearer = format!("Bearer {token}");
        let headers = [common::JSON, ("Authorization", bearer.as_str())];
        client.browser.request("POST", &url, &headers, body.to_string().as_bytes())
    };
    faults.add(Rule::once(certillion::SIGNATURE, Fault::ResetAfter));
    assert!(send().is_err());
    assert_eq!(sandbox.counters().signatures_of(&sha256(CONTENT)), 2);
    faults.add(Rule::once(certillion::SIGNATURE, Fault::ResetBefore));
    assert!(send().is_err());
    assert_eq!(sandbox.counters().signatures_of(&sha256(CONTENT)), 2);
}

#[test]
fn an_upload_whose_hash_is_opaque_or_missing() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let own = client.client_token();
    let faults = sandbox.faults();
    faults.add(Rule::once(certillion::DOCUMENT, Fault::OpaqueDocumentHash));
    let hash = client.upload(&own, "a", CONTENT);
    let token = client.token(&[]);
    client.sign(&token, &order("CADES", Some("AD_RB"), &[("1", &hash)]));
    faults.add(Rule::once(certillion::DOCUMENT, Fault::MissingDocumentHash));
    let page = client.upload_page(&own, "a", CONTENT);
    assert!(page.status == 200 && json_of(&page)["document_hash"].is_null());
    faults.add(Rule::once(certillion::DOCUMENT, Fault::ResetAfter));
    let bearer = format!("Bearer {own}");
    let media = format!("multipart/form-data; boundary={}", common::certillion::BOUNDARY);
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", media.as_str())];
    let url = client.url("/oauth/document");
    let sent = client.browser.request("POST", &url, &headers, &multipart("a", CONTENT));
    assert!(sent.is_err());
    assert_eq!(sandbox.counters().uploads_of(&sha256(CONTENT)), 3);
}

#[test]
fn a_download_that_is_cut_empty_or_of_another_document() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let own = client.client_token();
    let token = client.token(&[("scope", "signature_session")]);
    let pdf = client.upload(&own, "a", &sample());
    let sign = || {
        let reply = client.sign(&token, &order("PADES", None, &[("1", &pdf)]));
        reply["signatures"][0]["transaction_id"].clone()
    };
    let transaction = sign();
    let whole = client.download(&own, &transaction);
    let under = |fault: Fault| {
        sandbox.faults().add(Rule::once(certillion::DOWNLOAD, fault));
        client.download(&own, &transaction)
    };
    assert_eq!(under(Fault::CutDocument), whole[..whole.len() / 2]);
    assert_eq!(under(Fault::EmptyDocument), b"");
    assert_eq!(under(Fault::OtherDocument), b"another document");
    let hash = client.upload(&own, "b", CONTENT);
    client.sign(&token, &order("CADES", Some("AD_RB"), &[("1", &hash)]));
    assert!(under(Fault::OtherDocument).starts_with(&[0x30]));
    sandbox.faults().add(Rule::once(certillion::DOWNLOAD, Fault::Truncate { bytes: 600 }));
    let name = transaction.as_str().unwrap();
    let url = client.url(&format!("/oauth/document/{name}"));
    let bearer = format!("Bearer {own}");
    let page = client.browser.request("GET", &url, &[("Authorization", &bearer)], b"");
    assert!(page.is_err(), "fewer bytes than were announced");
    sandbox.faults().add(Rule::once(certillion::SIGNATURE, Fault::AlteredDocument));
    let signed = client.download(&own, &sign());
    assert!(!signed.starts_with(&sample()) && signed.starts_with(b"%PDF-1."));
    assert_eq!(sandbox.counters().downloads().len(), 7);
}

#[test]
fn tokens_redirects_and_bodies_that_are_wrong() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let faults = sandbox.faults();
    faults.add(Rule::once(certillion::AUTHORIZE, Fault::WrongState));
    let location = client.callback(&[]);
    assert!(location.contains("&state=") && !location.contains("a%20state"));
    faults.add(Rule::once(certillion::TOKEN, Fault::WrongIdentification));
    faults.add(Rule::once(certillion::TOKEN, Fault::ExpiresIn(ExpiresIn::Text)));
    let reply = json_of(&client.token_page(&client.code(&[]), &[]));
    assert_ne!(reply["authorized_identification"], rubrica_sandbox::CPF_HOLDER);
    assert_eq!(reply["expires_in"], "300");
    faults.add(Rule::once(certillion::CLIENT_TOKEN, Fault::ExpiresIn(ExpiresIn::Absent)));
    client.client_token();
    faults.add(Rule::always(certillion::PSC_INFO, Fault::Garbage(Garbage::CutJson)));
    let page = client.get("/oauth/psc-info", "");
    assert!(serde_json::from_slice::<Value>(&page.body).is_err());
}

#[test]
fn what_is_signed_by_another_or_over_another_digest_is_downloaded_all_the_same() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let own = client.client_token();
    let token = client.token(&[("scope", "signature_session")]);
    let xml = client.upload(&own, "a.xml", b"<a/>");
    let pdf = client.upload(&own, "a.pdf", &sample());
    let sign = |standard: &str, policy: Option<&str>, hash: &str| {
        let reply = client.sign(&token, &order(standard, policy, &[("1", hash)]));
        client.download(&own, &reply["signatures"][0]["transaction_id"])
    };
    let names =
        |signed: &[u8], name: &str| signed.windows(name.len()).any(|it| it == name.as_bytes());
    let right = "CN=AC SINTETICA de Teste RFB v5,";
    assert!(names(&sign("XADES", Some("AD_RB"), &xml), right));
    for fault in [
        Fault::WrongKey,
        Fault::WrongHolder,
        Fault::WrongDigest,
        Fault::TamperedSignature,
        Fault::ExpiredCertificate,
        Fault::UnknownRoot,
        Fault::AlteredDocument,
    ] {
        let unknown = fault == Fault::UnknownRoot;
        sandbox.faults().add(Rule::always(certillion::SIGNATURE, fault));
        assert_eq!(names(&sign("XADES", Some("AD_RB"), &xml), right), !unknown);
        assert!(sign("PADES_ICP_BR", Some("AD_RB"), &pdf).starts_with(b"%PDF-1."));
        sandbox.faults().clear();
    }
    assert_eq!(sandbox.counters().signatures().len(), 15);
}

#[test]
fn old_documents_and_transactions_are_forgotten() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let own = client.client_token();
    let token = client.token(&[("scope", "signature_session")]);
    client.certillion.change(|settings| settings.bytes_kept = 5000);
    let (old, new) = (vec![b'o'; 4000], vec![b'n'; 4000]);
    let old = client.upload(&own, "old", &old);
    let order = |hash: &str| order("CADES", Some("AD_RB"), &[("1", hash)]);
    let first = client.sign(&token, &order(&old))["signatures"][0]["transaction_id"].clone();
    let new = client.upload(&own, "new", &new);
    let page = client.sign_page(&token, &order(&old));
    assert_eq!((page.status, json_of(&page)["status"]["code"].clone()), (400, json!(711)));
    client.download(&own, &first);
    client.sign(&token, &order(&new));
    assert_eq!(client.download_page(&own, &first).status, 404);
}
