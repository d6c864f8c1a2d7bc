//! `GET /v0/oauth/authorize`: by QR code (manual §3.1.1) and by push (manual §3.1.2).

use std::sync::Arc;

use super::rates::Rate;
use super::refusal::Refusal;
use super::state::{Authorization, Scope};
use super::{Application, Vidaas, qr};
use crate::clock::milliseconds;
use crate::faults::Drawn;
use crate::lock;
use crate::phone::{Ask, Channel};
use crate::pki::holder::{Holder, HolderKind};
use crate::psc::pkce::is_challenge;
use crate::random;
use crate::transport::form::Form;
use crate::transport::request::Request;
use crate::transport::response::Response;

/// The redirect URI that asks for a notification.
pub(crate) const PUSH: &str = "push://";

pub(crate) fn handle(
    vidaas: &Vidaas,
    request: &Request,
    faults: &Drawn,
) -> Result<Response, Refusal> {
    let query = Form::parse(&request.query)?;
    let now = vidaas.ground.clock.unix_milliseconds();
    let application = admit(vidaas, &query, now)?;
    if required(&query, "response_type")? != "code" {
        return Err(Refusal::new(400, "unsupported_response_type", "response_type must be `code`"));
    }
    let challenge = challenge(&query)?;
    let scope = match query.filled("scope") {
        Some(name) => Scope::parse(name)
            .ok_or_else(|| Refusal::new(400, "invalid_scope", "the scope is unknown"))?,
        None => Scope::SingleSignature,
    };
    let redirect_uri = required(&query, "redirect_uri")?;
    let channel = if redirect_uri == PUSH { Channel::Push } else { Channel::Qr };
    if channel == Channel::Qr && !application.redirect_uris.iter().any(|uri| uri == redirect_uri) {
        return Err(Refusal::invalid_request("the redirect_uri is not a registered one"));
    }
    let hint = hint(vidaas, &query, channel)?;
    let lifetime = lifetime(vidaas, &query, hint.as_deref())?;

    let approval = vidaas.ground.phone.ask(Ask {
        channel,
        application: application.name,
        holder: hint.as_ref().map(|holder| holder.masked()),
        scope: scope.wire_name().to_owned(),
        lifetime: lifetime.unwrap_or(vidaas.settings.default_lifetime),
        window: milliseconds(vidaas.settings.approval_window),
    });
    let id = random::uuid();
    let authorization = Authorization {
        client_id: application.client_id,
        challenge,
        scope,
        lifetime,
        redirect_uri: redirect_uri.to_owned(),
        state: query.filled("state").map(str::to_owned),
        hint,
        approval,
        started: now,
        last_poll: None,
        grant: None,
        faults: faults.clone(),
    };
    let mut state = lock(&vidaas.state);
    state.authorizations.insert(id.clone(), authorization);
    state.tidy(now, milliseconds(vidaas.settings.approval_window));
    drop(state);
    Ok(match channel {
        Channel::Push => Response::text(200, format!("code={id}")),
        Channel::Qr => Response::redirect(&qr::url(vidaas, &id)),
    })
}

/// The application, if it may call now.
fn admit(vidaas: &Vidaas, query: &Form, now: i64) -> Result<Application, Refusal> {
    let client_id = required(query, "client_id")?;
    let mut state = lock(&vidaas.state);
    let application = state.application(client_id)?.clone();
    let rate = Rate::Authorize(client_id.to_owned());
    if !state.rates.take(rate, 1, vidaas.settings.authorize_per_second, 1000, now) {
        return Err(Refusal::TooMany { retry_after: vidaas.settings.retry_after.clone() });
    }
    Ok(application)
}

fn required<'q>(query: &'q Form, name: &str) -> Result<&'q str, Refusal> {
    query.filled(name).ok_or_else(|| Refusal::invalid_request(format!("{name} is mandatory")))
}

fn challenge(query: &Form) -> Result<String, Refusal> {
    if required(query, "code_challenge_method")? != "S256" {
        return Err(Refusal::invalid_request("code_challenge_method must be S256"));
    }
    let challenge = required(query, "code_challenge")?;
    if !is_challenge(challenge) {
        return Err(Refusal::invalid_request("code_challenge is not base64url of 32 bytes"));
    }
    Ok(challenge.to_owned())
}

/// Mandatory for a push. For a QR code the manual says to leave it blank and shows it filled; the
/// developers' page calls it a filter. So both are taken.
fn hint(vidaas: &Vidaas, query: &Form, channel: Channel) -> Result<Option<Arc<Holder>>, Refusal> {
    let Some(hint) = query.filled("login_hint") else {
        return match channel {
            Channel::Push => Err(Refusal::invalid_request("login_hint is mandatory for a push")),
            Channel::Qr => Ok(None),
        };
    };
    if !hint.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        vidaas.ground.counters.violated("login_hint with a mask");
        return Err(Refusal::invalid_request("login_hint is masked"));
    }
    let holder = vidaas.ground.holder(hint);
    let holder = holder.ok_or_else(|| Refusal::invalid_request("login_hint names no holder"))?;
    Ok(Some(Arc::clone(holder)))
}

fn lifetime(vidaas: &Vidaas, query: &Form, hint: Option<&Holder>) -> Result<Option<u64>, Refusal> {
    let Some(text) = query.filled("lifetime") else { return Ok(None) };
    let lifetime = text.parse::<u64>().ok().filter(|lifetime| *lifetime != 0);
    let lifetime =
        lifetime.ok_or_else(|| Refusal::invalid_request("lifetime is no number of seconds"))?;
    if lifetime > ceiling(vidaas, hint.map(|holder| holder.kind)) {
        return Err(Refusal::invalid_request("lifetime is over the ceiling for the holder"));
    }
    Ok(Some(lifetime))
}

/// The most seconds for a kind of holder; for one not yet known, the higher of the two.
pub(crate) fn ceiling(vidaas: &Vidaas, kind: Option<HolderKind>) -> u64 {
    match kind {
        Some(HolderKind::Cpf) => vidaas.settings.natural_person_lifetime,
        Some(HolderKind::Cnpj) | None => vidaas.settings.legal_person_lifetime,
    }
}
