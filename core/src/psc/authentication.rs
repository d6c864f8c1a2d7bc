//! The poll whether the holder approved a push (VIDaaS manual v1.6 §3.1.2 c).

use super::application::Application;
use super::authorize::PUSH_CODE;
use crate::codec::buffer::Buffer;
use crate::codec::json;
use crate::codec::percent::FormWriter;
use crate::error::{Document, Error, Misuse, PeerError};
use crate::exchange::{Exchange, Request, Response};
use crate::oauth::redirect::CODE;
use crate::oauth::refusal;
use crate::secret::Secret;

/// The question whether the holder approved.
#[derive(Clone, Copy, Debug)]
pub struct Authentication<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// The code of the push.
    pub code: &'a Secret<PUSH_CODE>,
}

/// The answer to the question.
#[derive(Debug)]
pub enum Approval {
    /// Not yet.
    Pending,
    /// Yes: this is exchanged for a token.
    Granted(Secret<CODE>),
}

impl Exchange for Authentication<'_> {
    type Reply<'r> = Approval;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        request(self.application, self.code.expose(), buffer)
    }

    /// Pending has the shapes that the provider's data lists, and a 200 without a token in it.
    fn reply<'r>(&self, response: Response<'r>) -> Result<Approval, Error> {
        match read(self.application, response)? {
            None => Ok(Approval::Pending),
            Some(code) => Secret::new(code, APPROVAL).map(Approval::Granted),
        }
    }
}

/// The member that holds the code.
pub(super) const APPROVAL: &str = "authorizationToken";

/// Writes the question.
pub(super) fn request<'b>(
    application: &Application<'_>,
    code: &str,
    buffer: &'b mut [u8],
) -> Result<Request<'b>, Error> {
    let push = application.provider().push.ok_or(Misuse::NotOffered("push"))?;
    let mut out = Buffer::new(buffer);
    application.service.write_url_outside(push.authentications, &mut out);
    out.byte(b'?');
    FormWriter::new(&mut out).pair("code", code);
    out.finish_text().map(|url| Request::get(url, "application/json"))
}

/// Reads the reply and leaves the code, if the holder approved, where it is.
#[inline(never)]
pub(super) fn read<'r>(
    application: &Application<'_>,
    response: Response<'r>,
) -> Result<Option<&'r str>, Error> {
    let (pending, gone) =
        application.provider().push.map_or((&[][..], &[][..]), |push| (push.pending, push.gone));
    match response.status {
        status if is_among(status, pending) => Ok(None),
        200 if response.body.trim_ascii().is_empty() => Ok(None),
        200 => {
            let reply = json::read_object(response.body, Document::Approval)?;
            Ok(reply.optional_text(APPROVAL)?.filter(|code| !code.is_empty()))
        }
        status => match refusal::read(response, &application.provider().errors) {
            Error::Peer(PeerError::Refused(_)) if is_among(status, gone) => {
                Err(PeerError::Expired.into())
            }
            error => Err(error),
        },
    }
}

#[expect(clippy::manual_contains, reason = "`contains` takes several at a time, and more flash")]
fn is_among(status: u16, statuses: &[u16]) -> bool {
    statuses.iter().any(|each| *each == status)
}
