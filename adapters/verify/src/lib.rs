//! Tells whether a CMS, a raw signature, a certificate and its chain are good.
#![forbid(unsafe_code)]
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod algorithm;
mod anchors;
mod attributes;
mod certificate;
mod chain;
mod check;
mod cursor;
mod extensions;
mod identity;
mod key;
pub mod limits;
mod name;
mod pem;
mod rejection;
mod rsa_digest;
mod signature;
mod signed_data;
mod time;

pub use algorithm::{Digest, SignatureAlgorithm};
pub use anchors::Anchors;
pub use certificate::Certificate;
pub use check::{Expected, Trust, Verified, certificate, cms, raw};
pub use der::asn1::ObjectIdentifier;
pub use extensions::{BasicConstraints, KeyUsage};
pub use key::KeyKind;
pub use pem::certificates as certificates_from_pem;
pub use rejection::{Attribute, Defect, Piece, Rejection, Unfit, Unidentified, Whose};
pub use rsa_digest::Padding;
pub use time::UnixTime;
