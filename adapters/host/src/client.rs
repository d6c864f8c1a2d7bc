//! The way in: a client of one provider.

use rubrica_core::cades::TimeStampQuery;
use rubrica_core::error::{Error as CoreError, PeerError};
use rubrica_core::exchange::Exchange;
use rubrica_core::identity::Holder;
use rubrica_core::psc::{Application, Provider, Registration, Service, Slot, UserDiscovery};
use rubrica_core::secret::SecretText;
use rubrica_core::unsure::Unsure;
use rubrica_ureq::Transport;
use rubrica_verify::{Content, Evidence, Question, Verdict};
use zeroize::Zeroizing;

use crate::cancel::Cancellation;
use crate::clock::{self, Clock};
use crate::driver::Driver;
use crate::error::Error;
use crate::journal::Journal;
use crate::pace::Pace;
use crate::random;
use crate::record::ServiceRecord;
use crate::settings::Settings;

/// A client of one provider, for one registered application.
///
/// It can be shared between threads; each session is one thread's.
#[derive(Debug)]
pub struct Client {
    pub(crate) settings: Settings,
    transport: Transport,
    pub(crate) journal: Option<Journal>,
    cancellation: Cancellation,
    /// One for all sessions: what a grant tells of its end is counted by the clock that saw it begin.
    clock: Clock,
    pub(crate) pace: Pace,
}

/// What a provider knows of a holder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Discovery {
    /// Whether the holder is known there, with a certificate that is not expired.
    pub known: bool,
    /// Where the holder's certificates are kept, each by its identifier and its name for people.
    pub slots: Vec<(String, String)>,
}

/// What a registration gives. Keep both, the secret as a secret.
#[derive(Debug)]
#[non_exhaustive]
pub struct Credentials {
    /// The application's identifier.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: Zeroizing<String>,
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
        let pace = Pace::new(&settings.provider.view().limits);
        let client = Self { settings, transport, journal, cancellation, clock, pace };
        // What is wrong with the settings is better told now.
        client.check()?;
        Ok(client)
    }

    /// What no source settles about the provider, with what to try, where an error may come of it: to
    /// be told beside a refusal. Each is a key of the provider's table.
    #[must_use]
    pub fn doubts(&self, error: &Error) -> Vec<Unsure<'_>> {
        match error {
            Error::Core(CoreError::Peer(PeerError::Refused(_))) => {
                self.settings.provider.view().unsure.to_vec()
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

    /// Asks whether a holder is known, and with which certificates.
    ///
    /// # Errors
    /// The service's, or the way to it.
    pub fn discover(&self, holder: Holder) -> Result<Discovery, Error> {
        let provider = self.settings.provider.view();
        let service = self.service(&provider)?;
        let application = &self.application(&service)?;
        let question = UserDiscovery { application, holder };
        let mut body = Vec::new();
        let reply = self.driver().call(&question, &mut body)?;
        let slots = question.reply(reply.response(&mut body))?;
        let pair = |slot: Slot<'_>| (slot.alias.to_owned(), slot.label.to_owned());
        Ok(Discovery { known: slots.is_known(), slots: slots.iter().map(pair).collect() })
    }

    /// Registers an application with a provider, which is done once. The settings' client id and
    /// secret are not used.
    ///
    /// # Errors
    /// The service's, or the way to it.
    pub fn register(
        settings: &Settings,
        name: &str,
        comments: &str,
        redirect_uris: &[&str],
        email: &str,
    ) -> Result<Credentials, Error> {
        let provider = settings.provider.view();
        let service = Service::new(&provider, &settings.base_url)?;
        let registration = Registration { service, name, comments, redirect_uris, email };
        let transport = transport(settings.tls_anchors.as_deref())?;
        let cancellation = Cancellation::new();
        let driver =
            Driver { transport: &transport, cancellation: &cancellation, clock: Clock::start() };
        let mut body = Zeroizing::new(Vec::new());
        let reply = driver.call(&registration, &mut body)?;
        let credentials = registration.reply(reply.response(&mut body))?;
        Ok(Credentials {
            client_id: credentials.client_id.to_owned(),
            client_secret: Zeroizing::new(credentials.client_secret.expose().to_owned()),
        })
    }

    /// A time stamp of a signature, as the exact bytes of its token.
    ///
    /// One that a validator would call invalid is refused here, where another can still be asked for.
    /// Whom its authority is trusted by, and whether it was revoked, may stay open.
    pub(crate) fn time_stamp(&self, signature: &[u8]) -> Result<Vec<u8>, Error> {
        let url = self.settings.time_stamps.as_deref().ok_or(Error::NoTimeStampServer)?;
        let ask = || {
            let query = TimeStampQuery::new(url, signature, random::bytes()?)?;
            let mut body = Vec::new();
            let reply = self.driver().call(&query, &mut body)?;
            let token = query.reply(reply.response(&mut body))?.encoded().to_vec();
            let evidence = Evidence::new();
            let question = Question::new(Content::Bytes(signature), clock::wall(), &evidence);
            match rubrica_verify::examine_time_stamp(&token, &question).verdict {
                Verdict::Invalid(rejection) => Err(rejection.into()),
                _ => Ok(token),
            }
        };
        ask().map_err(|error: Error| Error::TimeStamp(Box::new(error)))
    }

    /// Breaks off whatever is under way, from any thread. The client is of no use afterwards.
    pub(crate) fn break_off(&self) {
        self.cancellation.cancel();
        self.transport.shut_down();
    }

    pub(crate) fn driver(&self) -> Driver<'_> {
        Driver { transport: &self.transport, cancellation: &self.cancellation, clock: self.clock }
    }

    /// Refuses settings that the service would refuse.
    fn check(&self) -> Result<(), Error> {
        let provider = self.settings.provider.view();
        self.application(&self.service(&provider)?)?;
        Ok(())
    }

    pub(crate) fn service<'a>(&'a self, provider: &'a Provider<'a>) -> Result<Service<'a>, Error> {
        Ok(Service::new(provider, &self.settings.base_url)?)
    }

    pub(crate) fn application<'a>(
        &'a self,
        service: &Service<'a>,
    ) -> Result<Application<'a>, Error> {
        let secret = SecretText::new(&self.settings.client_secret);
        let Settings { client_id, redirect_uri, .. } = &self.settings;
        Ok(Application::new(*service, client_id, secret, redirect_uri)?)
    }

    /// Whom sessions of this client are with.
    pub(crate) fn service_record(&self) -> ServiceRecord {
        ServiceRecord {
            provider: self.settings.provider.name().to_owned(),
            base_url: self.settings.base_url.trim_end_matches('/').to_owned(),
            client_id: self.settings.client_id.clone(),
        }
    }
}

/// A transport that trusts these anchors, as PEM, beside Mozilla's.
pub(crate) fn transport(tls_anchors: Option<&[u8]>) -> Result<Transport, Error> {
    let extra_anchors_pem = tls_anchors.map(<[u8]>::to_vec);
    Ok(Transport::new(&rubrica_ureq::Settings { extra_anchors_pem, ..Default::default() })?)
}
