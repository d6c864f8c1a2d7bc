//! A client made by hand for the PSCs beside VIDaaS.

#![allow(dead_code, reason = "each test file uses its part")]

use base64::Engine;
use base64::prelude::{
    BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD,
};
use rubrica_sandbox::psc::{HashEncoding, Operation, Wrapping};
use rubrica_sandbox::{Browser, CPF_HOLDER, Page, Psc, Sandbox};
use serde_json::{Value, json};

use super::{CHALLENGE, FORM, JSON, SHA256, VERIFIER, json_of, sha256};

/// The PSCs beside VIDaaS.
pub const NAMES: [&str; 6] = ["birdid", "vaultid", "safeid", "serproid", "remoteid", "norm"];

pub struct PscClient<'s> {
    pub sandbox: &'s Sandbox,
    pub psc: &'s Psc,
    pub browser: Browser,
}

impl<'s> PscClient<'s> {
    pub fn new(sandbox: &'s Sandbox, name: &str) -> Self {
        Self { sandbox, psc: sandbox.psc(name).unwrap(), browser: sandbox.browser() }
    }

    pub fn post_json(&self, operation: Operation, body: &Value) -> Page {
        let body = body.to_string();
        self.browser.request("POST", &self.psc.url(operation), &[JSON], body.as_bytes()).unwrap()
    }

    pub fn post_form(&self, operation: Operation, pairs: &[(&str, &str)]) -> Page {
        let body = encode(pairs);
        self.browser.request("POST", &self.psc.url(operation), &[FORM], body.as_bytes()).unwrap()
    }

    /// Authorize with some parameters changed, added, or, when empty, removed: its first answer.
    pub fn authorize(&self, changes: &[(&str, &str)]) -> Page {
        let mut parameters = vec![
            ("response_type", "code"),
            ("client_id", &self.psc.application().client_id),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("state", "a state"),
            ("login_hint", CPF_HOLDER),
        ];
        change(&mut parameters, changes);
        let url = format!("{}?{}", self.psc.url(Operation::Authorize), encode(&parameters));
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

    /// The code that an approval brings.
    pub fn code(&self, changes: &[(&str, &str)]) -> String {
        let location = self.callback(changes);
        let (_, query) = location.split_once("?code=").unwrap();
        query.split('&').next().unwrap().to_owned()
    }

    pub fn token_parameters<'c>(&'c self, code: &'c str) -> Vec<(&'c str, &'c str)> {
        let application = self.psc.application();
        vec![
            ("grant_type", "authorization_code"),
            ("client_id", &application.client_id),
            ("client_secret", &application.client_secret),
            ("code", code),
            ("code_verifier", VERIFIER),
        ]
    }

    pub fn token(&self, changes: &[(&str, &str)]) -> String {
        let code = self.code(changes);
        let page = self.post_form(Operation::Token, &self.token_parameters(&code));
        assert_eq!(page.status, 200, "{}", page.text());
        json_of(&page)["access_token"].as_str().unwrap().to_owned()
    }

    /// An element of `hashes` in this PSC's encoding.
    pub fn hash(&self, id: &str, content: &[u8], format: &str) -> Value {
        let digest = sha256(content);
        let hash = match self.psc.settings().hash_encoding {
            HashEncoding::Base64 => BASE64_STANDARD.encode(digest),
            HashEncoding::Hexadecimal => hexadecimal(&digest),
        };
        json!({
            "id": id, "alias": "a.txt", "hash": hash, "hash_algorithm": SHA256,
            "signature_format": format,
        })
    }

    pub fn sign_page(&self, token: &str, body: &Value) -> Page {
        let bearer = format!("Bearer {token}");
        let headers = [JSON, ("Authorization", bearer.as_str())];
        let url = self.psc.url(Operation::Signature);
        self.browser.request("POST", &url, &headers, body.to_string().as_bytes()).unwrap()
    }

    pub fn sign(&self, token: &str, hashes: &[Value]) -> Value {
        let page = self.sign_page(token, &json!({ "hashes": hashes }));
        assert_eq!(page.status, 200, "{}", page.text());
        json_of(&page)
    }

    pub fn get(&self, operation: Operation, token: &str, query: &str) -> Page {
        let bearer = format!("Bearer {token}");
        let url = format!("{}{query}", self.psc.url(operation));
        self.browser.request("GET", &url, &[("Authorization", &bearer)], b"").unwrap()
    }

    /// The application's own token.
    pub fn application_token(&self) -> String {
        let application = self.psc.application();
        let page = self.post_form(
            Operation::ClientToken,
            &[
                ("grant_type", "client_credentials"),
                ("client_id", &application.client_id),
                ("client_secret", &application.client_secret),
            ],
        );
        assert_eq!(page.status, 200, "{}", page.text());
        json_of(&page)["access_token"].as_str().unwrap().to_owned()
    }
}

/// Changes, adds, or, when the value is empty, removes parameters.
pub fn change<'c>(parameters: &mut Vec<(&'c str, &'c str)>, changes: &[(&'c str, &'c str)]) {
    for (name, value) in changes {
        parameters.retain(|(known, _)| known != name);
        if !value.is_empty() {
            parameters.push((name, value));
        }
    }
}

pub fn encode(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| {
            let value: String = value
                .bytes()
                .map(|byte| match byte {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                        char::from(byte).to_string()
                    }
                    _ => format!("%{byte:02X}"),
                })
                .collect();
            format!("{name}={value}")
        })
        .collect();
    pairs.join("&")
}

pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Takes the dress of a `raw_signature` off.
pub fn undress(wrapping: Wrapping, text: &Value) -> Vec<u8> {
    let text = text.as_str().unwrap();
    match wrapping {
        Wrapping::Base64 => BASE64_STANDARD.decode(text).unwrap(),
        Wrapping::Base64Unpadded => BASE64_STANDARD_NO_PAD.decode(text).unwrap(),
        Wrapping::Base64Lines => BASE64_STANDARD.decode(text.replace("\r\n", "")).unwrap(),
        Wrapping::Base64Url => BASE64_URL_SAFE.decode(text).unwrap(),
        Wrapping::Base64UrlUnpadded => BASE64_URL_SAFE_NO_PAD.decode(text).unwrap(),
        Wrapping::Hexadecimal => {
            let pairs = text.as_bytes().chunks(2);
            pairs
                .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
                .collect()
        }
        Wrapping::Pem => {
            assert!(text.starts_with("-----BEGIN PKCS7-----\n"));
            super::der_of(text)
        }
    }
}
