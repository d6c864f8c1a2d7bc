//! The checks that were made, and the verdict that follows from them.

use core::fmt;

use der::asn1::ObjectIdentifier;
use rubrica_core::cades::Level;

use crate::{
    UnixTime,
    digest::Digest,
    rejection::Rejection,
    revocation::{Proof, RevocationSources, Unusable},
    unfit::{Unfit, Whose},
};

/// What is known about a signature as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Every check was made and passed.
    Valid,
    /// A check failed: the first one, in the order of [`Subject`].
    Invalid(Rejection),
    /// No check failed, and some could not be made.
    Indeterminate(Vec<Missing>),
}

impl Verdict {
    /// Whether every check was made and passed.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        *self == Self::Valid
    }
}

/// What is missing to know more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Missing {
    /// The signature is detached, and its document was not given.
    #[error("the document that was signed was not given")]
    Content,
    /// The digest of the document by the algorithm that the signer used was not given.
    #[error("the document's {0} digest was not given")]
    Digest(Digest),
    /// The signature can be checked over a document in memory only, and its digest was given.
    #[error("the document itself is needed: this signature cannot be checked over a digest")]
    Document,
    /// The signer's certificate is neither in the message nor in the evidence.
    #[error("the signer's certificate is not at hand")]
    SignerCertificate,
    /// Nobody is trusted.
    #[error("no trust anchors were given")]
    Anchors,
    /// An issuer's certificate.
    #[error("the issuer {issuer} is not known")]
    Issuer {
        /// Its common name.
        issuer: Box<str>,
        /// Where the certificate that it issued says that it is to be had.
        sources: Box<[Box<str>]>,
    },
    /// Whether a certificate was revoked.
    #[error("it is not known whether {whose} was revoked")]
    Revocation {
        /// Whose certificate.
        whose: Whose,
        /// Why each list and answer that seems to be about it does not tell.
        unusable: Vec<Unusable>,
        /// Where it says that it can be asked about.
        sources: Box<RevocationSources>,
    },
    /// A proof of when the signature was made. The certificate is not good now, and might have been
    /// then: the time that the signer states proves nothing.
    #[error("it is not proven when the signature was made, and {whose} {unfit}")]
    Time {
        /// Whose certificate.
        whose: Whose,
        /// Why it is not good now.
        unfit: Unfit,
    },
    /// A proof that the signature was made while its policy was in force.
    #[error("it is not proven when the signature was made, and its policy ended at {until}")]
    PolicyTime {
        /// When the policy ended.
        until: UnixTime,
    },
    /// The rules of a signature policy.
    #[error("the signature policy {0} is not known")]
    Policy(ObjectIdentifier),
    /// The rules of a policy's level beyond AD-RT: references, revocation and archival in the
    /// signature are not evaluated.
    #[error("the rules of {} are not evaluated here", .0.name())]
    Level(Level),
    /// Something that the time stamp, which the policy asks for, needs.
    #[error("the time stamp is not known to be good: {0}")]
    TimeStamp(Box<Self>),
    /// A means to check this: an algorithm, or an extension of a certificate, that is neither known
    /// to be bad nor implemented.
    #[error("this cannot be checked here: {0}")]
    Means(Box<Rejection>),
}

/// What a check is about, in the order in which they are made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// That the signer's part of the message can be read.
    Message,
    /// That the signature is over the document that was asked about.
    Content,
    /// That the signed attributes are those that a signature must have.
    Attributes,
    /// That the signer's certificate is at hand and the one that was signed with.
    SignerCertificate,
    /// That the certificate's key made the signature.
    Signature,
    /// That a time stamp proves when it was made.
    TimeStamp,
    /// That the certificate might sign documents, at the time that counts.
    Use,
    /// That the certificate chains to an anchor, at the time that counts.
    Chain,
    /// That this certificate was not revoked at the time that counts.
    Revocation(Whose),
    /// That the signature keeps the rules of its policy.
    Policy,
    /// That the signer is the one who was asked for.
    Holder,
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Message => "message",
            Self::Content => "content",
            Self::Attributes => "signed attributes",
            Self::SignerCertificate => "signer's certificate",
            Self::Signature => "signature",
            Self::TimeStamp => "time stamp",
            Self::Use => "validity and use of the certificate",
            Self::Chain => "chain",
            Self::Revocation(whose) => return write!(formatter, "revocation of {whose}"),
            Self::Policy => "signature policy",
            Self::Holder => "holder",
        })
    }
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It is good.
    Passed,
    /// The certificate was not revoked at the time that counts, as this shows.
    Unrevoked(Proof),
    /// It is bad.
    Failed(Rejection),
    /// It cannot be told.
    Unknown(Missing),
    /// It cannot be told, and the verdict does not rest on it: a time stamp that nobody asked for.
    Unneeded(Missing),
    /// Nobody asked, and the signature does not either.
    NotAsked,
}

