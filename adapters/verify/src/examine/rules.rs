//! Whether a signature keeps the rules of the signature policy that it names (DOC-ICP-15.03).

use rubrica_core::cades::{Family, Level, RootGeneration};

use crate::{
    Certificate, Policies, SignatureAlgorithm,
    attributes::Attributes,
    digest::Digest,
    policies::KnownRules,
    policy_fault::PolicyFault,
    rejection::{Attribute, Rejection},
    signed_data::SignerInfo,
};

use super::{
    finding::{Finding, KnownPolicy, PolicyIdentifier},
    ledger::{Missing, Trouble},
    question::{Demand, Question},
};

/// What every policy asks for among the signed attributes (DOC-ICP-15.03 tables A.4 and A.14).
const MANDATORY: [Attribute; 4] = [
    Attribute::ContentType,
    Attribute::MessageDigest,
    Attribute::SigningCertificateV2,
    Attribute::SignaturePolicy,
];

/// What a policy for PDF forbids there (DOC-ICP-15.03 table A.14). ITI rejects `signingTime` since
/// 2022 (programs in use).
const FORBIDDEN_IN_PDF: [Attribute; 4] = [
    Attribute::SigningTime,
    Attribute::SignerLocation,
    Attribute::SigningCertificate,
    Attribute::RevocationArchival,
];

/// Whether the signature names the policy that is asked for, and keeps its rules. `None` where
/// none is asked for and none is named.
pub(super) fn check(
    question: &Question<'_>,
    finding: &Finding,
    signer: Option<&SignerInfo<'_>>,
) -> Option<Result<(), Trouble>> {
    let fault = |fault| Some(Err(Rejection::from(fault).into()));
    let named = match (&finding.policy, question.policy) {
        (None, Demand::Named) => return None,
        (None, _) => return fault(PolicyFault::NotNamed),
        (Some(named), Demand::Exactly(asked)) if named.oid != asked => {
            return fault(PolicyFault::Other { asked, found: named.oid });
        }
        (Some(named), _) => named,
    };
    let table = Policies::new();
    let Some(rules) = question.policies.unwrap_or(&table).find(named.oid) else {
        return Some(Err(Missing::Policy(named.oid).into()));
    };
    Some(keeps(&rules, named, question, finding, signer))
}

/// What is known about the policy that a signature names.
pub(super) fn known(question: &Question<'_>, named: &PolicyIdentifier) -> Option<KnownPolicy> {
    let table = Policies::new();
    let KnownRules { policy, .. } = question.policies.unwrap_or(&table).find(named.oid)?;
    Some(KnownPolicy { name: policy.name().into(), family: policy.family, level: policy.level })
}

impl KnownPolicy {
    /// Whether a signature under it needs a time stamp.
    pub(super) fn needs_time_stamp(&self) -> bool {
        self.level >= Level::TimeStamped
    }
}

fn keeps(
    rules: &KnownRules<'_>,
    named: &PolicyIdentifier,
    question: &Question<'_>,
    finding: &Finding,
    signer: Option<&SignerInfo<'_>>,
) -> Result<(), Trouble> {
    let policy = &rules.policy;
    check_hash(rules, named)?;
    if !question.profile.allows(policy.family) {
        return Err(Rejection::from(PolicyFault::Family(policy.family)).into());
    }
    if policy.family == Family::Pades && finding.carries_content {
        return Err(Rejection::from(PolicyFault::CarriesContent).into());
    }
    if let Some(signer) = signer {
        check_signed(rules, signer.attributes()?)?;
        if let Some(unsigned) = &signer.unsigned {
            check_unsigned(policy.family, unsigned)?;
        }
    }
    if let Some(algorithm) = finding.algorithm {
        check_algorithm(algorithm)?;
    }
    if let Some(certificate) = &finding.signer {
        check_key(rules, certificate)?;
    }
    check_root(rules, finding)?;
    check_dates(rules, finding)?;
    if policy.level >= Level::References {
        return Err(Missing::Level(policy.level).into());
    }
    Ok(())
}

