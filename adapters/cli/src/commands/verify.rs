//! `rubrica verify`: what a signature is worth, said check by check.

use std::io;
use std::path::Path;

use rubrica::pdf::{Coverage, EmbeddedSignature};
use rubrica::verify::{self as check, Expected, Padding};
use rubrica::{Anchors, Trust, Verified};
use serde::Serialize;

use crate::arguments::Verify;
use crate::configuration::Configuration;
use crate::failure::{Exit, Failure};
use crate::output::read_bounded;
use crate::present::print_json;
use crate::present::terminal::{Terminal, plain};
use crate::present::text::{Text, moment};

/// Bytes of a file that are read.
const LIMIT: u64 = 512 * 1024 * 1024;

pub(crate) fn run(arguments: &Verify, configuration: &Configuration) -> Result<Exit, Failure> {
    let text = Text::of(configuration.language);
    let anchors = configuration.trust(arguments.trust.trust.as_deref())?;
    let report = report(arguments, anchors.as_ref(), text)?;
    if arguments.json {
        print_json(&report);
    } else {
        print(&report, &Terminal::stdout(), text);
    }
    Ok(if report.ok { Exit::Done } else { Exit::Verification })
}

/// What was found in a file.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    file: String,
    /// Whether every signature passed every check that was asked, and nothing is left uncovered.
    pub(super) ok: bool,
    /// Whether chains were checked.
    chain_checked: bool,
    signatures: Vec<Finding>,
    /// What is wrong with the file as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// What was found about one signature. Absent is what could not be told.
#[derive(Debug, Default, Serialize)]
struct Finding {
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    covers: String,
    /// Whether the signed digest is the document's and the signature is the certificate's.
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    signer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signing_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    algorithm: Option<String>,
    chain: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    anchor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// What was checked, in words.
    #[serde(skip)]
    checked: Vec<String>,
    /// What was not, and is worth knowing.
    #[serde(skip)]
    unchecked: Vec<String>,
}

fn report(arguments: &Verify, anchors: Option<&Anchors>, text: Text) -> Result<Report, Failure> {
    let bytes = read(&arguments.file)?;
    if bytes.starts_with(b"%PDF-") {
        // Whoever names another document means that it is checked.
        if arguments.content.is_some() {
            let path = arguments.file.clone();
            return Err(Failure::OwnContent { path, option: "--content" });
        }
        return Ok(pdf(&arguments.file, &bytes, anchors, text));
    }
    let name = arguments.file.display().to_string();
    let certificate = arguments.certificate.as_deref();
    if certificate.is_none() && bytes.first() != Some(&0x30) {
        return Err(Failure::NoSignature { path: arguments.file.clone() });
    }
    let document = match (&arguments.content, certificate) {
        (Some(path), _) => Some((path.display().to_string(), read(path)?)),
        (None, _) => match check::content(&bytes) {
            Ok(Some(content)) => Some((name.clone(), content.to_vec())),
            Ok(None) => return Err(Failure::NoContent { path: arguments.file.clone() }),
            Err(_) => None,
        },
    };
    let (covered, digest) = document.map_or_else(
        || (String::new(), [0; 32]),
        |(name, content)| (text.covers_content(plain(&name)), sha256(&content)),
    );
    let expected = Expected { digest, holder: None, at: super::now(), anchors };
    let verified = match certificate {
        None => check::cms(&bytes, &expected),
        Some(path) => {
            let signers = check::certificates_from_pem(&read(path)?);
            let signers = signers.map_err(|rejection| Failure::Certificate {
                path: path.to_owned(),
                reason: rejection.to_string(),
            })?;
            let Some((signer, chain)) = signers.split_first() else {
                let reason = "no certificate".to_owned();
                return Err(Failure::Certificate { path: path.to_owned(), reason });
            };
            check::raw(&bytes, signer, chain, Padding::Pkcs1v15, &expected)
        }
    };
    let finding = Finding::new(None, "content", covered, verified, anchors.is_some(), text);
    Ok(Report::new(name, vec![finding], anchors.is_some(), None))
}

/// The signatures of a PDF, each over what it covers.
pub(super) fn pdf(path: &Path, bytes: &[u8], anchors: Option<&Anchors>, text: Text) -> Report {
    let name = path.display().to_string();
    let signatures = match rubrica::pdf::signatures(bytes) {
        Ok(signatures) => signatures,
        Err(error) => {
            return Report::new(name, Vec::new(), anchors.is_some(), Some(error.to_string()));
        }
    };
    let problem = match signatures.last().map(|last| last.covers) {
        None => Some(text.no_signatures()),
        Some(Coverage::WholeFile) => None,
        Some(Coverage::Revision { .. }) => Some(text.changed_afterwards()),
    };
    let findings =
        signatures.iter().map(|signature| embedded(signature, bytes, anchors, text)).collect();
    Report::new(name, findings, anchors.is_some(), problem)
}

