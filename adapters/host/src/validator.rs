//! Signatures of any age and maker, examined as a validator does.
//!
//! What a service answers while a session signs is checked there and then, and refused at the first
//! fault. Here somebody brings a file, and wants to know of each signature whether it is good, bad,
//! or what is missing to say so.

mod hashing;
mod online;
mod pdf;

use rubrica_core::identity::Holder;
use rubrica_pdf::{Changes, PdfError, Source};
use rubrica_verify::{
    Anchors, Certificate, Content, Demand, Evidence, Finding, Policies, Profile, Question,
    SignatureAlgorithm, TimeStamp, UnixTime, Verdict,
};

use crate::clock;
use crate::error::Error;

pub use self::online::{FetchProblem, Fetched, Online};
pub use self::pdf::{Breach, InPdf};

/// What signatures are judged by: whom to trust, what is known of revocation, which policies there
/// are, at what time.
///
/// Nothing is ever taken for good: without anchors, or without knowing whether a certificate was
/// revoked, the conclusion is [`Conclusion::Indeterminate`].
#[derive(Debug)]
pub struct Validator {
    anchors: Option<Anchors>,
    evidence: Evidence,
    policies: Policies,
    at: UnixTime,
    holder: Option<Holder>,
    demand: Demand,
    online: Option<Online>,
}

/// What is concluded of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Conclusion {
    /// Every check was made and passed.
    Valid,
    /// No check failed, and something is missing to make them all.
    Indeterminate,
    /// A check failed.
    Invalid,
}

/// What was found of one signature of a file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Examined {
    /// Its place in a PDF, and what came after it; `None` for a signature in a file of its own.
    pub in_pdf: Option<InPdf>,
    /// What was found of the signature itself.
    pub findings: Findings,
}

/// What was found of a signature itself.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all of them are findings")]
pub enum Findings {
    /// It was examined, check by check.
    Examined(Finding),
    /// It cannot be read, for this reason.
    Unreadable(rubrica_verify::Rejection),
    /// Its place in the PDF is not what a signature's must be, for this reason.
    Misplaced(PdfError),
    /// It is a time stamp over the document, examined check by check. One that is valid proves when
    /// the signatures before it existed.
    TimeStamp(TimeStamp),
}

impl Examined {
    /// What all of it comes to.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        let verdict = match &self.findings {
            Findings::Examined(finding) => Some(&finding.verdict),
            Findings::TimeStamp(stamp) => Some(&stamp.verdict),
            Findings::Unreadable(_) | Findings::Misplaced(_) => None,
        };
        let signature = match verdict {
            Some(Verdict::Valid) => Conclusion::Valid,
            Some(Verdict::Indeterminate(_)) => Conclusion::Indeterminate,
            _ => Conclusion::Invalid,
        };
        let place = self.in_pdf.as_ref().map_or(Conclusion::Valid, InPdf::conclusion);
        signature.max(place)
    }

    /// The finding, where the signature could be examined.
    #[must_use]
    pub const fn finding(&self) -> Option<&Finding> {
        match &self.findings {
            Findings::Examined(finding) => Some(finding),
            _ => None,
        }
    }

    /// What later revisions of the PDF did, where it stands in one.
    #[must_use]
    pub fn changes(&self) -> Option<&Changes> {
        self.in_pdf.as_ref().and_then(|place| place.changes.as_ref())
    }
}

impl Default for Validator {
    fn default() -> Self {
        Self::new()
    }
}

impl Validator {
    /// A validator that trusts nobody yet, knows the signature policies of the library's table, and
    /// takes this moment for now.
    #[must_use]
    pub fn new() -> Self {
        Self {
            anchors: None,
            evidence: Evidence::new(),
            policies: Policies::new(),
            at: clock::wall(),
            holder: None,
            demand: Demand::Named,
            online: None,
        }
    }

    /// A validator that trusts the roots of ICP-Brasil that come with the library: v5, v10 and v11.
    /// Root v12, of 2024, is not among them: add it by [`Anchors::extend`].
    ///
    /// # Errors
    /// None but a defect of the library's data.
    pub fn icp_brasil() -> Result<Self, Error> {
        Ok(Self::new().anchors(Anchors::icp_brasil()?))
    }

    /// Trusts these. The authorities of ICP-Brasil that come with the library fill gaps below them.
    #[must_use]
    pub fn anchors(mut self, mut anchors: Anchors) -> Self {
        anchors.extend(rubrica_verify::known_intermediates().iter().cloned());
        self.anchors = Some(anchors);
        self
    }

