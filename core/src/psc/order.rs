//! What is to be signed, and how.

use super::format::{Format, Padding};
use super::provider::Provider;
use crate::document::{Digest, Hasher};
use crate::error::{Error, Misuse};

/// What is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A document that stays here: only its digest is sent.
    Digest(Digest),
    /// A document that is sent, of so many bytes; it streams through the request's body.
    Document {
        /// Its length in bytes.
        length: u64,
        /// Its digest, where it is known already: the request is broken off when another document
        /// is read.
        digest: Option<Digest>,
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

    /// Checks this document alone, so that one that no service takes need not keep others back.
    ///
    /// # Errors
    /// [`Misuse`] with what the provider would refuse.
    pub fn check(&self, format: Format, provider: &Provider<'_>) -> Result<(), Error> {
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
            Content::Digest(Digest::OF_NOTHING) | Content::Document { length: 0, .. } => {
                Err(Misuse::EmptyDocument.into())
            }
            Content::Digest(_) if format.needs_document() => {
                Err(Misuse::Field("base64_content").into())
            }
            Content::Document { length, .. } if length > provider.limits.document_bytes => {
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
        let mut hasher = Hasher::new();
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
                Content::Document { length, digest } => {
                    field(&length.to_be_bytes());
                    field(digest.as_ref().map_or(&[][..], |digest| digest.as_bytes()));
                }
            }
        }
        hasher.finish()
    }
}
