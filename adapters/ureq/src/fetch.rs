//! Fetches what its issuer signed: lists of revoked certificates, OCSP answers, certificates.

use core::fmt;

use ureq::Agent;
use ureq::http::header::{ACCEPT, CONTENT_TYPE};
use ureq::http::{self, Uri};

use crate::error::TransportError;
use crate::reply::read_body;
use crate::settings::{Settings, SettingsError};
use crate::transport;

/// Fetches objects that prove themselves by a signature.
///
/// Certificates name the places of such objects with `http://`, so that nobody needs a certificate
/// to judge a certificate (RFC 5280 §4.2.1.13 and §8, RFC 6960 appendix A.1); both schemes are taken
/// here, and nowhere else in this crate. What arrives is worth nothing before its signature has been
/// checked. No secret is ever sent, no redirect followed.
#[derive(Clone)]
pub struct Fetcher {
    agent: Agent,
    limit: usize,
}

/// Why an object was not fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The URL begins neither with `http://` nor with `https://`, or is none.
    #[error("the address is no http:// or https:// URL")]
    Url,
    /// The server answered, and with something else than the object.
    #[error("the server answered with status {0}")]
    Status(u16),
    /// The server could not be spoken to, or its answer is larger than allowed.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

impl Fetcher {
    /// A fetcher with a transport's settings: its times, its bound for a body, its way out.
    ///
    /// # Errors
    /// As [`crate::Transport::new`].
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        let tls = transport::tls(settings)?;
        let config = transport::configuration(settings, &tls)?.https_only(false).build();
        Ok(Self { agent: transport::agent(config), limit: settings.body_limit })
    }

    /// Fetches what is at a URL.
    ///
    /// # Errors
    /// [`FetchError`]; a redirect is a status like any other.
    pub fn get(&self, url: &str) -> Result<Vec<u8>, FetchError> {
        let (builder, host) = begin("GET", url)?;
        let request = builder.body(()).map_err(|_| FetchError::Url)?;
        self.take(self.agent.run(request), &host)
    }

    /// Asks an OCSP responder (RFC 6960 appendix A.1).
    ///
    /// # Errors
    /// [`FetchError`]; a redirect is a status like any other.
    pub fn ask_ocsp(&self, url: &str, request: &[u8]) -> Result<Vec<u8>, FetchError> {
        let (builder, host) = begin("POST", url)?;
        let request = builder
            .header(CONTENT_TYPE, "application/ocsp-request")
            .header(ACCEPT, "application/ocsp-response")
            .body(request)
            .map_err(|_| FetchError::Url)?;
        self.take(self.agent.run(request), &host)
    }

    fn take(
        &self,
        outcome: Result<http::Response<ureq::Body>, ureq::Error>,
        host: &str,
    ) -> Result<Vec<u8>, FetchError> {
        let mut response = outcome.map_err(|error| TransportError::from_exchange(error, host))?;
        match response.status().as_u16() {
            200 => {}
            status => return Err(FetchError::Status(status)),
        }
        let mut body = Vec::new();
        read_body(response.body_mut(), self.limit, &mut body)?;
        Ok(body)
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Fetcher").finish_non_exhaustive()
    }
}

fn begin(method: &str, url: &str) -> Result<(http::request::Builder, String), FetchError> {
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(FetchError::Url);
    }
    let uri: Uri = url.parse().map_err(|_| FetchError::Url)?;
    let host = uri.host().unwrap_or_default().to_owned();
    Ok((http::Request::builder().method(method).uri(uri), host))
}
