//! A running sandbox.

use core::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::browser::Browser;
use crate::builder::Builder;
use crate::certillion::Certillion;
use crate::clock::Clock;
use crate::counters::Counters;
use crate::error::StartError;
use crate::faults::Faults;
use crate::phone::Phone;
use crate::pki::authority::Authorities;
use crate::pki::crl;
use crate::pki::holder::Holder;
use crate::pki::web_server::WebServer;
use crate::psc::{Application, Psc};
use crate::revocation::Revocation;
use crate::transport::Server;

/// Locks a mutex, also after a thread that held it panicked: what is behind it are counts and
/// lists, which are whole after every statement.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The emulated services on a port of 127.0.0.1. They stop when it is dropped.
pub struct Sandbox {
    pub(crate) base_url: String,
    pub(crate) tls_ca: String,
    pub(crate) anchors: String,
    pub(crate) issuer: String,
    pub(crate) authorities: Arc<Authorities>,
    pub(crate) application: Application,
    pub(crate) pscs: Vec<Arc<Psc>>,
    pub(crate) certillion: Arc<Certillion>,
    pub(crate) web_server: WebServer,
    pub(crate) revocation: Arc<Revocation>,
    pub(crate) plain_url: String,
    pub(crate) tsa_certificate: String,
    pub(crate) holders: Vec<Arc<Holder>>,
    pub(crate) clock: Clock,
    pub(crate) phone: Arc<Phone>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) _servers: [Server; 2],
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sandbox").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// A sandbox with other settings than the defaults.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// A sandbox with the manual's limits, a phone that asks, and a port of the system's choice.
    ///
    /// # Errors
    /// Loopback has no free port.
    pub fn start() -> Result<Self, StartError> {
        Builder::default().start()
    }

    /// `https://127.0.0.1:PORT`, without a slash at the end. `localhost` answers as well, under
    /// the same certificate.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The authority that a client must trust for TLS, in PEM.
    #[must_use]
    pub fn tls_ca_pem(&self) -> &str {
        &self.tls_ca
    }

    /// The root above the good holders' certificates, in PEM.
    #[must_use]
    pub fn anchors_pem(&self) -> &str {
        &self.anchors
    }

    /// The authority between that root and the holders, in PEM, for a verifier whose CMS carries
    /// no chain.
    #[must_use]
    pub fn issuer_pem(&self) -> &str {
        &self.issuer
    }

    /// Both roots in PEM, the v12-shaped one after the other.
    #[must_use]
    pub fn roots_pem(&self) -> String {
        let Authorities { v10, v12, .. } = &*self.authorities;
        [&v10.root, &v12.root].map(|authority| authority.certificate.pem()).concat()
    }

    /// The authorities between the two roots and the holders, in PEM, in the order of
    /// [`roots_pem`](Self::roots_pem).
    #[must_use]
    pub fn intermediates_pem(&self) -> String {
        let Authorities { v10, v12, .. } = &*self.authorities;
        [&v10.issuer, &v12.issuer].map(|authority| authority.certificate.pem()).concat()
    }

    /// The CRLs of both hierarchies in DER, as they are served now: root v10, its issuer, root v12,
    /// its issuer.
    #[must_use]
    pub fn crls(&self) -> Vec<Vec<u8>> {
        self.revocation.crls()
    }

    /// The same CRLs in PEM, one after the other.
    #[must_use]
    pub fn crls_pem(&self) -> String {
        self.crls().iter().map(|crl| crl::pem(crl)).collect()
    }

    /// `http://127.0.0.1:PORT`, where CRLs, authorities' certificates and OCSP answer without TLS,
    /// as the certificates' URLs say.
    #[must_use]
    pub fn plain_url(&self) -> &str {
        &self.plain_url
    }

    /// Where the time-stamp authority answers: `https://127.0.0.1:PORT/tsa`.
    #[must_use]
    pub fn tsa_url(&self) -> String {
        format!("{}/tsa", self.base_url)
    }

    /// The time-stamp authority's certificate in PEM, under the root of
    /// [`anchors_pem`](Self::anchors_pem).
    #[must_use]
    pub fn tsa_certificate_pem(&self) -> &str {
        &self.tsa_certificate
    }

    /// A PSC beside VIDaaS: `birdid`, `vaultid`, `safeid`, `serproid`, `remoteid`, or `norm` for
    /// one that keeps to DOC-ICP-17.01.
    #[must_use]
    pub fn psc(&self, name: &str) -> Option<&Psc> {
        self.pscs.iter().find(|psc| psc.name() == name).map(Arc::as_ref)
    }

    /// All PSCs beside VIDaaS.
    pub fn pscs(&self) -> impl Iterator<Item = &Psc> {
        self.pscs.iter().map(Arc::as_ref)
    }

    /// Certillion.
    #[must_use]
    pub fn certillion(&self) -> &Certillion {
        &self.certillion
    }

    /// A web server with the certificate that a registration by JWT needs.
    #[must_use]
    pub fn web_server(&self) -> &WebServer {
        &self.web_server
    }

    /// The application that is registered at VIDaaS from the start.
    #[must_use]
    pub fn application(&self) -> &Application {
        &self.application
    }

    /// The synthetic holders.
    #[must_use]
    pub fn holders(&self) -> &[Arc<Holder>] {
        &self.holders
    }

    /// One holder, by CPF or CNPJ without a mask, such as [`CPF_HOLDER`](crate::CPF_HOLDER).
    #[must_use]
    pub fn holder(&self, identification: &str) -> Option<&Holder> {
        self.holders.iter().find(|it| it.identification == identification).map(Arc::as_ref)
    }

    /// The clock that certificates, windows, tokens and limits go by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The holders' phone.
    #[must_use]
    pub fn phone(&self) -> &Phone {
        &self.phone
    }

    /// The faults.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What was asked and what was signed.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// A browser for the QR flow, which trusts this sandbox.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser::new(&self.tls_ca)
    }
}
