//! What a reply tells of each document.

use core::fmt;

use crate::certillion::certificate_discovery::Certificate;
use crate::certillion::refusal::{self, Meaning};
use crate::certillion::status::Status;
use crate::codec::json::{Object, Objects, Value};
use crate::error::{Document, Error, Flaw, Malformed, Mismatch, PeerError};

/// The member of a reply in which its signatures are listed.
const LIST: &str = "signatures";

/// The entries of a reply, one for each document that was asked for.
///
/// Unsure: how the reply is nested, of which no source shows a sample. What an entry may tell is
/// read from the entry and, where it is not there, from the reply itself; a reply without a list is
/// the entry of the one document that was asked for.
#[derive(Clone)]
pub struct Signatures<'r> {
    reply: Object<'r>,
    /// The HTTP status.
    http: u16,
    /// The entries that were not handed out, in the reply's order; `None` where there is no list.
    rest: Option<Objects<'r>>,
    count: usize,
    by_id: bool,
}

impl<'r> Signatures<'r> {
    /// The entries of a reply for so many documents.
    pub(super) fn new(reply: Object<'r>, http: u16, count: usize) -> Result<Self, Error> {
        let list = reply.optional_objects(LIST)?;
        let mut signatures = Self { reply, http, rest: list.clone(), count, by_id: false };
        let status = Status::of(&reply);
        let (mut entries, mut by_id) = (0_usize, false);
        for entry in list.into_iter().flatten() {
            entries = entries.wrapping_add(1);
            by_id |= id(&entry)?.is_some();
        }
        match status.filter(|_| entries == 0) {
            Some(Status { code: Status::SIGNATURE_VALID, .. }) | None => {}
            Some(status) if refusal::is_open(&status) => return Err(PeerError::InDoubt.into()),
            Some(status) if status.is_error() => {
                return Err(refusal::of_status(http, &status, Meaning::OF_SIGNATURE));
            }
            Some(_) => {}
        }
        if signatures.rest.is_none() {
            if count != 1 {
                return Err(reply.flaw(Flaw::Missing(LIST)));
            }
            (entries, by_id) = (1, id(&reply)?.is_some());
        }
        if entries != count {
            return Err(PeerError::Mismatch(Mismatch::Ids).into());
        }
        // Where one has an identifier, all of them are looked for by theirs.
        signatures.by_id = by_id;
        Ok(signatures)
    }

    /// Whether the entries tell whose they are. Otherwise their order does.
    #[must_use]
    pub const fn is_by_id(&self) -> bool {
        self.by_id
    }

    /// The entry of the document with this identifier. They are asked for in the order of the
    /// request, each once.
    pub fn entry(&mut self, id: &str) -> Option<Entry<'r>> {
        let own = match &mut self.rest {
            None => self.reply,
            Some(rest) => {
                let next = rest.next();
                let is_its = |entry: &Object<'r>| is_of(entry, id);
                match next {
                    Some(next) if !self.by_id || is_its(&next) => next,
                    // Not in the order of the request.
                    _ => self.reply.objects(LIST).ok()?.find(is_its)?,
                }
            }
        };
        if self.by_id && !is_of(&own, id) {
            return None;
        }
        Some(Entry { own, reply: self.reply, http: self.http, is_only: self.count == 1 })
    }
}

impl fmt::Debug for Signatures<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Signatures({})", self.count)
    }
}

/// The identifier of an entry.
fn id<'r>(entry: &Object<'r>) -> Result<Option<&'r str>, Error> {
    match entry.member("id") {
        None => Ok(None),
        Some(Value::Text(id) | Value::Number(id)) => Ok(Some(id)),
        Some(_) => Err(entry.flaw(Flaw::WrongType("id"))),
    }
}

fn is_of(entry: &Object<'_>, wanted: &str) -> bool {
    matches!(id(entry), Ok(Some(id)) if id == wanted)
}

