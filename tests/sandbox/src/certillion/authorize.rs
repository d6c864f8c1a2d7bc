//! `GET oauth/authorize` and the page on which the browser waits for the holder.

use super::asking::{holder, is_valid, lifetime, refuse_secret_in_url, refuse_unknown, scope};
use super::refusal::Refusal;
use super::state::{Authorization, Grant};
use super::{Asked, Certillion, psc};
use crate::clock::milliseconds;
use crate::faults::Drawn;
use crate::phone::{Ask, Channel, Decision};
use crate::psc::pkce::is_challenge;
use crate::psc::refusal::page;
use crate::psc::{Application, spoiling};
use crate::transport::form::Form;
use crate::transport::response::Response;
use crate::{lock, random};

const PARAMETERS: [&str; 10] = [
    "response_type",
    "manager_id",
    "code_challenge",
    "code_challenge_method",
    "psc",
    "lifetime",
    "login_hint",
    "redirect_uri",
    "state",
    "scope",
];

pub(crate) fn handle(certillion: &Certillion, asked: Asked<'_>) -> Result<Response, Refusal> {
    // Until the redirect URI is known to be the application's own, errors stay on a page.
    let on_page = |refusal: Refusal| Refusal::page(refusal.description());
    refuse_secret_in_url(certillion, asked.request).map_err(on_page)?;
    let query =
        Form::parse(&asked.request.query).map_err(|error| Refusal::page(error.to_string()))?;
    let manager_id = query.filled("manager_id").unwrap_or_default();
    let application = lock(&certillion.state).applications.get(manager_id).cloned();
    let application = application.ok_or_else(|| Refusal::page("the manager_id is unknown"))?;
    let redirect_uri = match query.filled("redirect_uri") {
        Some(uri) if application.redirect_uris.iter().any(|known| known == uri) => uri,
        Some(_) => return Err(Refusal::page("the redirect_uri is not registered")),
        None => application.redirect_uris.first().map(String::as_str).unwrap_or_default(),
    };
    let psc = query.filled("psc").unwrap_or(psc::DEFAULT);
    let psc = psc::usable(asked.settings, psc, asked.at_signer).ok_or_else(|| Refusal::Page {
        http: 404,
        text: "Certillion cannot reach the PSC".to_owned(),
    })?;
    let mut authorization = begin(certillion, &query, asked, &application).map_err(|error| {
        let target = (redirect_uri, query.filled("state"));
        let mut parameters = vec![("error", error.to_owned())];
        parameters.push(("error_description", "the request is not as documented".to_owned()));
        Refusal::Redirect(location(target, &parameters, asked.faults))
    })?;
    authorization.psc = psc;
    authorization.redirect_uri = redirect_uri.to_owned();
    let session = random::uuid();
    let mut state = lock(&certillion.state);
    let started = authorization.started;
    state.authorizations.insert(session.clone(), authorization);
    state.tidy(started, milliseconds(asked.settings.approval_window));
    drop(state);
    let base_url = if asked.at_signer { &certillion.signer_base_url } else { &certillion.base_url };
    Ok(Response::redirect(&format!("{base_url}/page?session={session}")))
}

