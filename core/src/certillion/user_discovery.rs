//! Whether somebody has a certificate at one trust service (API page, `user-discovery`).

use core::fmt;

use super::application::Application;
use super::post::{post, write_credentials};
use super::psc_accounts::yes_or_no;
use super::refusal::{self, Meaning};
use crate::codec::json::{Object, Value};
use crate::error::{Document, Error};
use crate::exchange::{Exchange, Request, Response};
use crate::identity::Holder;
use crate::secret::SecretText;

/// The question whether a holder has a certificate at the application's trust service.
#[derive(Clone, Copy, Debug)]
pub struct UserDiscovery<'a> {
    /// Who asks, and which trust service is asked about.
    pub application: &'a Application<'a>,
    /// The application's token. The API page lists none, and speaks of one in its errors.
    pub token: Option<SecretText<'a>>,
    /// About whom.
    pub holder: Holder,
}

/// The reply. Unsure: all of it; it is read as DOC-ICP-17.01 §6.4 has the reply of the same name.
#[derive(Clone, Copy)]
pub struct User<'r>(Object<'r>);

/// A place in which a certificate is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot<'r> {
    /// Its identifier.
    pub alias: &'r str,
    /// Its name for people; empty when there is none.
    pub label: &'r str,
}

impl<'r> User<'r> {
    /// Whether the holder has a certificate there; `None` where the reply does not tell it in a way
    /// that is known.
    #[must_use]
    pub fn has_certificate(&self) -> Option<bool> {
        match self.0.member("status") {
            Some(Value::Text(status)) => yes_or_no(status),
            Some(Value::Bool(status)) => Some(status),
            _ => None,
        }
    }

    /// The places in which certificates are kept.
    pub fn slots(&self) -> impl Iterator<Item = Slot<'r>> + use<'r> {
        let slots = self.0.optional_objects("slots").ok().flatten();
        slots.into_iter().flatten().filter_map(|slot| {
            let label = slot.optional_text("label").ok().flatten().unwrap_or_default();
            Some(Slot { alias: slot.text("slot_alias").ok()?, label })
        })
    }

    /// All that came.
    #[must_use]
    pub const fn raw(&self) -> Object<'r> {
        self.0
    }
}

impl fmt::Debug for User<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "User({:?}, {} slots)", self.has_certificate(), self.slots().count())
    }
}

impl Exchange for UserDiscovery<'_> {
    type Reply<'r> = User<'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let path = self.application.profile().paths.user_discovery;
        post(self.application, path, self.token, buffer, |json| {
            write_credentials(self.application, json);
            json.pair("psc", self.application.psc().as_str())
                .pair("user_cpf_cnpj", self.holder.kind())
                .pair("val_cpf_cnpj", self.holder.as_str());
        })
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<User<'r>, Error> {
        let bears_token = self.token.is_some();
        let meaning = Meaning { bears_token, ..Meaning::OF_APPLICATION };
        refusal::object(response, Document::Discovery, meaning).map(User)
    }
}
