//! The request for signatures (API page, `signature`).

mod entry;

pub use entry::{Entry, Signatures};

use super::application::Application;
use super::members::Written;
use super::order::{Item, Order};
use super::post::post;
use super::progress::{Progress, Stage};
use super::refusal::{self, Meaning};
use crate::codec::json;
use crate::error::{Document, Error, Mismatch, Misuse, PeerError};
use crate::exchange::{Effect, Exchange, Request, Response};
use crate::secret::SecretText;

/// The request for the signatures of documents that were uploaded.
///
/// It may sign, and what it signs is billed: it is not sent again by itself.
#[derive(Clone, Copy, Debug)]
pub struct SignatureRequest<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// The holder's token.
    pub token: SecretText<'a>,
    /// The order.
    pub order: &'a Order<'a>,
    /// How far each of the order's documents is, in their order.
    pub progress: &'a [Progress],
    /// The stage of the documents that are meant: [`Stage::Uploaded`] to ask for them, and
    /// [`Stage::Sent`] to read the reply if they have been marked so.
    pub stage: Stage,
    /// How many of them at most, the first ones: [`Order::most_per_request`].
    pub most: usize,
}

impl<'a> SignatureRequest<'a> {
    /// The documents that are meant, by their numbers in the order.
    pub fn documents(&self) -> impl Iterator<Item = (usize, &'a Item<'a>, &'a Progress)> + use<'a> {
        let stage = self.stage;
        let all = self.order.items.iter().zip(self.progress).enumerate();
        all.filter(move |(_, (_, progress))| progress.stage == stage)
            .map(|(place, (item, progress))| (place, item, progress))
            .take(self.most)
    }
}

impl Exchange for SignatureRequest<'_> {
    /// Every document has its entry, and there is no other. What an entry tells is still to be
    /// looked at: a status of 200 does not mean that anything was signed.
    type Reply<'r> = Signatures<'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        if self.documents().next().is_none() {
            return Err(Misuse::EmptyDocument.into());
        }
        if self.documents().any(|(_, _, progress)| progress.hash.is_empty()) {
            return Err(Misuse::OutOfOrder.into());
        }
        let profile = self.application.profile();
        let request =
            post(self.application, profile.paths.signature, Some(self.token), buffer, |json| {
                json.pair("signature_standard", self.order.standard.as_str());
                if let Some(alias) = self.order.certificate_alias {
                    json.pair("certificate_alias", alias);
                }
                if let Some(policy) = self.order.policy {
                    json.pair("signature_policy", policy.as_str(profile.policy_spelling));
                }
                if let Some(pki_name) = self.order.pki_name {
                    json.pair("pki_name", pki_name);
                }
                json.flag("detached", self.order.detached).name("hashes").open_array();
                for (_, item, progress) in self.documents() {
                    json.open_object()
                        .pair("id", item.id)
                        .pair("alias", item.alias)
                        .pair("hash", &progress.hash);
                    if let Some(algorithm) = item.hash_algorithm {
                        json.pair(profile.spell("hash_algorithm"), algorithm);
                    }
                    if let Some(options) = item.options {
                        json.name(profile.spell("signature_standard_options")).open_object();
                        options.visit(&mut Written { json, profile });
                        json.close_object();
                    }
                    json.close_object();
                }
                json.close_array();
            })?;
        Ok(Request { effect: Effect::Once, ..request })
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<Signatures<'r>, Error> {
        if !refusal::is_success(response.status) {
            return Err(refusal::read(response, Meaning::OF_SIGNATURE));
        }
        let http = response.status;
        let reply = json::read_object(response.body, Document::Signature)?;
        let count = self.documents().count();
        let mut signatures = Signatures::new(reply, http, count)?;
        let in_order = self.application.profile().entries_in_order;
        if !signatures.is_by_id() && !in_order {
            return Err(PeerError::Mismatch(Mismatch::Ids).into());
        }
        // As many entries as documents, and one for every document: there is neither a double nor a
        // missing nor a foreign one.
        if self.documents().any(|(_, item, _)| signatures.entry(item.id).is_none()) {
            return Err(PeerError::Mismatch(Mismatch::Ids).into());
        }
        Signatures::new(reply, http, count)
    }
}
