//! The download of a signed document (API page, `document/{transaction}`).

use super::application::Application;
use super::progress::TRANSACTION;
use super::refusal::{self, Meaning};
use crate::codec::buffer::{Buffer, as_text};
use crate::codec::percent;
use crate::document::{Body, Place, Received, Reception};
use crate::error::{Document, Error, Flaw, Malformed, Mismatch, Misuse, PeerError};
use crate::exchange::{Effect, Exchange, Method, Request, Response};
use crate::secret::SecretText;

/// The download of a signed document in attached form, which goes to the driver's sink as it comes.
/// It can be repeated.
///
/// What comes is not looked at here: the API page does not tell its type. It is not known to be the
/// document that was sent, nor to be signed, before it is verified.
#[derive(Clone, Copy, Debug)]
pub struct DocumentDownload<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// The application's token, or the holder's.
    pub token: SecretText<'a>,
    /// What the reply to the request for the signature called it by: 1 to 64 bytes.
    pub transaction: &'a str,
    /// The document's number in the driver's sink.
    pub document: usize,
    /// Bytes of the longest document that is taken. A driver may bound replies for its own part.
    pub most: u64,
}

/// Whether a text can stand in the download's path. Two texts of dots are no names there: another
/// one would be asked for.
pub(super) fn is_transaction(text: &str) -> bool {
    text.len() <= TRANSACTION && !matches!(text, "" | "." | "..")
}

impl Exchange for DocumentDownload<'_> {
    type Reply<'r> = Received;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        if !is_transaction(self.transaction) {
            return Err(Misuse::Field("transaction").into());
        }
        let mut out = Buffer::new(buffer);
        self.application.write_url(self.application.profile().paths.download, &mut out);
        out.byte(b'/');
        percent::write(self.transaction, &mut out);
        let url = out.mark();
        out.text(self.token.expose());
        let ([url], bearer) = out.finish([url])?;
        Ok(Request {
            method: Method::Get,
            url: as_text(url),
            bearer: Some(as_text(bearer)),
            content_type: None,
            accept: "*/*",
            header: None,
            body: Body::Empty,
            document: Some(Place::Body { document: self.document, most: self.most }),
            effect: Effect::Safe,
        })
    }

    /// [`PeerError::Unavailable`] for one that is not ready.
    fn reply<'r>(&self, response: Response<'r>) -> Result<Received, Error> {
        let flaw = |flaw| Malformed { document: Document::Download, flaw };
        match response.status {
            200 => {}
            // Unsure: no source tells how a signature that is in progress is answered.
            status @ (202 | 204) => {
                let retry_after = response.wait();
                return Err(PeerError::Unavailable { status, retry_after }.into());
            }
            _ => return Err(refusal::read(response, Meaning::OF_TOKEN)),
        }
        match response.document {
            Reception::Document(received) if received.document == self.document => Ok(received),
            Reception::Document(_) => Err(PeerError::Mismatch(Mismatch::Ids).into()),
            Reception::Nothing => Err(PeerError::Malformed(flaw(Flaw::Missing("document"))).into()),
            Reception::Malformed(found) => Err(PeerError::Malformed(flaw(found)).into()),
        }
    }
}
