//! An order with Certillion being worked on: what came for its documents.

use rubrica_core::certillion::{
    Batch, Documents, Progress, Resolution, SignedEntry, SigningSnapshot, Stage,
};
use rubrica_core::codec::base64;
use rubrica_core::error::{Document as Answer, Error as CoreError, Flaw, Malformed, PeerError};
use rubrica_core::oauth::scope::Scope;
use rubrica_verify::Expected;

use super::check;
use super::job::Job;
use super::outcome::Signed;
use super::record::Record;
use super::session::Session;
use crate::clock;
use crate::docket::Docket;
use crate::error::Error;
use crate::journal::content;
use crate::piece::{Piece, State};
use crate::record::DocumentRecord;
use crate::screen::Notice;

/// An order being worked on.
pub(super) struct Work<'w, 'c> {
    pub(super) session: &'w mut Session<'c>,
    pub(super) job: Job,
    pub(super) scope: Scope,
    pub(super) docket: Docket<'w, Progress, Signed>,
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
        docket: Docket<'w, Progress, Signed>,
    ) -> Self {
        Self { session, job, scope, docket, is_new: false, resolution: None }
    }

    /// Writes the journal.
    pub(super) fn save(
        &mut self,
        flow: SigningSnapshot,
        progress: &[Progress],
    ) -> Result<(), Error> {
        for (piece, progress) in self.docket.pieces.iter_mut().zip(progress) {
            piece.own.clone_from(progress);
        }
        self.is_new = false;
        let document = |piece: &Piece<Progress>| (DocumentRecord::of(piece), piece.own.clone());
        let record = Record {
            version: content::CERTILLION,
            saved_at: clock::wall().seconds(),
            service: self.session.client.service_record(),
            holder: self.session.holder,
            psc: self.session.psc.clone(),
            scope: self.scope,
            lifetime: self.session.lifetime,
            certificate_alias: self.session.certificate_alias.clone(),
            job: self.job.clone(),
            documents: self.docket.pieces.iter().map(document).collect(),
            flow,
        };
        self.docket.save(self.session.client.journal.as_ref(), &record)
    }

    /// Notes what became of the documents of a request for signatures. What is signed is still to be
    /// fetched, but for signatures that came with the reply.
    pub(super) fn take(&mut self, batch: &Batch<'_, '_>) {
        self.is_new = true;
        for (place, outcome) in batch.iter() {
            let answer = match outcome {
                // It is still open: the flow asks the host when all else is done.
                Err(CoreError::Peer(PeerError::InDoubt)) => continue,
                Err(error) => Err(error),
                Ok(SignedEntry { signature: None, .. }) => continue,
                Ok(SignedEntry { signature: Some(text), .. }) => decode(text),
            };
            match answer {
                Ok(bytes) => self.docket.note(place, State::Answered(bytes)),
                Err(error) => self.docket.fail(place, error.into()),
            }
        }
    }

    /// Notes that a signed document has come.
    pub(super) fn receive(&mut self, place: usize) {
        self.is_new = true;
        match self.docket.arrived() {
            Some(state) => self.docket.note(place, state),
            // The driver has committed whatever the flow calls received.
            None => {
                let (document, flaw) = (Answer::Download, Flaw::Missing("document"));
                let error = CoreError::from(PeerError::Malformed(Malformed { document, flaw }));
                self.docket.fail(place, error.into());
            }
        }
    }

    /// Notes that documents will not be signed.
    pub(super) fn fail_all(&mut self, documents: &Documents, error: CoreError) {
        self.is_new = true;
        for place in documents.iter() {
            let piece = self.docket.pieces.get(place);
            let transaction = piece.map_or("", |piece| piece.own.transaction.as_str()).to_owned();
            let error = match transaction.as_str() {
                "" => error.into(),
                // What was signed is not lost with the download.
                _ => Error::NotFetched { transaction, error: Box::new(error.into()) },
            };
            self.docket.fail(place, error);
        }
    }

    /// Hands over what has come: signed documents, checked, and the reasons why there is none.
    pub(super) fn hand_over(&mut self) -> Result<(), Error> {
        let Self { session, job, docket, is_new, .. } = self;
        let is_due =
            |piece: &Piece<Progress>| !matches!(piece.state, State::Waiting | State::Delivered);
        *is_new |= docket.pieces.iter().any(is_due);
        docket.hand_over(|piece, answer| {
            let Piece { document, prepared, own, .. } = piece;
            let expected = Expected {
                digest: *prepared.digest.as_bytes(),
                holder: Some(session.holder),
                at: clock::wall(),
                anchors: session.client.settings.trust.as_ref(),
            };
            let verification = check::check(document, prepared, job, &answer, &expected)?;
            let transaction = Some(own.transaction.as_str()).filter(|text| !text.is_empty());
            let transaction = transaction.map(str::to_owned);
            Ok(Signed { content: answer, verification, transaction })
        })
    }

    /// Shows how many documents the service has.
    pub(super) fn show_uploads(&mut self, sent: usize) {
        let total = self.docket.pieces.len();
        self.docket.screen.show(Notice::Sending { done: sent, total });
    }

    /// Whether the documents that are still to be sent are those that were prepared.
    pub(super) fn check_unchanged(&self) -> Result<(), Error> {
        let waiting = |piece: &&Piece<Progress>| piece.own.stage == Stage::Waiting;
        for piece in self.docket.pieces.iter().filter(waiting) {
            if piece.document.digest()? != piece.prepared {
                return Err(Error::Changed);
            }
        }
        Ok(())
    }

    /// Tells of documents in doubt, and ends the session.
    pub(super) fn leave_in_doubt(&mut self, progress: &[Progress]) -> Result<(), Error> {
        let out = progress.iter().enumerate().filter(|(_, each)| each.stage == Stage::Sent);
        self.docket.leave_in_doubt(out.map(|(place, _)| place))
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
