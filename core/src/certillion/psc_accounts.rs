//! The trust services at which somebody has a certificate (API page, `find-psc-accounts`).

use core::fmt;

use super::application::Application;
use super::post::{post, write_credentials};
use super::refusal::{self, Meaning};
use crate::codec::json::{Object, Value};
use crate::error::{Document, Error};
use crate::exchange::{Exchange, Request, Response};
use crate::identity::Holder;
use crate::secret::SecretText;

/// The question at which trust services a holder has a certificate.
#[derive(Clone, Copy, Debug)]
pub struct FindPscAccounts<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// The application's token. The API page wants one, and programs in use leave it out.
    pub token: Option<SecretText<'a>>,
    /// About whom.
    pub holder: Holder,
}

/// What each trust service says. Where none has a certificate,
/// [`super::PscName::CERTILLION_SIGNER`] is what is left.
#[derive(Clone, Copy)]
pub struct PscAccounts<'r>(Object<'r>);

/// What one trust service says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PscAccount<'r> {
    /// Its name, which [`super::PscName::new`] reads.
    pub psc: &'r str,
    /// Whether the holder has a certificate there; `None` where that is not told, as by one that
    /// could not be asked.
    pub has_certificate: Option<bool>,
}

impl<'r> PscAccounts<'r> {
    /// What each trust service says.
    pub fn iter(&self) -> impl Iterator<Item = PscAccount<'r>> + use<'r> {
        let accounts = self.0.objects("pscs").ok();
        accounts.into_iter().flatten().filter_map(|account| read(&account).ok())
    }

    /// The trust services at which the holder has a certificate.
    pub fn with_certificate(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        self.iter().filter(|account| account.has_certificate == Some(true)).map(|each| each.psc)
    }
}

impl fmt::Debug for PscAccounts<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

fn read<'r>(account: &Object<'r>) -> Result<PscAccount<'r>, Error> {
    let has_certificate = match account.member("status") {
        Some(Value::Text(status)) => yes_or_no(status),
        Some(Value::Bool(status)) => Some(status),
        _ => None,
    };
    Ok(PscAccount { psc: account.text("psc")?, has_certificate })
}

/// `S` and `N` (programs in use); `Y` is what a translation of the vendor's tutorials has.
pub(super) fn yes_or_no(word: &str) -> Option<bool> {
    match word {
        "S" | "s" | "Y" | "y" => Some(true),
        "N" | "n" => Some(false),
        _ => None,
    }
}

impl Exchange for FindPscAccounts<'_> {
    type Reply<'r> = PscAccounts<'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let path = self.application.profile().paths.find_psc_accounts;
        post(self.application, path, self.token, buffer, |json| {
            write_credentials(self.application, json);
            json.pair("user_cpf_cnpj", self.holder.kind())
                .pair("val_cpf_cnpj", self.holder.as_str());
        })
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<PscAccounts<'r>, Error> {
        let bears_token = self.token.is_some();
        let meaning = Meaning { bears_token, ..Meaning::OF_APPLICATION };
        let reply = refusal::object(response, Document::Discovery, meaning)?;
        for account in reply.objects("pscs")? {
            read(&account)?;
        }
        Ok(PscAccounts(reply))
    }
}
