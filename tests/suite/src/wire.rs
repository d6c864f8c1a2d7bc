//! What a trust service says, as little of it as a test needs.

use base64ct::{Base64, Encoding};
use rubrica_core::oauth::scope::Scope;
use serde_json::{Value, json};

use crate::capture::{Reply, Sent};

/// The code that a push is polled with.
pub const PUSH_CODE: &str = "canary-push-code";

/// The code that is exchanged for a token.
pub const CODE: &str = "canary-authorization-code";

/// The token.
pub const TOKEN: &str = "canary-access-token";

/// The answer to a push: a notification is on its way.
pub fn notified() -> Reply {
    Reply::ok(format!("code={PUSH_CODE}"))
}

/// The answer to a poll: the holder approved.
pub fn approved() -> Reply {
    let redirect = format!("push://app?code={CODE}&state=NONE");
    Reply::ok(json!({ "authorizationToken": CODE, "redirectUrl": redirect }).to_string())
}

/// The answer to a poll: the holder has not answered, as VIDaaS says it.
pub fn pending() -> Reply {
    Reply::new(304, "")
}

/// The answer to a code: a token of this scope for a quarter of an hour.
pub fn token(scope: Scope) -> Reply {
    token_named(TOKEN, scope)
}

/// The answer to a code: a token of this name.
pub fn token_named(name: &str, scope: Scope) -> Reply {
    let body = json!({
        "access_token": name,
        "token_type": "Bearer",
        "expires_in": 900,
        "scope": scope.as_str(),
        "authorized_identification": crate::setting::CPF,
        "authorized_identification_type": "CPF",
    });
    Reply::ok(body.to_string())
}

/// A refusal in RFC 6749's words.
pub fn refusal(status: u16, error: &str) -> Reply {
    Reply::new(status, json!({ "error": error }).to_string())
}

/// The entries of a request for signatures: identifier and digest.
pub fn asked(sent: &Sent) -> Vec<(String, Vec<u8>)> {
    let body = sent.json();
    let hashes = body["hashes"].as_array().expect("`hashes` is an array");
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    hashes
        .iter()
        .map(|entry| {
            let hash = Base64::decode_vec(&text(entry, "hash")).expect("base64");
            (text(entry, "id"), hash)
        })
        .collect()
}

/// One entry of a reply: a "signature" that tells which digest it is of.
pub fn entry(id: &str, digest: &[u8]) -> Value {
    json!({ "id": id, "raw_signature": Base64::encode_string(&signature(digest)) })
}

/// What stands for the signature of a digest.
pub fn signature(digest: &[u8]) -> Vec<u8> {
    [b"signed ", digest].concat()
}

/// The answer to a request for signatures, with the entries that it asked for.
pub fn signed(sent: &Sent) -> Reply {
    signed_as(asked(sent).iter().map(|(id, digest)| entry(id, digest)).collect())
}

/// The answer to a request for signatures, with these entries.
pub fn signed_as(entries: Vec<Value>) -> Reply {
    let body = json!({ "signatures": entries, "certificate_alias": "CERTIFICADO TESTE" });
    Reply::ok(body.to_string())
}
