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
//! Nothing here verifies: the signature that a service gives is to be checked against the
//! certificate's key before it is embedded (S32).

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
