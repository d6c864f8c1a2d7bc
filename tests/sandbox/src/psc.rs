//! The PSCs beside VIDaaS, each a dialect of DOC-ICP-17.01 §6.4 (the norm), and what all of them
//! share.
//!
//! One emulation serves BirdID, VaultID, SafeID, SerproID, RemoteID and a PSC that keeps to the norm.
//! What tells them apart is data: the table of dialects and the [`Settings`] that each begins with.
//! Every PSC has its own applications, codes, tokens and states: nothing of one is known to another.

mod application;
mod application_cert;
mod asking;
mod authorize;
mod dialect;
mod discovery;
pub(crate) mod ground;
pub(crate) mod hand;
mod operation;
mod password;
pub(crate) mod pkce;
pub(crate) mod redirect_uri;
pub(crate) mod refusal;
pub(crate) mod scope;
mod settings;
mod signature;
mod soluti;
pub(crate) mod spoiling;
mod state;
pub(crate) mod token;
mod trusted;
mod wrapping;

use core::fmt;
use std::sync::{Arc, Mutex, Weak};

pub(crate) use self::dialect::{DIALECTS, Dialect};
use self::ground::Ground;
pub use self::operation::Operation;
pub use self::password::PIN;
pub use self::settings::{
    AliasShape, Denial, ErrorBody, HashEncoding, IssuerParameter, Listing, PasswordShape, Settings,
    TokenBody, Wrapping,
};
use self::state::State;
use crate::browser::Browser;
use crate::faults::Drawn;
use crate::pki::holder::HolderCertificate;
use crate::transport::request::Request;
use crate::transport::response::Response;
use crate::transport::{Endpoint, Service};
use crate::{lock, random};

/// A client application as a service knows it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Application {
    /// The registered name.
    pub name: String,
    /// The `client_id`, a UUID.
    pub client_id: String,
    /// The `client_secret`: worthless, like everything of the sandbox.
    pub client_secret: String,
    /// The registered redirect URIs; `push://` is never among them.
    pub redirect_uris: Vec<String>,
}

impl Application {
    /// One with drawn credentials.
    pub(crate) fn draw(name: &str, redirect_uris: &[String]) -> Self {
        Self {
            name: name.to_owned(),
            client_id: random::uuid(),
            client_secret: random::client_secret(),
            redirect_uris: redirect_uris.to_vec(),
        }
    }
}

/// A webhook that was called.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// Where it went.
    pub url: String,
    /// The status that came back; `None` when nobody answered, or when the URL is not on loopback.
    pub status: Option<u16>,
}

/// One emulated PSC of a [`Sandbox`](crate::Sandbox).
pub struct Psc {
    dialect: &'static Dialect,
    base_url: String,
    application: Application,
    settings: Mutex<Settings>,
    ground: Ground,
    state: Mutex<State>,
    courier: Browser,
    deliveries: Mutex<Vec<Delivery>>,
    myself: Weak<Self>,
}

impl fmt::Debug for Psc {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Psc").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Psc {
    /// A PSC under `origin`, with one application registered.
    pub(crate) fn new(
        dialect: &'static Dialect,
        origin: &str,
        settings: Settings,
        application: Application,
        ground: Ground,
        courier: Browser,
    ) -> Arc<Self> {
        let mut state = State::default();
        state.applications.insert(application.client_id.clone(), application.clone());
        Arc::new_cyclic(|myself| Self {
            dialect,
            base_url: format!("{origin}/{}", dialect.name),
            application,
            settings: Mutex::new(settings),
            ground,
            state: Mutex::new(state),
            courier,
            deliveries: Mutex::default(),
            myself: myself.clone(),
        })
    }

