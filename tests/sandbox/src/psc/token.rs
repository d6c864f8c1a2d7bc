//! `POST token`: a code for a token; and `POST client_token` and `POST revoke`, its neighbours.

use serde_json::{Value, json};

use super::Psc;
use super::asking::{ceiling, form, refuse_secret_in_url, refuse_unknown, required};
use super::pkce::{challenge_of, is_verifier};
use super::refusal::Refusal;
use super::settings::{Settings, TokenBody};
use super::spoiling;
use super::state::{Authorization, Grant, Session, State, Token};
use crate::clock::milliseconds;
use crate::faults::Drawn;
use crate::transport::form::Form;
use crate::transport::request::Request;
use crate::transport::response::Response;
use crate::{lock, random};

const PARAMETERS: [&str; 6] =
    ["grant_type", "client_id", "client_secret", "code", "code_verifier", "redirect_uri"];

pub(crate) fn exchange(
    psc: &Psc,
    request: &Request,
    settings: &Settings,
    faults: &Drawn,
) -> Result<Response, Refusal> {
    refuse_secret_in_url(psc, request)?;
    let form = body(request, settings.token_body)?;
    refuse_unknown(&form, &PARAMETERS, &[])?;
    let now = psc.ground.clock.unix_milliseconds();
    let mut state = lock(&psc.state);
    let (authorization, grant) = redeem(psc, &mut state, &form, settings, now)?;

    let kind = grant.holder.kind;
    let asked = authorization.lifetime.unwrap_or(settings.default_lifetime);
    let lifetime = asked.min(ceiling(settings, Some(kind)));
    let access_token = access_token();
    let mut answer = json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": lifetime,
        "authorized_identification": grant.holder.identification,
        "authorized_identification_type": kind.wire_name(),
    });
    if settings.scope_always {
        answer["scope"] = json!(authorization.scope.wire_name());
    }
    let other = psc.ground.someone_else(&grant.holder);
    let session = form.get("code").and_then(|code| state.codes.get(code)).cloned();
    let authorized = session.and_then(|session| state.authorizations.get_mut(&session));
    if let Some(grant) = authorized.and_then(|authorization| authorization.grant.as_mut()) {
        grant.token = Some(access_token.clone());
    }
    let identification = grant.holder.identification.to_owned();
    state.known.insert((authorization.client_id.clone(), identification));
    let session = Session {
        scope: authorization.scope,
        holder: grant.holder,
        certificate: grant.certificate,
        by_password: false,
    };
    let token = Token {
        client_id: authorization.client_id,
        expires: expiry(now, lifetime),
        spent: false,
        session: Some(session),
    };
    state.tokens.insert(access_token, token);
    state.tidy(now, milliseconds(settings.approval_window));
    drop(state);
    spoiling::token(&mut answer, faults, lifetime, &other);
    Ok(Response::json(200, &answer))
}

/// `POST client_token`, in the form encoding: a token that signs nothing.
pub(crate) fn client_token(
    psc: &Psc,
    request: &Request,
    settings: &Settings,
) -> Result<Response, Refusal> {
    refuse_secret_in_url(psc, request)?;
    let form = form(request)?;
    refuse_unknown(&form, &["grant_type", "client_id", "client_secret"], &[])?;
    if required(&form, "grant_type")? != "client_credentials" {
        return Err(Refusal::new(400, "unsupported_grant_type", "only client_credentials"));
    }
    let client_id = required(&form, "client_id")?;
    let mut state = lock(&psc.state);
    state.authenticate(client_id, required(&form, "client_secret")?)?;
    let access_token = access_token();
    let lifetime = settings.application_token_lifetime;
    let expires = expiry(psc.ground.clock.unix_milliseconds(), lifetime);
    let token = Token { client_id: client_id.to_owned(), expires, spent: false, session: None };
    state.tokens.insert(access_token.clone(), token);
    Ok(Response::json(
        200,
        &json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": lifetime }),
    ))
}

