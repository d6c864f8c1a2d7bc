//! The validation of signatures that were made elsewhere (API page, `signature/validate`).

mod report;

pub use report::{Report, Validated};

use super::application::Application;
use super::post::post;
use super::refusal::{self, Meaning};
use super::status::Status;
use super::text::check_optional;
use crate::codec::json::{self, Writer};
use crate::document::{Body, Slot, Template};
use crate::error::{Document, Error, Misuse};
use crate::exchange::{Exchange, Request, Response};
use crate::secret::SecretText;

/// The question whether a signature of CAdES or PAdES is good, in the service's judgement.
#[derive(Clone, Copy, Debug)]
pub struct Validation<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// The application's token, or the holder's.
    pub token: SecretText<'a>,
    /// What is judged.
    pub subject: Subject<'a>,
    /// The number of its first file in the driver's source. A second one has the number behind it.
    pub document: usize,
    /// The public-key infrastructure, such as [`super::Order::ICP_BR`]; `None` leaves the member
    /// out.
    ///
    /// Unsure: whether it is wanted; a third party's design document has it, and the API page's
    /// sample is cut off before it.
    pub pki_name: Option<&'a str>,
}

/// A signature, and what it is of. Files stream through the request's body, in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A signed PDF, or a signature with its document in it.
    Attached {
        /// Bytes of the file.
        length: u64,
    },
    /// A signed PDF that the service has.
    Stored {
        /// What the service calls it by.
        hash: &'a str,
    },
    /// A signature apart from its document.
    Detached {
        /// Bytes of the signature's file.
        length: u64,
        /// The document.
        of: Original<'a>,
    },
}

/// The document that a signature is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Original<'a> {
    /// A file, which is sent behind the signature.
    File {
        /// Bytes of the file.
        length: u64,
    },
    /// A document that was uploaded.
    Stored {
        /// What the service calls it by.
        hash: &'a str,
    },
}

impl Subject<'_> {
    fn check(&self) -> Result<(), Error> {
        let (lengths, hash) = match *self {
            Self::Attached { length } => ([Some(length), None], None),
            Self::Stored { hash } => ([None, None], Some(hash)),
            Self::Detached { length, of: Original::File { length: other } } => {
                ([Some(length), Some(other)], None)
            }
            Self::Detached { length, of: Original::Stored { hash } } => {
                ([Some(length), None], Some(hash))
            }
        };
        if lengths.contains(&Some(0)) {
            return Err(Misuse::EmptyDocument.into());
        }
        check_optional(hash, super::progress::HASH, "document_hash")
    }

    fn write(&self, json: &mut Writer<'_, '_>) {
        match *self {
            Self::Attached { length } | Self::Detached { length, .. } => {
                json.encoded("signature", |out| Slot::write_document(length, out));
            }
            Self::Stored { hash } => {
                json.pair("signature", hash);
            }
        }
        match *self {
            Self::Detached { of: Original::File { length }, .. } => {
                json.encoded("content", |out| Slot::write_document(length, out));
            }
            Self::Detached { of: Original::Stored { hash }, .. } => {
                json.pair("document_hash", hash);
            }
            _ => {}
        }
    }
}

impl Exchange for Validation<'_> {
    type Reply<'r> = Report<'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        self.subject.check()?;
        check_optional(self.pki_name, 64, "pki_name")?;
        let path = self.application.profile().paths.validate;
        let request = post(self.application, path, Some(self.token), buffer, |json| {
            self.subject.write(json);
            if let Some(pki_name) = self.pki_name {
                json.pair("pki_name", pki_name);
            }
        })?;
        let body = match request.body {
            Body::Bytes(text) => Body::Template(Template::new(text, self.document)),
            body => body,
        };
        Ok(Request { body, ..request })
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<Report<'r>, Error> {
        if !refusal::is_success(response.status) {
            return Err(refusal::read(response, Meaning::OF_TOKEN));
        }
        let http = response.status;
        let reply = json::read_object(response.body, Document::Validation)?;
        let report = Report::new(reply);
        // Beside signatures that are called invalid it is the verdict, whose reasons stand with them.
        match Status::of(&reply).filter(Status::is_error) {
            Some(status) if report.is_valid() != Some(false) => {
                Err(refusal::of_status(http, &status, Meaning::OF_TOKEN))
            }
            _ => Ok(report),
        }
    }
}
