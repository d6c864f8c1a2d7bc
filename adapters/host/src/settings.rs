//! What a client is configured with.

use core::fmt;
use core::time::Duration;
use std::path::PathBuf;

use rubrica_core::psc::{Environment, VIDAAS};
use rubrica_verify::Anchors;
use zeroize::Zeroizing;

use crate::baseline::PolicyDocument;
use crate::provider::ProviderTable;

/// A provider at an address, the application that is registered there, and this machine's ways.
#[derive(Clone)]
pub struct Settings {
    /// The provider's data.
    pub provider: ProviderTable,
    /// Its address, `https://…`.
    pub base_url: String,
    /// The application's identifier, of the registration.
    pub client_id: String,
    /// The application's secret, of the registration.
    pub client_secret: Zeroizing<String>,
    /// Where browsers come back to, byte for byte as registered; only [`crate::Via::Redirect`] needs
    /// it. On this machine it can be received when it is `http://127.0.0.1:PORT/…` or alike.
    pub redirect_uri: String,
    /// Trust anchors for TLS in addition to Mozilla's, as PEM.
    pub tls_anchors: Option<Vec<u8>>,
    /// Whom signers' certificates must chain to; `None` leaves the chain unchecked.
    pub trust: Option<Anchors>,
    /// Signature policies beside those that the library knows; of one that it knows, these words
    /// count when it is asked for by its object identifier.
    pub policies: Vec<PolicyDocument>,
    /// The server that stamps signatures with the time (RFC 3161), `https://…`: AD-RT needs one. An
    /// authority of ICP-Brasil (ACT) bills each stamp.
    pub time_stamps: Option<String>,
    /// Whether [`crate::Session::authorize_by_password`] may be called: whether this program may take
    /// a holder's one-time codes. No unless set.
    pub password_grant: bool,
    /// Where interrupted sessions are kept; `None` keeps none, and one that is interrupted while a
    /// signature is being made cannot be told from one that is not.
    pub state_directory: Option<PathBuf>,
    /// How long the holder has to approve.
    pub patience: Duration,
}

impl Settings {
    /// VIDaaS in one of its environments, with an application's credentials.
    #[must_use]
    pub fn vidaas(
        environment: Environment,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> Self {
        // VIDaaS has all three.
        let base_url = VIDAAS.hosts.base_url(environment).unwrap_or_default();
        Self::new(VIDAAS, base_url, client_id, client_secret)
    }

    /// A provider at an address, with an application's credentials.
    #[must_use]
    pub fn new(
        provider: impl Into<ProviderTable>,
        base_url: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> Self {
        let provider = provider.into();
        let patience = provider.view().limits.approval_window.into();
        Self {
            base_url: base_url.into(),
            client_id: client_id.into(),
            client_secret: Zeroizing::new(client_secret.into()),
            redirect_uri: String::new(),
            tls_anchors: None,
            trust: None,
            policies: Vec::new(),
            time_stamps: None,
            password_grant: false,
            state_directory: None,
            patience,
            provider,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("provider", &self.provider.name())
            .field("base_url", &self.base_url)
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}
