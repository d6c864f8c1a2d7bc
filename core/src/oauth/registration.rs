//! What a registration with a service gives an application.

use crate::error::{Error, Misuse};
use crate::secret::SecretText;

/// Refuses an empty client id or secret, or one of more than 256 bytes, and a `redirect_uri` of more
/// than 512 bytes, which may be empty.
pub(crate) const fn check(
    client_id: &str,
    client_secret: SecretText<'_>,
    redirect_uri: &str,
) -> Result<(), Error> {
    if client_id.is_empty() || client_id.len() > 256 {
        return Err(Error::Misuse(Misuse::Field("client_id")));
    }
    if client_secret.expose().is_empty() || client_secret.expose().len() > 256 {
        return Err(Error::Misuse(Misuse::Field("client_secret")));
    }
    if redirect_uri.len() > 512 {
        return Err(Error::Misuse(Misuse::Field("redirect_uri")));
    }
    Ok(())
}