/// The hash must be the policy's internal one, and not that of its file (DOC-ICP-15.03 v9.1, note
/// 2).
fn check_hash(rules: &KnownRules<'_>, named: &PolicyIdentifier) -> Result<(), Rejection> {
    if named.hash_algorithm != Digest::Sha256.oid() {
        return Err(PolicyFault::HashAlgorithm(named.hash_algorithm).into());
    }
    if *named.hash == *rules.policy.hash.as_bytes() {
        Ok(())
    } else {
        Err(PolicyFault::Hash.into())
    }
}

fn check_signed(rules: &KnownRules<'_>, attributes: &Attributes<'_>) -> Result<(), Rejection> {
    for attribute in MANDATORY {
        if attributes.value(attribute)?.is_none() {
            return Err(Rejection::AttributeMissing(attribute));
        }
    }
    if let Some(absent) = rules.attributes.iter().find(|oid| !attributes.holds(**oid)) {
        return Err(PolicyFault::Missing(*absent).into());
    }
    let forbidden = FORBIDDEN_IN_PDF.iter().find(|it| attributes.holds(it.oid()));
    match forbidden.filter(|_| rules.policy.family == Family::Pades) {
        Some(attribute) => Err(PolicyFault::Forbidden(*attribute).into()),
        None => Ok(()),
    }
}

/// In a PDF nothing but the time stamp may stand there (DOC-ICP-15.03 v9.1, note 11); what a CMS
/// holds there is its maker's.
fn check_unsigned(family: Family, unsigned: &Attributes<'_>) -> Result<(), Rejection> {
    let allowed = Attribute::SignatureTimeStamp.oid();
    match unsigned.types().find(|oid| *oid != allowed && family == Family::Pades) {
        Some(other) => Err(PolicyFault::Unsigned(other).into()),
        None => Ok(()),
    }
}

/// The policies list RSA with PKCS#1 v1.5 and ECDSA, over SHA-256 and SHA-512, and nothing else that
/// is read here.
fn check_algorithm(algorithm: SignatureAlgorithm) -> Result<(), Rejection> {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(Digest::Sha256 | Digest::Sha512)
        | SignatureAlgorithm::Ecdsa(Digest::Sha256 | Digest::Sha512) => Ok(()),
        other => Err(PolicyFault::Algorithm(other).into()),
    }
}

fn check_key(rules: &KnownRules<'_>, signer: &Certificate) -> Result<(), Trouble> {
    let reader = signer.details().map_err(Rejection::from)?;
    rules
        .policy
        .check_key(&reader.public_key())
        .map_err(|error| Rejection::from(PolicyFault::Key(error)).into())
}

/// Only the anchor's own name tells the root: it is one that is trusted.
fn check_root(rules: &KnownRules<'_>, finding: &Finding) -> Result<(), Rejection> {
    let root = finding
        .path
        .last()
        .and_then(|anchor| anchor.details().ok())
        .and_then(|anchor| RootGeneration::of_name(&anchor.subject()));
    match (root, rules.policy.newest_root) {
        (Some(root), Some(newest)) if root > newest => Err(PolicyFault::Root(root).into()),
        _ => Ok(()),
    }
}

/// Whether the policy was in force when the signature was made, as far as that is proven.
fn check_dates(rules: &KnownRules<'_>, finding: &Finding) -> Result<(), Trouble> {
    let policy = &rules.policy;
    let at = finding.judged_at.time();
    let from = crate::UnixTime::from_seconds(policy.from);
    if at < from {
        return Err(Rejection::from(PolicyFault::NotYet { from, at }).into());
    }
    let last = policy.revoked.map_or(policy.to, |revoked| policy.to.min(revoked.saturating_sub(1)));
    let until = crate::UnixTime::from_seconds(last);
    if at <= until {
        Ok(())
    } else if finding.judged_at.is_proven() {
        Err(Rejection::from(PolicyFault::Ended { until, at }).into())
    } else {
        Err(Missing::PolicyTime { until }.into())
    }
}
