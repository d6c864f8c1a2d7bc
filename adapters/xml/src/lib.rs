//! Reads XML signatures and says exactly what each of them covers.
//!
//! XML Signature 1.1 as XAdES and ICP-Brasil use it: enveloped, enveloping, beside what is signed in
//! one document, or apart from it. [`signatures`] computes anew the hash of everything that is
//! referred to.
//! [`added_signature`] tells whether a service returned the document that it was sent, and which
//! signature it added. What remains is the signature's value, which is over
//! [`SignedInfo::canonical`]: whether the key made it, and whose the certificate is, is for a verifier
//! of raw signatures and certificates.
//!
//! ```
//! use rubrica_xml::{Coverage, SignatureAlgorithm, Verdict, added_signature};
//!
//! # macro_rules! read { ($name:literal) => {
//! #     include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/signed/", $name)).as_slice() } }
//! # let original = read!("signxml-xades-rsa256-c14n.original");
//! # let signed = read!("signxml-xades-rsa256-c14n.xml");
//! let added = added_signature(original, signed)?;
//! let signature = &added.signature;
//! assert_eq!(signature.verdict(), Verdict::Holds);
//! assert_eq!(added.coverage, Coverage::Whole);
//!
//! // For the verifier: the hash, the value, and whose it says to be.
//! let signed_info = signature.signed_info.as_ref().map_err(|why| *why)?;
//! assert!(matches!(signed_info.algorithm, SignatureAlgorithm::RsaPkcs1(_)));
//! let (digest, value) = (&signed_info.digest, &signature.value);
//! let certificate = &signature.certificates[0];
//! # assert_eq!((digest.len(), value.len(), certificate[0]), (32, 256, 0x30));
//!
//! let xades = signature.xades.as_ref().expect("it is one");
//! let policy = xades.policy.as_ref().and_then(|policy| policy.oid());
//! assert_eq!(policy, Some("2.16.76.1.7.1.6.2.3"));
//!
//! // Another document, however well signed, is not what was sent.
//! assert!(added_signature(b"<contrato/>", signed).is_err());
//! # Ok::<(), rubrica_xml::XmlError>(())
//! ```
//!
//! # Three answers
//! A reference [`Holds`](Verdict::Holds), is [`Broken`](Verdict::Broken), or is
//! [`Unverifiable`](Verdict::Unverifiable): a weak or unknown hash, a transform that makes of a
//! document what the signer did not see, something outside the document. So it is with whole
//! documents, of which [`XmlError::is_broken`] tells. What cannot be checked is never told as good,
//! nor as wrong.
//!
//! # What is accepted
//! - Documents in UTF-8 of XML 1.0, without a document type declaration: entities and default values
//!   would be signed without being in the document.
//! - The transforms `enveloped-signature`, or the XPath that takes out all signatures as signers write
//!   it who expect others, and then Canonical XML 1.0 or 1.1 or Exclusive XML
//!   Canonicalization 1.0; Canonical XML 1.0 where none is named. SHA-256, SHA-384 and SHA-512.
//! - References to the whole document (`""`) and to the one element that has an identifier (`#id`).
//!   Where two have it, by whatever attribute, the reference is broken: that is how signed elements
//!   are replaced by others. Where the one stands is told, see [`Target`]. References to anything
//!   else are to the document that was sent, where [`added_signature`] knows it.
//! - Of XAdES, the properties of version 1.3.2: that they are signed, the certificate that they name,
//!   the time, the policy, and the time stamps for whoever verifies those.
//!
//! Throughout: the sizes and counts of [`limits`].
//!
//! # How
//! Documents are read here, strictly, without recursion and without a library, because what is
//! hashed must be exactly what was signed. Readers that are made for data are lenient where it
//! matters: at ends of lines beside references, with characters that XML does not have, in what they
//! keep of prefixes. libxml2, libxmlsec and signxml are who this crate is tested against.
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
