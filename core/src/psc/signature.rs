//! The request for signatures (VIDaaS manual v1.6 §3.2, DOC-ICP-17.01 §6.4.5.2).

use core::fmt;
use core::ops::Range;

use super::application::Application;
use super::provider::Provider;
use crate::codec::base64;
use crate::codec::buffer::{Buffer, as_text};
use crate::codec::json::{self, Object, Writer};
use crate::document::{Body, Digest, Slot, Template};
use crate::error::{Document, Error, Mismatch, Misuse, PeerError, ResourceError};
use crate::exchange::{ContentType, Effect, Exchange, Method, Request, Response};
use crate::oauth::refusal;

/// A form in which a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// The bare result of the private key's operation over the digest.
    Raw,
    /// VIDaaS's other word for it. Unsure: no source tells the difference from [`Format::Raw`].
    RawData,
    /// Unsure: no source tells what is done with the digest.
    RawDigestedData,
    /// PKCS#7, detached, with contentType, signingTime (the service's clock), messageDigest and
    /// signingCertificateV2 signed.
    Cms,
    /// CAdES with the policy AD-RT: a time stamp is in it.
    CadesAdRt,
    /// CAdES with the policy AD-RB.
    CadesAdRb,
    /// A signed PDF with the policy AD-RT. The document is sent.
    PadesAdRt,
    /// A signed PDF with the policy AD-RB. The document is sent.
    PadesAdRb,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 8] = [
        Self::Raw,
        Self::RawData,
        Self::RawDigestedData,
        Self::Cms,
        Self::CadesAdRt,
        Self::CadesAdRb,
        Self::PadesAdRt,
        Self::PadesAdRb,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raw => "RAW",
            Self::RawData => "RAW_DATA",
            Self::RawDigestedData => "RAW_DIGESTED_DATA",
            Self::Cms => "CMS",
            Self::CadesAdRt => "CAdES_AD_RT",
            Self::CadesAdRb => "CAdES_AD_RB",
            Self::PadesAdRt => "PAdES_AD_RT",
            Self::PadesAdRb => "PAdES_AD_RB",
        }
    }

    /// Whether it cannot be made of a digest alone.
    #[must_use]
    pub const fn needs_document(self) -> bool {
        matches!(self, Self::PadesAdRt | Self::PadesAdRb)
    }

    /// Whether it is the bare result of the key, to which a padding belongs.
    #[must_use]
    pub const fn is_raw(self) -> bool {
        matches!(self, Self::Raw | Self::RawData | Self::RawDigestedData)
    }
}

/// How a digest is brought to the length of the key (VIDaaS manual v1.6 §3.2 note 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Padding {
    /// Unsure: no source tells what is signed then.
    None,
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2); the service adds the DigestInfo.
    Pkcs1V15,
    /// RSASSA-PSS (RFC 8017 §8.1).
    Pss,
}

impl Padding {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Pkcs1V15 => "PKCS1V1_5",
            Self::Pss => "PSS",
        }
    }
}

/// What is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A document that stays here: only its digest is sent.
    Digest(Digest),
    /// A document that is sent, of so many bytes; it streams through the request's body.
    Document {
        /// Its length in bytes.
        length: u64,
    },
}

/// One document to be signed.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// What the reply is matched by: unique in its order, 1 to 64 bytes, no control characters.
    pub id: &'a str,
    /// The name that the holder may be shown: 1 to 255 bytes, no control characters.
    pub alias: &'a str,
    /// What is signed.
    pub content: Content,
}

impl Item<'_> {
    /// Bytes of the longest identifier.
    pub const ID: usize = 64;

    /// Bytes of the longest alias.
    pub const ALIAS: usize = 255;

    fn check(&self, format: Format, provider: &Provider<'_>) -> Result<(), Error> {
        let bounded = |text: &str, bound: usize| {
            !text.is_empty() && text.len() <= bound && !text.chars().any(char::is_control)
        };
        if !bounded(self.id, Self::ID) {
            return Err(Misuse::Field("id").into());
        }
        if !bounded(self.alias, Self::ALIAS) {
            return Err(Misuse::Field("alias").into());
        }
        match self.content {
            Content::Digest(Digest::OF_NOTHING) | Content::Document { length: 0 } => {
                Err(Misuse::EmptyDocument.into())
            }
            Content::Digest(_) if format.needs_document() => {
                Err(Misuse::Field("base64_content").into())
            }
            Content::Document { length } if length > provider.limits.document_bytes => {
                Err(Misuse::DocumentTooLarge.into())
            }
            _ => Ok(()),
        }
    }
}

