//! What the sandbox publishes as a validator takes it, and documents signed under its policies.

use rubrica::{
    Anchors, Client, Conclusion, Document, Error, Evidence, Examined, Job, Outcome, Settings,
    Validator,
};
use rubrica_sandbox::Sandbox;

use crate::host::{self, Holderside};

/// Settings that trust both hierarchies of a sandbox and know its time stamp authority.
///
/// # Panics
/// Where the sandbox's certificates cannot be read.
#[must_use]
pub fn settings(sandbox: &Sandbox) -> Settings {
    let mut settings = host::settings(sandbox);
    let pem = format!("{}{}", sandbox.roots_pem(), sandbox.intermediates_pem());
    settings.trust = Some(Anchors::from_pem(pem.as_bytes()).expect("roots and issuers"));
    settings.time_stamps = Some(sandbox.tsa_url());
    settings
}

/// What became of one document.
///
/// # Panics
/// Where the session ended before the document had an outcome.
pub fn outcome(sandbox: &Sandbox, number: &str, job: &Job, content: &[u8]) -> Outcome {
    let client = Client::new(settings(sandbox)).expect("the settings are good");
    let mut session = client.session(host::holder(number));
    let documents = [Document::from_bytes("contrato.pdf", content)];
    let mut outcomes = session.sign(&documents, job, &mut Holderside::new())?;
    outcomes.pop().ok_or(Error::Unsigned).and_then(|outcome| outcome)
}

/// A document, signed.
///
/// # Panics
/// Where it is not, or where the session broke the service's rules.
#[must_use]
pub fn sign(sandbox: &Sandbox, number: &str, job: &Job, content: &[u8]) -> Vec<u8> {
    let signed = outcome(sandbox, number, job, content).expect("signed");
    host::judge_counters(sandbox);
    signed.into_bytes().expect("the result")
}

/// A sandbox's roots, and nobody else.
///
/// # Panics
/// Where they cannot be read.
#[must_use]
pub fn roots(sandbox: &Sandbox) -> Anchors {
    Anchors::from_pem(sandbox.roots_pem().as_bytes()).expect("two roots")
}

/// The authorities between a sandbox's roots and its holders, which no signature brings.
///
/// # Panics
/// Where they cannot be read.
#[must_use]
pub fn authorities(sandbox: &Sandbox) -> Evidence {
    let mut evidence = Evidence::new();
    evidence.add_certificates(sandbox.intermediates_pem().as_bytes()).expect("two authorities");
    evidence
}

/// The same with the lists of revoked certificates of all authorities.
///
/// # Panics
/// Where they cannot be read.
#[must_use]
pub fn evidence(sandbox: &Sandbox) -> Evidence {
    let mut evidence = authorities(sandbox);
    for crl in sandbox.crls() {
        evidence.add_crl(&crl).expect("a list of revoked certificates");
    }
    evidence
}

/// A validator that knows all that a sandbox publishes.
#[must_use]
pub fn validator(sandbox: &Sandbox) -> Validator {
    Validator::new().anchors(roots(sandbox)).evidence(evidence(sandbox))
}

/// What is concluded of each signature.
#[must_use]
pub fn conclusions(examined: &[Examined]) -> Vec<Conclusion> {
    examined.iter().map(Examined::conclusion).collect()
}
