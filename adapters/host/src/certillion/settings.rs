//! What a client is configured with.

use core::fmt;
use core::time::Duration;
use std::path::PathBuf;

use rubrica_verify::Anchors;
use zeroize::Zeroizing;

use super::profile_table::ProfileTable;

/// The service, the application that is registered with it, and this machine's ways.
#[derive(Clone)]
pub struct Settings {
    /// The service's data.
    pub profile: ProfileTable,
    /// Its address, `https://…`, where it is not the profile's.
    pub base_url: Option<String>,
    /// Its address for `CERTILLION_SIGNER`, where it is not the profile's. Where only
    /// [`Settings::base_url`] is another, this is that one too: credentials that are for one machine
    /// are not shown to another.
    pub signer_base_url: Option<String>,
    /// The application's identifier.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: Zeroizing<String>,
    /// Where browsers come back to, byte for byte as registered. On this machine it can be received
    /// when it is `http://127.0.0.1:PORT/…` or alike.
    pub redirect_uri: String,
    /// Trust anchors for TLS in addition to Mozilla's, as PEM.
    pub tls_anchors: Option<Vec<u8>>,
    /// Whom signers' certificates must chain to; `None` leaves the chain unchecked.
    pub trust: Option<Anchors>,
    /// Whether [`super::Session::authorize_by_code`] may be called: whether this program may take a
    /// holder's one-time codes. No unless set.
    pub password_grant: bool,
    /// Where interrupted sessions are kept; `None` keeps none, and one that is interrupted loses what
    /// was signed and billed.
    pub state_directory: Option<PathBuf>,
    /// How long the holder has to approve.
    pub patience: Duration,
}

impl Settings {
    /// The service as its vendor runs it, with an application's credentials.
    #[must_use]
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        let profile = ProfileTable::default();
        let patience = profile.view(&[]).limits.approval_window.into();
        Self {
            profile,
            base_url: None,
            signer_base_url: None,
            client_id: client_id.into(),
            client_secret: Zeroizing::new(client_secret.into()),
            redirect_uri: String::new(),
            tls_anchors: None,
            trust: None,
            password_grant: false,
            state_directory: None,
            patience,
        }
    }

    /// The two addresses.
    pub(crate) fn addresses<'a>(&'a self, own: (&'a str, &'a str)) -> (&'a str, &'a str) {
        match (self.base_url.as_deref(), self.signer_base_url.as_deref()) {
            (None, None) => own,
            (None, Some(signer)) => (own.0, signer),
            (Some(base_url), None) => (base_url, base_url),
            (Some(base_url), Some(signer)) => (base_url, signer),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("base_url", &self.base_url)
            .field("signer_base_url", &self.signer_base_url)
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_for_one_machine_are_not_shown_to_another() {
        let own = ("https://own.example", "https://signer.example");
        let mut settings = Settings::new("id", "secret");
        assert_eq!(settings.addresses(own), own);
        settings.base_url = Some("https://test.example".to_owned());
        assert_eq!(settings.addresses(own), ("https://test.example", "https://test.example"));
        settings.signer_base_url = Some("https://other.example".to_owned());
        assert_eq!(settings.addresses(own), ("https://test.example", "https://other.example"));
        settings.base_url = None;
        assert_eq!(settings.addresses(own), ("https://own.example", "https://other.example"));
    }

    #[test]
    fn s38_settings_do_not_show_a_secret() {
        let shown = format!("{:?}", Settings::new("canary", "canary"));
        assert!(!shown.contains("canary"), "{shown}");
    }
}
