//! Authorization by a one-time code of a trust service (API page, `pwd_authorize`).

use super::application::Application;
use super::authorize::check;
use super::post::{post, write_credentials};
use super::refusal::Meaning;
use super::text::is_presentable;
use super::token;
use crate::error::{Error, Misuse};
use crate::exchange::{Exchange, Request, Response};
use crate::oauth::authorization::Authorization;
use crate::oauth::token::TokenReply;
use crate::secret::SecretText;

/// A one-time code that the holder reads off the trust service's application, in exchange for a
/// token.
///
/// It is refused unless the application was built with [`Application::allow_password_grant`]:
/// whoever types a factor into a program trusts the program with it (RFC 9700 §2.4). The code is
/// borrowed: whoever read it overwrites it when the request is sent, and nothing here keeps or
/// prints it.
#[derive(Clone, Copy, Debug)]
pub struct PasswordAuthorization<'a> {
    /// Who asks, and through which trust service.
    pub application: &'a Application<'a>,
    /// For what; it names the holder.
    pub authorization: &'a Authorization,
    /// The code, which the service calls a password: 1 to 64 visible characters.
    pub password: SecretText<'a>,
    /// Whom the trust service knows that asks, where it knows the application by another name.
    pub requester: Option<Requester<'a>>,
}

/// Who asks, to a trust service (`psc_id` and `psc_secret`).
#[derive(Clone, Copy, Debug)]
pub struct Requester<'a> {
    /// What the trust service calls the application.
    pub id: &'a str,
    /// The application's secret there.
    pub secret: SecretText<'a>,
}

/// What came of it.
#[derive(Debug)]
pub enum PasswordAnswer {
    /// A token; [`TokenReply::into_grant`] makes a permission of it.
    Granted(TokenReply),
    /// The trust service has no such way: the holder approves in a browser there, or another trust
    /// service is asked (HTTP 501).
    NotImplemented,
}

impl PasswordAuthorization<'_> {
    fn check(&self) -> Result<(), Error> {
        if !self.application.takes_passwords {
            return Err(Misuse::PasswordGrant.into());
        }
        check(self.authorization, self.application)?;
        check_code(self.password, "password")?;
        let is_known = |requester: Requester<'_>| {
            is_presentable(requester.id, 256) && is_presentable(requester.secret.expose(), 256)
        };
        if self.requester.is_some_and(|requester| !is_known(requester)) {
            return Err(Misuse::Field("psc_id").into());
        }
        Ok(())
    }
}

/// Checks a code that a holder types.
pub(super) fn check_code(code: SecretText<'_>, name: &'static str) -> Result<(), Error> {
    let code = code.expose();
    match (1..=64).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(()),
        false => Err(Misuse::Field(name).into()),
    }
}

impl Exchange for PasswordAuthorization<'_> {
    type Reply<'r> = PasswordAnswer;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        self.check()?;
        let holder = self.authorization.holder.ok_or(Misuse::Field("holder"))?;
        let profile = self.application.profile();
        // It signs nothing. A code that was used is refused the second time.
        post(self.application, profile.paths.pwd_authorize, None, buffer, |json| {
            write_credentials(self.application, json);
            let lifetime = self.authorization.lifetime;
            json.pair(profile.spell("username"), holder.as_str())
                .pair(profile.spell("password"), self.password.expose())
                .pair("scope", self.authorization.scope.as_str())
                .number("lifetime", lifetime.unwrap_or(profile.limits.default_lifetime))
                .pair("psc", self.application.psc().as_str());
            if let Some(requester) = self.requester {
                json.pair("psc_id", requester.id).pair("psc_secret", requester.secret.expose());
            }
        })
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<PasswordAnswer, Error> {
        if response.status == 501 {
            return Ok(PasswordAnswer::NotImplemented);
        }
        let (scope, holder) = (Some(self.authorization.scope), self.authorization.holder);
        let token =
            token::read(self.application, scope, holder.as_ref(), Meaning::OF_HOLDER, response)?;
        token.keep().map(PasswordAnswer::Granted)
    }
}
