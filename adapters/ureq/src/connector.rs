//! Tells what happened before a request could be sent from what happened after, and a reply that
//! ended from one that was cut off. ureq's own errors tell neither.

use core::fmt;
use std::io;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};

/// An error from before the connection stood: no byte of the request was sent.
#[derive(Debug)]
pub(crate) struct Unconnected {
    /// The host that was sought: the service's, or a proxy's.
    pub(crate) host: String,
    pub(crate) stage: Stage,
    pub(crate) error: Error,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Resolve,
    Connect,
}

/// A connection that ended without saying that it ends (RFC 9112 §9.8).
#[derive(Debug)]
pub(crate) struct CutOff;

/// ureq's own chain, with its errors marked as [`Unconnected`].
#[derive(Debug, Default)]
pub(crate) struct MarkingConnector(DefaultConnector);

impl Connector for MarkingConnector {
    type Out = MarkingTransport;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<MarkingTransport>, Error> {
        match self.0.connect(details, chained) {
            Ok(transport) => Ok(transport.map(MarkingTransport)),
            Err(error) => Err(mark(error, details.uri, Stage::Connect)),
        }
    }
}

/// The system's resolver, with its errors marked as [`Unconnected`].
#[derive(Debug, Default)]
pub(crate) struct MarkingResolver(DefaultResolver);

impl Resolver for MarkingResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        self.0.resolve(uri, config, timeout).map_err(|error| mark(error, uri, Stage::Resolve))
    }
}

/// Marks an error, unless it is marked already: a connection through a proxy stands on one to it.
fn mark(error: Error, uri: &Uri, stage: Stage) -> Error {
    match error {
        Error::Other(inner) if inner.is::<Unconnected>() => Error::Other(inner),
        error => {
            let host = uri.host().unwrap_or_default().to_owned();
            Error::Other(Box::new(Unconnected { host, stage, error }))
        }
    }
}

/// A connection whose end without a closing alert is an error. Without this, ureq takes the end of
/// the connection for the end of a body that has no other.
#[derive(Debug)]
pub(crate) struct MarkingTransport(Box<dyn Transport>);

impl Transport for MarkingTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(timeout).map_err(|error| match error {
            Error::Io(io)
                if matches!(
                    io.kind(),
                    io::ErrorKind::UnexpectedEof
                        | io::ErrorKind::ConnectionAborted
                        | io::ErrorKind::ConnectionReset
                ) =>
            {
                Error::Other(Box::new(CutOff))
            }
            error => error,
        })
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

impl fmt::Display for Unconnected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no connection")
    }
}

impl core::error::Error for Unconnected {}

impl fmt::Display for CutOff {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the connection was cut off")
    }
}

impl core::error::Error for CutOff {}
