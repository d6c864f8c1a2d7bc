//! What Certillion remembers: authorizations under way, tokens, OTPs, documents, transactions.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::refusal::Refusal;
use super::settings::Settings;
use super::status::Status;
use crate::faults::Drawn;
use crate::phone::ApprovalId;
use crate::pki::holder::{Holder, HolderCertificate};
use crate::psc::Application;
use crate::psc::scope::Scope;
use crate::transport::spool::Content;

/// Authorizations, tokens and OTPs kept; past it, those that ended are forgotten.
const REMEMBERED: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) applications: HashMap<String, Application>,
    /// By the session of the page.
    pub(crate) authorizations: HashMap<String, Authorization>,
    /// Codes, and the session that each belongs to.
    pub(crate) codes: HashMap<String, String>,
    pub(crate) tokens: HashMap<String, Token>,
    /// OTPs, and whose they are.
    pub(crate) passwords: HashMap<String, OneTimePassword>,
    /// The newest last.
    pub(crate) documents: VecDeque<Document>,
    /// The newest last.
    pub(crate) transactions: VecDeque<Transaction>,
    pub(crate) next_transaction: u64,
}

/// One call of authorize and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Authorization {
    pub(crate) client_id: String,
    pub(crate) psc: &'static str,
    pub(crate) challenge: String,
    pub(crate) scope: Scope,
    /// Seconds.
    pub(crate) lifetime: u64,
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
    /// Whether it is good for nothing any more.
    pub(crate) revoked: bool,
    /// Whether it has signed what it was for. It still asks for what was signed.
    pub(crate) spent: bool,
    /// `None` for a client token.
    pub(crate) session: Option<Session>,
}

/// What a signature token gives over a holder's key.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) psc: &'static str,
    pub(crate) scope: Scope,
    pub(crate) holder: Arc<Holder>,
    pub(crate) certificate: Arc<HolderCertificate>,
}

#[derive(Debug)]
pub(crate) struct OneTimePassword {
    pub(crate) identification: &'static str,
    pub(crate) expires: i64,
}

/// An uploaded document.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) client_id: String,
    /// What `document_hash` said.
    pub(crate) hash: String,
    /// SHA-256.
    pub(crate) digest: [u8; 32],
    pub(crate) content: Content,
}

/// One signature, or the attempt at one.
#[derive(Clone, Debug)]
pub(crate) struct Transaction {
    pub(crate) client_id: String,
    pub(crate) uuid: String,
    pub(crate) number: u64,
    /// SHA-256 of the document.
    pub(crate) digest: [u8; 32],
    pub(crate) result: Outcome,
}

/// What a transaction gives for download.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Signed(Content),
    /// Signed, in a form that is not downloaded.
    NotDownloadable,
    Failed,
}

impl State {
    /// The application of a `client_id` or `manager_id`, after its secret was compared.
    pub(crate) fn authenticate(
        &self,
        client_id: &str,
        secret: &str,
    ) -> Result<&Application, Refusal> {
        let application = self.applications.get(client_id);
        let application =
            application.ok_or_else(|| Refusal::credentials("the client_id is unknown"))?;
        if application.client_secret != secret {
            return Err(Refusal::credentials("the client_secret is wrong"));
        }
        Ok(application)
    }

    /// The token of an `Authorization` header, if it can still be used.
    pub(crate) fn bearer(&self, header: Option<&str>, now: i64) -> Result<(&str, &Token), Refusal> {
        let refuse = |status, detail: &str| Refusal::new(401, status, detail);
        let malformed = |detail| refuse(Status::BAD_AUTHENTICATION, detail);
        let header =
            header.ok_or_else(|| malformed("no Authorization header, or more than one"))?;
        let token = header
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
            .map(|(_, token)| token)
            .ok_or_else(|| malformed("the Authorization header is no Bearer"))?;
        let unknown = || refuse(Status::INVALID_ACCESS_TOKEN, "the token is unknown");
        let (name, token) = self.tokens.get_key_value(token).ok_or_else(unknown)?;
        if token.revoked {
            return Err(refuse(Status::INVALID_ACCESS_TOKEN, "the token was revoked"));
        }
        if now >= token.expires {
            return Err(refuse(Status::TOKEN_VALIDITY_INVALID, "the token expired"));
        }
        Ok((name, token))
    }

    /// An application's document, by what `document_hash` said of it.
    pub(crate) fn document(&self, client_id: &str, hash: &str) -> Option<&Document> {
        let mut documents = self.documents.iter().rev();
        documents.find(|document| document.hash == hash && document.client_id == client_id)
    }

    /// Keeps a document, instead of the same one of before.
    pub(crate) fn keep_document(&mut self, document: Document, settings: &Settings) {
        let same = |it: &Document| it.hash == document.hash && it.client_id == document.client_id;
        self.documents.retain(|it| !same(it));
        self.documents.push_back(document);
        let bounds = (settings.documents_kept, settings.bytes_kept);
        forget(&mut self.documents, bounds, |it| it.content.length());
    }

    /// A transaction by its UUID or its number.
    pub(crate) fn transaction(&self, name: &str) -> Option<&Transaction> {
        let mut transactions = self.transactions.iter().rev();
        transactions.find(|it| it.uuid == name || it.number.to_string() == name)
    }

    pub(crate) fn keep_transaction(&mut self, transaction: Transaction, settings: &Settings) {
        self.transactions.push_back(transaction);
        let bounds = (settings.transactions_kept, settings.bytes_kept);
        forget(&mut self.transactions, bounds, |it| match &it.result {
            Outcome::Signed(content) => content.length(),
            Outcome::NotDownloadable | Outcome::Failed => 0,
        });
    }

    /// Forgets what ended, once there is much of it.
    pub(crate) fn tidy(&mut self, now: i64, window: i64) {
        if self.tokens.len() > REMEMBERED {
            self.tokens.retain(|_, token| now < token.expires && !token.revoked);
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

/// Forgets the oldest until there are no more than a number of them, with no more than so many
/// bytes. The newest stays.
fn forget<T>(kept: &mut VecDeque<T>, (number, bytes): (usize, u64), length: impl Fn(&T) -> u64) {
    let mut total: u64 = kept.iter().map(&length).sum();
    while kept.len() > number.max(1) || (total > bytes && kept.len() > 1) {
        if let Some(oldest) = kept.pop_front() {
            total -= length(&oldest);
        }
    }
}
