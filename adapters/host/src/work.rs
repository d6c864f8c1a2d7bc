//! An order being worked on: what came for each document, what the journal has of it, and what was
//! handed over.

use core::ops::Range;
use std::collections::BTreeMap;

use rubrica_core::error::{Error as CoreError, Mismatch, PeerError};
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{Application, Batch, Format, Resolution, Signature, SigningSnapshot};
use rubrica_verify::{Certificate, Expected, KeyKind, Trust};

use crate::baseline::{Asked, Signer};
use crate::clock;
use crate::crash;
use crate::driver::Driver;
use crate::error::{Error, core};
use crate::inbox::{self, Arrived, Inbox};
use crate::journal::{self, JournalError};
use crate::outcome::{Content, Deliver, Outcome, Signed};
use crate::piece::{Piece, State};
use crate::recipe::Recipe;
use crate::record::{self, DocumentRecord, Record};
use crate::screen::{Notice, Screen};
use crate::session::{Candidate, Session};
use crate::upload::Uploads;

/// An order being worked on.
pub(crate) struct Work<'w, 'c> {
    pub(crate) session: &'w mut Session<'c>,
    pub(crate) recipe: Recipe,
    pub(crate) scope: Scope,
    pub(crate) pieces: Vec<Piece>,
    /// The errors behind [`State::Failed`], by place, where this process met them.
    failures: BTreeMap<usize, Error>,
    pub(crate) uploads: Uploads,
    pub(crate) inbox: Inbox,
    /// What bare signatures are verified with: chains, then the holder's own.
    certificates: Vec<Certificate>,
    pub(crate) screen: &'w mut dyn Screen,
    deliver: &'w mut Deliver<'w>,
    journal: Option<journal::Session>,
    /// The host's word on what was in doubt at the start, until it is used.
    pub(crate) resolution: Option<Resolution>,
}

impl<'w, 'c> Work<'w, 'c> {
    pub(crate) fn new(
        session: &'w mut Session<'c>,
        recipe: Recipe,
        scope: Scope,
        pieces: Vec<Piece>,
        screen: &'w mut dyn Screen,
        deliver: &'w mut Deliver<'_>,
    ) -> Self {
        let uploads = Uploads::new(pieces.iter().map(|piece| piece.document.clone()).collect());
        let inbox = Inbox::new(pieces.iter().map(|piece| piece.inbox.clone()).collect());
        Self {
            session,
            recipe,
            scope,
            pieces,
            failures: BTreeMap::new(),
            uploads,
            inbox,
            certificates: Vec::new(),
            screen,
            deliver,
            journal: None,
            resolution: None,
        }
    }

    /// Goes on with a journal that exists, and with the certificates that it holds.
    pub(crate) fn with_journal(
        mut self,
        journal: journal::Session,
        certificates: Vec<Certificate>,
    ) -> Self {
        self.journal = Some(journal);
        self.certificates = certificates;
        self
    }

    /// Writes the journal.
    pub(crate) fn save(&mut self, flow: SigningSnapshot) -> Result<(), Error> {
        if self.journal.is_none() {
            self.journal =
                self.session.client.journal.as_ref().map(journal::Journal::create).transpose()?;
        }
        let Some(journal) = &mut self.journal else { return Ok(()) };
        let record = Record {
            version: Record::VERSION,
            saved_at: clock::wall().seconds(),
            service: self.session.client.service_record(),
            holder: self.session.holder,
            via: self.session.via,
            scope: self.scope,
            lifetime: self.session.lifetime,
            certificate_alias: self.session.certificate_alias.clone(),
            recipe: self.recipe.clone(),
            documents: self.pieces.iter().map(DocumentRecord::of).collect(),
            certificates: self.certificates.iter().map(|each| each.der().to_vec()).collect(),
            flow,
        };
        journal.write(&record::encode(&record)?)?;
        self.discard_delivered();
        Ok(())
    }

    /// Removes the files of documents that were handed over, when no journal speaks of them as
    /// waiting any more.
    fn discard_delivered(&self) {
        let delivered = self.pieces.iter().filter(|piece| piece.state == State::Delivered);
        delivered.filter_map(|piece| piece.inbox.as_deref()).for_each(inbox::remove);
    }

    /// As [`Work::hand_over`]; where that stops half-way, the journal learns how far it came, so that
    /// nothing is handed over, or stamped, again. A journal that cannot learn it hands over twice.
    pub(crate) fn hand_over_from(&mut self, flow: SigningSnapshot) -> Result<(), Error> {
        let handed = self.hand_over();
        if handed.is_err() {
            // The reason why it stopped says more than why that could not be kept.
            let _ = self.save(flow);
        }
        handed
    }

