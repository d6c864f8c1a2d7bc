//! `POST application` and `PUT client_maintenance`: registration and its upkeep.

use serde::Deserialize;
use serde_json::json;

use super::asking::json as read_json;
use super::redirect_uri::is_registrable;
use super::refusal::Refusal;
use super::{Application, Psc};
use crate::lock;
use crate::transport::request::Request;
use crate::transport::response::Response;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Registration {
    name: String,
    #[serde(rename = "comments")]
    _comments: String,
    redirect_uris: Vec<String>,
    email: String,
}

pub(crate) fn register(psc: &Psc, request: &Request) -> Result<Response, Refusal> {
    let body: Registration = read_json(request)?;
    check_email(&body.email)?;
    Ok(registered(&admit(psc, &body.name, &body.redirect_uris)?))
}

/// The answer to a registration, in the words of VIDaaS' manual, the only sample there is.
pub(crate) fn registered(application: &Application) -> Response {
    let answer = json!({
        "status": "success",
        "message": "New Client Application registered with Sucess",
        "client_id": application.client_id,
        "client_secret": application.client_secret,
    });
    Response::json(200, &answer)
}

/// Registers an application with drawn credentials.
pub(crate) fn admit(
    psc: &Psc,
    name: &str,
    redirect_uris: &[String],
) -> Result<Application, Refusal> {
    if name.trim().is_empty() {
        return Err(Refusal::malformed("name is mandatory"));
    }
    check_uris(redirect_uris)?;
    let application = Application::draw(name, redirect_uris);
    let client_id = application.client_id.clone();
    lock(&psc.state).applications.insert(client_id, application.clone());
    Ok(application)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Maintenance {
    client_id: String,
    client_secret: Option<String>,
    name: Option<String>,
    #[serde(rename = "comments")]
    _comments: Option<String>,
    redirect_uris: Option<Vec<String>>,
    email: String,
}

/// `PUT client_maintenance` (DOC-ICP-17.01 §6.4.6.2.2), under the application's own token.
pub(crate) fn maintain(psc: &Psc, request: &Request) -> Result<Response, Refusal> {
    let now = psc.ground.clock.unix_milliseconds();
    let mut state = lock(&psc.state);
    let token = state.bearer(request.header("authorization"), now)?.1;
    if token.session.is_some() {
        let text = "client_maintenance takes the application's own token";
        return Err(Refusal::new(403, "insufficient_scope", text));
    }
    let owner = token.client_id.clone();
    let body: Maintenance = read_json(request)?;
    check_email(&body.email)?;
    if body.client_id != owner {
        return Err(Refusal::new(403, "access_denied", "the token is another application's"));
    }
    if let Some(uris) = &body.redirect_uris {
        check_uris(uris)?;
    }
    if body.client_secret.as_ref().is_some_and(|secret| secret.len() < 8) {
        return Err(Refusal::malformed("client_secret is too short"));
    }
    let application = state.applications.get_mut(&owner);
    let application =
        application.ok_or_else(|| Refusal::new(401, "invalid_client", "no such application"))?;
    if let Some(secret) = body.client_secret {
        application.client_secret = secret;
    }
    if let Some(name) = body.name {
        application.name = name;
    }
    if let Some(uris) = body.redirect_uris {
        application.redirect_uris = uris;
    }
    Ok(Response::json(200, &json!({ "client_id": owner })))
}

fn check_uris(uris: &[String]) -> Result<(), Refusal> {
    if uris.is_empty() {
        return Err(Refusal::malformed("redirect_uris is mandatory"));
    }
    match uris.iter().find(|uri| !is_registrable(uri)) {
        Some(uri) => {
            Err(Refusal::malformed(format!("the redirect URI `{uri}` cannot be registered")))
        }
        None => Ok(()),
    }
}

fn check_email(email: &str) -> Result<(), Refusal> {
    let whole =
        email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    if whole { Ok(()) } else { Err(Refusal::malformed("email is no address")) }
}
