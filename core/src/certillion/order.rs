//! What is to be signed, and how.

use serde::{Deserialize, Serialize};

use super::application::Application;
use super::members::{Hashed, Members};
use super::options::Options;
use super::profile::{PolicySpelling, Profile};
use super::text::{check_optional, is_presentable};
use crate::document::{Digest, Hasher};
use crate::error::{Error, Misuse};
use crate::oauth::scope::Scope;

/// A form of signatures (API page, `signature_standard`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Standard {
    /// PAdES, in a PDF, without a policy of ICP-Brasil unless one is named.
    Pades,
    /// PAdES with a policy of ICP-Brasil.
    PadesIcpBr,
    /// CAdES, of any document.
    Cades,
    /// XAdES, of an XML document.
    Xades,
}

impl Standard {
    /// Every standard.
    pub const ALL: [Self; 4] = [Self::Pades, Self::PadesIcpBr, Self::Cades, Self::Xades];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pades => "PADES",
            Self::PadesIcpBr => "PADES_ICP_BR",
            Self::Cades => "CADES",
            Self::Xades => "XADES",
        }
    }

    /// The standard of a word.
    #[must_use]
    pub fn from_wire(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standard| standard.as_str() == word)
    }

    /// Whether the signature stands in a PDF.
    #[must_use]
    pub const fn is_pdf(self) -> bool {
        matches!(self, Self::Pades | Self::PadesIcpBr)
    }

    /// Whether a policy must be named (API page: `PADES` alone does not require one).
    #[must_use]
    pub const fn needs_policy(self) -> bool {
        !matches!(self, Self::Pades)
    }
}

/// A signature policy of ICP-Brasil (API page, `signature_policy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Policy {
    /// The basic signature.
    AdRb,
    /// With a time stamp.
    AdRt,
    /// With references for its validation.
    AdRv,
    /// With all that its validation needs.
    AdRc,
    /// For archives.
    AdRa,
}

impl Policy {
    /// Every policy.
    pub const ALL: [Self; 5] = [Self::AdRb, Self::AdRt, Self::AdRv, Self::AdRc, Self::AdRa];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self, spelling: PolicySpelling) -> &'static str {
        match (self, spelling) {
            (Self::AdRb, PolicySpelling::Underscore) => "AD_RB",
            (Self::AdRt, PolicySpelling::Underscore) => "AD_RT",
            (Self::AdRv, PolicySpelling::Underscore) => "AD_RV",
            (Self::AdRc, PolicySpelling::Underscore) => "AD_RC",
            (Self::AdRa, PolicySpelling::Underscore) => "AD_RA",
            (Self::AdRb, PolicySpelling::Hyphen) => "AD-RB",
            (Self::AdRt, PolicySpelling::Hyphen) => "AD-RT",
            (Self::AdRv, PolicySpelling::Hyphen) => "AD-RV",
            (Self::AdRc, PolicySpelling::Hyphen) => "AD-RC",
            (Self::AdRa, PolicySpelling::Hyphen) => "AD-RA",
        }
    }

    /// The policy of a word in either spelling.
    #[must_use]
    pub fn from_wire(word: &str) -> Option<Self> {
        let is_its = |policy: &Self| {
            let spellings = [PolicySpelling::Underscore, PolicySpelling::Hyphen];
            spellings.into_iter().any(|spelling| policy.as_str(spelling) == word)
        };
        Self::ALL.into_iter().find(is_its)
    }
}

/// One document to be signed.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// What the reply is matched by: unique in its order, 1 to 64 bytes, no control characters.
    pub id: &'a str,
    /// The name of the file, which the holder may be shown: 1 to 255 bytes, no control characters.
    pub alias: &'a str,
    /// Bytes of the document; it streams through the upload's body.
    pub length: u64,
    /// The document's media type, such as `application/pdf`; `None` for one that is not told.
    pub media_type: Option<&'a str>,
    /// What the service digests the document with, by its object identifier.
    ///
    /// Unsure: the API page has the member without its values; the object identifier is what
    /// DOC-ICP-17.01 has under the same name. The service knows how it digested what was uploaded,
    /// so that it can be left out.
    pub hash_algorithm: Option<&'a str>,
    /// How this one is signed, beyond what the order says.
    pub options: Option<&'a Options<'a>>,
}

impl<'a> Item<'a> {
    /// Bytes of the longest identifier.
    pub const ID: usize = 64;

    /// Bytes of the longest alias.
    pub const ALIAS: usize = 255;

    /// A document with nothing said of it that need not be.
    #[must_use]
    pub const fn new(id: &'a str, alias: &'a str, length: u64) -> Self {
        Self { id, alias, length, media_type: None, hash_algorithm: None, options: None }
    }

