//! `rubrica certillion discover`: which trust services know a holder? With `--psc`: does that one, and
//! with which certificates?

use rubrica::Holder;
use serde::Serialize;

use crate::arguments::certillion::Discover;
use crate::commands::discover::{Slot, slots};
use crate::commands::personal::PersonalData;
use crate::configuration::Configuration;
use crate::configuration::certillion::Wishes;
use crate::failure::{Exit, Failure};
use crate::present::terminal::{Terminal, plain};
use crate::present::text::Text;
use crate::present::{presenter, print_json};

#[derive(Serialize)]
#[serde(tag = "event", rename = "discovered")]
struct Discovered<'d> {
    provider: &'static str,
    psc: &'d str,
    holder: String,
    /// None where the service did not tell.
    known: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificates: Option<Vec<Slot>>,
}

pub(super) fn run(arguments: &Discover, configuration: &Configuration) -> Result<Exit, Failure> {
    let presenter = presenter(arguments.call.json, configuration.language);
    let text = Text::of(configuration.language);
    let holder = super::super::holder(&arguments.holder)?;
    let asked = super::client(configuration, &Wishes::default(), &[], &*presenter)?;
    let failed = |error| Failure::of(error, &asked, configuration.language);
    if let Some(psc) = &arguments.psc {
        let discovery = asked.client.knows(psc, holder).map_err(failed)?;
        let data = PersonalData::asked(arguments.show_personal_data);
        let certificates = Some(slots(&discovery, data));
        show(psc, holder, Some(discovery.known), certificates, arguments.call.json, text);
        return Ok(Exit::Done);
    }
    let accounts = asked.client.accounts(holder).map_err(failed)?;
    for account in &accounts {
        show(&account.psc, holder, account.known, None, arguments.call.json, text);
    }
    if accounts.is_empty() && !arguments.call.json {
        Terminal::stdout().line(format_args!("  {}", text.no_psc_answers(holder)));
    }
    Ok(Exit::Done)
}

fn show(
    psc: &str,
    holder: Holder,
    known: Option<bool>,
    certificates: Option<Vec<Slot>>,
    json: bool,
    text: Text,
) {
    if json {
        let holder = holder.to_string();
        print_json(&Discovered { provider: "certillion", psc, holder, known, certificates });
        return;
    }
    let (out, name) = (Terminal::stdout(), plain(psc));
    let (mark, words) = match known {
        Some(true) => (out.good("✓"), text.known(holder, name)),
        Some(false) => (out.bad("✗"), text.unknown(holder, name)),
        None => (out.bad("?"), text.psc_does_not_tell(name)),
    };
    out.line(format_args!("  {mark} {words}"));
    for slot in certificates.iter().flatten() {
        slot.show(&out);
    }
}
