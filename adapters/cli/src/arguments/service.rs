//! With whom a command speaks, and as whom.

use std::path::PathBuf;

use clap::Args;
use rubrica::Environment;

/// With whom, and as whom.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Service")]
pub(crate) struct Service {
    /// Provider; vidaas unless said otherwise
    #[arg(long, value_name = "NAME")]
    pub(crate) provider: Option<String>,
    /// The provider's environment: production, homologation or demonstration
    #[arg(long, value_name = "NAME", value_parser = environment, conflicts_with = "base_url")]
    pub(crate) environment: Option<Environment>,
    #[command(flatten)]
    pub(crate) access: Access,
}

/// Where a service is, and as whom it is asked.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Service")]
pub(crate) struct Access {
    /// The service's address, https://…, instead of one that is known
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// PEM of an authority trusted for TLS beside the usual ones
    #[arg(long, value_name = "PEM")]
    pub(crate) tls_ca: Option<PathBuf>,
    /// The application's identifier
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// File with the application's secret and nothing else
    #[arg(long, value_name = "FILE")]
    pub(crate) client_secret_file: Option<PathBuf>,
    /// Where browsers come back to, exactly as registered
    #[arg(long, value_name = "URI")]
    pub(crate) redirect_uri: Option<String>,
    /// Folder for interrupted sessions
    #[arg(long, value_name = "DIR")]
    pub(crate) state_directory: Option<PathBuf>,
}

pub(crate) fn environment(word: &str) -> Result<Environment, &'static str> {
    Environment::ALL
        .into_iter()
        .find(|environment| environment.as_str() == word)
        .ok_or("production, homologation or demonstration")
}