    /// `birdid`, `vaultid`, `safeid`, `serproid`, `remoteid` or `norm`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.dialect.name
    }

    /// What stands for the PSC's host: `https://127.0.0.1:PORT/NAME`. The PSC's own paths follow.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The path between the base URL and a service's name, such as `/v0/oauth`.
    #[must_use]
    pub fn prefix(&self) -> &'static str {
        self.dialect.prefix
    }

    /// The URL of a service, whether or not the PSC offers it.
    #[must_use]
    pub fn url(&self, operation: Operation) -> String {
        let path = match operation {
            Operation::Page => "/page".to_owned(),
            Operation::Start => "/portal/oauth/start".to_owned(),
            Operation::AsyncSignature => "/async-signature".to_owned(),
            _ => format!("{}/{}", self.dialect.prefix, operation.segment()),
        };
        format!("{}{path}", self.base_url)
    }

    /// The endpoint of a service, for faults and counters: `birdid/token`.
    #[must_use]
    pub fn endpoint(&self, operation: Operation) -> Endpoint {
        self.dialect.endpoints[operation as usize]
    }

    /// Whether the PSC offers a service.
    #[must_use]
    pub fn offers(&self, operation: Operation) -> bool {
        self.dialect.offers(operation)
    }

    /// The application that is registered from the start.
    #[must_use]
    pub fn application(&self) -> &Application {
        &self.application
    }

    /// The settings as they are now.
    #[must_use]
    pub fn settings(&self) -> Settings {
        lock(&self.settings).clone()
    }

    /// Changes the settings, for the requests that come after.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut lock(&self.settings));
    }

    /// What the PSC calls a certificate.
    #[must_use]
    pub fn alias(&self, certificate: &HolderCertificate) -> String {
        if lock(&self.settings).alias == AliasShape::Uuid {
            return certificate.alias().to_owned();
        }
        let place = self.ground.holders.iter().find_map(|holder| {
            let mut own = holder.certificates.iter();
            own.position(|it| it.alias() == certificate.alias()).map(|place| (holder, place))
        });
        match place {
            Some((holder, 0)) => format!("{}:{}", holder.name, holder.identification),
            Some((holder, place)) => {
                format!("{} {}:{}", holder.name, place + 1, holder.identification)
            }
            None => certificate.alias().to_owned(),
        }
    }

    /// The certificate's own alias for one of the PSC's shape.
    fn own_alias(&self, alias: String) -> String {
        let mut certificates = self.ground.holders.iter().flat_map(|holder| &holder.certificates);
        let named = certificates.find(|certificate| self.alias(certificate) == alias);
        named.map_or(alias, |certificate| certificate.alias().to_owned())
    }

    /// What the application on a holder's phone shows now: six digits for one use, drawn by this
    /// call. `None` when there is no such holder.
    #[must_use]
    pub fn one_time_password(&self, identification: &str) -> Option<String> {
        let holder = self.ground.holder(identification)?;
        Some(password::draw(self, holder))
    }

    /// A `password` for pwd_authorize with the factors that this PSC wants, good for one use.
    /// `None` when there is no such holder, or when the PSC wants an `identifierCA`, which only
    /// authorize-ca brings.
    #[must_use]
    pub fn password(&self, identification: &str) -> Option<String> {
        match self.settings().password? {
            PasswordShape::OneTimePassword => self.one_time_password(identification),
            PasswordShape::PinThenOneTimePassword => {
                Some(format!("{PIN}{}", self.one_time_password(identification)?))
            }
            PasswordShape::AuthorizationThenPin => None,
        }
    }

    /// The webhooks that were called, in order.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        lock(&self.deliveries).clone()
    }

    /// `https://127.0.0.1:PORT`.
    fn origin(&self) -> &str {
        self.base_url.rsplit_once('/').map_or(&*self.base_url, |(origin, _)| origin)
    }
}

impl Service for Psc {
    fn endpoints(&self) -> &'static [Endpoint] {
        self.dialect.endpoints
    }

    fn endpoint(&self, path: &str) -> Option<Endpoint> {
        self.dialect.operation(path).map(|operation| self.endpoint(operation))
    }

    fn handle(&self, endpoint: Endpoint, request: &Request, faults: &Drawn) -> Response {
        let operation = Operation::ALL.iter().find(|it| self.endpoint(**it) == endpoint);
        let Some(&operation) = operation else { return Response::text(404, "Not Found") };
        if request.method != operation.method() {
            return Response::method_not_allowed(operation.method());
        }
        let settings = self.settings();
        let answer = match operation {
            Operation::Application => application::register(self, request),
            Operation::ApplicationCert => application_cert::register(self, request),
            Operation::ClientToken => token::client_token(self, request, &settings),
            Operation::ClientMaintenance => application::maintain(self, request),
            Operation::UserDiscovery => discovery::user(self, request),
            Operation::Authorize => authorize::handle(self, request, &settings, faults),
            Operation::Page => authorize::wait(self, request, &settings),
            Operation::Token => token::exchange(self, request, &settings, faults),
            Operation::PwdAuthorize => password::authorize(self, request, &settings, faults),
            Operation::Signature => signature::handle(self, request, &settings, faults),
            Operation::CertificateDiscovery => {
                discovery::certificates(self, request, &settings, faults)
            }
            Operation::Revoke => token::revoke(self, request),
            Operation::AuthorizeCa => trusted::authorize(self, request, &settings, faults),
            Operation::Start => soluti::start(self, request, &settings),
            Operation::AsyncSignature => soluti::async_signature(self, request, &settings),
        };
        let (errors, malformed) = if operation.grants() {
            (settings.token_errors, 400)
        } else {
            (settings.errors, settings.malformed_status)
        };
        answer.unwrap_or_else(|refusal| refusal.response(errors, malformed))
    }
}
