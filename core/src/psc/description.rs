//! What is registered of an application.

use super::provider::Provider;
use crate::codec::json::Writer;
use crate::error::{Error, Misuse};

/// What holders and the provider are told of an application.
#[derive(Clone, Copy)]
pub(super) struct Description<'a> {
    pub(super) name: &'a str,
    pub(super) comments: &'a str,
    pub(super) redirect_uris: &'a [&'a str],
    pub(super) email: &'a str,
}

impl Description<'_> {
    /// Checks it; at least so many URIs are needed.
    pub(super) fn check(&self, provider: &Provider<'_>, least_uris: usize) -> Result<(), Error> {
        let bounded = |text: &str, bound: usize| !text.is_empty() && text.len() <= bound;
        if !bounded(self.name, 256) {
            return Err(Misuse::Field("name").into());
        }
        if !bounded(self.comments, 1_024) {
            return Err(Misuse::Field("comments").into());
        }
        if !bounded(self.email, 254) || !self.email.contains('@') {
            return Err(Misuse::Field("email").into());
        }
        let push = provider.push.map(|push| push.redirect_uri);
        let acceptable =
            |uri: &&str| bounded(uri, 512) && uri.contains("://") && Some(*uri) != push;
        let uris = self.redirect_uris;
        if uris.len() < least_uris || uris.len() > 16 || !uris.iter().all(acceptable) {
            return Err(Misuse::Field("redirect_uris").into());
        }
        Ok(())
    }
}

/// Writes the member that lists URIs.
pub(super) fn write_redirect_uris(uris: &[&str], json: &mut Writer<'_, '_>) {
    json.name("redirect_uris").open_array();
    for uri in uris {
        json.text(uri);
    }
    json.close_array();
}
