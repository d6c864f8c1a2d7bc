//! Everything disputed about Certillion's wire, in each reading, and its verdicts.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use common::certillion::{CertillionClient, order};
use common::json_of;
use common::pdf::sample;
use rubrica_sandbox::certillion::{
    self, AliasPlace, DateShape, DetachedDownload, DocumentHash, ErrorBody, Failures, Nesting,
    PolicySpelling, PscList, Settings, SignerMember, TokenCredentials, TransactionMember,
    TransactionShape, ValidatePath, ValidationFailures, ValidationShape,
};
use rubrica_sandbox::{CPF_HOLDER, Fault, Policy, Rule, Sandbox, TWO_CERTIFICATES_HOLDER};
use serde_json::{Value, json};

const CONTENT: &[u8] = b"Um contrato.\r\n";

fn sandbox() -> Sandbox {
    Sandbox::builder().policy(Policy::ApproveAll).start().unwrap()
}

/// A client with a client token, a session token, and one uploaded document.
struct Bench<'s> {
    client: CertillionClient<'s>,
    own: String,
    token: String,
    hash: String,
}

impl<'s> Bench<'s> {
    fn new(sandbox: &'s Sandbox) -> Self {
        let client = CertillionClient::new(sandbox);
        let own = client.client_token();
        let token = client.token(&[("scope", "signature_session"), ("lifetime", "600")]);
        let hash = client.upload(&own, "a", CONTENT);
        Self { client, own, token, hash }
    }

    fn change(&self, change: impl FnOnce(&mut Settings)) {
        self.client.certillion.change(change);
    }

    fn sign(&self) -> Value {
        self.client.sign(&self.token, &order("CADES", Some("AD_RB"), &[("1", &self.hash)]))
    }
}

#[test]
fn the_reply_of_signature_in_every_nesting_and_spelling() {
    let sandbox = sandbox();
    let bench = Bench::new(&sandbox);
    let members = ["policy_id", "signer_certificate", "signer_indentifier", "status"];
    let has = |value: &Value, names: &[&str]| names.iter().all(|name| !value[name].is_null());
    let none = |value: &Value, names: &[&str]| names.iter().all(|name| value[name].is_null());
    let reply = bench.sign();
    assert!(none(&reply, &members) && has(&reply["signatures"][0], &members), "{reply}");
    bench.change(|settings| settings.members = Nesting::Top);
    let reply = bench.sign();
    assert!(has(&reply, &members) && none(&reply["signatures"][0], &members), "{reply}");
    bench.client.download(&bench.own, &reply["transaction_id"]);
    bench.change(|settings| settings.members = Nesting::Both);
    let reply = bench.sign();
    assert!(has(&reply, &members) && has(&reply["signatures"][0], &members), "{reply}");
    assert_eq!(reply["transaction_id"], reply["signatures"][0]["transaction_id"]);

    bench.change(|settings| {
        settings.members = Nesting::Entry;
        settings.signer_member = SignerMember::Identifier;
        settings.transaction_member = TransactionMember::Transaction;
        settings.transaction = TransactionShape::Number;
        settings.code_as_text = true;
        settings.entry_ids = false;
        settings.entry_aliases = false;
        settings.signature_member = true;
    });
    let reply = bench.sign();
    let entry = &reply["signatures"][0];
    assert_eq!(entry["signer_identifier"], CPF_HOLDER);
    assert_eq!(entry["status"]["code"], "140");
    assert!(none(entry, &["id", "alias", "transaction_id", "signer_indentifier"]));
    assert!(entry["transaction"].is_u64());
    let signed = bench.client.download(&bench.own, &entry["transaction"]);
    assert_eq!(entry["signature"], BASE64_STANDARD.encode(signed));
    bench.change(|settings| settings.transaction = TransactionShape::Digits);
    let entry = &bench.sign()["signatures"][0];
    assert!(entry["transaction"].as_str().unwrap().parse::<u64>().is_ok());
    bench.client.download(&bench.own, &entry["transaction"]);
}

