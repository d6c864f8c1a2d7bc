//! A client made by hand for Certillion.

#![allow(dead_code, reason = "each test file uses its part")]

use rubrica_sandbox::{Browser, CPF_HOLDER, Certillion, Page, Sandbox};
use serde_json::{Value, json};

use super::psc::{change, encode};
use super::{CHALLENGE, FORM, JSON, VERIFIER, json_of};

pub const BOUNDARY: &str = "a-boundary-1";

pub struct CertillionClient<'s> {
    pub sandbox: &'s Sandbox,
    pub certillion: &'s Certillion,
    pub browser: Browser,
    pub base_url: &'s str,
}

impl<'s> CertillionClient<'s> {
    pub fn new(sandbox: &'s Sandbox) -> Self {
        let certillion = sandbox.certillion();
        Self { sandbox, certillion, browser: sandbox.browser(), base_url: certillion.base_url() }
    }

    /// The same at the host of CERTILLION_SIGNER.
    pub fn at_signer(sandbox: &'s Sandbox) -> Self {
        Self { base_url: sandbox.certillion().signer_base_url(), ..Self::new(sandbox) }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}/css/restful/application{path}", self.base_url)
    }

    pub fn get(&self, path: &str, token: &str) -> Page {
        let bearer = format!("Bearer {token}");
        let headers = [("Authorization", bearer.as_str())];
        self.browser.request("GET", &self.url(path), &headers, b"").unwrap()
    }

    pub fn post_form(&self, path: &str, pairs: &[(&str, &str)]) -> Page {
        let body = encode(pairs);
        self.browser.request("POST", &self.url(path), &[FORM], body.as_bytes()).unwrap()
    }

    /// Without an Authorization when the token is empty.
    pub fn post_json(&self, path: &str, token: &str, body: &Value) -> Page {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![JSON];
        if !token.is_empty() {
            headers.push(("Authorization", &bearer));
        }
        let body = body.to_string();
        self.browser.request("POST", &self.url(path), &headers, body.as_bytes()).unwrap()
    }

    pub fn client_token(&self) -> String {
        let application = self.certillion.application();
        let page = self.post_form(
            "/oauth/client_token",
            &[
                ("client_id", &application.client_id),
                ("client_secret", &application.client_secret),
                ("grant_type", "client_credentials"),
                ("lifetime", "600"),
            ],
        );
        assert_eq!(page.status, 200, "{}", page.text());
        json_of(&page)["access_token"].as_str().unwrap().to_owned()
    }

    pub fn upload_page(&self, token: &str, name: &str, content: &[u8]) -> Page {
        self.upload_body(token, &multipart(name, content))
    }

    pub fn upload_body(&self, token: &str, body: &[u8]) -> Page {
        let bearer = format!("Bearer {token}");
        let media = format!("multipart/form-data; boundary={BOUNDARY}");
        let headers = [
            ("Accept", "application/json"),
            ("Authorization", bearer.as_str()),
            ("Content-Type", media.as_str()),
        ];
        self.browser.request("POST", &self.url("/oauth/document"), &headers, body).unwrap()
    }

    pub fn upload(&self, token: &str, name: &str, content: &[u8]) -> String {
        let page = self.upload_page(token, name, content);
        assert_eq!(page.status, 200, "{}", page.text());
        let reply = json_of(&page);
        assert_eq!(reply["status"]["code"], 100);
        reply["document_hash"].as_str().unwrap().to_owned()
    }

    /// Authorize with some parameters changed, added, or, when empty, removed: its first answer.
    pub fn authorize(&self, changes: &[(&str, &str)]) -> Page {
        let mut parameters = vec![
            ("response_type", "code"),
            ("manager_id", self.certillion.application().client_id.as_str()),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("psc", "VIDAAS"),
            ("state", "a state"),
            ("login_hint", CPF_HOLDER),
        ];
        change(&mut parameters, changes);
        let url = format!("{}?{}", self.url("/oauth/authorize"), encode(&parameters));
        self.browser.request("GET", &url, &[], b"").unwrap()
    }

    /// The `Location` that the browser ends at once the holder has decided.
    pub fn callback(&self, changes: &[(&str, &str)]) -> String {
        let page = self.authorize(changes);
        assert_eq!(page.status, 302, "{}", page.text());
        let waiting = page.header("location").unwrap().to_owned();
        let page = self.browser.request("GET", &waiting, &[], b"").unwrap();
        assert_eq!(page.status, 302, "{}", page.text());
        page.header("location").unwrap().to_owned()
    }

    pub fn code(&self, changes: &[(&str, &str)]) -> String {
        let location = self.callback(changes);
        let (_, query) = location.split_once("?code=").unwrap();
        query.split('&').next().unwrap().to_owned()
    }

    /// A token request with some parameters changed, added, or, when empty, removed.
    pub fn token_page(&self, code: &str, changes: &[(&str, &str)]) -> Page {
        let application = self.certillion.application();
        let mut parameters = vec![
            ("grant_type", "authorization_code"),
            ("manager_id", application.client_id.as_str()),
            ("manager_secret", application.client_secret.as_str()),
            ("code", code),
            ("code_verifier", VERIFIER),
            ("psc", "VIDAAS"),
        ];
        change(&mut parameters, changes);
        self.post_form("/oauth/token", &parameters)
    }

    /// From authorize to the signature token.
    pub fn token(&self, changes: &[(&str, &str)]) -> String {
        let code = self.code(changes);
        let psc = changes.iter().find(|(name, _)| *name == "psc").copied();
        let page = self.token_page(&code, &[psc.unwrap_or(("psc", "VIDAAS"))]);
        assert_eq!(page.status, 200, "{}", page.text());
        json_of(&page)["access_token"].as_str().unwrap().to_owned()
    }

    pub fn sign_page(&self, token: &str, body: &Value) -> Page {
        self.post_json("/oauth/signature", token, body)
    }

    pub fn sign(&self, token: &str, body: &Value) -> Value {
        let page = self.sign_page(token, body);
        assert_eq!(page.status, 200, "{}", page.text());
        json_of(&page)
    }

    pub fn download(&self, token: &str, transaction: &Value) -> Vec<u8> {
        let page = self.download_page(token, transaction);
        assert_eq!(page.status, 200, "{}", page.text());
        page.body
    }

    pub fn download_page(&self, token: &str, transaction: &Value) -> Page {
        let name = transaction.as_str().map_or_else(|| transaction.to_string(), str::to_owned);
        self.get(&format!("/oauth/document/{name}"), token)
    }
}

/// A body of one file.
pub fn multipart(name: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    [head.as_bytes(), content, b"\r\n--", BOUNDARY.as_bytes(), b"--\r\n"].concat()
}

/// The body of a signature request.
pub fn order(standard: &str, policy: Option<&str>, hashes: &[(&str, &str)]) -> Value {
    let hashes: Vec<Value> = hashes
        .iter()
        .map(|(id, hash)| json!({ "id": id, "alias": format!("{id}.bin"), "hash": hash }))
        .collect();
    let mut body = json!({
        "signature_standard": standard, "pki_name": "ICP_BR", "detached": false, "hashes": hashes,
    });
    if let Some(policy) = policy {
        body["signature_policy"] = json!(policy);
    }
    body
}
