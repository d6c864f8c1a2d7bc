//! What can go wrong while a sandbox starts. Once it runs, it answers everything over HTTP.

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The loopback port could not be bound, or the thread that accepts could not be started.
    #[error("the sandbox cannot listen on loopback: {0}")]
    Listen(#[from] std::io::Error),
    /// A key of the `keys` folder does not read.
    #[error("a test key of the sandbox is damaged")]
    Key,
    /// rustls refused the server's certificate or key.
    #[error("the sandbox's TLS server cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// A redirect URI of the pre-registered application is one that the service refuses.
    #[error("the redirect URI `{0}` cannot be registered")]
    RedirectUri(String),
    /// [`Builder::psc`](crate::Builder::psc) named a PSC that the sandbox does not emulate.
    #[error("the sandbox emulates no PSC `{0}`")]
    UnknownPsc(String),
}