#[test]
fn transactions_of_several_documents_stay_in_the_entries() {
    let sandbox = sandbox();
    let bench = Bench::new(&sandbox);
    bench.change(|settings| settings.members = Nesting::Top);
    let other = bench.client.upload(&bench.own, "b", b"b");
    let body = order("CADES", Some("AD_RB"), &[("1", &bench.hash), ("2", &other)]);
    let reply = bench.client.sign(&bench.token, &body);
    assert!(reply["transaction_id"].is_null());
    for entry in reply["signatures"].as_array().unwrap() {
        bench.client.download(&bench.own, &entry["transaction_id"]);
    }
    // One that cannot be signed fails alone, or all with it.
    let body = order("PADES", None, &[("1", &bench.hash), ("2", &other)]);
    assert_eq!(bench.client.sign_page(&bench.token, &body).status, 400);
    let pdf = bench.client.upload(&bench.own, "c", &sample());
    bench.change(|settings| settings.failures = Failures::Entry);
    let body = order("PADES", None, &[("1", &bench.hash), ("2", &pdf)]);
    let reply = bench.client.sign(&bench.token, &body);
    let entries = &reply["signatures"];
    assert!(reply["status"].is_null(), "statuses that differ stay in the entries");
    assert_eq!(entries[0]["status"]["code"], 713);
    assert_eq!(entries[1]["status"]["code"], 140);
    let page = bench.client.download_page(&bench.own, &entries[0]["transaction_id"]);
    assert_eq!((page.status, json_of(&page)["status"]["code"].clone()), (400, json!(700)));
    bench.client.download(&bench.own, &entries[1]["transaction_id"]);
}

#[test]
fn requests_in_the_spellings_that_are_accepted() {
    let sandbox = sandbox();
    let bench = Bench::new(&sandbox);
    let status = |policy: &str| {
        let body = order("CADES", Some(policy), &[("1", &bench.hash)]);
        bench.client.sign_page(&bench.token, &body).status
    };
    assert_eq!((status("AD_RB"), status("AD-RB")), (200, 200));
    bench.change(|settings| settings.policy_spelling = PolicySpelling::Underscore);
    assert_eq!((status("AD_RB"), status("AD-RB")), (200, 400));
    bench.change(|settings| settings.policy_spelling = PolicySpelling::Hyphen);
    assert_eq!((status("AD_RB"), status("AD-RB")), (400, 200));

    let mut short = order("CADES", Some("AD-RB"), &[("1", &bench.hash)]);
    short.as_object_mut().unwrap().retain(|name, _| name != "detached" && name != "pki_name");
    assert_eq!(bench.client.sign_page(&bench.token, &short).status, 200);
    bench.change(|settings| settings.members_required = true);
    assert_eq!(bench.client.sign_page(&bench.token, &short).status, 400);

    let application = sandbox.certillion().application().clone();
    let both = [
        ("client_id", application.client_id.as_str()),
        ("client_secret", application.client_secret.as_str()),
    ];
    let exchange = |credentials, changes: &[(&str, &str)]| {
        bench.change(|settings| settings.token_credentials = credentials);
        let code = bench.client.code(&[]);
        bench.client.token_page(&code, changes).status
    };
    assert_eq!(exchange(TokenCredentials::Manager, &[]), 200);
    assert_eq!(exchange(TokenCredentials::Manager, &both), 400);
    assert_eq!(exchange(TokenCredentials::ManagerOrBoth, &both), 200);
    assert_eq!(exchange(TokenCredentials::Both, &both), 200);
    assert_eq!(exchange(TokenCredentials::Both, &[]), 500);
    bench.change(|settings| settings.token_redirect_uri = true);
    assert_eq!(exchange(TokenCredentials::Manager, &[]), 400);
    let uri = [("redirect_uri", rubrica_sandbox::DEFAULT_REDIRECT_URI)];
    assert_eq!(exchange(TokenCredentials::Manager, &uri), 200);
}

#[test]
fn certificates_by_alias_in_a_header_or_in_the_query() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let token = client.token(&[("login_hint", TWO_CERTIFICATES_HOLDER)]);
    let holder = sandbox.holder(TWO_CERTIFICATES_HOLDER).unwrap();
    let alias = holder.certificates[1].alias();
    let bearer = format!("Bearer {token}");
    let discover = |query: bool, alias: &str| {
        let url = client.url("/certificate-discovery");
        let mut headers = vec![("Authorization", bearer.as_str())];
        let url = if query { format!("{url}?certificate_alias={alias}") } else { url };
        if !query {
            headers.push(("certificate_alias", alias));
        }
        client.browser.request("GET", &url, &headers, b"").unwrap()
    };
    let listed = json_of(&client.get("/certificate-discovery", &token));
    assert_eq!(listed["certificates"].as_array().unwrap().len(), 2);
    assert_eq!(listed["status"]["code"], 100);
    let first = &listed["certificates"][0];
    assert!(first["not_after"].as_str().unwrap().ends_with('Z'));
    assert!(first["issuer_certificate"]["subject_dn"].as_str().unwrap().starts_with("CN=AC "));
    assert_eq!(first["issuer_certificate"]["subject_dn"], first["issuer_dn"]);
    for (place, header, query) in [
        (AliasPlace::Both, true, true),
        (AliasPlace::Header, true, false),
        (AliasPlace::Query, false, true),
    ] {
        client.certillion.change(|settings| settings.alias_place = place);
        let page = discover(false, alias);
        let found = json_of(&page)["certificates"].as_array().unwrap().len();
        assert_eq!(found, if header { 1 } else { 2 }, "{place:?}");
        assert_eq!(discover(true, alias).status, if query { 200 } else { 400 }, "{place:?}");
    }
    assert_eq!(discover(true, "none").status, 404);
    client.certillion.change(|settings| settings.dates = DateShape::EpochMilliseconds);
    let listed = json_of(&client.get("/certificate-discovery", &token));
    assert!(listed["certificates"][0]["not_before"].as_i64().unwrap() > 1_000_000_000_000);
}