/// Checks what goes back to the application if it is wrong, as an error of RFC 6749 §4.1.2.1, and
/// asks the phone. Unsure: no source tells how Certillion's redirect looks then.
fn begin(
    certillion: &Certillion,
    query: &Form,
    asked: Asked<'_>,
    application: &Application,
) -> Result<Authorization, &'static str> {
    const INVALID: &str = "invalid_request";
    let settings = asked.settings;
    refuse_unknown(query, &PARAMETERS).map_err(|_| INVALID)?;
    if query.filled("response_type") != Some("code") {
        return Err("unsupported_response_type");
    }
    if query.filled("code_challenge_method") != Some("S256") {
        return Err(INVALID);
    }
    let challenge = query.filled("code_challenge").filter(|it| is_challenge(it)).ok_or(INVALID)?;
    let scope = scope(query.filled("scope")).ok_or("invalid_scope")?;
    let hint = match query.filled("login_hint") {
        None => None,
        Some(hint) => Some(holder(certillion, hint).ok().flatten().ok_or(INVALID)?),
    };
    let lifetime = lifetime(settings, query.filled("lifetime")).map_err(|_| INVALID)?;
    let approval = certillion.ground.phone.ask(Ask {
        channel: Channel::Qr,
        application: application.name.clone(),
        holder: hint.as_ref().map(|holder| holder.masked()),
        scope: scope.wire_name().to_owned(),
        lifetime,
        window: milliseconds(settings.approval_window),
    });
    Ok(Authorization {
        client_id: application.client_id.clone(),
        psc: psc::DEFAULT,
        challenge: challenge.to_owned(),
        scope,
        lifetime,
        redirect_uri: String::new(),
        state: query.filled("state").map(str::to_owned),
        hint,
        approval,
        started: certillion.ground.clock.unix_milliseconds(),
        grant: None,
        faults: asked.faults.clone(),
    })
}

/// The page: a redirect once the holder has decided, else one that refreshes itself.
pub(crate) fn wait(certillion: &Certillion, asked: Asked<'_>) -> Result<Response, Refusal> {
    let query = Form::parse(&asked.request.query)?;
    let session = query.filled("session").unwrap_or_default();
    let unknown = || Refusal::page("Sessão desconhecida.");
    let authorization = lock(&certillion.state).authorizations.get(session).cloned();
    let authorization = authorization.ok_or_else(unknown)?;
    let back = |parameters: &[(&'static str, String)]| {
        let target = (authorization.redirect_uri.as_str(), authorization.state.as_deref());
        Ok(Response::redirect(&location(target, parameters, &authorization.faults)))
    };
    match certillion.ground.phone.decision(authorization.approval) {
        Decision::Approved(alias) => {
            let code =
                hand_out(certillion, asked, session, alias.as_deref()).ok_or_else(unknown)?;
            back(&[("code", code)])
        }
        Decision::Denied => back(&[("error", "access_denied".to_owned())]),
        Decision::Expired => {
            Ok(Response::html(200, page("", "<p>O tempo para a autorização expirou.</p>")))
        }
        Decision::Waiting => {
            let request = authorization.approval;
            let body = format!(
                "<p>Autorize no celular, ou abra <a href=\"/phone?request={request}\" \
                 target=\"_blank\">o celular emulado</a>.</p>"
            );
            let refresh = "<meta http-equiv=\"refresh\" content=\"1\">";
            Ok(Response::html(200, page(refresh, &body)))
        }
    }
}

/// The code of an approved authorization: made by the first call, the same for every other.
fn hand_out(
    certillion: &Certillion,
    asked: Asked<'_>,
    session: &str,
    alias: Option<&str>,
) -> Option<String> {
    let mut state = lock(&certillion.state);
    let authorization = state.authorizations.get_mut(session)?;
    let (holder, mut certificate) = certillion.ground.choose(authorization.hint.as_ref(), alias)?;
    if alias.is_none() {
        // Nobody chose, so the first that can sign is taken.
        let mut valid = holder.certificates.iter();
        let valid = valid.find(|it| is_valid(certillion, it, asked.settings));
        certificate = valid.cloned().unwrap_or(certificate);
    }
    let grant = authorization.grant.get_or_insert_with(|| Grant {
        code: random::uuid(),
        handed_out: certillion.ground.clock.unix_milliseconds(),
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
    (redirect_uri, state): (&str, Option<&str>),
    parameters: &[(&'static str, String)],
    faults: &Drawn,
) -> String {
    let mut parameters = parameters.to_vec();
    if let Some(state) = state {
        parameters.push(("state", state.to_owned()));
    }
    spoiling::redirect(&mut parameters, faults);
    spoiling::with_query(redirect_uri, &spoiling::query(&parameters))
}
