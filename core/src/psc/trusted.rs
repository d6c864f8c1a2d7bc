//! Authorization of a trusted application, which SafeID calls `authorize-ca` (vendor's collection of
//! requests; notes of a program in use).
//!
//! The holder is asked by a notification. The answer does not come back: the provider posts it to a
//! server of the application's, once, and no retry is known. Keep it before anything else is done with
//! it. What it holds is one of the two factors of a [`super::PasswordAuthorization`].

use core::fmt;

use super::application::Application;
use super::authorize;
use super::provider::offered;
use crate::codec::buffer::Buffer;
use crate::codec::json::{self, Value, Writer};
use crate::error::{Document, Error, Flaw, Malformed, Mismatch, Misuse, PeerError, Refusal};
use crate::exchange::{ContentType, Effect, Exchange, Request, Response};
use crate::oauth::authorization::Authorization;
use crate::oauth::refusal;
use crate::oauth::state::State;
use crate::secret::SecretText;

/// The request that a holder trust an application for a while.
#[derive(Clone, Copy, Debug)]
pub struct TrustedAuthorization<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// For how long; it names the holder. The scope is told later, with the factors.
    pub authorization: &'a Authorization,
    /// What the answer is known by.
    pub state: &'a State,
    /// Where the answer is posted to, as it is registered; `None` leaves it to the provider.
    pub redirect_uri: Option<&'a str>,
}

impl Exchange for TrustedAuthorization<'_> {
    /// Nothing but that the request was taken.
    type Reply<'r> = ();

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let service = self.application.service;
        let path = offered(service.provider().paths.authorize_ca, "authorize-ca")?;
        authorize::check(self.authorization, service.provider())?;
        let holder = self.authorization.holder.ok_or(Misuse::Field("holder"))?;
        let mut out = Buffer::new(buffer);
        service.write_url(path, &mut out);
        let url = out.mark();
        let mut json = Writer::new(&mut out);
        json.open_object()
            .pair("client_id", self.application.client_id)
            .pair("login_hint", holder.as_str());
        if let Some(redirect_uri) = self.redirect_uri {
            json.pair("redirect_uri", redirect_uri);
        }
        json.pair("state", self.state.as_str());
        if let Some(lifetime) = self.authorization.lifetime {
            json.number("lifetime", lifetime);
        }
        json.close_object();
        let ([url], body) = out.finish([url])?;
        // A second one shows a second notification, and signs nothing.
        Ok(Request::post(url, ContentType::Json, body, Effect::Safe))
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<(), Error> {
        let errors = &self.application.provider().errors;
        if !matches!(response.status, 200..=204) {
            return Err(refusal::read(response, errors));
        }
        // Unsure: no source shows the reply. It may be empty; a page is none, and a word of error is
        // believed whatever the status.
        let status = response.status;
        if response.body.trim_ascii().is_empty() {
            return Ok(());
        }
        let reply = json::read_object(response.body, Document::Authorization)?;
        match reply.member("error") {
            None => Ok(()),
            Some(_) => Err(refusal::read_object(status, &reply, errors)),
        }
    }
}

/// A holder's trust in an application.
#[derive(Clone, Copy)]
pub struct TrustedApproval<'r> {
    /// The first factor (`identifierCA`), before the certificate's PIN.
    pub identifier: SecretText<'r>,
    /// When it ends, as the provider writes it. Unsure: no source tells the form.
    pub expiration_date: &'r str,
    /// The certificate's number, which is the `slot_alias` of what follows.
    pub serial_number: &'r str,
}

impl fmt::Debug for TrustedApproval<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TrustedApproval").finish_non_exhaustive()
    }
}

impl<'r> TrustedApproval<'r> {
    /// Reads what was posted, and overwrites it on the way.
    ///
    /// Anybody can post to an address: what does not bring the `state` of a request, which is compared
    /// in constant time, is an error that concerns no request.
    ///
    /// # Errors
    /// [`Mismatch::State`]; [`PeerError::Denied`], [`PeerError::Refused`] with status 0 for another
    /// error, or [`PeerError::Malformed`].
    pub fn read(body: &'r mut [u8], state: &State) -> Result<Self, Error> {
        let posted = json::read_object(body, Document::Webhook)?;
        let returned = posted.optional_text("state")?.unwrap_or_default();
        if !state.matches(returned) {
            return Err(PeerError::Mismatch(Mismatch::State).into());
        }
        let has_identifier = posted.member("identifierCA").is_some();
        match posted.member("error") {
            None => {}
            Some(Value::Text(word)) if !has_identifier => {
                return Err(if refusal::is_denial(word) {
                    PeerError::Denied.into()
                } else {
                    PeerError::Refused(Refusal::new(0, word, "")).into()
                });
            }
            Some(_) => {
                return Err(PeerError::Malformed(Malformed {
                    document: Document::Webhook,
                    flaw: Flaw::Invalid("error"),
                })
                .into());
            }
        }
        Ok(Self {
            identifier: SecretText::new(posted.text_or_number("identifierCA")?),
            expiration_date: posted.text_or_number("expirationDate")?,
            serial_number: posted.text_or_number("serialNumber")?,
        })
    }
}