/// What a reply tells of one document.
#[derive(Clone, Copy)]
pub struct Entry<'r> {
    own: Object<'r>,
    reply: Object<'r>,
    http: u16,
    /// Whether it is the only one, so that what the reply says it says of this.
    is_only: bool,
}

impl<'r> Entry<'r> {
    /// What became of it; `None` where nothing is told.
    #[must_use]
    pub fn status(&self) -> Option<Status<'r>> {
        // A status of its own that cannot be read is not made good by another one.
        match self.own.member("status") {
            Some(_) => Status::of(&self.own),
            None => Status::of(&self.reply),
        }
    }

    /// Whether it is signed, which only the code 140 says.
    ///
    /// # Errors
    /// The refusal that the code is; [`PeerError::InDoubt`] for a code that tells neither, such as
    /// 110 for a transaction that is in progress, and for a trust service that did not answer in
    /// time; [`PeerError::Malformed`] where nothing is told.
    pub fn check(&self) -> Result<(), Error> {
        match self.status() {
            Some(Status { code: Status::SIGNATURE_VALID, .. }) => Ok(()),
            Some(status) => Err(refusal::of_status(self.http, &status, Meaning::OF_SIGNATURE)),
            None => {
                let (document, flaw) = (Document::Signature, Flaw::Missing("status"));
                Err(PeerError::Malformed(Malformed { document, flaw }).into())
            }
        }
    }

    /// What the service calls the signature by, for the download: `transaction_id` (a third party's
    /// design document) or `transaction` (API page, in the download's path), a text or a number.
    #[must_use]
    pub fn transaction(&self) -> Option<&'r str> {
        let of = |object: &Object<'r>| {
            ["transaction_id", "transaction"].into_iter().find_map(|name| {
                match object.member(name) {
                    Some(Value::Text(text) | Value::Number(text)) if !text.is_empty() => Some(text),
                    _ => None,
                }
            })
        };
        // The transaction of several documents is none of theirs.
        of(&self.own).or_else(|| if self.is_only { of(&self.reply) } else { None })
    }

    /// The signature in base64, where the reply brings it.
    #[must_use]
    pub fn signature(&self) -> Option<&'r str> {
        let own = text(&self.own, "signature");
        own.or_else(|| if self.is_only { text(&self.reply, "signature") } else { None })
    }

    /// The holder's CPF or CNPJ, in the service's word: `signer_identifier`, or as the API page
    /// spells it, `signer_indentifier`. It is a hint: the certificate tells who signed.
    #[must_use]
    pub fn signer(&self) -> Option<&'r str> {
        self.told("signer_identifier").or_else(|| self.told("signer_indentifier"))
    }

    /// The policy that was signed under.
    #[must_use]
    pub fn policy_id(&self) -> Option<&'r str> {
        self.told("policy_id")
    }

    /// The certificate that was used.
    #[must_use]
    pub fn certificate(&self) -> Option<Certificate<'r>> {
        let of = |object: &Object<'r>| object.member("signer_certificate");
        of(&self.own).or_else(|| of(&self.reply)).and_then(Certificate::of)
    }

    /// All that the entry has, for what is not known of it.
    #[must_use]
    pub const fn raw(&self) -> Object<'r> {
        self.own
    }

    /// A text of the entry or of the reply.
    fn told(&self, name: &str) -> Option<&'r str> {
        text(&self.own, name).or_else(|| text(&self.reply, name))
    }
}

impl fmt::Debug for Entry<'_> {
    /// Shows neither the signer's number nor the certificate, in which it stands.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Entry")
            .field("status", &self.status().map(|status| status.code))
            .field("transaction", &self.transaction())
            .finish_non_exhaustive()
    }
}

/// A text that is not empty.
fn text<'r>(object: &Object<'r>, name: &str) -> Option<&'r str> {
    match object.member(name) {
        Some(Value::Text(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}
