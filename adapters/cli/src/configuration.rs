//! Where the command's settings come from: the command line before the environment before the
//! profile of the configuration file before the defaults.

pub(crate) mod certillion;
pub(crate) mod error;
mod file;
mod folders;
mod layer;
mod trust_store;

use core::time::Duration;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rubrica::certillion::ProfileTable;
use rubrica::core::cades::PolicyFile;
use rubrica::verify::limits;
use rubrica::{
    Anchors, Language, PROVIDERS, PolicyDocument, ProviderTable, Settings, TransportSettings,
    VIDAAS,
};
use zeroize::Zeroizing;

use self::error::ConfigurationError;
use self::file::File;
pub(crate) use self::folders::Folders;
use self::layer::{Address, Layer, variable};
pub(crate) use self::trust_store::TrustStore;
use crate::arguments::{self, Common, Service, Via};
use crate::failure::Failure;
use crate::secret::{SecretError, Source};

/// What a command line asks beyond the service that it names.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wishes<'w> {
    pub(crate) trust: Option<&'w Path>,
    pub(crate) policy_files: &'w [PathBuf],
    pub(crate) timeout: Option<u64>,
    pub(crate) via: Option<Via>,
    pub(crate) tsa: Option<&'w str>,
}

/// The configuration of one run.
#[derive(Debug)]
pub(crate) struct Configuration {
    layer: Layer,
    /// The providers that the configuration file describes, by name.
    providers: BTreeMap<String, ProviderTable>,
    /// Certillion, as the configuration file changes it.
    certillion: ProfileTable,
    folders: Folders,
    /// Where a file is looked for, and is none.
    absent: Option<PathBuf>,
    /// How people are spoken to.
    pub(crate) language: Language,
}

impl Configuration {
    /// Reads every source. A configuration file need not exist unless it, or a profile, is named.
    pub(crate) fn read(common: &Common, service: &Service) -> Result<Self, ConfigurationError> {
        Self::of_layer(Layer::of_arguments(service, common), common, File::layer)
    }

    /// The same for Certillion, whose profile need not be named where there is no other of its.
    pub(crate) fn of_certillion(
        common: &Common,
        service: &arguments::certillion::Service,
    ) -> Result<Self, ConfigurationError> {
        let signer_base_url = service.signer_base_url.clone();
        let given = Layer { signer_base_url, ..Layer::of_access(&service.access, common) };
        Self::of_layer(given, common, File::certillion_layer)
    }

    fn of_layer(
        given: Layer,
        common: &Common,
        of_profile: impl FnOnce(&File, Option<&str>) -> Result<Layer, ConfigurationError>,
    ) -> Result<Self, ConfigurationError> {
        let named = named(common);
        let folders = Folders::find(named.as_deref());
        let profile = common.profile.clone().or_else(|| variable("RUBRICA_PROFILE"));
        let path = named.clone().or_else(|| folders.configuration());
        let absent = path.clone().filter(|path| !path.exists());
        let mut providers = BTreeMap::new();
        let mut certillion = ProfileTable::default();
        let of_file = match path {
            Some(path) if named.is_some() || path.exists() => {
                let file = File::read(&path)?;
                providers = file.providers();
                certillion = file.certillion();
                of_profile(&file, profile.as_deref())?
            }
            path => match profile {
                Some(name) => {
                    return Err(ConfigurationError::NoFile {
                        name,
                        path: path.unwrap_or_default(),
                    });
                }
                None => Layer::default(),
            },
        };
        let layer = given.over(Layer::of_environment()?.over(of_file));
        let language = match &layer.language {
            Some(tag) => Language::from_tag(tag)
                .ok_or_else(|| ConfigurationError::Value { what: format!("language ({tag})") })?,
            None => locale(),
        };
        Ok(Self { layer, providers, certillion, folders, absent, language })
    }

    /// Every provider that can be chosen: the known ones, as the configuration file changes them, and
    /// the file's own.
    pub(crate) fn providers(&self) -> Vec<ProviderTable> {
        let known = PROVIDERS.into_iter().map(ProviderTable::from);
        let mut all: Vec<ProviderTable> = known
            .map(|provider| self.providers.get(provider.name()).cloned().unwrap_or(provider))
            .collect();
        let is_new = |name: &String| PROVIDERS.iter().all(|known| known.name != name);
        all.extend(
            self.providers.iter().filter(|(name, _)| is_new(name)).map(|(_, new)| new.clone()),
        );
        all
    }