fn embedded(
    signature: &EmbeddedSignature,
    bytes: &[u8],
    anchors: Option<&Anchors>,
    text: Text,
) -> Finding {
    let (covers, words) = match signature.covers {
        Coverage::WholeFile => ("whole_file", text.covers_all()),
        Coverage::Revision { end } => ("revision", text.covers_revision(end)),
    };
    let field = Some(signature.field.clone());
    match signature.digest(bytes) {
        Ok(digest) => {
            let expected = Expected { digest, holder: None, at: super::now(), anchors };
            let verified = check::cms(&signature.contents, &expected);
            Finding::new(field, covers, words, verified, anchors.is_some(), text)
        }
        Err(error) => Finding {
            field,
            covers: covers.to_owned(),
            chain: "unknown",
            error: Some(error.to_string()),
            ..Finding::default()
        },
    }
}

impl Finding {
    fn new(
        field: Option<String>,
        covers: &str,
        covered: String,
        verified: Result<Verified, check::Rejection>,
        chain_asked: bool,
        text: Text,
    ) -> Self {
        let mut finding =
            Self { field, covers: covers.to_owned(), chain: "not_checked", ..Self::default() };
        let verified = match verified {
            Ok(verified) => verified,
            Err(rejection) => {
                if chain_asked {
                    // Which check failed, the error says; the chain is checked last.
                    finding.chain = "unknown";
                }
                finding.error = Some(rejection.to_string());
                return finding;
            }
        };
        finding.ok = true;
        finding.checked = vec![covered, text.digest_matches(), text.signature_matches()];
        if let Trust::Chained { .. } = verified.trust {
            finding.chain = "trusted";
            let anchor = verified.trust.anchor().map(|anchor| anchor.display_name().to_owned());
            finding.checked.push(text.chain_reaches(plain(anchor.as_deref().unwrap_or_default())));
            finding.unchecked.push(text.revocation_not_checked());
            finding.anchor = anchor;
        } else {
            finding.unchecked.push(text.chain_not_checked());
        }
        finding.signer = Some(verified.signer.display_name().to_owned());
        finding.holder = verified.holder.map(|holder| holder.to_string());
        finding.signing_time = verified.signing_time.map(|time| time.to_string());
        finding.algorithm = Some(verified.algorithm.to_string());
        if let Some(time) = verified.signing_time {
            finding.unchecked.push(text.signed_at(moment(time)));
        }
        finding
    }
}

impl Report {
    fn new(
        file: String,
        signatures: Vec<Finding>,
        chain_checked: bool,
        problem: Option<String>,
    ) -> Self {
        let ok = problem.is_none()
            && !signatures.is_empty()
            && signatures.iter().all(|finding| finding.ok);
        Self { file, ok, chain_checked, signatures, problem }
    }
}

/// Prints what was found, and what it comes to.
fn print(report: &Report, out: &Terminal, text: Text) {
    print_findings(report, out, text);
    let verdict = match (report.ok, report.chain_checked) {
        (true, true) => text.all_checked(),
        (true, false) => text.checked_without_chain(),
        (false, _) => out.bad(text.not_good()),
    };
    out.line(format_args!("  {verdict}"));
}

/// Prints what was found, one check a line.
pub(super) fn print_findings(report: &Report, out: &Terminal, text: Text) {
    out.line(out.strong(plain(&report.file)));
    for finding in &report.signatures {
        if let Some(field) = &finding.field {
            out.line(format_args!("  {}", text.signature_title(plain(field))));
        }
        if let Some(signer) = &finding.signer {
            let holder =
                finding.holder.as_ref().map(|holder| format!(" · {holder}")).unwrap_or_default();
            out.line(format_args!("  {}{holder}", plain(signer)));
        }
        for words in &finding.checked {
            out.line(format_args!("    {} {words}", out.good("✓")));
        }
        for words in &finding.unchecked {
            out.line(out.faint(format_args!("    – {words}")));
        }
        if let Some(error) = &finding.error {
            out.line(format_args!("    {} {}", out.bad("✗"), plain(error)));
        }
    }
    if let Some(problem) = &report.problem {
        out.line(format_args!("  {} {}", out.bad("✗"), plain(problem)));
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    read_bounded(path, LIMIT)
        .map_err(|error: io::Error| Failure::File { path: path.to_owned(), error })
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    *rubrica::core::document::Digest::of(bytes).as_bytes()
}
