//! `POST pwd_authorize` (DOC-ICP-17.01 §6.4.6.3): a token for the holder's own factors, of which
//! one is for one use.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::asking::{holder, json as read_json, lifetime, scope};
use super::refusal::Refusal;
use super::settings::{PasswordShape, Settings};
use super::state::{OneTimePassword, Session, State, Token};
use super::token::{access_token, expiry};
use super::{Psc, spoiling};
use crate::clock::milliseconds;
use crate::faults::Drawn;
use crate::pki::holder::{Holder, HolderCertificate};
use crate::transport::request::Request;
use crate::transport::response::Response;
use crate::{lock, random};

/// The PIN of every synthetic certificate.
pub const PIN: &str = "24680135";

/// What SafeID says of a second factor that is missing or wrong.
const WRONG_FACTOR: &str = "Verifique o segundo fator de autenticação concatenado com a senha";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    grant_type: String,
    client_id: String,
    client_secret: String,
    username: String,
    password: String,
    lifetime: Option<u64>,
    scope: Option<String>,
    slot_alias: Option<String>,
}

pub(crate) fn authorize(
    psc: &Psc,
    request: &Request,
    settings: &Settings,
    faults: &Drawn,
) -> Result<Response, Refusal> {
    let Some(shape) = settings.password else {
        return Err(Refusal::new(501, "unsupported_grant_type", "pwd_authorize is not offered"));
    };
    let body: Body = read_json(request)?;
    if body.grant_type != "password" {
        return Err(Refusal::new(400, "unsupported_grant_type", "only password"));
    }
    let scope = scope(body.scope.as_deref())?;
    let holder = holder(psc, &body.username)?;
    let seconds = lifetime(settings, body.lifetime, Some(holder.kind))?;
    let seconds = seconds.unwrap_or(settings.default_lifetime);
    let certificate = slot(psc, &holder, body.slot_alias.as_deref())?;
    let now = psc.ground.clock.unix_milliseconds();

    let mut state = lock(&psc.state);
    state.authenticate(&body.client_id, &body.client_secret)?;
    match shape {
        PasswordShape::OneTimePassword => {
            spend(psc, &mut state, &body.password, &holder, now)?;
        }
        PasswordShape::PinThenOneTimePassword => {
            let password = body.password.strip_prefix(PIN);
            let password = password.ok_or_else(|| Refusal::invalid_grant(WRONG_FACTOR))?;
            spend(psc, &mut state, password, &holder, now)?;
        }
        PasswordShape::AuthorizationThenPin => {
            let identifier = body.password.strip_suffix(PIN).unwrap_or_default();
            let trusted = state.trusted.get(identifier);
            let trusted = trusted
                .filter(|it| it.client_id == body.client_id)
                .filter(|it| it.holder.identification == holder.identification)
                .ok_or_else(|| Refusal::invalid_grant(WRONG_FACTOR))?;
            if now >= trusted.expires {
                let text = "Esta solicitação não está ativa ou foi revogada";
                return Err(Refusal::invalid_grant(text));
            }
            if expiry(now, seconds) >= trusted.expires {
                let text = "O valor de lifetime é maior do que a data de validade da autorização";
                return Err(Refusal::malformed(text));
            }
        }
    }
    let access_token = access_token();
    let mut answer = json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": seconds,
        "slot_alias": psc.alias(&certificate),
    });
    if settings.scope_always {
        answer["scope"] = json!(scope.wire_name());
    }
    let other = psc.ground.someone_else(&holder);
    state.known.insert((body.client_id.clone(), holder.identification.to_owned()));
    let session = Some(Session { scope, holder, certificate, by_password: true });
    let expires = expiry(now, seconds);
    let token = Token { client_id: body.client_id, expires, spent: false, session };
    state.tokens.insert(access_token, token);
    drop(state);
    spoiling::token(&mut answer, faults, seconds, &other);
    Ok(Response::json(200, &answer))
}

/// The certificate that `slot_alias` names, by alias or as SafeID does by serial number; the first
/// when it names none.
fn slot(
    psc: &Psc,
    holder: &Arc<Holder>,
    alias: Option<&str>,
) -> Result<Arc<HolderCertificate>, Refusal> {
    let named = |certificate: &&Arc<HolderCertificate>| {
        alias.is_none_or(|alias| {
            psc.alias(certificate) == alias || certificate.serial_number() == alias
        })
    };
    let certificate = holder.certificates.iter().find(named);
    certificate.cloned().ok_or_else(|| Refusal::malformed("slot_alias is not the holder's"))
}

/// Uses a one-time password up.
fn spend(
    psc: &Psc,
    state: &mut State,
    password: &str,
    holder: &Holder,
    now: i64,
) -> Result<(), Refusal> {
    let known = state.passwords.get_mut(password);
    let known = known
        .filter(|it| it.identification == holder.identification)
        .ok_or_else(|| Refusal::invalid_grant(WRONG_FACTOR))?;
    if known.used {
        psc.ground.counters.violated("a one-time password was sent twice");
        return Err(Refusal::invalid_grant(WRONG_FACTOR));
    }
    known.used = true;
    if now >= known.expires {
        return Err(Refusal::invalid_grant("the one-time password expired"));
    }
    Ok(())
}

/// What the application on the holder's phone shows now: six digits for one use.
pub(crate) fn draw(psc: &Psc, holder: &Holder) -> String {
    let settings = psc.settings();
    let now = psc.ground.clock.unix_milliseconds();
    let expires = now + milliseconds(settings.one_time_password_lifetime);
    let mut state = lock(&psc.state);
    loop {
        let number = u32::from_be_bytes(random::bytes()) % 1_000_000;
        let digits = format!("{number:06}");
        if !state.passwords.contains_key(&digits) {
            let identification = holder.identification;
            let password = OneTimePassword { identification, expires, used: false };
            state.passwords.insert(digits.clone(), password);
            return digits;
        }
    }
}
