//! Who asks, where, and for what: the configuration that the flows borrow.

use core::fmt;

use super::provider::Provider;
use crate::codec::base_url;
use crate::codec::buffer::Buffer;
use crate::document::Hasher;
use crate::error::Error;
#[cfg(doc)]
use crate::error::Misuse;
use crate::oauth::registration;
use crate::secret::SecretText;

/// A provider at one address.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    provider: &'a Provider<'a>,
    base_url: &'a str,
}

impl<'a> Service<'a> {
    /// A provider at `base_url`, which is `https://host[:port][/path]` with or without a slash at
    /// its end.
    ///
    /// # Errors
    /// [`Misuse::InsecureUrl`] for another scheme, [`Misuse::Field`] for a URL with user information,
    /// a query, a fragment or characters that cannot stand in a URL.
    pub fn new(provider: &'a Provider<'a>, base_url: &'a str) -> Result<Self, Error> {
        Ok(Self { provider, base_url: base_url::check(base_url)? })
    }

    /// The provider's data.
    #[must_use]
    pub const fn provider(&self) -> &'a Provider<'a> {
        self.provider
    }

    /// The base URL, without a slash at its end.
    #[must_use]
    pub const fn base_url(&self) -> &'a str {
        self.base_url
    }

    /// Writes the URL of a path behind the provider's prefix.
    pub(super) fn write_url(&self, path: &str, out: &mut Buffer<'_>) {
        out.text(self.base_url);
        out.text(self.provider.prefix);
        out.text(path);
    }

    /// Writes the URL of a path that does not stand behind the prefix.
    pub(super) fn write_url_outside(&self, path: &str, out: &mut Buffer<'_>) {
        out.text(self.base_url);
        out.text(path);
    }
}

/// An application that is registered with a provider.
#[derive(Clone, Copy)]
pub struct Application<'a> {
    pub(super) service: Service<'a>,
    pub(super) client_id: &'a str,
    pub(super) client_secret: SecretText<'a>,
    pub(super) redirect_uri: &'a str,
    pub(super) takes_passwords: bool,
}

impl<'a> Application<'a> {
    /// What the registration gave, and the one `redirect_uri`, registered there, that is used here:
    /// the services compare it byte for byte.
    ///
    /// # Errors
    /// [`Misuse::Field`] for an empty client id or secret, or one of more than 256 bytes; a
    /// `redirect_uri` of more than 512 bytes. It may be empty where only push is used.
    pub const fn new(
        service: Service<'a>,
        client_id: &'a str,
        client_secret: SecretText<'a>,
        redirect_uri: &'a str,
    ) -> Result<Self, Error> {
        if let Err(error) = registration::check(client_id, client_secret, redirect_uri) {
            return Err(error);
        }
        Ok(Self { service, client_id, client_secret, redirect_uri, takes_passwords: false })
    }

    /// The same application, to which holders may type what proves them: one-time codes and PINs, for
    /// [`super::PasswordAuthorization`] and for nothing else.
    ///
    /// It is off unless it is called for by this name: a program that takes a holder's secrets has to
    /// be trusted with them (RFC 9700 §2.4 forbids it; DOC-ICP-17.01 §6.4.6.3 allows it for single-use
    /// factors).
    #[must_use]
    pub const fn allow_password_grant(self) -> Self {
        Self { takes_passwords: true, ..self }
    }

    /// Hashes who asks whom: the provider's name, the base URL and the client id.
    pub(super) fn write_fingerprint(&self, hasher: &mut Hasher) {
        for text in [self.service.provider.name, self.service.base_url, self.client_id] {
            hasher.update(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(text.as_bytes());
        }
    }

    /// The provider at its address.
    #[must_use]
    pub const fn service(&self) -> Service<'a> {
        self.service
    }

    /// The provider's data.
    #[must_use]
    pub const fn provider(&self) -> &'a Provider<'a> {
        self.service.provider
    }
}

impl fmt::Debug for Application<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Application")
            .field("provider", &self.service.provider.name)
            .field("base_url", &self.service.base_url)
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}
