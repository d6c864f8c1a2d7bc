//! Carries the core's exchanges over HTTPS with ureq and rustls.
//!
//! A [`Transport`] sends one [`rubrica_core::exchange::Request`] and brings back its [`Reply`].
//! Every status is a reply and no redirect is followed. TLS is 1.2 or 1.3; who answers is checked
//! against Mozilla's roots, built in, and against the anchors that the [`Settings`] add to them;
//! there is no way to leave the check out. What proves itself by a signature, such as a list of
//! revoked certificates, a [`Fetcher`] also brings from where there is no TLS.
//!
//! Nothing is ever sent twice by this crate. A request that may be sent only once travels on a
//! connection of its own, so that it cannot meet one that the service has just closed; requests that
//! may be repeated share connections that are kept open.
//!
//! When no reply comes, [`TransportError`] tells an operator why and, by
//! [`TransportError::failure`], tells the flow whether anything was sent. It holds no URL, no header
//! and no part of a body. What ureq itself keeps in its buffers is not overwritten when it is done.

mod anchors;
mod connector;
mod error;
mod fetch;
mod outgoing;
mod reply;
mod settings;
mod transport;

pub use error::{CertificateProblem, DocumentProblem, Fault, TransportError};
pub use fetch::{FetchError, Fetcher};
pub use reply::Reply;
pub use settings::{Proxy, Settings, SettingsError};
pub use transport::Transport;
