//! The request for an authorization code (VIDaaS manual v1.6 §3.1.1 and §3.1.2, DOC-ICP-17.01 §6.4).

use super::application::Application;
use super::provider::Provider;
use crate::codec::buffer::Buffer;
use crate::codec::percent::{Form, FormWriter};
use crate::error::{Document, Error, Flaw, Malformed, Misuse, PeerError};
use crate::exchange::{Exchange, Request, Response};
use crate::identity::Holder;
use crate::oauth::authorization::Authorization;
use crate::oauth::pkce::Challenge;
use crate::oauth::refusal::{self, ErrorDialect};
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
    out.finish_text()
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
        // A second one shows a second notification, and signs nothing.
        out.finish_text().map(|url| Request::get(url, "*/*"))
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<Secret<PUSH_CODE>, Error> {
        let mut code = Secret::EMPTY;
        read_push(response, &self.application.provider().errors, &mut code)?;
        Ok(code)
    }
}

/// Reads the answer to a push into `code`, which is empty: a text, `code=…`, and no JSON (VIDaaS
/// manual v1.6 §3.1.2 b).
#[inline(never)]
pub(super) fn read_push<const N: usize>(
    response: Response<'_>,
    errors: &ErrorDialect<'_>,
    code: &mut Secret<N>,
) -> Result<(), Error> {
    if response.status != 200 {
        return Err(refusal::read(response, errors));
    }
    let flaw = |flaw| {
        let document = Document::Authorization;
        Error::Peer(PeerError::Malformed(Malformed { document, flaw }))
    };
    let text = core::str::from_utf8(response.body).map_err(|_| flaw(Flaw::Encoding))?.trim_ascii();
    let mut decoded = [0; PUSH_CODE];
    let decoded = Form::new(text, Document::Authorization)
        .value_in("code", &mut decoded)?
        .ok_or_else(|| flaw(Flaw::Missing("code")))?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if decoded.is_empty() || !decoded.bytes().all(allowed) {
        return Err(flaw(Flaw::Invalid("code")));
    }
    code.set(decoded, "code")
}

/// Refuses a lifetime beyond the provider's.
pub(super) fn check(authorization: &Authorization, provider: &Provider<'_>) -> Result<(), Error> {
    let limits = provider.limits;
    authorization.check(limits.lifetime_cpf, limits.lifetime_cnpj)
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
    check(authorization, application.provider())?;
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
    query
        .pair("redirect_uri", redirect_uri)
        .pair("state", state.as_str())
        .written(application.provider().authorize_query);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::string::{String, ToString};

    use super::super::{Entropy, Service, VIDAAS};
    use super::*;
    use crate::oauth::pkce::Verifier;
    use crate::oauth::scope::Scope;
    use crate::secret::SecretText;

    /// What the registered `redirect_uri` becomes in the query of a redirect and of a push.
    fn redirect_uris(registered: &str) -> [String; 2] {
        let service = Service::new(&VIDAAS, "https://psc.example").unwrap();
        let secret = SecretText::new("secret");
        let application = Application::new(service, "id", secret, registered).unwrap();
        let holder = Some(Holder::parse("11144477735").unwrap());
        let authorization = Authorization { holder, scope: Scope::default(), lifetime: None };
        let entropy = Entropy { verifier: core::array::from_fn(|i| i as u8), state: [7; 32] };
        let challenge = Verifier::from_entropy(&entropy.verifier).unwrap().challenge();
        let state = State::from_entropy(&entropy.verifier).unwrap();
        let mut buffer = [0; 1024];
        let redirect = authorize_url(&application, &authorization, &challenge, &state, &mut buffer)
            .unwrap()
            .to_string();
        let push = AuthorizePush {
            application: &application,
            authorization: &authorization,
            challenge: &challenge,
            state: &state,
        };
        let push = push.request(&mut buffer).unwrap().url.to_string();
        [redirect, push].map(|url| {
            let (_, query) = url.split_once('?').unwrap();
            let form = Form::new(query, Document::Redirect);
            form.value::<512>("redirect_uri").unwrap().unwrap().to_string()
        })
    }

    #[test]
    fn s14_a_redirect_uri_goes_out_byte_for_byte_and_push_is_literal() {
        for registered in ["https://Valid.com.br", "http://127.0.0.1:8765/Callback/?a=b%20c"] {
            assert_eq!(redirect_uris(registered), [registered, "push://"]);
        }
    }
}
