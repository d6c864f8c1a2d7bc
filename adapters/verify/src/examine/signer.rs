//! The checks of one signature, in their order.

use core::cell::Cell;

use crate::{
    Certificate, SignatureAlgorithm,
    attributes::Attributes,
    cursor::Element,
    limits,
    policy_fault::PolicyFault,
    rejection::{Attribute, Rejection},
    rsa_digest::{self, Padding},
    signature,
    signed_data::{SignedData, SignerInfo},
    unfit::Whose,
};

use super::{
    content,
    finding::{Finding, JudgedAt, KnownPolicy, PolicyIdentifier},
    inside::Inside,
    ledger::{Ledger, Missing, Outcome, Subject, Trouble, Verdict},
    question::{Content, Question},
    rules,
    time_stamp::{self, proven_time},
    trust::{Court, Role},
};

/// What must have passed for any signature in a CMS to be valid.
const NEEDED: [Subject; 7] = [
    Subject::Message,
    Subject::Content,
    Subject::Attributes,
    Subject::SignerCertificate,
    Subject::Signature,
    Subject::Use,
    Subject::Chain,
];

/// What must have passed for a raw signature, whose certificate the caller chose.
const NEEDED_OF_RAW: [Subject; 3] = [Subject::Signature, Subject::Use, Subject::Chain];

/// One signature being examined.
pub(super) struct Examination<'q> {
    question: &'q Question<'q>,
    work: &'q Cell<usize>,
    ledger: Ledger,
    needed: Vec<Subject>,
    finding: Finding,
}

impl<'q> Examination<'q> {
    /// Nothing is known yet.
    pub(super) fn new(question: &'q Question<'q>, work: &'q Cell<usize>) -> Self {
        Self {
            question,
            work,
            ledger: Ledger::default(),
            needed: Vec::new(),
            finding: Finding {
                verdict: Verdict::Indeterminate(Vec::new()),
                checks: Vec::new(),
                signer: None,
                holder: None,
                algorithm: None,
                claimed_time: None,
                judged_at: question.judged_at(),
                time_stamps: Vec::new(),
                policy: None,
                known_policy: None,
                path: Vec::new(),
                carries_content: false,
                was_ber: false,
                unreadable: Vec::new(),
            },
        }
    }

    pub(super) fn of_cms(mut self, signed_data: &SignedData<'_>, signer: &Element<'_>) -> Finding {
        self.needed.extend(NEEDED);
        self.finding.carries_content = signed_data.content.is_some();
        if let Some(signer) = self.ledger.check(Subject::Message, SignerInfo::read(signer)) {
            self.examine(signed_data, &signer);
        }
        self.conclude()
    }

    pub(super) fn of_raw(
        mut self,
        signature: &[u8],
        signer: &Certificate,
        algorithm: SignatureAlgorithm,
    ) -> Finding {
        self.needed.extend(NEEDED_OF_RAW);
        self.finding.signer = Some(signer.clone());
        self.finding.algorithm = Some(algorithm);
        let good = verify_raw(signature, signer, algorithm, &self.question.content);
        self.ledger.check(Subject::Signature, good);
        let court = Court::new(self.question, &[], self.work);
        self.trust(&court, signer);
        self.check_policy(None);
        self.check_holder(signer);
        self.conclude()
    }

    fn examine(&mut self, signed_data: &SignedData<'_>, signer: &SignerInfo<'_>) {
        self.finding.algorithm = signer.algorithm().ok();
        let inside = Inside::read(signed_data, signer);
        self.finding.unreadable.clone_from(&inside.unreadable);
        let attributes = signer.attributes();
        let policy = attributes.clone().and_then(PolicyIdentifier::read);
        if let Ok(attributes) = &attributes {
            self.finding.claimed_time = attributes.signing_time().ok().flatten();
        }
        self.finding.policy = policy.clone().ok().flatten();
        self.finding.known_policy =
            self.finding.policy.as_ref().and_then(|named| rules::known(self.question, named));

        let question = self.question;
        let checked = attributes.clone().map_err(Trouble::from).and_then(|attributes| {
            check_attributes(attributes, signed_data)?;
            policy.clone()?;
            Ok(attributes)
        });
        let attributes = self.ledger.check(Subject::Attributes, checked);
        if let Some(attributes) = attributes {
            let good = signer.digest().map_err(Trouble::from).and_then(|digest| {
                content::check(attributes, digest, signed_data.content, &question.content)
            });
            self.ledger.check(Subject::Content, good);
        }

        let insides = [&inside];
        let court = Court::new(question, &insides, self.work);
        self.finding.signer = court.pool().iter().find(|it| signer.names(it)).copied().cloned();
        let strict = question.profile.names_certificate() || self.finding.policy.is_some();
        let certificate = self
            .ledger
            .check(Subject::SignerCertificate, certificate_of(signer, court.pool(), strict));
        if let Some(certificate) = certificate {
            self.finding.signer = Some(certificate.clone());
            self.ledger.check(Subject::Signature, verify(signer, certificate));
        }

        self.stamp(signer, &inside);
        if let Some(certificate) = certificate {
            self.trust(&court, certificate);
        }
        self.check_policy(Some(signer));
        if let Some(certificate) = certificate {
            self.check_holder(certificate);
        }
    }

