//! Everything that Certillion refuses, with the status and the body that its API page has for it.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests, and the helpers that they share")]

mod common;

use core::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use common::certillion::{BOUNDARY, CertillionClient, multipart, order};
use common::pdf::sample;
use common::{FORM, JSON, json_of, sha256};
use rubrica_sandbox::{
    CNPJ_HOLDER, EXPIRED_HOLDER, Page, Policy, REVOKED_HOLDER, Sandbox, UNKNOWN_ROOT_HOLDER,
};
use serde_json::{Value, json};

const CONTENT: &[u8] = b"Um contrato.\r\n";

fn sandbox() -> Sandbox {
    Sandbox::builder().policy(Policy::ApproveAll).start().unwrap()
}

/// Status and code of a refusal.
fn refusal(page: &Page) -> (u16, u64) {
    let body = json_of(page);
    assert!(body["status"]["name"].is_string() && body["status"]["detail"].is_string(), "{body}");
    (page.status, body["status"]["code"].as_u64().unwrap())
}

/// Status and word of a refusal where tokens are granted.
fn word(page: &Page) -> (u16, String) {
    let body = json_of(page);
    assert!(body["error_description"].is_string() && body["error_uri"].is_string(), "{body}");
    (page.status, body["error"].as_str().unwrap().to_owned())
}

#[test]
fn a_client_token_is_for_whoever_has_the_secret() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let application = sandbox.certillion().application();
    let ask = |id: &str, secret: &str, grant: &str, more: &[(&str, &str)]| {
        let mut pairs = vec![("client_id", id), ("client_secret", secret), ("grant_type", grant)];
        pairs.retain(|(_, value)| !value.is_empty());
        pairs.extend(more);
        client.post_form("/oauth/client_token", &pairs)
    };
    let (id, secret) = (application.client_id.as_str(), application.client_secret.as_str());
    let reply = json_of(&ask(id, secret, "client_credentials", &[]));
    assert_eq!((&reply["expires_in"], &reply["lifetime"]), (&json!(300), &json!(300)));
    assert_eq!(reply["token_type"], "Bearer");
    assert_eq!(refusal(&ask(id, "x", "client_credentials", &[])), (401, 220));
    assert_eq!(refusal(&ask("x", secret, "client_credentials", &[])), (401, 220));
    assert_eq!(refusal(&ask(id, secret, "", &[])), (500, 224));
    assert_eq!(refusal(&ask(id, secret, "password", &[])), (500, 224));
    assert_eq!(refusal(&ask(id, secret, "client_credentials", &[("lifetime", "0")])), (500, 224));
    assert_eq!(refusal(&ask(id, secret, "client_credentials", &[("scope", "x")])), (400, 201));
    let url = client.url("/oauth/client_token");
    let body = json!({ "client_id": id, "client_secret": secret }).to_string();
    let page = client.browser.request("POST", &url, &[JSON], body.as_bytes()).unwrap();
    assert_eq!(refusal(&page), (415, 203));
    let page = client.browser.request("GET", &url, &[FORM], b"").unwrap();
    assert_eq!(page.status, 405);
}

#[test]
fn an_authorization_is_right_or_401() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let own = client.client_token();
    let order = order("CADES", Some("AD_RB"), &[("1", "x")]);
    // A client token names no holder, and so signs nothing.
    assert_eq!(refusal(&client.sign_page(&own, &order)), (401, 250));
    assert_eq!(refusal(&client.get("/certificate-discovery", &own)), (401, 250));
    for path in ["/oauth/signature", "/signature/validate", "/oauth/token-command"] {
        assert_eq!(refusal(&client.post_json(path, "", &json!({}))), (401, 209), "{path}");
        assert_eq!(refusal(&client.post_json(path, "x", &json!({}))), (401, 250), "{path}");
    }
    assert_eq!(refusal(&client.get("/oauth/document/x", "y")), (401, 250));
    assert_eq!(refusal(&client.upload_page("x", "a", CONTENT)), (401, 250));
    sandbox.clock().advance(Duration::from_secs(601));
    assert_eq!(refusal(&client.upload_page(&own, "a", CONTENT)), (401, 249));
    let page = client.get("/oauth/psc-info?access_token=x", "");
    assert_eq!(page.status, 400);
    let page = client.get("/oauth/document/x?access_token=x", &own);
    assert_eq!(page.status, 400);
    assert_eq!(sandbox.counters().violations(), ["a secret in a URL"]);
}

