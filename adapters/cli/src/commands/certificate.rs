//! `rubrica certificate`: what stands in a certificate.

use std::path::Path;

use rubrica::verify::{self as check, Rejection};
use rubrica::{Certificate, Trust};
use serde::Serialize;

use super::sign::Showing;
use crate::arguments;
use crate::configuration::{Configuration, Wishes};
use crate::failure::{Exit, Failure};
use crate::output;
use crate::pem::pem;
use crate::present::terminal::{Terminal, plain};
use crate::present::text::{Text, moment};
use crate::present::{presenter, print_json};

/// Bytes of a file that are read.
const LIMIT: u64 = 1024 * 1024;

pub(crate) fn run(
    arguments: &arguments::Certificate,
    configuration: &Configuration,
) -> Result<Exit, Failure> {
    let text = Text::of(configuration.language);
    if let Some(out) = &arguments.out {
        // Before a holder is asked for what cannot be kept.
        output::check(out, arguments.force)?;
    }
    let presenter = presenter(arguments.json, configuration.language);
    let screen = Showing(&*presenter);
    let (certificate, trust) = match (&arguments.file, &arguments.holder) {
        (Some(file), _) => of_file(arguments, configuration, file)?,
        (None, holder) => {
            let holder = holder.as_deref().unwrap_or_default();
            of_holder(arguments, configuration, holder, &screen)?
        }
    };
    if let Some(out) = &arguments.out {
        output::write_bytes(out, pem(&certificate).as_bytes(), arguments.force)?;
    }
    if arguments.json {
        let error = trust.as_ref().err().map(ToString::to_string);
        print_json(&Described::new(&certificate, trust.as_ref().ok(), error));
    } else {
        print(&certificate, &trust, &Terminal::stdout(), text);
    }
    Ok(if trust.is_ok() { Exit::Done } else { Exit::Verification })
}

type Shown = (Certificate, Result<Trust, Rejection>);

fn of_file(
    arguments: &arguments::Certificate,
    configuration: &Configuration,
    file: &Path,
) -> Result<Shown, Failure> {
    let unusable = |rejection: Rejection| Failure::Certificate {
        path: file.to_owned(),
        reason: rejection.to_string(),
    };
    let bytes = output::read_bounded(file, LIMIT)
        .map_err(|error| Failure::File { path: file.to_owned(), error })?;
    let certificates = if bytes.first() == Some(&0x30) {
        vec![Certificate::from_der(&bytes).map_err(unusable)?]
    } else {
        check::certificates_from_pem(&bytes).map_err(unusable)?
    };
    let Some((certificate, chain)) = certificates.split_first() else {
        return Err(unusable(Rejection::NotOneCertificate(0)));
    };
    let anchors = configuration.trust(arguments.trust.trust.as_deref())?;
    let trust = check::certificate(certificate, chain, None, super::now(), anchors.as_ref());
    Ok((certificate.clone(), trust))
}

fn of_holder(
    arguments: &arguments::Certificate,
    configuration: &Configuration,
    holder: &str,
    screen: &Showing<'_>,
) -> Result<Shown, Failure> {
    let holder = super::holder(holder)?;
    let wishes = Wishes {
        trust: arguments.trust.trust.as_deref(),
        timeout: arguments.timeout,
        via: Some(arguments.via),
        ..Wishes::default()
    };
    let client = super::client(configuration, &wishes, screen.0)?;
    let mut screen = Showing(screen.0);
    let login = client.session(holder).via(arguments.via.into()).login(&mut screen)?;
    Ok((login.certificate, Ok(login.trust)))
}

/// What a certificate says, for programs.
#[derive(Serialize)]
#[serde(tag = "event", rename = "certificate")]
pub(super) struct Described {
    subject: String,
    issuer: String,
    serial: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    not_before: String,
    not_after: String,
    policies: Vec<String>,
    chain: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Described {
    pub(super) fn new(
        certificate: &Certificate,
        trust: Option<&Trust>,
        error: Option<String>,
    ) -> Self {
        Self {
            subject: subject(certificate),
            issuer: certificate.issuer().to_owned(),
            serial: hexadecimal(certificate.serial()),
            holder: certificate.holder().ok().map(|holder| holder.to_string()),
            not_before: certificate.not_before().to_string(),
            not_after: certificate.not_after().to_string(),
            policies: certificate.policies().iter().map(ToString::to_string).collect(),
            chain: match trust {
                Some(Trust::Chained { .. }) => "trusted",
                Some(_) => "not_checked",
                None => "unknown",
            },
            error,
        }
    }
}

/// Prints a certificate, one field a line.
pub(super) fn print(
    certificate: &Certificate,
    trust: &Result<Trust, Rejection>,
    out: &Terminal,
    text: Text,
) {
    let field = |name: String, value: &str| {
        out.line(format_args!("  {}  {}", out.faint(format_args!("{name:>10}")), plain(value)));
    };
    out.line(out.strong(plain(certificate.display_name())));
    let holder = certificate.holder().map(|holder| holder.to_string());
    field(text.holder(), &holder.unwrap_or_else(|_| text.no_holder()));
    field(text.subject(), &subject(certificate));
    field(text.issuer(), certificate.issuer());
    field(text.serial(), &hexadecimal(certificate.serial()));
    let (from, until) = (moment(certificate.not_before()), moment(certificate.not_after()));
    field(text.valid(), &text.valid_between(from, until));
    field(text.key(), &certificate.key().to_string());
    let policies: Vec<String> = certificate.policies().iter().map(ToString::to_string).collect();
    if !policies.is_empty() {
        field(text.policies(), &policies.join(" "));
    }
    match trust {
        Ok(trust) => {
            let anchor = trust.anchor().map(|anchor| text.chain_reaches(anchor.display_name()));
            field(text.chain(), &anchor.unwrap_or_else(|| text.chain_not_checked()));
        }
        Err(rejection) => {
            out.line(format_args!("  {} {}", out.bad("✗"), plain(&rejection.to_string())));
        }
    }
}

/// The subject, in which ICP-Brasil writes the holder's number after the name (DOC-ICP-04 §7.1.4):
/// masked, as everywhere.
fn subject(certificate: &Certificate) -> String {
    let subject = certificate.subject();
    match certificate.holder() {
        Ok(holder) => subject.replace(holder.as_str(), &holder.to_string()),
        Err(_) => subject.to_owned(),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
