//! Settings for Certillion, which is no provider among the PSCs.

use core::time::Duration;
use std::path::Path;

use rubrica::certillion::{ProfileTable, Settings};

use super::error::ConfigurationError;
use super::{Address, Configuration};
use crate::failure::Failure;
use crate::secret::SecretError;

/// The word by which a profile is Certillion's.
pub(super) const PROVIDER: &str = "certillion";

/// What a command line asks beyond the service.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wishes<'w> {
    pub(crate) trust: Option<&'w Path>,
    pub(crate) timeout: Option<u64>,
    /// Whether the holder's browser comes back to this machine.
    pub(crate) redirect: bool,
}

impl Configuration {
    /// Settings for Certillion. `warn` is told what is not as it should be.
    pub(crate) fn certillion_settings(
        &self,
        wishes: &Wishes<'_>,
        warn: &mut dyn FnMut(SecretError),
    ) -> Result<Settings, Failure> {
        let layer = &self.layer;
        // The credentials of one service are not shown to another.
        match layer.provider.as_deref() {
            None | Some(PROVIDER) => {}
            Some(other) => return Err(ConfigurationError::OtherService(other.to_owned()).into()),
        }
        let base_url = match &layer.address {
            None => None,
            Some(Address::Url(url)) => Some(url.clone()),
            Some(Address::Environment(environment)) => {
                return Err(ConfigurationError::Environment {
                    provider: PROVIDER.to_owned(),
                    environment: environment.as_str(),
                }
                .into());
            }
        };
        let (client_id, client_secret) = self.credentials(warn)?;
        let mut settings = Settings::new(client_id, String::new());
        settings.client_secret = client_secret;
        settings.profile = self.certillion.clone();
        if let Some(bytes) = layer.document_bytes {
            settings.profile = settings.profile.with_document_bytes(bytes);
        }
        settings.patience = settings.profile.view(&[]).limits.approval_window.into();
        settings.base_url = base_url;
        settings.signer_base_url.clone_from(&layer.signer_base_url);
        settings.redirect_uri = self.redirect_uri(wishes.redirect)?;
        settings.tls_anchors = self.tls_anchors()?;
        settings.trust = self.trust(wishes.trust)?;
        settings.password_grant = self.password_grant();
        settings.state_directory = self.state_directory();
        if let Some(seconds) = wishes.timeout {
            settings.patience = Duration::from_secs(seconds);
        }
        Ok(settings)
    }

    /// Certillion, as the configuration file changes it.
    pub(crate) const fn certillion(&self) -> &ProfileTable {
        &self.certillion
    }

    /// The holder's trust service: the one of the command line, or else the configured one.
    pub(crate) fn psc<'p>(&'p self, given: Option<&'p str>) -> Option<&'p str> {
        given.or(self.layer.psc.as_deref())
    }
}
