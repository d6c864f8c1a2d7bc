//! Changes of an application's registration (API page, `client_maintenance`).

use super::application::Application;
use super::post::{post, write_credentials};
use super::refusal::{self, Meaning};
use super::text::{check_optional, is_presentable};
use crate::codec::json::{self, Value};
use crate::error::{Document, Error, Misuse};
use crate::exchange::{Exchange, Request, Response};
use crate::secret::SecretText;

/// A change of what is registered of an application. What is `None` or empty is not sent.
///
/// Unsure: which of the members must be there, and whether what is not sent stays as it is. The
/// page has `comments`, `email` and `name` in a translation; the names are those of DOC-ICP-17.01
/// §6.4.
#[derive(Clone, Copy, Debug)]
pub struct ClientMaintenance<'a> {
    /// Which application.
    pub application: &'a Application<'a>,
    /// Its own token, or a holder's.
    pub token: SecretText<'a>,
    /// The application's name: 1 to 256 bytes.
    pub name: Option<&'a str>,
    /// What it is used for: 1 to 1,024 bytes.
    pub comments: Option<&'a str>,
    /// For the vendor's notices; it has an `@` and at most 254 bytes.
    pub email: Option<&'a str>,
    /// Where browsers may be sent back to: at most 16 URIs of at most 512 bytes.
    pub redirect_uris: &'a [&'a str],
}

impl ClientMaintenance<'_> {
    fn check(&self) -> Result<(), Error> {
        check_optional(self.name, 256, "name")?;
        check_optional(self.comments, 1_024, "comments")?;
        if self.email.is_some_and(|email| !is_presentable(email, 254) || !email.contains('@')) {
            return Err(Misuse::Field("email").into());
        }
        let is_uri = |uri: &&str| is_presentable(uri, 512) && uri.contains("://");
        if self.redirect_uris.len() > 16 || !self.redirect_uris.iter().all(is_uri) {
            return Err(Misuse::Field("redirect_uris").into());
        }
        Ok(())
    }
}

impl Exchange for ClientMaintenance<'_> {
    /// The reply is documented nowhere: a success is all that is read.
    type Reply<'r> = ();

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        self.check()?;
        let path = self.application.profile().paths.client_maintenance;
        // The second time it changes nothing.
        post(self.application, path, Some(self.token), buffer, |json| {
            write_credentials(self.application, json);
            let optional =
                [("comments", self.comments), ("email", self.email), ("name", self.name)];
            for (name, value) in optional {
                if let Some(value) = value {
                    json.pair(self.application.profile().spell(name), value);
                }
            }
            if !self.redirect_uris.is_empty() {
                json.name("redirect_uris").open_array();
                for uri in self.redirect_uris {
                    json.text(uri);
                }
                json.close_array();
            }
        })
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<(), Error> {
        let http = response.status;
        if !refusal::is_success(http) {
            return Err(refusal::read(response, Meaning::OF_TOKEN));
        }
        match json::read(response.body, Document::Registration) {
            Ok(Value::Object(reply)) => refusal::check(http, &reply, Meaning::OF_TOKEN),
            _ => Ok(()),
        }
    }
}
