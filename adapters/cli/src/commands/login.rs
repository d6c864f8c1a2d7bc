//! `rubrica login`: who is the holder?

use super::certificate::{self, Described};
use super::sign::Showing;
use crate::arguments::{Asking, Login};
use crate::configuration::{Configuration, Wishes};
use crate::failure::{Exit, Failure};
use crate::present::terminal::{Terminal, plain};
use crate::present::text::Text;
use crate::present::{presenter, print_json};

pub(crate) fn run(arguments: &Login, configuration: &Configuration) -> Result<Exit, Failure> {
    let text = Text::of(configuration.language);
    let presenter = &*presenter(arguments.json, configuration.language);
    let holder = super::holder(&arguments.asking.holder)?;
    let Asking { via, timeout, lifetime, .. } = arguments.asking;
    let trust = arguments.trust.trust.as_deref();
    let wishes = Wishes { trust, timeout, via: Some(via), ..Wishes::default() };
    let client = super::client(configuration, &wishes, presenter)?;
    let mut session = client.session(holder).via(via.into());
    if let Some(seconds) = lifetime {
        session = session.lifetime(seconds);
    }
    let login = session.login(&mut Showing(presenter))?;
    if arguments.json {
        print_json(&Described::new(&login.certificate, Some(&login.trust), None));
        presenter.done();
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
