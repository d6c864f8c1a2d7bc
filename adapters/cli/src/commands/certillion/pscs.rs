//! `rubrica certillion pscs`: the trust services that are supported today.

use rubrica::certillion::PscName;
use serde::Serialize;

use crate::arguments::certillion::Call;
use crate::configuration::Configuration;
use crate::configuration::certillion::Wishes;
use crate::failure::{Exit, Failure};
use crate::present::terminal::{Terminal, plain};
use crate::present::text::Text;
use crate::present::{presenter, print_json};

#[derive(Serialize)]
#[serde(tag = "event", rename = "pscs")]
struct Listed<'p> {
    names: &'p [String],
    /// The reply, which is documented nowhere.
    reply: &'p str,
}

pub(super) fn run(arguments: &Call, configuration: &Configuration) -> Result<Exit, Failure> {
    let presenter = presenter(arguments.json, configuration.language);
    let asked = super::client(configuration, &Wishes::default(), &[], &*presenter)?;
    let failed = |error| Failure::of(error, &asked, configuration.language);
    let pscs = asked.client.pscs().map_err(failed)?;
    if arguments.json {
        print_json(&Listed { names: &pscs.names, reply: &pscs.raw });
        return Ok(Exit::Done);
    }
    let (out, text) = (Terminal::stdout(), Text::of(configuration.language));
    for name in &pscs.names {
        out.line(plain(name));
    }
    if pscs.names.is_empty() {
        out.line(format_args!("{} {}", text.pscs_not_read(), plain(&pscs.raw)));
    }
    let signer = PscName::CERTILLION_SIGNER.as_str();
    if !pscs.names.iter().any(|name| name == signer) {
        out.line(format_args!("{signer}  {}", out.faint(text.signer_besides())));
    }
    Ok(Exit::Done)
}
