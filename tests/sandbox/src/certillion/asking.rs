//! What several services read in the same way: bodies, tokens, identifications, scopes.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::refusal::Refusal;
use super::settings::Settings;
use super::state::{Session, Token};
use super::status::Status;
use super::{Asked, Certillion};
use crate::lock;
use crate::pki::holder::{Holder, HolderCertificate, HolderKind, Standing};
use crate::psc::scope::Scope;
use crate::transport::form::Form;
use crate::transport::request::Request;

/// A JSON body, with the members that its type has and no other.
pub(crate) fn json<T: DeserializeOwned>(request: &Request) -> Result<T, Refusal> {
    if !request.has_content_type("application/json") {
        return Err(Refusal::MediaType);
    }
    serde_json::from_slice(&request.body).map_err(|error| Refusal::bad_data(error.to_string()))
}

/// A body in the form encoding.
pub(crate) fn form(request: &Request) -> Result<Form, Refusal> {
    if !request.has_content_type("application/x-www-form-urlencoded") {
        return Err(Refusal::MediaType);
    }
    let body =
        core::str::from_utf8(&request.body).map_err(|_| Refusal::wrong("the body is not UTF-8"))?;
    Ok(Form::parse(body)?)
}

/// A member that must be there and not be empty.
pub(crate) fn required<'v>(value: &'v Option<String>, name: &str) -> Result<&'v str, Refusal> {
    value.as_deref().filter(|text| !text.is_empty()).ok_or_else(|| Refusal::missing(name))
}

/// Refuses a parameter that the API page does not list. RFC 6749 §3.1 would have a service ignore
/// it; a judge of clients does not.
pub(crate) fn refuse_unknown(form: &Form, known: &[&str]) -> Result<(), Refusal> {
    match form.names().find(|name| !known.contains(name)) {
        Some(name) => Err(Refusal::wrong(format!("the parameter {name} is unknown"))),
        None => Ok(()),
    }
}

/// Refuses a secret in a URL, and remembers that a client sent one.
pub(crate) fn refuse_secret_in_url(
    certillion: &Certillion,
    request: &Request,
) -> Result<(), Refusal> {
    let query = Form::parse(&request.query)?;
    let secrets = [
        "token",
        "access_token",
        "client_secret",
        "manager_secret",
        "code_verifier",
        "password",
        "otp",
    ];
    if secrets.iter().any(|name| query.get(name).is_some()) {
        certillion.ground.counters.violated("a secret in a URL");
        return Err(Refusal::wrong("a secret does not belong in a URL"));
    }
    Ok(())
}

/// Refuses any query, for services that take none.
pub(crate) fn refuse_query(certillion: &Certillion, request: &Request) -> Result<(), Refusal> {
    refuse_secret_in_url(certillion, request)?;
    refuse_unknown(&Form::parse(&request.query)?, &[])
}

/// The token of a request, of either kind.
pub(crate) fn token(certillion: &Certillion, asked: Asked<'_>) -> Result<Token, Refusal> {
    let now = certillion.ground.clock.unix_milliseconds();
    let state = lock(&certillion.state);
    let (_, token) = state.bearer(asked.request.header("authorization"), now)?;
    Ok(token.clone())
}

/// What a signature token gives, at the host that it is of.
pub(crate) fn session(token: &Token, asked: Asked<'_>) -> Result<Session, Refusal> {
    let refuse = |detail| Refusal::new(401, Status::INVALID_ACCESS_TOKEN, detail);
    let session = token.session.clone();
    let session = session.ok_or_else(|| refuse("a client token authorises no use of a key"))?;
    if (session.psc == super::psc::SIGNER) != asked.at_signer {
        return Err(refuse("the token is of a PSC that does not answer at this host"));
    }
    super::psc::admit(asked.settings, session.psc)?;
    Ok(session)
}

/// Whether text is a CPF of 11 digits or a CNPJ of 14 characters, zeros and all, without a mask.
pub(crate) fn is_identification(text: &str, kind: HolderKind) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match kind {
        HolderKind::Cpf => text.len() == 11 && digits(text),
        HolderKind::Cnpj => {
            let (root, check) = text.split_at_checked(12).unwrap_or_default();
            let letters = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
            check.len() == 2 && digits(check) && root.bytes().all(letters)
        }
    }
}

/// The holder of an identification of either kind; `None` when nobody has it.
pub(crate) fn holder(
    certillion: &Certillion,
    identification: &str,
) -> Result<Option<Arc<Holder>>, Refusal> {
    let kinds = [HolderKind::Cpf, HolderKind::Cnpj];
    if !kinds.iter().any(|kind| is_identification(identification, *kind)) {
        let text = "an identification that is not 11 or 14 characters";
        certillion.ground.counters.violated(text);
        return Err(Refusal::wrong("the CPF or CNPJ is masked, or lacks digits"));
    }
    Ok(certillion.ground.holder(identification).cloned())
}

/// A scope's name, `single_signature` when there is none. `authentication_session` is not
/// Certillion's.
pub(crate) fn scope(name: Option<&str>) -> Option<Scope> {
    match name {
        None => Some(Scope::SingleSignature),
        Some(name) => Scope::parse(name).filter(|scope| *scope != Scope::AuthenticationSession),
    }
}

/// A wished lifetime in seconds, within the ceiling.
pub(crate) fn lifetime(settings: &Settings, wish: Option<&str>) -> Result<u64, Refusal> {
    let Some(wish) = wish else { return Ok(settings.default_lifetime) };
    match wish.parse::<u64>() {
        Ok(seconds) if seconds > 0 => Ok(seconds.min(settings.lifetime_ceiling)),
        _ => Err(Refusal::wrong("lifetime is no number of seconds")),
    }
}

/// Whether a certificate may sign now, as far as the settings look.
pub(crate) fn is_valid(
    certillion: &Certillion,
    it: &HolderCertificate,
    settings: &Settings,
) -> bool {
    let in_date = it.is_in_date(certillion.ground.clock.unix_seconds());
    !settings.checks_certificates || (in_date && it.standing() != Standing::Revoked)
}
