//! `POST /v0/oauth/application`: registration (manual §2).

use serde::Deserialize;
use serde_json::json;

use super::refusal::Refusal;
use super::state::Registered;
use super::{Application, Vidaas};
use crate::lock;
use crate::psc::redirect_uri::is_registrable;
use crate::transport::request::Request;
use crate::transport::response::Response;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    name: String,
    #[serde(rename = "comments")]
    _comments: String,
    redirect_uris: Vec<String>,
    #[serde(rename = "email")]
    _email: String,
}

pub(crate) fn handle(vidaas: &Vidaas, request: &Request) -> Result<Response, Refusal> {
    if !request.has_content_type("application/json") {
        return Err(Refusal::MediaType);
    }
    let body: Body = serde_json::from_slice(&request.body)?;
    if body.name.trim().is_empty() {
        return Err(Refusal::invalid_request("name is mandatory"));
    }
    if body.redirect_uris.is_empty() {
        return Err(Refusal::invalid_request("redirect_uris is mandatory"));
    }
    let application = register(vidaas, &body.name, &body.redirect_uris, None).map_err(|uri| {
        Refusal::invalid_request(format!("the redirect URI `{uri}` cannot be registered"))
    })?;
    let answer = json!({
        "status": "success",
        // The manual's own spelling.
        "message": "New Client Application registered with Sucess",
        "client_id": application.client_id,
        "client_secret": application.client_secret,
    });
    Ok(Response::json(200, &answer))
}

/// Registers, or gives back the redirect URI that cannot be.
pub(crate) fn register<'u>(
    vidaas: &Vidaas,
    name: &str,
    redirect_uris: &'u [String],
    credentials: Option<(String, String)>,
) -> Result<Application, &'u str> {
    if let Some(refused) = redirect_uris.iter().find(|uri| !is_registrable(uri)) {
        return Err(refused);
    }
    let mut application = Application::draw(name, redirect_uris);
    if let Some((client_id, client_secret)) = credentials {
        application.client_id = client_id;
        application.client_secret = client_secret;
    }
    let registered =
        Registered { application: application.clone(), early_polls: 0, blocked: false };
    lock(&vidaas.state).applications.insert(application.client_id.clone(), registered);
    Ok(application)
}
