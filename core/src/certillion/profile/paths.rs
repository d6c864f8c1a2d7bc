//! Where the exchanges are.

/// Paths of the exchanges, from the service's prefix on, each with a slash at its start.
#[derive(Clone, Copy, Debug)]
pub struct Paths<'a> {
    /// Request for authorization, in a browser.
    pub authorize: &'a str,
    /// Exchange of a code for a token.
    pub token: &'a str,
    /// The token of an application itself.
    pub client_token: &'a str,
    /// Maintenance of an application's registration.
    pub client_maintenance: &'a str,
    /// Upload of a document.
    pub document: &'a str,
    /// Download of a signed document, whose transaction follows after a slash.
    pub download: &'a str,
    /// The trust services at which somebody has a certificate.
    pub find_psc_accounts: &'a str,
    /// The trust services that are supported.
    pub psc_info: &'a str,
    /// Whether somebody has a certificate at one trust service.
    pub user_discovery: &'a str,
    /// The holder's certificates.
    pub certificate_discovery: &'a str,
    /// Authorization by a one-time code of the vendor's application.
    pub otp_authorize: &'a str,
    /// Authorization by a one-time code of a trust service.
    pub pwd_authorize: &'a str,
    /// Signatures.
    pub signature: &'a str,
    /// Making, asking about and revoking tokens of a trust service.
    pub token_command: &'a str,
    /// Validation of signatures that were made elsewhere.
    pub validate: &'a str,
}

impl Paths<'_> {
    /// The API page's. Those of `certificate-discovery` and of the validation do not stand below
    /// `/oauth`.
    ///
    /// Unsure: a third party's design document has the validation below `/oauth`.
    pub const PAGE: Self = Paths {
        authorize: "/oauth/authorize",
        token: "/oauth/token",
        client_token: "/oauth/client_token",
        client_maintenance: "/oauth/client_maintenance",
        document: "/oauth/document",
        download: "/oauth/document",
        find_psc_accounts: "/oauth/find-psc-accounts",
        psc_info: "/oauth/psc-info",
        user_discovery: "/oauth/user-discovery",
        certificate_discovery: "/certificate-discovery",
        otp_authorize: "/oauth/otp_authorize",
        pwd_authorize: "/oauth/pwd_authorize",
        signature: "/oauth/signature",
        token_command: "/oauth/token-command",
        validate: "/signature/validate",
    };
}
