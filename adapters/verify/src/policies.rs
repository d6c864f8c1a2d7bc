//! The signature policies whose rules are known.

use rubrica_core::{
    cades::{POLICIES, Policy, PolicyFile},
    codec::der,
};

use crate::{
    ObjectIdentifier, limits,
    rejection::{Piece, Rejection},
};

/// The signature policies whose rules are known: those of [`rubrica_core::cades::POLICIES`], and
/// those that a user brings as files.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    files: Vec<Box<[u8]>>,
}

impl Policies {
    /// Those of the table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a policy's file, in DER, as ITI publishes it. It is believed before a policy of the
    /// table with the same number.
    ///
    /// # Errors
    /// [`Rejection::PolicyFile`] where it is malformed, its hash is not its own or not SHA-256, or
    /// it is none of ICP-Brasil's for CMS or PDF; [`Rejection::TooMany`].
    pub fn add_file(&mut self, der: &[u8]) -> Result<&mut Self, Rejection> {
        if self.files.len() == limits::POLICY_FILES {
            let limit = limits::POLICY_FILES;
            return Err(Rejection::TooMany { piece: Piece::SignaturePolicy, limit });
        }
        PolicyFile::parse(der).and_then(|file| file.policy(UNPUBLISHED))?;
        self.files.push(der.into());
        Ok(self)
    }

    /// The policy with this number, and the signed attributes that its file asks for.
    pub(crate) fn find(&self, oid: ObjectIdentifier) -> Option<KnownRules<'_>> {
        let wanted = der::ObjectIdentifier::from_body(oid.as_bytes());
        self.files
            .iter()
            .filter_map(|der| {
                let file = PolicyFile::parse(der).ok()?;
                let attributes = file.signed_attributes();
                let attributes = attributes
                    .filter_map(|it| ObjectIdentifier::from_bytes(it.body()).ok())
                    .collect();
                Some(KnownRules { policy: file.policy(UNPUBLISHED).ok()?, attributes })
            })
            .chain(
                POLICIES
                    .iter()
                    .map(|policy| KnownRules { policy: *policy, attributes: Vec::new() }),
            )
            .find(|known| known.policy.object_identifier.body() == wanted.body())
    }
}

/// Where a file that a user brings is published, which is not known and not asked.
const UNPUBLISHED: &str = "file";

/// The rules of one policy.
#[derive(Clone, Debug)]
pub(crate) struct KnownRules<'a> {
    pub(crate) policy: Policy<'a>,
    /// Signed attributes that its file asks for, beside those that every policy does.
    pub(crate) attributes: Vec<ObjectIdentifier>,
}