#[test]
fn an_upload_is_one_file_and_nothing_else() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let own = client.client_token();
    assert_eq!(refusal(&client.upload_page(&own, "a.pdf", b"")), (500, 440));
    let whole = multipart("a.pdf", CONTENT);
    let cut = &whole[..whole.len() - 4];
    assert_eq!(refusal(&client.upload_body(&own, cut)), (400, 205));
    let named = String::from_utf8(whole.clone()).unwrap().replace("\"file\"", "\"arquivo\"");
    assert_eq!(refusal(&client.upload_body(&own, named.as_bytes())), (400, 205));
    let twice = [&whole[..whole.len() - 4], b"\r\n", &whole].concat();
    assert_eq!(refusal(&client.upload_body(&own, &twice)), (400, 205));

    let bearer = format!("Bearer {own}");
    let media = format!("multipart/form-data; boundary={BOUNDARY}");
    let send = |headers: &[(&str, &str)]| {
        let url = client.url("/oauth/document");
        client.browser.request("POST", &url, headers, &whole).unwrap()
    };
    assert_eq!(refusal(&send(&[("Content-Type", &media)])), (500, 440));
    let authorization = ("Authorization", bearer.as_str());
    assert_eq!(refusal(&send(&[authorization])), (400, 205));
    let other = "multipart/form-data; boundary=other";
    assert_eq!(refusal(&send(&[authorization, ("Content-Type", other)])), (400, 205));
    let accept = ("Accept", "text/html");
    let page = send(&[authorization, ("Content-Type", &media), accept]);
    assert_eq!(refusal(&page), (406, 203));
    assert!(sandbox.counters().uploads().is_empty());
    assert_eq!(send(&[authorization, ("Content-Type", &media)]).status, 200);
    assert_eq!(sandbox.counters().uploads()[0].file_name, "a.pdf");
}

#[test]
fn an_upload_larger_than_other_bodies_is_taken_up_to_a_limit_of_its_own() {
    let builder = Sandbox::builder().policy(Policy::ApproveAll).body_limit(64 * 1024);
    let sandbox = builder.upload_limit(3 * 1024 * 1024).start().unwrap();
    let client = CertillionClient::new(&sandbox);
    let own = client.client_token();
    let large = vec![b'x'; 2 * 1024 * 1024];
    let hash = client.upload(&own, "large.bin", &large);
    let token = client.token(&[]);
    let reply = client.sign(&token, &order("CADES", Some("AD_RB"), &[("1", &hash)]));
    let signed = client.download(&own, &reply["signatures"][0]["transaction_id"]);
    assert!(signed.len() > large.len());
    let limit = vec![b'x'; 4 * 1024 * 1024];
    let refused = client.browser.request(
        "POST",
        &client.url("/oauth/document"),
        &[("Authorization", &format!("Bearer {own}"))],
        &limit,
    );
    // The answer may be lost to the reset that closing with unread bytes brings.
    assert!(refused.map_or(true, |page| page.status == 413));
    assert_eq!(sandbox.counters().uploads().len(), 1);
}

#[test]
fn authorize_shows_a_page_until_it_knows_where_to_go_back_to() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    for (changes, status) in [
        ([("manager_id", "x")], 400),
        ([("manager_id", "")], 400),
        ([("redirect_uri", "http://127.0.0.1/other")], 400),
        ([("psc", "NONE")], 404),
        // Its host is another.
        ([("psc", "CERTILLION_SIGNER")], 404),
        ([("code_verifier", "x")], 400),
    ] {
        let page = client.authorize(&changes);
        assert_eq!((page.status, page.header("location")), (status, None), "{changes:?}");
    }
    for (changes, error) in [
        ([("response_type", "token")], "unsupported_response_type"),
        ([("code_challenge_method", "plain")], "invalid_request"),
        ([("code_challenge", "short")], "invalid_request"),
        ([("scope", "authentication_session")], "invalid_scope"),
        ([("scope", "Signature_session")], "invalid_scope"),
        ([("lifetime", "x")], "invalid_request"),
        ([("login_hint", "111.444.777-35")], "invalid_request"),
        ([("alias", "x")], "invalid_request"),
        ([("client_id", "x")], "invalid_request"),
    ] {
        let page = client.authorize(&changes);
        let location = page.header("location").unwrap_or_default();
        assert!(location.contains(&format!("?error={error}&")), "{changes:?}: {location}");
        assert!(location.ends_with("&state=a%20state"));
    }
    sandbox.phone().set_policy(Policy::DenyAll);
    assert!(client.callback(&[]).contains("?error=access_denied&state="));
    sandbox.certillion().change(|settings| settings.disabled_pscs = vec!["VIDAAS".to_owned()]);
    assert_eq!(client.authorize(&[]).status, 404);
}