#[test]
fn replies_whose_schema_nobody_shows() {
    let sandbox = sandbox();
    let bench = Bench::new(&sandbox);
    let pscs = || json_of(&bench.client.get("/oauth/psc-info", &bench.own));
    assert_eq!(pscs()[0], "VAULTID");
    bench.change(|settings| settings.psc_list = PscList::Objects);
    assert_eq!(pscs()[0]["psc"], "VAULTID");
    bench.change(|settings| settings.psc_list = PscList::Wrapped);
    assert_eq!(pscs()["pscs"].as_array().unwrap().len(), 7);

    bench.change(|settings| settings.token_type = false);
    let page = bench.client.token_page(&bench.client.code(&[]), &[]);
    assert!(json_of(&page)["token_type"].is_null());

    bench.change(|settings| settings.document_hash = DocumentHash::Opaque);
    let hash = bench.client.upload(&bench.own, "a", CONTENT);
    assert_ne!(hash, bench.hash);
    let body = order("CADES", Some("AD_RB"), &[("1", &hash)]);
    bench.client.sign(&bench.token, &body);

    for (errors, length) in [(ErrorBody::Empty, 0..1), (ErrorBody::Html, 1..200)] {
        bench.change(|settings| settings.errors = errors);
        let page = bench.client.download_page(&bench.own, &json!("none"));
        assert_eq!(page.status, 404);
        assert!(length.contains(&page.body.len()) && !page.text().contains("{\"status\""));
    }
    assert_eq!(certillion::status_codes().count(), 99);
}

#[test]
fn a_detached_signature_is_downloaded_in_every_reading() {
    let sandbox = sandbox();
    let bench = Bench::new(&sandbox);
    let mut body = order("CADES", Some("AD_RB"), &[("1", &bench.hash)]);
    body["detached"] = json!(true);
    let mut downloads = Vec::new();
    for download in
        [DetachedDownload::Detached, DetachedDownload::Attached, DetachedDownload::Refused]
    {
        bench.change(|settings| settings.detached_download = download);
        let entry = &bench.client.sign(&bench.token, &body)["signatures"][0];
        assert!(entry["signature"].is_string());
        downloads.push(bench.client.download_page(&bench.own, &entry["transaction_id"]));
    }
    let holds = |content: &[u8]| content.windows(CONTENT.len()).any(|window| window == CONTENT);
    assert!(!holds(&downloads[0].body) && holds(&downloads[1].body));
    assert_eq!(downloads[2].status, 400);
}

