//! VIDaaS, the PSC of Valid, as its integration manuals describe it.
//!
//! Two texts are followed: the integration manual v1.6 and the developers' page, which the
//! comments call "manual" and "developers' page". Where they differ, the stricter one is enforced
//! and the difference is told where it is decided. What neither tells is a field of [`Settings`].

mod application;
mod authentications;
mod authorize;
mod certificate_discovery;
mod granting;
mod qr;
mod rates;
mod refusal;
mod settings;
mod signature;
mod signing;
mod state;
mod token;
mod user_discovery;

use std::sync::Mutex;

pub use self::settings::{CodeShape, PdfFilters, PushRefusal, Settings};
use self::state::State;
use crate::error::StartError;
use crate::faults::Drawn;
pub use crate::psc::Application;
use crate::psc::ground::Ground;
use crate::transport::request::Request;
use crate::transport::response::Response;
use crate::transport::{Endpoint, Service};

/// `POST /v0/oauth/application`.
pub const APPLICATION: Endpoint = Endpoint::new("vidaas/application");
/// `POST /v0/oauth/user-discovery`.
pub const USER_DISCOVERY: Endpoint = Endpoint::new("vidaas/user-discovery");
/// `GET /v0/oauth/authorize`, by QR code and by push.
pub const AUTHORIZE: Endpoint = Endpoint::new("vidaas/authorize");
/// The page with the QR code, to which authorize redirects the holder's browser.
pub const QR_PAGE: Endpoint = Endpoint::new("vidaas/qr");
/// `GET /valid/api/v1/trusted-services/authentications`, the poll of a push.
pub const AUTHENTICATIONS: Endpoint = Endpoint::new("vidaas/authentications");
/// `POST /v0/oauth/token`.
pub const TOKEN: Endpoint = Endpoint::new("vidaas/token");
/// `POST /v0/oauth/signature`.
pub const SIGNATURE: Endpoint = Endpoint::new("vidaas/signature");
/// `GET /v0/oauth/certificate-discovery`.
pub const CERTIFICATE_DISCOVERY: Endpoint = Endpoint::new("vidaas/certificate-discovery");

const PATHS: [(&str, Endpoint); 8] = [
    ("/v0/oauth/application", APPLICATION),
    ("/v0/oauth/user-discovery", USER_DISCOVERY),
    ("/v0/oauth/authorize", AUTHORIZE),
    (qr::PATH, QR_PAGE),
    ("/valid/api/v1/trusted-services/authentications", AUTHENTICATIONS),
    ("/v0/oauth/token", TOKEN),
    ("/v0/oauth/signature", SIGNATURE),
    ("/v0/oauth/certificate-discovery", CERTIFICATE_DISCOVERY),
];

/// The emulated service.
pub(crate) struct Vidaas {
    base_url: String,
    settings: Settings,
    ground: Ground,
    state: Mutex<State>,
}

impl Vidaas {
    pub(crate) fn new(base_url: String, ground: Ground, settings: Settings) -> Self {
        Self { base_url, settings, ground, state: Mutex::default() }
    }

    /// Registers the application that tests and the demonstration start with.
    pub(crate) fn register(
        &self,
        name: &str,
        redirect_uris: &[String],
        credentials: Option<(String, String)>,
    ) -> Result<Application, StartError> {
        application::register(self, name, redirect_uris, credentials)
            .map_err(|refused| StartError::RedirectUri(refused.to_owned()))
    }
}

impl Service for Vidaas {
    fn endpoints(&self) -> &'static [Endpoint] {
        const ENDPOINTS: [Endpoint; 8] = [
            APPLICATION,
            USER_DISCOVERY,
            AUTHORIZE,
            QR_PAGE,
            AUTHENTICATIONS,
            TOKEN,
            SIGNATURE,
            CERTIFICATE_DISCOVERY,
        ];
        &ENDPOINTS
    }

    fn endpoint(&self, path: &str) -> Option<Endpoint> {
        PATHS.iter().find(|(known, _)| *known == path).map(|(_, endpoint)| *endpoint)
    }

    fn handle(&self, endpoint: Endpoint, request: &Request, faults: &Drawn) -> Response {
        let allowed = match endpoint {
            APPLICATION | USER_DISCOVERY | TOKEN | SIGNATURE => "POST",
            _ => "GET",
        };
        if request.method != allowed {
            return Response::method_not_allowed(allowed);
        }
        let answer = match endpoint {
            APPLICATION => application::handle(self, request),
            USER_DISCOVERY => user_discovery::handle(self, request),
            AUTHORIZE => authorize::handle(self, request, faults),
            QR_PAGE => qr::handle(self, request),
            AUTHENTICATIONS => authentications::handle(self, request, faults),
            TOKEN => token::handle(self, request, faults),
            SIGNATURE => signature::handle(self, request, faults),
            _ => certificate_discovery::handle(self, request, faults),
        };
        answer.unwrap_or_else(|refusal| refusal.response())
    }
}
