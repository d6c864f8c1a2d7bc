//! Whether a certificate might be used as it was: its own validity and use, its chain, and whether
//! anything in the chain was revoked.

use core::cell::Cell;

use crate::{
    Anchors, Certificate, UnixTime, chain,
    rejection::Rejection,
    revocation::{Evidence, Reason, Register, RevocationSources, Status, revocation_sources},
    unfit::{Unfit, Whose},
};

use super::{
    finding::JudgedAt,
    inside::Inside,
    ledger::{Ledger, Missing, Outcome, Subject, Trouble},
    question::Question,
};

/// What a certificate was used for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role {
    Signer,
    /// A time stamp of this time.
    TimeStamp(UnixTime),
}

impl Role {
    fn whose(self) -> Whose {
        match self {
            Self::Signer => Whose::Signer,
            Self::TimeStamp(_) => Whose::TimeStamp,
        }
    }

    fn may(self, certificate: &Certificate, at: UnixTime) -> Result<(), Unfit> {
        match self {
            Self::Signer => certificate.may_sign(at),
            Self::TimeStamp(_) => certificate.may_stamp(at),
        }
    }

    /// Whether the use was before the revocation, and is not touched by it.
    ///
    /// RFC 3161 §4: the stamps made before a time-stamp authority's certificate was revoked stay
    /// good where the revocation states a reason that does not put its key in doubt.
    fn outlives(self, since: UnixTime, reason: Option<Reason>) -> bool {
        match self {
            Self::Signer => false,
            Self::TimeStamp(time) => {
                let harmless = matches!(
                    reason,
                    Some(
                        Reason::Unspecified
                            | Reason::AffiliationChanged
                            | Reason::Superseded
                            | Reason::CessationOfOperation
                    )
                );
                harmless && time < since
            }
        }
    }
}

/// Who decides: the anchors, and everything at hand beside the certificate itself.
pub(super) struct Court<'a> {
    register: Option<Register<'a>>,
    pool: Vec<&'a Certificate>,
}

impl<'a> Court<'a> {
    /// With what the caller gave and what came inside the message.
    pub(super) fn new(
        question: &Question<'a>,
        inside: &'a [&'a Inside],
        work: &'a Cell<usize>,
    ) -> Self {
        let evidence: &'a Evidence = question.evidence;
        let inner = |inside: &&'a Inside| -> &'a Inside { inside };
        let pool: Vec<&'a Certificate> = inside
            .iter()
            .map(inner)
            .flat_map(|it| &it.certificates)
            .chain(&evidence.certificates)
            .collect();
        let register = question.anchors.map(|anchors: &'a Anchors| Register {
            crls: inside.iter().map(inner).flat_map(|it| &it.crls).chain(&evidence.crls).collect(),
            ocsps: inside
                .iter()
                .map(inner)
                .flat_map(|it| &it.ocsps)
                .chain(&evidence.ocsps)
                .collect(),
            pool: pool.clone(),
            anchors,
            now: question.at,
            work,
        });
        Self { register, pool }
    }

    /// Every certificate at hand.
    pub(super) fn pool(&self) -> &[&'a Certificate] {
        &self.pool
    }

    /// Enters whether the certificate might be used so, and gives the path to its anchor.
    pub(super) fn judge(
        &self,
        ledger: &mut Ledger,
        certificate: &'a Certificate,
        role: Role,
        judged_at: JudgedAt,
    ) -> Vec<&'a Certificate> {
        let time = judged_at.time();
        let fit = role
            .may(certificate, time)
            .map_err(|unfit| unfit_trouble(role.whose(), unfit, judged_at));
        ledger.check(Subject::Use, fit);
        let path = self.chain(certificate, judged_at);
        let Some(path) = ledger.check(Subject::Chain, path) else {
            return Vec::new();
        };
        if let Some(register) = &self.register {
            revocation(ledger, register, certificate, &path, role, time);
        }
        path
    }

    fn chain(
        &self,
        certificate: &'a Certificate,
        judged_at: JudgedAt,
    ) -> Result<Vec<&'a Certificate>, Trouble> {
        let register = self.register.as_ref().ok_or(Missing::Anchors)?;
        chain::find(certificate, &self.pool, register.anchors, judged_at.time()).map_err(
            |rejection| match rejection {
                Rejection::UnknownIssuer { issuer } => {
                    self.unknown_issuer(certificate, issuer).into()
                }
                Rejection::Unfit { whose, unfit } => unfit_trouble(whose, unfit, judged_at),
                other => other.into(),
            },
        )
    }

    fn unknown_issuer(&self, certificate: &Certificate, issuer: Box<str>) -> Missing {
        let sources = core::iter::once(certificate)
            .chain(self.pool.iter().copied())
            .find(|issued| *issued.issuer() == *issuer)
            .and_then(|issued| revocation_sources(issued).ok())
            .map(|sources| sources.issuers.into_boxed_slice())
            .unwrap_or_default();
        Missing::Issuer { issuer, sources }
    }
}

/// A certificate that is not good any more may have been when it was used; nothing else changes
/// with time.
fn unfit_trouble(whose: Whose, unfit: Unfit, judged_at: JudgedAt) -> Trouble {
    match unfit {
        Unfit::Expired { .. } if !judged_at.is_proven() => Missing::Time { whose, unfit }.into(),
        unfit => Rejection::Unfit { whose, unfit }.into(),
    }
}

/// Enters, for every certificate below the anchor, whether it was revoked.
fn revocation<'a>(
    ledger: &mut Ledger,
    register: &Register<'a>,
    certificate: &'a Certificate,
    path: &[&'a Certificate],
    role: Role,
    time: UnixTime,
) {
    let Some(anchor) = path.last() else { return };
    let chain = core::iter::once(certificate).chain(path.iter().copied());
    for (place, (subject, issuer)) in chain.zip(path.iter().copied()).enumerate() {
        let whose = match place {
            0 => role.whose(),
            _ => Whose::Authority(subject.display_name().into()),
        };
        let outcome = match register.status(subject, issuer, anchor, time) {
            Status::Good(proof) => Outcome::Unrevoked(proof),
            Status::Revoked(entry, proof)
                if place == 0 && role.outlives(entry.since, entry.reason) =>
            {
                Outcome::Unrevoked(proof)
            }
            Status::Revoked(entry, _) => Outcome::Failed(Rejection::Revoked {
                whose: whose.clone(),
                since: entry.since,
                reason: entry.reason,
            }),
            Status::Unknown(unusable) => {
                let sources =
                    revocation_sources(subject).unwrap_or_else(|_| RevocationSources::default());
                Outcome::Unknown(Missing::Revocation {
                    whose: whose.clone(),
                    unusable,
                    sources: Box::new(sources),
                })
            }
        };
        ledger.enter(Subject::Revocation(whose), outcome);
    }
}
