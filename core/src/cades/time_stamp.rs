//! Asking an authority for a time stamp (RFC 3161).

use core::fmt;

use super::attributes::write_sha_256;
use super::token::TimeStampToken;
use crate::codec::buffer::{Buffer, as_text};
use crate::codec::der::{
    BIT_STRING, BOOLEAN, Element, Elements, INTEGER, Misread, OCTET_STRING, SEQUENCE, UTF8_STRING,
    Writer,
};
use crate::document::{Body, Digest};
use crate::error::{Document, Error, Flaw, Malformed, Mismatch, Misuse, PeerError, Refusal};
use crate::exchange::{ContentType, Effect, Exchange, Method, Request, Response};

/// Bytes of a nonce.
const NONCE: usize = 8;

/// The question for a time stamp of a signature.
///
/// A stamp is billed by most authorities, so that the request is one of [`Effect::Once`]: nothing is
/// signed twice if it is lost, but it may be paid twice.
#[derive(Clone, Copy)]
pub struct TimeStampQuery<'a> {
    url: &'a str,
    imprint: Digest,
    nonce: [u8; NONCE],
}

impl<'a> TimeStampQuery<'a> {
    /// Asks the authority at `url` for a stamp of a signature's bytes, with a nonce of the caller's
    /// entropy.
    ///
    /// # Errors
    /// [`Misuse::InsecureUrl`] for another scheme than `https`, [`Misuse::Field`] for characters that
    /// cannot stand in a URL, [`Misuse::Entropy`] for the same byte throughout.
    pub fn new(url: &'a str, signature: &[u8], nonce: [u8; NONCE]) -> Result<Self, Error> {
        let rest = url.strip_prefix("https://").ok_or(Misuse::InsecureUrl)?;
        let allowed = |byte: u8| byte.is_ascii_graphic() && !b"#@\\\"<>".contains(&byte);
        if matches!(rest.as_bytes(), [] | [b'/' | b':', ..]) || !rest.bytes().all(allowed) {
            return Err(Misuse::Field("time stamp URL").into());
        }
        if nonce.iter().all(|byte| Some(byte) == nonce.first()) {
            return Err(Misuse::Entropy.into());
        }
        Ok(Self { url, imprint: Digest::of(signature), nonce })
    }

    /// TimeStampReq (RFC 3161 §2.4.1), which asks for the authority's certificate to be in the
    /// token.
    fn write(&self, out: &mut Writer<'_>) {
        out.around(SEQUENCE, &|out| {
            out.element(INTEGER, &[1]);
            out.around(SEQUENCE, &|out| {
                write_sha_256(out);
                out.element(OCTET_STRING, self.imprint.as_bytes());
            });
            let mut positive = [0; NONCE + 1];
            if let Some(place) = positive.get_mut(1..) {
                place.copy_from_slice(&self.nonce);
            }
            let number = self.number();
            // A zero before a high bit, which would make the number negative.
            let zero = usize::from(number.first().is_none_or(|first| first & 0x80 != 0));
            let start = positive.len().saturating_sub(number.len()).saturating_sub(zero);
            out.element(INTEGER, positive.get(start..).unwrap_or_default());
            out.element(BOOLEAN, &[0xff]);
        });
    }

    /// The nonce without zeros before it.
    fn number(&self) -> &[u8] {
        let zeros = self.nonce.iter().take_while(|&&byte| byte == 0).count();
        self.nonce.get(zeros..).unwrap_or_default()
    }
}

