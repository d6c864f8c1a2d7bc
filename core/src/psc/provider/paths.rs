//! Where a provider's exchanges are.

/// Paths of the exchanges, from the provider's prefix on, each with a slash at its start. What a
/// provider does not offer is `None`: asking for it is a [`crate::error::Misuse::NotOffered`].
#[derive(Clone, Copy, Debug)]
pub struct Paths<'a> {
    /// Request for authorization, by redirect and by push.
    pub authorize: &'a str,
    /// Exchange of a code for a token.
    pub token: &'a str,
    /// Signatures.
    pub signature: &'a str,
    /// The holder's certificates.
    pub certificate_discovery: &'a str,
    /// Whether a holder is known.
    pub user_discovery: Option<&'a str>,
    /// Registration of an application.
    pub application: Option<&'a str>,
    /// Registration of an application by the certificate of its server.
    pub application_cert: Option<&'a str>,
    /// The token of an application itself.
    pub client_token: Option<&'a str>,
    /// Maintenance of an application's registration.
    pub client_maintenance: Option<&'a str>,
    /// Authorization by what the holder types into the application.
    pub pwd_authorize: Option<&'a str>,
    /// Authorization of a trusted application, which a webhook brings.
    pub authorize_ca: Option<&'a str>,
    /// Revocation of a token.
    pub revoke: Option<&'a str>,
}

impl Paths<'_> {
    /// The norm's (DOC-ICP-17.01 §6.4, as SafeID's collection of requests and NeoID's documentation
    /// have it). It has neither a trusted application's authorization nor a revocation.
    pub const NORM: Self = Paths {
        authorize: "/authorize",
        token: "/token",
        signature: "/signature",
        certificate_discovery: "/certificate-discovery",
        user_discovery: Some("/user-discovery"),
        application: Some("/application"),
        application_cert: Some("/application_cert"),
        client_token: Some("/client_token"),
        client_maintenance: Some("/client_maintenance"),
        pwd_authorize: Some("/pwd_authorize"),
        authorize_ca: None,
        revoke: None,
    };

    /// The paths that an authorization and a signature need.
    pub(super) const fn for_signing(self) -> Self {
        Self {
            user_discovery: None,
            application: None,
            application_cert: None,
            client_token: None,
            client_maintenance: None,
            pwd_authorize: None,
            authorize_ca: None,
            revoke: None,
            ..self
        }
    }
}
