//! The request for an authorization code (VIDaaS manual v1.6 §3.1.1 and §3.1.2, DOC-ICP-17.01 §6.4).

use super::application::{Application, Authorization};
use crate::codec::buffer::{Buffer, as_text};
use crate::codec::percent::{Form, FormWriter};
use crate::document::Body;
use crate::error::{Document, Error, Flaw, Malformed, Misuse, PeerError};
use crate::exchange::{Effect, Exchange, Method, Request, Response};
use crate::identity::Holder;
use crate::oauth::pkce::Challenge;
use crate::oauth::refusal;
use crate::oauth::state::State;
use crate::secret::Secret;

/// Bytes of the longest code that a push is polled with. VIDaaS's is a UUID of 36.
pub(super) const PUSH_CODE: usize = 128;

/// Writes the URL that the holder's browser opens; as a QR code it is what the phone scans.
///
/// # Errors
/// [`crate::error::ResourceError::BufferTooSmall`], or [`Misuse`] for an application without a
/// `redirect_uri` or a lifetime beyond the provider's.
pub fn authorize_url<'b>(
    application: &Application<'_>,
    authorization: &Authorization,
    challenge: &Challenge,
    state: &State,
    buffer: &'b mut [u8],
) -> Result<&'b str, Error> {
    if application.redirect_uri.is_empty() {
        return Err(Misuse::Field("redirect_uri").into());
    }
    let hint = authorization.holder.filter(|_| application.provider().redirect_login_hint);
    let mut out = Buffer::new(buffer);
    let redirect_uri = application.redirect_uri;
    write(application, authorization, challenge, state, hint, redirect_uri, &mut out)?;
    Ok(as_text(out.finish([])?.1))
}

/// The request that sends a notification to the holder's phone.
#[derive(Clone, Copy, Debug)]
pub struct AuthorizePush<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// For what; it names the holder.
    pub authorization: &'a Authorization,
    /// The digest of the verifier that will redeem the approval.
    pub challenge: &'a Challenge,
    /// The state of this authorization.
    pub state: &'a State,
}

impl Exchange for AuthorizePush<'_> {
    /// The code to poll with. It is not the code that is exchanged for a token.
    type Reply<'r> = Secret<PUSH_CODE>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let push = self.application.provider().push.ok_or(Misuse::NotOffered("push"))?;
        let holder = self.authorization.holder.ok_or(Misuse::Field("holder"))?;
        let mut out = Buffer::new(buffer);
        write(
            self.application,
            self.authorization,
            self.challenge,
            self.state,
            Some(holder),
            push.redirect_uri,
            &mut out,
        )?;
        Ok(Request {
            method: Method::Get,
            url: as_text(out.finish([])?.1),
            bearer: None,
            content_type: None,
            accept: "*/*",
            body: Body::Empty,
            // A second one shows a second notification, and signs nothing.
            effect: Effect::Safe,
        })
    }

    /// The answer is a text, `code=…`, and no JSON (VIDaaS manual v1.6 §3.1.2 b).
    fn reply<'r>(&self, response: Response<'r>) -> Result<Secret<PUSH_CODE>, Error> {
        if response.status != 200 {
            return Err(refusal::read(response));
        }
        let flaw = |flaw| {
            let document = Document::Authorization;
            Error::Peer(PeerError::Malformed(Malformed { document, flaw }))
        };
        let text = core::str::from_utf8(response.body).map_err(|_| flaw(Flaw::Encoding))?.trim();
        let code: Option<heapless::String<PUSH_CODE>> =
            Form::new(text, Document::Authorization).value("code")?;
        let code = code.ok_or_else(|| flaw(Flaw::Missing("code")))?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if code.is_empty() || !code.bytes().all(allowed) {
            return Err(flaw(Flaw::Invalid("code")));
        }
        Secret::new(&code, "code")
    }
}

fn write(
    application: &Application<'_>,
    authorization: &Authorization,
    challenge: &Challenge,
    state: &State,
    hint: Option<Holder>,
    redirect_uri: &str,
    out: &mut Buffer<'_>,
) -> Result<(), Error> {
    authorization.check(application.provider())?;
    application.service.write_url(application.provider().paths.authorize, out);
    out.byte(b'?');
    let mut query = FormWriter::new(out);
    query
        .pair("client_id", application.client_id)
        .pair("code_challenge", challenge.as_str())
        .pair("code_challenge_method", Challenge::METHOD)
        .pair("response_type", "code")
        .pair("scope", authorization.scope.as_str());
    if let Some(holder) = hint {
        query.pair("login_hint", holder.as_str());
    }
    if let Some(lifetime) = authorization.lifetime {
        query.number("lifetime", lifetime);
    }
    query.pair("redirect_uri", redirect_uri).pair("state", state.as_str());
    Ok(())
}