#[test]
fn token_answers_in_the_words_of_its_table() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let code = client.code(&[]);
    let long = "v".repeat(43);
    for (change, status, error) in [
        (("psc", "NONE"), 400, "SERVER_ERROR"),
        (("psc", "BIRDID"), 400, "SERVER_ERROR"),
        (("manager_secret", "x"), 400, "INVALID_CLIENT"),
        (("manager_id", "x"), 400, "INVALID_GRANT"),
        (("code", "x"), 400, "INVALID_GRANT"),
        (("code_verifier", "short"), 400, "INVALID_REQUEST"),
        (("grant_type", "password"), 400, "UNSUPPORTED_GRANT_TYPE"),
        (("code", ""), 500, "SERVER_ERROR"),
        (("code_verifier", ""), 500, "SERVER_ERROR"),
        (("client_secret", "x"), 400, "INVALID_CLIENT"),
        (("scope", "x"), 400, "INVALID_REQUEST"),
    ] {
        let page = client.token_page(&code, &[change]);
        assert_eq!(word(&page), (status, error.to_owned()), "{change:?}");
    }
    // An empty parameter is another thing than an absent one.
    let application = sandbox.certillion().application();
    let page = client.post_form(
        "/oauth/token",
        &[
            ("grant_type", "authorization_code"),
            ("manager_id", &application.client_id),
            ("manager_secret", ""),
            ("code", &code),
            ("code_verifier", &long),
        ],
    );
    assert_eq!(word(&page), (400, "INVALID_REQUEST".to_owned()));
    assert_eq!(client.token_page(&code, &[]).status, 200);
    let page = client.token_page(&code, &[]);
    assert_eq!(word(&page), (400, "INVALID_GRANT".to_owned()));
    for changes in [[("code_verifier", long.as_str())], [("redirect_uri", "http://127.0.0.1/x")]] {
        let code = client.code(&[]);
        assert_eq!(word(&client.token_page(&code, &changes)), (400, "INVALID_GRANT".to_owned()));
    }
    let code = client.code(&[]);
    sandbox.clock().advance(Duration::from_secs(60));
    assert_eq!(word(&client.token_page(&code, &[])), (400, "INVALID_GRANT".to_owned()));
    for holder in [EXPIRED_HOLDER, REVOKED_HOLDER] {
        let code = client.code(&[("login_hint", holder)]);
        let page = client.token_page(&code, &[]);
        assert_eq!(word(&page), (400, "INVALID_REQUEST".to_owned()), "no valid certificate");
    }
    let code = client.code(&[("login_hint", CNPJ_HOLDER), ("psc", "NEOID")]);
    let page = client.token_page(&code, &[("psc", "NEOID")]);
    assert_eq!(word(&page), (400, "INVALID_REQUEST".to_owned()), "no account");
    sandbox.certillion().change(|settings| settings.grant_errors_upper_case = false);
    assert_eq!(word(&client.token_page("x", &[])), (400, "invalid_grant".to_owned()));
}

