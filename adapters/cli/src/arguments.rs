//! What stands on the command line.

pub(crate) mod certillion;
mod sign;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use rubrica::Environment;

pub(crate) use self::sign::{Asking, Look, Patience, Sign, Token, Via};

/// Signs documents with cloud-held ICP-Brasil keys
#[derive(Debug, Parser)]
#[command(name = "rubrica", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    /// Configuration file
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Profile of the configuration file
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) profile: Option<String>,
    /// Language of the messages: pt-BR or en
    #[arg(long, value_name = "TAG", global = true)]
    pub(crate) lang: Option<String>,
}

/// What there is to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows a whole signature, by push and by QR code, against the emulated service
    Demo(Demo),
    /// Runs the emulated service until Ctrl-C
    Sandbox(Sandbox),
    /// Lists the providers that are known
    Providers(Providers),
    /// Registers this application with a provider, once
    Register(Register),
    /// Asks whether a provider knows a holder
    Discover(Discover),
    /// Asks a holder to log in: who it is, and nothing is signed
    Login(Login),
    /// Signs documents
    Sign(Box<Sign>),
    /// Shows a certificate, of a file or of a holder who is asked to log in
    Certificate(Certificate),
    /// Checks signatures
    Verify(Box<Verify>),
    /// Lists and changes the roots that verification trusts
    Trust(TrustStore),
    /// Goes on with sessions that were interrupted
    Resume(Resume),
    /// Signs through Certillion, which stands in front of the trust services
    Certillion(certillion::Certillion),
}

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

/// Whom the signers' certificates must chain to.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Trust {
    /// PEM with the roots that signers' certificates must chain to
    #[arg(long, value_name = "PEM")]
    pub(crate) trust: Option<PathBuf>,
}

/// Where results go.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Destination {
    /// Where the signed document goes; of one document only
    #[arg(long, value_name = "FILE", conflicts_with = "out_dir")]
    pub(crate) out: Option<PathBuf>,
    /// Folder for the signed documents; beside the originals unless set
    #[arg(long, value_name = "DIR")]
    pub(crate) out_dir: Option<PathBuf>,
    /// Replaces files that exist
    #[arg(long)]
    pub(crate) force: bool,
}

/// Signature policies beside those that are known.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Policies {
    /// File of a signature policy as ITI publishes it, PA_….der; can be repeated
    #[arg(long, value_name = "DER")]
    pub(crate) policy_file: Vec<PathBuf>,
}

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