impl Exchange for TimeStampQuery<'_> {
    type Reply<'r> = TimeStampToken<'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let mut out = Buffer::new(buffer);
        out.text(self.url);
        let url = out.mark();
        self.write(&mut Writer::to_buffer(&mut out));
        let ([url], body) = out.finish([url])?;
        Ok(Request {
            method: Method::Post,
            url: as_text(url),
            bearer: None,
            content_type: Some(ContentType::TimeStampQuery),
            accept: "application/timestamp-reply",
            header: None,
            body: Body::Bytes(body),
            document: None,
            effect: Effect::Once,
        })
    }

    /// # Errors
    /// [`PeerError::Refused`] with the authority's own words, [`PeerError::Malformed`], and
    /// [`PeerError::Mismatch`] for a stamp of another digest or with another nonce.
    fn reply<'r>(&self, response: Response<'r>) -> Result<TimeStampToken<'r>, Error> {
        response.check_pace()?;
        if response.status != 200 {
            let refusal = Refusal::new(response.status, "", "");
            return Err(PeerError::Refused(refusal).into());
        }
        let malformed = |misread: Misread| {
            let flaw = Flaw::Der(misread);
            PeerError::Malformed(Malformed { document: Document::TimeStamp, flaw })
        };
        let token = match read(response.body).map_err(malformed)? {
            Answer::Granted(token) => token,
            Answer::Refused(refusal) => return Err(PeerError::Refused(refusal).into()),
        };
        if !token.is_of(&self.imprint) || token.nonce() != Some(self.number()) {
            return Err(PeerError::Mismatch(Mismatch::TimeStamp).into());
        }
        Ok(token)
    }
}

impl fmt::Debug for TimeStampQuery<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TimeStampQuery({:?})", self.imprint)
    }
}

/// What an authority answers.
enum Answer<'r> {
    Granted(TimeStampToken<'r>),
    Refused(Refusal),
}

/// Reads TimeStampResp (RFC 3161 §2.4.2).
fn read(body: &[u8]) -> Result<Answer<'_>, Misread> {
    let mut outer = Elements::new(body);
    let mut fields = outer.field(SEQUENCE, "TimeStampResp")?.elements();
    outer.finish("TimeStampResp")?;
    let mut status = fields.field(SEQUENCE, "status")?.elements();
    let number = status.field(INTEGER, "status")?;
    let words = status.optional(SEQUENCE, "statusString")?;
    let failure = status.optional(BIT_STRING, "failInfo")?;
    status.finish("status")?;
    if !matches!(number.content, [0 | 1]) {
        let code = failure.and_then(|bits| failure_name(&bits));
        let code = code.unwrap_or_else(|| status_name(&number));
        let text = words.and_then(|words| first_text(&words)).unwrap_or_default();
        return Ok(Answer::Refused(Refusal::new(200, code, text)));
    }
    let token = TimeStampToken::read(&fields.field(SEQUENCE, "timeStampToken")?)?;
    fields.finish("TimeStampResp")?;
    Ok(Answer::Granted(token))
}

/// PKIStatus by its name.
fn status_name(status: &Element<'_>) -> &'static str {
    match status.content {
        [2] => "rejection",
        [3] => "waiting",
        [4] => "revocationWarning",
        [5] => "revocationNotification",
        _ => "",
    }
}

/// The first of PKIFailureInfo's bits that is set, by its name.
fn failure_name(bits: &Element<'_>) -> Option<&'static str> {
    const NAMES: [(usize, &str); 8] = [
        (0, "badAlg"),
        (2, "badRequest"),
        (5, "badDataFormat"),
        (14, "timeNotAvailable"),
        (15, "unacceptedPolicy"),
        (16, "unacceptedExtension"),
        (17, "addInfoNotAvailable"),
        (25, "systemFailure"),
    ];
    let (_, bytes) = bits.content.split_first()?;
    let is_set = |bit: usize| {
        bytes.get(bit / 8).is_some_and(|byte| byte.wrapping_shl((bit % 8) as u32) & 0x80 != 0)
    };
    NAMES.into_iter().find(|&(bit, _)| is_set(bit)).map(|(_, name)| name)
}

/// The first text of PKIFreeText.
fn first_text<'r>(words: &Element<'r>) -> Option<&'r str> {
    let text = words.elements().field(UTF8_STRING, "statusString").ok()?;
    core::str::from_utf8(text.content).ok()
}