/// Documents to be signed in one way.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The documents.
    pub items: &'a [Item<'a>],
    /// The form of the signatures.
    pub format: Format,
    /// The padding, for the raw formats; `None` leaves it to the provider.
    pub padding: Option<Padding>,
    /// Whether the service adds a page to a PDF that shows the signature. It may then rewrite the
    /// document.
    pub signature_page: bool,
    /// Which of the holder's certificates; `None` leaves it to the provider.
    pub certificate_alias: Option<&'a str>,
}

impl Order<'_> {
    /// Checks all of it before the holder is bothered.
    ///
    /// # Errors
    /// [`Misuse`] with what the provider would refuse.
    pub fn check(&self, provider: &Provider<'_>) -> Result<(), Error> {
        if self.items.is_empty() {
            return Err(Misuse::EmptyDocument.into());
        }
        if !provider.formats.contains(&self.format) {
            return Err(Misuse::NotOffered(self.format.as_str()).into());
        }
        match self.padding {
            Some(padding) if !self.format.is_raw() || !provider.paddings.contains(&padding) => {
                return Err(Misuse::NotOffered(padding.as_str()).into());
            }
            _ => {}
        }
        if self.signature_page && !self.format.needs_document() {
            return Err(Misuse::Field("pdf_signature_page").into());
        }
        for (place, item) in self.items.iter().enumerate() {
            item.check(self.format, provider)?;
            if self.items.iter().take(place).any(|earlier| earlier.id == item.id) {
                return Err(Misuse::DuplicateId.into());
            }
        }
        Ok(())
    }

    /// A digest of all that is ordered, by which a saved flow knows its order again.
    pub(super) fn fingerprint(&self) -> Digest {
        let mut hasher = crate::document::Hasher::new();
        let mut field = |bytes: &[u8]| {
            hasher.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(bytes);
        };
        field(self.format.as_str().as_bytes());
        field(self.padding.map_or("", Padding::as_str).as_bytes());
        field(&[u8::from(self.signature_page)]);
        field(self.certificate_alias.unwrap_or_default().as_bytes());
        for item in self.items {
            field(item.id.as_bytes());
            field(item.alias.as_bytes());
            match item.content {
                Content::Digest(digest) => field(digest.as_bytes()),
                Content::Document { length } => field(&length.to_be_bytes()),
            }
        }
        hasher.finish()
    }
}

/// A request for the signatures of some of an order's documents.
#[derive(Clone, Debug)]
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

impl<'a> SignatureRequest<'a> {
    fn items(&self) -> &'a [Item<'a>] {
        self.order.items.get(self.items.clone()).unwrap_or_default()
    }
}

impl<'a> Exchange for SignatureRequest<'a> {
    type Reply<'r> = Signatures<'a, 'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let service = self.application.service;
        let mut out = Buffer::new(buffer);
        service.write_url(service.provider().paths.signature, &mut out);
        let url = out.mark();
        out.text(self.token);
        let bearer = out.mark();
        let mut documents = false;
        let mut encoded = 0_u64;
        let mut json = Writer::new(&mut out);
        json.open_object();
        if let Some(alias) = self.order.certificate_alias {
            json.pair("certificate_alias", alias);
        }
        json.name("hashes").open_array();
        for item in self.items() {
            json.open_object().pair("id", item.id).pair("alias", item.alias);
            match item.content {
                Content::Digest(digest) => {
                    json.encoded("hash", |out| base64::write(digest.as_bytes(), out));
                }
                Content::Document { length } => {
                    documents = true;
                    encoded = encoded.saturating_add(base64::encoded_length(length));
                    // The document stands before its digest, so that one pass gives both.
                    json.encoded("base64_content", |out| out.byte(Slot::Document.mark()))
                        .encoded("hash", |out| out.byte(Slot::Digest.mark()));
                }
            }
            json.pair("hash_algorithm", Digest::OID)
                .pair("signature_format", self.order.format.as_str());
            if let Some(padding) = self.order.padding {
                json.pair("padding_method", padding.as_str());
            }
            if self.order.signature_page {
                // A text, as the manual has it: `"true"` or `"false"`.
                json.pair("pdf_signature_page", "true");
            }
            json.close_object();
        }
        json.close_array().close_object();
        let ([url, bearer], body) = out.finish([url, bearer])?;
        Ok(Request {
            method: Method::Post,
            url: as_text(url),
            bearer: Some(as_text(bearer)),
            content_type: Some(ContentType::Json),
            accept: "application/json",
            body: if documents {
                Body::Template(Template::new(body, self.items.start, encoded))
            } else {
                Body::Bytes(body)
            },
            effect: Effect::Once,
        })
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<Signatures<'a, 'r>, Error> {
        read(self.order, self.items.clone(), response)
    }
}