    /// The names of the configuration file's profiles.
    pub(crate) fn profiles(common: &Common) -> Result<Vec<String>, ConfigurationError> {
        let named = named(common);
        match named.clone().or_else(|| Folders::find(named.as_deref()).configuration()) {
            Some(path) if named.is_some() || path.exists() => Ok(File::read(&path)?.profiles()),
            _ => Ok(Vec::new()),
        }
    }

    /// The trust anchors: those of the command line, or else the configured ones.
    pub(crate) fn trust(
        &self,
        given: Option<&Path>,
    ) -> Result<Option<Anchors>, ConfigurationError> {
        let Some(path) = given.or(self.layer.trust.as_deref()) else { return Ok(None) };
        let pem = read(path, limits::PEM_BYTES as u64)?;
        let anchors = Anchors::from_pem(&pem).map_err(|rejection| ConfigurationError::Trust {
            path: path.to_owned(),
            reason: rejection.to_string(),
        })?;
        Ok(Some(anchors))
    }

    /// Settings without an application: all that a registration needs.
    pub(crate) fn unregistered(&self) -> Result<Settings, Failure> {
        let name = self.layer.provider.as_deref().unwrap_or(VIDAAS.name);
        if name == certillion::PROVIDER {
            return Err(ConfigurationError::Certillion.into());
        }
        let provider = (self.providers.get(name).cloned())
            .or_else(|| ProviderTable::known(name))
            .ok_or_else(|| ConfigurationError::Provider(name.to_owned()))?;
        let base_url = match &self.layer.address {
            Some(Address::Url(url)) => url.clone(),
            Some(Address::Environment(environment)) => {
                let url = provider.view().hosts.base_url(*environment).map(str::to_owned);
                url.ok_or_else(|| ConfigurationError::Environment {
                    provider: provider.name().to_owned(),
                    environment: environment.as_str(),
                })?
            }
            None => {
                return Err(self
                    .missing(
                        "environment",
                        "--environment NAME (or --base-url URL)",
                        "RUBRICA_ENVIRONMENT",
                    )
                    .into());
            }
        };
        let mut settings = Settings::new(provider, base_url, "", "");
        settings.tls_anchors = self.tls_anchors()?;
        settings.redirect_uri = self.redirect_uri(false)?;
        if let Some(bytes) = self.layer.document_bytes {
            settings.provider = settings.provider.with_document_bytes(bytes);
        }
        Ok(settings)
    }

    /// Whom verification trusts: those of the command line, or else the configured ones, or else the
    /// roots of ICP-Brasil that the library has and those that were added to them.
    pub(crate) fn anchors(&self, given: Option<&Path>) -> Result<Anchors, Failure> {
        if let Some(anchors) = self.trust(given)? {
            return Ok(anchors);
        }
        let mut anchors = Anchors::icp_brasil().map_err(rubrica::Error::from)?;
        anchors.extend(self.trust_store().certificates()?);
        Ok(anchors)
    }

    /// The roots that were added to those of the library.
    pub(crate) fn trust_store(&self) -> TrustStore {
        TrustStore::new(self.folders.trust())
    }

    /// The lists of revoked certificates that are configured.
    pub(crate) fn revocation(&self) -> &[PathBuf] {
        &self.layer.revocation
    }

