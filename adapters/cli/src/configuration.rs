//! Where the command's settings come from: the command line before the environment before the
//! profile of the configuration file before the defaults.

pub(crate) mod certillion;
pub(crate) mod error;
mod file;
mod folders;
mod trust_store;

use core::time::Duration;
use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use rubrica::certillion::ProfileTable;
use rubrica::core::cades::PolicyFile;
use rubrica::verify::limits;
use rubrica::{
    Anchors, Environment, Language, PROVIDERS, PolicyDocument, ProviderTable, Settings,
    TransportSettings, VIDAAS,
};
use zeroize::Zeroizing;

use self::error::ConfigurationError;
use self::file::File;
pub(crate) use self::folders::Folders;
pub(crate) use self::trust_store::TrustStore;
use crate::arguments::{self, Access, Common, Service, Via};
use crate::failure::Failure;
use crate::secret::{SecretError, Source};

/// Where the service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Environment(Environment),
    Url(String),
}

/// The values that one source gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer {
    provider: Option<String>,
    address: Option<Address>,
    /// Certillion's address for the holders of CERTILLION_SIGNER.
    signer_base_url: Option<String>,
    /// The trust service that Certillion asks.
    psc: Option<String>,
    tls_ca: Option<PathBuf>,
    client_id: Option<String>,
    client_secret: Option<Source>,
    redirect_uri: Option<String>,
    trust: Option<PathBuf>,
    state_directory: Option<PathBuf>,
    /// Bytes of a document that the service takes, where they are not the provider's.
    document_bytes: Option<u64>,
    /// The server of time stamps.
    time_stamps: Option<String>,
    policy_files: Vec<PathBuf>,
    /// Lists of revoked certificates.
    revocation: Vec<PathBuf>,
    /// Whether a holder's one-time code may be taken here; the configuration file alone allows it.
    password_grant: Option<bool>,
    language: Option<String>,
}

/// What a command line asks beyond the service that it names.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wishes<'w> {
    pub(crate) trust: Option<&'w Path>,
    pub(crate) policy_files: &'w [PathBuf],
    pub(crate) timeout: Option<u64>,
    pub(crate) via: Option<Via>,
    pub(crate) tsa: Option<&'w str>,
}

impl Layer {
    /// The values of this source, and of `below` where this one has none.
    fn over(self, below: Self) -> Self {
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

    fn of_environment() -> Result<Self, ConfigurationError> {
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

    fn of_arguments(service: &Service, common: &Common) -> Self {
        let of_access = Self::of_access(&service.access, common);
        let environment = service.environment.map(Address::Environment);
        Self {
            provider: service.provider.clone(),
            address: environment.or(of_access.address),
            ..of_access
        }
    }

    fn of_access(access: &Access, common: &Common) -> Self {
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

/// An environment variable that is set to something.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Reads a file that the configuration names, of no more than so many bytes.
fn read(path: &Path, limit: u64) -> Result<Vec<u8>, ConfigurationError> {
    crate::output::read_bounded(path, limit)
        .map_err(|error| ConfigurationError::Read { path: path.to_owned(), error })
}