/// `rubrica resume`
#[derive(Debug, Args)]
pub(crate) struct Resume {
    #[command(flatten)]
    pub(crate) sessions: Sessions,
    /// Time-stamp server (RFC 3161) for what lacks its stamp, https://…
    #[arg(long, value_name = "URL")]
    pub(crate) tsa: Option<String>,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// Which interrupted sessions, and what becomes of them.
#[derive(Debug, Args)]
pub(crate) struct Sessions {
    /// One session; all of them unless given
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
    /// Only lists the interrupted sessions
    #[arg(long, conflicts_with_all = ["again", "abandon"])]
    pub(crate) list: bool,
    /// Signs again what may have been signed already
    #[arg(long, requires = "id", conflicts_with = "abandon")]
    pub(crate) again: bool,
    /// Leaves what may have been signed already, and goes on with the rest
    #[arg(long, requires = "id")]
    pub(crate) abandon: bool,
    #[command(flatten)]
    pub(crate) patience: Patience,
    #[command(flatten)]
    pub(crate) trust: Trust,
    /// One JSON object a line on standard output, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

impl Sessions {
    /// What becomes of documents in doubt.
    pub(crate) const fn resolution(&self) -> Option<Resolution> {
        match (self.again, self.abandon) {
            (true, _) => Some(Resolution::Again),
            (_, true) => Some(Resolution::Abandon),
            _ => None,
        }
    }
}

/// What becomes of documents of which it is not known whether they are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// They are signed again.
    Again,
    /// They are left as they are.
    Abandon,
}

/// `rubrica login`
#[derive(Debug, Args)]
pub(crate) struct Login {
    #[command(flatten)]
    pub(crate) asking: Asking,
    /// How the holder is asked
    #[arg(long, value_enum, default_value_t = Via::Push)]
    pub(crate) via: Via,
    #[command(flatten)]
    pub(crate) trust: Trust,
    /// Shows numbers of persons, days of birth and addresses whole
    #[arg(long)]
    pub(crate) show_personal_data: bool,
    /// One JSON object a line on standard output, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// `rubrica certificate`
#[derive(Debug, Args)]
pub(crate) struct Certificate {
    /// A certificate, PEM or DER; of several in PEM the first one is judged
    #[arg(value_name = "FILE", required_unless_present = "holder", conflicts_with = "holder")]
    pub(crate) file: Option<PathBuf>,
    /// The holder's CPF or CNPJ
    #[arg(long, value_name = "CPF|CNPJ")]
    pub(crate) holder: Option<String>,
    /// How the holder is asked
    #[arg(long, value_enum, default_value_t = Via::Push)]
    pub(crate) via: Via,
    #[command(flatten)]
    pub(crate) patience: Patience,
    #[command(flatten)]
    pub(crate) trust: Trust,
    /// Writes the certificate, as PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Replaces a file that exists
    #[arg(long)]
    pub(crate) force: bool,
    /// Shows numbers of persons, days of birth and addresses whole
    #[arg(long)]
    pub(crate) show_personal_data: bool,
    /// One JSON object a line on standard output, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// `rubrica discover`
#[derive(Debug, Args)]
pub(crate) struct Discover {
    /// The holder's CPF or CNPJ
    #[arg(long, value_name = "CPF|CNPJ")]
    pub(crate) holder: String,
    /// Asks the provider of every profile of the configuration file, all at once
    #[arg(long, conflicts_with_all = ["provider", "environment", "base_url", "client_id"])]
    pub(crate) everywhere: bool,
    /// How long each provider is waited for, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 15, requires = "everywhere",
        value_parser = clap::value_parser!(u64).range(1..=300))]
    pub(crate) seconds: u64,
    /// Shows numbers of persons whole, also inside an alias
    #[arg(long)]
    pub(crate) show_personal_data: bool,
    /// One JSON object a line on standard output, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// `rubrica register`
#[derive(Debug, Args)]
pub(crate) struct Register {
    /// The application's name, as holders will see it
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: String,
    /// What the application is for
    #[arg(long, value_name = "TEXT")]
    pub(crate) comments: String,
    /// Address for the provider's notices
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: String,
    /// A further URI that browsers may come back to; can be repeated
    #[arg(long, value_name = "URI")]
    pub(crate) also_redirect_uri: Vec<String>,
    /// Writes the secret to standard output instead of a file
    #[arg(long, conflicts_with = "client_secret_file")]
    pub(crate) show_secret: bool,
    /// One JSON object on standard output, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// `rubrica providers`
#[derive(Debug, Args)]
pub(crate) struct Providers {
    /// One JSON object a line on standard output, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

/// `rubrica sandbox`
#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// Port of 127.0.0.1; one that is free unless set
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,
    /// What the phone does: ask (on the page /phone), yes, no, off, or a number of seconds
    /// after which it approves
    #[arg(long, value_name = "WHAT", default_value = "ask", value_parser = approve)]
    pub(crate) approve: Approve,
    /// Folder for its certificates, secret and configuration
    #[arg(long, value_name = "DIR", default_value = "rubrica-sandbox")]
    pub(crate) dir: PathBuf,
    /// Writes the configuration here as well
    #[arg(long, value_name = "FILE")]
    pub(crate) write_config: Option<PathBuf>,
    /// Where browsers come back to; registered with the emulated service
    #[arg(long, value_name = "URI", default_value = rubrica_sandbox::DEFAULT_REDIRECT_URI)]
    pub(crate) redirect_uri: String,
}

/// What the emulated phone does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Approve {
    /// A person decides on the page `/phone`.
    Ask,
    /// It approves at once.
    Yes,
    /// It denies at once.
    No,
    /// It is off.
    Off,
    /// It approves after so many seconds.
    After(u32),
}

/// `rubrica demo`
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Folder for the documents
    #[arg(long, value_name = "DIR", default_value = "rubrica-demo")]
    pub(crate) dir: PathBuf,
    /// Lets you approve on the page /phone instead of doing it by itself
    #[arg(long)]
    pub(crate) manual: bool,
}

pub(crate) fn environment(word: &str) -> Result<Environment, &'static str> {
    Environment::ALL
        .into_iter()
        .find(|environment| environment.as_str() == word)
        .ok_or("production, homologation or demonstration")
}

fn approve(word: &str) -> Result<Approve, &'static str> {
    match word {
        "ask" => Ok(Approve::Ask),
        "yes" => Ok(Approve::Yes),
        "no" => Ok(Approve::No),
        "off" => Ok(Approve::Off),
        seconds => seconds
            .parse()
            .map(Approve::After)
            .map_err(|_| "ask, yes, no, off or a number of seconds"),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn no_option_takes_a_secret() {
        for command in Arguments::command().get_subcommands() {
            for argument in command.get_arguments() {
                let name = argument.get_id().as_str();
                let takes_words = argument.get_action().takes_values();
                assert!(
                    !name.contains("secret") || name.ends_with("_file") || !takes_words,
                    "{name}"
                );
            }
        }
    }
}