#[test]
fn signature_names_what_is_wrong_by_its_codes() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let own = client.client_token();
    let (text, pdf) = (client.upload(&own, "a", CONTENT), client.upload(&own, "b", &sample()));
    let token = client.token(&[("scope", "signature_session")]);
    let unknown = BASE64_STANDARD.encode(sha256(b"never uploaded"));
    let hashes = |hash: &str| order("CADES", Some("AD_RB"), &[("1", hash)]);
    let with = |path: &str, value: Value| {
        let mut body = hashes(&text);
        *body.pointer_mut(path).unwrap() = value;
        body
    };
    let without = |name: &str| {
        let mut body = hashes(&text);
        body.as_object_mut().unwrap().remove(name);
        body
    };
    let mut alias = hashes(&text);
    alias["certificate_alias"] = json!("none");
    let mut deprecated = hashes(&text);
    deprecated["hashes"][0]["signature_standard_options"] =
        json!({ "pdf_options": { "visible_signature_page": 1 } });
    let mut font = hashes(&text);
    font["hashes"][0]["signature_standard_options"] =
        json!({ "pdf_options": { "visible_signature_options": { "text_font": "ARIAL" } } });
    let mut sha1 = hashes(&text);
    sha1["hashes"][0]["signature_standard_options"] = json!({ "digest_method": "SHA1" });
    let mut algorithm = hashes(&text);
    algorithm["hashes"][0]["hash_algorithm"] = json!("1.3.14.3.2.26");
    let mut detached_pdf = order("PADES", None, &[("1", &pdf)]);
    detached_pdf["detached"] = json!(true);
    for (body, code) in [
        (hashes(&unknown), 711),
        (hashes("not a hash"), 702),
        (hashes(""), 200),
        (order("PADES", None, &[("1", &text)]), 713),
        (order("XADES", Some("AD_RB"), &[("1", &pdf)]), 713),
        (without("signature_policy"), 200),
        (without("signature_standard"), 200),
        (without("hashes"), 200),
        (with("/signature_standard", json!("CADES_AD_RB")), 201),
        (with("/signature_policy", json!("AD_XX")), 204),
        (with("/signature_policy", json!("AD_RA")), 204),
        (with("/pki_name", json!("ICP-Brasil")), 201),
        (with("/hashes", json!([])), 200),
        (with("/hashes/0/id", json!("")), 200),
        (with("/hashes/0/id", json!(1)), 201),
        (with("/detached", json!("false")), 201),
        (order("CADES", Some("AD_RB"), &[("1", &text), ("1", &pdf)]), 206),
        (alias, 620),
        (deprecated, 201),
        (font, 201),
        (sha1, 204),
        (algorithm, 702),
        (detached_pdf, 204),
    ] {
        assert_eq!(refusal(&client.sign_page(&token, &body)), (400, code), "{body}");
    }
    assert!(sandbox.counters().signatures().is_empty());
    let other = CertillionClient::new(&sandbox);
    let page = other.browser.request(
        "POST",
        &client.url("/oauth/signature"),
        &[FORM, ("Authorization", &format!("Bearer {token}"))],
        b"x",
    );
    assert_eq!(refusal(&page.unwrap()), (415, 203));

    let unknown_root = client.token(&[("login_hint", UNKNOWN_ROOT_HOLDER)]);
    assert_eq!(refusal(&client.sign_page(&unknown_root, &hashes(&text))), (400, 600));
    sandbox.certillion().change(|settings| settings.exhausted_pscs = vec!["VIDAAS".to_owned()]);
    assert_eq!(refusal(&client.sign_page(&token, &hashes(&text))), (401, 218));
    sandbox.certillion().change(|settings| {
        settings.exhausted_pscs.clear();
        settings.checks_certificates = false;
    });
    for holder in [EXPIRED_HOLDER, REVOKED_HOLDER, UNKNOWN_ROOT_HOLDER] {
        let token = client.token(&[("login_hint", holder)]);
        client.sign(&token, &hashes(&text));
    }
    // What was uploaded by one company is unknown to another.
    sandbox.certillion().forget_documents();
    assert_eq!(refusal(&client.sign_page(&token, &hashes(&text))), (400, 711));
}

#[test]
fn a_token_signs_as_much_as_its_scope_allows() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let own = client.client_token();
    let (a, b) = (client.upload(&own, "a", CONTENT), client.upload(&own, "b", b"b"));
    let one = order("CADES", Some("AD_RB"), &[("1", &a)]);
    let two = order("CADES", Some("AD_RB"), &[("1", &a), ("2", &b)]);
    let single = client.token(&[]);
    assert_eq!(refusal(&client.sign_page(&single, &two)), (400, 201));
    // What was refused used nothing up.
    client.sign(&single, &one);
    assert_eq!(refusal(&client.sign_page(&single, &one)), (401, 250));
    let multi = client.token(&[("scope", "multi_signature")]);
    client.sign(&multi, &two);
    assert_eq!(refusal(&client.sign_page(&multi, &one)), (401, 250));
    let session = client.token(&[("scope", "signature_session"), ("lifetime", "60")]);
    client.sign(&session, &two);
    client.sign(&session, &one);
    sandbox.clock().advance(Duration::from_secs(60));
    assert_eq!(refusal(&client.sign_page(&session, &one)), (401, 249));
    assert_eq!(sandbox.counters().signatures().len(), 6);
}

#[test]
fn a_download_is_for_the_company_that_signed() {
    let sandbox = sandbox();
    let client = CertillionClient::new(&sandbox);
    let own = client.client_token();
    let hash = client.upload(&own, "a", CONTENT);
    let token = client.token(&[]);
    let reply = client.sign(&token, &order("CADES", Some("AD_RB"), &[("1", &hash)]));
    let transaction = &reply["signatures"][0]["transaction_id"];
    let first = client.download(&own, transaction);
    assert_eq!(client.download(&token, transaction), first, "as often as it is asked");
    assert_eq!(refusal(&client.download_page(&own, &json!("none"))), (404, 310));

    let stranger = sandbox.certillion().register("Another", &[]);
    let page = client.post_form(
        "/oauth/client_token",
        &[
            ("client_id", &stranger.client_id),
            ("client_secret", &stranger.client_secret),
            ("grant_type", "client_credentials"),
        ],
    );
    let theirs = json_of(&page)["access_token"].as_str().unwrap().to_owned();
    assert_eq!(refusal(&client.download_page(&theirs, transaction)), (404, 310));
}
