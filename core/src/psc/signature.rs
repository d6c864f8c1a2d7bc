//! The request for signatures (VIDaaS manual v1.6 §3.2, DOC-ICP-17.01 §6.4.5.2).

use core::fmt;
use core::ops::Range;

use super::application::Application;
use super::encoded::Encoded;
use super::order::{Content, Item, Order};
use super::provider::{HashEncoding, Ids, Provider};
use super::wrapping::Content as Wrapped;
use crate::codec::buffer::{Buffer, as_text};
use crate::codec::json::{self, Object, Value, Writer};
use crate::codec::{base64, hex};
use crate::document::{Body, Digest, Origin, Place, Received, Reception, Slot, Template};
use crate::error::{Document, Error, Flaw, Malformed, Mismatch, PeerError};
use crate::exchange::{ContentType, Effect, Exchange, Method, Request, Response};
use crate::oauth::refusal;

/// The member of a reply in which its signatures are listed.
const LIST: &str = "signatures";

/// A request for the signatures of some of an order's documents.
#[derive(Clone)]
pub struct SignatureRequest<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// The order.
    pub order: &'a Order<'a>,
    /// Which of its documents.
    pub items: Range<usize>,
    /// The access token.
    pub token: &'a str,
}

impl fmt::Debug for SignatureRequest<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SignatureRequest")
            .field("application", self.application)
            .field("order", self.order)
            .field("items", &self.items)
            .finish_non_exhaustive()
    }
}

impl<'a> SignatureRequest<'a> {
    fn items(&self) -> &'a [Item<'a>] {
        self.order.items.get(self.items.clone()).unwrap_or_default()
    }
}

impl<'a> Exchange for SignatureRequest<'a> {
    type Reply<'r> = Signatures<'a, 'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let service = self.application.service;
        let provider = service.provider();
        let mut out = Buffer::new(buffer);
        service.write_url(provider.paths.signature, &mut out);
        let url = out.mark();
        out.text(self.token);
        let bearer = out.mark();
        let is_document = |item: &Item<'_>| matches!(item.content, Content::Document { .. });
        let carries_documents = self.items().iter().any(is_document);
        // With several documents in a request it is not known which of them comes when.
        let brings_document = carries_documents && self.items().len() == 1;
        let member = provider.signed_document.filter(|_| brings_document);
        let brings_document = member.is_some();
        out.text(member.unwrap_or_default());
        let member = out.mark();
        let mut json = Writer::new(&mut out);
        json.open_object();
        if let Some(alias) = self.order.certificate_alias {
            json.pair("certificate_alias", alias);
        }
        if let Some(include_chain) = provider.include_chain.filter(|_| !self.order.format.is_raw())
        {
            json.flag("include_chain", include_chain);
        }
        json.name("hashes").open_array();
        for item in self.items() {
            json.open_object();
            match provider.ids {
                Ids::Text => json.pair("id", item.id),
                // The order's check has seen that it is one.
                Ids::Number => json.bare("id", item.id),
            };
            json.pair("alias", item.alias);
            match item.content {
                Content::Digest(digest) => {
                    json.encoded("hash", |out| match provider.hash_encoding {
                        HashEncoding::Base64 => base64::write(digest.as_bytes(), out),
                        HashEncoding::Hex => hex::write(digest.as_bytes(), out),
                    });
                }
                Content::Document { length, digest } => {
                    // The document stands before its digest, so that one pass gives both.
                    json.encoded("base64_content", |out| Slot::write_document(length, out))
                        .encoded("hash", |out| Slot::write_digest(digest, out));
                }
            }
            json.pair("hash_algorithm", Digest::OID)
                .pair("signature_format", self.order.format.as_str());
            if let Some(padding) = self.order.padding.filter(|_| provider.padding_method) {
                json.pair("padding_method", padding.as_str());
            }
            if self.order.signature_page {
                // A text, as the manual has it: `"true"` or `"false"`.
                json.pair("pdf_signature_page", "true");
            }
            json.close_object();
        }
        json.close_array().close_object();
        let ([url, bearer, member], body) = out.finish([url, bearer, member])?;
        let place =
            Place::Member { list: LIST, member: as_text(member), document: self.items.start };
        Ok(Request {
            method: Method::Post,
            url: as_text(url),
            bearer: Some(as_text(bearer)),
            content_type: Some(ContentType::Json),
            accept: "application/json",
            header: None,
            body: if carries_documents {
                Body::Template(Template::new(body, self.items.start))
            } else {
                Body::Bytes(body)
            },
            document: brings_document.then_some(place),
            effect: Effect::Once,
        })
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<Signatures<'a, 'r>, Error> {
        read(self.application.provider(), self.order, self.items.clone(), response)
    }
}

