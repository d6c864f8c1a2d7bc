//! `rubrica certillion validate`: the service's judgement of the signatures of a file.

use std::path::{Path, PathBuf};

use rubrica::certillion::{ValidatedSignature, Validation};
use rubrica::{Document, Error};
use serde::Serialize;

use crate::arguments::certillion::Validate;
use crate::commands::personal::PersonalData;
use crate::configuration::Configuration;
use crate::configuration::certillion::Wishes;
use crate::failure::{Exit, Failure};
use crate::present::terminal::{Terminal, plain};
use crate::present::text::Text;
use crate::present::{presenter, print_json};

#[derive(Serialize)]
#[serde(tag = "event", rename = "validated")]
struct Validated<'v> {
    file: String,
    /// None where the service did not tell.
    valid: Option<bool>,
    signatures: Vec<Judged<'v>>,
    /// The reply, in which numbers of persons stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<&'v str>,
}

#[derive(Serialize)]
struct Judged<'v> {
    valid: Option<bool>,
    reasons: &'v [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    signing_time: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signer: Option<String>,
}

pub(super) fn run(arguments: &Validate, configuration: &Configuration) -> Result<Exit, Failure> {
    let presenter = presenter(arguments.call.json, configuration.language);
    let psc = configuration.psc(arguments.psc.as_deref());
    let mut doubtful = vec!["paths.validate", "limits"];
    doubtful.extend(super::client::address_doubt(psc));
    let asked = super::client(configuration, &Wishes::default(), &doubtful, &*presenter)?;
    let signature = document(&arguments.file)?;
    let original = arguments.content.as_ref().map(document).transpose()?;
    let (language, data) =
        (configuration.language, PersonalData::asked(arguments.show_personal_data));
    let validation = match asked.client.validate(psc, &signature, original.as_ref()) {
        Ok(validation) => Some(validation),
        // To call a signature invalid is a verdict, even where it is told like a refusal.
        Err(error) if is_verdict(&error) => None,
        Err(error) => return Err(Failure::of(error, &asked, language)),
    };
    let validated = Validated {
        file: arguments.file.display().to_string(),
        valid: validation.as_ref().map_or(Some(false), Validation::is_valid),
        signatures: validation
            .iter()
            .flat_map(|validation| &validation.signatures)
            .map(|signature| judged(signature, data))
            .collect(),
        reply: validation
            .as_ref()
            .filter(|_| arguments.show_personal_data)
            .map(|validation| validation.raw.as_str()),
    };
    if arguments.call.json {
        print_json(&validated);
    } else {
        show(&validated, Text::of(language));
    }
    Ok(match validated.valid {
        Some(true) => Exit::Done,
        Some(false) => Exit::Verification,
        None => Exit::Indeterminate,
    })
}

/// Whether a refusal says that a signature is invalid (API page, code 700).
fn is_verdict(error: &Error) -> bool {
    super::code(error).is_some_and(|code| code.name == "SIGNATURE_INVALID")
}

/// A file, which is opened once to say by its name what is wrong with it.
fn document(path: &PathBuf) -> Result<Document, Failure> {
    let file = std::fs::metadata(path).and_then(|metadata| match metadata.is_dir() {
        true => Err(std::io::ErrorKind::IsADirectory.into()),
        false => Ok(()),
    });
    file.map_err(|error| Failure::File { path: path.clone(), error })?;
    Ok(Document::from_file(Path::new(path)))
}

fn judged(signature: &ValidatedSignature, data: PersonalData) -> Judged<'_> {
    Judged {
        valid: signature.valid,
        reasons: &signature.reasons,
        signing_time: signature.signing_time.as_deref(),
        policy: signature.policy.as_deref(),
        signer: signature.signer.as_deref().map(|signer| data.plain(signer)),
    }
}

fn show(validated: &Validated<'_>, text: Text) {
    let out = Terminal::stdout();
    let mark = |valid| match valid {
        Some(true) => out.good("✓"),
        Some(false) => out.bad("✗"),
        None => out.bad("?"),
    };
    let words = match validated.valid {
        Some(true) => text.service_says_valid(),
        Some(false) => text.service_says_invalid(),
        None => text.service_does_not_say(),
    };
    out.line(format_args!("{} {}: {words}", mark(validated.valid), plain(&validated.file)));
    for (number, each) in validated.signatures.iter().enumerate() {
        let facts = [each.signer.as_deref(), each.signing_time, each.policy];
        let facts: Vec<String> = facts.into_iter().flatten().map(plain).collect();
        let title = text.signature_title(number.saturating_add(1));
        out.line(format_args!("  {} {title}  {}", mark(each.valid), out.faint(facts.join(" · "))));
        for reason in each.reasons {
            out.line(format_args!("      {}", plain(reason)));
        }
    }
    if let Some(reply) = validated.reply {
        out.line(out.faint(plain(reply)));
    }
}
