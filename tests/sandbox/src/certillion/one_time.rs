//! `POST oauth/otp_authorize` and `POST oauth/pwd_authorize`: a signature token for an OTP.

use serde::Deserialize;
use serde_json::Value;

use super::asking::{self, is_valid, lifetime, refuse_query, required, scope};
use super::refusal::Refusal;
use super::state::{OneTimePassword, Session};
use super::status::Status;
use super::{Asked, Certillion, psc, token};
use crate::clock::milliseconds;
use crate::pki::holder::Holder;
use crate::psc::scope::Scope;
use crate::psc::spoiling;
use crate::transport::response::Response;
use crate::{lock, random};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OtpBody {
    client_id: Option<String>,
    client_secret: Option<String>,
    lifetime: Option<Value>,
    otp: Option<String>,
    scope: Option<String>,
    username: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PwdBody {
    client_id: Option<String>,
    client_secret: Option<String>,
    lifetime: Option<Value>,
    password: Option<String>,
    psc: Option<String>,
    psc_id: Option<String>,
    psc_secret: Option<String>,
    scope: Option<String>,
    username: Option<String>,
}

/// What both bodies come down to.
struct Login<'b> {
    client: (&'b Option<String>, &'b Option<String>),
    lifetime: &'b Option<Value>,
    username: &'b Option<String>,
    otp: (&'static str, &'b Option<String>),
    psc: &'static str,
    scope: Scope,
}

/// For certificates that Certillion's own application serves, so at its own host.
pub(crate) fn otp_authorize(
    certillion: &Certillion,
    asked: Asked<'_>,
) -> Result<Response, Refusal> {
    refuse_query(certillion, asked.request)?;
    let body: OtpBody = asking::json(asked.request).map_err(unexpected)?;
    let psc = psc::usable(asked.settings, psc::SIGNER, asked.at_signer);
    let psc = psc.ok_or_else(|| Refusal::unexpected("CERTILLION_SIGNER is at another host"))?;
    if required(&body.scope, "scope").map_err(unexpected)? != "signature_session" {
        return Err(Refusal::unexpected("scope is not signature_session"));
    }
    let login = Login {
        client: (&body.client_id, &body.client_secret),
        lifetime: &body.lifetime,
        username: &body.username,
        otp: ("otp", &body.otp),
        psc,
        scope: Scope::SignatureSession,
    };
    authorize(certillion, asked, &login)
}

pub(crate) fn pwd_authorize(
    certillion: &Certillion,
    asked: Asked<'_>,
) -> Result<Response, Refusal> {
    refuse_query(certillion, asked.request)?;
    let body: PwdBody = asking::json(asked.request).map_err(unexpected)?;
    let settings = asked.settings;
    if body.psc_id.is_some() != body.psc_secret.is_some() {
        return Err(Refusal::unexpected("psc_id and psc_secret belong together"));
    }
    let psc = body.psc.as_deref().unwrap_or(psc::DEFAULT);
    let psc = psc::usable(settings, psc, asked.at_signer);
    let psc = psc.ok_or_else(|| Refusal::bad_data("the PSC is disabled or not valid"))?;
    psc::admit(settings, psc)?;
    if !settings.password_pscs.iter().any(|it| it == psc) {
        let detail = "the PSC has no pwd_authorize";
        return Err(Refusal::new(501, Status::SERVICE_NOT_FOUND, detail));
    }
    let scope = scope(Some(required(&body.scope, "scope").map_err(unexpected)?));
    let login = Login {
        client: (&body.client_id, &body.client_secret),
        lifetime: &body.lifetime,
        username: &body.username,
        otp: ("password", &body.password),
        psc,
        scope: scope.ok_or_else(|| Refusal::unexpected("the scope is unknown"))?,
    };
    authorize(certillion, asked, &login)
}

fn unexpected(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::MediaType => refusal,
        other => Refusal::unexpected(other.description()),
    }
}

fn authorize(
    certillion: &Certillion,
    asked: Asked<'_>,
    login: &Login<'_>,
) -> Result<Response, Refusal> {
    let settings = asked.settings;
    let client_id = required(login.client.0, "client_id").map_err(unexpected)?;
    let secret = required(login.client.1, "client_secret").map_err(unexpected)?;
    let username = required(login.username, "username").map_err(unexpected)?;
    let otp = required(login.otp.1, login.otp.0).map_err(unexpected)?;
    // The API page's sample quotes the number.
    let wish = match login.lifetime {
        None => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(number) => Some(number.to_string()),
    };
    let lifetime = lifetime(settings, wish.as_deref()).map_err(unexpected)?;
    let refuse = |detail| Refusal::credentials(detail);
    let now = certillion.ground.clock.unix_milliseconds();
    let mut state = lock(&certillion.state);
    state.authenticate(client_id, secret)?;
    let holder = asking::holder(certillion, username).map_err(unexpected)?;
    let holder = holder.filter(|it| psc::has_account(settings, it, login.psc));
    let holder = holder.ok_or_else(|| refuse("the holder has no account there"))?;
    let known = state.passwords.get(otp);
    let known = known.filter(|it| it.identification == holder.identification);
    let expires = known.ok_or_else(|| refuse("the OTP is not valid"))?.expires;
    state.passwords.remove(otp);
    if now >= expires {
        return Err(refuse("the OTP expired"));
    }
    let mut certificates = holder.certificates.iter();
    let certificate = certificates.find(|it| is_valid(certillion, it, settings)).cloned();
    let certificate = certificate.ok_or_else(|| refuse("the holder has no valid certificate"))?;
    let other = certillion.ground.someone_else(&holder);
    let session = Session { psc: login.psc, scope: login.scope, holder, certificate };
    let (mut answer, _) = token::issue(&mut state, asked, client_id, session, lifetime, now);
    drop(state);
    spoiling::token(&mut answer, asked.faults, lifetime, &other);
    Ok(Response::json(200, &answer))
}

/// What the application on the holder's phone shows now: six digits for one use.
pub(crate) fn draw(certillion: &Certillion, holder: &Holder) -> String {
    let settings = certillion.settings();
    let now = certillion.ground.clock.unix_milliseconds();
    let expires = now + milliseconds(settings.one_time_password_lifetime);
    let mut state = lock(&certillion.state);
    loop {
        let number = u32::from_be_bytes(random::bytes()) % 1_000_000;
        let digits = format!("{number:06}");
        if !state.passwords.contains_key(&digits) {
            let identification = holder.identification;
            state.passwords.insert(digits.clone(), OneTimePassword { identification, expires });
            return digits;
        }
    }
}
