//! An order being worked on: what came for each document, what the journal has of it, and what was
//! handed over.

use std::collections::BTreeMap;

use rubrica_core::certillion::{
    Batch, Documents, Progress, Resolution, SignedEntry, SigningSnapshot, Stage,
};
use rubrica_core::codec::base64;
use rubrica_core::error::{Document as Answer, Error as CoreError, Flaw, Malformed, PeerError};
use rubrica_core::oauth::scope::Scope;
use rubrica_verify::Expected;

use super::check;
use super::job::Job;
use super::outcome::{Deliver, Outcome, Signed};
use super::piece::Piece;
use super::record::Record;
use super::session::Session;
use crate::clock;
use crate::crash;
use crate::error::{Error, core};
use crate::inbox::{self, Arrived, Inbox};
use crate::journal::{self, JournalError};
use crate::outcome::Content;
use crate::piece::State;
use crate::record::{self, DocumentRecord};
use crate::screen::{Notice, Screen};
use crate::upload::Uploads;
use crate::work::handed;

/// An order being worked on.
pub(super) struct Work<'w, 'c> {
    pub(super) session: &'w mut Session<'c>,
    pub(super) job: Job,
    pub(super) scope: Scope,
    pub(super) pieces: Vec<Piece>,
    /// The errors behind [`State::Failed`], by place, where this process met them.
    failures: BTreeMap<usize, Error>,
    pub(super) uploads: Uploads,
    pub(super) inbox: Inbox,
    pub(super) screen: &'w mut dyn Screen,
    deliver: &'w mut Deliver<'w>,
    journal: Option<journal::Session>,
    /// Whether something came that the journal does not have.
    pub(super) is_new: bool,
    /// The host's word on what was in doubt at the start, until it is used.
    pub(super) resolution: Option<Resolution>,
}

impl<'w, 'c> Work<'w, 'c> {
    pub(super) fn new(
        session: &'w mut Session<'c>,
        job: Job,
        scope: Scope,
        pieces: Vec<Piece>,
        screen: &'w mut dyn Screen,
        deliver: &'w mut Deliver<'_>,
    ) -> Self {
        let uploads = Uploads::new(pieces.iter().map(|piece| piece.document.clone()).collect());
        let inbox = Inbox::new(pieces.iter().map(|piece| piece.inbox.clone()).collect());
        Self {
            session,
            job,
            scope,
            pieces,
            failures: BTreeMap::new(),
            uploads,
            inbox,
            screen,
            deliver,
            journal: None,
            is_new: false,
            resolution: None,
        }
    }

    /// Goes on with a journal that exists.
    pub(super) fn with_journal(mut self, journal: journal::Session) -> Self {
        self.journal = Some(journal);
        self
    }

