//! Who asks, where, and through which trust service: the configuration that the flows borrow.

use core::fmt;

use super::profile::Profile;
use super::psc_name::PscName;
use crate::codec::base_url;
use crate::codec::buffer::Buffer;
use crate::document::Hasher;
use crate::error::Error;
#[cfg(doc)]
use crate::error::Misuse;
use crate::oauth::registration;
use crate::secret::SecretText;

/// The service at its two addresses.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    profile: &'a Profile<'a>,
    base_url: &'a str,
    signer_base_url: &'a str,
}

impl<'a> Service<'a> {
    /// The service at the addresses of its profile.
    ///
    /// # Errors
    /// As [`Service::at`].
    pub fn new(profile: &'a Profile<'a>) -> Result<Self, Error> {
        Self::at(profile, profile.base_url, profile.signer_base_url)
    }

    /// The service at `base_url`, and at `signer_base_url` for [`PscName::CERTILLION_SIGNER`]. Each
    /// is `https://host[:port][/path]` with or without a slash at its end.
    ///
    /// # Errors
    /// [`Misuse::InsecureUrl`] for another scheme, [`Misuse::Field`] for a URL with user
    /// information, a query, a fragment or characters that cannot stand in a URL.
    pub fn at(
        profile: &'a Profile<'a>,
        base_url: &'a str,
        signer_base_url: &'a str,
    ) -> Result<Self, Error> {
        let base_url = base_url::check(base_url)?;
        Ok(Self { profile, base_url, signer_base_url: base_url::check(signer_base_url)? })
    }

    /// The service's data.
    #[must_use]
    pub const fn profile(&self) -> &'a Profile<'a> {
        self.profile
    }

    /// The base URL of a trust service, without a slash at its end.
    #[must_use]
    pub fn base_url(&self, psc: PscName<'_>) -> &'a str {
        if psc.is_signer() { self.signer_base_url } else { self.base_url }
    }
}

/// An application that is registered with the service, and the trust service that it goes through.
#[derive(Clone, Copy)]
pub struct Application<'a> {
    service: Service<'a>,
    pub(super) client_id: &'a str,
    pub(super) client_secret: SecretText<'a>,
    pub(super) redirect_uri: &'a str,
    psc: Option<PscName<'a>>,
    pub(super) takes_passwords: bool,
}

impl<'a> Application<'a> {
    /// What the vendor gave, and the one `redirect_uri`, registered there, that is used here. It
    /// goes through the profile's default trust service.
    ///
    /// # Errors
    /// [`Misuse::Field`] for an empty client id or secret, or one of more than 256 bytes; a
    /// `redirect_uri` of more than 512 bytes. It may be empty where no browser is used.
    pub const fn new(
        service: Service<'a>,
        client_id: &'a str,
        client_secret: SecretText<'a>,
        redirect_uri: &'a str,
    ) -> Result<Self, Error> {
        if let Err(error) = registration::check(client_id, client_secret, redirect_uri) {
            return Err(error);
        }
        let takes_passwords = false;
        Ok(Self { service, client_id, client_secret, redirect_uri, psc: None, takes_passwords })
    }

    /// The same application, through this trust service.
    #[must_use]
    pub const fn through(self, psc: PscName<'a>) -> Self {
        Self { psc: Some(psc), ..self }
    }

    /// The same application, to which holders may type one-time codes, for
    /// [`super::OtpAuthorization`] and [`super::PasswordAuthorization`] and for nothing else.
    ///
    /// It is off unless it is called for by this name: a program that takes a holder's secrets has
    /// to be trusted with them (RFC 9700 §2.4 forbids it).
    #[must_use]
    pub const fn allow_password_grant(self) -> Self {
        Self { takes_passwords: true, ..self }
    }

    /// The service.
    #[must_use]
    pub const fn service(&self) -> Service<'a> {
        self.service
    }

    /// The service's data.
    #[must_use]
    pub const fn profile(&self) -> &'a Profile<'a> {
        self.service.profile
    }

    /// The trust service that it goes through.
    #[must_use]
    pub fn psc(&self) -> PscName<'a> {
        self.psc.unwrap_or(self.service.profile.default_psc)
    }

    /// Where it asks: the base URL of its trust service, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &'a str {
        self.service.base_url(self.psc())
    }

    /// Writes the URL of one of the profile's paths.
    pub(super) fn write_url(&self, path: &str, out: &mut Buffer<'_>) {
        out.text(self.base_url());
        out.text(self.profile().prefix);
        out.text(path);
    }

    /// Half a digest of who asks whom: a saved flow knows by it that it is resumed with the service
    /// that it began with.
    pub(super) fn half_fingerprint(&self) -> [u8; 16] {
        let mut hasher = Hasher::new();
        self.write_fingerprint(&mut hasher);
        hasher.finish().as_bytes().first_chunk().copied().unwrap_or_default()
    }

    /// Hashes the service's name, the base URL, the client id and the trust service.
    pub(super) fn write_fingerprint(&self, hasher: &mut Hasher) {
        let psc = self.psc().as_str();
        for text in [self.profile().name, self.base_url(), self.client_id, psc] {
            hasher.update(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(text.as_bytes());
        }
    }
}

impl fmt::Debug for Application<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Application")
            .field("base_url", &self.base_url())
            .field("psc", &self.psc().as_str())
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}
