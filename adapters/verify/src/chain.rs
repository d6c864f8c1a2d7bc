//! The path from a signer to a trust anchor (RFC 5280 §6.1, without policies and revocation).
//!
//! Written here and not taken from rustls-webpki, which judges servers: it does not look at
//! `keyUsage`, does not say which certificate of a path is at fault, refuses to be asked about an
//! authority, and has no place for the OCSP answers and policies of ICP-Brasil. The search is
//! depth first, over issuers whose name and signature match, within [`limits::PATH_CERTIFICATES`]
//! and [`limits::PATH_SIGNATURES`].

use crate::{
    Anchors, Certificate, UnixTime, limits,
    rejection::Rejection,
    unfit::{Unfit, Whose},
};

/// Finds a path from `subject` to an anchor: the authorities in between, nearest first, and the
/// anchor last.
///
/// `offered` came with the signature: it fills gaps and is never an anchor. Every certificate of
/// the path but `subject` itself is checked for what it may do; `subject` is checked by the
/// caller, who knows what it was used for.
pub(crate) fn find<'a>(
    subject: &'a Certificate,
    offered: &[&'a Certificate],
    anchors: &'a Anchors,
    at: UnixTime,
) -> Result<Vec<&'a Certificate>, Rejection> {
    let mut search = Search {
        pool: anchors.intermediates().iter().chain(offered.iter().copied()).collect(),
        anchors: anchors.roots(),
        at,
        signatures: 0,
        path: Vec::new(),
    };
    search.climb(subject, 0)?;
    Ok(search.path)
}

/// A search for one path.
struct Search<'a> {
    pool: Vec<&'a Certificate>,
    anchors: &'a [Certificate],
    at: UnixTime,
    /// Signatures checked so far.
    signatures: usize,
    /// The authorities found so far, nearest to the subject first.
    path: Vec<&'a Certificate>,
}

impl<'a> Search<'a> {
    /// Completes the path above `current`, whose issuer has `below` authorities under it.
    ///
    /// Where it fails, the path is as it was. Of several failures, the one that got furthest is
    /// told.
    fn climb(&mut self, current: &'a Certificate, below: u32) -> Result<(), Rejection> {
        let mut failure = Failure::default();
        let issued = |issuer: &&'a Certificate| issuer.subject_der() == current.issuer_der();
        for anchor in self.anchors.iter().filter(issued) {
            match self.link(current, anchor, Whose::Anchor, below) {
                Ok(()) => {
                    self.path.push(anchor);
                    return Ok(());
                }
                Err(other) => failure.or(other),
            }
        }
        let offered: Vec<_> = self.pool.iter().copied().filter(issued).collect();
        // Looked through only where nobody brought a good one: reading them all takes a moment.
        let known =
            core::iter::once_with(|| -> &'a [Certificate] { known() }).flatten().filter(issued);
        for authority in offered.into_iter().chain(known) {
            // A certificate twice in one path leads nowhere that it did not lead the first time.
            if authority == current || self.path.contains(&authority) {
                continue;
            }
            if self.path.len() == limits::PATH_CERTIFICATES {
                return Err(Rejection::PathTooLong);
            }
            match self.link(current, authority, Whose::Authority, below) {
                Ok(()) => {
                    self.path.push(authority);
                    let counted = u32::from(!authority.is_self_issued());
                    match self.climb(authority, below.saturating_add(counted)) {
                        Ok(()) => return Ok(()),
                        Err(other) => failure.or(Failure::Beyond(other)),
                    }
                    self.path.pop();
                }
                Err(other) => failure.or(other),
            }
        }
        Err(failure.into_rejection(current, self.path.is_empty()))
    }

    /// Whether `issuer` signed `subject`, and might.
    fn link(
        &mut self,
        subject: &Certificate,
        issuer: &Certificate,
        whose: fn(Box<str>) -> Whose,
        below: u32,
    ) -> Result<(), Failure> {
        if self.signatures == limits::PATH_SIGNATURES {
            return Err(Failure::Beyond(Rejection::PathTooLong));
        }
        self.signatures = self.signatures.saturating_add(1);
        let unfit = |unfit: Unfit| {
            Failure::Unfit(Rejection::Unfit { whose: whose(issuer.display_name().into()), unfit })
        };
        // Before the signature, because no signature of a weak key is checked at all.
        issuer.key().strong().map_err(unfit)?;
        match subject.is_signed_by(issuer) {
            Ok(()) => issuer.may_issue(self.at, below).map_err(unfit),
            // An unrelated authority of the same name, or the same one with an earlier key.
            Err(Rejection::Signature | Rejection::KeyMismatch) => Err(Failure::Signature),
            Err(other) => Err(Failure::Unsupported(other)),
        }
    }
}

/// Authorities that need not be offered.
fn known() -> &'static [Certificate] {
    #[cfg(feature = "icp-brasil")]
    return crate::known_intermediates();
    #[cfg(not(feature = "icp-brasil"))]
    return &[];
}

/// Why nothing above a certificate leads to an anchor; the later variants got further.
#[derive(Default)]
enum Failure {
    /// No certificate bears the issuer's name.
    #[default]
    Unknown,
    /// Those that bear it did not make the signature.
    Signature,
    /// The signature cannot be checked here.
    Unsupported(Rejection),
    /// The issuer made the signature and might not have.
    Unfit(Rejection),
    /// The issuer is good, and its own chain fails.
    Beyond(Rejection),
}

impl Failure {
    /// Keeps the one that got further.
    fn or(&mut self, other: Self) {
        if other.rank() > self.rank() {
            *self = other;
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Signature => 1,
            Self::Unsupported(_) => 2,
            Self::Unfit(_) => 3,
            Self::Beyond(_) => 4,
        }
    }

    fn into_rejection(self, subject: &Certificate, is_signer: bool) -> Rejection {
        match self {
            Self::Unknown => Rejection::UnknownIssuer { issuer: subject.issuer().into() },
            Self::Signature => Rejection::BrokenChain {
                whose: if is_signer {
                    Whose::Signer
                } else {
                    Whose::Authority(subject.display_name().into())
                },
                issuer: subject.issuer().into(),
            },
            Self::Unsupported(rejection) | Self::Unfit(rejection) | Self::Beyond(rejection) => {
                rejection
            }
        }
    }
}
