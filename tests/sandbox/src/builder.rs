//! How a sandbox is to be, and its start.

use core::time::Duration;
use std::sync::Arc;

use crate::browser::Browser;
use crate::certillion::{self, Certillion};
use crate::clock::Clock;
use crate::cms::time_stamp::TimeStampAuthority;
use crate::control::Control;
use crate::counters::Counters;
use crate::error::StartError;
use crate::faults::Faults;
use crate::phone::page::PhonePage;
use crate::phone::{Phone, Policy};
use crate::pki::authority::{Authorities, Locations};
use crate::pki::web_server::WebServer;
use crate::pki::{certificate, people};
use crate::psc::ground::Ground;
use crate::psc::{self, Application, DIALECTS, Dialect, Psc};
use crate::revocation::Revocation;
use crate::sandbox::Sandbox;
use crate::transport::server::Shared;
use crate::transport::{Limits, Server, Service, tls};
use crate::tsa::TimeStampService;
use crate::vidaas::{Settings, Vidaas};

/// The redirect URI that the pre-registered application has when none was given.
pub const DEFAULT_REDIRECT_URI: &str = "http://127.0.0.1:8765/callback";

/// How a sandbox is to be. See [`Sandbox::builder`].
#[derive(Clone, Debug)]
pub struct Builder {
    port: u16,
    plain_port: u16,
    clock_offset: i64,
    body_limit: usize,
    upload_limit: usize,
    connections: usize,
    idle: Duration,
    policy: Policy,
    application_name: String,
    redirect_uris: Vec<String>,
    credentials: Option<(String, String)>,
    vidaas: Settings,
    certillion: certillion::Settings,
    certillion_credentials: Option<(String, String)>,
    pscs: Vec<PscPlan>,
    unknown_psc: Option<String>,
}

/// How a PSC beside VIDaaS is to be.
#[derive(Clone, Debug)]
struct PscPlan {
    name: &'static str,
    settings: psc::Settings,
    credentials: Option<(String, String)>,
}

impl PscPlan {
    fn of(dialect: &Dialect) -> Self {
        Self { name: dialect.name, settings: (dialect.settings)(), credentials: None }
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            port: 0,
            plain_port: 0,
            clock_offset: 0,
            body_limit: 16 * 1024 * 1024,
            upload_limit: 512 * 1024 * 1024,
            connections: 64,
            idle: Duration::from_secs(60),
            policy: Policy::Ask,
            application_name: "Rubrica sandbox application".to_owned(),
            redirect_uris: vec![DEFAULT_REDIRECT_URI.to_owned()],
            credentials: None,
            vidaas: Settings::default(),
            certillion: certillion::Settings::default(),
            certillion_credentials: None,
            pscs: DIALECTS.iter().map(PscPlan::of).collect(),
            unknown_psc: None,
        }
    }
}

impl Builder {
    /// A fixed port; 0, the default, lets the system choose.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// A fixed port for plain HTTP; 0, the default, lets the system choose. It stands in the
    /// certificates' URLs.
    #[must_use]
    pub fn plain_port(mut self, port: u16) -> Self {
        self.plain_port = port;
        self
    }

    /// Seconds by which the sandbox's clock differs from the machine's.
    #[must_use]
    pub fn clock_offset(mut self, seconds: i64) -> Self {
        self.clock_offset = seconds;
        self
    }

    /// Bytes of one request body, 16 MiB by default. Twenty documents of 7 MB take 200 MiB.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Bytes of one request that uploads a document to Certillion, 512 MiB by default. They go into
    /// a temporary file.
    #[must_use]
    pub fn upload_limit(mut self, bytes: usize) -> Self {
        self.upload_limit = bytes;
        self
    }