    /// Judges by these lists of revoked certificates, OCSP answers and certificates.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence = evidence;
        self
    }

    /// Knows these signature policies.
    #[must_use]
    pub fn policies(mut self, policies: Policies) -> Self {
        self.policies = policies;
        self
    }

    /// Judges as of this time instead of now.
    #[must_use]
    pub const fn at(mut self, at: UnixTime) -> Self {
        self.at = at;
        self
    }

    /// Wants the signature of this holder, and refuses any other's.
    #[must_use]
    pub const fn holder(mut self, holder: Holder) -> Self {
        self.holder = Some(holder);
        self
    }

    /// Wants a signature under a policy.
    #[must_use]
    pub const fn policy(mut self, demand: Demand) -> Self {
        self.demand = demand;
        self
    }

    /// Fetches what is missing from where certificates say that it is.
    #[must_use]
    pub fn online(mut self, online: Online) -> Self {
        self.online = Some(online);
        self
    }

    /// What was fetched so far, and what could not be.
    #[must_use]
    pub fn fetched(&self) -> &[Fetched] {
        self.online.as_ref().map_or(&[], Online::fetched)
    }

    /// Examines every signature of a PDF, in the order in which they were made; those that have not
    /// the form of one come last.
    ///
    /// # Errors
    /// A PDF that cannot be read.
    pub fn pdf<S: Source + ?Sized>(&mut self, document: &S) -> Result<Vec<Examined>, Error> {
        pdf::examine(self, &document)
    }

    /// Examines every signature of a CMS (`.p7s`), attached or over `content`.
    ///
    /// # Errors
    /// Bytes that are no CMS, or a document that cannot be read.
    pub fn cms(
        &mut self,
        cms: &[u8],
        content: Option<&dyn Source>,
    ) -> Result<Vec<Examined>, Error> {
        let findings = match content.map(|document| (document, document.in_memory())) {
            Some((_, Some(bytes))) => {
                self.findings(cms, Content::Bytes(bytes), Profile::Cms, None)?
            }
            Some((document, None)) => {
                let of = |algorithm| hashing::of_document(algorithm, document);
                self.findings(cms, Content::Digests(&of), Profile::Cms, None)?
            }
            None => self.findings(cms, Content::Attached, Profile::Cms, None)?,
        };
        let alone = |finding| Examined { in_pdf: None, findings: Findings::Examined(finding) };
        Ok(findings.into_iter().map(alone).collect())
    }

    /// Examines a bare signature over a document, by this certificate.
    ///
    /// # Errors
    /// A document that cannot be read.
    pub fn raw(
        &mut self,
        signature: &[u8],
        signer: &Certificate,
        algorithm: SignatureAlgorithm,
        document: &dyn Source,
    ) -> Result<Examined, Error> {
        let of = |algorithm| hashing::of_document(algorithm, document);
        let content = document.in_memory().map_or(Content::Digests(&of), Content::Bytes);
        let finding = self.again_while_fetched(|validator| {
            let question = validator.question(content, Profile::Cms);
            Ok(vec![rubrica_verify::examine_raw(signature, signer, algorithm, &question)])
        })?;
        let finding = finding.into_iter().next().ok_or(Error::Unsigned)?;
        Ok(Examined { in_pdf: None, findings: Findings::Examined(finding) })
    }

    /// Examines the signers of a CMS, and again as long as something new was fetched. It is proven
    /// that the signatures existed at a time, where one is given.
    fn findings(
        &mut self,
        cms: &[u8],
        content: Content<'_>,
        profile: Profile,
        existed_at: Option<UnixTime>,
    ) -> Result<Vec<Finding>, rubrica_verify::Rejection> {
        self.again_while_fetched(|validator| {
            let question = Question { existed_at, ..validator.question(content, profile) };
            rubrica_verify::examine(cms, &question)
        })
    }

    /// Examines a time stamp, and again as long as something new was fetched.
    fn time_stamp(&mut self, token: &[u8], content: Content<'_>) -> TimeStamp {
        let examine = |validator: &Self| {
            rubrica_verify::examine_time_stamp(token, &validator.question(content, Profile::Cms))
        };
        let mut stamp = examine(self);
        while let Some(online) = &mut self.online {
            if !online.fetch_for_stamp(&stamp, &mut self.evidence) {
                break;
            }
            stamp = examine(self);
        }
        stamp
    }

    fn again_while_fetched(
        &mut self,
        examine: impl Fn(&Self) -> Result<Vec<Finding>, rubrica_verify::Rejection>,
    ) -> Result<Vec<Finding>, rubrica_verify::Rejection> {
        let mut findings = examine(self)?;
        while let Some(online) = &mut self.online {
            if !online.fetch_missing(&findings, &mut self.evidence) {
                break;
            }
            findings = examine(self)?;
        }
        Ok(findings)
    }

    fn question<'q>(&'q self, content: Content<'q>, profile: Profile) -> Question<'q> {
        Question {
            holder: self.holder,
            anchors: self.anchors.as_ref(),
            profile,
            policy: self.demand,
            policies: Some(&self.policies),
            ..Question::new(content, self.at, &self.evidence)
        }
    }
}