    /// The files of signature policies, of the command line and the configured ones.
    pub(crate) fn policy_files<'p>(
        &'p self,
        given: &'p [PathBuf],
    ) -> impl Iterator<Item = &'p PathBuf> {
        given.iter().chain(&self.layer.policy_files)
    }

    /// How this machine speaks with others.
    pub(crate) fn transport(&self) -> Result<TransportSettings, ConfigurationError> {
        let extra_anchors_pem = self.tls_anchors()?;
        Ok(TransportSettings { extra_anchors_pem, ..TransportSettings::default() })
    }

    /// The authorities that are trusted for TLS beside the usual ones.
    fn tls_anchors(&self) -> Result<Option<Vec<u8>>, ConfigurationError> {
        self.layer.tls_ca.as_deref().map(|path| read(path, 1024 * 1024)).transpose()
    }

    /// The signature policies of files, of the command line's and the configured ones.
    pub(crate) fn policies(
        &self,
        given: &[PathBuf],
    ) -> Result<Vec<PolicyDocument>, ConfigurationError> {
        let read_policy = |path: &PathBuf| {
            let file = read(path, PolicyFile::MAX_LENGTH as u64)?;
            // ITI publishes every policy here, under the name of its file (DOC-ICP-15.03).
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let uri = format!("http://politicas.icpbrasil.gov.br/{name}");
            PolicyDocument::read(file, uri).map_err(|error| ConfigurationError::Policy {
                path: path.clone(),
                reason: error.to_string(),
            })
        };
        self.policy_files(given).map(read_policy).collect()
    }

    /// Settings for a registered application. `warn` is told what is not as it should be.
    pub(crate) fn settings(
        &self,
        wishes: &Wishes<'_>,
        warn: &mut dyn FnMut(SecretError),
    ) -> Result<Settings, Failure> {
        let mut settings = self.unregistered()?;
        (settings.client_id, settings.client_secret) = self.credentials(warn)?;
        settings.redirect_uri = self.redirect_uri(wishes.via == Some(Via::Qr))?;
        settings.trust = self.trust(wishes.trust)?;
        settings.policies = self.policies(wishes.policy_files)?;
        settings.time_stamps =
            wishes.tsa.map(str::to_owned).or_else(|| self.layer.time_stamps.clone());
        settings.state_directory = self.state_directory();
        settings.password_grant = self.password_grant();
        if let Some(seconds) = wishes.timeout {
            settings.patience = Duration::from_secs(seconds);
        }
        Ok(settings)
    }

    /// As whom the service is asked.
    fn credentials(
        &self,
        warn: &mut dyn FnMut(SecretError),
    ) -> Result<(String, Zeroizing<String>), Failure> {
        let client_id = self
            .layer
            .client_id
            .clone()
            .ok_or_else(|| self.missing("client_id", "--client-id ID", "RUBRICA_CLIENT_ID"))?;
        let source =
            self.layer.client_secret.as_ref().ok_or_else(|| ConfigurationError::Missing {
                what: "client_secret",
                option: "--client-secret-file FILE",
                variable: "RUBRICA_CLIENT_SECRET",
                key: "client_secret_file, client_secret_env, client_secret_keyring",
                absent: self.absent.clone(),
            })?;
        Ok((client_id, source.read(warn)?))
    }

    /// Where browsers come back to; empty where that is not known and not needed.
    fn redirect_uri(&self, is_needed: bool) -> Result<String, ConfigurationError> {
        match &self.layer.redirect_uri {
            Some(uri) => Ok(uri.clone()),
            None if is_needed => {
                Err(self.missing("redirect_uri", "--redirect-uri URI", "RUBRICA_REDIRECT_URI"))
            }
            None => Ok(String::new()),
        }
    }

    fn state_directory(&self) -> Option<PathBuf> {
        self.layer.state_directory.clone().or_else(|| self.folders.state())
    }

    fn password_grant(&self) -> bool {
        self.layer.password_grant.unwrap_or(false)
    }

    fn missing(
        &self,
        what: &'static str,
        option: &'static str,
        variable: &'static str,
    ) -> ConfigurationError {
        ConfigurationError::Missing {
            what,
            option,
            variable,
            key: what,
            absent: self.absent.clone(),
        }
    }

    /// Where a secret is to be written, if a file was named for it.
    pub(crate) fn secret_file(&self) -> Option<&Path> {
        match &self.layer.client_secret {
            Some(Source::File(path)) => Some(path),
            _ => None,
        }
    }
}

/// The configuration file that is named on the command line or in the environment.
fn named(common: &Common) -> Option<PathBuf> {
    common.config.clone().or_else(|| variable("RUBRICA_CONFIG").map(PathBuf::from))
}

/// The language that the environment asks for, before any file is read.
pub(crate) fn early_language(asked: Option<&str>) -> Language {
    asked
        .and_then(Language::from_tag)
        .or_else(|| Language::from_tag(&variable("RUBRICA_LANG")?))
        .unwrap_or_else(locale)
}

fn locale() -> Language {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| Language::from_tag(&variable(name)?))
        .unwrap_or_default()
}

/// Reads a file that the configuration names, of no more than so many bytes.
fn read(path: &Path, limit: u64) -> Result<Vec<u8>, ConfigurationError> {
    crate::output::read_bounded(path, limit)
        .map_err(|error| ConfigurationError::Read { path: path.to_owned(), error })
}
