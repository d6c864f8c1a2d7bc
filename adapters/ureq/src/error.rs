//! Why there is no reply.

use std::io;

use rubrica_core::flow::SendFailure;
use rustls::CertificateError;
use ureq::Timeout;

use crate::connector::{CutOff, Stage, Unconnected};

/// Why a request has no reply. It holds no URL, no header and no part of a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The URL does not begin with `https://`.
    #[error("the service's URL must begin with https://")]
    InsecureUrl,
    /// The request cannot be written as HTTP.
    #[error("the request cannot be sent: its {0} is not acceptable in HTTP")]
    Unsendable(&'static str),
    /// The program's logger takes everything, and the HTTP library writes every byte at its lowest
    /// level, tokens included: nothing is sent while that is so.
    #[error("the log would record secrets: raise the level of `ureq` and `ureq_proto` above trace")]
    Logged,
    /// A document of the request cannot be sent.
    #[error("{problem}")]
    Document {
        /// Why.
        problem: DocumentProblem,
        /// Whether some of the request was sent. Without its end it is no complete request.
        begun: bool,
    },
    /// The signed document that came cannot be written.
    #[error("the signed document cannot be written")]
    Sink,
    /// The host has no address, or nobody could tell it.
    #[error("the name {host} cannot be resolved: check the service's address and the DNS")]
    NameUnresolved {
        /// The host that was sought: the service's, or the proxy's.
        host: String,
    },
    /// The host does not take the connection.
    #[error("cannot connect to {host}: {reason}")]
    Unreachable {
        /// The host that was sought: the service's, or the proxy's.
        host: String,
        /// As the operating system tells it.
        reason: io::ErrorKind,
    },
    /// The host, or a proxy before it, does not answer in time.
    #[error("cannot connect to {host}: no answer in time")]
    ConnectTimeout {
        /// The host that was sought: the service's, or the proxy's.
        host: String,
    },
    /// The proxy does not let the connection through.
    #[error("the proxy refuses the connection to {host}: {reason}")]
    Proxy {
        /// The service's host.
        host: String,
        /// In the proxy's words.
        reason: String,
    },
    /// The host is not shown to be the service: its certificate is not good.
    #[error("{host} is not trusted: {problem}")]
    Certificate {
        /// The host whose certificate it is.
        host: String,
        /// What is wrong with it.
        problem: CertificateProblem,
    },
    /// No TLS session came about, for another reason than the certificate.
    #[error("no TLS session with {host}: {reason}")]
    Handshake {
        /// The host.
        host: String,
        /// What the TLS library tells.
        reason: String,
    },
    /// The connection was lost before the reply was complete.
    #[error("the connection was lost before the reply was complete")]
    Interrupted,
    /// The service sent nothing, or took nothing, for the time allowed.
    #[error("the service did not answer in time")]
    Stalled,
    /// The whole exchange took longer than allowed.
    #[error("the exchange took longer than allowed")]
    Deadline,
    /// The reply's headers are too long.
    #[error("the reply's headers are longer than {limit} bytes")]
    HeadTooLarge {
        /// The limit of the settings, in bytes.
        limit: usize,
    },
    /// The reply's body is too long.
    #[error("the reply is longer than {limit} bytes")]
    BodyTooLarge {
        /// The limit of the settings, in bytes.
        limit: usize,
    },
    /// The reply is not HTTP, or has more than 128 headers.
    #[error("the reply is not HTTP: {0}")]
    Malformed(String),
}

/// What is wrong with the certificate of whoever answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// No trusted root stands above it, or one of the same name with another key.
    #[error(
        "its certificate comes from an unknown authority; if it is right, add its root to the trust anchors"
    )]
    UnknownIssuer,
    /// It is for another name.
    #[error("its certificate is for another name")]
    WrongName,
    /// It is no longer valid, or this machine's clock is fast.
    #[error("its certificate has expired, or this machine's clock is wrong")]
    Expired,
    /// It is not valid yet, or this machine's clock is slow or unset.
    #[error("its certificate is not valid yet, or this machine's clock is wrong")]
    NotYetValid,
    /// Its authority took it back.
    #[error("its certificate has been revoked")]
    Revoked,
    /// Something else.
    #[error("its certificate is not acceptable: {0}")]
    Other(String),
}

/// Why a document cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentProblem {
    /// Its source failed.
    #[error("a document cannot be read")]
    Unreadable,
    /// It is longer or shorter than was announced.
    #[error("a document has changed its length")]
    Length,
    /// It is not the one whose digest was known.
    #[error("a document has changed")]
    Changed,
}

/// Where the remedy for a [`TransportError`] lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// In the program or its configuration.
    Configuration,
    /// In a document to be sent.
    Document,
    /// In the place where a signed document is kept: no room, or no permission.
    Storage,
    /// In the network between here and the service, or in its address. Trying again may help.
    Network,
    /// In the trust between here and the service: a missing anchor, a wrong clock, or somebody in
    /// between. Trying again does not help.
    Trust,
    /// In the service, which answers what no service should.
    Service,
}

