//! Going on where another process left off.

use std::path::PathBuf;

use rubrica_core::identity::Holder;
use rubrica_core::psc::Resolution;
use rubrica_core::time::Elapsed;
use rubrica_verify::Certificate;

use crate::client::Client;
use crate::clock;
use crate::error::Error;
use crate::inbox;
use crate::journal::{Journal, JournalError, SessionId};
use crate::outcome::Deliver;
use crate::piece::{Piece, State};
use crate::record::Record;
use crate::screen::Screen;
use crate::session::Session;
use crate::signing::{self, Start};
use crate::work::Work;

/// A session that was interrupted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Pending {
    /// By this it is resumed.
    pub id: SessionId,
    /// When it was saved last, in seconds since 1970.
    pub saved_at: u64,
    /// Whose session it is.
    pub holder: Holder,
    /// Its documents.
    pub documents: Vec<PendingDocument>,
}

/// A document of a session that was interrupted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PendingDocument {
    /// The name that the holder was shown.
    pub name: String,
    /// Where its bytes are; `None` for one that was in memory, and cannot be finished without them.
    pub path: Option<PathBuf>,
    /// The caller's own words about it.
    pub reference: String,
    /// How far it is.
    pub progress: Progress,
}

/// How far a document of an interrupted session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It was not sent.
    Waiting,
    /// Its request was out: it may be signed or not.
    InDoubt,
    /// It is signed, and the signed document is still to be fetched; only of services that work so.
    Signed,
    /// Its answer is here, a signature or a refusal, and was not handed over.
    Answered,
    /// Its outcome was handed over.
    Delivered,
}

impl Client {
    /// The sessions that were interrupted, of whatever client with this state directory.
    ///
    /// # Errors
    /// A state directory that cannot be read.
    pub fn interrupted(&self) -> Result<Vec<SessionId>, Error> {
        Ok(self.journal.as_ref().map(Journal::list).transpose()?.unwrap_or_default())
    }

    /// What is known of a session that was interrupted.
    ///
    /// # Errors
    /// A journal that is not good, or of a session with another provider or application.
    pub fn pending(&self, id: &SessionId) -> Result<Pending, Error> {
        let journal = self.journal.as_ref().ok_or(JournalError::NotFound)?;
        let (_, bytes) = journal.resume(id)?;
        Ok(summary(id, &self.decode(&bytes)?))
    }

    /// Goes on with a session. Documents that were in doubt are resolved in this way; with `None`
    /// they stay in doubt, and so does the session. One that comes into doubt now stays so.
    ///
    /// What has an answer already is handed over before anything else is looked at.
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
        let mut pieces = Vec::new();
        for (index, saved) in record.documents.into_iter().enumerate() {
            let document = saved.document();
            let (prepared, state) = (saved.prepared, saved.state);
            pieces.push(Piece::saved(index, document, prepared, state, saved.inbox));
        }
        let certificates = record
            .certificates
            .iter()
            .map(|der| Ok(Certificate::from_der(der)?))
            .collect::<Result<Vec<_>, Error>>()?;
        let mut session = Session {
            client: self,
            holder: record.holder,
            via: record.via,
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
        let work = Work::new(&mut session, record.recipe, record.scope, pieces, screen, deliver);
        signing::run(work.with_journal(file, certificates), start)
    }

    /// Forgets a session, whatever state it is in. What is in doubt stays so.
    ///
    /// # Errors
    /// A journal that cannot be removed.
    pub fn forget(&self, id: &SessionId) -> Result<(), Error> {
        let journal = self.journal.as_ref().ok_or(JournalError::NotFound)?;
        // What was received goes too, as far as the journal can still tell where it is.
        let files = match journal.resume(id) {
            Ok((_, bytes)) => Record::decode(&bytes).map(|record| record.documents).ok(),
            Err(_) => None,
        };
        journal.forget(id)?;
        let received = files.iter().flatten().filter_map(|document| document.inbox.as_deref());
        received.for_each(inbox::remove);
        Ok(())
    }

    /// Reads a record, which must be of a session with this client's provider and application.
    fn decode(&self, bytes: &[u8]) -> Result<Record, Error> {
        let record = Record::decode(bytes)?;
        if record.service != self.service_record() {
            return Err(JournalError::Foreign.into());
        }
        Ok(record)
    }
}

fn summary(id: &SessionId, record: &Record) -> Pending {
    let first = record.flow.next();
    let out = first..first.saturating_add(record.flow.in_flight());
    let documents = record.documents.iter().enumerate().map(|(place, document)| PendingDocument {
        name: document.name.clone(),
        path: document.path.clone(),
        reference: document.reference.clone(),
        progress: match document.state {
            State::Waiting if out.contains(&place) => Progress::InDoubt,
            State::Waiting => Progress::Waiting,
            State::Answered(_) | State::Received | State::Failed(_) => Progress::Answered,
            State::Delivered => Progress::Delivered,
        },
    });
    Pending {
        id: *id,
        saved_at: record.saved_at,
        holder: record.holder,
        documents: documents.collect(),
    }
}
