//! What can be set, and what it is when it is not.

use core::time::Duration;

/// How a [`Transport`](crate::Transport) behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The longest time for finding the host's address, and again for connecting to it, TLS and a
    /// proxy's consent included. 10 s unless set.
    pub connect_timeout: Duration,
    /// The longest time without a byte from the service, or without one being taken by it. 60 s
    /// unless set: a service may compute twenty signatures before it answers.
    pub read_timeout: Duration,
    /// The longest time for the whole exchange, without the documents in it. 180 s unless set.
    pub total_timeout: Duration,
    /// Bytes a second at which documents are to be sent and received at least: an exchange has so
    /// much more time. 128 KiB unless set, about 1 Mbit/s.
    pub least_rate: u64,
    /// The most bytes of a reply's status line and headers. 32 KiB unless set. There are never more
    /// than 128 headers.
    pub head_limit: usize,
    /// The most bytes of a reply's body. 16 MiB unless set: a signed document of 7 MB comes back in
    /// base64, with its line ends escaped.
    pub body_limit: usize,
    /// Certificates, in PEM, that are trusted as roots in addition to Mozilla's. None unless set.
    pub extra_anchors_pem: Option<Vec<u8>>,
    /// The way out. The system's unless set.
    pub proxy: Proxy,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(60),
            total_timeout: Duration::from_secs(180),
            least_rate: 128 * 1024,
            head_limit: 32 * 1024,
            body_limit: 16 * 1024 * 1024,
            extra_anchors_pem: None,
            proxy: Proxy::System,
        }
    }
}

/// The way to a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// As the environment says: the first of `ALL_PROXY`, `HTTPS_PROXY` and `HTTP_PROXY`, in
    /// capitals or small letters, but for the hosts in `NO_PROXY`.
    #[default]
    System,
    /// None.
    Direct,
    /// This one, whatever the environment says: `http://`, `https://`, `socks4://`, `socks4a://` or
    /// `socks5://`, `user:password@` if it asks for them, host and port. TLS reaches through it to
    /// the service.
    Url(String),
}

/// Settings that cannot be used. All of them are the configuration's to mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A limit or a time of zero.
    #[error("`{0}` must not be zero")]
    Zero(&'static str),
    /// The anchors are not PEM.
    #[error("the extra trust anchors cannot be read as PEM: {0}")]
    Pem(String),
    /// PEM without a certificate in it.
    #[error("the extra trust anchors contain no certificate")]
    NoAnchor,
    /// More bytes or certificates than anyone trusts by hand.
    #[error("the extra trust anchors are more than 256 certificates or 1 MiB")]
    TooManyAnchors,
    /// A certificate that cannot be a trust anchor.
    #[error("certificate {number} of the extra trust anchors cannot be used: {reason}")]
    Anchor {
        /// Its place in the PEM text, counted from 1.
        number: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A proxy that cannot be understood. Its URL may hold a password and is not repeated.
    #[error("the proxy's URL cannot be understood")]
    Proxy,
}

impl Settings {
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        for (name, zero) in [
            ("connect_timeout", self.connect_timeout.is_zero()),
            ("read_timeout", self.read_timeout.is_zero()),
            ("total_timeout", self.total_timeout.is_zero()),
            ("least_rate", self.least_rate == 0),
            ("head_limit", self.head_limit == 0),
            ("body_limit", self.body_limit == 0),
        ] {
            if zero {
                return Err(SettingsError::Zero(name));
            }
        }
        Ok(())
    }
}

impl Proxy {
    pub(crate) fn resolve(&self) -> Result<Option<ureq::Proxy>, SettingsError> {
        match self {
            Self::System => Ok(ureq::Proxy::try_from_env()),
            Self::Direct => Ok(None),
            Self::Url(url) => ureq::Proxy::new(url).map(Some).map_err(|_| SettingsError::Proxy),
        }
    }
}