impl Outcome {
    /// Whether it is known to be good.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Passed | Self::Unrevoked(_))
    }
}

/// A check and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// What it was about.
    pub subject: Subject,
    /// What came of it.
    pub outcome: Outcome,
}

/// Why a check did not pass.
#[derive(Clone, Debug)]
pub(super) enum Trouble {
    Failed(Rejection),
    Unknown(Missing),
}

impl From<Missing> for Trouble {
    fn from(missing: Missing) -> Self {
        Self::Unknown(missing)
    }
}

/// What is known to be bad is a failure, and what is not known here is missing.
impl From<Rejection> for Trouble {
    fn from(rejection: Rejection) -> Self {
        let beyond_us = match &rejection {
            Rejection::DigestAlgorithm(oid) | Rejection::SignatureAlgorithm(oid) => !is_broken(oid),
            Rejection::KeyAlgorithm(_)
            | Rejection::SignatureParameters(_)
            | Rejection::PathTooLong
            | Rejection::Unfit {
                unfit: Unfit::CriticalExtension(_) | Unfit::NameConstraints,
                ..
            } => true,
            _ => false,
        };
        match rejection {
            Rejection::SignerMissing => Self::Unknown(Missing::SignerCertificate),
            rejection if beyond_us => Self::Unknown(Missing::Means(Box::new(rejection))),
            rejection => Self::Failed(rejection),
        }
    }
}

/// Hashes that anybody can find collisions of, and signatures over them (security line S30): MD2,
/// MD5 and SHA-1, alone, with RSA, and with ECDSA.
fn is_broken(oid: &ObjectIdentifier) -> bool {
    const BROKEN: [ObjectIdentifier; 7] = [
        ObjectIdentifier::new_unwrap("1.2.840.113549.2.2"),
        ObjectIdentifier::new_unwrap("1.2.840.113549.2.5"),
        ObjectIdentifier::new_unwrap("1.3.14.3.2.26"),
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.2"),
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.4"),
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5"),
        ObjectIdentifier::new_unwrap("1.2.840.10045.4.1"),
    ];
    BROKEN.contains(oid)
}

/// The checks so far.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    checks: Vec<Check>,
}

impl Ledger {
    pub(super) fn enter(&mut self, subject: Subject, outcome: Outcome) {
        self.checks.push(Check { subject, outcome });
    }

    /// Enters what came of a check, and gives what it found where it passed.
    pub(super) fn check<T>(
        &mut self,
        subject: Subject,
        result: Result<T, impl Into<Trouble>>,
    ) -> Option<T> {
        match result.map_err(Into::into) {
            Ok(found) => {
                self.enter(subject, Outcome::Passed);
                Some(found)
            }
            Err(Trouble::Failed(rejection)) => {
                self.enter(subject, Outcome::Failed(rejection));
                None
            }
            Err(Trouble::Unknown(missing)) => {
                self.enter(subject, Outcome::Unknown(missing));
                None
            }
        }
    }

    /// The verdict, where `needed` must have passed, and `certificates` be known as unrevoked.
    pub(super) fn verdict(&self, needed: &[Subject], certificates: usize) -> Verdict {
        let mut missing = Vec::new();
        for check in &self.checks {
            match &check.outcome {
                Outcome::Failed(rejection) => return Verdict::Invalid(rejection.clone()),
                Outcome::Unknown(what) => missing.push(what.clone()),
                _ => {}
            }
        }
        let good = |subject: &Subject| {
            let mut made = self.checks.iter().filter(|check| check.subject == *subject).peekable();
            made.peek().is_some() && made.all(|check| check.outcome.is_good())
        };
        let unrevoked =
            self.checks.iter().filter(|check| matches!(check.outcome, Outcome::Unrevoked(_)));
        let complete =
            certificates > 0 && unrevoked.count() == certificates && needed.iter().all(good);
        if complete && missing.is_empty() {
            Verdict::Valid
        } else {
            Verdict::Indeterminate(missing)
        }
    }

    pub(super) fn into_checks(self) -> Vec<Check> {
        self.checks
    }
}