impl TransportError {
    /// What to tell the flow.
    ///
    /// [`SendFailure::NotSent`] is said only where it is certain that no byte of the request left.
    #[must_use]
    pub const fn failure(&self) -> SendFailure {
        match self {
            Self::InsecureUrl
            | Self::Unsendable(_)
            | Self::Logged
            | Self::Document { begun: false, .. }
            | Self::NameUnresolved { .. }
            | Self::Unreachable { .. }
            | Self::ConnectTimeout { .. }
            | Self::Proxy { .. }
            | Self::Certificate { .. }
            | Self::Handshake { .. } => SendFailure::NotSent,
            Self::Document { begun: true, .. }
            | Self::Sink
            | Self::Interrupted
            | Self::Stalled
            | Self::Deadline
            | Self::HeadTooLarge { .. }
            | Self::BodyTooLarge { .. }
            | Self::Malformed(_) => SendFailure::Unanswered,
        }
    }

    /// Where the remedy lies.
    #[must_use]
    pub const fn fault(&self) -> Fault {
        match self {
            Self::InsecureUrl | Self::Unsendable(_) | Self::Logged => Fault::Configuration,
            Self::Document { .. } => Fault::Document,
            Self::Sink => Fault::Storage,
            Self::NameUnresolved { .. }
            | Self::Unreachable { .. }
            | Self::ConnectTimeout { .. }
            | Self::Proxy { .. }
            | Self::Interrupted
            | Self::Stalled
            | Self::Deadline => Fault::Network,
            Self::Certificate { .. } | Self::Handshake { .. } => Fault::Trust,
            Self::HeadTooLarge { .. } | Self::BodyTooLarge { .. } | Self::Malformed(_) => {
                Fault::Service
            }
        }
    }

    /// An error of an exchange with this host.
    pub(crate) fn from_exchange(error: ureq::Error, host: &str) -> Self {
        match error {
            ureq::Error::Other(inner) => match inner.downcast::<Unconnected>() {
                Ok(unconnected) => Self::from_connecting(*unconnected, host),
                Err(inner) => Self::from_other(&*inner),
            },
            ureq::Error::Timeout(Timeout::Global | Timeout::PerCall) => Self::Deadline,
            ureq::Error::Timeout(_) => Self::Stalled,
            // The limit's second number is the one that was set.
            ureq::Error::LargeResponseHeader(_, limit) => Self::HeadTooLarge { limit },
            ureq::Error::Protocol(error) => Self::Malformed(error.to_string()),
            ureq::Error::RequireHttpsOnly(_) => Self::InsecureUrl,
            _ => Self::Interrupted,
        }
    }

    /// An error of reading a body.
    pub(crate) fn from_reading(error: io::Error) -> Self {
        Self::from_exchange(error.into(), "")
    }

    fn from_other(error: &(dyn core::error::Error + 'static)) -> Self {
        debug_assert!(error.is::<CutOff>(), "connector.rs marks with nothing else");
        Self::Interrupted
    }

    /// An error from before the connection stood.
    fn from_connecting(unconnected: Unconnected, service: &str) -> Self {
        let Unconnected { host, stage, error } = unconnected;
        match error {
            _ if stage == Stage::Resolve => Self::NameUnresolved { host },
            ureq::Error::HostNotFound => Self::NameUnresolved { host },
            ureq::Error::Timeout(_) => Self::ConnectTimeout { host },
            ureq::Error::ConnectProxyFailed(reason) => {
                Self::Proxy { host: service.to_owned(), reason }
            }
            ureq::Error::Rustls(error) => Self::from_tls(&error, host),
            ureq::Error::Tls(reason) => Self::Handshake { host, reason: reason.to_owned() },
            ureq::Error::Io(error) => {
                let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
                match (tls, error.kind()) {
                    (Some(tls), _) => Self::from_tls(tls, host),
                    (None, io::ErrorKind::UnexpectedEof) => Self::Handshake {
                        host,
                        reason: "the connection was closed before it stood".to_owned(),
                    },
                    (None, reason) => Self::Unreachable { host, reason },
                }
            }
            error => Self::Handshake { host, reason: error.to_string() },
        }
    }

    fn from_tls(error: &rustls::Error, host: String) -> Self {
        match error {
            rustls::Error::InvalidCertificate(error) => {
                Self::Certificate { host, problem: CertificateProblem::new(error) }
            }
            error => Self::Handshake { host, reason: error.to_string() },
        }
    }
}

impl CertificateProblem {
    fn new(error: &CertificateError) -> Self {
        match error {
            // A bad signature is that of an authority which has the name of a trusted one, and
            // another key: one that was made anew.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::UnknownIssuer,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::WrongName
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Self::NotYetValid
            }
            CertificateError::Revoked => Self::Revoked,
            error => Self::Other(error.to_string()),
        }
    }
}