    /// Writes the journal.
    pub(super) fn save(
        &mut self,
        flow: SigningSnapshot,
        progress: &[Progress],
    ) -> Result<(), Error> {
        for (piece, progress) in self.pieces.iter_mut().zip(progress) {
            piece.progress.clone_from(progress);
        }
        if self.journal.is_none() {
            self.journal =
                self.session.client.journal.as_ref().map(journal::Journal::create).transpose()?;
        }
        self.is_new = false;
        let Some(journal) = &mut self.journal else { return Ok(()) };
        let document = |piece: &Piece| {
            let Piece { document, prepared, state, inbox, progress, .. } = piece;
            let inbox = inbox.as_deref();
            (DocumentRecord::new(document, *prepared, state, inbox), progress.clone())
        };
        let record = Record {
            version: Record::VERSION,
            saved_at: clock::wall().seconds(),
            service: self.session.client.service_record(),
            holder: self.session.holder,
            psc: self.session.psc.clone(),
            scope: self.scope,
            lifetime: self.session.lifetime,
            certificate_alias: self.session.certificate_alias.clone(),
            job: self.job.clone(),
            documents: self.pieces.iter().map(document).collect(),
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

    /// Notes what became of the documents of a request for signatures. What is signed is still to be
    /// fetched, but for signatures that came with the reply.
    pub(super) fn take(&mut self, batch: &Batch<'_, '_>) {
        self.is_new = true;
        for (place, outcome) in batch.iter() {
            match outcome {
                Err(error) => self.fail(place, error),
                Ok(SignedEntry { signature: None, .. }) => {}
                Ok(SignedEntry { signature: Some(text), .. }) => match decode(text) {
                    Ok(bytes) => self.note(place, State::Answered(bytes)),
                    Err(error) => self.fail(place, error),
                },
            }
        }
    }

    /// Notes that a signed document has come.
    pub(super) fn receive(&mut self, place: usize) {
        self.is_new = true;
        match self.inbox.take() {
            Some(Arrived::Memory(bytes)) => self.note(place, State::Answered(bytes)),
            Some(Arrived::File) => self.note(place, State::Received),
            // The driver has committed whatever the flow calls received.
            None => {
                let (document, flaw) = (Answer::Download, Flaw::Missing("document"));
                self.fail(place, PeerError::Malformed(Malformed { document, flaw }).into());
            }
        }
    }

    /// Notes that documents will not be signed.
    pub(super) fn fail_all(&mut self, documents: &Documents, error: CoreError) {
        self.is_new = true;
        documents.iter().for_each(|place| self.fail(place, error));
    }

    fn fail(&mut self, place: usize, error: CoreError) {
        self.note(place, State::Failed(error.to_string()));
        self.failures.insert(place, error.into());
    }

    fn note(&mut self, place: usize, state: State) {
        if let Some(piece) = self.pieces.get_mut(place) {
            piece.state = state;
        }
    }

    /// Hands over what has come: signed documents, checked, and the reasons why there is none.
    pub(super) fn hand_over(&mut self) -> Result<(), Error> {
        for place in 0..self.pieces.len() {
            let Some(piece) = self.pieces.get(place) else { break };
            match &piece.state {
                State::Waiting | State::Delivered => {}
                State::Answered(answer) => {
                    let outcome = self.finish(piece, Content::Bytes(answer.clone()));
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

    fn finish(&self, piece: &Piece, answer: Content) -> Outcome {
        let expected = Expected {
            digest: *piece.prepared.digest.as_bytes(),
            holder: Some(self.session.holder),
            at: clock::wall(),
            anchors: self.session.client.settings.trust.as_ref(),
        };
        let Piece { document, prepared, progress, .. } = piece;
        let verification = check::check(document, prepared, &self.job, &answer, &expected)?;
        let transaction = Some(progress.transaction.as_str()).filter(|text| !text.is_empty());
        Ok(Signed { content: answer, verification, transaction: transaction.map(str::to_owned) })
    }

    /// Delivers one document's outcome.
    fn hand(&mut self, place: usize, outcome: Outcome) -> Result<(), Error> {
        let Some(piece) = self.pieces.get(place) else { return Ok(()) };
        handed((self.deliver)(piece.index, &piece.document, outcome))?;
        crash::point();
        self.note(place, State::Delivered);
        self.is_new = true;
        self.show_progress();
        Ok(())
    }

    pub(super) fn show_progress(&mut self) {
        let done = self.pieces.iter().filter(|piece| piece.state == State::Delivered).count();
        self.screen.show(Notice::Signing { done, total: self.pieces.len() });
    }

    /// Shows how many documents the service has.
    pub(super) fn show_uploads(&mut self, sent: usize) {
        self.screen.show(Notice::Sending { done: sent, total: self.pieces.len() });
    }

    /// Whether the documents that are still to be sent are those that were prepared.
    pub(super) fn check_unchanged(&self) -> Result<(), Error> {
        let waiting = |piece: &&Piece| piece.progress.stage == Stage::Waiting;
        for piece in self.pieces.iter().filter(waiting) {
            if piece.document.digest()? != piece.prepared {
                return Err(Error::Changed);
            }
        }
        Ok(())
    }

    /// Tells of documents in doubt, and ends the session. The journal says so already, and keeps it
    /// until the host decides.
    pub(super) fn leave_in_doubt(&mut self, progress: &[Progress]) -> Result<(), Error> {
        for (piece, _) in
            self.pieces.iter().zip(progress).filter(|(_, progress)| progress.stage == Stage::Sent)
        {
            let outcome = Err(core(PeerError::InDoubt));
            handed((self.deliver)(piece.index, &piece.document, outcome))?;
        }
        Err(core(PeerError::InDoubt))
    }

    /// Whether every outcome was handed over.
    pub(super) fn is_delivered(&self) -> bool {
        self.pieces.iter().all(|piece| piece.state == State::Delivered)
    }

    /// All is delivered: the journal has nothing more to say.
    pub(super) fn close(mut self) -> Result<(), Error> {
        if let Some(journal) = self.journal.take() {
            journal.remove()?;
        }
        self.discard_delivered();
        Ok(())
    }
}

/// The bytes of a signature in base64.
fn decode(text: &str) -> Result<Vec<u8>, CoreError> {
    let mut bytes = vec![0; text.len()];
    let length = base64::decode_loosely(text, &mut bytes).map(<[u8]>::len).map_err(|_| {
        let (document, flaw) = (Answer::Signature, Flaw::Invalid("signature"));
        PeerError::Malformed(Malformed { document, flaw })
    })?;
    bytes.truncate(length);
    Ok(bytes)
}
