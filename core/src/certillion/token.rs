//! The exchange of a code for an access token (API page, `token`; RFC 6749 §4.1.3).

use super::application::Application;
use super::refusal::{self, Meaning};
use crate::codec::buffer::Buffer;
use crate::codec::percent::FormWriter;
use crate::error::{Document, Error};
use crate::exchange::{ContentType, Effect, Exchange, Request, Response};
use crate::identity::Holder;
use crate::oauth::authorization::Authorization;
use crate::oauth::scope::Scope;
use crate::oauth::server::Redemption;
use crate::oauth::token::{Asked, ReadToken, TokenReply};
use crate::time::Duration;

/// A code and the verifier that redeems it.
///
/// The application is `manager_id` and `manager_secret` here, which is the one pair that every
/// source has. Unsure: whether `client_id` and `client_secret` are wanted beside it
/// ([`super::Profile::token_client_pair`]).
#[derive(Clone, Copy, Debug)]
pub struct TokenRequest<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// What is redeemed, and what it was asked for.
    pub redemption: Redemption<'a>,
}

impl Exchange for TokenRequest<'_> {
    /// [`TokenReply::into_grant`] makes a permission of it. The life is what the service gave, not
    /// what was asked for.
    type Reply<'r> = TokenReply;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        write(self.application, &self.redemption, buffer)
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<TokenReply, Error> {
        read_redeemed(self.application, &self.redemption, response)?.keep()
    }
}

pub(super) fn write<'b>(
    application: &Application<'_>,
    redemption: &Redemption<'_>,
    buffer: &'b mut [u8],
) -> Result<Request<'b>, Error> {
    let mut out = Buffer::new(buffer);
    application.write_url(application.profile().paths.token, &mut out);
    let url = out.mark();
    let secret = application.client_secret.expose();
    let mut form = FormWriter::new(&mut out);
    form.pair("grant_type", "authorization_code")
        .pair("manager_id", application.client_id)
        .pair("manager_secret", secret);
    if application.profile().token_client_pair {
        form.pair("client_id", application.client_id).pair("client_secret", secret);
    }
    form.pair("code", redemption.code.expose())
        .pair("code_verifier", redemption.verifier.expose())
        .pair("redirect_uri", redemption.redirect_uri)
        .pair("psc", application.psc().as_str());
    let ([url], body) = out.finish([url])?;
    // A token whose reply is lost has signed nothing; the second try tells whether the code was
    // used.
    Ok(Request::post(url, ContentType::Form, body, Effect::Safe))
}

pub(super) fn read_redeemed<'r>(
    application: &Application<'_>,
    redemption: &Redemption<'_>,
    response: Response<'r>,
) -> Result<ReadToken<'r>, Error> {
    let Authorization { scope, holder, .. } = redemption.authorization;
    read(application, Some(*scope), holder.as_ref(), Meaning::OF_HOLDER, response)
}

/// Reads a token for what was asked for, and leaves it where it is.
#[inline(never)]
pub(super) fn read<'r>(
    application: &Application<'_>,
    scope: Option<Scope>,
    holder: Option<&Holder>,
    meaning: Meaning,
    response: Response<'r>,
) -> Result<ReadToken<'r>, Error> {
    let http = response.status;
    let reply = refusal::object(response, Document::Token, meaning)?;
    // The API page lists `error` among the members of this reply, whatever its status is.
    if reply.member("access_token").is_none() && reply.member("error").is_some() {
        return Err(refusal::of_words(http, &reply, meaning));
    }
    let limits = application.profile().limits;
    let longest = Duration::from_secs(limits.lifetime_cpf.max(limits.lifetime_cnpj));
    // The API page does not list `token_type` here.
    Asked { scope, holder, longest, type_untold: true }.read(&reply)
}
