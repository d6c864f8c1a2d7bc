//! The trust services that the service supports (API page, `psc-info`).

use core::fmt;

use super::application::Application;
use super::refusal::{self, Meaning};
use crate::codec::buffer::{Buffer, as_text};
use crate::codec::json::{self, Array, Object, Value};
use crate::error::{Document, Error};
use crate::exchange::{Exchange, Request, Response};
use crate::secret::SecretText;

/// The question which trust services are supported. [`super::PscName::CERTILLION_SIGNER`] is
/// supported beside them.
#[derive(Clone, Copy, Debug)]
pub struct PscInfo<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// The application's token. The API page wants none.
    pub token: Option<SecretText<'a>>,
}

/// The reply, which is documented nowhere.
#[derive(Clone, Copy)]
pub struct PscList<'r>(Value<'r>);

impl<'r> PscList<'r> {
    /// All that came.
    #[must_use]
    pub const fn raw(&self) -> Value<'r> {
        self.0
    }

    /// The names of the trust services, as far as they can be made out: the texts of a list, or the
    /// names in its objects, where the reply is a list or has one.
    pub fn iter(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let list = match self.0 {
            Value::Array(list) => Some(list),
            Value::Object(object) => only_list(&object),
            _ => None,
        };
        list.into_iter().flat_map(|list| list.iter()).filter_map(name)
    }
}

/// The one member of an object that is a list.
fn only_list<'r>(object: &Object<'r>) -> Option<Array<'r>> {
    let mut lists = object.iter().filter_map(|(_, value)| match value {
        Value::Array(list) => Some(list),
        _ => None,
    });
    let first = lists.next();
    first.filter(|_| lists.next().is_none())
}

/// The name of a trust service that a value is or has.
fn name(value: Value<'_>) -> Option<&str> {
    let text = match value {
        Value::Text(text) => Some(text),
        Value::Object(object) => {
            ["psc", "name", "id"].into_iter().find_map(|member| match object.member(member) {
                Some(Value::Text(text)) => Some(text),
                _ => None,
            })
        }
        _ => None,
    };
    text.filter(|text| !text.is_empty())
}

impl fmt::Debug for PscList<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

impl Exchange for PscInfo<'_> {
    type Reply<'r> = PscList<'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let mut out = Buffer::new(buffer);
        self.application.write_url(self.application.profile().paths.psc_info, &mut out);
        let url = out.mark();
        out.text(self.token.map_or("", SecretText::expose));
        let ([url], bearer) = out.finish([url])?;
        let request = Request::get(as_text(url), "application/json");
        Ok(Request { bearer: self.token.map(|_| as_text(bearer)), ..request })
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<PscList<'r>, Error> {
        let http = response.status;
        let bears_token = self.token.is_some();
        let meaning = Meaning { bears_token, ..Meaning::OF_APPLICATION };
        if !refusal::is_success(http) {
            return Err(refusal::read(response, meaning));
        }
        let reply = json::read(response.body, Document::Discovery)?;
        if let Value::Object(object) = reply {
            refusal::check(http, &object, meaning)?;
        }
        Ok(PscList(reply))
    }
}
