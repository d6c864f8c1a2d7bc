//! What was found in a file, in the words of programs: stable names, and details in English.

use rubrica::core::cades::Family;
use rubrica::pdf::{Change, Changes, Coverage};
use rubrica::verify::{Check, Finding, JudgedAt, Outcome, Subject, TimeStamp, Verdict, Whose};
use rubrica::{Breach, Conclusion, Error, Examined, Fetched, Findings, UnixTime};
use serde::Serialize;

use crate::present::text::Text;

/// What was found in a file.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) file: String,
    /// `valid`, `indeterminate` or `invalid`: the worst of all signatures.
    conclusion: &'static str,
    /// Whether that is `valid`.
    ok: bool,
    pub(super) signatures: Vec<Signature>,
    /// What is wrong with the file as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) problem: Option<String>,
    /// The addresses that were asked with `--online`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) fetched: Vec<Address>,
    #[serde(skip)]
    comes_to: Conclusion,
}

/// What was found of one signature. Absent is what could not be told.
#[derive(Debug, Default, Serialize)]
pub(super) struct Signature {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) field: Option<String>,
    pub(super) conclusion: &'static str,
    /// `whole_file`, or `revision` for a part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) covers: Option<&'static str>,
    /// Where that revision ends, in bytes from the start of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) revision_end: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) changes: Option<Later>,
    /// What the PDF's signature dictionary does not keep of its policy's rules.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) breaches: Vec<String>,
    /// Whether anything but zeros follows the signature in its contents, where nothing signs it.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub(super) unsigned_padding: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) holder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) algorithm: Option<String>,
    /// When the signer says it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) claimed_time: Option<String>,
    /// When a time stamp proves that it existed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) proven_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) policy: Option<Policy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) anchor: Option<String>,
    pub(super) checks: Vec<Made>,
    /// What is missing to know more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) missing: Vec<String>,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    /// Whether it is a time stamp over the document.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub(super) time_stamp: bool,
    #[serde(skip)]
    pub(super) made: Vec<Check>,
    #[serde(skip)]
    pub(super) judged_at: Option<JudgedAt>,
    #[serde(skip)]
    pub(super) stated_time: Option<UnixTime>,
    #[serde(skip)]
    pub(super) later: Option<Changes>,
}

/// What later revisions of a PDF did.
#[derive(Debug, Serialize)]
pub(super) struct Later {
    /// `none`, `allowed`, `forbidden` or `unknown`.
    what: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) details: Vec<String>,
}

/// The signature policy that a signature names.
#[derive(Debug, Serialize)]
pub(super) struct Policy {
    pub(super) oid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
}

/// A check and what came of it.
#[derive(Debug, Serialize)]
pub(super) struct Made {
    subject: &'static str,
    /// Whose certificate, where it is about one of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    whose: Option<String>,
    /// `passed`, `failed`, `unknown`, `unneeded` or `not_asked`.
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// An address that was asked.
#[derive(Debug, Serialize)]
pub(super) struct Address {
    pub(super) address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) problem: Option<String>,
}

impl Report {
    pub(super) fn new(
        file: String,
        examined: &[Examined],
        fetched: &[Fetched],
        text: Text,
    ) -> Self {
        let worst = examined.iter().map(Examined::conclusion).max();
        let problem = worst.is_none().then(|| text.no_signatures());
        // A file without a signature is no signed one.
        let comes_to = worst.unwrap_or(Conclusion::Invalid);
        let address = |fetched: &Fetched| Address {
            address: fetched.address.clone(),
            problem: fetched.problem.as_ref().map(ToString::to_string),
        };
        Self {
            file,
            conclusion: word(comes_to),
            ok: comes_to == Conclusion::Valid,
            signatures: examined.iter().map(Signature::new).collect(),
            problem,
            fetched: fetched.iter().map(address).collect(),
            comes_to,
        }
    }

    /// A file that cannot be read as what it says it is.
    pub(super) fn broken(file: String, error: &Error) -> Self {
        Self {
            file,
            conclusion: word(Conclusion::Invalid),
            ok: false,
            signatures: Vec::new(),
            problem: Some(error.to_string()),
            fetched: Vec::new(),
            comes_to: Conclusion::Invalid,
        }
    }

    pub(super) const fn conclusion(&self) -> Conclusion {
        self.comes_to
    }
}

impl Signature {
    fn new(examined: &Examined) -> Self {
        let mut signature = match &examined.findings {
            Findings::Examined(finding) => Self::of_finding(finding),
            Findings::Unreadable(rejection) => {
                Self { error: Some(rejection.to_string()), ..Self::default() }
            }
            Findings::Misplaced(error) => {
                Self { error: Some(error.to_string()), ..Self::default() }
            }
            Findings::TimeStamp(stamp) => Self::of_stamp(stamp),
        };
        signature.conclusion = word(examined.conclusion());
        if let Some(place) = &examined.in_pdf {
            signature.field = Some(place.field.clone());
            (signature.covers, signature.revision_end) = match place.covers {
                Some(Coverage::WholeFile) => (Some("whole_file"), None),
                Some(Coverage::Revision { end }) => (Some("revision"), Some(end)),
                None => (None, None),
            };
            signature.changes = place.changes.as_ref().map(Later::new);
            signature.later.clone_from(&place.changes);
            signature.breaches = place.breaches.iter().map(breach).collect();
            signature.unsigned_padding =
                place.written.is_some_and(|written| !written.padded_with_zeros);
        }
        signature
    }

