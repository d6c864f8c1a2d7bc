//! Which trust services there are, and which of them know a holder.

use rubrica_core::certillion::{FindPscAccounts, PscAccount, PscInfo, UserDiscovery};
use rubrica_core::exchange::Exchange;
use rubrica_core::identity::Holder;

use super::client::Client;
use crate::error::Error;

/// What a trust service is said to know of a holder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// The trust service's name.
    pub psc: String,
    /// Whether the holder has a certificate there; `None` where that is not told, such as when the
    /// trust service did not answer.
    pub known: Option<bool>,
}

/// What one trust service tells of a holder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Knowledge {
    /// Whether the holder has a certificate there; `None` where the answer does not tell it in a way
    /// that is known.
    pub known: Option<bool>,
    /// Where the holder's certificates are kept, each by its identifier and its name for people.
    pub slots: Vec<(String, String)>,
}

/// The trust services that are supported.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pscs {
    /// Their names, as far as they can be made out: the reply is documented nowhere.
    pub names: Vec<String>,
    /// The reply.
    pub raw: String,
}

impl core::fmt::Debug for Pscs {
    /// Never the reply, of which nobody knows what it holds.
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.debug_struct("Pscs").field("names", &self.names).finish_non_exhaustive()
    }
}

impl Client {
    /// Asks which trust services know a holder. Where none does, `CERTILLION_SIGNER` is left, with
    /// which holders use a certificate of their own.
    ///
    /// # Errors
    /// The service's, or the way to it.
    pub fn accounts(&self, holder: Holder) -> Result<Vec<Account>, Error> {
        self.with_token(None, |application, token| {
            let question = FindPscAccounts { application, token: Some(token), holder };
            let mut body = Vec::new();
            let reply = self.driver().call(&question, &mut body)?;
            let accounts = question.reply(reply.response(&mut body))?;
            let account = |PscAccount { psc, has_certificate }: PscAccount<'_>| Account {
                psc: psc.to_owned(),
                known: has_certificate,
            };
            Ok(accounts.iter().map(account).collect())
        })
    }

    /// Asks whether one trust service knows a holder.
    ///
    /// # Errors
    /// The service's, or the way to it.
    pub fn knows(&self, psc: &str, holder: Holder) -> Result<Knowledge, Error> {
        self.with_token(Some(psc), |application, token| {
            let question = UserDiscovery { application, token: Some(token), holder };
            let mut body = Vec::new();
            let reply = self.driver().call(&question, &mut body)?;
            let user = question.reply(reply.response(&mut body))?;
            let slots = user.slots().map(|slot| (slot.alias.to_owned(), slot.label.to_owned()));
            Ok(Knowledge { known: user.has_certificate(), slots: slots.collect() })
        })
    }

    /// Asks which trust services are supported; `CERTILLION_SIGNER` is, beside them.
    ///
    /// # Errors
    /// The service's, or the way to it.
    pub fn pscs(&self) -> Result<Pscs, Error> {
        self.with(None, |application| {
            let question = PscInfo { application, token: None };
            let mut body = Vec::new();
            let reply = self.driver().call(&question, &mut body)?;
            // Reading overwrites it.
            let raw = String::from_utf8_lossy(&body).into_owned();
            let list = question.reply(reply.response(&mut body))?;
            Ok(Pscs { names: list.iter().map(str::to_owned).collect(), raw })
        })
    }
}
