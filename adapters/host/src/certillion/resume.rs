//! Going on where another process left off.

use rubrica_core::certillion::{Resolution, Stage};
use rubrica_core::time::Elapsed;

use super::client::Client;
use super::outcome::Deliver;
use super::record::Record;
use super::session::Session;
use super::signing::{self, Start};
use super::work::Work;
use crate::clock;
use crate::docket::Docket;
use crate::error::Error;
use crate::journal::{JournalError, SessionId};
use crate::piece::State;
use crate::resume::{self, Pending, PendingDocument, Progress};
use crate::screen::Screen;

impl Client {
    /// The sessions that were interrupted, of whatever client and service with this state directory.
    ///
    /// # Errors
    /// A state directory that cannot be read.
    pub fn interrupted(&self) -> Result<Vec<SessionId>, Error> {
        resume::interrupted(self.journal.as_ref())
    }

    /// What is known of a session that was interrupted.
    ///
    /// # Errors
    /// A journal that is not good, or of a session with another service or application.
    pub fn pending(&self, id: &SessionId) -> Result<Pending, Error> {
        let journal = self.journal.as_ref().ok_or(JournalError::NotFound)?;
        let (_, bytes) = journal.resume(id)?;
        Ok(summary(id, &self.decode(&bytes)?))
    }

    /// Goes on with a session: what is uploaded is not sent again, what is signed is not signed again,
    /// what is fetched is handed over. Documents that were in doubt are resolved in this way; with
    /// `None` they stay in doubt, and so does the session. One that comes into doubt now stays so.
    ///
    /// # Errors
    /// A journal that is not good, documents that have changed, or what stops a session.
    pub fn resume(
        &self,
        id: &SessionId,
        resolution: Option<Resolution>,
        screen: &mut dyn Screen,
        deliver: &mut Deliver<'_>,
    ) -> Result<(), Error> {
        let journal = self.journal.as_ref().ok_or(JournalError::NotFound)?;
        let (file, bytes) = journal.resume(id)?;
        let record = self.decode(&bytes)?;
        let saved = record.documents.into_iter().enumerate();
        let pieces = saved.map(|(place, (saved, own))| saved.into_piece(place, own)).collect();
        let mut session = Session {
            client: self,
            holder: record.holder,
            psc: record.psc,
            scope: Some(record.scope),
            lifetime: record.lifetime,
            certificate_alias: record.certificate_alias,
            grant: None,
        };
        let start = Start::Saved {
            snapshot: record.flow,
            elapsed: Elapsed::between(record.saved_at, clock::wall().seconds()),
            resolution,
        };
        let docket = Docket::new(pieces, screen, deliver).with_journal(file);
        signing::run(Work::new(&mut session, record.job, record.scope, docket), start)
    }

    /// Forgets a session, whatever state it is in. What is in doubt stays so, and what is signed can
    /// only be fetched by its transaction.
    ///
    /// # Errors
    /// A journal that cannot be removed.
    pub fn forget(&self, id: &SessionId) -> Result<(), Error> {
        resume::forget(self.journal.as_ref(), id, |bytes| {
            let documents = Record::decode(bytes)?.documents;
            Ok(documents.into_iter().filter_map(|(document, _)| document.inbox).collect())
        })
    }

    /// Reads a record, which must be of a session with this client's service and application.
    fn decode(&self, bytes: &[u8]) -> Result<Record, Error> {
        let record = Record::decode(bytes)?;
        if record.service != self.service_record() {
            return Err(JournalError::Foreign.into());
        }
        Ok(record)
    }
}

fn summary(id: &SessionId, record: &Record) -> Pending {
    let documents = record.documents.iter().map(|(document, progress)| PendingDocument {
        name: document.name.clone(),
        path: document.path.clone(),
        reference: document.reference.clone(),
        progress: match (&document.state, progress.stage) {
            (State::Delivered, _) => Progress::Delivered,
            (State::Answered(_) | State::Received | State::Failed(_), _) => Progress::Answered,
            (State::Waiting, Stage::Sent) => Progress::InDoubt,
            (State::Waiting, Stage::Signed | Stage::Done) => Progress::Signed,
            (State::Waiting, _) => Progress::Waiting,
        },
    });
    Pending {
        id: *id,
        saved_at: record.saved_at,
        holder: record.holder,
        documents: documents.collect(),
    }
}