/// Reads the reply to the request for some of an order's documents.
pub(super) fn read<'a, 'r>(
    order: &'a Order<'a>,
    range: Range<usize>,
    response: Response<'r>,
) -> Result<Signatures<'a, 'r>, Error> {
    match response.status {
        200 => {}
        401 => return Err(PeerError::Unauthorized.into()),
        // A gateway speaks for a service whose answer it does not know.
        502 | 504 => return Err(PeerError::InDoubt.into()),
        _ => return Err(refusal::read(response)),
    }
    let reply = json::read(response.body, Document::Signature)?.into_object(Document::Signature)?;
    let used = reply.optional_text("certificate_alias")?;
    if order.certificate_alias.zip(used).is_some_and(|(asked, used)| asked != used) {
        return Err(PeerError::Mismatch(Mismatch::Certificate).into());
    }
    let first = range.start;
    let items = order.items.get(range).unwrap_or_default();
    let mut count = 0_usize;
    for entry in reply.objects("signatures")? {
        let id = entry.text_or_number("id")?;
        if !items.iter().any(|item| item.id == id) {
            return Err(PeerError::Mismatch(Mismatch::Ids).into());
        }
        count = count.saturating_add(1);
    }
    // As many entries as items, each of them an item's: with one for every item there is neither a
    // double nor a missing one.
    if count != items.len() || items.iter().any(|item| find(&reply, item.id).is_none()) {
        return Err(PeerError::Mismatch(Mismatch::Ids).into());
    }
    Ok(Signatures { reply, items, first })
}

/// The entry of an identifier.
fn find<'r>(reply: &Object<'r>, id: &str) -> Option<Object<'r>> {
    reply.objects("signatures").ok()?.find(|entry| entry.text_or_number("id") == Ok(id))
}

/// The signatures of a request's documents: one entry for each, and nothing else.
#[derive(Clone, Copy)]
pub struct Signatures<'a, 'r> {
    reply: Object<'r>,
    items: &'a [Item<'a>],
    first: usize,
}

impl<'a, 'r> Signatures<'a, 'r> {
    /// Each document's number in the order, and its signature.
    ///
    /// A signature that is missing from its entry is an error of that document alone.
    pub fn iter(
        &self,
    ) -> impl Iterator<Item = (usize, Result<Signature<'r>, Error>)> + use<'a, 'r> {
        let Self { reply, items, first } = *self;
        items.iter().enumerate().map(move |(place, item)| {
            let signature = find(&reply, item.id)
                .ok_or_else(|| PeerError::Mismatch(Mismatch::Ids).into())
                .and_then(|entry| Signature::read(&entry));
            (first.saturating_add(place), signature)
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

/// One signature, in base64.
#[derive(Clone, Copy)]
pub struct Signature<'r> {
    text: &'r str,
    is_document: bool,
}

impl<'r> Signature<'r> {
    /// The signed document where there is one (`file_base64_signed`, which no manual names and
    /// programs in use read), else the signature.
    fn read(entry: &Object<'r>) -> Result<Self, Error> {
        match entry.optional_text("file_base64_signed")?.filter(|text| !text.is_empty()) {
            Some(text) => Ok(Self { text, is_document: true }),
            None => Ok(Self { text: entry.text("raw_signature")?, is_document: false }),
        }
    }

    /// Whether it is a signed document rather than a signature alone.
    #[must_use]
    pub const fn is_document(&self) -> bool {
        self.is_document
    }

    /// Bytes that are enough for [`Signature::decode`].
    #[must_use]
    pub const fn decoded_bound(&self) -> usize {
        base64::decoded_bound(self.text.len())
    }

    /// The bytes, in `out`.
    ///
    /// # Errors
    /// [`ResourceError::BufferTooSmall`], or [`PeerError::Malformed`] for what is no base64.
    pub fn decode<'o>(&self, out: &'o mut [u8]) -> Result<&'o [u8], Error> {
        base64::decode(self.text, out).map_err(|error| match error {
            base64::DecodeError::Output => {
                ResourceError::BufferTooSmall { needed: self.decoded_bound() }.into()
            }
            base64::DecodeError::Invalid => PeerError::Malformed(crate::error::Malformed {
                document: Document::Signature,
                flaw: crate::error::Flaw::Invalid("raw_signature"),
            })
            .into(),
        })
    }
}

impl fmt::Debug for Signature<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Signature({} characters)", self.text.len())
    }
}
