//! What is to be signed, and how.

use super::application::Application;
use super::format::{Format, Padding};
use super::provider::{Ids, Provider};
use crate::codec::decimal;
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
    /// What the reply is matched by: unique in its order, 1 to 64 bytes, no control characters. Where
    /// the provider wants numbers, decimal digits.
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
        self.misuse(format, provider).map_or(Ok(()), |misuse| Err(misuse.into()))
    }

    /// What the provider would refuse.
    fn misuse(&self, format: Format, provider: &Provider<'_>) -> Option<Misuse> {
        if !is_presentable(self.id, Self::ID) {
            return Some(Misuse::Field("id"));
        }
        if provider.ids == Ids::Number && !is_number(self.id) {
            return Some(Misuse::Field("id"));
        }
        if !is_presentable(self.alias, Self::ALIAS) {
            return Some(Misuse::Field("alias"));
        }
        match self.content {
            // Compared, not matched: a pattern of 32 bytes is 32 comparisons.
            Content::Digest(digest) if digest == Digest::OF_NOTHING => Some(Misuse::EmptyDocument),
            Content::Document { length: 0, .. } => Some(Misuse::EmptyDocument),
            Content::Digest(_) if format.needs_document() => Some(Misuse::Field("base64_content")),
            Content::Document { .. } if !provider.documents => {
                Some(Misuse::NotOffered("base64_content"))
            }
            Content::Document { length, .. } if length > provider.limits.document_bytes => {
                Some(Misuse::DocumentTooLarge)
            }
            _ => None,
        }
    }
}

/// Whether a text has 1 to `bound` bytes and no control characters.
#[inline(never)]
fn is_presentable(text: &str, bound: usize) -> bool {
    !text.is_empty() && text.len() <= bound && !text.chars().any(char::is_control)
}

/// Whether an identifier can be written as a JSON number and comes back as it went.
#[inline(never)]
fn is_number(id: &str) -> bool {
    decimal::parse(id).is_some() && (id.len() == 1 || id.as_bytes().first() != Some(&b'0'))
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
        self.misuse(provider).map_or(Ok(()), |misuse| Err(misuse.into()))
    }

    /// What the provider would refuse.
    fn misuse(&self, provider: &Provider<'_>) -> Option<Misuse> {
        if self.items.is_empty() {
            return Some(Misuse::EmptyDocument);
        }
        if !provider.formats.contains(&self.format) {
            return Some(Misuse::NotOffered(self.format.as_str()));
        }
        match self.padding {
            Some(padding) if !self.format.is_raw() || !provider.paddings.contains(&padding) => {
                return Some(Misuse::NotOffered(padding.as_str()));
            }
            _ => {}
        }
        if self.signature_page && !(self.format.needs_document() && provider.signature_page) {
            return Some(Misuse::Field("pdf_signature_page"));
        }
        // Identifiers that are counted up stand in an order of their own, and where each is beyond the
        // one before, none stands there twice. Only others are compared each with each.
        let is_below =
            |one: &Item<'_>, next: &Item<'_>| (one.id.len(), one.id) < (next.id.len(), next.id);
        let ascending = self.items.is_sorted_by(is_below);
        for (place, item) in self.items.iter().enumerate() {
            let misuse = item.misuse(self.format, provider);
            if misuse.is_some() {
                return misuse;
            }
            if !ascending && self.items.iter().take(place).any(|earlier| earlier.id == item.id) {
                return Some(Misuse::DuplicateId);
            }
        }
        None
    }

    /// A digest of all that is ordered and of whom, by which a saved flow knows its order again.
    pub(super) fn fingerprint(&self, application: &Application<'_>) -> Digest {
        let mut hasher = Hasher::new();
        application.write_fingerprint(&mut hasher);
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
