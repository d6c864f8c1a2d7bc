//! Authorization by what the holder types into the application (DOC-ICP-17.01 §6.4.6.3).

use super::application::Application;
use super::authorize;
use super::provider::{PasswordFactor, offered};
use super::token::asked;
use crate::codec::buffer::Buffer;
use crate::codec::json::{self, Writer};
use crate::error::{Document, Error, Mismatch, Misuse, PeerError};
use crate::exchange::{ContentType, Effect, Exchange, Request, Response};
use crate::oauth::authorization::Authorization;
use crate::oauth::refusal;
use crate::oauth::token::TokenReply;
use crate::secret::SecretText;

/// Bytes of the longest password, all factors together.
const PASSWORD: usize = 512;

/// A holder's factors of authentication, in exchange for a token.
///
/// It is refused unless the application was built with [`Application::allow_password_grant`]: whoever
/// types a factor into a program trusts the program with it (RFC 9700 §2.4). At least one of them is
/// good for a single use, by the norm. They are borrowed: whoever read them overwrites them when the
/// request is sent, and nothing here keeps or prints them.
///
/// - BirdID and VaultID: one factor, the six digits that the holder's application shows (vendor
///   documentation, programs in use).
/// - SafeID: `identifierCA` of a [`super::TrustedAuthorization`] and the certificate's PIN, with the
///   certificate's `serialNumber` as [`PasswordAuthorization::slot_alias`] and a lifetime below what is
///   left of the authorization (notes of a program in use).
#[derive(Clone, Copy, Debug)]
pub struct PasswordAuthorization<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// For what; it names the holder.
    pub authorization: &'a Authorization,
    /// The factors in their order. They are sent with nothing between them.
    pub factors: &'a [SecretText<'a>],
    /// Which certificate; `None` leaves it to the provider.
    pub slot_alias: Option<&'a str>,
}

impl PasswordAuthorization<'_> {
    fn check(&self) -> Result<(), Error> {
        if !self.application.takes_passwords {
            return Err(Misuse::PasswordGrant.into());
        }
        let provider = self.application.provider();
        authorize::check(self.authorization, provider)?;
        let factors = || self.factors.iter().map(|factor| factor.expose());
        let length = factors().fold(0, |length: usize, each| length.saturating_add(each.len()));
        let is_good = length <= PASSWORD
            && !self.factors.is_empty()
            && factors().all(|factor| !factor.is_empty() && !factor.chars().any(char::is_control))
            && match provider.password {
                None => true,
                Some(PasswordFactor::OneTimeCode { digits }) => {
                    self.factors.len() == 1
                        && length == usize::from(digits)
                        && factors().all(|factor| factor.bytes().all(|byte| byte.is_ascii_digit()))
                }
                Some(PasswordFactor::AuthorizationAndPin) => self.factors.len() == 2,
            };
        if is_good { Ok(()) } else { Err(Misuse::Field("password").into()) }
    }
}

impl Exchange for PasswordAuthorization<'_> {
    /// [`TokenReply::into_grant`] makes a permission of it.
    type Reply<'r> = TokenReply;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let service = self.application.service;
        let path = offered(service.provider().paths.pwd_authorize, "pwd_authorize")?;
        self.check()?;
        let holder = self.authorization.holder.ok_or(Misuse::Field("holder"))?;
        let mut out = Buffer::new(buffer);
        service.write_url(path, &mut out);
        let url = out.mark();
        let mut json = Writer::new(&mut out);
        json.open_object()
            .pair("grant_type", "password")
            .pair("client_id", self.application.client_id)
            .pair("client_secret", self.application.client_secret.expose())
            .pair("username", holder.as_str())
            .joined("password", self.factors.iter().map(|factor| factor.expose()));
        if let Some(lifetime) = self.authorization.lifetime {
            json.number("lifetime", lifetime);
        }
        json.pair("scope", self.authorization.scope.as_str());
        if let Some(alias) = self.slot_alias {
            json.pair("slot_alias", alias);
        }
        json.close_object();
        let ([url], body) = out.finish([url])?;
        // It signs nothing. A single-use factor that was used is refused the second time.
        Ok(Request::post(url, ContentType::Json, body, Effect::Safe))
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<TokenReply, Error> {
        let provider = self.application.provider();
        if response.status != 200 {
            return Err(refusal::read(response, &provider.errors));
        }
        let reply = json::read_object(response.body, Document::Token)?;
        // A provider that is asked by the certificate's serial number may answer with its alias: no
        // source shows the answer.
        let is_comparable = provider.password != Some(PasswordFactor::AuthorizationAndPin);
        let told = reply.optional_text("slot_alias")?.filter(|_| is_comparable);
        if self.slot_alias.zip(told).is_some_and(|(asked, told)| asked != told) {
            return Err(PeerError::Mismatch(Mismatch::Certificate).into());
        }
        let (scope, holder) = (Some(self.authorization.scope), self.authorization.holder.as_ref());
        asked(provider, scope, holder).read(&reply)?.keep()
    }
}
