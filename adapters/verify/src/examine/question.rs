//! What is asked about a signature.

use der::asn1::ObjectIdentifier;
use rubrica_core::{cades::Family, identity::Holder};

use crate::{Anchors, Digest, Policies, UnixTime, revocation::Evidence};

use super::finding::JudgedAt;

/// What the signature should be over.
#[derive(Clone, Copy)]
pub enum Content<'a> {
    /// This document.
    Bytes(&'a [u8]),
    /// A document whose digest by an algorithm this function tells, or `None` where it cannot. It is
    /// asked once for each signer, and for the digest that the signer used.
    Digests(&'a dyn Fn(Digest) -> Option<Vec<u8>>),
    /// Whatever the message carries. A detached signature then stays [`super::Missing::Content`].
    Attached,
}

/// Which rules the place where a signature stands brings with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// A CMS anywhere, of which no more is asked than RFC 5652 does: the signed attributes need not
    /// name the signer's certificate.
    #[default]
    Cms,
    /// A PDF's signature of SubFilter `adbe.pkcs7.detached`: the same, in a PDF.
    PdfCms,
    /// A PDF's signature of SubFilter `ETSI.CAdES.detached` or `PBAD.PAdES`, which must name the
    /// signer's certificate (ETSI EN 319 142-1 §6.3, DOC-ICP-15.03).
    Pades,
    /// A CAdES signature, which must name the signer's certificate (ETSI EN 319 122-1 §6.3,
    /// DOC-ICP-15.03).
    Cades,
}

impl Profile {
    pub(super) fn names_certificate(self) -> bool {
        matches!(self, Self::Pades | Self::Cades)
    }

    /// Whether a signature under a policy of this family may stand there.
    pub(super) fn allows(self, family: Family) -> bool {
        match self {
            Self::Cms => true,
            Self::PdfCms | Self::Pades => family == Family::Pades,
            Self::Cades => family == Family::Cades,
        }
    }
}

/// Which signature policy is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Demand {
    /// The one that the signature names, or none where it names none.
    #[default]
    Named,
    /// Any one that is known.
    Some,
    /// This one.
    Exactly(ObjectIdentifier),
}

/// Everything that is asked about a signature, and what there is to answer it from.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// What should have been signed, or stamped.
    pub content: Content<'a>,
    /// Who should have signed it. `None` where anybody might.
    pub holder: Option<Holder>,
    /// The time now. Whatever no time stamp proves to be older is judged at this time.
    pub at: UnixTime,
    /// A time before which the signature is known to have existed, from elsewhere: a document time
    /// stamp that covers it and is valid by [`super::examine_time_stamp`]. `None` where nothing but
    /// its own time stamps may tell.
    pub existed_at: Option<UnixTime>,
    /// Who is trusted to begin a chain. `None` leaves every verdict indeterminate.
    pub anchors: Option<&'a Anchors>,
    /// What is at hand to tell whether certificates were revoked.
    pub evidence: &'a Evidence,
    /// Which rules the place brings.
    pub profile: Profile,
    /// Which policy is asked for.
    pub policy: Demand,
    /// The policies whose rules are known. `None` stands for those of the table.
    pub policies: Option<&'a Policies>,
}

impl Question<'_> {
    /// When whatever is asked about is known to have existed, or else now.
    pub(super) fn judged_at(&self) -> JudgedAt {
        match self.existed_at {
            Some(time) if time <= self.at => JudgedAt::Proven(time),
            _ => JudgedAt::Now(self.at),
        }
    }
}

impl<'a> Question<'a> {
    /// Asks about this content at this time, with this evidence; of anybody, without anchors,
    /// wherever it stands, under whatever policy it names.
    #[must_use]
    pub fn new(content: Content<'a>, at: UnixTime, evidence: &'a Evidence) -> Self {
        Self {
            content,
            holder: None,
            at,
            existed_at: None,
            anchors: None,
            evidence,
            profile: Profile::default(),
            policy: Demand::default(),
            policies: None,
        }
    }
}
