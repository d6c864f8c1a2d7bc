//! `rubrica discover`: does a provider know a holder?

use rubrica::Discovery;
use serde::Serialize;

use crate::arguments::Discover;
use crate::configuration::Configuration;
use crate::failure::{Exit, Failure};
use crate::present::terminal::{Terminal, plain};
use crate::present::text::Text;
use crate::present::{presenter, print_json};

#[derive(Serialize)]
#[serde(tag = "event", rename = "discovered")]
struct Discovered<'d> {
    holder: String,
    known: bool,
    certificates: Vec<Slot<'d>>,
}

#[derive(Serialize)]
struct Slot<'d> {
    alias: &'d str,
    label: &'d str,
}

pub(crate) fn run(arguments: &Discover, configuration: &Configuration) -> Result<Exit, Failure> {
    let presenter = presenter(arguments.json, configuration.language);
    let text = Text::of(configuration.language);
    let holder = super::holder(&arguments.holder)?;
    let client = super::client(configuration, None, None, None, &*presenter)?;
    let Discovery { known, slots, .. } = client.discover(holder)?;
    if arguments.json {
        let certificates = slots.iter().map(|(alias, label)| Slot { alias, label }).collect();
        print_json(&Discovered { holder: holder.to_string(), known, certificates });
        return Ok(Exit::Done);
    }
    let out = Terminal::stdout();
    let provider = client.settings().provider.name;
    if known {
        out.line(format_args!("  {} {}", out.good("✓"), text.known(holder, provider)));
    } else {
        out.line(format_args!("  {} {}", out.bad("✗"), text.unknown(holder, provider)));
    }
    for (alias, label) in &slots {
        out.line(format_args!("    {} {}", plain(label), out.faint(plain(alias))));
    }
    Ok(Exit::Done)
}
