//! The values that one source of the configuration gives, and how sources are laid over each other.

use std::env;
use std::path::PathBuf;

use rubrica::Environment;

use super::error::ConfigurationError;
use crate::arguments::{self, Access, Common, Service};
use crate::secret::Source;

/// Where the service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Environment(Environment),
    Url(String),
}

/// The values that one source gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer {
    pub(super) provider: Option<String>,
    pub(super) address: Option<Address>,
    /// Certillion's address for the holders of CERTILLION_SIGNER.
    pub(super) signer_base_url: Option<String>,
    /// The trust service that Certillion asks.
    pub(super) psc: Option<String>,
    pub(super) tls_ca: Option<PathBuf>,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<Source>,
    pub(super) redirect_uri: Option<String>,
    pub(super) trust: Option<PathBuf>,
    pub(super) state_directory: Option<PathBuf>,
    /// Bytes of a document that the service takes, where they are not the provider's.
    pub(super) document_bytes: Option<u64>,
    /// The server of time stamps.
    pub(super) time_stamps: Option<String>,
    pub(super) policy_files: Vec<PathBuf>,
    /// Lists of revoked certificates.
    pub(super) revocation: Vec<PathBuf>,
    /// Whether a holder's one-time code may be taken here; the configuration file alone allows it.
    pub(super) password_grant: Option<bool>,
    pub(super) language: Option<String>,
}

impl Layer {
    /// The values of this source, and of `below` where this one has none.
    pub(super) fn over(self, below: Self) -> Self {
        Self {
            provider: self.provider.or(below.provider),
            // Credentials that are for one machine are not shown to another, which a source below
            // means together with its own address.
            signer_base_url: self.signer_base_url.or(match self.address {
                None => below.signer_base_url,
                Some(_) => None,
            }),
            address: self.address.or(below.address),
            psc: self.psc.or(below.psc),
            tls_ca: self.tls_ca.or(below.tls_ca),
            client_id: self.client_id.or(below.client_id),
            client_secret: self.client_secret.or(below.client_secret),
            redirect_uri: self.redirect_uri.or(below.redirect_uri),
            trust: self.trust.or(below.trust),
            state_directory: self.state_directory.or(below.state_directory),
            document_bytes: self.document_bytes.or(below.document_bytes),
            time_stamps: self.time_stamps.or(below.time_stamps),
            policy_files: if self.policy_files.is_empty() {
                below.policy_files
            } else {
                self.policy_files
            },
            password_grant: self.password_grant.or(below.password_grant),
            revocation: if self.revocation.is_empty() { below.revocation } else { self.revocation },
            language: self.language.or(below.language),
        }
    }

    pub(super) fn of_environment() -> Result<Self, ConfigurationError> {
        let address = match (variable("RUBRICA_ENVIRONMENT"), variable("RUBRICA_BASE_URL")) {
            (Some(_), Some(_)) => {
                let place = "RUBRICA_ENVIRONMENT, RUBRICA_BASE_URL".to_owned();
                return Err(ConfigurationError::TwoAddresses { place });
            }
            (Some(word), None) => {
                let what = "RUBRICA_ENVIRONMENT".to_owned();
                let environment = arguments::environment(&word);
                Some(Address::Environment(
                    environment.map_err(|_| ConfigurationError::Value { what })?,
                ))
            }
            (None, Some(url)) => Some(Address::Url(url)),
            (None, None) => None,
        };
        let path = |name| variable(name).map(PathBuf::from);
        let secret_variable = "RUBRICA_CLIENT_SECRET";
        Ok(Self {
            provider: variable("RUBRICA_PROVIDER"),
            address,
            signer_base_url: variable("RUBRICA_SIGNER_BASE_URL"),
            psc: variable("RUBRICA_PSC"),
            tls_ca: path("RUBRICA_TLS_CA"),
            client_id: variable("RUBRICA_CLIENT_ID"),
            client_secret: path("RUBRICA_CLIENT_SECRET_FILE").map(Source::File).or_else(|| {
                env::var_os(secret_variable)
                    .map(|_| Source::Environment(secret_variable.to_owned()))
            }),
            redirect_uri: variable("RUBRICA_REDIRECT_URI"),
            trust: path("RUBRICA_TRUST"),
            state_directory: path("RUBRICA_STATE_DIRECTORY"),
            time_stamps: variable("RUBRICA_TIME_STAMPS"),
            language: variable("RUBRICA_LANG"),
            ..Self::default()
        })
    }

    pub(super) fn of_arguments(service: &Service, common: &Common) -> Self {
        let of_access = Self::of_access(&service.access, common);
        let environment = service.environment.map(Address::Environment);
        Self {
            provider: service.provider.clone(),
            address: environment.or(of_access.address),
            ..of_access
        }
    }

    pub(super) fn of_access(access: &Access, common: &Common) -> Self {
        Self {
            address: access.base_url.clone().map(Address::Url),
            tls_ca: access.tls_ca.clone(),
            client_id: access.client_id.clone(),
            client_secret: access.client_secret_file.clone().map(Source::File),
            redirect_uri: access.redirect_uri.clone(),
            state_directory: access.state_directory.clone(),
            language: common.lang.clone(),
            ..Self::default()
        }
    }
}

/// An environment variable that is set to something.
pub(super) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signers_address_goes_with_the_address_beside_it() {
        let url = |url: &str| Some(Address::Url(url.to_owned()));
        let below = || Layer {
            address: url("https://one.example"),
            signer_base_url: Some("https://signer.example".to_owned()),
            ..Layer::default()
        };
        let kept = Layer::default().over(below());
        assert_eq!(kept.signer_base_url.as_deref(), Some("https://signer.example"));
        let elsewhere = Layer { address: url("https://two.example"), ..Layer::default() };
        let other = elsewhere.over(below());
        assert_eq!((other.address, other.signer_base_url), (url("https://two.example"), None));
    }
}
