//! Reads XML signatures and says exactly what each of them covers.
#![forbid(unsafe_code)]
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod addition;
mod algorithm;
mod canonical;
mod digest;
mod error;
mod fields;
mod identifiers;
mod key_info;
pub mod limits;
mod read;
mod reference;
mod signature;
mod transforms;
mod verdict;
mod xades;

pub use addition::{Addition, Coverage, Placement, added_signature};
pub use algorithm::SignatureAlgorithm;
pub use canonical::{Canonicalization, Mode, canonical_form};
pub use digest::Digest;
pub use error::{Unverifiable, XmlError};
pub use reference::{Reference, Target};
pub use signature::{SignedInfo, XmlSignature, signatures};
pub use verdict::{Breach, Verdict};
pub use xades::{Policy, PolicyHash, SigningTime, TimeStamp, Xades};
