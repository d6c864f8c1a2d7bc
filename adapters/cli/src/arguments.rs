//! What stands on the command line.

pub(crate) mod certillion;
mod resume;
mod sandbox;
mod service;
mod sign;
mod trust;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use self::resume::{Resolution, Resume, Sessions};
pub(crate) use self::sandbox::{Approve, Sandbox};
pub(crate) use self::service::{Access, Service, environment};
pub(crate) use self::sign::{Asking, Look, Patience, Sign, Token, Via};
pub(crate) use self::trust::{TrustAction, TrustAdd, TrustList, TrustRemove, TrustStore};
pub(crate) use self::verify::{Checks, Verify};

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