/// `POST revoke`. Unsure: the members are those that programs in use send, the answer is that of
/// RFC 7009 §2.2, also for a token that is unknown.
pub(crate) fn revoke(psc: &Psc, request: &Request) -> Result<Response, Refusal> {
    refuse_secret_in_url(psc, request)?;
    let form = body(request, TokenBody::Both)?;
    refuse_unknown(&form, &["client_id", "client_secret", "token"], &[])?;
    let client_id = required(&form, "client_id")?;
    let mut state = lock(&psc.state);
    state.authenticate(client_id, required(&form, "client_secret")?)?;
    let token = state.tokens.get_mut(required(&form, "token")?);
    if let Some(token) = token.filter(|token| token.client_id == client_id) {
        token.spent = true;
    }
    Ok(Response::json(200, &json!({})))
}

/// A new token: opaque, and of no service's shape.
pub(crate) fn access_token() -> String {
    random::hexadecimal(&random::bytes::<32>())
}

/// `lifetime` seconds from `now`, in milliseconds.
pub(crate) fn expiry(now: i64, lifetime: u64) -> i64 {
    now + i64::try_from(lifetime).unwrap_or(i64::MAX / 1000).saturating_mul(1000)
}

/// The parameters in whichever encoding the PSC takes.
fn body(request: &Request, accepted: TokenBody) -> Result<Form, Refusal> {
    let is_json = request.has_content_type("application/json");
    match accepted {
        TokenBody::Form => form(request),
        TokenBody::Json if !is_json => Err(Refusal::MediaType),
        TokenBody::Both if !is_json => form(request),
        TokenBody::Json | TokenBody::Both => {
            let members: serde_json::Map<String, Value> = serde_json::from_slice(&request.body)?;
            let pairs = members.into_iter().map(|(name, value)| match value {
                Value::String(text) => Ok((name, text)),
                _ => Err(Refusal::malformed(format!("{name} is no string"))),
            });
            Ok(Form::from_pairs(pairs.collect::<Result<_, _>>()?))
        }
    }
}

/// Checks everything, then marks the code as used and gives what it stood for.
fn redeem(
    psc: &Psc,
    state: &mut State,
    form: &Form,
    settings: &Settings,
    now: i64,
) -> Result<(Authorization, Grant), Refusal> {
    if required(form, "grant_type")? != "authorization_code" {
        return Err(Refusal::new(400, "unsupported_grant_type", "only authorization_code"));
    }
    let client_id = required(form, "client_id")?;
    state.authenticate(client_id, required(form, "client_secret")?)?;
    let code = required(form, "code")?;
    let verifier = required(form, "code_verifier")?;
    if !is_verifier(verifier) {
        return Err(Refusal::malformed("code_verifier is not as RFC 7636 §4.1 has it"));
    }
    let invalid = Refusal::invalid_grant;
    let State { codes, authorizations, tokens, .. } = state;
    let authorization = codes
        .get(code)
        .and_then(|session| authorizations.get_mut(session))
        .filter(|authorization| authorization.client_id == client_id)
        .ok_or_else(|| invalid("the code is unknown"))?;
    let whole = authorization.clone();
    let grant = authorization.grant.as_mut().ok_or_else(|| invalid("the code is unknown"))?;
    if grant.exchanged {
        // RFC 6749 §4.1.2: what the code gave before is taken back.
        if let Some(token) = grant.token.take().and_then(|token| tokens.get_mut(&token)) {
            token.spent = true;
        }
        psc.ground.counters.violated("an authorization code was exchanged twice");
        return Err(invalid("the code was used"));
    }
    // From here on the code is gone, whatever else is wrong.
    grant.exchanged = true;
    if now - grant.handed_out >= milliseconds(settings.code_lifetime) {
        return Err(invalid("the code expired"));
    }
    if form.get("redirect_uri").is_some_and(|uri| uri != whole.redirect_uri) {
        return Err(invalid("the redirect_uri is not that of authorize"));
    }
    if challenge_of(verifier) != whole.challenge {
        return Err(invalid("the code_verifier does not match the code_challenge"));
    }
    Ok((whole, grant.clone()))
}
