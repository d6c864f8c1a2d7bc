//! What was found in a file, one check a line, for people.

use rubrica::pdf::Changes;
use rubrica::verify::{Check, JudgedAt, Missing, Outcome, Proof, ProofKind, Subject, Whose};
use rubrica::{Conclusion, Language};

use super::report::{Report, Signature};
use crate::present::terminal::{Terminal, plain};
use crate::present::text::{Text, moment};

/// Prints what was found, and what it comes to.
pub(super) fn report(report: &Report, out: &Terminal, text: Text) {
    findings(report, out, text);
    let words = match report.conclusion() {
        Conclusion::Valid => out.good(text.conclusion_valid()).to_string(),
        Conclusion::Indeterminate => text.conclusion_indeterminate(),
        Conclusion::Invalid => out.bad(text.conclusion_invalid()).to_string(),
    };
    out.line(format_args!("  {words}"));
}

/// Prints what was found, one check a line.
pub(super) fn findings(report: &Report, out: &Terminal, text: Text) {
    out.line(out.strong(plain(&report.file)));
    for found in &report.signatures {
        signature(found, out, text);
    }
    if let Some(problem) = &report.problem {
        out.line(format_args!("  {} {}", out.bad("✗"), plain(problem)));
    }
    for fetched in &report.fetched {
        let words = match &fetched.problem {
            None => text.fetched(plain(&fetched.address)),
            Some(problem) => text.not_fetched(plain(&fetched.address), plain(problem)),
        };
        out.line(out.faint(format_args!("  {words}")));
    }
}

fn signature(found: &Signature, out: &Terminal, text: Text) {
    if let Some(field) = &found.field {
        out.line(format_args!("  {}", text.signature_title(plain(field))));
    }
    if let Some(signer) = &found.signer {
        let holder = found.holder.as_ref().map(|holder| format!(" · {holder}"));
        out.line(format_args!("  {}{}", plain(signer), holder.unwrap_or_default()));
    }
    let good = |words: String| out.line(format_args!("    {} {words}", out.good("✓")));
    let bad = |words: String| out.line(format_args!("    {} {words}", out.bad("✗")));
    let open = |words: String| out.line(format_args!("    {} {words}", out.strong("?")));
    let aside = |words: String| out.line(out.faint(format_args!("    – {words}")));
    match (found.covers, found.revision_end) {
        (Some(_), Some(end)) => aside(text.covers_revision(end)),
        (Some(_), None) => good(text.covers_all()),
        (None, _) => {}
    }
    let details = || found.changes.as_ref().map_or(&[][..], |later| &later.details).iter();
    match &found.later {
        Some(Changes::Allowed(_)) => {
            good(text.later_allowed(plain(&details().cloned().collect::<Vec<_>>().join(", "))));
        }
        Some(Changes::Forbidden(_)) => {
            details().for_each(|each| bad(text.later_forbidden(plain(each))));
        }
        Some(Changes::Unknown(_)) => {
            details().for_each(|each| open(text.later_unknown(plain(each))))
        }
        Some(Changes::None) | None => {}
    }
    if found.unsigned_padding {
        aside(text.unsigned_padding());
    }
    for breach in &found.breaches {
        bad(text.dictionary_breach(plain(breach)));
    }
    if let Some(time) = found.stated_time.filter(|_| found.time_stamp) {
        aside(text.stamped_at(moment(time)));
    }
    if found.made.is_empty() {
        found.missing.iter().for_each(|missing| open(plain(missing).to_string()));
        if let Some(error) = &found.error {
            bad(plain(error).to_string());
        }
        return;
    }
    for check in &found.made {
        let subject = subject(check, found, text);
        match &check.outcome {
            // What goes without saying, unless it is wrong.
            Outcome::Passed
                if matches!(
                    check.subject,
                    Subject::Message | Subject::Attributes | Subject::SignerCertificate
                ) => {}
            Outcome::Passed => good(subject),
            Outcome::Unrevoked(proof) => good(format!("{subject} {}", proven(proof, text))),
            Outcome::Failed(rejection) => {
                bad(format!("{subject}: {}", plain(&rejection.to_string())));
            }
            Outcome::Unknown(missing) => open(format!("{subject}: {}", lacks(missing, text))),
            Outcome::Unneeded(missing) => aside(format!("{subject}: {}", lacks(missing, text))),
            _ => {}
        }
    }
    if let Some(time) = found.stated_time.filter(|_| !found.time_stamp) {
        aside(text.signed_at(moment(time)));
    }
}

/// What a check is about.
fn subject(check: &Check, found: &Signature, text: Text) -> String {
    let is_good = check.outcome.is_good();
    match &check.subject {
        Subject::Content if is_good => text.digest_matches(),
        Subject::Signature if is_good => text.signature_matches(),
        Subject::Chain if is_good => {
            text.chain_reaches(plain(found.anchor.as_deref().unwrap_or_default()))
        }
        Subject::Policy if is_good => {
            let policy = found.policy.as_ref();
            let name = policy.map(|policy| policy.name.as_deref().unwrap_or(&policy.oid));
            text.policy_kept(plain(name.unwrap_or_default()))
        }
        Subject::TimeStamp if is_good => match found.judged_at {
            Some(JudgedAt::Proven(time)) => text.stamped_at(moment(time)),
            _ => text.subject_time_stamp(),
        },
        Subject::Revocation(whose) => text.subject_revocation(owner(whose, text)),
        Subject::Message => text.subject_message(),
        Subject::Content => text.subject_content(),
        Subject::Attributes => text.subject_attributes(),
        Subject::SignerCertificate => text.subject_certificate(),
        Subject::Signature => text.subject_signature(),
        Subject::TimeStamp => text.subject_time_stamp(),
        Subject::Use => text.subject_use(),
        Subject::Chain => text.subject_chain(),
        Subject::Policy => text.subject_policy(),
        Subject::Holder => text.subject_holder(),
        other => other.to_string(),
    }
}

fn owner(whose: &Whose, text: Text) -> String {
    match whose {
        Whose::Signer => text.of_signer(),
        Whose::TimeStamp => text.of_time_stamp(),
        Whose::Responder => text.of_responder(),
        Whose::Authority(name) | Whose::Anchor(name) => plain(name).to_string(),
        other => other.to_string(),
    }
}

fn proven(proof: &Proof, text: Text) -> String {
    let when = moment(proof.this_update);
    match proof.kind {
        ProofKind::List => text.by_list_of(when),
        _ => text.by_answer_of(when),
    }
}

/// What is missing, in words, with what to do where something can be done.
fn lacks(missing: &Missing, text: Text) -> String {
    match missing {
        Missing::Content => text.missing_content(),
        Missing::Anchors => text.missing_anchors(),
        Missing::Issuer { issuer, .. } => text.missing_issuer(plain(issuer)),
        Missing::Revocation { unusable, .. } if unusable.is_empty() => text.missing_revocation(),
        Missing::Policy(oid) => text.missing_policy(oid),
        Missing::Time { .. } | Missing::PolicyTime { .. } => text.missing_time(),
        other => match text.language() {
            Language::English => plain(&other.to_string()).to_string(),
            Language::Portuguese => text.missing_other(plain(&other.to_string())),
        },
    }
}
