//! Certillion, the signature service of e-Sec that stands before several PSCs, as its API page
//! describes it.
//!
//! The page is a machine translation that lost some names; what repairs them, the older SOAP
//! interface of the same product and programs in use among it, is told where it is used. What no
//! source settles is a field of [`Settings`].
//!
//! Two hosts are emulated: everything answers under [`Certillion::base_url`], except what is of
//! `CERTILLION_SIGNER`, the certificates served by Certillion's own application, which answers
//! under [`Certillion::signer_base_url`] alone. Client tokens, documents and transactions are
//! known at both.

mod accounts;
mod application;
mod asking;
mod authorize;
mod certificates;
mod command;
mod download;
mod multipart;
mod one_time;
mod options;
mod psc;
mod refusal;
mod reply;
mod settings;
mod signature;
mod signing;
mod state;
mod status;
mod token;
mod upload;
mod validate;

use core::fmt;
use std::sync::{Arc, Mutex};

pub use self::psc::PSCS;
pub use self::settings::{
    AliasPlace, DateShape, DetachedDownload, DocumentHash, ErrorBody, Failures, Nesting,
    PdfFilters, PolicySpelling, PscList, Settings, SignerMember, TokenCredentials,
    TransactionMember, TransactionShape, ValidatePath, ValidationFailures, ValidationShape,
};
use self::state::State;
pub use self::status::status_codes;
use crate::faults::Drawn;
use crate::lock;
pub use crate::psc::Application;
use crate::psc::ground::Ground;
use crate::transport::request::Request;
use crate::transport::response::Response;
use crate::transport::{Endpoint, Service};

/// `GET oauth/authorize`.
pub const AUTHORIZE: Endpoint = Endpoint::new("certillion/authorize");
/// The page to which authorize sends the browser, and where the holder is waited for. Its path is
/// the sandbox's own.
pub const PAGE: Endpoint = Endpoint::new("certillion/page");
/// `POST oauth/token`.
pub const TOKEN: Endpoint = Endpoint::new("certillion/token");
/// `POST oauth/client_token`.
pub const CLIENT_TOKEN: Endpoint = Endpoint::new("certillion/client_token");
/// `POST oauth/client_maintenance`.
pub const CLIENT_MAINTENANCE: Endpoint = Endpoint::new("certillion/client_maintenance");
/// `POST oauth/document`: upload.
pub const DOCUMENT: Endpoint = Endpoint::new("certillion/document");
/// `GET oauth/document/{transaction}`: download.
pub const DOWNLOAD: Endpoint = Endpoint::new("certillion/download");
/// `POST oauth/find-psc-accounts`.
pub const FIND_PSC_ACCOUNTS: Endpoint = Endpoint::new("certillion/find-psc-accounts");
/// `GET oauth/psc-info`.
pub const PSC_INFO: Endpoint = Endpoint::new("certillion/psc-info");
/// `POST oauth/user-discovery`.
pub const USER_DISCOVERY: Endpoint = Endpoint::new("certillion/user-discovery");
/// `GET certificate-discovery`, which is not under `oauth`.
pub const CERTIFICATE_DISCOVERY: Endpoint = Endpoint::new("certillion/certificate-discovery");
/// `POST oauth/otp_authorize`.
pub const OTP_AUTHORIZE: Endpoint = Endpoint::new("certillion/otp_authorize");
/// `POST oauth/pwd_authorize`.
pub const PWD_AUTHORIZE: Endpoint = Endpoint::new("certillion/pwd_authorize");
/// `POST oauth/signature`.
pub const SIGNATURE: Endpoint = Endpoint::new("certillion/signature");
/// `POST oauth/token-command`.
pub const TOKEN_COMMAND: Endpoint = Endpoint::new("certillion/token-command");
/// `POST signature/validate`, or under `oauth`.
pub const VALIDATE: Endpoint = Endpoint::new("certillion/validate");

const ENDPOINTS: [Endpoint; 16] = [
    AUTHORIZE,
    PAGE,
    TOKEN,
    CLIENT_TOKEN,
    CLIENT_MAINTENANCE,
    DOCUMENT,
    DOWNLOAD,
    FIND_PSC_ACCOUNTS,
    PSC_INFO,
    USER_DISCOVERY,
    CERTIFICATE_DISCOVERY,
    OTP_AUTHORIZE,
    PWD_AUTHORIZE,
    SIGNATURE,
    TOKEN_COMMAND,
    VALIDATE,
];

/// The paths of both hosts on the sandbox's one origin; no PSC has these names.
const HOST: &str = "/certillion";
const SIGNER_HOST: &str = "/certillion-ws";
const PREFIX: &str = "/css/restful/application";

/// The emulated Certillion of a [`Sandbox`](crate::Sandbox).
pub struct Certillion {
    base_url: String,
    signer_base_url: String,
    application: Application,
    settings: Mutex<Settings>,
    ground: Ground,
    state: Mutex<State>,
}

