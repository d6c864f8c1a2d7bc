//! `rubrica verify`, and what signatures are judged by.

use std::path::PathBuf;

use clap::Args;

use super::{Policies, Trust};

/// `rubrica verify`
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A signed PDF, a CMS (.p7s), or with --certificate a bare signature
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The document that a detached signature is of
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Option<PathBuf>,
    /// The certificate that a bare signature is by
    #[arg(long, value_name = "PEM", requires = "content")]
    pub(crate) certificate: Option<PathBuf>,
    /// The bare signature is RSA-PSS
    #[arg(long, requires = "certificate")]
    pub(crate) pss: bool,
    #[command(flatten)]
    pub(crate) checks: Checks,
    /// One JSON object on standard output, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

/// What signatures are judged by.
#[derive(Debug, Args)]
pub(crate) struct Checks {
    #[command(flatten)]
    pub(crate) trust: Trust,
    /// Who should have signed, by CPF or CNPJ
    #[arg(long, value_name = "CPF|CNPJ")]
    pub(crate) holder: Option<String>,
    /// The signature policy that is wanted, by its object identifier; any for any that is known
    #[arg(long, value_name = "OID")]
    pub(crate) policy: Option<String>,
    #[command(flatten)]
    pub(crate) policies: Policies,
    /// List of revoked certificates, DER or PEM; can be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: Vec<PathBuf>,
    /// Answer of an OCSP responder, DER or PEM; can be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) ocsp: Vec<PathBuf>,
    /// Fetches lists, answers and authorities that are missing from where certificates say they are
    #[arg(long)]
    pub(crate) online: bool,
    /// The same, also from this machine and private networks
    #[arg(long)]
    pub(crate) online_private: bool,
    /// Judges as of this moment, in seconds since 1970, instead of now
    #[arg(long, value_name = "SECONDS")]
    pub(crate) at: Option<u64>,
}
