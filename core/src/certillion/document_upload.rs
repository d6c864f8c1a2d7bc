//! The upload of a document, ahead of its signature (API page, `document`).

mod boundary;
mod part;

pub use boundary::Boundary;

use super::application::Application;
use super::order::is_media_type;
use super::progress::HASH;
use super::refusal::{self, Meaning};
use crate::codec::buffer::{Buffer, as_text};
use crate::document::{Body, Template};
use crate::error::{Document, Error, Flaw, Misuse, ResourceError};
use crate::exchange::{ContentType, Effect, Exchange, Method, Request, Response};
use crate::secret::SecretText;

/// The upload of one document, which streams through the request's body.
///
/// The API page speaks of "the document or documents" and of one hash: one request holds one
/// document here.
#[derive(Clone, Copy, Debug)]
pub struct DocumentUpload<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// The application's token, or the holder's.
    pub token: SecretText<'a>,
    /// The document's number in the driver's source.
    pub document: usize,
    /// Bytes of the document.
    pub length: u64,
    /// The name of the file: 1 to 255 bytes.
    pub name: &'a str,
    /// Its media type; `None` for `application/octet-stream`.
    pub media_type: Option<&'a str>,
    /// What stands before and behind the document in the body.
    pub boundary: &'a Boundary,
}

/// What the service calls an uploaded document by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadedDocument<'r> {
    /// A hash of the document in base64, which goes into the request for its signature as it came:
    /// 1 to 128 visible ASCII characters.
    ///
    /// Unsure: which hash it is; SHA-256 is likely.
    pub hash: &'r str,
}

impl Exchange for DocumentUpload<'_> {
    type Reply<'r> = UploadedDocument<'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let profile = self.application.profile();
        if self.length == 0 {
            return Err(Misuse::EmptyDocument.into());
        }
        if self.length > profile.limits.document_bytes {
            return Err(Misuse::DocumentTooLarge.into());
        }
        if !part::is_name(self.name) {
            return Err(Misuse::Field("alias").into());
        }
        let media_type = self.media_type.unwrap_or("application/octet-stream");
        if !is_media_type(media_type) {
            return Err(Misuse::Field("media_type").into());
        }
        let mut out = Buffer::new(buffer);
        self.application.write_url(profile.paths.document, &mut out);
        let url = out.mark();
        out.text(self.token.expose());
        let bearer = out.mark();
        self.boundary.write_content_type(&mut out);
        let content_type = out.mark();
        part::write(
            &part::Part {
                boundary: self.boundary,
                field: profile.spell("file"),
                name: self.name,
                media_type,
                length: self.length,
            },
            &mut out,
        );
        let ([url, bearer, content_type], body) = out.finish([url, bearer, content_type])?;
        Ok(Request {
            method: Method::Post,
            url: as_text(url),
            bearer: Some(as_text(bearer)),
            content_type: Some(ContentType::Multipart(as_text(content_type))),
            accept: "application/json",
            header: None,
            body: Body::Template(Template::new(body, self.document)),
            document: None,
            // The second time the service has it twice, or once; nothing is signed.
            effect: Effect::Safe,
        })
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<UploadedDocument<'r>, Error> {
        let reply = refusal::object(response, Document::Upload, Meaning::OF_TOKEN)?;
        let hash = reply.text("document_hash")?;
        if hash.len() > HASH {
            return Err(ResourceError::TooLong { what: "document_hash", bound: HASH }.into());
        }
        // It goes into a JSON text and, with some services, into a URL or a header.
        if !hash.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\<>".contains(&byte)) {
            return Err(reply.flaw(Flaw::Invalid("document_hash")));
        }
        Ok(UploadedDocument { hash })
    }
}
