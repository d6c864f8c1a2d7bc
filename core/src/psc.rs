//! The trust services (prestadores de serviço de confiança, PSC) that keep holders' keys and speak
//! DOC-ICP-17.01 §6.4: who they are, what they can be asked, and the flows that lead to a signature.
//!
//! # Providers
//! What differs between providers is data: [`ALL`] are the known ones, [`GENERIC`] is what the norm
//! alone tells, and every value can be replaced:
//!
//! ```
//! use rubrica_core::psc::{BIRDID, HashEncoding, Provider};
//!
//! let provider = Provider { hash_encoding: HashEncoding::Base64, ..BIRDID };
//! ```
//!
//! A program that offers several of them gives each a redirect URI of its own: see
//! [`check_redirect_uris`].
//!
//! # Small devices
//! A microcontroller that authorizes and signs takes its provider as
//! `const PROVIDER: &Provider<'static> = &VIDAAS.for_signing();` and reads signatures by
//! [`Encoded::decode`] where the provider's [`Wrapping`] lets it: bare signatures that come in plain
//! base64. What reads all other wrappings is [`Encoded::normalize`], and what is not called is not
//! linked.

mod application;
mod async_signature;
mod authentication;
mod authorization_server;
mod authorize;
mod body;
mod certificates;
mod client_token;
mod description;
mod discovery;
mod encoded;
mod format;
mod maintenance;
mod mix_up;
mod order;
mod password;
mod portal_login;
mod provider;
mod providers;
mod push;
mod registration;
mod registration_by_certificate;
mod revocation;
mod signature;
mod signing;
mod token;
mod trusted;
mod wrapping;

pub use application::{Application, Service};
pub use async_signature::AsyncSignature;
pub use authentication::{Approval, Authentication};
pub use authorize::{AuthorizePush, authorize_url};
pub use certificates::{Certificate, CertificateDiscovery, Certificates};
pub use client_token::ClientToken;
pub use discovery::{Slot, Slots, UserDiscovery};
pub use encoded::Encoded;
pub use format::{Format, Padding};
pub use maintenance::ClientMaintenance;
pub use mix_up::check_redirect_uris;
pub use order::{Content, Item, Order};
pub use password::PasswordAuthorization;
pub use portal_login::{PortalLogin, PortalStart};
pub use provider::{
    BodyEncoding, CertificateDialect, Denial, Environment, HashEncoding, Hosts, Ids, Limits,
    PasswordFactor, Paths, Portal, Provider, PushDialect,
};
pub use providers::{ALL, BIRDID, GENERIC, REMOTEID, SAFEID, SERPROID, VAULTID, VIDAAS};
pub use push::{Push, PushEvent, PushSnapshot};
pub use registration::{Credentials, Registration};
pub use registration_by_certificate::{CertificateRegistration, SignedRegistration};
pub use revocation::Revocation;
pub use signature::{Signature, SignatureRequest, Signatures};
pub use signing::{Batch, Resolution, Signing, SigningEvent, SigningSnapshot};
pub use token::TokenRequest;
pub use trusted::{TrustedApproval, TrustedAuthorization};
pub use wrapping::Wrapping;

pub use crate::oauth::authorization::{Authorization, Entropy};
pub use crate::oauth::browser::{RedirectEvent, RedirectSnapshot};
pub use crate::oauth::token::{ApplicationToken, TokenReply};

/// Authorization by a provider's page in the holder's browser.
pub type Redirect<'c> = crate::oauth::browser::Redirect<'c, Application<'c>>;

#[cfg(test)]
mod tests;
