//! `rubrica trust`: which roots verification trusts when none are named.

use rubrica::{Anchors, Certificate};
use serde::Serialize;

use super::certificate_file::{self, unusable};
use crate::arguments::{TrustAction, TrustAdd, TrustList, TrustRemove};
use crate::configuration::Configuration;
use crate::failure::{Exit, Failure};
use crate::pem::fingerprint;
use crate::present::print_json;
use crate::present::terminal::{Terminal, plain};
use crate::present::text::{Text, moment};

#[derive(Serialize)]
#[serde(tag = "event", rename = "root")]
struct Root {
    subject: String,
    not_before: String,
    not_after: String,
    fingerprint: String,
    /// Whether it was added to those of the library.
    added: bool,
}

pub(crate) fn run(action: &TrustAction, configuration: &Configuration) -> Result<Exit, Failure> {
    match action {
        TrustAction::List(asked) => list(asked, configuration),
        TrustAction::Add(asked) => add(asked, configuration),
        TrustAction::Remove(asked) => remove(asked, configuration),
    }
}

fn list(asked: &TrustList, configuration: &Configuration) -> Result<Exit, Failure> {
    let own = Anchors::icp_brasil().map_err(rubrica::Error::from)?;
    let mut all = own.clone();
    all.extend(configuration.trust_store().certificates()?);
    let text = Text::of(configuration.language);
    let out = Terminal::stdout();
    for root in all.roots() {
        let added = !own.roots().contains(root);
        if asked.json {
            print_json(&Root {
                subject: root.display_name().to_owned(),
                not_before: root.not_before().to_string(),
                not_after: root.not_after().to_string(),
                fingerprint: fingerprint(root),
                added,
            });
        } else {
            show(root, if added { text.trust_added() } else { text.trust_own() }, &out, text);
        }
    }
    if !asked.json && !all.intermediates().is_empty() {
        out.line(out.faint(text.trust_authorities(all.intermediates().len())));
    }
    Ok(Exit::Done)
}

fn add(asked: &TrustAdd, configuration: &Configuration) -> Result<Exit, Failure> {
    let file = &asked.file;
    let certificates = certificate_file::certificates(file)?;
    let anchors = Anchors::new(certificates).map_err(|rejection| unusable(file, &rejection))?;
    if let Some(wanted) = &asked.fingerprint {
        let wanted = normalized(wanted);
        let found: Vec<String> = anchors.roots().iter().map(fingerprint).collect();
        if !found.contains(&wanted) || found.len() > 1 {
            return Err(Failure::OtherRoot { path: file.clone(), found });
        }
    }
    let store = configuration.trust_store();
    for certificate in anchors.roots().iter().chain(anchors.intermediates()) {
        store.add(certificate)?;
    }
    let text = Text::of(configuration.language);
    let out = Terminal::stdout();
    for root in anchors.roots() {
        out.line(format_args!(
            "  {} {}",
            out.good("✓"),
            text.trust_now(plain(root.display_name()))
        ));
        out.line(format_args!("    SHA-256 {}", fingerprint(root)));
    }
    if asked.fingerprint.is_none() {
        out.line(out.faint(format_args!("    {}", text.trust_compare())));
    }
    if !anchors.intermediates().is_empty() {
        let count = anchors.intermediates().len();
        out.line(out.faint(format_args!("    {}", text.trust_authorities(count))));
    }
    Ok(Exit::Done)
}

fn remove(asked: &TrustRemove, configuration: &Configuration) -> Result<Exit, Failure> {
    let removed = configuration.trust_store().remove(&normalized(&asked.fingerprint))?;
    let text = Text::of(configuration.language);
    Terminal::stdout().line(text.trust_no_more(plain(removed.display_name())));
    Ok(Exit::Done)
}

fn show(root: &Certificate, whose: String, out: &Terminal, text: Text) {
    out.line(out.strong(plain(root.display_name())));
    let (from, until) = (moment(root.not_before()), moment(root.not_after()));
    out.line(format_args!("  {} · {whose}", text.valid_between(from, until)));
    out.line(format_args!("  SHA-256 {}", fingerprint(root)));
}

/// A fingerprint as it is compared: publishers write it with colons, spaces and capitals.
fn normalized(fingerprint: &str) -> String {
    let digits = fingerprint.chars().filter(char::is_ascii_hexdigit);
    digits.map(|digit| digit.to_ascii_lowercase()).collect()
}
