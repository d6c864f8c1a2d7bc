//! HTTP/1.1 over TLS on loopback. Knows no service: it hands requests to a [`Service`] and does to
//! the connection what the [`faults`](crate::faults) ask.

mod connection;
pub(crate) mod form;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod server;
pub(crate) mod spool;
pub(crate) mod tls;

use core::fmt;

use self::request::Request;
use self::response::Response;
pub(crate) use self::server::{Limits, Server};
use crate::faults::Drawn;

/// One endpoint of an emulated service, the key of faults and counters, such as `vidaas/token`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Endpoint(&'static str);

impl Endpoint {
    pub(crate) const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name, as the control surface and the counters spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

/// What stands behind some paths of the server.
pub(crate) trait Service: Send + Sync {
    /// All endpoints, so that a fault for an endpoint that does not exist is refused.
    fn endpoints(&self) -> &'static [Endpoint];

    /// The endpoint at a path, whatever the method.
    fn endpoint(&self, path: &str) -> Option<Endpoint>;

    /// Whether bodies sent to an endpoint go into a file as they come, instead of into memory.
    fn spools(&self, _endpoint: Endpoint) -> bool {
        false
    }

    /// Answers one request. `faults` are those drawn for it; the transport applies its own.
    fn handle(&self, endpoint: Endpoint, request: &Request, faults: &Drawn) -> Response;
}
