//! `rubrica trust` and what is below it.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `rubrica trust`
#[derive(Debug, Args)]
pub(crate) struct TrustStore {
    #[command(subcommand)]
    pub(crate) action: TrustAction,
}

/// What is done with the trust anchors.
#[derive(Debug, Subcommand)]
pub(crate) enum TrustAction {
    /// Lists the roots that verification trusts
    List(TrustList),
    /// Trusts the roots of a file, and keeps the authorities that are in it
    Add(TrustAdd),
    /// No longer trusts a root that was added
    Remove(TrustRemove),
}

/// `rubrica trust list`
#[derive(Debug, Args)]
pub(crate) struct TrustList {
    /// One JSON object a line on standard output, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

/// `rubrica trust add`
#[derive(Debug, Args)]
pub(crate) struct TrustAdd {
    /// Certificates, PEM or DER
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The SHA-256 fingerprint of the root, as its publisher tells it: another one is refused
    #[arg(long, value_name = "HEX")]
    pub(crate) fingerprint: Option<String>,
}

/// `rubrica trust remove`
#[derive(Debug, Args)]
pub(crate) struct TrustRemove {
    /// The SHA-256 fingerprint that `trust list` shows
    #[arg(value_name = "HEX")]
    pub(crate) fingerprint: String,
}
