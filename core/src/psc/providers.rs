//! The providers that are known, each in a file with the source of every value.
//!
//! "Vendor documentation" is what the provider publishes; "programs in use" are public clients that
//! were seen to work; "norm" is DOC-ICP-17.01 §6.4. A value marked "Unsure" has a contradicting, a
//! weak or no source, and stands in [`super::Provider::unsure`] where a refusal may come of it.

mod birdid;
mod generic;
mod remoteid;
mod safeid;
mod serproid;
mod vaultid;
mod vidaas;

pub use birdid::BIRDID;
pub use generic::GENERIC;
pub use remoteid::REMOTEID;
pub use safeid::SAFEID;
pub use serproid::SERPROID;
pub use vaultid::VAULTID;
pub use vidaas::VIDAAS;

use super::provider::Provider;

/// Every provider that is known, and the one that only its base URL has to be known of.
pub const ALL: [Provider<'static>; 7] =
    [VIDAAS, BIRDID, VAULTID, SAFEID, SERPROID, REMOTEID, GENERIC];
