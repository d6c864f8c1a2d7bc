//! `GET authorize` and the page on which the browser waits for the holder.

use super::asking::{holder, lifetime, refuse_secret_in_url, refuse_unknown, required, scope};
use super::pkce::is_challenge;
use super::refusal::{Refusal, page};
use super::settings::{Denial, IssuerParameter, Settings};
use super::state::{Authorization, Grant};
use super::{Application, Psc, spoiling};
use crate::clock::milliseconds;
use crate::faults::Drawn;
use crate::phone::{Ask, Channel, Decision};
use crate::transport::form::{self, Form};
use crate::transport::request::Request;
use crate::transport::response::Response;
use crate::{lock, random};

const PARAMETERS: [&str; 9] = [
    "response_type",
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "redirect_uri",
    "state",
    "lifetime",
    "scope",
    "login_hint",
];

pub(crate) fn handle(
    psc: &Psc,
    request: &Request,
    settings: &Settings,
    faults: &Drawn,
) -> Result<Response, Refusal> {
    // Until the redirect URI is known to be the application's own, errors stay on a page.
    let on_page = |refusal: Refusal| Refusal::Page(refusal.description().to_owned());
    refuse_secret_in_url(psc, request).map_err(on_page)?;
    let query = Form::parse(&request.query).map_err(|error| Refusal::Page(error.to_string()))?;
    let client_id = required(&query, "client_id").map_err(on_page)?;
    let application = lock(&psc.state).application(client_id).cloned().map_err(on_page)?;
    let redirect_uri = match query.filled("redirect_uri") {
        Some(uri) if application.redirect_uris.iter().any(|known| known == uri) => uri,
        Some(_) => return Err(Refusal::Page("the redirect_uri is not registered".to_owned())),
        None => application.redirect_uris.first().map(String::as_str).unwrap_or_default(),
    };
    let mut authorization = begin(psc, &query, settings, &application).map_err(|refusal| {
        let error = match refusal {
            Refusal::Error { error, .. } => error,
            _ => "invalid_request",
        };
        let state = query.filled("state");
        let parameters = [("error", error.to_owned())];
        Refusal::Redirect(location(psc, settings, (redirect_uri, state), &parameters, faults))
    })?;
    authorization.redirect_uri = redirect_uri.to_owned();
    authorization.faults = faults.clone();
    let session = random::uuid();
    let mut state = lock(&psc.state);
    let started = authorization.started;
    state.authorizations.insert(session.clone(), authorization);
    state.tidy(started, milliseconds(settings.approval_window));
    drop(state);
    Ok(Response::redirect(&format!("{}/page?session={session}", psc.base_url)))
}

/// Checks what goes back to the application if it is wrong, and asks the phone.
fn begin(
    psc: &Psc,
    query: &Form,
    settings: &Settings,
    application: &Application,
) -> Result<Authorization, Refusal> {
    refuse_unknown(query, &PARAMETERS, settings.authorize_extras)?;
    if required(query, "response_type")? != "code" {
        return Err(Refusal::new(400, "unsupported_response_type", "only code"));
    }
    if required(query, "code_challenge_method")? != "S256" {
        return Err(Refusal::malformed("code_challenge_method must be S256"));
    }
    let challenge = required(query, "code_challenge")?;
    if !is_challenge(challenge) {
        return Err(Refusal::malformed("code_challenge is not base64url of 32 bytes"));
    }
    let scope = scope(query.filled("scope"))?;
    let hint = query.filled("login_hint").map(|hint| holder(psc, hint)).transpose()?;
    let seconds = query.filled("lifetime").map(str::parse::<u64>).transpose();
    let seconds = seconds.map_err(|_| Refusal::malformed("lifetime is no number of seconds"))?;
    let lifetime = lifetime(settings, seconds, hint.as_ref().map(|holder| holder.kind))?;
    let approval = psc.ground.phone.ask(Ask {
        channel: Channel::Qr,
        application: application.name.clone(),
        holder: hint.as_ref().map(|holder| holder.masked()),
        scope: scope.wire_name().to_owned(),
        lifetime: lifetime.unwrap_or(settings.default_lifetime),
        window: milliseconds(settings.approval_window),
    });
    Ok(Authorization {
        client_id: application.client_id.clone(),
        challenge: challenge.to_owned(),
        scope,
        lifetime,
        redirect_uri: String::new(),
        state: query.filled("state").map(str::to_owned),
        hint,
        approval,
        started: psc.ground.clock.unix_milliseconds(),
        grant: None,
        faults: Drawn::default(),
    })
}

