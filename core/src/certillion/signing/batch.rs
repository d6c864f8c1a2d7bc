//! What inputs bring to a signing.

use core::fmt;

use heapless::{String, Vec};

use super::super::document_download::is_transaction;
use super::super::order::Order;
use super::super::progress::{Progress, Stage, TRANSACTION};
use super::super::signature::{Entry, Signatures};
use crate::document::Received;
use crate::error::{Document, Error, Flaw, Malformed, Mismatch, PeerError};
use crate::flow::Gain;

/// Documents of one request, by their numbers in the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documents(Vec<usize, { Self::MOST }>);

impl Documents {
    /// The most documents whose signatures one request asks for, whatever the profile says.
    pub const MOST: usize = 64;

    /// The documents at a stage.
    pub(super) fn of(progress: &[Progress], stage: Stage) -> Self {
        let all = progress.iter().enumerate().filter(|(_, each)| each.stage == stage);
        Self(all.map(|(document, _)| document).take(Self::MOST).collect())
    }

    /// One document.
    pub(super) fn one(document: usize) -> Self {
        Self(core::iter::once(document).collect())
    }

    /// Their numbers, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().copied()
    }
}

/// What an input brought.
#[derive(Debug)]
pub enum SigningGain<'c, 'r> {
    /// Nothing that the host need know of.
    Nothing,
    /// A document is with the service, and is not sent again.
    Uploaded(usize),
    /// The reply to a request for signatures: what became of each of its documents.
    Signed(Batch<'c, 'r>),
    /// A signed document has come, and is in the driver's sink. It has not been verified.
    Received(Received),
    /// There will be no signature for these documents.
    Failed {
        /// Which.
        documents: Documents,
        /// Why.
        error: Error,
    },
}

impl Gain for SigningGain<'_, '_> {
    fn document(&self) -> Option<usize> {
        match self {
            Self::Received(received) => Some(received.document),
            _ => None,
        }
    }
}

/// What became of the documents of one request.
#[derive(Clone)]
pub struct Batch<'c, 'r> {
    order: &'c Order<'c>,
    documents: Documents,
    signatures: Signatures<'r>,
}

/// A document that is signed.
#[derive(Clone, Copy, Debug)]
pub struct SignedEntry<'r> {
    /// What the service tells of it.
    pub entry: Entry<'r>,
    /// The signature in base64, where it stands apart from its document, or cannot be fetched, and
    /// came with the reply. All others are still to be fetched.
    pub signature: Option<&'r str>,
}

impl<'c, 'r> Batch<'c, 'r> {
    pub(super) const fn new(
        order: &'c Order<'c>,
        documents: Documents,
        signatures: Signatures<'r>,
    ) -> Self {
        Self { order, documents, signatures }
    }

    /// Each document's number in the order, and whether it is signed. One whose outcome is
    /// [`PeerError::InDoubt`] is still open: see [`SigningEvent::InDoubt`](super::SigningEvent).
    pub fn iter(
        &self,
    ) -> impl Iterator<Item = (usize, Result<SignedEntry<'r>, Error>)> + use<'_, 'c, 'r> {
        let mut signatures = self.signatures.clone();
        let detached = self.order.detached;
        self.documents.iter().map(move |document| {
            let id = self.order.items.get(document).map_or("", |item| item.id);
            // One entry for each was found when the reply was read.
            let outcome = match signatures.entry(id) {
                None => Err(PeerError::Mismatch(Mismatch::Ids).into()),
                Some(entry) => signed(entry, detached),
            };
            (document, outcome)
        })
    }

    /// By what the service knows each document's signature, where it told so.
    pub(super) fn transactions(
        &self,
    ) -> impl Iterator<Item = (usize, String<TRANSACTION>)> + use<'_, 'c, 'r> {
        let mut signatures = self.signatures.clone();
        self.documents.iter().filter_map(move |document| {
            let id = self.order.items.get(document)?.id;
            let transaction = signatures.entry(id)?.transaction()?;
            Some((document, String::try_from(transaction).ok().filter(|it| is_transaction(it))?))
        })
    }
}

fn signed(entry: Entry<'_>, detached: bool) -> Result<SignedEntry<'_>, Error> {
    entry.check().map_err(|error| match error {
        // An entry that says nothing that can be read says not that it is not signed.
        Error::Peer(PeerError::Malformed(_)) => PeerError::InDoubt.into(),
        error => error,
    })?;
    let transaction = entry.transaction();
    // Where nothing can be fetched, what came with the reply is all there is.
    let signature = entry.signature().filter(|_| detached || transaction.is_none());
    let flaw = match transaction {
        _ if signature.is_some() => None,
        Some(text) if is_transaction(text) => None,
        Some(_) => Some(Flaw::Invalid("transaction_id")),
        None => Some(Flaw::Missing("transaction_id")),
    };
    match flaw {
        None => Ok(SignedEntry { entry, signature }),
        Some(flaw) => {
            let document = Document::Signature;
            Err(PeerError::Malformed(Malformed { document, flaw }).into())
        }
    }
}

impl fmt::Debug for Batch<'_, '_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Batch").field(&self.documents).finish()
    }
}
