//! One exchange over HTTPS.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use rubrica_core::document::{Documents, Place, Sink};
use rubrica_core::exchange::{Effect, Method, Request};
use ureq::config::{Config, ConfigBuilder};
use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use ureq::http::{self, HeaderValue, Uri};
use ureq::tls::{TlsConfig, TlsProvider};
use ureq::typestate::AgentScope;
use ureq::{Agent, SendBody};
use zeroize::{Zeroize, Zeroizing};

use crate::anchors;
use crate::connector::{MarkingConnector, MarkingResolver};
use crate::error::TransportError;
use crate::outgoing::Outgoing;
use crate::reply::{Reply, extract_body, read_body};
use crate::settings::{Settings, SettingsError};

/// Bytes that ureq gathers before it sends, and that it reads together: a TLS record's. A document
/// streams through them.
const BUFFER: usize = 16 * 1024;

/// What this program calls itself: `rubrica/` and its version.
const USER_AGENT: &str = concat!("rubrica/", env!("CARGO_PKG_VERSION"));

/// Where ureq writes what it sends and receives, byte for byte and with queries, at level trace.
const TELLTALES: [&str; 2] = ["ureq_proto::util", "ureq::util"];

/// Sends requests and brings back replies. Clones share its connections.
#[derive(Clone)]
pub struct Transport {
    /// For requests that may be repeated: connections are kept open.
    shared: Agent,
    /// For requests that may not: each has a new connection.
    single: Agent,
    body_limit: usize,
    total_timeout: Duration,
    least_rate: u64,
}

impl Transport {
    /// A transport with these settings. Nothing is connected yet.
    ///
    /// # Errors
    /// [`SettingsError`] for a zero, for anchors that cannot be read, for a proxy that cannot be
    /// understood.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        let tls = tls(settings)?;
        let with = |idle_connections| {
            let configuration = configuration(settings, &tls)?
                .max_idle_connections(idle_connections)
                .max_idle_connections_per_host(idle_connections);
            Ok(agent(configuration.build()))
        };
        Ok(Self {
            shared: with(4)?,
            single: with(0)?,
            body_limit: settings.body_limit,
            total_timeout: settings.total_timeout,
            least_rate: settings.least_rate,
        })
    }

    /// Sends a request and brings back its reply, whatever its status. `documents` gives the
    /// documents that the body carries, `sink` takes a signed document that the reply brings; `()`
    /// where there are none.
    ///
    /// `body` takes the reply's body, but for such a document. What it held is overwritten first.
    /// After an error it may hold a part of the reply, and the sink a part of a document. It is the
    /// caller's to tell the sink in the end to commit or to abandon.
    ///
    /// Nothing is retried.
    ///
    /// # Errors
    /// [`TransportError`]; hand its [`failure`](TransportError::failure) to the flow.
    pub fn send<D: Documents, S: Sink>(
        &self,
        request: &Request<'_>,
        documents: &mut D,
        sink: &mut S,
        body: &mut Vec<u8>,
    ) -> Result<Reply, TransportError> {
        body.zeroize();
        if TELLTALES.iter().any(|target| log::log_enabled!(target: target, log::Level::Trace)) {
            return Err(TransportError::Logged);
        }
        let (parts, host) = parts(request)?;
        let mut outgoing = Outgoing::new(&request.body, &mut *documents)
            .map_err(|problem| TransportError::Document { problem, begun: false })?;
        let agent = match request.effect {
            Effect::Safe => &self.shared,
            Effect::Once => &self.single,
        };
        let timed = agent
            .configure_request(http::Request::from_parts(parts, ()))
            .timeout_global(Some(self.time_for(request)))
            .build();
        let (parts, ()) = timed.into_parts();
        let outcome = match request.method {
            Method::Get => agent.run(http::Request::from_parts(parts, SendBody::none())),
            Method::Post | Method::Put => {
                let body = SendBody::from_reader(&mut outgoing);
                agent.run(http::Request::from_parts(parts, body))
            }
        };
        let mut response = outcome.map_err(|error| match outgoing.problem {
            Some(problem) => TransportError::Document { problem, begun: true },
            None => TransportError::from_exchange(error, &host),
        })?;
        let sent = outgoing.sent();
        let mut reply = Reply::new(&response);
        let (from, limit) = (response.body_mut(), self.body_limit);
        match request.document.filter(|_| reply.status == 200) {
            None => read_body(from, limit, body)?,
            Some(place) => {
                reply.document = extract_body(from, limit, body, (place, sent), documents, sink)?;
            }
        }
        Ok(reply)
    }

    /// The longest time for an exchange: documents that go or come as they are have none that fits
    /// them all.
    fn time_for(&self, request: &Request<'_>) -> Duration {
        let coming = match request.document {
            Some(Place::Body { most, .. }) => most,
            _ => 0,
        };
        let bytes = request.body.length().saturating_add(coming);
        let seconds = bytes.checked_div(self.least_rate).unwrap_or(0);
        self.total_timeout.saturating_add(Duration::from_secs(seconds))
    }

    /// Breaks off every exchange under way on this transport and its clones, from any thread; they
    /// and all later ones fail. A name that is being resolved, and a host that is being connected
    /// to, are waited for.
    pub fn shut_down(&self) {
        self.shared.clone().shutdown();
        self.single.clone().shutdown();
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Transport").finish_non_exhaustive()
    }
}

