//! Signs documents with cloud-held ICP-Brasil keys.
//!
//! The holder's key is kept by a trust service; a document's digest is sent there, the holder
//! approves on a phone, and a signature comes back, which is checked before it is used. This crate is
//! what a host program calls; the machinery is [`rubrica_core`]'s.
//!
//! ```no_run
//! use rubrica::{Client, Document, Environment, Holder, Job, Notice, Settings};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let secret = std::fs::read_to_string("client-secret")?;
//! let client = Client::new(Settings::vidaas(Environment::Homologation, "client-id", secret.trim()))?;
//! let mut session = client.session(Holder::parse("111.444.777-35")?);
//! let mut screen = |notice: Notice<'_>| println!("{notice}");
//! let documents = [Document::from_file("contract.pdf")];
//! for outcome in session.sign(&documents, &Job::default(), &mut screen)? {
//!     outcome?.save("contract-signed.pdf")?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What happens in those lines
//! 1. The PDF is read, refused if it cannot be signed, and prepared; only its digest will leave.
//! 2. The holder's phone is asked for a token of the least scope. The session waits, no longer than
//!    [`Settings::patience`].
//! 3. The holder's certificate is asked for, and with it and the document's digest it is fixed what
//!    will be signed: ICP-Brasil's policy AD-RB, unless [`Job::form`] says otherwise.
//! 4. The digest of that is sent. With [`Settings::state_directory`], the session's journal is on disk
//!    before.
//! 5. The signature is verified over the digest that was computed here, against the holder's own
//!    certificate and the anchors that were given, and put into the PDF.
//!
//! What is never done: a signature that does not verify is not handed over, and a request that may
//! have signed is not sent again unless the host says so ([`Client::resume`]).
//!
//! Whether a signature of any age and maker is good, [`Validator`] tells.
#![forbid(unsafe_code)]

mod authorize;
mod baseline;
mod cancel;
pub mod certillion;
mod client;
mod clock;
mod crash;
mod docket;
mod document;
mod driver;
mod error;
mod everywhere;
mod form;
mod inbox;
mod journal;
mod listener;
mod look;
mod outcome;
mod pace;
mod password;
mod piece;
mod provider;
mod random;
mod recipe;
mod record;
mod resume;
mod screen;
mod served;
mod session;
mod settings;
mod signing;
mod upload;
mod validator;
mod work;

pub use authorize::Via;
pub use baseline::PolicyDocument;
pub use cancel::Cancellation;
pub use client::{Client, Credentials, Discovery};
pub use document::Document;
pub use error::{Error, Fault};
pub use everywhere::{Inquiry, PROVIDERS_AT_ONCE, discover_everywhere};
pub use form::Form;
pub use journal::{Journal, JournalError, SessionId};
pub use listener::{Arrival, Listener, ListenerError, Verdict};
pub use look::{Look, PdfFilter, StampCorner, StampLook};
pub use outcome::{Content, Deliver, Outcome, Signed};
pub use provider::{ProviderError, ProviderTable};
pub use resume::{Pending, PendingDocument, Progress};
pub use screen::{Notice, Screen};
pub use session::{Login, Session};
pub use settings::Settings;
pub use signing::Job;

pub use validator::{
    Breach, Conclusion, Examined, FetchProblem, Fetched, Findings, InPdf, Online, Validator,
};

pub use rubrica_core::advice::Advice;
pub use rubrica_core::identity::{Cnpj, Cpf, Holder, IdentityError};
pub use rubrica_core::language::Language;
pub use rubrica_core::oauth::scope::Scope;
pub use rubrica_core::prompt::Prompt;
pub use rubrica_core::psc::{ALL as PROVIDERS, Environment, Provider, Resolution, VIDAAS};
pub use rubrica_ureq::{Fetcher, Settings as TransportSettings};
pub use rubrica_verify::{Anchors, Certificate, Evidence, Trust, UnixTime, Verified};

/// The state machines beneath, for programs that drive them by themselves.
pub use rubrica_core as core;
/// PDFs by themselves.
pub use rubrica_pdf as pdf;
/// Verification by itself.
pub use rubrica_verify as verify;
/// XML signatures by themselves.
pub use rubrica_xml as xml;

/// The README's lines, so that they compile.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
#[doc = include_str!("../../../README.pt-BR.md")]
struct Readme;
