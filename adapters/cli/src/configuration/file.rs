//! The configuration file: TOML with one table for each profile.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rubrica::certillion::ProfileTable;
use rubrica::{ProviderTable, VIDAAS};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Address, ConfigurationError, Layer, certillion};
use crate::arguments;
use crate::secret::Source;

/// Bytes of a configuration that are read.
const LIMIT: u64 = 256 * 1024;

/// A configuration file that was read.
#[derive(Debug)]
pub(crate) struct File {
    path: PathBuf,
    default_profile: Option<String>,
    language: Option<String>,
    profiles: BTreeMap<String, Profile>,
    providers: BTreeMap<String, ProviderTable>,
    certillion: ProfileTable,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    default_profile: Option<String>,
    language: Option<String>,
    #[serde(default)]
    profile: BTreeMap<String, Profile>,
    #[serde(default, deserialize_with = "ProviderTable::read")]
    provider: BTreeMap<String, ProviderTable>,
    #[serde(default)]
    certillion: ProfileTable,
    client_secret: Option<IgnoredAny>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    provider: Option<String>,
    environment: Option<String>,
    base_url: Option<String>,
    signer_base_url: Option<String>,
    psc: Option<String>,
    tls_ca: Option<PathBuf>,
    client_id: Option<String>,
    client_secret_file: Option<PathBuf>,
    client_secret_env: Option<String>,
    client_secret_keyring: Option<String>,
    redirect_uri: Option<String>,
    trust: Option<PathBuf>,
    state_directory: Option<PathBuf>,
    document_bytes: Option<u64>,
    time_stamps: Option<String>,
    #[serde(default)]
    policy_files: Vec<PathBuf>,
    #[serde(default)]
    revocation: Vec<PathBuf>,
    password_grant: Option<bool>,
    language: Option<String>,
    // Never taken: whoever writes it is told where secrets belong.
    client_secret: Option<IgnoredAny>,
}

impl Profile {
    fn is_certillion(&self) -> bool {
        self.provider.as_deref() == Some(certillion::PROVIDER)
    }
}

