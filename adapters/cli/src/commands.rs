//! The commands, one file each.

mod certificate;
mod demo;
mod discover;
mod login;
mod providers;
mod register;
mod resume;
mod sandbox;
mod sign;
mod verify;

use std::path::Path;
use std::time::SystemTime;

use rubrica::verify::UnixTime;
use rubrica::{Client, Holder};

use crate::arguments::{Command, Common, Service};
use crate::configuration::{Configuration, early_language};
use crate::failure::{Exit, Failure};
use crate::interrupt;
use crate::present::Presenter;
use crate::present::text::Text;
use crate::secret::SecretError;

/// Runs a command.
pub(crate) fn run(common: &Common, command: Command) -> Result<Exit, Failure> {
    let configured = |service: &Service| Configuration::read(common, service);
    match command {
        Command::Demo(arguments) => demo::run(&arguments, early_language(common.lang.as_deref())),
        Command::Sandbox(arguments) => {
            sandbox::run(&arguments, early_language(common.lang.as_deref()))
        }
        Command::Providers(arguments) => {
            providers::run(&arguments, early_language(common.lang.as_deref()));
            Ok(Exit::Done)
        }
        Command::Register(arguments) => register::run(&arguments, &configured(&arguments.service)?),
        Command::Discover(arguments) => discover::run(&arguments, &configured(&arguments.service)?),
        Command::Login(arguments) => login::run(&arguments, &configured(&arguments.service)?),
        Command::Sign(arguments) => sign::run(&arguments, &configured(&arguments.service)?),
        Command::Certificate(arguments) => {
            certificate::run(&arguments, &configured(&arguments.service)?)
        }
        Command::Verify(arguments) => verify::run(&arguments, &configured(&Service::default())?),
        Command::Resume(arguments) => resume::run(&arguments, &configured(&arguments.service)?),
    }
}

/// A client of the configured service, which Ctrl-C stops.
fn client(
    configuration: &Configuration,
    trust: Option<&Path>,
    timeout: Option<u64>,
    presenter: &dyn Presenter,
) -> Result<Client, Failure> {
    let text = Text::of(configuration.language);
    let mut warn = |warning: SecretError| {
        if let SecretError::Exposed { path } = warning {
            presenter.remark(&text.exposed_secret(path.display()));
        }
    };
    let settings = configuration.settings(trust, timeout, &mut warn)?;
    let client = Client::new(settings)?;
    interrupt::cancel(client.cancellation(), configuration.language);
    Ok(client)
}

fn holder(words: &str) -> Result<Holder, Failure> {
    Holder::parse(words).map_err(Failure::Holder)
}

fn now() -> UnixTime {
    UnixTime::from(SystemTime::now())
}
