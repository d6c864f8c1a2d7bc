//! Tells whether a CMS, a raw signature, a certificate and its chain are good.
//!
//! Nothing that a service answers is used before it is checked here: that the signature is over
//! the digest that *we* computed, that it verifies against the certificate, that the certificate
//! is the holder's and valid, that it chains to whom the caller trusts. The first check that fails
//! is told as a [`Rejection`]; there is no result between good and refused.
//!
//! ```
//! use rubrica_core::identity::Holder;
//! use rubrica_verify::{Anchors, Expected, Rejection, UnixTime};
//!
//! # macro_rules! read { ($name:literal) => {
//! #     include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/openssl/", $name)).as_slice() } }
//! # let (trusted, cms) = (read!("root.pem"), read!("detached.p7s"));
//! # let digest = ring::digest::digest(&ring::digest::SHA256, read!("document.txt"));
//! # let digest: [u8; 32] = digest.as_ref().try_into()?;
//! # let now = UnixTime::from_seconds(1_798_761_600);
//! let anchors = Anchors::from_pem(trusted)?;
//! let expected = Expected {
//!     digest,
//!     holder: Some(Holder::parse("111.444.777-35")?),
//!     at: now, // UnixTime::from(SystemTime::now())
//!     anchors: Some(&anchors),
//! };
//! let verified = rubrica_verify::cms(cms, &expected)?;
//! assert_eq!(verified.signer.display_name(), "FULANA DE TESTE");
//!
//! let another = Expected { digest: [0; 32], ..expected };
//! assert_eq!(rubrica_verify::cms(cms, &another), Err(Rejection::MessageDigest));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What was just answered
//! - [`cms`]: DER and nothing after it, one signer, signed attributes in DER order with
//!   `contentType`, `messageDigest` and `signingCertificateV2` once each, the signature over their
//!   exact bytes.
//! - [`raw`]: an RSA signature over the digest, PKCS#1 v1.5 or PSS.
//! - [`certificate()`], which the other two also ask: for signing documents, not an authority's,
//!   valid at the time, its SAN's CPF or CNPJ the one expected, chained to the [`Anchors`] by
//!   authorities that may issue. Revocation is not asked here.
//!
//! # What somebody brings
//! - [`examine()`] gives one [`Finding`] for each signer of a CMS, and [`examine_raw`] one for a raw
//!   signature: a [`Verdict`] and the checks that lead to it. Valid is what passed every check:
//!   digest, signature, attributes, chain, dates, uses, the revocation of every certificate below
//!   the anchor, and the rules of the signature policy where one is named or asked for. What cannot
//!   be told is [`Missing`], by name.
//! - Certificates are judged at the time that a time stamp proves, or else now.
//! - [`Evidence`] holds what tells about revocation. Nothing here asks a network:
//!   [`revocation_sources`] and [`ocsp_request`] are for whoever does.
//!
//! ```
//! use rubrica_verify::{Anchors, Content, Evidence, Missing, Question, UnixTime, Verdict, examine};
//!
//! # macro_rules! read { ($name:literal) => {
//! #     include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/openssl/", $name)).as_slice() } }
//! # let (trusted, cms, document) = (read!("root.pem"), read!("detached.p7s"), read!("document.txt"));
//! # let now = UnixTime::from_seconds(1_798_761_600);
//! let anchors = Anchors::from_pem(trusted)?;
//! let mut evidence = Evidence::new();
//! evidence.add_crl(read!("root.crl"))?;
//! let question = Question {
//!     anchors: Some(&anchors),
//!     ..Question::new(Content::Bytes(document), now, &evidence)
//! };
//! // Whether the signer was revoked is not known yet.
//! let Verdict::Indeterminate(missing) = &examine(cms, &question)?[0].verdict else { panic!() };
//! assert!(matches!(missing[..], [Missing::Revocation { .. }]));
//!
//! let mut more = evidence.clone();
//! more.add_ocsp(read!("holder.ocsp"))?;
//! let question = Question { evidence: &more, ..question };
//! assert!(examine(cms, &question)?[0].verdict.is_valid());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Throughout: the algorithms of [`SignatureAlgorithm`] and no others, RSA from 2048 bits, the sizes
//! and counts of [`limits`].
//!
//! # What is not
//! Certificate policies and name constraints are not evaluated; a certificate that makes them
//! critical is not accepted. A service's answer in BER is refused here and not converted.
//!
//! # How
//! ring verifies. DER is walked with the `der` crate over borrowed bytes, because signatures and
//! names are compared as they stand: `cms` and `x509-cert` copy into structures and encode again,
//! and read no alternative name at all where one of them is odd. Paths are searched here, within
//! bounds, because `webpki` judges servers: it does not look at key usage and does not say which
//! certificate is at fault.
#![forbid(unsafe_code)]
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod algorithm;
mod anchors;
mod attributes;
mod ber;
mod certificate;
mod chain;
mod check;
mod cursor;
mod digest;
mod examine;
mod extensions;
mod key;
#[cfg(feature = "icp-brasil")]
mod known;
pub mod limits;
mod montgomery;
mod name;
mod pem;
mod policies;
mod policy_fault;
mod rejection;
mod revocation;
mod rsa_digest;
mod signature;
mod signed_data;
mod time;
mod unfit;

pub use algorithm::SignatureAlgorithm;
pub use anchors::Anchors;
pub use certificate::Certificate;
pub use check::{
    Expected, Trust, Verified, certificate, cms, content, raw, signature_over, whole_cms,
    whole_cms_by_any_hash,
};
pub use der::asn1::ObjectIdentifier;
pub use digest::Digest;
pub use examine::{
    Check, Content, Demand, Finding, JudgedAt, KnownPolicy, Missing, Outcome, PolicyIdentifier,
    Profile, Question, Subject, TimeStamp, Verdict, examine, examine_raw, examine_time_stamp,
};
pub use extensions::{BasicConstraints, KeyUsage};
pub use key::KeyKind;
#[cfg(feature = "icp-brasil")]
pub use known::known_intermediates;
pub use pem::certificates as certificates_from_pem;
pub use policies::Policies;
pub use policy_fault::PolicyFault;
pub use rejection::{Attribute, Defect, Piece, Rejection};
pub use revocation::{
    Evidence, Proof, ProofKind, Reason, RevocationSources, Unusable, ocsp_request,
    revocation_sources,
};
pub use rsa_digest::Padding;
pub use rubrica_core::identity::certificate::{Identification, Unidentified};
pub use time::UnixTime;
pub use unfit::{Unfit, Whose};