impl File {
    /// Reads a configuration file. Its words are not repeated in an error: they may be secret.
    pub(crate) fn read(path: &Path) -> Result<Self, ConfigurationError> {
        let unreadable = |error| ConfigurationError::Read { path: path.to_owned(), error };
        if fs::metadata(path).map_err(unreadable)?.len() > LIMIT {
            return Err(unreadable(std::io::ErrorKind::FileTooLarge.into()));
        }
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let content: Content = toml::from_str(&text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = 1 + text.bytes().take(start).filter(|&byte| byte == b'\n').count();
            // Of a value that is wrong the message repeats some; of a name it must.
            // The name that is never taken is not offered.
            let reason = error.message().lines().next().unwrap_or_default();
            let reason = reason.replace(", `client_secret`", "");
            ConfigurationError::Toml { path: path.to_owned(), line, reason }
        })?;
        let inline = content.client_secret.is_some()
            || content.profile.values().any(|profile| profile.client_secret.is_some());
        if inline {
            return Err(ConfigurationError::InlineSecret { path: path.to_owned() });
        }
        if content.provider.contains_key(certillion::PROVIDER) {
            return Err(ConfigurationError::Certillion);
        }
        Ok(Self {
            path: path.to_owned(),
            default_profile: content.default_profile,
            language: content.language,
            profiles: content.profile,
            providers: content.provider,
            certillion: content.certillion,
        })
    }

    /// The names of its profiles, without those for Certillion.
    pub(crate) fn profiles(&self) -> Vec<String> {
        let others = self.profiles.iter().filter(|(_, profile)| !profile.is_certillion());
        others.map(|(name, _)| name.clone()).collect()
    }

    /// The providers that it describes, by name.
    pub(crate) fn providers(&self) -> BTreeMap<String, ProviderTable> {
        self.providers.clone()
    }

    /// Certillion, as it changes it.
    pub(crate) fn certillion(&self) -> ProfileTable {
        self.certillion.clone()
    }

    /// The values of a profile for Certillion: of the one that is named, of the default one where it
    /// is one of these, or of the only one of these.
    pub(crate) fn certillion_layer(&self, name: Option<&str>) -> Result<Layer, ConfigurationError> {
        let mut its = self.profiles.iter().filter(|(_, profile)| profile.is_certillion());
        let default = self.default_profile.as_ref().and_then(|name| self.profiles.get(name));
        match (name, its.next(), its.next()) {
            (None, Some((only, _)), None) => self.layer(Some(only)),
            (None, Some((one, _)), Some((other, _)))
                if !default.is_some_and(Profile::is_certillion) =>
            {
                let known = [one, other].into_iter().chain(its.map(|(name, _)| name)).cloned();
                Err(ConfigurationError::WhichProfile { known: known.collect() })
            }
            _ => self.layer(name),
        }
    }

    /// The values of a profile: of the one that is named, of the default one, or of the only one.
    pub(crate) fn layer(&self, name: Option<&str>) -> Result<Layer, ConfigurationError> {
        let known = || self.profiles.keys().cloned().collect();
        let profile = match (name.or(self.default_profile.as_deref()), self.profiles.len()) {
            (Some(name), _) => self.profiles.get(name).ok_or_else(|| {
                ConfigurationError::NoProfile { name: name.to_owned(), known: known() }
            })?,
            (None, 0 | 1) => match self.profiles.values().next() {
                Some(only) => only,
                None => {
                    let language = self.language.clone();
                    return Ok(Layer { language, ..Layer::default() });
                }
            },
            (None, _) => return Err(ConfigurationError::WhichProfile { known: known() }),
        };
        self.read_profile(profile.clone())
    }

    fn read_profile(&self, profile: Profile) -> Result<Layer, ConfigurationError> {
        let place = |what| format!("{what} ({})", self.path.display());
        let address = match (profile.environment, profile.base_url) {
            (Some(_), Some(_)) => {
                return Err(ConfigurationError::TwoAddresses {
                    place: self.path.display().to_string(),
                });
            }
            (Some(word), None) => {
                let environment = arguments::environment(&word)
                    .map_err(|_| ConfigurationError::Value { what: place("environment") })?;
                Some(Address::Environment(environment))
            }
            (None, Some(url)) => Some(Address::Url(url)),
            (None, None) => None,
        };
        let sources: Vec<Source> = [
            profile.client_secret_file.map(|path| Source::File(self.beside(path))),
            profile.client_secret_env.map(Source::Environment),
            profile.client_secret_keyring.map(Source::Keyring),
        ]
        .into_iter()
        .flatten()
        .collect();
        if sources.len() > 1 {
            return Err(ConfigurationError::Value { what: place("client_secret_*") });
        }
        Ok(Layer {
            // One that names nobody is not anybody's: its secret is not for whom a command asks.
            provider: profile.provider.or_else(|| Some(VIDAAS.name.to_owned())),
            address,
            signer_base_url: profile.signer_base_url,
            psc: profile.psc,
            tls_ca: profile.tls_ca.map(|path| self.beside(path)),
            client_id: profile.client_id,
            client_secret: sources.into_iter().next(),
            redirect_uri: profile.redirect_uri,
            trust: profile.trust.map(|path| self.beside(path)),
            state_directory: profile.state_directory.map(|path| self.beside(path)),
            document_bytes: profile.document_bytes,
            time_stamps: profile.time_stamps,
            password_grant: profile.password_grant,
            revocation: profile.revocation.into_iter().map(|path| self.beside(path)).collect(),
            policy_files: profile.policy_files.into_iter().map(|path| self.beside(path)).collect(),
            language: profile.language.or_else(|| self.language.clone()),
        })
    }

    /// A path of the file as it is meant: seen from where the file is.
    fn beside(&self, path: PathBuf) -> PathBuf {
        self.path.parent().map_or_else(|| path.clone(), |folder| folder.join(&path))
    }
}
