//! The poll whether the holder approved a push (VIDaaS manual v1.6 §3.1.2 c).

use super::application::Application;
use super::authorize::PUSH_CODE;
use crate::codec::buffer::{Buffer, as_text};
use crate::codec::json;
use crate::codec::percent::FormWriter;
use crate::document::Body;
use crate::error::{Document, Error, Misuse, PeerError};
use crate::exchange::{Effect, Exchange, Method, Request, Response};
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
        let push = self.application.provider().push.ok_or(Misuse::NotOffered("push"))?;
        let mut out = Buffer::new(buffer);
        self.application.service.write_url(push.authentications, &mut out);
        out.byte(b'?');
        FormWriter::new(&mut out).pair("code", self.code.expose());
        Ok(Request {
            method: Method::Get,
            url: as_text(out.finish([])?.1),
            bearer: None,
            content_type: None,
            accept: "application/json",
            body: Body::Empty,
            document: None,
            effect: Effect::Safe,
        })
    }

    /// Pending has four shapes: 304, which the service sends and no manual tells, 202, 204, and a 200
    /// without a token in it.
    fn reply<'r>(&self, response: Response<'r>) -> Result<Approval, Error> {
        let gone = self.application.provider().push.map_or(&[][..], |push| push.gone);
        match response.status {
            304 | 202 | 204 => Ok(Approval::Pending),
            200 if response.body.trim_ascii().is_empty() => Ok(Approval::Pending),
            200 => {
                let reply = json::read(response.body, Document::Approval)?
                    .into_object(Document::Approval)?;
                match reply.optional_text("authorizationToken")? {
                    None | Some("") => Ok(Approval::Pending),
                    Some(token) => Secret::new(token, "authorizationToken").map(Approval::Granted),
                }
            }
            status => match refusal::read(response) {
                Error::Peer(PeerError::Refused(_)) if gone.contains(&status) => {
                    Err(PeerError::Expired.into())
                }
                error => Err(error),
            },
        }
    }
}
