//! A client made by hand: every step of the protocol as a call, nothing checked for the caller.

#![allow(dead_code, reason = "each test file uses its part")]

pub mod certillion;
pub mod pdf;
pub mod psc;

use core::sync::atomic::{AtomicU32, Ordering};
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::digest;
use rubrica_sandbox::{Browser, CPF_HOLDER, Page, Sandbox};
use serde_json::{Value, json};

pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub const SHA256: &str = "2.16.840.1.101.3.4.2.1";
pub const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
pub const JSON: (&str, &str) = ("Content-Type", "application/json");

pub struct Client<'s> {
    pub sandbox: &'s Sandbox,
    pub browser: Browser,
}

impl<'s> Client<'s> {
    pub fn new(sandbox: &'s Sandbox) -> Self {
        Self { sandbox, browser: sandbox.browser() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.base_url())
    }

    pub fn get(&self, path: &str) -> Page {
        self.browser.request("GET", &self.url(path), &[], b"").unwrap()
    }

    pub fn post_json(&self, path: &str, body: &Value) -> Page {
        let body = body.to_string();
        self.browser.request("POST", &self.url(path), &[JSON], body.as_bytes()).unwrap()
    }

    /// The query of authorize with some parameters changed, added, or, when empty, removed.
    pub fn authorize_path(&self, changes: &[(&str, &str)]) -> String {
        let mut parameters = vec![
            ("response_type", "code"),
            ("client_id", &self.sandbox.application().client_id),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("login_hint", CPF_HOLDER),
            ("redirect_uri", "push://"),
        ];
        for (name, value) in changes {
            parameters.retain(|(known, _)| known != name);
            if !value.is_empty() {
                parameters.push((name, value));
            }
        }
        let query: Vec<String> =
            parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("/v0/oauth/authorize?{}", query.join("&"))
    }

    pub fn authorize(&self, changes: &[(&str, &str)]) -> Page {
        self.get(&self.authorize_path(changes))
    }

    pub fn push(&self, changes: &[(&str, &str)]) -> String {
        let page = self.authorize(changes);
        assert_eq!(page.status, 200, "{}", page.text());
        page.text().strip_prefix("code=").unwrap().to_owned()
    }

    pub fn poll(&self, code: &str) -> Page {
        self.get(&format!("/valid/api/v1/trusted-services/authentications?code={code}"))
    }

    pub fn token_page(&self, code: &str, changes: &[(&str, &str)]) -> Page {
        let application = self.sandbox.application();
        let mut parameters = vec![
            ("grant_type", "authorization_code"),
            ("client_id", &application.client_id),
            ("client_secret", &application.client_secret),
            ("code", code),
            ("code_verifier", VERIFIER),
        ];
        for (name, value) in changes {
            parameters.retain(|(known, _)| known != name);
            if !value.is_empty() {
                parameters.push((name, value));
            }
        }
        let body: Vec<String> =
            parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let body = body.join("&");
        let url = self.url("/v0/oauth/token");
        self.browser.request("POST", &url, &[FORM], body.as_bytes()).unwrap()
    }

    /// Push, approval at once, token.
    pub fn token(&self, changes: &[(&str, &str)]) -> String {
        let authorization = self.authorization_token(changes);
        let page = self.token_page(&authorization, &[]);
        assert_eq!(page.status, 200, "{}", page.text());
        json_of(&page)["access_token"].as_str().unwrap().to_owned()
    }

    pub fn authorization_token(&self, changes: &[(&str, &str)]) -> String {
        let code = self.push(changes);
        for request in self.sandbox.phone().pending() {
            assert!(self.sandbox.phone().approve(request.id));
        }
        let page = self.poll(&code);
        assert_eq!(page.status, 200, "{}", page.text());
        json_of(&page)["authorizationToken"].as_str().unwrap().to_owned()
    }

    pub fn sign_page(&self, token: &str, body: &Value) -> Page {
        let bearer = format!("Bearer {token}");
        let body = body.to_string();
        let headers = [JSON, ("Authorization", bearer.as_str())];
        let url = self.url("/v0/oauth/signature");
        self.browser.request("POST", &url, &headers, body.as_bytes()).unwrap()
    }

    pub fn sign(&self, token: &str, hashes: &[Value]) -> Value {
        let page = self.sign_page(token, &json!({ "hashes": hashes }));
        assert_eq!(page.status, 200, "{}", page.text());
        json_of(&page)
    }

    pub fn certificates(&self, token: &str, query: &str) -> Page {
        let bearer = format!("Bearer {token}");
        let url = self.url(&format!("/v0/oauth/certificate-discovery{query}"));
        self.browser.request("GET", &url, &[("Authorization", &bearer)], b"").unwrap()
    }
}

pub fn json_of(page: &Page) -> Value {
    serde_json::from_slice(&page.body).unwrap()
}

pub fn sha256(content: &[u8]) -> [u8; 32] {
    digest::digest(&digest::SHA256, content).as_ref().try_into().unwrap()
}

/// An element of `hashes` for a document that stays here.
pub fn hash(id: &str, content: &[u8], format: &str) -> Value {
    json!({
        "id": id,
        "alias": format!("{id}.txt"),
        "hash": BASE64_STANDARD.encode(sha256(content)),
        "hash_algorithm": SHA256,
        "signature_format": format,
    })
}

/// Decodes base64 after its line breaks were removed.
pub fn decode(value: &Value) -> Vec<u8> {
    let text: String = value.as_str().unwrap().split("\r\n").collect();
    BASE64_STANDARD.decode(&text).unwrap()
}

/// The body of a PEM.
pub fn der_of(pem: &str) -> Vec<u8> {
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    BASE64_STANDARD.decode(lines.collect::<String>()).unwrap()
}

/// A folder that is removed at the end.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "rubrica-sandbox-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::SeqCst)
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self { path }
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path.join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Runs a judge from outside: `None`, loudly, when it is not installed.
pub fn judge(program: &str, arguments: &[&str]) -> Option<(bool, String)> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => {
            let text = [output.stdout, output.stderr].concat();
            Some((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
        }
        Err(error) => {
            let required = std::env::var_os("RUBRICA_JUDGES").is_some_and(|it| it == "required");
            assert!(!required, "the judge `{program}` does not run: {error}");
            eprintln!("SKIPPED: the judge `{program}` does not run: {error}");
            None
        }
    }
}
