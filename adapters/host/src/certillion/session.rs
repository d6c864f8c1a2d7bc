//! A session: one holder, asked once or as often as needed, and documents to be signed.

use rubrica_core::certillion::{
    Application, OtpAuthorization, PasswordAnswer, PasswordAuthorization,
};
use rubrica_core::error::Misuse;
use rubrica_core::exchange::Exchange;
use rubrica_core::identity::Holder;
use rubrica_core::oauth::authorization::Authorization;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::secret::SecretText;
use zeroize::Zeroizing;

use super::client::Client;
use crate::authorize::authorize_in_browser;
use crate::clock;
use crate::driver::Driver;
use crate::error::{Error, core};
use crate::screen::Screen;

/// One holder's session.
#[derive(Debug)]
pub struct Session<'c> {
    pub(super) client: &'c Client,
    pub(super) holder: Holder,
    pub(super) psc: Option<String>,
    pub(super) scope: Option<Scope>,
    pub(super) lifetime: Option<u64>,
    pub(super) certificate_alias: Option<String>,
    pub(super) grant: Option<Grant>,
}

impl Client {
    /// A session for a holder. Nothing is sent yet.
    #[must_use]
    pub const fn session(&self, holder: Holder) -> Session<'_> {
        Session {
            client: self,
            holder,
            psc: None,
            scope: None,
            lifetime: None,
            certificate_alias: None,
            grant: None,
        }
    }
}

impl<'c> Session<'c> {
    /// Asks the holder with this trust service, such as `BIRDID`; unless this is called, with the
    /// service's default.
    #[must_use]
    pub fn psc(mut self, name: impl Into<String>) -> Self {
        self.psc = Some(name.into());
        self
    }

    /// Asks for this scope. Unless this is called it is the least that the documents need:
    /// `single_signature` for one, `multi_signature` for as many as go into one request, and
    /// `signature_session` for more.
    #[must_use]
    pub const fn scope(mut self, scope: Scope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Asks for a token that lives so many seconds.
    #[must_use]
    pub const fn lifetime(mut self, seconds: u64) -> Self {
        self.lifetime = Some(seconds);
        self
    }

    /// Uses this one of the holder's certificates.
    #[must_use]
    pub fn certificate_alias(mut self, alias: impl Into<String>) -> Self {
        self.certificate_alias = Some(alias.into());
        self
    }

    /// Trades a one-time code that the holder typed for a token, which the next call of
    /// [`Session::sign`] uses in the place of an approval.
    ///
    /// Only where [`super::Settings::password_grant`] is set by name: whoever types a factor into a
    /// program trusts the program with it (RFC 9700 §2.4), and an approval on the holder's own phone
    /// is better. Nothing of it is kept: overwrite the code when this returns.
    ///
    /// # Errors
    /// [`Misuse::PasswordGrant`] where it was not allowed by name, [`Misuse::NotOffered`] where the
    /// trust service has no such way (HTTP status 501), and the service's.
    pub fn authorize_by_code(&mut self, code: &str) -> Result<(), Error> {
        let scope = self.scope.unwrap_or(Scope::SignatureSession);
        let (client, holder, lifetime) = (self.client, self.holder, self.lifetime);
        let driver = client.driver();
        let token = client.with(self.psc.as_deref(), |application| {
            let code = SecretText::new(code);
            let mut body = Zeroizing::new(Vec::new());
            if application.psc().is_signer() {
                let question = OtpAuthorization { application, holder, otp: code, lifetime };
                let reply = driver.call(&question, &mut body)?;
                return Ok(question.reply(reply.response(&mut body))?);
            }
            let authorization = Authorization { holder: Some(holder), scope, lifetime };
            let question = PasswordAuthorization {
                application,
                authorization: &authorization,
                password: code,
                requester: None,
            };
            let reply = driver.call(&question, &mut body)?;
            match question.reply(reply.response(&mut body))? {
                PasswordAnswer::Granted(token) => Ok(token),
                PasswordAnswer::NotImplemented => Err(core(Misuse::NotOffered("pwd_authorize"))),
            }
        })?;
        // What `otp_authorize` gives is always a session (API page).
        let is_signer = client.with(self.psc.as_deref(), |each| Ok(each.psc().is_signer()))?;
        let scope = if is_signer { Scope::SignatureSession } else { scope };
        self.grant = Some(token.into_grant(scope, driver.now()));
        Ok(())
    }

    /// Asks the holder in the browser.
    pub(super) fn authorize(
        &self,
        driver: &Driver<'_>,
        application: &Application<'_>,
        scope: Scope,
        screen: &mut dyn Screen,
    ) -> Result<Grant, Error> {
        let authorization =
            Authorization { holder: Some(self.holder), scope, lifetime: self.lifetime };
        let patience = clock::duration(self.client.settings.patience);
        authorize_in_browser(driver, application, authorization, patience, screen)
    }
}
