//! The signing services, emulated over HTTPS on loopback, with faults on demand.
//!
//! A [`Sandbox`] stands in for the PSCs of ICP-Brasil in tests, in the demonstration and on a
//! programmer's desk. It is written from the services' manuals alone and shares no code with the
//! client that it judges. What the manuals demand is enforced; what they leave open is a setting;
//! what goes wrong in the field is a [`Fault`].
//!
//! ```
//! use rubrica_sandbox::{Fault, Policy, Rule, Sandbox, vidaas};
//!
//! let sandbox = Sandbox::builder().policy(Policy::ApproveAll).start()?;
//! println!("{} {}", sandbox.base_url(), sandbox.application().client_id);
//! sandbox.faults().add(Rule::once(vidaas::SIGNATURE, Fault::ResetAfter));
//! # Ok::<(), rubrica_sandbox::StartError>(())
//! ```
//!
//! VIDaaS answers at the root. The others are dialects of one norm, under paths of their own:
//!
//! ```
//! use rubrica_sandbox::{Fault, Rule, Sandbox, psc};
//!
//! let sandbox = Sandbox::start()?;
//! let birdid = sandbox.psc("birdid").expect("one of the six");
//! println!("{} {}", birdid.base_url(), birdid.application().client_id);
//! birdid.change(psc::Settings::turn_quirks_on);
//! sandbox.faults().add(Rule::once(birdid.endpoint(psc::Operation::Signature), Fault::ResetAfter));
//! # Ok::<(), rubrica_sandbox::StartError>(())
//! ```
//!
//! Certillion, which stands before several PSCs, answers under a path of its own too:
//!
//! ```
//! use rubrica_sandbox::certillion::{Nesting, SIGNATURE};
//! use rubrica_sandbox::{Fault, Rule, Sandbox};
//!
//! let sandbox = Sandbox::builder().upload_limit(1024 * 1024 * 1024).start()?;
//! let certillion = sandbox.certillion();
//! println!("{} {}", certillion.base_url(), certillion.application().client_id);
//! certillion.change(|settings| settings.members = Nesting::Top);
//! sandbox.faults().add(Rule::once(SIGNATURE, Fault::TimeoutAfterSigning));
//! # Ok::<(), rubrica_sandbox::StartError>(())
//! ```
//!
//! # What is real
//! TLS, PKCE, signatures, CMS, PAdES and XAdES are real. The holders are synthetic, their
//! certificates hang under a root made from published keys, and nothing signed here has any value.
//!
//! # What is not there
//! VIDaaS' `padding_method` `NONE`, whose meaning no manual tells, answers 400. `CAdES_AD_RT` and
//! `PAdES_AD_RT` carry a time stamp of a synthetic authority under the same root, where ICP-Brasil
//! demands an accredited one. Of SafeID, `signature-icp`, `pades-signature`, `signature_verify` and
//! `certificate-info` are not emulated; of Soluti, how a login begun by `oauth/start` and a signature
//! begun by `async-signature` end. No PSC but VIDaaS limits how often it may be called, since no
//! manual tells their limits; a [`Fault::Answer`] says 429. OCSP is asked by POST alone.
//!
//! Of Certillion: policies beyond AD-RT, digests beside SHA-256, detached XAdES, XML with a document
//! type, a visible signature's rotation and existing field, and the creation of tokens by
//! token-command are refused as "beyond the emulator"; a visible signature's image is not drawn.
//! signature/validate looks at no XML, no policy, no time stamp and no revocation inside a
//! signature.

mod browser;
mod builder;
pub mod certillion;
mod clock;
mod cms;
mod control;
mod counters;
mod error;
mod faults;
mod pdf;
mod phone;
mod pki;
pub mod psc;
mod random;
pub mod revocation;
mod sandbox;
mod transport;
pub mod tsa;
pub mod vidaas;
mod xml;

pub use browser::{Browser, BrowserError, Page};
pub use builder::{Builder, DEFAULT_REDIRECT_URI};
pub use certillion::Certillion;
pub use clock::Clock;
pub use counters::{Counters, DownloadRecord, SignatureRecord, Snapshot, UploadRecord};
pub use error::StartError;
pub use faults::{ExpiresIn, Fault, Faults, Garbage, PendingShape, Rule, RuleId};
pub use phone::{ApprovalId, Channel, PendingRequest, Phone, Policy};
pub use pki::authority::Generation;
pub use pki::holder::{Holder, HolderCertificate, HolderKind, Standing};
pub use pki::people::{
    ALPHANUMERIC_CNPJ_HOLDER, CNPJ_HOLDER, CPF_HOLDER, DISAGREEING_HOLDER, EXPIRED_HOLDER,
    P256_HOLDER, P384_HOLDER, REVOKED_HOLDER, TWO_CERTIFICATES_HOLDER, UNKNOWN_ROOT_HOLDER,
    V12_CNPJ_HOLDER, V12_CPF_HOLDER,
};
pub use pki::web_server::WebServer;
pub use psc::Psc;
pub use sandbox::Sandbox;
pub(crate) use sandbox::lock;
pub use transport::Endpoint;
