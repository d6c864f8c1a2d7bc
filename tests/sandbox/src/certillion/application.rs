//! `POST oauth/client_token` and `POST oauth/client_maintenance`.

use serde::Deserialize;
use serde_json::json;

use super::asking::{self, form, lifetime, refuse_query, refuse_unknown};
use super::refusal::Refusal;
use super::state::Token;
use super::{Asked, Certillion};
use crate::lock;
use crate::psc::redirect_uri::is_registrable;
use crate::psc::spoiling;
use crate::psc::token::{access_token, expiry};
use crate::transport::response::Response;

/// A token of the application itself, which signs nothing.
pub(crate) fn token(certillion: &Certillion, asked: Asked<'_>) -> Result<Response, Refusal> {
    refuse_query(certillion, asked.request)?;
    let form = form(asked.request)?;
    refuse_unknown(&form, &["client_id", "client_secret", "grant_type", "lifetime"])?;
    // The API page has no other code for what is missing.
    let required = |name: &str| {
        let missing = || Refusal::unexpected(format!("{name} is mandatory"));
        form.filled(name).ok_or_else(missing)
    };
    if required("grant_type")? != "client_credentials" {
        return Err(Refusal::unexpected("grant_type is not client_credentials"));
    }
    let (client_id, secret) = (required("client_id")?, required("client_secret")?);
    let lifetime = lifetime(asked.settings, form.filled("lifetime"))
        .map_err(|refusal| Refusal::unexpected(refusal.description()))?;
    let mut state = lock(&certillion.state);
    state.authenticate(client_id, secret)?;
    let access_token = access_token();
    let expires = expiry(certillion.ground.clock.unix_milliseconds(), lifetime);
    let token = Token {
        client_id: client_id.to_owned(),
        expires,
        revoked: false,
        spent: false,
        session: None,
    };
    state.tokens.insert(access_token.clone(), token);
    drop(state);
    let mut answer = json!({
        "access_token": access_token,
        "expires_in": lifetime,
        "token_type": "Bearer",
        "lifetime": lifetime,
    });
    if let Some(someone) = certillion.ground.holders.first() {
        spoiling::token(&mut answer, asked.faults, lifetime, someone);
    }
    Ok(Response::json(200, &answer))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Maintenance {
    client_id: String,
    client_secret: String,
    #[serde(rename = "comments")]
    _comments: Option<String>,
    #[serde(rename = "email")]
    _email: Option<String>,
    name: Option<String>,
    redirect_uris: Option<Vec<String>>,
}

/// Changes what is registered. Unsure: the reply, which no source shows.
pub(crate) fn maintain(certillion: &Certillion, asked: Asked<'_>) -> Result<Response, Refusal> {
    refuse_query(certillion, asked.request)?;
    let token = asking::token(certillion, asked)?;
    let body: Maintenance = asking::json(asked.request)?;
    let uris = body.redirect_uris.iter().flatten();
    if let Some(uri) = uris.into_iter().find(|uri| !is_registrable(uri)) {
        return Err(Refusal::bad_data(format!("the redirect URI `{uri}` cannot be registered")));
    }
    let mut state = lock(&certillion.state);
    state.authenticate(&body.client_id, &body.client_secret)?;
    if token.client_id != body.client_id {
        return Err(Refusal::credentials("the token is another application's"));
    }
    if let Some(application) = state.applications.get_mut(&body.client_id) {
        if let Some(name) = body.name {
            application.name = name;
        }
        if let Some(redirect_uris) = body.redirect_uris {
            application.redirect_uris = redirect_uris;
        }
    }
    Ok(Response::json(
        200,
        &json!({ "status": "success", "message": "the application was changed" }),
    ))
}