    /// Examines the time stamps, and settles which time counts.
    fn stamp(&mut self, signer: &SignerInfo<'_>, inside: &Inside) {
        let tokens: Vec<&Element<'_>> = signer
            .unsigned
            .iter()
            .flat_map(|unsigned| unsigned.values(Attribute::SignatureTimeStamp))
            .take(limits::TIME_STAMPS)
            .collect();
        let (question, work) = (self.question, self.work);
        self.finding.time_stamps = tokens
            .into_iter()
            .map(|token| {
                let over = Content::Bytes(signer.signature);
                time_stamp::examine(token.whole, &over, question, inside, work)
            })
            .collect();
        let needed = self.finding.known_policy.as_ref().is_some_and(KnownPolicy::needs_time_stamp);
        if needed {
            self.needed.push(Subject::TimeStamp);
        }
        let outcome = match proven_time(&self.finding.time_stamps) {
            Ok(Some(time)) => {
                let earlier = question.existed_at.map_or(time, |existed| existed.min(time));
                self.finding.judged_at = JudgedAt::Proven(earlier);
                Outcome::Passed
            }
            Ok(None) if needed => Outcome::Failed(PolicyFault::NoTimeStamp.into()),
            Ok(None) => Outcome::NotAsked,
            Err(Trouble::Failed(rejection)) => Outcome::Failed(rejection),
            Err(Trouble::Unknown(missing)) if needed => Outcome::Unknown(missing),
            Err(Trouble::Unknown(missing)) => Outcome::Unneeded(missing),
        };
        self.ledger.enter(Subject::TimeStamp, outcome);
    }

    fn trust<'a>(&mut self, court: &Court<'a>, certificate: &'a Certificate) {
        let judged_at = self.finding.judged_at;
        let path = court.judge(&mut self.ledger, certificate, Role::Signer, judged_at);
        self.finding.path = path.into_iter().cloned().collect();
    }

    fn check_policy(&mut self, signer: Option<&SignerInfo<'_>>) {
        match rules::check(self.question, &self.finding, signer) {
            None => self.ledger.enter(Subject::Policy, Outcome::NotAsked),
            Some(result) => {
                self.needed.push(Subject::Policy);
                self.ledger.check(Subject::Policy, result);
            }
        }
    }

    fn check_holder(&mut self, certificate: &Certificate) {
        let found = certificate.holder();
        self.finding.holder = found.ok();
        let Some(expected) = self.question.holder else {
            return self.ledger.enter(Subject::Holder, Outcome::NotAsked);
        };
        self.needed.push(Subject::Holder);
        let result = match found {
            Ok(found) if found == expected => Ok(()),
            Ok(found) => Err(Rejection::Holder { expected, found }),
            Err(unidentified) => Err(Rejection::Unidentified(unidentified)),
        };
        self.ledger.check(Subject::Holder, result);
    }

    fn conclude(mut self) -> Finding {
        self.finding.verdict = self.ledger.verdict(&self.needed, self.finding.path.len());
        self.finding.checks = self.ledger.into_checks();
        self.finding
    }
}

fn check_attributes(
    attributes: &Attributes<'_>,
    signed_data: &SignedData<'_>,
) -> Result<(), Trouble> {
    content::check_type(attributes, signed_data.content_type)?;
    attributes.message_digest()?;
    attributes.signing_time()?;
    Ok(())
}

/// The certificate that the signer's identifier names, and that no signed attribute contradicts.
fn certificate_of<'c>(
    signer: &SignerInfo<'_>,
    pool: &[&'c Certificate],
    strict: bool,
) -> Result<&'c Certificate, Trouble> {
    let mut found: Result<&Certificate, Trouble> = Err(Missing::SignerCertificate.into());
    // More than one where a key was certified again: an identifier of the key does not tell them
    // apart.
    for named in pool.iter().copied().filter(|it| signer.names(it)) {
        found = match signer.attributes()?.bind(named) {
            Ok(binding) if binding.by_second || !strict => return Ok(named),
            Ok(_) => Err(Rejection::AttributeMissing(Attribute::SigningCertificateV2).into()),
            Err(rejection) => Err(rejection.into()),
        };
    }
    found
}

fn verify(signer: &SignerInfo<'_>, certificate: &Certificate) -> Result<(), Trouble> {
    strong(certificate)?;
    signature::verify(
        &certificate.public_key()?,
        signer.algorithm()?,
        &signer.attributes()?.signed_bytes(),
        signer.signature,
    )?;
    Ok(())
}

fn verify_raw(
    signature: &[u8],
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
    content: &Content<'_>,
) -> Result<(), Trouble> {
    strong(certificate)?;
    let key = certificate.public_key()?;
    let over_digest = |hash, padding| match content {
        Content::Digests(of) => {
            let digest = of(hash).ok_or(Missing::Digest(hash))?;
            Ok(rsa_digest::verify(&key, padding, hash, &digest, signature)?)
        }
        _ => Err(Trouble::from(Missing::Content)),
    };
    match (content, algorithm) {
        (Content::Bytes(document), _) => {
            Ok(signature::verify(&key, algorithm, document, signature)?)
        }
        (_, SignatureAlgorithm::RsaPkcs1(hash)) => over_digest(hash, Padding::Pkcs1v15),
        (_, SignatureAlgorithm::RsaPss(hash)) => over_digest(hash, Padding::Pss),
        (Content::Digests(_), SignatureAlgorithm::Ecdsa(_)) => Err(Missing::Document.into()),
        (Content::Attached, _) => Err(Missing::Content.into()),
    }
}

fn strong(certificate: &Certificate) -> Result<(), Rejection> {
    let unfit = |unfit| Rejection::Unfit { whose: Whose::Signer, unfit };
    certificate.key().strong().map_err(unfit)
}
