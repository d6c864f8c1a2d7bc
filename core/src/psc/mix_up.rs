//! Defence against mix-up (RFC 9700 §4.4), beside the issuer's check of every redirect.

use super::application::Application;
use crate::error::{Error, Misuse};

/// Checks that a program that offers several providers can tell whose answer a redirect is.
///
/// An answer is known by its `state`, and an attempt sends its code to the service that it began with
/// and to no other. That is not enough against a provider that sends the holder's browser on to
/// another: the answer of that other one then comes with the first one's `state`. Two services must
/// therefore have different redirect URIs, unless both name themselves in `iss` by their profile (RFC
/// 9207), which no provider is known to do.
///
/// # Errors
/// [`Misuse::Field`] for a `redirect_uri` of two services.
pub fn check_redirect_uris(applications: &[Application<'_>]) -> Result<(), Error> {
    let clashes = |one: &Application<'_>, other: &Application<'_>| {
        let names_itself = one.provider().issuer_required && other.provider().issuer_required;
        !one.redirect_uri.is_empty()
            && one.redirect_uri == other.redirect_uri
            && one.service.base_url() != other.service.base_url()
            && !names_itself
    };
    for (place, application) in applications.iter().enumerate() {
        if applications.iter().take(place).any(|earlier| clashes(earlier, application)) {
            return Err(Misuse::Field("redirect_uri").into());
        }
    }
    Ok(())
}