    /// Hands over what has come: answers, checked and put together with their documents, and the
    /// reasons why there is none.
    pub(crate) fn hand_over(&mut self) -> Result<(), Error> {
        for place in 0..self.pieces.len() {
            let Some(piece) = self.pieces.get(place) else { break };
            match &piece.state {
                State::Waiting | State::Delivered => {}
                State::Answered(answer) => {
                    let outcome = self.finish(piece, Content::Bytes(answer.clone()));
                    // The signature is good and only its stamp is missing: it stays in the journal,
                    // and a session that goes on asks for the stamp again.
                    if let Err(error @ Error::TimeStamp(_)) = outcome {
                        return Err(error);
                    }
                    self.hand(place, outcome)?;
                }
                State::Received => {
                    let outcome = match &piece.inbox {
                        Some(path) => self.finish(piece, Content::File(path.clone())),
                        None => Err(JournalError::Corrupt.into()),
                    };
                    self.hand(place, outcome)?;
                }
                State::Failed(reason) => {
                    let earlier = Error::FailedBefore(reason.clone());
                    let error = self.failures.remove(&place).unwrap_or(earlier);
                    self.hand(place, Err(error))?;
                }
            }
        }
        Ok(())
    }

    /// Whether the documents from a place on that wait are those that were prepared.
    pub(crate) fn check_unchanged(&self, first: usize) -> Result<(), Error> {
        let waiting = |piece: &&Piece| piece.state == State::Waiting;
        for piece in self.pieces.iter().skip(first).filter(waiting) {
            if self.recipe.prepare(&piece.document)? != piece.prepared {
                return Err(Error::Changed);
            }
        }
        Ok(())
    }

    /// Asks who will sign, which what is signed tells, where signatures are put together here; the
    /// session keeps the grant that it takes.
    pub(crate) fn learn_signer(
        &mut self,
        driver: &Driver<'_>,
        application: &Application<'_>,
    ) -> Result<(), Error> {
        let mut held = self.session.grant.take().filter(|grant| !grant.is_expired(driver.now()));
        loop {
            let was_held = held.is_some();
            let grant = match held.take() {
                Some(grant) => grant,
                None => self.session.authorize(driver, application, self.scope, self.screen)?,
            };
            match self.learn_certificates(driver, application, &grant) {
                // It was revoked.
                Err(Error::Core(CoreError::Peer(PeerError::Unauthorized))) if was_held => {}
                learned => {
                    learned?;
                    self.session.grant = Some(grant);
                    return Ok(());
                }
            }
        }
    }

    /// Fixes what the key will sign in the place of each document's digest, where signatures are put
    /// together here and their signer is known.
    pub(crate) fn fix_digests(&mut self) -> Result<(), Error> {
        let Some(baseline) = &self.recipe.baseline else { return Ok(()) };
        let signer = Signer::of(&self.certificates)?;
        for piece in &mut self.pieces {
            piece.signed = Some(baseline.digest(piece.prepared.digest, signer)?);
        }
        Ok(())
    }

    /// Asks for the certificates that the signatures will be verified with, where they do not bring
    /// their own: a bare signature names none, and a token that it spends cannot ask afterwards.
    pub(crate) fn learn_certificates(
        &mut self,
        driver: &Driver<'_>,
        application: &Application<'_>,
        grant: &Grant,
    ) -> Result<(), Error> {
        if self.recipe.form.format() != Format::Raw || !self.certificates.is_empty() {
            return Ok(());
        }
        let mut found = self.session.certificates(driver, application, grant)?;
        // No service is known to tell how it writes a bare signature on a curve: one that could not be
        // verified is not asked for, and not billed.
        let is_rsa = |each: &Candidate| matches!(each.certificate.key(), KeyKind::Rsa { .. });
        found.retain(is_rsa);
        if found.is_empty() {
            return Err(Error::NoCertificate);
        }
        if let Some((family, level)) = self.recipe.form.assembled() {
            let is_one_of_several = found.len() > 1;
            let chosen = found.into_iter().next().ok_or(Error::NoCertificate)?;
            // What is signed names this certificate: another one's signature would be billed in vain.
            if is_one_of_several && self.session.certificate_alias.is_none() {
                self.session.certificate_alias = Some(chosen.alias);
            }
            // What leads to an anchor goes into the CMS; else what came with the certificate.
            let mut certificates = match chosen.trust {
                Trust::Chained { path } => path,
                _ => chosen.chain,
            };
            certificates.retain(|authority| *authority != chosen.certificate);
            certificates.push(chosen.certificate);
            let settings = &self.session.client.settings;
            let asked = Asked {
                family,
                level,
                policy: self.recipe.policy.as_deref(),
                at: self.recipe.signed_at,
                more: &settings.policies,
            };
            self.recipe.baseline = Some(asked.choose(Signer::of(&certificates)?)?);
            self.certificates = certificates;
        } else {
            // The holder's own come last: where none fits, it is they whose error is told.
            let chains = found.iter().flat_map(|each| &each.chain);
            let own = found.iter().map(|each| &each.certificate);
            self.certificates = chains.chain(own).cloned().collect();
        }
        Ok(())
    }

