//! What the service remembers: applications, authorizations under way, tokens.

use std::collections::HashMap;
use std::sync::Arc;

use super::Application;
use super::rates::Rates;
use super::refusal::Refusal;
use crate::faults::Drawn;
use crate::phone::ApprovalId;
use crate::pki::holder::{Holder, HolderCertificate};
pub(crate) use crate::psc::scope::Scope;

/// Authorizations and tokens kept; past it, those that ended are forgotten.
const REMEMBERED: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) applications: HashMap<String, Registered>,
    /// By their UUID: the push code, or the session of the QR page.
    pub(crate) authorizations: HashMap<String, Authorization>,
    /// What is exchanged at the token endpoint, and the authorization that it belongs to.
    pub(crate) codes: HashMap<String, String>,
    pub(crate) tokens: HashMap<String, Token>,
    pub(crate) rates: Rates,
}

#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) application: Application,
    pub(crate) early_polls: u64,
    pub(crate) blocked: bool,
}

/// One call of authorize and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Authorization {
    pub(crate) client_id: String,
    pub(crate) challenge: String,
    pub(crate) scope: Scope,
    /// Seconds; `None` when none was asked.
    pub(crate) lifetime: Option<u64>,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    /// Whom `login_hint` named.
    pub(crate) hint: Option<Arc<Holder>>,
    pub(crate) approval: ApprovalId,
    pub(crate) started: i64,
    pub(crate) last_poll: Option<i64>,
    pub(crate) grant: Option<Grant>,
    /// Drawn at authorize, applied when the browser is redirected.
    pub(crate) faults: Drawn,
}

/// What the holder granted.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    /// The code, or the `authorizationToken`.
    pub(crate) code: String,
    pub(crate) handed_out: i64,
    pub(crate) holder: Arc<Holder>,
    pub(crate) certificate: Arc<HolderCertificate>,
    pub(crate) exchanged: bool,
    pub(crate) token: Option<String>,
}

/// An access token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) client_id: String,
    pub(crate) scope: Scope,
    pub(crate) expires: i64,
    pub(crate) spent: bool,
    pub(crate) holder: Arc<Holder>,
    pub(crate) certificate: Arc<HolderCertificate>,
}

impl State {
    /// The application of a `client_id`, unless it is unknown or blocked.
    pub(crate) fn application(&self, client_id: &str) -> Result<&Application, Refusal> {
        let Some(registered) = self.applications.get(client_id) else {
            return Err(Refusal::new(401, "invalid_client", "the client_id is unknown"));
        };
        if registered.blocked {
            return Err(Refusal::new(403, "access_denied", "the application is blocked"));
        }
        Ok(&registered.application)
    }

    /// The same, after its secret was compared.
    pub(crate) fn authenticate(
        &self,
        client_id: &str,
        client_secret: &str,
    ) -> Result<&Application, Refusal> {
        let application = self.application(client_id)?;
        if application.client_secret != client_secret {
            return Err(Refusal::new(401, "invalid_client", "the client_secret is wrong"));
        }
        Ok(application)
    }

    /// The token of an `Authorization` header, if it can still be used.
    pub(crate) fn bearer(&self, header: Option<&str>, now: i64) -> Result<(&str, &Token), Refusal> {
        let refusal =
            |description| Refusal::Bearer { status: 401, error: "invalid_token", description };
        let header = header.ok_or_else(|| refusal("no Authorization header, or more than one"))?;
        let token = header
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
            .map(|(_, token)| token)
            .ok_or_else(|| refusal("the Authorization header is no Bearer"))?;
        let (name, token) =
            self.tokens.get_key_value(token).ok_or_else(|| refusal("the token is unknown"))?;
        if token.spent {
            return Err(refusal("the token was used"));
        }
        if now >= token.expires {
            return Err(refusal("the token expired"));
        }
        if self.applications.get(&token.client_id).is_some_and(|registered| registered.blocked) {
            return Err(Refusal::new(403, "access_denied", "the application is blocked"));
        }
        Ok((name, token))
    }

    /// Forgets what ended, once there is much of it.
    pub(crate) fn tidy(&mut self, now: i64, window: i64) {
        if self.tokens.len() > REMEMBERED {
            self.tokens.retain(|_, token| now < token.expires && !token.spent);
        }
        if self.authorizations.len() > REMEMBERED {
            self.authorizations.retain(|_, authorization| now < authorization.started + 2 * window);
            let Self { codes, authorizations, .. } = self;
            codes.retain(|_, authorization| authorizations.contains_key(authorization));
        }
    }
}
