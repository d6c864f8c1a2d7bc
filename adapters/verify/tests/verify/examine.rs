//! Verdicts: each way to one, and that there is no other way to a valid one.

mod assembled;
mod damage;
mod files;
mod policies;
mod raw;
mod revocation;
mod time_stamps;
mod verdicts;

use rubrica_verify::{
    Anchors, Content, Evidence, Finding, Missing, Outcome, Question, Rejection, Subject, Verdict,
    examine,
};

use crate::support::{
    DOCUMENT, NOW, anchors,
    certificates::{Chain, Template},
    keys::Key,
    messages::Message,
    revocation::List,
};

/// A signature with everything that it takes to be valid: P-256 below, RSA above.
pub(crate) struct Scene {
    pub(crate) chain: Chain,
    pub(crate) message: Message,
    pub(crate) anchors: Anchors,
    pub(crate) evidence: Evidence,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::of(&Template::holder(&Key::P256), Key::P256)
    }

    pub(crate) fn of(holder: &Template, key: Key) -> Self {
        let chain = Chain::of(holder);
        let message = Message::new(&chain, key);
        let anchors = anchors(&chain);
        let mut evidence = Evidence::new();
        evidence.add_crl(&root_list()).unwrap().add_crl(&authority_list()).unwrap();
        Self { chain, message, anchors, evidence }
    }

    pub(crate) fn question(&self) -> Question<'_> {
        Question {
            anchors: Some(&self.anchors),
            ..Question::new(Content::Bytes(DOCUMENT), NOW, &self.evidence)
        }
    }

    /// What is found out about its message.
    pub(crate) fn finding(&self) -> Finding {
        only(&self.message.der(), &self.question())
    }
}

/// The empty lists of the usual root and authority.
pub(crate) fn root_list() -> Vec<u8> {
    List::of("Raiz de teste").signed_by(&Key::ROOT)
}

pub(crate) fn authority_list() -> Vec<u8> {
    List::of("AC de teste").signed_by(&Key::AUTHORITY)
}

/// The finding about a message with one signer.
pub(crate) fn only(message: &[u8], question: &Question<'_>) -> Finding {
    let mut findings = examine(message, question).unwrap();
    assert_eq!(findings.len(), 1);
    findings.pop().unwrap()
}

/// Why it is invalid.
pub(crate) fn invalid(finding: &Finding) -> &Rejection {
    match &finding.verdict {
        Verdict::Invalid(rejection) => rejection,
        other => panic!("not invalid: {other:?}"),
    }
}

/// What is missing.
pub(crate) fn missing(finding: &Finding) -> &[Missing] {
    match &finding.verdict {
        Verdict::Indeterminate(missing) => {
            assert!(!missing.is_empty(), "{finding:#?}");
            missing
        }
        other => panic!("not indeterminate: {other:?}"),
    }
}

/// What came of the check of this subject, which was made once.
pub(crate) fn outcome<'f>(finding: &'f Finding, subject: &Subject) -> &'f Outcome {
    let mut checks = finding.checks.iter().filter(|check| check.subject == *subject);
    let check = checks.next().unwrap();
    assert!(checks.next().is_none());
    &check.outcome
}