    fn finish(&self, piece: &Piece, answer: Content) -> Outcome {
        let settings = &self.session.client.settings;
        let expected = Expected {
            digest: *piece.prepared.digest.as_bytes(),
            holder: Some(self.session.holder),
            at: clock::wall(),
            anchors: settings.trust.as_ref(),
        };
        let Piece { document, prepared, .. } = piece;
        let (content, verified) = self.recipe.finish(
            document,
            prepared,
            answer,
            &self.certificates,
            &|signature| self.session.client.time_stamp(signature),
            expected,
        )?;
        Ok(Signed { content, verified })
    }

    /// Delivers one document's outcome.
    fn hand(&mut self, place: usize, outcome: Outcome) -> Result<(), Error> {
        let Some(piece) = self.pieces.get(place) else { return Ok(()) };
        handed((self.deliver)(piece.index, &piece.document, outcome))?;
        crash::point();
        if let Some(piece) = self.pieces.get_mut(place) {
            piece.state = State::Delivered;
        }
        self.show_progress();
        Ok(())
    }

    pub(crate) fn show_progress(&mut self) {
        let done = self.pieces.iter().filter(|piece| piece.state == State::Delivered).count();
        self.screen.show(Notice::Signing { done, total: self.pieces.len() });
    }

    /// Notes what came for some documents. It is handed over when the journal has it.
    pub(crate) fn take(&mut self, batch: &Batch<'_, '_>) {
        match &batch.outcome {
            Ok(signatures) => {
                for (place, signature) in signatures.iter() {
                    match (signature.and_then(|each| self.answer(each)), self.pieces.get_mut(place))
                    {
                        (Ok(answer), Some(piece)) => piece.state = answer,
                        (Err(error), _) => self.fail(place, error),
                        (_, None) => {}
                    }
                }
            }
            Err(error) => batch.items.clone().for_each(|place| self.fail(place, *error)),
        }
    }

    /// An answer, as the journal keeps it.
    fn answer(&mut self, signature: Signature<'_>) -> Result<State, CoreError> {
        match signature {
            Signature::Detached(encoded) | Signature::Document(encoded) => {
                let mut bytes = vec![0; encoded.normalized_bound()];
                let length = encoded.normalize(&mut bytes)?.len();
                bytes.truncate(length);
                Ok(State::Answered(bytes))
            }
            Signature::Received(_) => match self.inbox.take() {
                Some(Arrived::Memory(bytes)) => Ok(State::Answered(bytes)),
                Some(Arrived::File) => Ok(State::Received),
                // The driver has committed whatever the flow calls received.
                None => Err(PeerError::Mismatch(Mismatch::Document).into()),
            },
        }
    }

    fn fail(&mut self, place: usize, error: CoreError) {
        if let Some(piece) = self.pieces.get_mut(place) {
            let error = match error {
                // What this side's own check of a signed document would say.
                CoreError::Peer(PeerError::Mismatch(Mismatch::Document)) => Error::Unsigned,
                error => error.into(),
            };
            piece.state = State::Failed(error.to_string());
            self.failures.insert(place, error);
        }
    }

    /// Tells of documents in doubt, and ends the session. The journal says so already, and keeps it
    /// until the host decides.
    pub(crate) fn leave_in_doubt(&mut self, items: Range<usize>) -> Result<(), Error> {
        for place in items {
            let Some(piece) = self.pieces.get(place) else { continue };
            let outcome = Err(core(PeerError::InDoubt));
            handed((self.deliver)(piece.index, &piece.document, outcome))?;
        }
        Err(core(PeerError::InDoubt))
    }

    /// Whether every outcome was handed over.
    pub(crate) fn is_delivered(&self) -> bool {
        self.pieces.iter().all(|piece| piece.state == State::Delivered)
    }

    /// All is delivered: the journal has nothing more to say.
    pub(crate) fn close(mut self) -> Result<(), Error> {
        if let Some(journal) = self.journal.take() {
            journal.remove()?;
        }
        self.discard_delivered();
        Ok(())
    }
}

/// What a delivery that failed is to the session.
pub(crate) fn handed(result: std::io::Result<()>) -> Result<(), Error> {
    result.map_err(|error| Error::file("the outcome could not be handed over", error))
}
