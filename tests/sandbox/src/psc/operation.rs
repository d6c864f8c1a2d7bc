//! The services of DOC-ICP-17.01 and the extras of some PSCs, as the keys of faults and counters.

use crate::transport::Endpoint;

/// One service of a PSC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `POST application`: registration (DOC-ICP-17.01 §6.4).
    Application,
    /// `POST application_cert`: registration by a signed JWT (Serpro's documentation).
    ApplicationCert,
    /// `POST client_token`: a token of the application itself.
    ClientToken,
    /// `PUT client_maintenance` (DOC-ICP-17.01 §6.4.6.2.2).
    ClientMaintenance,
    /// `POST user-discovery`.
    UserDiscovery,
    /// `GET authorize`.
    Authorize,
    /// The page to which authorize sends the browser, and where the holder is waited for. Its path
    /// is the sandbox's own.
    Page,
    /// `POST token`.
    Token,
    /// `POST pwd_authorize` (DOC-ICP-17.01 §6.4.6.3).
    PwdAuthorize,
    /// `POST signature` (DOC-ICP-17.01 §6.4.5.2).
    Signature,
    /// `GET certificate-discovery`.
    CertificateDiscovery,
    /// `POST revoke`. Unsure: programs in use call it, no vendor tells of it.
    Revoke,
    /// `POST authorize-ca`, SafeID's alone.
    AuthorizeCa,
    /// `POST {portal}/oauth/start`, Soluti's alone.
    Start,
    /// `POST {base}/async-signature`, Soluti's alone.
    AsyncSignature,
}

/// How many there are.
pub(crate) const COUNT: usize = 15;

impl Operation {
    /// All, in the order of [`endpoints`].
    pub(crate) const ALL: [Self; COUNT] = [
        Self::Application,
        Self::ApplicationCert,
        Self::ClientToken,
        Self::ClientMaintenance,
        Self::UserDiscovery,
        Self::Authorize,
        Self::Page,
        Self::Token,
        Self::PwdAuthorize,
        Self::Signature,
        Self::CertificateDiscovery,
        Self::Revoke,
        Self::AuthorizeCa,
        Self::Start,
        Self::AsyncSignature,
    ];

    /// The one method that the service takes.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Authorize | Self::Page | Self::CertificateDiscovery => "GET",
            Self::ClientMaintenance => "PUT",
            _ => "POST",
        }
    }

    /// The last segment of the path, which is also the endpoint's name behind the PSC's.
    pub(crate) fn segment(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::ApplicationCert => "application_cert",
            Self::ClientToken => "client_token",
            Self::ClientMaintenance => "client_maintenance",
            Self::UserDiscovery => "user-discovery",
            Self::Authorize => "authorize",
            Self::Page => "page",
            Self::Token => "token",
            Self::PwdAuthorize => "pwd_authorize",
            Self::Signature => "signature",
            Self::CertificateDiscovery => "certificate-discovery",
            Self::Revoke => "revoke",
            Self::AuthorizeCa => "authorize-ca",
            Self::Start => "start",
            Self::AsyncSignature => "async-signature",
        }
    }

    /// Whether it answers with errors of the token endpoint's kind (RFC 6749 §5.2).
    pub(crate) fn grants(self) -> bool {
        matches!(self, Self::Token | Self::ClientToken | Self::PwdAuthorize | Self::Revoke)
    }
}

/// The endpoints of a PSC, in the order of [`Operation::ALL`].
macro_rules! endpoints {
    ($psc:literal) => {
        $crate::psc::operation::endpoints!(
            $psc: "application" "application_cert" "client_token" "client_maintenance"
            "user-discovery" "authorize" "page" "token" "pwd_authorize" "signature"
            "certificate-discovery" "revoke" "authorize-ca" "start" "async-signature"
        )
    };
    ($psc:literal: $($segment:literal)+) => {
        [$($crate::transport::Endpoint::new(concat!($psc, "/", $segment))),+]
    };
}
pub(crate) use endpoints;

/// The endpoints of one PSC.
pub(crate) type Endpoints = [Endpoint; COUNT];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_stand_where_their_operations_do() {
        const ENDPOINTS: Endpoints = endpoints!("psc");
        for (operation, endpoint) in Operation::ALL.iter().zip(ENDPOINTS) {
            assert_eq!(endpoint.name(), format!("psc/{}", operation.segment()));
            assert_eq!(ENDPOINTS[*operation as usize], endpoint);
        }
    }
}