/// Reads the reply to the request for some of an order's documents.
pub(super) fn read<'a, 'r>(
    provider: &'a Provider<'a>,
    order: &'a Order<'a>,
    range: Range<usize>,
    response: Response<'r>,
) -> Result<Signatures<'a, 'r>, Error> {
    match response.status {
        200 => {}
        401 => return Err(PeerError::Unauthorized.into()),
        // A gateway speaks for a service whose answer it does not know. A 500 is the service's own
        // word that it did not sign: it is told as a refusal, and not tried again either.
        502 | 504 => return Err(PeerError::InDoubt.into()),
        _ => return Err(refusal::read(response, &provider.errors)),
    }
    let received = match response.document {
        Reception::Nothing => None,
        Reception::Document(received) => Some(received),
        Reception::Malformed(flaw) => {
            return Err(
                PeerError::Malformed(Malformed { document: Document::Signature, flaw }).into()
            );
        }
    };
    let reply = json::read_object(response.body, Document::Signature)?;
    if provider.errors.in_success && reply.member(LIST).is_none() {
        return Err(refusal::read_object(200, &reply, &provider.errors));
    }
    let used = reply.optional_text("certificate_alias")?;
    if order.certificate_alias.zip(used).is_some_and(|(asked, used)| asked != used) {
        return Err(PeerError::Mismatch(Mismatch::Certificate).into());
    }
    let first = range.start;
    let items = order.items.get(range).unwrap_or_default();
    let mut count = 0_usize;
    for entry in reply.objects(LIST)? {
        entry.text_or_number("id")?;
        count = count.wrapping_add(1);
    }
    // As many entries as items, and one for every item: there is neither a double nor a missing nor
    // a foreign one.
    let mut entries = Entries::new(reply);
    if count != items.len() || items.iter().any(|item| entries.take(item.id).is_none()) {
        return Err(PeerError::Mismatch(Mismatch::Ids).into());
    }
    if received.is_some_and(|received| received.document != first || items.len() != 1) {
        return Err(PeerError::Mismatch(Mismatch::Ids).into());
    }
    Ok(Signatures { reply, provider, order, items, first, received })
}

/// The entries of a reply.
struct Entries<'r> {
    reply: Object<'r>,
    /// Those that were not taken, where most services send the items' entries in the items' order.
    #[cfg(feature = "accelerated")]
    rest: Option<json::Objects<'r>>,
}

impl<'r> Entries<'r> {
    fn new(reply: Object<'r>) -> Self {
        Self {
            reply,
            #[cfg(feature = "accelerated")]
            rest: reply.objects(LIST).ok(),
        }
    }

    /// The entry of an identifier. A host, whose requests may hold thousands, looks at the next one
    /// before it searches; for a microcontroller's few that would take more room than time.
    #[cfg_attr(
        not(feature = "accelerated"),
        expect(clippy::needless_pass_by_ref_mut, reason = "there is no rest")
    )]
    fn take(&mut self, id: &str) -> Option<Object<'r>> {
        let is_its = |entry: &Object<'r>| entry.text_or_number("id") == Ok(id);
        #[cfg(feature = "accelerated")]
        if let Some(next) = self.rest.as_mut().and_then(Iterator::next).filter(is_its) {
            return Some(next);
        }
        self.reply.objects(LIST).ok()?.find(is_its)
    }
}

