//! The way in: a client of the service, for one registered application.

use rubrica_core::certillion::{
    Application, ClientMaintenance, ClientToken, Profile, PscName, Service,
};
use rubrica_core::error::{Error as CoreError, PeerError};
use rubrica_core::exchange::Exchange;
use rubrica_core::oauth::token::ApplicationToken;
use rubrica_core::secret::SecretText;
use rubrica_core::unsure::Unsure;
use rubrica_ureq::Transport;
use zeroize::Zeroizing;

use super::record::ServiceRecord;
use super::settings::Settings;
use crate::cancel::Cancellation;
use crate::client::transport;
use crate::clock::Clock;
use crate::driver::Driver;
use crate::error::Error;
use crate::journal::Journal;

/// A client of the service, for one registered application.
///
/// It can be shared between threads; each session is one thread's.
#[derive(Debug)]
pub struct Client {
    pub(super) settings: Settings,
    transport: Transport,
    pub(super) journal: Option<Journal>,
    cancellation: Cancellation,
    /// One for all sessions: what a grant tells of its end is counted by the clock that saw it begin.
    clock: Clock,
}

impl Client {
    /// A client with these settings.
    ///
    /// # Errors
    /// Settings that the service would refuse, TLS anchors that are none, a state directory that
    /// cannot be used.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let transport = transport(settings.tls_anchors.as_deref())?;
        let journal = settings.state_directory.as_ref().map(Journal::open).transpose()?;
        let (cancellation, clock) = (Cancellation::new(), Clock::start());
        let client = Self { settings, transport, journal, cancellation, clock };
        // What is wrong with the settings is better told now.
        client.with(None, |_| Ok(()))?;
        Ok(client)
    }

    /// What no source settles about the service, with what to try, where an error may come of it: to
    /// be told beside a refusal. Each is a key of the profile's table.
    #[must_use]
    pub fn doubts(&self, error: &Error) -> Vec<Unsure<'_>> {
        let reason = match error {
            Error::NotFetched { error, .. } => error,
            error => error,
        };
        match reason {
            Error::Core(CoreError::Peer(PeerError::Refused(_))) => {
                self.settings.profile.view(&[]).unsure.to_vec()
            }
            _ => Vec::new(),
        }
    }

    /// The switch that stops this client's sessions, for another thread.
    #[must_use]
    pub fn cancellation(&self) -> Cancellation {
        self.cancellation.clone()
    }

    /// The settings.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes what is registered of the application. What is empty is not sent; of the redirect
    /// URIs, those that are given become all there are.
    ///
    /// # Errors
    /// The service's, or the way to it.
    pub fn maintain(
        &self,
        name: &str,
        comments: &str,
        redirect_uris: &[&str],
        email: &str,
    ) -> Result<(), Error> {
        fn some(text: &str) -> Option<&str> {
            Some(text).filter(|text| !text.is_empty())
        }
        self.with_token(None, |application, token| {
            let question = ClientMaintenance {
                application,
                token,
                name: some(name),
                comments: some(comments),
                email: some(email),
                redirect_uris,
            };
            let mut body = Zeroizing::new(Vec::new());
            let reply = self.driver().call(&question, &mut body)?;
            Ok(question.reply(reply.response(&mut body))?)
        })
    }

    /// Does something for the application, which goes through this trust service.
    pub(super) fn with<T>(
        &self,
        psc: Option<&str>,
        ask: impl FnOnce(&Application<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let spellings = self.settings.profile.spellings();
        let profile = self.settings.profile.view(&spellings);
        let service = self.service(&profile)?;
        let secret = SecretText::new(&self.settings.client_secret);
        let Settings { client_id, redirect_uri, .. } = &self.settings;
        let mut application = Application::new(service, client_id, secret, redirect_uri)?;
        if let Some(name) = psc {
            application = application.through(PscName::new(name)?);
        }
        if self.settings.password_grant {
            application = application.allow_password_grant();
        }
        ask(&application)
    }

    /// The same with a token of the application's own.
    pub(super) fn with_token<T>(
        &self,
        psc: Option<&str>,
        ask: impl FnOnce(&Application<'_>, SecretText<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.with(psc, |application| {
            let question = ClientToken { application, lifetime: None };
            let mut body = Zeroizing::new(Vec::new());
            let reply = self.driver().call(&question, &mut body)?;
            let ApplicationToken { token, .. } = question.reply(reply.response(&mut body))?;
            ask(application, SecretText::new(token.expose()))
        })
    }

    pub(super) fn driver(&self) -> Driver<'_> {
        Driver { transport: &self.transport, cancellation: &self.cancellation, clock: self.clock }
    }

    fn service<'a>(&'a self, profile: &'a Profile<'a>) -> Result<Service<'a>, Error> {
        let own = (profile.base_url, profile.signer_base_url);
        let (base_url, signer_base_url) = self.settings.addresses(own);
        Ok(Service::at(profile, base_url, signer_base_url)?)
    }

    /// Whom sessions of this client are with.
    pub(super) fn service_record(&self) -> ServiceRecord {
        let profile = self.settings.profile.view(&[]);
        let own = (profile.base_url, profile.signer_base_url);
        let (base_url, signer_base_url) = self.settings.addresses(own);
        ServiceRecord {
            name: profile.name.to_owned(),
            base_url: base_url.trim_end_matches('/').to_owned(),
            signer_base_url: signer_base_url.trim_end_matches('/').to_owned(),
            client_id: self.settings.client_id.clone(),
        }
    }
}