/// rustls with ring's cryptography, and whom it trusts.
pub(crate) fn tls(settings: &Settings) -> Result<TlsConfig, SettingsError> {
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(anchors::roots(settings.extra_anchors_pem.as_deref())?)
        .build())
}

/// What every agent of this crate has in common. Only `https://` is spoken.
pub(crate) fn configuration(
    settings: &Settings,
    tls: &TlsConfig,
) -> Result<ConfigBuilder<AgentScope>, SettingsError> {
    Ok(Agent::config_builder()
        .https_only(true)
        .http_status_as_error(false)
        .max_redirects(0)
        .user_agent(USER_AGENT)
        .timeout_resolve(Some(settings.connect_timeout))
        .timeout_connect(Some(settings.connect_timeout))
        .timeout_per_read(Some(settings.read_timeout))
        .timeout_per_write(Some(settings.read_timeout))
        .timeout_global(Some(settings.total_timeout))
        .max_response_header_size(settings.head_limit)
        .input_buffer_size(BUFFER)
        .output_buffer_size(BUFFER)
        .proxy(settings.proxy.resolve()?)
        .tls_config(tls.clone()))
}

/// An agent whose errors tell what happened before a request could be sent.
pub(crate) fn agent(config: Config) -> Agent {
    Agent::with_parts(config, MarkingConnector::default(), MarkingResolver::default())
}

/// The request without its body, and its host.
fn parts(request: &Request<'_>) -> Result<(http::request::Parts, String), TransportError> {
    if !request.url.starts_with("https://") {
        return Err(TransportError::InsecureUrl);
    }
    let uri: Uri = request.url.parse().map_err(|_| TransportError::Unsendable("URL"))?;
    let host = uri.host().unwrap_or_default().to_owned();
    let mut builder = http::Request::builder()
        .method(request.method.as_str())
        .uri(uri)
        .header(ACCEPT, request.accept);
    if let Some(token) = request.bearer {
        let text = Zeroizing::new(format!("Bearer {token}"));
        let mut value =
            HeaderValue::from_str(&text).map_err(|_| TransportError::Unsendable("token"))?;
        value.set_sensitive(true);
        builder = builder.header(AUTHORIZATION, value);
    }
    if let Some(kind) = request.content_type {
        builder = builder.header(CONTENT_TYPE, kind.as_str());
    }
    if let Some((name, value)) = request.header {
        builder = builder.header(name, value);
    }
    if request.method != Method::Get {
        builder = builder.header(CONTENT_LENGTH, request.body.length());
    }
    let (parts, ()) =
        builder.body(()).map_err(|_| TransportError::Unsendable("header"))?.into_parts();
    Ok((parts, host))
}
