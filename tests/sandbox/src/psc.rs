//! The PSCs beside VIDaaS.
pub(crate) mod ground;
pub(crate) mod hand;
pub(crate) mod pkce;
pub(crate) mod scope;
pub(crate) mod spoiling;

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
