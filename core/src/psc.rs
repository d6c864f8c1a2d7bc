//! The trust services (prestadores de serviço de confiança, PSC) that keep holders' keys and speak
//! DOC-ICP-17.01 §6.4: who they are, what they can be asked, and the flows that lead to a signature.

mod application;
mod attempt;
mod authentication;
mod authorize;
mod certificates;
mod discovery;
mod format;
mod order;
mod provider;
mod push;
mod redirect;
mod registration;
mod signature;
mod signing;
mod token;
mod vidaas;

pub use application::{Application, Authorization, Entropy, Service};
pub use authentication::{Approval, Authentication};
pub use authorize::{AuthorizePush, authorize_url};
pub use certificates::{Certificate, CertificateDiscovery, Certificates};
pub use discovery::{Slot, Slots, UserDiscovery};
pub use format::{Format, Padding};
pub use order::{Content, Item, Order};
pub use provider::{Environment, Hosts, Limits, Paths, Provider, PushDialect};
pub use push::{Push, PushEvent, PushSnapshot};
pub use redirect::{Redirect, RedirectEvent, RedirectSnapshot};
pub use registration::{Credentials, Registration};
pub use signature::{Encoded, Signature, SignatureRequest, Signatures};
pub use signing::{Batch, Resolution, Signing, SigningEvent, SigningSnapshot};
pub use token::{TokenReply, TokenRequest};
pub use vidaas::VIDAAS;