/// The page: a redirect once the holder has decided, else one that refreshes itself.
pub(crate) fn wait(psc: &Psc, request: &Request, settings: &Settings) -> Result<Response, Refusal> {
    let query = Form::parse(&request.query)?;
    let session = query.filled("session").unwrap_or_default();
    let unknown = || Refusal::Page("Sessão desconhecida.".to_owned());
    let authorization = lock(&psc.state).authorizations.get(session).cloned();
    let authorization = authorization.ok_or_else(unknown)?;
    let back = |parameters: &[(&'static str, String)]| {
        let target = (authorization.redirect_uri.as_str(), authorization.state.as_deref());
        Ok(Response::redirect(&location(psc, settings, target, parameters, &authorization.faults)))
    };
    let denied = |error: &str| back(&[("error", error.to_owned())]);
    match (psc.ground.phone.decision(authorization.approval), settings.denial) {
        (Decision::Approved(alias), _) => {
            // Whoever approves may name a certificate as the PSC does.
            let alias = alias.map(|alias| psc.own_alias(alias));
            let code = hand_out(psc, session, alias.as_deref()).ok_or_else(unknown)?;
            back(&[("code", code)])
        }
        (Decision::Denied, Denial::UserDenied) => denied("user_denied"),
        (Decision::Denied, Denial::AccessDenied) => denied("access_denied"),
        (Decision::Expired, _) => {
            Ok(Response::html(200, page("", "<p>O tempo para a autorização expirou.</p>")))
        }
        (Decision::Waiting | Decision::Denied, _) => {
            let phone = format!("{}/phone?request={}", psc.origin(), authorization.approval);
            let body = format!(
                "<p>Autorize no celular, ou abra <a href=\"{phone}\" target=\"_blank\">o celular \
                 emulado</a>.</p>"
            );
            let refresh = "<meta http-equiv=\"refresh\" content=\"1\">";
            Ok(Response::html(200, page(refresh, &body)))
        }
    }
}

/// The code of an approved authorization: made by the first call, the same for every other.
fn hand_out(psc: &Psc, session: &str, alias: Option<&str>) -> Option<String> {
    let mut state = lock(&psc.state);
    let authorization = state.authorizations.get_mut(session)?;
    let (holder, certificate) = psc.ground.choose(authorization.hint.as_ref(), alias)?;
    let grant = authorization.grant.get_or_insert_with(|| Grant {
        code: random::uuid(),
        handed_out: psc.ground.clock.unix_milliseconds(),
        holder,
        certificate,
        exchanged: false,
        token: None,
    });
    let code = grant.code.clone();
    state.codes.insert(code.clone(), session.to_owned());
    Some(code)
}

/// Where the browser goes back to; `state` only if one was sent.
fn location(
    psc: &Psc,
    settings: &Settings,
    (redirect_uri, state): (&str, Option<&str>),
    parameters: &[(&'static str, String)],
    faults: &Drawn,
) -> String {
    let mut parameters = parameters.to_vec();
    if let Some(state) = state {
        parameters.push(("state", state.to_owned()));
    }
    let issuers: &[&str] = match settings.issuer {
        IssuerParameter::Absent => &[],
        IssuerParameter::Right => &[&psc.base_url],
        IssuerParameter::Wrong => &["https://another.rubrica.invalid"],
        IssuerParameter::Repeated => &[&psc.base_url, &psc.base_url],
    };
    parameters.extend(issuers.iter().map(|issuer| ("iss", (*issuer).to_owned())));
    spoiling::redirect(&mut parameters, faults);
    let query = spoiling::query(&parameters);
    let query = if settings.encoded_callback { form::encode(&query) } else { query };
    spoiling::with_query(redirect_uri, &query)
}
