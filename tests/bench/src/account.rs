//! Who asks whom: the service, the application and the holder of a run.

use std::fs;

use rubrica::verify::Anchors;
use rubrica::{Holder, Provider, VIDAAS};
use rubrica_core::pacing::Rate;
use rubrica_core::psc::{Application, Service};
use rubrica_core::secret::SecretText;
use rubrica_core::time::Duration;

use crate::Failure;
use crate::arguments::Arguments;

/// More than a run ever asks for: how fast a service lets itself be asked is not what is measured.
const UNLIMITED: Rate = Rate { count: u32::MAX, period: Duration::from_millis(1) };

/// A service at its address, with what is needed to be its client.
pub(crate) struct Account {
    pub(crate) provider: Provider<'static>,
    pub(crate) base_url: String,
    pub(crate) tls_anchors: Vec<u8>,
    pub(crate) trust: Option<Anchors>,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) holder: Holder,
}

impl Account {
    /// The account of `BASE_URL CA_PEM` and the options. What is not told is what this bench's own
    /// server has.
    pub(crate) fn read(arguments: &Arguments) -> Result<Self, Failure> {
        let read = |path: &str| fs::read(path).map_err(|error| format!("{path}: {error}"));
        let mut provider = VIDAAS;
        provider.limits.authorize = UNLIMITED;
        provider.limits.signature_requests = UNLIMITED;
        provider.limits.signatures = UNLIMITED;
        provider.limits.document_bytes = u64::MAX;
        // The second that VIDaaS wants between two polls is the service's time and not the client's:
        // here the phone has approved before the first poll.
        let interval = arguments.number("poll-interval")?.unwrap_or(0);
        provider.limits.poll_interval = Duration::from_millis(interval);
        if let Some(count) = arguments.number("per-request")? {
            provider.limits.documents_per_request = count;
        }
        let trust = match arguments.option("trust", "") {
            "" => None,
            path => Some(Anchors::from_pem(&read(path)?)?),
        };
        Ok(Self {
            provider,
            base_url: arguments.required(0, "BASE_URL")?.to_owned(),
            tls_anchors: read(arguments.required(1, "CA_PEM")?)?,
            trust,
            client_id: arguments.option("client-id", "bench").to_owned(),
            client_secret: arguments.option("client-secret", "bench").to_owned(),
            holder: Holder::parse(arguments.option("holder", "11144477735"))?,
        })
    }

    pub(crate) fn application(&self) -> Result<Application<'_>, Failure> {
        let service = Service::new(&self.provider, &self.base_url)?;
        let secret = SecretText::new(&self.client_secret);
        Ok(Application::new(service, &self.client_id, secret, "")?)
    }
}
