//! The address of the page on which the holder approves (API page, `authorize`).

use super::application::Application;
use crate::codec::buffer::Buffer;
use crate::codec::percent::FormWriter;
use crate::error::{Error, Misuse};
use crate::oauth::authorization::Authorization;
use crate::oauth::pkce::Challenge;
use crate::oauth::scope::Scope;
use crate::oauth::state::State;

/// Writes the address that the holder's browser opens. The application is `manager_id` there.
///
/// `psc`, `scope` and `redirect_uri`, which the API page calls optional, are always sent: what is
/// not said is not decided here. `login_hint` is sent where the holder is known; some of the trust
/// services let nobody else approve then.
///
/// # Errors
/// [`crate::error::ResourceError::BufferTooSmall`], or [`Misuse`] for an application without a
/// `redirect_uri`, a lifetime beyond the profile's and a scope that the service does not have.
pub fn authorize_url<'b>(
    application: &Application<'_>,
    authorization: &Authorization,
    challenge: &Challenge,
    state: &State,
    buffer: &'b mut [u8],
) -> Result<&'b str, Error> {
    if application.redirect_uri.is_empty() {
        return Err(Misuse::Field("redirect_uri").into());
    }
    check(authorization, application)?;
    let mut out = Buffer::new(buffer);
    application.write_url(application.profile().paths.authorize, &mut out);
    out.byte(b'?');
    let mut query = FormWriter::new(&mut out);
    query
        .pair("response_type", "code")
        .pair("manager_id", application.client_id)
        .pair("code_challenge", challenge.as_str())
        .pair("code_challenge_method", Challenge::METHOD)
        .pair("psc", application.psc().as_str())
        .pair("scope", authorization.scope.as_str());
    if let Some(lifetime) = authorization.lifetime {
        query.number("lifetime", lifetime);
    }
    if let Some(holder) = authorization.holder {
        query.pair("login_hint", holder.as_str());
    }
    query.pair("redirect_uri", application.redirect_uri).pair("state", state.as_str());
    out.finish_text()
}

/// Refuses what the service would refuse.
pub(super) fn check(
    authorization: &Authorization,
    application: &Application<'_>,
) -> Result<(), Error> {
    check_scope(authorization.scope)?;
    let limits = application.profile().limits;
    authorization.check(limits.lifetime_cpf, limits.lifetime_cnpj)
}

/// Refuses the scope that the API page does not list.
pub(super) const fn check_scope(scope: Scope) -> Result<(), Error> {
    match scope {
        Scope::AuthenticationSession => {
            Err(Error::Misuse(Misuse::NotOffered(Scope::AuthenticationSession.as_str())))
        }
        _ => Ok(()),
    }
}
