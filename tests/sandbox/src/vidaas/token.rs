//! `POST /v0/oauth/token`: the code for a token (manual §3.1.3).

use serde_json::json;

use super::refusal::Refusal;
use super::state::{Authorization, Grant, State, Token};
use super::{Vidaas, authorize};
use crate::clock::milliseconds;
use crate::faults::Drawn;
use crate::lock;
use crate::psc::pkce::{challenge_of, is_verifier};
use crate::psc::spoiling;
use crate::random;
use crate::transport::form::Form;
use crate::transport::request::Request;
use crate::transport::response::Response;

pub(crate) fn handle(
    vidaas: &Vidaas,
    request: &Request,
    faults: &Drawn,
) -> Result<Response, Refusal> {
    if !request.has_content_type("application/x-www-form-urlencoded") {
        return Err(Refusal::MediaType);
    }
    if !request.query.is_empty() {
        vidaas.ground.counters.violated("parameters in the URL of the token endpoint");
        return Err(Refusal::invalid_request("parameters belong in the body"));
    }
    let body = core::str::from_utf8(&request.body)
        .map_err(|_| Refusal::invalid_request("the body is not UTF-8"))?;
    let form = Form::parse(body)?;
    let now = vidaas.ground.clock.unix_milliseconds();
    let mut state = lock(&vidaas.state);
    let (authorization, grant) = exchange(vidaas, &mut state, &form, now)?;

    let kind = grant.holder.kind;
    let asked = authorization.lifetime.unwrap_or(vidaas.settings.default_lifetime);
    let lifetime = asked.min(authorize::ceiling(vidaas, Some(kind)));
    let access_token = random::opaque_token();
    let mut answer = json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": lifetime,
        "scope": authorization.scope.wire_name(),
        "authorized_identification": grant.holder.identification,
        "authorized_identification_type": kind.wire_name(),
    });
    let other = vidaas.ground.someone_else(&grant.holder);
    let id = form.get("code").and_then(|code| state.codes.get(code)).cloned();
    let authorized = id.and_then(|id| state.authorizations.get_mut(&id));
    if let Some(grant) = authorized.and_then(|authorization| authorization.grant.as_mut()) {
        grant.token = Some(access_token.clone());
    }
    state.tokens.insert(
        access_token,
        Token {
            client_id: authorization.client_id,
            scope: authorization.scope,
            expires: now + i64::try_from(lifetime).unwrap_or(i64::MAX / 1000).saturating_mul(1000),
            spent: false,
            holder: grant.holder,
            certificate: grant.certificate,
        },
    );
    state.tidy(now, milliseconds(vidaas.settings.approval_window));
    drop(state);
    spoiling::token(&mut answer, faults, lifetime, &other);
    Ok(Response::json(200, &answer))
}

/// Checks everything, then marks the code as used and gives what it stood for.
fn exchange(
    vidaas: &Vidaas,
    state: &mut State,
    form: &Form,
    now: i64,
) -> Result<(Authorization, Grant), Refusal> {
    let required = |name: &str| {
        form.filled(name).ok_or_else(|| Refusal::invalid_request(format!("{name} is mandatory")))
    };
    if required("grant_type")? != "authorization_code" {
        return Err(Refusal::new(400, "unsupported_grant_type", "only authorization_code"));
    }
    let client_id = required("client_id")?;
    state.authenticate(client_id, required("client_secret")?)?;
    let code = required("code")?;
    let verifier = required("code_verifier")?;
    if !is_verifier(verifier) {
        return Err(Refusal::invalid_request("code_verifier is not as RFC 7636 §4.1 has it"));
    }
    let invalid = |description: &str| Refusal::new(400, "invalid_grant", description);
    let State { codes, authorizations, tokens, .. } = state;
    let authorization = codes
        .get(code)
        .and_then(|id| authorizations.get_mut(id))
        .filter(|authorization| authorization.client_id == client_id)
        .ok_or_else(|| invalid("the code is unknown"))?;
    let redirect_uri = authorization.redirect_uri.clone();
    let challenge = authorization.challenge.clone();
    let grant = authorization.grant.as_mut().ok_or_else(|| invalid("the code is unknown"))?;
    if grant.exchanged {
        // RFC 6749 §4.1.2: what the code gave before is taken back.
        if let Some(token) = grant.token.take().and_then(|token| tokens.get_mut(&token)) {
            token.spent = true;
        }
        vidaas.ground.counters.violated("an authorization code was exchanged twice");
        return Err(invalid("the code was used"));
    }
    // From here on the code is gone, whatever else is wrong.
    grant.exchanged = true;
    if now - grant.handed_out >= milliseconds(vidaas.settings.code_lifetime) {
        return Err(invalid("the code expired"));
    }
    if form.get("redirect_uri").is_some_and(|uri| uri != redirect_uri) {
        return Err(invalid("the redirect_uri is not that of authorize"));
    }
    if challenge_of(verifier) != challenge {
        return Err(invalid("the code_verifier does not match the code_challenge"));
    }
    let grant = grant.clone();
    Ok((authorization.clone(), grant))
}
