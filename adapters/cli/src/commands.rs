//! The commands, one file each.

mod certificate;
mod certificate_file;
mod certillion;
mod demo;
mod discover;
mod login;
mod personal;
mod providers;
mod register;
mod resume;
mod sandbox;
pub(crate) mod service;
mod sign;
mod trust;
mod verify;

use std::env;
use std::time::SystemTime;

use rubrica::verify::UnixTime;
use rubrica::{Client, Holder, Language};

use crate::arguments::{Command, Common, Service};
use crate::configuration::{Configuration, Wishes, early_language};
use crate::failure::{Exit, Failure};
use crate::interrupt;
use crate::present::text::Text;
use crate::present::{self, Presenter};
use crate::secret::SecretError;

/// Runs a command.
pub(crate) fn run(common: &Common, command: Command) -> Result<Exit, Failure> {
    let language = early_language(common.lang.as_deref());
    let none = Service::default();
    match command {
        Command::Demo(asked) => demo::run(&asked, language),
        Command::Sandbox(asked) => sandbox::run(&asked, language),
        Command::Providers(asked) => {
            configured(common, &none, asked.json, |with| Ok(providers::run(&asked, with)))
        }
        Command::Register(asked) => {
            configured(common, &asked.service, asked.json, |with| register::run(&asked, with))
        }
        Command::Discover(asked) if asked.everywhere => discover::everywhere(&asked, common),
        Command::Discover(asked) => {
            configured(common, &asked.service, asked.json, |with| discover::run(&asked, with))
        }
        Command::Login(asked) => {
            configured(common, &asked.service, asked.json, |with| login::run(&asked, with))
        }
        Command::Sign(asked) => {
            configured(common, &asked.service, asked.json, |with| sign::run(&asked, with))
        }
        Command::Certificate(asked) => {
            configured(common, &asked.service, asked.json, |with| certificate::run(&asked, with))
        }
        Command::Verify(asked) => {
            configured(common, &none, asked.json, |with| verify::run(&asked, with))
        }
        Command::Trust(asked) => {
            configured(common, &none, false, |with| trust::run(&asked.action, with))
        }
        Command::Certillion(asked) => certillion::run(common, &asked.action),
        Command::Resume(asked) => {
            let json = asked.sessions.json;
            configured(common, &asked.service, json, |with| resume::run(&asked, with))
        }
    }
}

/// Runs a command with its configuration, in whose language is told what goes wrong.
fn configured(
    common: &Common,
    service: &Service,
    json: bool,
    run: impl FnOnce(&Configuration) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    told(Configuration::read(common, service)?, json, run)
}

/// The same with a configuration that was read.
fn told(
    configuration: Configuration,
    json: bool,
    run: impl FnOnce(&Configuration) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    Ok(run(&configuration)
        .unwrap_or_else(|failure| present::refuse(&failure, configuration.language, json)))
}

/// A client of the configured service, which Ctrl-C stops.
fn client(
    configuration: &Configuration,
    wishes: &Wishes<'_>,
    presenter: &dyn Presenter,
) -> Result<Client, Failure> {
    let mut warn = warner(presenter, configuration.language);
    let client = Client::new(configuration.settings(wishes, &mut warn)?)?;
    interrupt::cancel(client.cancellation(), configuration.language);
    Ok(client)
}

/// Who remarks on a secret that others can read, too.
fn warner(presenter: &dyn Presenter, language: Language) -> impl FnMut(SecretError) {
    move |warning| {
        if let SecretError::Exposed { path } = warning {
            presenter.remark(&Text::of(language).exposed_secret(path.display()));
        }
    }
}

/// The program as it was called, to be called so again.
fn program() -> String {
    let name = env::args().next().filter(|name| !name.is_empty());
    name.unwrap_or_else(|| "rubrica".to_owned())
}

fn holder(words: &str) -> Result<Holder, Failure> {
    Holder::parse(words).map_err(Failure::Holder)
}

fn now() -> UnixTime {
    UnixTime::from(SystemTime::now())
}
