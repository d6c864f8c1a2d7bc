//! Going on where another process left off.

use std::path::PathBuf;

use rubrica_core::identity::Holder;
use rubrica_core::psc::Resolution;
use rubrica_core::time::Elapsed;
use rubrica_verify::Certificate;

use crate::client::Client;
use crate::clock;
use crate::docket::Docket;
use crate::error::Error;
use crate::inbox;
use crate::journal::{Journal, JournalError, SessionId};
use crate::outcome::Deliver;
use crate::piece::State;
use crate::record::Record;
use crate::screen::Screen;
use crate::session::Session;
use crate::signing::{self, Start};
use crate::work::{Own, Work};

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
        interrupted(self.journal.as_ref())
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
        let saved = record.documents.into_iter().enumerate();
        let pieces = saved.map(|(place, saved)| saved.into_piece(place, Own::new(place))).collect();
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
        let docket = Docket::new(pieces, screen, deliver).with_journal(file);
        let work = Work::new(&mut session, record.recipe, record.scope, docket);
        signing::run(work.with_certificates(certificates), start)
    }

    /// Forgets a session, whatever state it is in. What is in doubt stays so.
    ///
    /// # Errors
    /// A journal that cannot be removed.
    pub fn forget(&self, id: &SessionId) -> Result<(), Error> {
        forget(self.journal.as_ref(), id, |bytes| {
            let documents = Record::decode(bytes)?.documents;
            Ok(documents.into_iter().filter_map(|document| document.inbox).collect())
        })
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

/// The sessions of a journal.
pub(crate) fn interrupted(journal: Option<&Journal>) -> Result<Vec<SessionId>, Error> {
    Ok(journal.map(Journal::list).transpose()?.unwrap_or_default())
}

/// Forgets a session, and what was received in it as far as its journal can still tell where that is.
pub(crate) fn forget(
    journal: Option<&Journal>,
    id: &SessionId,
    received: impl FnOnce(&[u8]) -> Result<Vec<PathBuf>, Error>,
) -> Result<(), Error> {
    let journal = journal.ok_or(JournalError::NotFound)?;
    // Its lock is to be gone before it is removed.
    let files = journal.resume(id).ok().and_then(|(_, bytes)| received(&bytes).ok());
    journal.forget(id)?;
    files.iter().flatten().for_each(|path| inbox::remove(path));
    Ok(())
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
