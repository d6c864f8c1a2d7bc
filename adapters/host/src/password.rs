//! Authorization by what the holder types, and the end of a session.

use rubrica_core::error::{Error as CoreError, Misuse};
use rubrica_core::exchange::Exchange;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{Authorization, PasswordAuthorization, Revocation};
use rubrica_core::secret::SecretText;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::session::Session;

impl Session<'_> {
    /// Trades what the holder typed for a token, which the next call of [`Session::sign`] uses in the
    /// place of an approval.
    ///
    /// Only where [`crate::Settings::password_grant`] is set by name: whoever types a factor into a
    /// program trusts the program with it (RFC 9700 §2.4), and an approval on the holder's own phone
    /// is better. BirdID and VaultID take one factor, the code that the holder's application shows;
    /// SafeID takes the identifier of a trusted application's authorization and the certificate's PIN,
    /// and names the certificate in `slot_alias`. Nothing of it is kept: overwrite the factors when
    /// this returns. The scope is [`Session::scope`]'s, else `signature_session`.
    ///
    /// # Errors
    /// [`Misuse::PasswordGrant`] where it was not allowed by name, [`Misuse::NotOffered`] where the
    /// provider has no such way, and the service's.
    pub fn authorize_by_password(
        &mut self,
        factors: &[&str],
        slot_alias: Option<&str>,
    ) -> Result<(), Error> {
        let client = self.client;
        let provider = client.settings.provider.view();
        let service = client.service(&provider)?;
        let mut application = client.application(&service)?;
        if client.settings.password_grant {
            application = application.allow_password_grant();
        }
        let scope = self.scope.unwrap_or(Scope::SignatureSession);
        let authorization =
            Authorization { holder: Some(self.holder), scope, lifetime: self.lifetime };
        let factors: Vec<SecretText<'_>> =
            factors.iter().map(|factor| SecretText::new(factor)).collect();
        let question = PasswordAuthorization {
            application: &application,
            authorization: &authorization,
            factors: &factors,
            slot_alias,
        };
        let driver = client.driver();
        let mut body = Zeroizing::new(Vec::new());
        let reply = driver.call(&question, &mut body)?;
        let token = question.reply(reply.response(&mut body))?;
        self.grant = Some(token.into_grant(scope, driver.now()));
        Ok(())
    }

    /// Ends the session: a token that is left is overwritten, and where the provider has a way to
    /// revoke it, revoked. Tells whether it was revoked.
    ///
    /// # Errors
    /// What kept the token from being revoked: it may then live on at the provider until it expires.
    pub fn log_out(mut self) -> Result<bool, Error> {
        let Some(grant) = self.grant.take() else { return Ok(false) };
        let client = self.client;
        let provider = client.settings.provider.view();
        let service = client.service(&provider)?;
        let application = client.application(&service)?;
        let question = Revocation { application: &application, grant: &grant };
        let mut body = Zeroizing::new(Vec::new());
        match client.driver().call(&question, &mut body) {
            Err(Error::Core(CoreError::Misuse(Misuse::NotOffered(_)))) => Ok(false),
            reply => {
                question.reply(reply?.response(&mut body))?;
                Ok(true)
            }
        }
    }
}
