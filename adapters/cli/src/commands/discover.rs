//! `rubrica discover`: does a provider know a holder? With `--everywhere`: which of them does?

use core::time::Duration;

use rubrica::{Discovery, Holder, Inquiry, discover_everywhere};
use serde::Serialize;

use super::personal::PersonalData;
use crate::arguments::{Common, Discover, Service};
use crate::configuration::{Configuration, Wishes, early_language};
use crate::failure::{Exit, Failure};
use crate::present::terminal::{Terminal, plain};
use crate::present::text::Text;
use crate::present::{presenter, print_json};

#[derive(Serialize)]
#[serde(tag = "event", rename = "discovered")]
struct Discovered<'d> {
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'d str>,
    provider: &'d str,
    holder: String,
    known: bool,
    certificates: Vec<Slot>,
}

/// A certificate of the holder's, as far as a discovery tells of it.
#[derive(Serialize)]
pub(super) struct Slot {
    alias: String,
    label: String,
}

/// What is shown of the certificates: with some PSCs an alias is the holder's name and number.
pub(super) fn slots(slots: &[(String, String)], data: PersonalData) -> Vec<Slot> {
    let hidden = |(alias, label): &(String, String)| Slot {
        alias: data.plain(alias),
        label: data.plain(label),
    };
    slots.iter().map(hidden).collect()
}

impl Slot {
    pub(super) fn show(&self, out: &Terminal) {
        out.line(format_args!("    {} {}", plain(&self.label), out.faint(plain(&self.alias))));
    }
}

#[derive(Serialize)]
#[serde(tag = "event", rename = "unanswered")]
struct Unanswered<'d> {
    profile: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'d str>,
    fault: &'static str,
    error: String,
}

/// Asks one provider.
pub(crate) fn run(arguments: &Discover, configuration: &Configuration) -> Result<Exit, Failure> {
    let presenter = presenter(arguments.json, configuration.language);
    let holder = super::holder(&arguments.holder)?;
    let client = super::client(configuration, &Wishes::default(), &*presenter)?;
    let discovery = client.discover(holder)?;
    let provider = client.settings().provider.name().to_owned();
    let data = PersonalData::asked(arguments.show_personal_data);
    let answer = Answer { profile: None, provider: &provider, holder, discovery: &discovery, data };
    answer.show(arguments.json, Text::of(configuration.language));
    Ok(Exit::Done)
}

/// Asks the provider of every profile at once. One that fails is told and hides no other.
pub(crate) fn everywhere(arguments: &Discover, common: &Common) -> Result<Exit, Failure> {
    let language = early_language(common.lang.as_deref());
    let text = Text::of(language);
    let presenter = presenter(arguments.json, language);
    let holder = super::holder(&arguments.holder)?;
    let mut asked = Vec::new();
    let mut inquiries = Vec::new();
    let mut exit = Exit::Done;
    let data = PersonalData::asked(arguments.show_personal_data);
    for profile in Configuration::profiles(common)? {
        let common = Common { profile: Some(profile.clone()), ..common.clone() };
        let client =
            Configuration::read(&common, &Service::default()).map_err(Failure::from).and_then(
                |configuration| super::client(&configuration, &Wishes::default(), &*presenter),
            );
        match client {
            Ok(client) => {
                asked.push((profile, client.settings().provider.name().to_owned()));
                let deadline = Duration::from_secs(arguments.seconds);
                inquiries.push(Inquiry { client, deadline });
            }
            Err(failure) => {
                exit = exit.and(failure.exit());
                refused(&profile, None, &failure, arguments.json, text);
            }
        }
    }
    if inquiries.is_empty() && exit == Exit::Done {
        return Err(Failure::NoProfiles);
    }
    let answers = discover_everywhere(inquiries, holder)?;
    for ((profile, provider), answer) in asked.iter().zip(answers) {
        match answer {
            Ok(discovery) => {
                let profile = Some(profile.as_str());
                let answer = Answer { profile, provider, holder, discovery: &discovery, data };
                answer.show(arguments.json, text);
            }
            Err(error) => {
                let failure = Failure::from(error);
                exit = exit.and(failure.exit());
                refused(profile, Some(provider), &failure, arguments.json, text);
            }
        }
    }
    Ok(exit)
}

/// What a provider answered.
struct Answer<'a> {
    profile: Option<&'a str>,
    provider: &'a str,
    holder: Holder,
    discovery: &'a Discovery,
    data: PersonalData,
}

impl Answer<'_> {
    fn show(&self, json: bool, text: Text) {
        let Self { profile, provider, holder, data, .. } = *self;
        let known = &self.discovery.known;
        let certificates = slots(&self.discovery.slots, data);
        if json {
            let holder = holder.to_string();
            print_json(&Discovered { profile, provider, holder, known: *known, certificates });
            return;
        }
        let out = Terminal::stdout();
        let whose = match profile {
            Some(profile) if profile != provider => format!("{provider} ({profile})"),
            _ => provider.to_owned(),
        };
        if *known {
            out.line(format_args!("  {} {}", out.good("✓"), text.known(holder, plain(&whose))));
        } else {
            out.line(format_args!("  {} {}", out.bad("✗"), text.unknown(holder, plain(&whose))));
        }
        for slot in &certificates {
            slot.show(&out);
        }
    }
}

fn refused(profile: &str, provider: Option<&str>, failure: &Failure, json: bool, text: Text) {
    let error = failure.message(text.language());
    if json {
        let fault = failure.fault().as_str();
        print_json(&Unanswered { profile, provider, fault, error });
        return;
    }
    let out = Terminal::stdout();
    let whose = provider.map_or_else(|| profile.to_owned(), |name| format!("{name} ({profile})"));
    out.line(format_args!("  {} {}: {}", out.bad("?"), plain(&whose), plain(&error)));
}
