//! Signature policies (DOC-ICP-15.03), and which one to sign under.

use super::RootGeneration;
use crate::codec::cut;
use crate::codec::der::ObjectIdentifier;
use crate::document::Digest;
use crate::identity::certificate::PublicKey;

/// The arc of ICP-Brasil's signature policies, 2.16.76.1.7.1.
const ARC: &[u8] = b"\x60\x4c\x01\x07\x01";

/// A signature policy. It is a plain value: one that is not in [`POLICIES`](super::POLICIES) can be
/// read from its file by [`PolicyFile`](super::PolicyFile).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy<'a> {
    /// Its object identifier, shown in its dotted form.
    pub object_identifier: ObjectIdentifier<'a>,
    /// Its internal `signPolicyHash`, SHA-256: not the hash of its file, and not the one that the
    /// lists of approved policies (LPA) tell (DOC-ICP-15.03 v9.1, note 2).
    pub hash: Digest,
    /// Where its file is published. It goes into the signature as it stands, `http` included.
    pub uri: &'a str,
    /// The first second in which it may be signed under, in Unix seconds.
    pub from: u64,
    /// The last second in which it may be signed under, in Unix seconds.
    pub to: u64,
    /// From when on it may no longer be signed under, in Unix seconds, although `to` says otherwise.
    pub revoked: Option<u64>,
    /// What it is for.
    pub family: Family,
    /// How much a signature carries with it.
    pub level: Level,
    /// The newest root under which ITI's validator accepts a signature under this policy; `None`
    /// when none is known to be refused.
    pub newest_root: Option<RootGeneration>,
    /// What may be signed with.
    pub algorithms: Algorithms,
}

/// What a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// CMS, attached or detached.
    Cades,
    /// Signatures in a PDF. A policy for CMS in a PDF is rejected (programs in use).
    Pades,
}

/// How much a signature carries with it (DOC-ICP-15.03).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// AD-RB, "referência básica": the signer's certificate and no more.
    Basic,
    /// AD-RT, "referência de tempo": with a time stamp of the signature.
    TimeStamped,
    /// AD-RV, "referências para validação": with references to certificates and revocation. CAdES
    /// alone.
    References,
    /// AD-RC, "referências completas": with certificates and revocation.
    Complete,
    /// AD-RA, "referências para arquivamento": with a time stamp of all that.
    Archival,
}

impl Level {
    /// The norm's name for it, such as `AD-RB`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Basic => "AD-RB",
            Self::TimeStamped => "AD-RT",
            Self::References => "AD-RV",
            Self::Complete => "AD-RC",
            Self::Archival => "AD-RA",
        }
    }
}

/// What may be signed with under a policy, over a SHA-256 digest: the least bits of a key, `None`
/// where the algorithm is not allowed. Other algorithms of a policy are in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Algorithms {
    /// RSA (`sha256WithRSAEncryption`).
    pub rsa: Option<u16>,
    /// Elliptic curves (`ecdsa-with-SHA256`).
    pub elliptic: Option<u16>,
}

/// Why a policy cannot be signed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// No policy of this family and level is known.
    #[error("no policy of this format and level is known")]
    Unknown,
    /// The policy begins later.
    #[error("the policy may be signed under from {from} on (Unix seconds)")]
    TooEarly {
        /// Its first second.
        from: u64,
    },
    /// The policy has ended.
    #[error("the policy could be signed under until {to} (Unix seconds)")]
    TooLate {
        /// Its last second.
        to: u64,
    },
    /// The policy was revoked.
    #[error("the policy was revoked at {at} (Unix seconds)")]
    Revoked {
        /// When.
        at: u64,
    },
    /// The certificate hangs under a root that the policy does not know: ITI's validator rejects
    /// such a signature. A newer policy is needed.
    #[error("the policy does not know root {root}: ITI rejects what is signed so")]
    Root {
        /// The root.
        root: RootGeneration,
    },
    /// The policy does not allow the key's algorithm.
    #[error("the policy does not allow the key's algorithm")]
    Algorithm,
    /// The policy does not allow a key as short.
    #[error("the key has {bits} bits, and the policy wants {least}")]
    ShortKey {
        /// The key's.
        bits: usize,
        /// The policy's least.
        least: u16,
    },
}