    /// Connections served at a time, 64 by default; further ones wait.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections.max(1);
        self
    }

    /// How long a connection may be silent, 60 s by default.
    #[must_use]
    pub fn idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// What the phone does from the start; [`Policy::Ask`] by default.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// The name of the pre-registered application, which the holder is shown.
    #[must_use]
    pub fn application_name(mut self, name: impl Into<String>) -> Self {
        self.application_name = name.into();
        self
    }

    /// The redirect URIs of the pre-registered application, instead of [`DEFAULT_REDIRECT_URI`].
    #[must_use]
    pub fn redirect_uris<U: Into<String>>(mut self, uris: impl IntoIterator<Item = U>) -> Self {
        self.redirect_uris = uris.into_iter().map(Into::into).collect();
        self
    }

    /// The pre-registered application's `client_id` and `client_secret`, instead of drawn ones.
    #[must_use]
    pub fn credentials(
        mut self,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> Self {
        self.credentials = Some((client_id.into(), client_secret.into()));
        self
    }

    /// Changes the settings of VIDaaS.
    #[must_use]
    pub fn vidaas(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.vidaas);
        self
    }

    /// Changes the settings of Certillion.
    #[must_use]
    pub fn certillion(mut self, change: impl FnOnce(&mut certillion::Settings)) -> Self {
        change(&mut self.certillion);
        self
    }

    /// The `client_id` and `client_secret` of the application that is registered at Certillion,
    /// instead of drawn ones.
    #[must_use]
    pub fn certillion_credentials(
        mut self,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> Self {
        self.certillion_credentials = Some((client_id.into(), client_secret.into()));
        self
    }

    /// Changes the settings of a PSC beside VIDaaS, by its [name](Psc::name). An unknown name is
    /// told by [`start`](Self::start).
    #[must_use]
    pub fn psc(mut self, name: &str, change: impl FnOnce(&mut psc::Settings)) -> Self {
        if let Some(plan) = self.plan(name) {
            change(&mut plan.settings);
        }
        self
    }

    /// The `client_id` and `client_secret` of the application that is registered at a PSC beside
    /// VIDaaS, instead of drawn ones. An unknown name is told by [`start`](Self::start).
    #[must_use]
    pub fn psc_credentials(
        mut self,
        name: &str,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> Self {
        if let Some(plan) = self.plan(name) {
            plan.credentials = Some((client_id.into(), client_secret.into()));
        }
        self
    }

    fn plan(&mut self, name: &str) -> Option<&mut PscPlan> {
        let plan = self.pscs.iter_mut().find(|plan| plan.name == name);
        if plan.is_none() {
            self.unknown_psc = Some(name.to_owned());
        }
        plan
    }

    /// Mints the certificates and starts to listen.
    ///
    /// # Errors
    /// A port cannot be bound, a redirect URI cannot be registered, or a PSC is unknown.
    pub fn start(self) -> Result<Sandbox, StartError> {
        if let Some(name) = self.unknown_psc {
            return Err(StartError::UnknownPsc(name));
        }
        let clock = Clock::new(self.clock_offset);
        let now = clock.unix_seconds();
        let plain = Server::bind(self.plain_port)?;
        let plain_url = format!("http://127.0.0.1:{}", plain.local_addr()?.port());
        let locations = Locations { base_url: plain_url.clone() };
        let authorities = Arc::new(Authorities::mint(now, &locations)?);
        let holders = people::mint(&authorities, now)?;
        let identity = tls::identity(now)?;
        let listener = Server::bind(self.port)?;
        let base_url = format!("https://127.0.0.1:{}", listener.local_addr()?.port());

        let counters = Arc::new(Counters::default());
        let faults = Arc::new(Faults::default());
        let phone = Arc::new(Phone::new(clock.clone()));
        phone.set_policy(self.policy);
        let stamps = Arc::new(TimeStampAuthority::mint(&authorities, now)?);
        let web_server = WebServer::mint(&authorities, now)?;
        let tsa_certificate = stamps.certificate().pem();
        let others = [stamps.certificate().serial.as_slice(), web_server.serial()];
        let revocation = Arc::new(Revocation::new(&authorities, clock.clone(), &holders, &others));
        let ground = Ground {
            clock: clock.clone(),
            phone: Arc::clone(&phone),
            counters: Arc::clone(&counters),
            authorities: Arc::clone(&authorities),
            stamps: Arc::clone(&stamps),
            holders: holders.clone(),
        };
        let vidaas = Vidaas::new(base_url.clone(), ground.clone(), self.vidaas);
        let application =
            vidaas.register(&self.application_name, &self.redirect_uris, self.credentials)?;
        // A client of its own at each, so that a mix-up cannot pass.
        let drawn = |credentials| {
            let mut application = Application::draw(&self.application_name, &self.redirect_uris);
            if let Some((client_id, client_secret)) = credentials {
                application.client_id = client_id;
                application.client_secret = client_secret;
            }
            application
        };
        let courier = Browser::new(&identity.authority.pem());
        let pscs: Vec<Arc<Psc>> = DIALECTS
            .iter()
            .zip(self.pscs)
            .map(|(dialect, plan)| {
                let application = drawn(plan.credentials);
                let (ground, courier) = (ground.clone(), courier.clone());
                Psc::new(dialect, &base_url, plan.settings, application, ground, courier)
            })
            .collect();
        let certillion = Certillion::new(
            &base_url,
            self.certillion,
            drawn(self.certillion_credentials),
            ground.clone(),
        );
        let mut emulated: Vec<Arc<dyn Service>> = vec![Arc::new(vidaas)];
        emulated.extend(pscs.iter().map(|psc| Arc::clone(psc) as Arc<dyn Service>));
        emulated.push(Arc::clone(&certillion) as Arc<dyn Service>);
        emulated.push(Arc::new(TimeStampService {
            stamps,
            clock: clock.clone(),
            counters: Arc::clone(&counters),
        }));
        emulated.push(Arc::clone(&revocation) as Arc<dyn Service>);
        let endpoints = emulated.iter().flat_map(|service| service.endpoints()).copied().collect();
        let mut services = emulated;
        services.push(Arc::new(PhonePage { phone: Arc::clone(&phone) }));
        services.push(Arc::new(Control {
            clock: clock.clone(),
            counters: Arc::clone(&counters),
            faults: Arc::clone(&faults),
            phone: Arc::clone(&phone),
            pscs: pscs.clone(),
            certillion: Arc::clone(&certillion),
            endpoints,
        }));
        let limits = Limits {
            body: self.body_limit,
            upload: self.upload_limit,
            connections: self.connections,
            idle: self.idle,
        };
        let shared = |tls, services| {
            let (faults, counters) = (Arc::clone(&faults), Arc::clone(&counters));
            Shared::new(tls, services, faults, counters, clock.clone(), limits)
        };
        let published = vec![Arc::clone(&revocation) as Arc<dyn Service>];
        let servers = [
            Server::start(listener, shared(Some(identity.config), services))?,
            Server::start(plain, shared(None, published))?,
        ];
        Ok(Sandbox {
            base_url,
            tls_ca: identity.authority.pem(),
            anchors: certificate::pem(&authorities.v10.root.certificate.der),
            issuer: certificate::pem(&authorities.v10.issuer.certificate.der),
            authorities: Arc::clone(&authorities),
            application,
            pscs,
            certillion,
            web_server,
            revocation,
            plain_url,
            tsa_certificate,
            holders,
            clock,
            phone,
            faults,
            counters,
            _servers: servers,
        })
    }
}
