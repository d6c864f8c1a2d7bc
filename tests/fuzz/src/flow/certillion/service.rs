//! What Certillion answers, in every spelling and nesting that a source has, and what it refuses.

use rubrica_core::certillion::CODES;
use serde_json::{Map, Value, json};

use super::office;
use crate::dice::Dice;
use crate::reply::{Reply, is_identifier};

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The application's token.
    Token,
    /// To keep a document.
    Upload(usize),
    /// The signatures of documents, by their numbers and identifiers.
    Sign(Vec<(usize, String)>),
    /// A signed document.
    Download(usize),
}

/// The service, which numbers what it gives.
#[derive(Debug, Default)]
pub(super) struct Service {
    given: usize,
}

impl Service {
    /// The reply that grants what was asked, as some Certillion might write it.
    pub(super) fn grants(&mut self, dice: &mut Dice<'_>, asked: &Asked) -> Reply {
        self.given += 1;
        let given = self.given;
        match asked {
            Asked::Token => {
                let lifetime = dice.pick([300_u64, 1, 20, 0, 90_000_000]);
                let mut reply = json!({ "access_token": format!("app~token~{given}") });
                reply["expires_in"] = as_number_or_text(dice, lifetime);
                match dice.throw(4) {
                    1 => reply["token_type"] = "bearer".into(),
                    2 => reply["lifetime"] = lifetime.into(),
                    3 => reply["expires_in"] = Value::Null,
                    _ => reply["token_type"] = "Bearer".into(),
                }
                Reply::new(200, reply.to_string())
            }
            Asked::Upload(number) => {
                let hash = match dice.throw(8) {
                    1 => "+/=".repeat(usize::from(dice.byte())),
                    2 => "\"<>\\".to_owned(),
                    _ => format!("aGFzaA{number}=="),
                };
                let mut reply = json!({ "document_hash": hash });
                if dice.throw(2) == 1 {
                    reply["status"] = status(dice, 100);
                }
                Reply::new(200, reply.to_string())
            }
            Asked::Sign(documents) => signatures(dice, documents, given),
            Asked::Download(number) => {
                let mut signed = office::document(*number);
                match dice.throw(4) {
                    1 => signed = dice.bytes().to_vec(),
                    2 => signed.clear(),
                    _ => signed.extend_from_slice(b"%%EOF"),
                }
                Reply::new(200, signed)
            }
        }
    }
}

/// A refusal of whatever was asked.
pub(super) fn refuses(dice: &mut Dice<'_>) -> Reply {
    let http = dice.pick([400, 401, 404, 500, 504, 501, 403, 200, 429, 503, 502, 408, 425, 202]);
    let code = code(dice);
    let body = match dice.throw(6) {
        1 => status(dice, code),
        2 => json!({ "error": dice.pick(["INVALID_GRANT", "invalid_client", "access_denied", "x"]),
            "error_description": "words" }),
        3 => json!({ "status": 401, "error": "Unauthorized", "message": "words" }),
        4 => json!({ "status": status(dice, code), "signatures": [] }),
        _ => json!({ "status": status(dice, code) }),
    };
    Reply::new(http, body.to_string())
}

/// One of the codes, or one that nobody knows.
fn code(dice: &mut Dice<'_>) -> u16 {
    match dice.throw(4) {
        1 => dice.pick([711, 250, 301, 110, 140, 620, 400, 807]),
        2 => u16::from_le_bytes([dice.byte(), dice.byte()]),
        _ => CODES[usize::from(dice.byte()) % CODES.len()].number,
    }
}

fn status(dice: &mut Dice<'_>, code: u16) -> Value {
    let name = CODES.iter().find(|each| each.number == code).map_or("X", |each| each.name);
    json!({ "code": as_number_or_text(dice, u64::from(code)), "name": name, "detail": "words" })
}

fn as_number_or_text(dice: &mut Dice<'_>, number: u64) -> Value {
    match dice.throw(2) {
        1 => number.to_string().into(),
        _ => number.into(),
    }
}

