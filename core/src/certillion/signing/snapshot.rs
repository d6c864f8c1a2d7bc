//! A signing at rest.

use serde::{Deserialize, Serialize};

use super::super::application::Application;
use super::super::order::Order;
use crate::document::Digest;
use crate::error::{Error, Misuse};
use crate::oauth::grant::GrantSnapshot;

/// A saved [`Signing`](super::Signing), but for its progress, which is the caller's. It may hold a
/// token.
#[derive(Debug, Serialize, Deserialize)]
pub struct SigningSnapshot {
    version: u8,
    order: Digest,
    grant: Option<GrantSnapshot>,
}

impl SigningSnapshot {
    const VERSION: u8 = 1;

    pub(super) fn new(
        application: &Application<'_>,
        order: &Order<'_>,
        grant: Option<GrantSnapshot>,
    ) -> Self {
        Self { version: Self::VERSION, order: order.fingerprint(application), grant }
    }

    /// The grant, if this is of the same order and application: a grant is for the service that gave
    /// it, and for no other.
    pub(super) fn open(
        self,
        application: &Application<'_>,
        order: &Order<'_>,
    ) -> Result<Option<GrantSnapshot>, Error> {
        if self.version != Self::VERSION || self.order != order.fingerprint(application) {
            return Err(Misuse::Snapshot.into());
        }
        Ok(self.grant)
    }
}
