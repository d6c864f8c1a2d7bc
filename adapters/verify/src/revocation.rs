//! Whether a certificate was revoked: what is given to tell, and what it tells.
//!
//! Lists (RFC 5280 §5) and answers of OCSP responders (RFC 6960) come as bytes; nothing here asks a
//! network. [`revocation_sources`] and [`ocsp_request`] are for whoever does.

mod crl;
mod evidence;
mod ocsp;
mod proof;
mod request;
mod sources;
mod status;

pub(crate) use crl::Crl;
pub use evidence::Evidence;
pub(crate) use ocsp::Ocsp;
pub use proof::{Proof, ProofKind, Reason, Unusable};
pub use request::ocsp_request;
pub use sources::{RevocationSources, revocation_sources};
pub(crate) use status::{Register, Status};
