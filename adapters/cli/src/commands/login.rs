//! `rubrica login`: who is the holder?

use rubrica::verify::Rejection;

use super::certificate::{Described, Standing, show};
use super::personal::PersonalData;
use super::sign::Showing;
use crate::arguments::Login;
use crate::configuration::{Configuration, Wishes};
use crate::failure::{Exit, Failure};
use crate::present::terminal::{Terminal, plain};
use crate::present::text::Text;
use crate::present::{presenter, print_json};

pub(crate) fn run(arguments: &Login, configuration: &Configuration) -> Result<Exit, Failure> {
    let text = Text::of(configuration.language);
    let presenter = &*presenter(arguments.json, configuration.language);
    let holder = super::holder(&arguments.asking.holder)?;
    let trust = arguments.trust.trust.as_deref();
    let (via, timeout) = (arguments.via, arguments.asking.patience.timeout);
    let wishes = Wishes { trust, timeout, via: Some(via), ..Wishes::default() };
    let client = super::client(configuration, &wishes, presenter)?;
    let mut session = client.session(holder).via(via.into());
    if let Some(seconds) = arguments.asking.lifetime {
        session = session.lifetime(seconds);
    }
    let login = session.login(&mut Showing(presenter))?;
    let standing = Standing::of_login(&login, configuration, trust)?;
    let exit = standing.exit();
    let data = PersonalData::asked(arguments.show_personal_data);
    let unusable = |rejection: Rejection| Failure::from(rubrica::Error::from(rejection));
    let described = Described::new(&login.certificate, Some(standing), data).map_err(unusable)?;
    if arguments.json {
        print_json(&described);
        presenter.done();
    } else {
        let out = Terminal::stdout();
        let holder = described.holder.as_deref().unwrap_or_default();
        let words = text.logged_in(plain(&described.name), holder);
        out.line(format_args!("  {} {words}", out.good("✓")));
        show(&described, &out, text);
    }
    Ok(exit)
}
