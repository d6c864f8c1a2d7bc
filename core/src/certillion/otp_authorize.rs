//! Authorization by a one-time code of the vendor's application (API page, `otp_authorize`).

use super::application::Application;
use super::authorize::check;
use super::password_authorize::check_code;
use super::post::{post, write_credentials};
use super::psc_name::PscName;
use super::refusal::Meaning;
use super::token;
use crate::error::{Error, Misuse};
use crate::exchange::{Exchange, Request, Response};
use crate::identity::Holder;
use crate::oauth::authorization::Authorization;
use crate::oauth::scope::Scope;
use crate::oauth::token::TokenReply;
use crate::secret::SecretText;

/// A one-time code that the holder reads off the vendor's application, in exchange for a token of
/// [`Scope::SignatureSession`]: for certificates of [`PscName::CERTILLION_SIGNER`], at whose base
/// URL it is asked.
///
/// It is refused unless the application was built with [`Application::allow_password_grant`]. The
/// code is borrowed: whoever read it overwrites it when the request is sent, and nothing here keeps
/// or prints it.
#[derive(Clone, Copy, Debug)]
pub struct OtpAuthorization<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// Whose certificate.
    pub holder: Holder,
    /// The code: 1 to 64 visible characters.
    pub otp: SecretText<'a>,
    /// For how long, in seconds; `None` for the profile's default.
    pub lifetime: Option<u64>,
}

impl OtpAuthorization<'_> {
    /// The only scope there is here.
    pub const SCOPE: Scope = Scope::SignatureSession;
}

impl Exchange for OtpAuthorization<'_> {
    /// [`TokenReply::into_grant`] makes a permission of it. Unsure: the reply, which is documented
    /// nowhere; it is read like that of `token`.
    type Reply<'r> = TokenReply;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        if !self.application.takes_passwords {
            return Err(Misuse::PasswordGrant.into());
        }
        check_code(self.otp, "otp")?;
        let (scope, holder) = (Self::SCOPE, Some(self.holder));
        check(&Authorization { holder, scope, lifetime: self.lifetime }, self.application)?;
        let signer = self.application.through(PscName::CERTILLION_SIGNER);
        let profile = signer.profile();
        // It signs nothing. A code that was used is refused the second time.
        post(&signer, profile.paths.otp_authorize, None, buffer, |json| {
            write_credentials(&signer, json);
            let lifetime = self.lifetime.unwrap_or(profile.limits.default_lifetime);
            json.number(profile.spell("lifetime"), lifetime)
                .pair("otp", self.otp.expose())
                .pair("scope", Self::SCOPE.as_str())
                .pair(profile.spell("username"), self.holder.as_str());
        })
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<TokenReply, Error> {
        let (scope, holder) = (Some(Self::SCOPE), Some(self.holder));
        token::read(self.application, scope, holder.as_ref(), Meaning::OF_HOLDER, response)?.keep()
    }
}
