//! The holder's browser, as far as the QR flow needs one: it opens a URL, follows redirects, waits
//! on pages that refresh themselves, and so brings the code to the application's loopback listener.
//!
//! Also the independent client of this crate's own tests.

use core::net::SocketAddr;
use core::time::Duration;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::{CertificateDer, ServerName};

/// Responses are small pages; a signed batch of the tests is not, hence the room.
const RESPONSE_LIMIT: u64 = 256 * 1024 * 1024;

/// How often a page that refreshes itself is loaded.
const REFRESH: Duration = Duration::from_millis(50);

/// A browser that trusts one sandbox.
#[derive(Clone, Debug)]
pub struct Browser {
    tls: Arc<ClientConfig>,
}

/// Why a page did not load.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrowserError {
    /// The URL is neither `https://` nor `http://`, or has no host.
    #[error("`{0}` is no URL that a browser opens")]
    Url(String),
    /// No connection, a connection cut, or a certificate that is not trusted.
    #[error("the page did not load: {0}")]
    Io(#[from] io::Error),
    /// What came is not HTTP.
    #[error("the answer is not HTTP")]
    NotHttp,
    /// The page still waited when the time was over.
    #[error("the page still waits for the holder")]
    StillWaiting,
}

/// What a request brought.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page {
    /// The URL that answered.
    pub url: String,
    /// The HTTP status.
    pub status: u16,
    /// The header fields.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Page {
    /// A header field, by any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        fields.next().map(|(_, value)| value.as_str())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn refreshes(&self) -> bool {
        self.status == 200 && self.text().contains("http-equiv=\"refresh\"")
    }
}

impl Browser {
    pub(crate) fn new(authority_pem: &str) -> Self {
        let mut roots = RootCertStore::empty();
        let base64: String =
            authority_pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = BASE64_STANDARD.decode(base64.trim()).unwrap_or_default();
        // A root that does not read leaves the store empty, and then nothing is trusted.
        let _ = roots.add(CertificateDer::from(der));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring speaks the default versions of TLS")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { tls: Arc::new(tls) }
    }

    /// Opens a URL as a person does: follows redirects, also to plain HTTP on loopback, and stays
    /// on a page that refreshes itself until it moves on or `timeout` ends. Gives the last page.
    ///
    /// # Errors
    /// A page does not load, or the last one still refreshes itself at the end of the time.
    pub fn open(&self, url: &str, timeout: Duration) -> Result<Page, BrowserError> {
        let deadline = Instant::now() + timeout;
        let mut url = url.to_owned();
        loop {
            let page = self.request("GET", &url, &[], b"")?;
            match page.header("location") {
                Some(location) if (300..400).contains(&page.status) => {
                    url = absolute(&url, location);
                }
                _ if page.refreshes() => thread::sleep(REFRESH),
                _ => return Ok(page),
            }
            if Instant::now() >= deadline {
                return Err(BrowserError::StillWaiting);
            }
        }
    }

    /// One request on a connection of its own; no redirect is followed.
    ///
    /// # Errors
    /// There is no connection, it is cut before the response is whole, or it does not speak HTTP.
    pub fn request(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Page, BrowserError> {
        let unusable = || BrowserError::Url(url.to_owned());
        let (scheme, rest) = url.split_once("://").ok_or_else(unusable)?;
        let (authority, path) = rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash));
        let default_port = if scheme == "https" { 443 } else { 80 };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| unusable())?),
            None => (authority, default_port),
        };
        let mut message =
            format!("{method} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n");
        for (name, value) in headers {
            message.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() || method == "POST" {
            message.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        message.push_str("\r\n");
        let message = [message.as_bytes(), body].concat();

        let address = (host, port).to_socket_addrs()?.find(SocketAddr::is_ipv4);
        let stream = TcpStream::connect(address.ok_or_else(unusable)?)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.set_write_timeout(Some(Duration::from_secs(30)))?;
        let received = match scheme {
            "https" => {
                let name = ServerName::try_from(host.to_owned()).map_err(|_| unusable())?;
                let session =
                    ClientConnection::new(Arc::clone(&self.tls), name).map_err(io::Error::other)?;
                exchange(StreamOwned::new(session, stream), &message)?
            }
            "http" => exchange(stream, &message)?,
            _ => return Err(unusable()),
        };
        parse(url, method, &received)
    }
}

fn exchange(mut stream: impl Read + Write, message: &[u8]) -> io::Result<Vec<u8>> {
    stream.write_all(message)?;
    stream.flush()?;
    let mut received = Vec::new();
    stream.take(RESPONSE_LIMIT).read_to_end(&mut received)?;
    Ok(received)
}

fn parse(url: &str, method: &str, received: &[u8]) -> Result<Page, BrowserError> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let Ok(httparse::Status::Complete(length)) = response.parse(received) else {
        return Err(BrowserError::NotHttp);
    };
    let body = received.get(length..).unwrap_or_default();
    let headers = response
        .headers
        .iter()
        .map(|header| (header.name.to_owned(), String::from_utf8_lossy(header.value).into_owned()));
    let page = Page {
        url: url.to_owned(),
        status: response.code.unwrap_or_default(),
        headers: headers.collect(),
        body: body.to_vec(),
    };
    let announced = page.header("content-length").and_then(|length| length.parse().ok());
    let bodyless = method == "HEAD" || matches!(page.status, 204 | 304);
    if !bodyless && announced.is_some_and(|announced: usize| announced != page.body.len()) {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    Ok(page)
}

/// Resolves a `Location` as far as redirects here need it.
fn absolute(base: &str, location: &str) -> String {
    if !location.starts_with('/') {
        return location.to_owned();
    }
    let origin = base.match_indices('/').nth(2).map_or(base, |(slash, _)| &base[..slash]);
    format!("{origin}{location}")
}
