//! What a PSC remembers: applications, authorizations under way, tokens, factors.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Application;
use super::refusal::Refusal;
use super::scope::Scope;
use crate::faults::Drawn;
use crate::phone::ApprovalId;
use crate::pki::holder::{Holder, HolderCertificate};

/// Authorizations and tokens kept; past it, those that ended are forgotten.
const REMEMBERED: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) applications: HashMap<String, Application>,
    /// By the session of the page.
    pub(crate) authorizations: HashMap<String, Authorization>,
    /// Codes, and the session that each belongs to.
    pub(crate) codes: HashMap<String, String>,
    pub(crate) tokens: HashMap<String, Token>,
    /// One-time passwords, and whose they are.
    pub(crate) passwords: HashMap<String, OneTimePassword>,
    /// Authorizations of authorize-ca, by their `identifierCA`.
    pub(crate) trusted: HashMap<String, Trusted>,
    /// Who authenticated in which application: `client_id` and CPF or CNPJ.
    pub(crate) known: HashSet<(String, String)>,
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
    pub(crate) hint: Option<Arc<Holder>>,
    pub(crate) approval: ApprovalId,
    pub(crate) started: i64,
    pub(crate) grant: Option<Grant>,
    /// Drawn at authorize, applied when the browser is redirected.
    pub(crate) faults: Drawn,
}

/// What the holder granted.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
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
    pub(crate) expires: i64,
    pub(crate) spent: bool,
    /// `None` for the application's own.
    pub(crate) session: Option<Session>,
}

/// What a token gives over a holder's key.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) scope: Scope,
    pub(crate) holder: Arc<Holder>,
    pub(crate) certificate: Arc<HolderCertificate>,
    /// Granted by pwd_authorize, and so over the whole account.
    pub(crate) by_password: bool,
}

#[derive(Debug)]
pub(crate) struct OneTimePassword {
    pub(crate) identification: &'static str,
    pub(crate) expires: i64,
    pub(crate) used: bool,
}

/// A trusted application's authorization (SafeID's authorize-ca).
#[derive(Debug)]
pub(crate) struct Trusted {
    pub(crate) client_id: String,
    pub(crate) holder: Arc<Holder>,
    pub(crate) expires: i64,
}

impl State {
    /// The application of a `client_id`.
    pub(crate) fn application(&self, client_id: &str) -> Result<&Application, Refusal> {
        let application = self.applications.get(client_id);
        application.ok_or_else(|| Refusal::new(401, "invalid_client", "the client_id is unknown"))
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
        let refusal = Refusal::invalid_token;
        let header = header.ok_or_else(|| refusal("no Authorization header, or more than one"))?;
        let token = header
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
            .map(|(_, token)| token)
            .ok_or_else(|| refusal("the Authorization header is no Bearer"))?;
        let (name, token) =
            self.tokens.get_key_value(token).ok_or_else(|| refusal("the token is unknown"))?;
        if token.spent {
            return Err(refusal("Esta solicitação não está ativa ou foi revogada"));
        }
        if now >= token.expires {
            return Err(refusal("the token expired"));
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
        if self.passwords.len() > REMEMBERED {
            self.passwords.retain(|_, password| now < password.expires);
        }
    }
}
