//! `rubrica register`: an application gets its identifier and its secret, once.

use rubrica::Client;
use serde::Serialize;

use crate::arguments::Register;
use crate::configuration::Configuration;
use crate::failure::{Exit, Failure};
use crate::output;
use crate::present::print_json;
use crate::present::terminal::{Terminal, plain};
use crate::present::text::Text;

#[derive(Serialize)]
#[serde(tag = "event", rename = "registered")]
struct Registered<'c> {
    client_id: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'c str>,
}

pub(crate) fn run(arguments: &Register, configuration: &Configuration) -> Result<Exit, Failure> {
    let text = Text::of(configuration.language);
    let settings = configuration.unregistered()?;
    let destination = configuration.secret_file().filter(|_| !arguments.show_secret);
    match destination {
        // The secret is told once: it must have somewhere to go before it is asked for.
        Some(path) => output::check_secret(path)?,
        None if arguments.show_secret => {}
        None => return Err(Failure::Usage(text.secret_destination())),
    }
    let mut redirect_uris = Vec::new();
    if !settings.redirect_uri.is_empty() {
        redirect_uris.push(settings.redirect_uri.as_str());
    }
    redirect_uris.extend(arguments.also_redirect_uri.iter().map(String::as_str));
    let Register { name, comments, email, .. } = arguments;
    let credentials = Client::register(&settings, name, comments, &redirect_uris, email)?;
    let secret = credentials.client_secret.as_str();
    if let Some(path) = destination {
        output::write_secret(path, secret)?;
        Terminal::stderr().line(text.registered(path.display()));
    }
    let shown = arguments.show_secret.then_some(secret);
    if arguments.json {
        print_json(&Registered { client_id: &credentials.client_id, client_secret: shown });
        return Ok(Exit::Done);
    }
    let out = Terminal::stdout();
    out.line(format_args!("client_id = {}", plain(&credentials.client_id)));
    if let Some(secret) = shown {
        out.line(format_args!("client_secret = {}", plain(secret)));
    }
    Ok(Exit::Done)
}
