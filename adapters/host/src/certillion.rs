//! Signs documents through Certillion, which stands in front of the trust services: documents are
//! sent to it, the holder approves in a browser with the trust service of choice, and signed
//! documents come back, which are checked before they are used.
//!
//! ```no_run
//! use rubrica::certillion::{Client, Job, Settings, Standard};
//! use rubrica::{Document, Holder, Notice};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let secret = std::fs::read_to_string("client-secret")?;
//! let mut settings = Settings::new("client-id", secret.trim());
//! settings.redirect_uri = "http://127.0.0.1:8765/callback".to_owned();
//! let client = Client::new(settings)?;
//! let mut session = client.session(Holder::parse("111.444.777-35")?).psc("BIRDID");
//! let mut screen = |notice: Notice<'_>| println!("{notice}");
//! let documents = [Document::from_file("contract.pdf")];
//! for outcome in session.sign(&documents, &Job::new(Standard::Pades), &mut screen)? {
//!     outcome?.save("contract-signed.pdf")?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Unlike with a PSC, the documents themselves leave: whoever may not send them signs with
//! [`crate::Session`].
//!
//! Everything that is not sure of the service can be replaced: see [`ProfileTable`].

mod check;
mod client;
mod directory;
mod download;
mod job;
mod outcome;
mod profile_table;
mod record;
mod resume;
mod session;
mod settings;
mod signing;
mod validation;
mod work;

pub use client::Client;
pub use directory::{Account, Knowledge, Pscs};
pub use download::Download;
pub use job::{Job, Look, Visible};
pub use outcome::{Deliver, Outcome, Signed, Verification};
pub use profile_table::ProfileTable;
pub use session::Session;
pub use settings::Settings;
pub use validation::{ValidatedSignature, Validation};

pub use rubrica_core::certillion::{CODES, Code, Policy, PscName, Resolution, Standard};