    fn of_stamp(stamp: &TimeStamp) -> Self {
        let (missing, error) = lacks_and_error(&stamp.verdict);
        Self {
            signer: stamp.authority.as_ref().map(|authority| authority.display_name().to_owned()),
            proven_time: stamp
                .time
                .filter(|_| stamp.verdict.is_valid())
                .map(|time| time.to_string()),
            anchor: stamp.path.last().map(|anchor| anchor.display_name().to_owned()),
            checks: stamp.checks.iter().map(Made::new).collect(),
            missing,
            error,
            time_stamp: true,
            made: stamp.checks.clone(),
            stated_time: stamp.time,
            ..Self::default()
        }
    }

    fn of_finding(finding: &Finding) -> Self {
        let (missing, error) = lacks_and_error(&finding.verdict);
        let proven = finding.judged_at.is_proven().then(|| finding.judged_at.time().to_string());
        Self {
            signer: finding.signer.as_ref().map(|signer| signer.display_name().to_owned()),
            holder: finding.holder.map(|holder| holder.to_string()),
            algorithm: finding.algorithm.map(|algorithm| algorithm.to_string()),
            claimed_time: finding.claimed_time.map(|time| time.to_string()),
            proven_time: proven,
            policy: finding.policy.as_ref().map(|policy| {
                let known = finding.known_policy.as_ref();
                Policy {
                    oid: policy.oid.to_string(),
                    name: known.map(|known| known.name.to_string()),
                    family: known.map(|known| match known.family {
                        Family::Cades => "CAdES",
                        Family::Pades => "PAdES",
                    }),
                    level: known.map(|known| known.level.name()),
                }
            }),
            anchor: finding.path.last().map(|anchor| anchor.display_name().to_owned()),
            checks: finding.checks.iter().map(Made::new).collect(),
            missing,
            error,
            made: finding.checks.clone(),
            judged_at: Some(finding.judged_at),
            stated_time: finding.claimed_time,
            ..Self::default()
        }
    }
}

/// What is missing, and what is wrong.
fn lacks_and_error(verdict: &Verdict) -> (Vec<String>, Option<String>) {
    match verdict {
        Verdict::Invalid(rejection) => (Vec::new(), Some(rejection.to_string())),
        Verdict::Indeterminate(missing) => {
            (missing.iter().map(ToString::to_string).collect(), None)
        }
        _ => (Vec::new(), None),
    }
}

impl Later {
    fn new(changes: &Changes) -> Self {
        let (what, details) = match changes {
            Changes::None => ("none", Vec::new()),
            Changes::Allowed(changes) => ("allowed", changes.iter().map(allowed).collect()),
            Changes::Forbidden(findings) => {
                ("forbidden", findings.iter().map(ToString::to_string).collect())
            }
            Changes::Unknown(findings) => {
                ("unknown", findings.iter().map(ToString::to_string).collect())
            }
        };
        Self { what, details }
    }
}

impl Made {
    fn new(check: &Check) -> Self {
        let whose = match &check.subject {
            Subject::Revocation(whose) => Some(whose),
            _ => None,
        };
        let (outcome, detail) = match &check.outcome {
            Outcome::Passed | Outcome::Unrevoked(_) => ("passed", None),
            Outcome::Failed(rejection) => ("failed", Some(rejection.to_string())),
            Outcome::Unknown(missing) => ("unknown", Some(missing.to_string())),
            Outcome::Unneeded(missing) => ("unneeded", Some(missing.to_string())),
            _ => ("not_asked", None),
        };
        let whose = whose.map(Whose::to_string);
        Self { subject: subject(&check.subject), whose, outcome, detail }
    }
}

const fn word(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Valid => "valid",
        Conclusion::Indeterminate => "indeterminate",
        Conclusion::Invalid => "invalid",
    }
}

const fn subject(subject: &Subject) -> &'static str {
    match subject {
        Subject::Message => "message",
        Subject::Content => "content",
        Subject::Attributes => "signed_attributes",
        Subject::SignerCertificate => "signer_certificate",
        Subject::Signature => "signature",
        Subject::TimeStamp => "time_stamp",
        Subject::Use => "use",
        Subject::Chain => "chain",
        Subject::Revocation(_) => "revocation",
        Subject::Policy => "policy",
        Subject::Holder => "holder",
        _ => "other",
    }
}

fn breach(breach: &Breach) -> String {
    match breach {
        Breach::Forbidden(entry) => format!("/{entry} is forbidden by the policy"),
        Breach::Missing(entry) => format!("/{entry} is wanted by the policy"),
        _ => "an entry that the policy does not allow".to_owned(),
    }
}

fn allowed(change: &Change) -> String {
    match change {
        Change::Signature { field, visible: true } => format!("signature {field}, on a page"),
        Change::Signature { field, visible: false } => format!("signature {field}"),
        Change::TimeStamp { field } => format!("time stamp {field}"),
        Change::SignatureField { field } => format!("signature field {field}"),
        Change::ValidationData => "validation data".to_owned(),
        Change::Description => "description".to_owned(),
        Change::FormField { field } => format!("form field {field}"),
        Change::Annotation { object } => format!("annotation, object {object}"),
        Change::Unused => "objects that nothing refers to".to_owned(),
        _ => "something else".to_owned(),
    }
}
