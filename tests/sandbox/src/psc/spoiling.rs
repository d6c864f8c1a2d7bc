//! What faults do to an answer that was right.

use serde_json::{Value, json};

use crate::faults::{Drawn, ExpiresIn, Fault};
use crate::pki::holder::Holder;
use crate::random;
use crate::transport::form;

/// Spoils the token endpoint's answer. `other` is somebody whom the code was not for.
pub(crate) fn token(answer: &mut Value, faults: &Drawn, lifetime: u64, other: &Holder) {
    let Some(members) = answer.as_object_mut() else { return };
    let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
    for fault in faults.iter() {
        match fault {
            Fault::TokenType(text) => drop(set("token_type", json!(text))),
            Fault::Scope(text) => drop(set("scope", json!(text))),
            Fault::ExpiresIn(ExpiresIn::Absent) => drop(set("expires_in", Value::Null)),
            Fault::ExpiresIn(ExpiresIn::Seconds(seconds)) => {
                drop(set("expires_in", json!(seconds)));
            }
            Fault::ExpiresIn(ExpiresIn::Negative) => drop(set("expires_in", json!(-900))),
            Fault::ExpiresIn(ExpiresIn::Text) => {
                drop(set("expires_in", json!(lifetime.to_string())));
            }
            Fault::ExpiresIn(ExpiresIn::LargerThanAsked) => {
                drop(set("expires_in", json!(lifetime + 1)));
            }
            Fault::WrongIdentification => {
                drop(set("authorized_identification", json!(other.identification)));
                drop(set("authorized_identification_type", json!(other.kind.wire_name())));
            }
            _ => {}
        }
    }
    // Null stood for an absent member, which no member of a real answer is.
    members.retain(|_, value| !value.is_null());
}

/// Spoils what stands around the signatures, each of which stays as it is.
pub(crate) fn signatures(elements: &mut Vec<Value>, alias: &mut String, faults: &Drawn) {
    for fault in faults.iter() {
        let last = elements.len().saturating_sub(1);
        let first_id = elements.first().map(|element| element["id"].clone()).unwrap_or_default();
        match fault {
            Fault::WrongId => elements[0]["id"] = json!(random::uuid()),
            Fault::DuplicateId if last == 0 => elements.extend_from_within(..),
            Fault::DuplicateId => elements[last]["id"] = first_id,
            Fault::MissingId => drop(elements.pop()),
            Fault::ExtraId => {
                let mut extra = elements[last].clone();
                extra["id"] = json!(random::uuid());
                elements.push(extra);
            }
            Fault::SwappedIds => {
                elements[0]["id"] = elements[last]["id"].clone();
                elements[last]["id"] = first_id;
            }
            Fault::WrongAlias => *alias = random::uuid(),
            _ => {}
        }
    }
}

/// Spoils the parameters of a redirect back to the application.
pub(crate) fn redirect(parameters: &mut Vec<(&'static str, String)>, faults: &Drawn) {
    for fault in faults.iter() {
        match fault {
            Fault::WrongState => {
                parameters.retain(|(name, _)| *name != "state");
                parameters.push(("state", random::uuid()));
            }
            Fault::MissingState => parameters.retain(|(name, _)| *name != "state"),
            Fault::MissingCode => parameters.retain(|(name, _)| *name != "code"),
            Fault::CodeAndError => parameters.push(("error", "user_denied".to_owned())),
            Fault::DuplicateParameter => parameters.extend(parameters.clone()),
            Fault::WrongIssuer => {
                parameters.retain(|(name, _)| *name != "iss");
                parameters.push(("iss", "https://another.rubrica.invalid".to_owned()));
            }
            _ => {}
        }
    }
}

/// The query of a redirect.
pub(crate) fn query(parameters: &[(&'static str, String)]) -> String {
    let pairs: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{name}={}", form::encode(value))).collect();
    pairs.join("&")
}

/// A redirect URI with a query behind its own, if it has one.
pub(crate) fn with_query(uri: &str, query: &str) -> String {
    let separator = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{separator}{query}")
}