/// Signs and downloads, then asks for the verdict in some ways.
#[test]
fn verdicts_on_cades_and_pades() {
    let sandbox = sandbox();
    let bench = Bench::new(&sandbox);
    let pdf = bench.client.upload(&bench.own, "b.pdf", &sample());
    let make = |standard: &str, policy: Option<&str>, hash: &str, detached: bool| {
        let mut body = order(standard, policy, &[("1", hash)]);
        body["detached"] = json!(detached);
        let reply = bench.client.sign(&bench.token, &body);
        bench.client.download(&bench.own, &reply["signatures"][0]["transaction_id"])
    };
    let validate = |body: &Value| bench.client.post_json("/signature/validate", &bench.own, body);
    let encoded = |bytes: &[u8]| json!(BASE64_STANDARD.encode(bytes));
    let code = |body: &Value| {
        let page = validate(body);
        let reply = json_of(&page);
        (page.status, reply["status"]["code"].as_u64(), reply["status"]["detail"].clone())
    };

    let signed = make("PADES_ICP_BR", Some("AD_RT"), &pdf, false);
    let page = validate(&json!({ "signature": encoded(&signed), "pki_name": "ICP_BR" }));
    assert_eq!(page.status, 200, "{}", page.text());
    let verdict = &json_of(&page)["signatures"][0];
    assert_eq!(verdict["valid"], true);
    assert_eq!(verdict["policy_id"], "2.16.76.1.7.1.12.1.3");
    assert_eq!(verdict["legal_identifier"], CPF_HOLDER);
    assert!(verdict["signing_time"].is_null(), "forbidden in PAdES");
    // A PDF that is stored, signed or not.
    let stored = bench.client.upload(&bench.own, "c.pdf", &signed);
    assert_eq!(validate(&json!({ "signature": stored })).status, 200);
    assert_eq!(code(&json!({ "signature": pdf })).0, 400);
    let mut changed = signed.clone();
    changed[7] ^= 1;
    let reason = |name: &str| (400, Some(205), json!(name));
    let body = json!({ "signature": encoded(&changed) });
    assert_eq!(code(&body), reason("DIGEST_VERIFICATION_ERROR"));
    let longer = [&signed[..], b"\n"].concat();
    let body = json!({ "signature": encoded(&longer) });
    assert_eq!(code(&body), reason("DIGEST_VERIFICATION_ERROR"));

    let attached = make("CADES", Some("AD_RB"), &bench.hash, false);
    let page = validate(&json!({ "signature": encoded(&attached) }));
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(json_of(&page)["signatures"][0]["signing_time"].is_string());
    let detached = make("CADES", Some("AD_RB"), &bench.hash, true);
    for (name, content) in [("content", encoded(CONTENT)), ("document_hash", json!(bench.hash))] {
        let mut body = json!({ "signature": encoded(&detached) });
        assert_eq!(code(&body).1, Some(711), "detached from nothing");
        body[name] = content;
        assert_eq!(validate(&body).status, 200, "{name}");
    }
    let body = json!({ "signature": encoded(&detached), "content": encoded(b"another") });
    assert_eq!(code(&body), reason("DIGEST_VERIFICATION_ERROR"));
    let body = json!({ "signature": encoded(&detached), "document_hash": "none" });
    assert_eq!(code(&body).1, Some(711));
    let body = json!({ "signature": encoded(&attached[..200]) });
    assert_eq!(code(&body), reason("ENCODING_ERROR"));
    assert_eq!(code(&json!({ "signature": "%" })).1, Some(205));
    assert_eq!(code(&json!({})).1, Some(205));

    for (fault, name) in [
        (Fault::WrongKey, "CRYPTOGRAPHIC_ERROR"),
        (Fault::TamperedSignature, "CRYPTOGRAPHIC_ERROR"),
        (Fault::WrongDigest, "DIGEST_VERIFICATION_ERROR"),
        (Fault::ExpiredCertificate, "NOT_AFTER_ERROR"),
        (Fault::UnknownRoot, "NOT_TRUSTED_CERTIFICATE_ERROR"),
    ] {
        sandbox.faults().add(Rule::once(certillion::SIGNATURE, fault));
        let spoiled = make("CADES", Some("AD_RB"), &bench.hash, false);
        assert_eq!(code(&json!({ "signature": encoded(&spoiled) })), reason(name));
    }

    let body = json!({ "signature": encoded(&changed) });
    bench.change(|settings| settings.validation_failures = ValidationFailures::Reply);
    let reply = json_of(&validate(&body));
    assert_eq!(reply["signatures"][0]["invalid_reason"], json!(["DIGEST_VERIFICATION_ERROR"]));
    assert_eq!(reply["status"]["code"], 700);
    bench.change(|settings| settings.validation = ValidationShape::SoapNames);
    assert_eq!(json_of(&validate(&body))["Signatures"][0]["Valid"], false);
    bench.change(|settings| settings.validation = ValidationShape::StatusAlone);
    assert!(json_of(&validate(&body))["signatures"].is_null());

    let elsewhere =
        || bench.client.post_json("/oauth/signature/validate", &bench.own, &body).status;
    for (path, plain, under) in [
        (ValidatePath::Both, 200, 200),
        (ValidatePath::Plain, 200, 404),
        (ValidatePath::UnderOauth, 404, 200),
    ] {
        bench.change(|settings| settings.validate_path = path);
        assert_eq!((validate(&body).status, elsewhere()), (plain, under), "{path:?}");
    }
}
