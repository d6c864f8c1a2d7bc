//! What BirdID and VaultID offer beside the norm: a login by QR code or notification begun by the
//! application (`oauth/start`), and a signature asked for by notification (`async-signature`).
//!
//! Of the first, the documentation tells the request and the answer, not how the code then reaches
//! the application; of the second, some of the request. Nothing more is emulated.

use serde::Deserialize;
use serde_json::json;

use super::Psc;
use super::asking::{holder, json as read_json, lifetime, scope};
use super::refusal::Refusal;
use super::settings::Settings;
use crate::clock::milliseconds;
use crate::phone::{Ask, Channel};
use crate::transport::request::Request;
use crate::transport::response::Response;
use crate::{lock, random};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    client_id: String,
    client_secret: String,
    username: Option<String>,
    scope: String,
    callback_url: String,
    lifetime: u64,
}

pub(crate) fn start(
    psc: &Psc,
    request: &Request,
    settings: &Settings,
) -> Result<Response, Refusal> {
    let body: Start = read_json(request)?;
    let application = lock(&psc.state).authenticate(&body.client_id, &body.client_secret)?.clone();
    if !application.redirect_uris.contains(&body.callback_url) {
        return Err(Refusal::malformed("callback_url is not registered"));
    }
    let scope = scope(Some(&body.scope))?;
    let holder = body.username.as_deref().map(|name| holder(psc, name)).transpose()?;
    lifetime(settings, Some(body.lifetime), holder.as_ref().map(|it| it.kind))?;
    let approval = psc.ground.phone.ask(Ask {
        channel: if holder.is_some() { Channel::Push } else { Channel::Qr },
        application: application.name.clone(),
        holder: holder.as_ref().map(|holder| holder.masked()),
        scope: scope.wire_name().to_owned(),
        lifetime: body.lifetime,
        window: milliseconds(settings.approval_window),
    });
    Ok(Response::json(
        200,
        &json!({
            "challenge": random::uuid(),
            "client_name": application.name,
            "short_token": random::client_secret(),
            "ws_token": random::uuid(),
            "can_notify": holder.is_some(),
            "notified": holder.is_some(),
            "qr_code": format!("{}/phone?request={approval}", psc.origin()),
            "environment": "sandbox",
        }),
    ))
}

/// Members beside these are not told, and so are taken.
#[derive(Deserialize)]
struct AsyncSignature {
    client_id: String,
    client_secret: String,
    username: String,
    message: String,
}

pub(crate) fn async_signature(
    psc: &Psc,
    request: &Request,
    settings: &Settings,
) -> Result<Response, Refusal> {
    let body: AsyncSignature = read_json(request)?;
    let application = lock(&psc.state).authenticate(&body.client_id, &body.client_secret)?.clone();
    if !settings.notification_permission {
        let text = "the application lacks the permission of signing by notification";
        return Err(Refusal::new(403, "access_denied", text));
    }
    if body.message.trim().is_empty() {
        return Err(Refusal::malformed("message is mandatory"));
    }
    let holder = holder(psc, &body.username)?;
    psc.ground.phone.ask(Ask {
        channel: Channel::Push,
        application: application.name,
        holder: Some(holder.masked()),
        scope: "async-signature".to_owned(),
        lifetime: settings.default_lifetime,
        window: milliseconds(settings.approval_window),
    });
    Ok(Response::json(200, &json!({})))
}
