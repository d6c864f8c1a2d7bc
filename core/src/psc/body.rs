//! The body of a request whose encoding is the provider's datum.

use super::provider::BodyEncoding;
use crate::codec::buffer::Buffer;
use crate::codec::json::Writer;
use crate::codec::percent::FormWriter;
use crate::exchange::ContentType;

/// Writes pairs as a form or as a JSON object. What is opened is to be closed.
pub(super) enum Pairs<'w, 'b> {
    Form(FormWriter<'w, 'b>),
    Json(Writer<'w, 'b>),
}

impl<'w, 'b> Pairs<'w, 'b> {
    /// Goes on where `out` stands.
    pub(super) fn open(encoding: BodyEncoding, out: &'w mut Buffer<'b>) -> Self {
        match encoding {
            BodyEncoding::Form => Self::Form(FormWriter::new(out)),
            BodyEncoding::Json => {
                let mut json = Writer::new(out);
                json.open_object();
                Self::Json(json)
            }
        }
    }

    /// Adds a pair.
    #[inline(never)]
    pub(super) fn pair(&mut self, name: &str, value: &str) -> &mut Self {
        match self {
            Self::Form(form) => {
                form.pair(name, value);
            }
            Self::Json(json) => {
                json.pair(name, value);
            }
        }
        self
    }

    /// Ends the body.
    pub(super) fn close(&mut self) {
        if let Self::Json(json) = self {
            json.close_object();
        }
    }
}

impl BodyEncoding {
    /// The type of such a body.
    #[must_use]
    pub const fn content_type(self) -> ContentType<'static> {
        match self {
            Self::Form => ContentType::Form,
            Self::Json => ContentType::Json,
        }
    }
}