/// The signatures of a request's documents: one entry for each, and nothing else.
#[derive(Clone, Copy)]
pub struct Signatures<'a, 'r> {
    reply: Object<'r>,
    provider: &'a Provider<'a>,
    order: &'a Order<'a>,
    items: &'a [Item<'a>],
    first: usize,
    received: Option<Received>,
}

impl<'a, 'r> Signatures<'a, 'r> {
    /// Each document's number in the order, and its signature.
    ///
    /// A signature that is missing from its entry is an error of that document alone, and so is a
    /// signed PDF that does not begin with the bytes that were sent, unless a page was asked for.
    pub fn iter(
        &self,
    ) -> impl Iterator<Item = (usize, Result<Signature<'r>, Error>)> + use<'a, 'r> {
        let signatures = *self;
        let mut entries = Entries::new(self.reply);
        self.items.iter().enumerate().map(move |(place, item)| {
            let signature = entries
                .take(item.id)
                .ok_or_else(|| PeerError::Mismatch(Mismatch::Ids).into())
                .and_then(|entry| signatures.signature(&entry));
            (signatures.first.saturating_add(place), signature)
        })
    }

    /// The signed document where there is one (in a member that no manual names and programs in use
    /// read), else the signature.
    fn signature(&self, entry: &Object<'r>) -> Result<Signature<'r>, Error> {
        if let Some(received) = self.received {
            let must_extend = self.order.format.needs_document() && !self.order.signature_page;
            return match received.origin {
                Origin::Rewritten if must_extend => {
                    Err(PeerError::Mismatch(Mismatch::Document).into())
                }
                _ => Ok(Signature::Received(received)),
            };
        }
        let wrapping = self.provider.wrapping;
        let document = self.provider.signed_document.and_then(|member| entry.member(member));
        match document {
            Some(Value::Text(text)) if !text.is_empty() => {
                Ok(Signature::Document(Encoded { text, wrapping, content: Wrapped::Document }))
            }
            None | Some(Value::Text(_)) => {
                let content = if self.order.format.is_raw() { Wrapped::Raw } else { Wrapped::Cms };
                let text = entry.text("raw_signature")?;
                Ok(Signature::Detached(Encoded { text, wrapping, content }))
            }
            Some(_) => Err(PeerError::Malformed(Malformed {
                document: Document::Signature,
                flaw: Flaw::WrongType("signed document"),
            })
            .into()),
        }
    }

    /// The number of the document that was received and is good.
    pub(super) fn received(&self) -> Option<usize> {
        self.iter().find_map(|(place, signature)| match signature {
            Ok(Signature::Received(_)) => Some(place),
            _ => None,
        })
    }

    /// The identifier of the certificate that was used, where the service tells it.
    #[must_use]
    pub fn certificate_alias(&self) -> Option<&'r str> {
        self.reply.optional_text("certificate_alias").ok().flatten()
    }
}

impl fmt::Debug for Signatures<'_, '_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Signatures({} from {})", self.items.len(), self.first)
    }
}

/// One signature.
#[derive(Clone, Copy, Debug)]
pub enum Signature<'r> {
    /// A signature apart from its document: a bare one or a CMS, as the format asked for has it.
    Detached(Encoded<'r>),
    /// A signed document, from a reply that was not looked through for it. It has not been compared
    /// with the one that was sent.
    Document(Encoded<'r>),
    /// A signed document that is in the driver's sink.
    Received(Received),
}

impl<'r> Signature<'r> {
    /// What the reply holds of it; nothing when it is in the driver's sink.
    #[must_use]
    pub const fn encoded(&self) -> Option<Encoded<'r>> {
        match self {
            Self::Detached(encoded) | Self::Document(encoded) => Some(*encoded),
            Self::Received(_) => None,
        }
    }
}
