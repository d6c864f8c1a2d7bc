//! What several services read in the same way: JSON, identifications, lifetimes, scopes.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::Psc;
use super::refusal::Refusal;
use super::scope::Scope;
use super::settings::Settings;
use crate::pki::holder::{Holder, HolderKind};
use crate::transport::form::Form;
use crate::transport::request::Request;

/// A JSON body, with the members that its type has and no other.
pub(crate) fn json<T: DeserializeOwned>(request: &Request) -> Result<T, Refusal> {
    if !request.has_content_type("application/json") {
        return Err(Refusal::MediaType);
    }
    Ok(serde_json::from_slice(&request.body)?)
}

/// A body in the form encoding.
pub(crate) fn form(request: &Request) -> Result<Form, Refusal> {
    if !request.has_content_type("application/x-www-form-urlencoded") {
        return Err(Refusal::MediaType);
    }
    let body = core::str::from_utf8(&request.body)
        .map_err(|_| Refusal::malformed("the body is not UTF-8"))?;
    Ok(Form::parse(body)?)
}

/// A parameter that must be there and not be empty.
pub(crate) fn required<'f>(form: &'f Form, name: &str) -> Result<&'f str, Refusal> {
    form.filled(name).ok_or_else(|| Refusal::malformed(format!("{name} is mandatory")))
}

/// Refuses a parameter that the norm does not list. RFC 6749 §3.1 would have a service ignore it;
/// a judge of clients does not.
pub(crate) fn refuse_unknown(form: &Form, known: &[&str], extra: &[&str]) -> Result<(), Refusal> {
    match form.names().find(|name| !known.contains(name) && !extra.contains(name)) {
        Some(name) => Err(Refusal::malformed(format!("the parameter {name} is unknown"))),
        None => Ok(()),
    }
}

/// Refuses a secret in a URL, and remembers that a client sent one.
pub(crate) fn refuse_secret_in_url(psc: &Psc, request: &Request) -> Result<(), Refusal> {
    let query = Form::parse(&request.query)?;
    let secrets = ["token", "access_token", "client_secret", "code_verifier", "password"];
    if secrets.iter().any(|name| query.get(name).is_some()) {
        psc.ground.counters.violated("a secret in a URL");
        return Err(Refusal::malformed("a secret does not belong in a URL"));
    }
    Ok(())
}

/// The holder of a CPF of 11 digits or a CNPJ of 14 characters, zeros and all, without a mask.
pub(crate) fn holder(psc: &Psc, identification: &str) -> Result<Arc<Holder>, Refusal> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let shaped = match identification.len() {
        11 => digits(identification),
        14 => {
            let (root, check) = identification.split_at_checked(12).unwrap_or_default();
            let letters = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
            root.bytes().all(letters) && digits(check)
        }
        _ => false,
    };
    if !shaped {
        psc.ground.counters.violated("an identification that is not 11 or 14 characters");
        return Err(Refusal::malformed("the CPF or CNPJ is masked, or lacks digits"));
    }
    let holder = psc.ground.holder(identification);
    holder.cloned().ok_or_else(|| Refusal::malformed("the CPF or CNPJ is of no holder"))
}

/// A scope's name, `single_signature` when there is none.
pub(crate) fn scope(name: Option<&str>) -> Result<Scope, Refusal> {
    let Some(name) = name else { return Ok(Scope::SingleSignature) };
    Scope::parse(name).ok_or_else(|| Refusal::new(400, "invalid_scope", "the scope is unknown"))
}

/// A lifetime in seconds within the ceiling for the holder.
pub(crate) fn lifetime(
    settings: &Settings,
    lifetime: Option<u64>,
    kind: Option<HolderKind>,
) -> Result<Option<u64>, Refusal> {
    match lifetime {
        Some(0) => Err(Refusal::malformed("lifetime is no number of seconds")),
        Some(lifetime) if lifetime > ceiling(settings, kind) => {
            Err(Refusal::malformed("lifetime is over the ceiling for the holder"))
        }
        lifetime => Ok(lifetime),
    }
}

/// The most seconds for a kind of holder; for one not yet known, the higher of the two.
pub(crate) fn ceiling(settings: &Settings, kind: Option<HolderKind>) -> u64 {
    match kind {
        Some(HolderKind::Cpf) => settings.natural_person_lifetime,
        Some(HolderKind::Cnpj) | None => settings.legal_person_lifetime,
    }
}
