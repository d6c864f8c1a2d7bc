//! `rubrica login`: who is the holder?

use rubrica::Login as LoggedIn;

use super::certificate::{self, Described};
use super::sign::Showing;
use crate::arguments::Login;
use crate::configuration::Configuration;
use crate::failure::{Exit, Failure};
use crate::present::terminal::{Terminal, plain};
use crate::present::text::Text;
use crate::present::{Presenter, presenter, print_json};

pub(crate) fn run(arguments: &Login, configuration: &Configuration) -> Result<Exit, Failure> {
    let text = Text::of(configuration.language);
    let presenter = presenter(arguments.json, configuration.language);
    let login = match login(arguments, configuration, &*presenter) {
        Ok(login) => login,
        Err(failure) => {
            presenter.failed(None, &failure);
            return Ok(failure.exit());
        }
    };
    if arguments.json {
        print_json(&Described::new(&login.certificate, Some(&login.trust), None));
        presenter.done(0);
    } else {
        let out = Terminal::stdout();
        let holder = login.certificate.holder().map(|holder| holder.to_string());
        let name = plain(login.certificate.display_name());
        let words = text.logged_in(name, holder.unwrap_or_default());
        out.line(format_args!("  {} {words}", out.good("✓")));
        certificate::print(&login.certificate, &Ok(login.trust), &out, text);
    }
    Ok(Exit::Done)
}

fn login(
    arguments: &Login,
    configuration: &Configuration,
    presenter: &dyn Presenter,
) -> Result<LoggedIn, Failure> {
    let holder = super::holder(&arguments.asking.holder)?;
    let trust = arguments.trust.trust.as_deref();
    let client = super::client(configuration, trust, arguments.asking.timeout, presenter)?;
    let mut session = client.session(holder).via(arguments.asking.via.into());
    if let Some(seconds) = arguments.asking.lifetime {
        session = session.lifetime(seconds);
    }
    Ok(session.login(&mut Showing(presenter))?)
}
