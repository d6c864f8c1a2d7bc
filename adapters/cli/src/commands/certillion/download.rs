//! `rubrica certillion download`: what was signed under a transaction, once more.

use std::path::{Path, PathBuf};

use rubrica::Content;
use serde::Serialize;

use crate::arguments::certillion::Download;
use crate::commands::sign::is_pdf;
use crate::configuration::Configuration;
use crate::configuration::certillion::Wishes;
use crate::failure::{Exit, Failure};
use crate::output;
use crate::present::terminal::{Terminal, plain};
use crate::present::text::Text;
use crate::present::{presenter, print_json};

#[derive(Serialize)]
#[serde(tag = "event", rename = "downloaded")]
struct Downloaded<'d> {
    transaction: &'d str,
    out: &'d str,
    /// Never: nothing is known of the document that it should be of.
    verified: bool,
}

pub(super) fn run(arguments: &Download, configuration: &Configuration) -> Result<Exit, Failure> {
    let presenter = presenter(arguments.call.json, configuration.language);
    let psc = configuration.psc(arguments.psc.as_deref());
    let doubtful: Vec<&str> = super::client::address_doubt(psc).into_iter().collect();
    let asked = super::client(configuration, &Wishes::default(), &doubtful, &*presenter)?;
    let transaction = &arguments.transaction;
    // With no more than its kind to be known.
    let stem = arguments.out.clone().unwrap_or_else(|| PathBuf::from(file_name(transaction)));
    output::check(&stem, arguments.force || arguments.out.is_none())?;

    let folder = match stem.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let download = asked
        .client
        .download(psc, transaction, folder)
        .map_err(|error| Failure::of(error, &asked, configuration.language))?;
    let out = match &arguments.out {
        Some(out) => out.clone(),
        None => {
            let unreadable = |error| Failure::File { path: download.path().to_owned(), error };
            let mut name = stem.into_os_string();
            name.push(extension(&output::head(download.path()).map_err(unreadable)?));
            PathBuf::from(name)
        }
    };
    output::write(&out, &Content::File(download.path().to_owned()), arguments.force)?;

    let (place, text) = (out.display().to_string(), Text::of(configuration.language));
    if arguments.call.json {
        print_json(&Downloaded { transaction, out: &place, verified: false });
        return Ok(Exit::Done);
    }
    let out = Terminal::stdout();
    let (mark, place) = (out.good("✓"), out.strong(plain(&place)));
    out.line(format_args!("  {mark} {} → {place}", plain(transaction)));
    out.line(format_args!("    {}", text.fetched_alone()));
    Ok(Exit::Done)
}

/// A transaction as the name of a file.
fn file_name(transaction: &str) -> String {
    let is_fit = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    let fit = |character| if is_fit(character) { character } else { '_' };
    transaction.chars().take(100).map(fit).collect()
}

/// What the name of a signed document ends in, by its first bytes.
fn extension(head: &[u8]) -> &'static str {
    match head {
        head if is_pdf(head) => ".pdf",
        [b'<', ..] | [0xef, 0xbb, 0xbf, b'<', ..] => ".xml",
        _ => ".p7m",
    }
}
