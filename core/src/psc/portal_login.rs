//! A login that begins at Soluti's portal, by QR code or notification (vendor documentation, "QR Code
//! e Push").
//!
//! How it goes on is not spoken here: the vendor's page describes a notification that is asked for
//! apart (`/oauth/notify` with `username` and `short_token`) and a web socket for whoever has the
//! permission, and the token comes to `callback_url` in a form that no source shows.

use core::fmt;

use super::application::{Application, Service};
use super::authorize;
use crate::codec::buffer::Buffer;
use crate::codec::json::{self, Object, Value, Writer};
use crate::error::{Document, Error, Misuse};
use crate::exchange::{ContentType, Effect, Exchange, Request, Response};
use crate::oauth::authorization::Authorization;
use crate::oauth::refusal;
use crate::secret::SecretText;

/// The beginning of a login.
#[derive(Clone, Copy, Debug)]
pub struct PortalLogin<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// The portal, which is at another address than the signatures: see [`super::Portal::hosts`].
    pub portal: Service<'a>,
    /// For what. The holder may be left out.
    pub authorization: &'a Authorization,
    /// Where the result is posted to.
    pub callback_url: &'a str,
}

/// What the portal says to a beginning. All of it is read as it comes; what is missing is empty.
#[derive(Clone, Copy)]
pub struct PortalStart<'r> {
    /// What the holder compares in the notification.
    pub challenge: &'r str,
    /// The application's name.
    pub client_name: &'r str,
    /// What this login is known by.
    pub short_token: SecretText<'r>,
    /// The key to the web socket, where the application may have one.
    pub ws_token: Option<SecretText<'r>>,
    /// Whether the application may send notifications.
    pub can_notify: bool,
    /// Whether a notification was sent.
    pub notified: bool,
    /// The text of the QR code.
    pub qr_code: &'r str,
    /// The environment.
    pub environment: &'r str,
}

impl fmt::Debug for PortalStart<'_> {
    /// Shows no QR code: whoever scans it goes on with the login.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PortalStart")
            .field("can_notify", &self.can_notify)
            .field("notified", &self.notified)
            .finish_non_exhaustive()
    }
}

impl Exchange for PortalLogin<'_> {
    type Reply<'r> = PortalStart<'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let provider = self.application.provider();
        let portal = provider.portal.ok_or(Misuse::NotOffered("oauth/start"))?;
        authorize::check(self.authorization, provider)?;
        let mut out = Buffer::new(buffer);
        self.portal.write_url_outside(portal.start, &mut out);
        let url = out.mark();
        let mut json = Writer::new(&mut out);
        json.open_object()
            .pair("client_id", self.application.client_id)
            .pair("client_secret", self.application.client_secret.expose());
        if let Some(holder) = self.authorization.holder {
            json.pair("username", holder.as_str());
        }
        json.pair("scope", self.authorization.scope.as_str())
            .pair("callback_url", self.callback_url);
        if let Some(lifetime) = self.authorization.lifetime {
            json.number("lifetime", lifetime);
        }
        json.close_object();
        let ([url], body) = out.finish([url])?;
        Ok(Request::post(url, ContentType::Json, body, Effect::Safe))
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<PortalStart<'r>, Error> {
        if !matches!(response.status, 200 | 201) {
            return Err(refusal::read_unasked(response, &self.application.provider().errors));
        }
        let reply = json::read_object(response.body, Document::Authorization)?;
        let ws_token = text(&reply, "ws_token");
        Ok(PortalStart {
            challenge: text(&reply, "challenge"),
            client_name: text(&reply, "client_name"),
            short_token: SecretText::new(text(&reply, "short_token")),
            ws_token: (!ws_token.is_empty()).then(|| SecretText::new(ws_token)),
            can_notify: flag(&reply, "can_notify"),
            notified: flag(&reply, "notified"),
            qr_code: text(&reply, "qr_code"),
            environment: text(&reply, "environment"),
        })
    }
}

fn text<'r>(reply: &Object<'r>, name: &str) -> &'r str {
    match reply.member(name) {
        Some(Value::Text(text) | Value::Number(text)) => text,
        _ => "",
    }
}

fn flag(reply: &Object<'_>, name: &str) -> bool {
    matches!(reply.member(name), Some(Value::Bool(true) | Value::Text("true")))
}
