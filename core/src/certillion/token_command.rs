//! Tokens of a trust service: making them, asking about them, revoking them (API page,
//! `token-command`).

use core::fmt;

use super::application::Application;
use super::authorize::check_scope;
use super::post::post;
use super::refusal::{self, Meaning};
use super::text::is_presentable;
use crate::codec::json::{self, Value};
use crate::error::{Document, Error, Misuse};
use crate::exchange::{Exchange, Request, Response};
use crate::oauth::scope::Scope;
use crate::secret::SecretText;

/// A command about tokens of the application's trust service, of which VaultID and BirdID took them
/// when the API page was written.
///
/// Unsure: the words of [`TokenCommand::operation`], which no source has; how a token is named that
/// is asked about or revoked, unless it is the one that the request bears; the names `lifetime`,
/// `operation` and `scope`, which the page has in a translation.
#[derive(Clone, Copy, Debug)]
pub struct TokenCommand<'a> {
    /// Who asks, and through which trust service.
    pub application: &'a Application<'a>,
    /// The application's token, or the holder's.
    pub token: SecretText<'a>,
    /// What is to be done, in the service's word: 1 to 64 bytes.
    pub operation: &'a str,
    /// What a token is to permit.
    pub scope: Option<Scope>,
    /// For how long, in seconds.
    pub lifetime: Option<u64>,
    /// Who asks, to the trust service: a CNPJ.
    pub user_id: &'a str,
    /// The secret of whoever asks.
    pub user_secret: SecretText<'a>,
}

/// The reply, which is documented nowhere.
#[derive(Clone, Copy)]
pub struct TokenCommandReply<'r>(Option<Value<'r>>);

impl<'r> TokenCommandReply<'r> {
    /// All that came; `None` for what is no JSON. A token may be in it.
    #[must_use]
    pub const fn raw(&self) -> Option<Value<'r>> {
        self.0
    }
}

impl fmt::Debug for TokenCommandReply<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

impl Exchange for TokenCommand<'_> {
    type Reply<'r> = TokenCommandReply<'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let fields = [
            ("operation", self.operation, 64),
            ("user_id", self.user_id, 64),
            ("user_secret", self.user_secret.expose(), 256),
        ];
        for (name, text, bound) in fields {
            if !is_presentable(text, bound) {
                return Err(Misuse::Field(name).into());
            }
        }
        self.scope.map_or(Ok(()), check_scope)?;
        let profile = self.application.profile();
        post(self.application, profile.paths.token_command, Some(self.token), buffer, |json| {
            if let Some(lifetime) = self.lifetime {
                json.number(profile.spell("lifetime"), lifetime);
            }
            json.pair(profile.spell("operation"), self.operation)
                .pair(profile.spell("psc"), self.application.psc().as_str());
            if let Some(scope) = self.scope {
                json.pair(profile.spell("scope"), scope.as_str());
            }
            json.pair("user_id", self.user_id).pair("user_secret", self.user_secret.expose());
        })
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<TokenCommandReply<'r>, Error> {
        let http = response.status;
        if !refusal::is_success(http) {
            return Err(refusal::read(response, Meaning::OF_TOKEN));
        }
        let reply = json::read(response.body, Document::Token).ok();
        if let Some(Value::Object(object)) = reply {
            refusal::check(http, &object, Meaning::OF_TOKEN)?;
        }
        Ok(TokenCommandReply(reply))
    }
}
