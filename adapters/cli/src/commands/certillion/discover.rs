//! `rubrica certillion discover`: which trust services know a holder? With `--psc`: does that one, and
//! with which certificates?

use rubrica::Holder;
use rubrica::certillion::{Account, PscName};
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

/// What is left where every trust service says that it does not know the holder.
#[derive(Serialize)]
#[serde(tag = "event", rename = "alternative")]
struct Alternative {
    provider: &'static str,
    psc: &'static str,
    holder: String,
}

pub(super) fn run(arguments: &Discover, configuration: &Configuration) -> Result<Exit, Failure> {
    let presenter = presenter(arguments.call.json, configuration.language);
    let text = Text::of(configuration.language);
    let holder = super::super::holder(&arguments.holder)?;
    let asked = super::client(configuration, &Wishes::default(), &[], &*presenter)?;
    let failed = |error| Failure::of(error, &asked, configuration.language);
    if let Some(psc) = &arguments.psc {
        let knowledge = asked.client.knows(psc, holder).map_err(failed)?;
        let data = PersonalData::asked(arguments.show_personal_data);
        let certificates = Some(slots(&knowledge.slots, data));
        show(psc, holder, knowledge.known, certificates, arguments.call.json, text);
        return Ok(Exit::Done);
    }
    let accounts = asked.client.accounts(holder).map_err(failed)?;
    for account in &accounts {
        show(&account.psc, holder, account.known, None, arguments.call.json, text);
    }
    if accounts.is_empty() && !arguments.call.json {
        Terminal::stdout().line(format_args!("  {}", text.no_psc_answers(holder)));
    }
    if is_only_signer_left(&accounts) {
        let psc = PscName::CERTILLION_SIGNER.as_str();
        if arguments.call.json {
            let holder = holder.to_string();
            print_json(&Alternative { provider: "certillion", psc, holder });
        } else {
            Terminal::stdout().line(format_args!("  {}", text.only_signer_is_left(psc)));
        }
    }
    Ok(Exit::Done)
}

/// Whether every trust service says no (the vendor's tutorials); one that does not tell may know the
/// holder.
fn is_only_signer_left(accounts: &[Account]) -> bool {
    let signer = PscName::CERTILLION_SIGNER.as_str();
    !accounts.is_empty()
        && accounts.iter().all(|each| each.known == Some(false) && each.psc != signer)
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
