//! `POST oauth/token`: a code for a signature token.

use serde_json::{Value, json};

use super::asking::{form, is_valid, refuse_secret_in_url, refuse_unknown};
use super::refusal::Refusal;
use super::settings::{Settings, TokenCredentials};
use super::state::{Authorization, Grant, Session, State, Token};
use super::{Asked, Certillion, psc};
use crate::clock::milliseconds;
use crate::lock;
use crate::psc::pkce::{challenge_of, is_verifier};
use crate::psc::spoiling;
use crate::psc::token::{access_token, expiry};
use crate::transport::form::Form;
use crate::transport::response::Response;

const PARAMETERS: [&str; 7] =
    ["grant_type", "manager_id", "manager_secret", "code", "code_verifier", "redirect_uri", "psc"];

const INVALID_REQUEST: &str = "invalid_request";
const INVALID_GRANT: &str = "invalid_grant";
const SERVER_ERROR: &str = "server_error";

pub(crate) fn exchange(certillion: &Certillion, asked: Asked<'_>) -> Result<Response, Refusal> {
    let in_form = |refusal: Refusal| match refusal {
        Refusal::MediaType => refusal,
        other => Refusal::grant(INVALID_REQUEST, other.description()),
    };
    refuse_secret_in_url(certillion, asked.request).map_err(in_form)?;
    let form = form(asked.request).map_err(in_form)?;
    check_names(&form, asked.settings).map_err(in_form)?;
    let now = certillion.ground.clock.unix_milliseconds();
    let mut state = lock(&certillion.state);
    let (authorization, grant) = redeem(certillion, &mut state, &form, asked, now)?;

    let lifetime = authorization.lifetime;
    let session = Session {
        psc: authorization.psc,
        scope: authorization.scope,
        holder: grant.holder,
        certificate: grant.certificate,
    };
    let other = certillion.ground.someone_else(&session.holder);
    let (mut answer, name) =
        issue(&mut state, asked, &authorization.client_id, session, lifetime, now);
    let session = form.get("code").and_then(|code| state.codes.get(code)).cloned();
    let authorized = session.and_then(|session| state.authorizations.get_mut(&session));
    if let Some(grant) = authorized.and_then(|authorization| authorization.grant.as_mut()) {
        grant.token = Some(name);
    }
    state.tidy(now, milliseconds(asked.settings.approval_window));
    drop(state);
    spoiling::token(&mut answer, asked.faults, lifetime, &other);
    Ok(Response::json(200, &answer))
}

/// Makes a signature token; gives the reply that tells of it, and its name.
pub(crate) fn issue(
    state: &mut State,
    asked: Asked<'_>,
    client_id: &str,
    session: Session,
    lifetime: u64,
    now: i64,
) -> (Value, String) {
    let access_token = access_token();
    let mut answer = json!({
        "access_token": access_token,
        "expires_in": lifetime,
        "scope": session.scope.wire_name(),
        "authorized_identification": session.holder.identification,
        "authorized_identification_type": session.holder.kind.wire_name(),
    });
    if asked.settings.token_type {
        answer["token_type"] = json!("Bearer");
    }
    let token = Token {
        client_id: client_id.to_owned(),
        expires: expiry(now, lifetime),
        revoked: false,
        spent: false,
        session: Some(session),
    };
    state.tokens.insert(access_token.clone(), token);
    (answer, access_token)
}

/// Which parameters there are: an absent one is a server error, an empty one is not (API page).
fn check_names(form: &Form, settings: &Settings) -> Result<(), Refusal> {
    let mut known = PARAMETERS.to_vec();
    if settings.token_credentials != TokenCredentials::Manager {
        known.extend(["client_id", "client_secret"]);
    }
    refuse_unknown(form, &known)
}

/// A parameter that must be there and not be empty.
fn required<'f>(form: &'f Form, name: &str) -> Result<&'f str, Refusal> {
    match form.get(name) {
        None => Err(Refusal::Grant {
            http: 500,
            error: SERVER_ERROR,
            description: format!("{name} was not sent"),
        }),
        Some("") => Err(Refusal::grant(INVALID_REQUEST, format!("{name} is empty"))),
        Some(value) => Ok(value),
    }
}