impl fmt::Debug for Certillion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Certillion");
        shown.field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Certillion {
    /// Under `origin`, with one application registered.
    pub(crate) fn new(
        origin: &str,
        settings: Settings,
        application: Application,
        ground: Ground,
    ) -> Arc<Self> {
        let mut state = State::default();
        state.applications.insert(application.client_id.clone(), application.clone());
        Arc::new(Self {
            base_url: format!("{origin}{HOST}"),
            signer_base_url: format!("{origin}{SIGNER_HOST}"),
            application,
            settings: Mutex::new(settings),
            ground,
            state: Mutex::new(state),
        })
    }

    /// What stands for `https://cloud.certillion.com`; `/css/restful/application` follows.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// What stands for `https://cloud-ws.certillion.com`, where `CERTILLION_SIGNER` answers, and no
    /// other PSC.
    #[must_use]
    pub fn signer_base_url(&self) -> &str {
        &self.signer_base_url
    }

    /// The application that is registered from the start.
    #[must_use]
    pub fn application(&self) -> &Application {
        &self.application
    }

    /// Registers a further application, a company of its own.
    pub fn register(&self, name: &str, redirect_uris: &[String]) -> Application {
        let application = Application::draw(name, redirect_uris);
        let mut state = lock(&self.state);
        state.applications.insert(application.client_id.clone(), application.clone());
        application
    }

    /// The settings as they are now.
    #[must_use]
    pub fn settings(&self) -> Settings {
        lock(&self.settings).clone()
    }

    /// Changes the settings, for the requests that come after.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut lock(&self.settings));
    }

    /// The OTP that the application on a holder's phone shows now: six digits for one use, drawn by
    /// this call, for pwd_authorize and otp_authorize. `None` when there is no such holder.
    #[must_use]
    pub fn one_time_password(&self, identification: &str) -> Option<String> {
        let holder = self.ground.holder(identification)?;
        Some(one_time::draw(self, holder))
    }

    /// Forgets the uploaded documents, as a service does that keeps them for a while.
    pub fn forget_documents(&self) {
        lock(&self.state).documents.clear();
    }
}

/// Which of the two hosts a path is of, and the path there.
fn host(path: &str) -> Option<(bool, &str)> {
    let (signer, rest) = match path.strip_prefix(SIGNER_HOST) {
        Some(rest) => (true, rest),
        None => (false, path.strip_prefix(HOST)?),
    };
    rest.starts_with('/').then_some((signer, rest))
}

/// One request with where it came.
#[derive(Clone, Copy)]
struct Asked<'r> {
    request: &'r Request,
    /// At [`Certillion::signer_base_url`].
    at_signer: bool,
    /// The path behind the host.
    path: &'r str,
    settings: &'r Settings,
    faults: &'r Drawn,
}

impl Service for Certillion {
    fn endpoints(&self) -> &'static [Endpoint] {
        &ENDPOINTS
    }

    fn endpoint(&self, path: &str) -> Option<Endpoint> {
        let (_, path) = host(path)?;
        if path == "/page" {
            return Some(PAGE);
        }
        let path = path.strip_prefix(PREFIX)?;
        Some(match path {
            "/certificate-discovery" => CERTIFICATE_DISCOVERY,
            "/signature/validate" | "/oauth/signature/validate" => VALIDATE,
            "/oauth/authorize" => AUTHORIZE,
            "/oauth/token" => TOKEN,
            "/oauth/client_token" => CLIENT_TOKEN,
            "/oauth/client_maintenance" => CLIENT_MAINTENANCE,
            "/oauth/document" => DOCUMENT,
            "/oauth/find-psc-accounts" => FIND_PSC_ACCOUNTS,
            "/oauth/psc-info" => PSC_INFO,
            "/oauth/user-discovery" => USER_DISCOVERY,
            "/oauth/otp_authorize" => OTP_AUTHORIZE,
            "/oauth/pwd_authorize" => PWD_AUTHORIZE,
            "/oauth/signature" => SIGNATURE,
            "/oauth/token-command" => TOKEN_COMMAND,
            _ => {
                let transaction = path.strip_prefix("/oauth/document/")?;
                return (!transaction.is_empty()).then_some(DOWNLOAD);
            }
        })
    }

    fn spools(&self, endpoint: Endpoint) -> bool {
        endpoint == DOCUMENT
    }

    fn handle(&self, endpoint: Endpoint, request: &Request, faults: &Drawn) -> Response {
        let Some((at_signer, path)) = host(&request.path) else {
            return Response::text(404, "Not Found");
        };
        let gets = [AUTHORIZE, PAGE, DOWNLOAD, PSC_INFO, CERTIFICATE_DISCOVERY];
        let method = if gets.contains(&endpoint) { "GET" } else { "POST" };
        if request.method != method {
            return Response::method_not_allowed(method);
        }
        let settings = self.settings();
        let asked = Asked { request, at_signer, path, settings: &settings, faults };
        let answer = match endpoint {
            AUTHORIZE => authorize::handle(self, asked),
            PAGE => authorize::wait(self, asked),
            TOKEN => token::exchange(self, asked),
            CLIENT_TOKEN => application::token(self, asked),
            CLIENT_MAINTENANCE => application::maintain(self, asked),
            DOCUMENT => upload::handle(self, asked),
            DOWNLOAD => download::handle(self, asked),
            FIND_PSC_ACCOUNTS => accounts::find(self, asked),
            PSC_INFO => accounts::list(asked),
            USER_DISCOVERY => accounts::discover(self, asked),
            CERTIFICATE_DISCOVERY => certificates::discover(self, asked),
            OTP_AUTHORIZE => one_time::otp_authorize(self, asked),
            PWD_AUTHORIZE => one_time::pwd_authorize(self, asked),
            SIGNATURE => signature::handle(self, asked),
            TOKEN_COMMAND => command::handle(self, asked),
            _ => validate::handle(self, asked),
        };
        answer.unwrap_or_else(|refusal| refusal.response(&settings))
    }
}
