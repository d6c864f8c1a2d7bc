//! The signature policy that a signature names.

use super::{XADES, digest_and_value};
use crate::{
    digest::Digest,
    error::{Unverifiable, XmlError},
    fields::{DSIG, Fields, fault, is, text},
    read::Document,
};

/// A signature policy as it is named (ETSI EN 319 132-1 §5.2.9).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Policy {
    /// The policy is whatever the circumstances imply.
    Implied,
    /// A policy by its identifier.
    Explicit {
        /// The identifier as it is written: a URI.
        identifier: String,
        /// The hash that the policy's file is to have.
        hash: PolicyHash,
        /// Where the file is said to be.
        address: Option<String>,
    },
}

/// The hash of a signature policy's file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyHash {
    /// The hash, where it is a known one.
    pub digest: Result<Digest, Unverifiable>,
    /// Its value.
    pub value: Vec<u8>,
}

impl Policy {
    /// The object identifier in dots, where the identifier is one: `urn:oid:2.16.76.1.7.1.6.2.3` and
    /// `2.16.76.1.7.1.6.2.3` alike.
    #[must_use]
    pub fn oid(&self) -> Option<&str> {
        let Self::Explicit { identifier, .. } = self else { return None };
        let arcs = match identifier.split_at_checked(8) {
            Some((prefix, arcs)) if prefix.eq_ignore_ascii_case("urn:oid:") => arcs,
            _ => identifier,
        };
        let number = |arc: &str| !arc.is_empty() && arc.bytes().all(|it| it.is_ascii_digit());
        (arcs.contains('.') && arcs.split('.').all(number)).then_some(arcs)
    }

    /// Reads `SignaturePolicyIdentifier`.
    pub(super) fn read(document: &Document<'_>, place: usize) -> Result<Self, XmlError> {
        let mut fields = Fields::of(document, place)?;
        if fields.optional(XADES, "SignaturePolicyImplied").is_some() {
            fields.finish()?;
            return Ok(Self::Implied);
        }
        let policy = fields.required(XADES, "SignaturePolicyId", "no signature policy")?;
        fields.finish()?;

        let mut fields = Fields::of(document, policy)?;
        let identifier = fields.required(XADES, "SigPolicyId", "no policy's identifier")?;
        if fields.optional(DSIG, "Transforms").is_some() {
            return fault(document, policy, "a policy that is transformed before it is hashed");
        }
        let hash = fields.required(XADES, "SigPolicyHash", "no policy's hash")?;
        let qualifiers = fields.optional(XADES, "SigPolicyQualifiers");
        fields.finish()?;

        let identifier = Fields::of(document, identifier)?
            .required(XADES, "Identifier", "no policy's identifier")
            .and_then(|identifier| text(document, identifier))?;
        let (digest, value) = digest_and_value(document, hash)?;
        let address = match qualifiers {
            Some(qualifiers) => address(document, qualifiers)?,
            None => None,
        };
        Ok(Self::Explicit { identifier, hash: PolicyHash { digest, value }, address })
    }
}

/// The first `SPURI` of the qualifiers.
fn address(document: &Document<'_>, qualifiers: usize) -> Result<Option<String>, XmlError> {
    for qualifier in Fields::of(document, qualifiers)?.rest() {
        for (item, _) in document.children(qualifier) {
            if is(document, item, XADES, "SPURI") {
                return text(document, item).map(Some);
            }
        }
    }
    Ok(None)
}
