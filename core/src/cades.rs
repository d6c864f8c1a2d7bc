//! ICP-Brasil signatures, assembled from a RAW signature of a service.
//!
//! A service that signs RAW signs a digest and knows nothing of policies. What makes its signature
//! one that ITI's rules accept is made here, in the caller's buffers, without the document: its
//! digest and the holder's certificate are enough.
//!
//! 1. [`choose`] a [`Policy`] by format, level, date and root, or take none for a plain CMS.
//! 2. [`SignedAttributes`] of the document's digest, the certificate and the policy; their
//!    [`digest`](SignedAttributes::digest) is what the service signs.
//! 3. Where the policy wants a time stamp, a [`TimeStampQuery`] of the signature that came back.
//! 4. [`SignedData`] of all that: the `.p7s`, or what goes into a PDF's `/Contents`.
//!
//! ```
//! use rubrica_core::cades::{
//!     Family, Level, POLICIES, RootGeneration, SignedAttributes, SignedData, Wanted, choose,
//! };
//! use rubrica_core::document::Digest;
//! use rubrica_core::identity::Certificate;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policies/PA_AD_RB_v2_4.der");
//! # let file = std::fs::read(FILE)?;
//! # let policy = rubrica_core::cades::PolicyFile::parse(&file)?;
//! # let root = policy.trust_anchors().next().ok_or("a certificate to play with")?;
//! # let (holder, authority) = (root.encoded(), root.encoded());
//! # let sign = |_: Digest| vec![7; 512];
//! let certificate = Certificate::parse(holder)?;
//! let chain = [Certificate::parse(authority)?];
//! let policy = choose(&POLICIES, Wanted {
//!     family: Family::Cades,
//!     level: Level::Basic,
//!     at: 1_795_219_200, // 21 November 2026
//!     root: RootGeneration::of_chain(&chain),
//! })?;
//! let document = Digest::of(b"what is signed");
//! let attributes = SignedAttributes::new(document, &certificate, Some(policy), None)?;
//! let signature = sign(attributes.digest()); // the service, RAW
//! let signed = SignedData::new(&attributes, &signature)?.with_chain(&chain)?;
//! let mut buffer = vec![0; signed.encoded_length()];
//! let message = signed.write(&mut buffer)?;
//! assert_eq!(message.len(), signed.encoded_length());
//! # Ok(())
//! # }
//! ```
//!
//! Nothing here verifies: the signature that a service gives is to be checked against the
//! certificate's key before it is embedded (S32).

mod algorithm;
mod attributes;
mod error;
mod identifiers;
mod policy;
mod policy_file;
mod root;
mod signed_data;
mod table;
mod time_stamp;
mod token;

pub use attributes::SignedAttributes;
pub use error::CadesError;
pub use policy::{Algorithms, Family, Level, Policy, PolicyError, Wanted, choose};
pub use policy_file::{AlgorithmConstraint, PolicyFile, PolicyFileError};
pub use root::RootGeneration;
pub use signed_data::{AssemblyError, MAX_CHAIN, SignedData};
pub use table::POLICIES;
pub use time_stamp::TimeStampQuery;
pub use token::TimeStampToken;