    /// Checks this document alone, so that one that the service does not take need not keep others
    /// back.
    ///
    /// # Errors
    /// [`Misuse`] with what the service would refuse.
    pub fn check(&self, standard: Standard, profile: &Profile<'_>) -> Result<(), Error> {
        if !is_presentable(self.id, Self::ID) {
            return Err(Misuse::Field("id").into());
        }
        if !is_presentable(self.alias, Self::ALIAS) {
            return Err(Misuse::Field("alias").into());
        }
        if self.length == 0 {
            return Err(Misuse::EmptyDocument.into());
        }
        if self.length > profile.limits.document_bytes {
            return Err(Misuse::DocumentTooLarge.into());
        }
        if self.media_type.is_some_and(|media_type| !is_media_type(media_type)) {
            return Err(Misuse::Field("media_type").into());
        }
        check_optional(self.hash_algorithm, 64, "hash_algorithm")?;
        self.options.map_or(Ok(()), |options| options.check(standard))
    }
}

/// Whether a text can stand in a header as a media type (RFC 9110 §8.3.1), parameters included.
pub(super) fn is_media_type(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    text.len() <= 127 && text.contains('/') && text.bytes().all(allowed)
}

/// Documents to be signed in one way.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The documents.
    pub items: &'a [Item<'a>],
    /// The form of the signatures.
    pub standard: Standard,
    /// The policy; only [`Standard::Pades`] can do without.
    pub policy: Option<Policy>,
    /// Whether a signature stands apart from its document: of CAdES and XAdES only.
    pub detached: bool,
    /// The public-key infrastructure, mostly [`Order::ICP_BR`]; `None` leaves the member out.
    pub pki_name: Option<&'a str>,
    /// Which of the holder's certificates; `None` leaves it to the service.
    pub certificate_alias: Option<&'a str>,
}

impl Order<'_> {
    /// ICP-Brasil: the only infrastructure that the API page names.
    pub const ICP_BR: &'static str = "ICP_BR";

    /// Bytes of the longest identifier of a certificate.
    pub const CERTIFICATE_ALIAS: usize = 255;

    /// Checks all of it before the holder is bothered.
    ///
    /// # Errors
    /// [`Misuse`] with what the service would refuse.
    pub fn check(&self, profile: &Profile<'_>) -> Result<(), Error> {
        if self.items.is_empty() {
            return Err(Misuse::EmptyDocument.into());
        }
        if self.standard.needs_policy() && self.policy.is_none() {
            return Err(Misuse::Field("signature_policy").into());
        }
        // A signature of PAdES is a part of the PDF (ISO 32000-1 §12.8).
        if self.detached && self.standard.is_pdf() {
            return Err(Misuse::Field("detached").into());
        }
        check_optional(self.pki_name, 64, "pki_name")?;
        check_optional(self.certificate_alias, Self::CERTIFICATE_ALIAS, "certificate_alias")?;
        // Identifiers that are counted up stand in an order of their own, and where each is beyond
        // the one before, none stands there twice. Only others are compared each with each.
        let is_below =
            |one: &Item<'_>, next: &Item<'_>| (one.id.len(), one.id) < (next.id.len(), next.id);
        let ascending = self.items.is_sorted_by(is_below);
        for (place, item) in self.items.iter().enumerate() {
            item.check(self.standard, profile)?;
            if !ascending && self.items.iter().take(place).any(|earlier| earlier.id == item.id) {
                return Err(Misuse::DuplicateId.into());
            }
        }
        Ok(())
    }

    /// Documents that one request may hold for a token of this scope: one for
    /// [`Scope::SingleSignature`] (API page), else as many as the profile says.
    #[must_use]
    pub fn most_per_request(profile: &Profile<'_>, scope: Scope) -> usize {
        match scope {
            Scope::SingleSignature => 1,
            _ => profile.limits.hashes_per_request.max(1),
        }
    }

    /// A digest of all that is ordered and of whom, by which a saved flow knows its order again.
    #[must_use]
    pub fn fingerprint(&self, application: &Application<'_>) -> Digest {
        let mut hasher = Hasher::new();
        application.write_fingerprint(&mut hasher);
        let mut hashed = Hashed(&mut hasher);
        hashed.text("signature_standard", self.standard.as_str());
        let policy = self.policy.map_or("", |policy| policy.as_str(PolicySpelling::Underscore));
        hashed.text("signature_policy", policy);
        hashed.flag("detached", self.detached);
        hashed.text("pki_name", self.pki_name.unwrap_or_default());
        hashed.text("certificate_alias", self.certificate_alias.unwrap_or_default());
        for item in self.items {
            hashed.open("hashes");
            hashed.text("id", item.id);
            hashed.text("alias", item.alias);
            hashed.text("media_type", item.media_type.unwrap_or_default());
            hashed.text("hash_algorithm", item.hash_algorithm.unwrap_or_default());
            hashed.field(&item.length.to_be_bytes());
            if let Some(options) = item.options {
                options.visit(&mut hashed);
            }
            hashed.close();
        }
        hasher.finish()
    }
}
