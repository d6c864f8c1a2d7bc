//! Certillion, e-Sec's service that stands in front of the trust services: documents are uploaded
//! to it, the holder approves with the trust service of choice, and it puts the signatures
//! together.
//!
//! # Facts
//! What is known of the service is data in a [`Profile`], of which [`CERTILLION`] is the vendor's
//! own. No complete documentation is at hand: the API page is read in a translation that lost
//! names. What is sure is enforced here, what is not is marked "Unsure" where it stands, is read in
//! every way that a source has, and can be replaced.
//!
//! # Exchanges
//! There are fifteen: [`authorize_url`], [`TokenRequest`], [`ClientToken`], [`ClientMaintenance`],
//! [`DocumentUpload`], [`DocumentDownload`], [`FindPscAccounts`], [`PscInfo`], [`UserDiscovery`],
//! [`CertificateDiscovery`], [`OtpAuthorization`], [`PasswordAuthorization`], [`SignatureRequest`],
//! [`TokenCommand`] and [`Validation`]. An [`Application`] is also an
//! [`AuthorizationServer`](crate::oauth::server::AuthorizationServer), so that the holder's
//! permission is got as everywhere else.
//!
//! # The flow
//! [`Signing`] goes from an [`Order`] to its signed documents, one step after the other, and notes
//! in [`Progress`] how far each document is, so that another process can go on.

mod application;
mod authorization_server;
mod authorize;
mod certificate_discovery;
mod client_maintenance;
mod client_token;
mod code_advice;
mod codes;
mod document_download;
mod document_upload;
mod members;
mod options;
mod order;
mod otp_authorize;
mod password_authorize;
mod pdf_options;
mod post;
mod profile;
mod progress;
mod psc_accounts;
mod psc_info;
mod psc_name;
mod refusal;
mod signature;
mod signing;
mod status;
mod text;
mod token;
mod token_command;
mod user_discovery;
mod validate;
mod visible_signature;
mod xml_options;

pub use application::{Application, Service};
pub use authorize::authorize_url;
pub use certificate_discovery::{Certificate, CertificateDiscovery, Certificates};
pub use client_maintenance::ClientMaintenance;
pub use client_token::ClientToken;
pub use codes::{CODES, Code};
pub use document_download::DocumentDownload;
pub use document_upload::{Boundary, DocumentUpload, UploadedDocument};
pub use options::{DigestMethod, Options};
pub use order::{Item, Order, Policy, Standard};
pub use otp_authorize::OtpAuthorization;
pub use password_authorize::{PasswordAnswer, PasswordAuthorization, Requester};
pub use pdf_options::PdfOptions;
pub use profile::{AliasPlace, CERTILLION, Limits, Paths, PolicySpelling, Profile, Spelling};
pub use progress::{HASH, Progress, Stage, TRANSACTION};
pub use psc_accounts::{FindPscAccounts, PscAccount, PscAccounts};
pub use psc_info::{PscInfo, PscList};
pub use psc_name::PscName;
pub use signature::{Entry, SignatureRequest, Signatures};
pub use signing::{
    Batch, Documents, Resolution, SignedEntry, Signing, SigningEvent, SigningGain, SigningSnapshot,
};
pub use status::Status;
pub use token::TokenRequest;
pub use token_command::{TokenCommand, TokenCommandReply};
pub use user_discovery::{Slot, User, UserDiscovery};
pub use validate::{Original, Report, Subject, Validated, Validation};
pub use visible_signature::{
    ImagePosition, PagePosition, Rotation, TextAlignment, TextFont, VisibleSignature,
};
pub use xml_options::XmlOptions;

pub use crate::oauth::token::{ApplicationToken, TokenReply};
pub use crate::unsure::Unsure;

#[cfg(test)]
mod tests;
