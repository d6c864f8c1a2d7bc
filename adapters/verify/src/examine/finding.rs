//! What was found out about one signature.

use der::asn1::ObjectIdentifier;
use rubrica_core::{
    cades::{Family, Level},
    identity::Holder,
};

use crate::{Certificate, SignatureAlgorithm, UnixTime, rejection::Rejection};

use super::ledger::{Check, Outcome, Subject, Verdict};

/// The time at which a signer's certificates were judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JudgedAt {
    /// The signature existed then, as a time stamp proves.
    Proven(UnixTime),
    /// Nothing proves when the signature was made, so it counts as made now.
    Now(UnixTime),
}

impl JudgedAt {
    /// The time itself.
    #[must_use]
    pub fn time(self) -> UnixTime {
        match self {
            Self::Proven(time) | Self::Now(time) => time,
        }
    }

    /// Whether a time stamp proves it.
    #[must_use]
    pub fn is_proven(self) -> bool {
        matches!(self, Self::Proven(_))
    }
}

/// The signature policy that a signature names (RFC 5126 §5.8.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyIdentifier {
    /// Its object identifier.
    pub oid: ObjectIdentifier,
    /// The hash by which it says which text of the policy is meant.
    pub hash: Box<[u8]>,
    /// How that hash was made.
    pub hash_algorithm: ObjectIdentifier,
    /// Where it says that the text is to be had.
    pub address: Option<Box<str>>,
}

/// A signature policy whose rules are known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownPolicy {
    /// What people call it, such as `PA_AD_RB_v2_4`; `file` where a user brought it.
    pub name: Box<str>,
    /// What it is for.
    pub family: Family,
    /// How much a signature under it carries.
    pub level: Level,
}

/// A time stamp over a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimeStamp {
    /// Whether it is good.
    pub verdict: Verdict,
    /// The checks in the order in which they were made.
    pub checks: Vec<Check>,
    /// The time that it states, where it can be read.
    pub time: Option<UnixTime>,
    /// The certificate that made it.
    pub authority: Option<Certificate>,
    /// The authorities above that, nearest first, and the anchor last; empty where none was reached.
    pub path: Vec<Certificate>,
}

/// What was found out about one signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What it comes to.
    pub verdict: Verdict,
    /// The checks in the order in which they were made.
    pub checks: Vec<Check>,
    /// The certificate that made it. Where the signature is not good, the one that it names.
    pub signer: Option<Certificate>,
    /// The certificate's holder, where it names one.
    pub holder: Option<Holder>,
    /// How it was made.
    pub algorithm: Option<SignatureAlgorithm>,
    /// When the signer says it was made; nobody vouches for it.
    pub claimed_time: Option<UnixTime>,
    /// When its certificates were asked to be good.
    pub judged_at: JudgedAt,
    /// The time stamps over it.
    pub time_stamps: Vec<TimeStamp>,
    /// The policy that it names.
    pub policy: Option<PolicyIdentifier>,
    /// What is known about that policy.
    pub known_policy: Option<KnownPolicy>,
    /// The authorities above the signer, nearest first, and the anchor last; empty where none was
    /// reached.
    pub path: Vec<Certificate>,
    /// Whether the message carries the content with it.
    pub carries_content: bool,
    /// Whether the message was in BER, and was brought into DER to be read.
    pub was_ber: bool,
    /// What came with the signature to support it and cannot be read. The verdict does without.
    pub unreadable: Vec<Rejection>,
}

impl TimeStamp {
    /// Each certificate of which it is not known whether it was revoked, and its issuer: what an
    /// OCSP responder is asked about, see [`crate::ocsp_request`].
    #[must_use]
    pub fn revocation_unknown(&self) -> Vec<(&Certificate, &Certificate)> {
        revocation_unknown(self.authority.as_ref(), &self.path, &self.checks)
    }
}

impl Finding {
    /// Each certificate of which it is not known whether it was revoked, and its issuer: what an
    /// OCSP responder is asked about, see [`crate::ocsp_request`]. Those of the time stamps are told
    /// by [`TimeStamp::revocation_unknown`].
    #[must_use]
    pub fn revocation_unknown(&self) -> Vec<(&Certificate, &Certificate)> {
        revocation_unknown(self.signer.as_ref(), &self.path, &self.checks)
    }
}

/// The checks of revocation stand in the order of the path.
fn revocation_unknown<'f>(
    first: Option<&'f Certificate>,
    path: &'f [Certificate],
    checks: &'f [Check],
) -> Vec<(&'f Certificate, &'f Certificate)> {
    let made = checks.iter().filter(|check| matches!(check.subject, Subject::Revocation(_)));
    first
        .into_iter()
        .chain(path)
        .zip(path)
        .zip(made)
        .filter(|(_, check)| matches!(check.outcome, Outcome::Unknown(_)))
        .map(|(pair, _)| pair)
        .collect()
}