/// Checks everything, then marks the code as used and gives what it stood for.
fn redeem(
    certillion: &Certillion,
    state: &mut State,
    form: &Form,
    asked: Asked<'_>,
    now: i64,
) -> Result<(Authorization, Grant), Refusal> {
    let settings = asked.settings;
    let invalid = |description: &str| Refusal::grant(INVALID_GRANT, description);
    if required(form, "grant_type")? != "authorization_code" {
        return Err(Refusal::grant("unsupported_grant_type", "only authorization_code"));
    }
    let (manager_id, code) = (required(form, "manager_id")?, required(form, "code")?);
    let secret = required(form, "manager_secret")?;
    let verifier = required(form, "code_verifier")?;
    let application = state.applications.get(manager_id);
    let application = application.ok_or_else(|| invalid("the manager_id is not valid"))?;
    if application.client_secret != secret {
        return Err(Refusal::grant("invalid_client", "the manager_secret is wrong"));
    }
    if application.redirect_uris.is_empty() {
        return Err(invalid("the company has no registered callback URL"));
    }
    check_client(form, settings, (manager_id, secret))?;
    let psc = form.filled("psc").unwrap_or(psc::DEFAULT);
    let unusable = || Refusal::grant(SERVER_ERROR, "the PSC is not valid, or disabled");
    let psc = psc::usable(settings, psc, asked.at_signer).ok_or_else(unusable)?;
    if !is_verifier(verifier) {
        return Err(Refusal::grant(
            INVALID_REQUEST,
            "code_verifier is not as RFC 7636 §4.1 has it",
        ));
    }
    let State { codes, authorizations, tokens, .. } = state;
    let authorization = codes
        .get(code)
        .and_then(|session| authorizations.get_mut(session))
        .filter(|authorization| authorization.client_id == manager_id)
        .ok_or_else(|| invalid("the code is unknown"))?;
    if authorization.psc != psc {
        return Err(unusable());
    }
    let whole = authorization.clone();
    let grant = authorization.grant.as_mut().ok_or_else(|| invalid("the code is unknown"))?;
    if grant.exchanged {
        // RFC 6749 §4.1.2: what the code gave before is taken back.
        if let Some(token) = grant.token.take().and_then(|token| tokens.get_mut(&token)) {
            token.revoked = true;
        }
        certillion.ground.counters.violated("an authorization code was exchanged twice");
        return Err(invalid("the code was used"));
    }
    // From here on the code is gone, whatever else is wrong.
    grant.exchanged = true;
    if now - grant.handed_out >= milliseconds(settings.code_lifetime) {
        return Err(invalid("the code expired"));
    }
    match form.filled("redirect_uri") {
        Some(uri) if uri == whole.redirect_uri => {}
        None if !settings.token_redirect_uri => {}
        _ => return Err(invalid("the redirect_uri is not that of authorize")),
    }
    if challenge_of(verifier) != whole.challenge {
        return Err(invalid("the code_verifier does not match the code_challenge"));
    }
    let usable = psc::has_account(settings, &grant.holder, whole.psc)
        && is_valid(certillion, &grant.certificate, settings);
    if !usable {
        let text = "the PSC has no valid certificate to sign with";
        return Err(Refusal::grant(INVALID_REQUEST, text));
    }
    Ok((whole, grant.clone()))
}

/// `client_id` and `client_secret` beside the two of the manager, which they must be the same as.
fn check_client(
    form: &Form,
    settings: &Settings,
    (id, secret): (&str, &str),
) -> Result<(), Refusal> {
    let demanded = settings.token_credentials == TokenCredentials::Both;
    for (name, expected) in [("client_id", id), ("client_secret", secret)] {
        if demanded {
            required(form, name)?;
        }
        if form.get(name).is_some_and(|value| value != expected) {
            return Err(Refusal::grant("invalid_client", format!("{name} is wrong")));
        }
    }
    Ok(())
}