/// The reply to a request for signatures, of which no source shows a sample.
fn signatures(dice: &mut Dice<'_>, documents: &[(usize, String)], given: usize) -> Reply {
    let (style, alone) = (dice.byte(), documents.len() == 1);
    let with_ids = style & 1 == 0;
    let status_above = style & 2 != 0;
    let mut entries = Vec::new();
    for (number, id) in documents {
        let mut entry = Map::new();
        if with_ids {
            entry.insert("id".into(), identifier(style & 4 != 0, id));
        }
        let code = match dice.throw(8) {
            1 => code(dice),
            _ => 140,
        };
        if !status_above {
            entry.insert("status".into(), status(dice, code));
        }
        let names = ["transaction_id", "transaction"];
        let name = names[usize::from(style & 8 != 0)];
        let transaction = match dice.throw(8) {
            1 => Value::Null,
            2 => dice.pick([".", "..", "", "a/../b", "é ?#%", "1e3"]).into(),
            3 => "t".repeat(usize::from(dice.byte())).into(),
            _ if style & 16 != 0 => (given * 100 + number).into(),
            _ => format!("t{given}-{number}").into(),
        };
        if !transaction.is_null() {
            entry.insert(name.into(), transaction);
        }
        if style & 32 != 0 {
            entry.insert("signature".into(), "QUJD".into());
        }
        let signer = dice.pick(["signer_identifier", "signer_indentifier"]);
        entry.insert(signer.into(), "11144477735".into());
        entries.push(entry);
    }
    match dice.throw(16) {
        1 => drop(entries.pop()),
        2 => entries.push(entries[0].clone()),
        3 => drop(entries[0].insert("id".into(), "foreign".into())),
        4 if !alone => {
            let id = entries[0].get("id").cloned().unwrap_or_default();
            entries[1].insert("id".into(), id);
        }
        5 => drop(entries[0].remove("id")),
        6 | 7 => entries.reverse(),
        _ => {}
    }
    let mut reply = match (style & 64 != 0, <[_; 1]>::try_from(entries)) {
        (true, Ok([only])) => only,
        (_, Ok([only])) => Map::from_iter([("signatures".into(), json!([only]))]),
        (_, Err(entries)) => Map::from_iter([("signatures".into(), json!(entries))]),
    };
    if status_above {
        let code = if dice.throw(4) == 1 { code(dice) } else { 140 };
        reply.insert("status".into(), status(dice, code));
    }
    if style & 128 != 0 {
        reply.insert("transaction_id".into(), format!("all-{given}").into());
        reply.insert("policy_id".into(), "2.16.76.1.7.1.1.2.3".into());
    }
    Reply::new(200, Value::Object(reply).to_string())
}

/// An identifier as a text, or as a number where it is one.
fn identifier(as_number: bool, id: &str) -> Value {
    let number = id.parse::<u64>().ok().filter(|number| as_number && number.to_string() == *id);
    number.map_or_else(|| id.into(), Value::from)
}

/// A reply as another reader reads it; none where that one cannot judge it, for a number that is
/// beyond it.
fn read(body: &[u8]) -> Option<Value> {
    match serde_json::from_slice(body) {
        Err(error) if error.to_string().contains("number out of range") => None,
        json => Some(json.unwrap_or_default()),
    }
}

/// Whether a reply may tell one of these codes of all that was asked.
pub(super) fn may_tell(body: &[u8], codes: &[u64]) -> bool {
    let Some(json) = read(body) else { return true };
    let told = [&json["status"]["code"], &json["code"]].map(number);
    told.into_iter().flatten().any(|code| codes.contains(&code))
}

/// Whether a reply says in so many words that it signed the document with this identifier.
pub(super) fn says_signed(body: &[u8], id: &str) -> bool {
    let Some(json) = read(body) else { return false };
    let entries = json["signatures"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut own = entries.iter().filter(|entry| is_identifier(&entry["id"], id));
    own.any(|entry| number(&entry["status"]["code"]) == Some(140))
}

/// The token of a reply, and how many seconds it lives at most; none where the reply cannot be
/// judged.
pub(super) fn told_token(body: &[u8]) -> Option<(String, u64)> {
    let json = read(body)?;
    let token = json["access_token"].as_str().unwrap_or_default().to_owned();
    Some((token, number(&json["expires_in"]).unwrap_or(60)))
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