/// What a policy is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What is signed.
    pub family: Family,
    /// How much the signature is to carry.
    pub level: Level,
    /// When it is signed, in Unix seconds.
    pub at: u64,
    /// The root of the signer's certificate; `None` when it is not known, and no policy is then
    /// refused for it.
    pub root: Option<RootGeneration>,
}

/// The newest policy for a purpose: of those that may be signed under then, with that root, the one
/// that began last; of two that began together, the later in `policies`.
///
/// `policies` is [`POLICIES`](super::POLICIES), chained with a user's own where there are such.
///
/// # Errors
/// [`PolicyError`]: why the newest policy of the family and level cannot be used.
pub fn choose<'t, 'p: 't>(
    policies: impl IntoIterator<Item = &'t Policy<'p>>,
    wanted: Wanted,
) -> Result<&'t Policy<'p>, PolicyError> {
    let mut chosen: Option<&Policy<'p>> = None;
    let mut refused: Option<(u64, PolicyError)> = None;
    for policy in policies {
        if (policy.family, policy.level) != (wanted.family, wanted.level) {
            continue;
        }
        match policy.check(wanted.at, wanted.root) {
            Ok(()) if chosen.is_none_or(|chosen| chosen.from <= policy.from) => {
                chosen = Some(policy);
            }
            Err(error) if refused.is_none_or(|(from, _)| from <= policy.from) => {
                refused = Some((policy.from, error));
            }
            Ok(()) | Err(_) => {}
        }
    }
    chosen.ok_or_else(|| refused.map_or(PolicyError::Unknown, |(_, error)| error))
}

impl Policy<'_> {
    /// Whether it may be signed under at a moment, in Unix seconds, with a certificate under a root.
    ///
    /// # Errors
    /// [`PolicyError`] with the reason why not.
    pub fn check(&self, at: u64, root: Option<RootGeneration>) -> Result<(), PolicyError> {
        if at < self.from {
            return Err(PolicyError::TooEarly { from: self.from });
        }
        if at > self.to {
            return Err(PolicyError::TooLate { to: self.to });
        }
        if let Some(revoked) = self.revoked
            && at >= revoked
        {
            return Err(PolicyError::Revoked { at: revoked });
        }
        match (root, self.newest_root) {
            (Some(root), Some(newest)) if root > newest => Err(PolicyError::Root { root }),
            _ => Ok(()),
        }
    }

    /// Whether a key may sign under it.
    ///
    /// # Errors
    /// [`PolicyError::Algorithm`] and [`PolicyError::ShortKey`].
    pub fn check_key(&self, key: &PublicKey<'_>) -> Result<(), PolicyError> {
        let least = match key {
            PublicKey::Rsa { .. } => self.algorithms.rsa,
            PublicKey::Elliptic { .. } => self.algorithms.elliptic,
            PublicKey::Other { .. } => None,
        };
        let least = least.ok_or(PolicyError::Algorithm)?;
        // The size of a curve that is not known is none that could be too small.
        match key.bits() {
            Some(bits) if bits < usize::from(least) => Err(PolicyError::ShortKey { bits, least }),
            Some(_) => Ok(()),
            None => Err(PolicyError::Algorithm),
        }
    }

    /// The name of its file without the ending, such as `PA_AD_RB_v2_4`: what people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        let file = cut::behind_last(self.uri, b'/').unwrap_or(self.uri);
        let ending = ".der";
        let length = file.len().saturating_sub(ending.len());
        if file.ends_with(ending) { file.get(..length).unwrap_or(file) } else { file }
    }
}

/// What a policy is for, by the number behind 2.16.76.1.7.1: 1 to 5 are CAdES, 11 to 14 PAdES.
///
/// Between them are the policies for XML, and what follows a number is the policy's version.
pub(super) fn purpose(identifier: ObjectIdentifier<'_>) -> Option<(Family, Level)> {
    Some(match *identifier.body().strip_prefix(ARC)? {
        [1, ..] => (Family::Cades, Level::Basic),
        [2, ..] => (Family::Cades, Level::TimeStamped),
        [3, ..] => (Family::Cades, Level::References),
        [4, ..] => (Family::Cades, Level::Complete),
        [5, ..] => (Family::Cades, Level::Archival),
        [11, ..] => (Family::Pades, Level::Basic),
        [12, ..] => (Family::Pades, Level::TimeStamped),
        [13, ..] => (Family::Pades, Level::Complete),
        [14, ..] => (Family::Pades, Level::Archival),
        _ => return None,
    })
}
