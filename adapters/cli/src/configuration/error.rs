//! Why a configuration cannot be used.

use std::io;
use std::path::PathBuf;

/// What is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigurationError {
    #[error("{}: {error}", path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("{}, line {line}: {reason}", path.display())]
    Toml { path: PathBuf, line: usize, reason: String },
    #[error(
        "{}: client_secret stands in the file; keep it elsewhere and name the place with \
         client_secret_file, client_secret_env or client_secret_keyring", path.display()
    )]
    InlineSecret { path: PathBuf },
    #[error("there is no profile `{name}`; there is: {}", known.join(", "))]
    NoProfile { name: String, known: Vec<String> },
    #[error("there is no configuration file {}, so there is no profile `{name}`", path.display())]
    NoFile { name: String, path: PathBuf },
    #[error("which profile? Say --profile NAME or default_profile: {}", known.join(", "))]
    WhichProfile { known: Vec<String> },
    #[error("{place}: environment and base_url exclude each other")]
    TwoAddresses { place: String },
    #[error("the value of {what} cannot be used")]
    Value { what: String },
    #[error(
        "certillion is no PSC: `rubrica certillion` speaks with it, and its table is [certillion]"
    )]
    Certillion,
    #[error("the profile is for `{0}`; say --profile with one of provider = \"certillion\"")]
    OtherService(String),
    #[error("`{0}` is not a known provider; `rubrica providers` lists them")]
    Provider(String),
    #[error("{provider} has no environment `{environment}`")]
    Environment { provider: String, environment: &'static str },
    #[error("{what} is missing: give {option}, {variable} or {key} in the profile")]
    Missing {
        what: &'static str,
        option: &'static str,
        variable: &'static str,
        key: &'static str,
        /// Where a configuration file is looked for, and is none.
        absent: Option<PathBuf>,
    },
    #[error("{}: {reason}", path.display())]
    Trust { path: PathBuf, reason: String },
    #[error("{}: {reason}", path.display())]
    Policy { path: PathBuf, reason: String },
}
