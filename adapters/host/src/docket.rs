//! The documents of an order: what came for each, what the journal has of them, and what was handed
//! over.

use std::collections::BTreeMap;
use std::io;

use rubrica_core::error::PeerError;
use serde::Serialize;

use crate::crash;
use crate::document::Document;
use crate::error::{Error, Fault, core as core_error};
use crate::inbox::{self, Arrived, Inbox};
use crate::journal::{self, Journal, JournalError, content};
use crate::outcome::{Content, DeliverAs};
use crate::piece::{Piece, State};
use crate::screen::{Notice, Screen};
use crate::upload::Uploads;

/// The documents of an order, of which a service keeps `T` and which become `S`.
pub(crate) struct Docket<'w, T, S> {
    pub(crate) pieces: Vec<Piece<T>>,
    /// The errors behind [`State::Failed`], by place, where this process met them.
    failures: BTreeMap<usize, Error>,
    pub(crate) uploads: Uploads,
    pub(crate) inbox: Inbox,
    pub(crate) screen: &'w mut dyn Screen,
    deliver: &'w mut DeliverAs<'w, S>,
    journal: Option<journal::Session>,
}

impl<'w, T, S> Docket<'w, T, S> {
    pub(crate) fn new(
        pieces: Vec<Piece<T>>,
        screen: &'w mut dyn Screen,
        deliver: &'w mut DeliverAs<'_, S>,
    ) -> Self {
        let uploads = Uploads::new(pieces.iter().map(|piece| piece.document.clone()).collect());
        let inbox = Inbox::new(pieces.iter().map(|piece| piece.inbox.clone()).collect());
        let (failures, journal) = (BTreeMap::new(), None);
        Self { pieces, failures, uploads, inbox, screen, deliver, journal }
    }

    /// Goes on with a journal that exists.
    pub(crate) fn with_journal(mut self, journal: journal::Session) -> Self {
        self.journal = Some(journal);
        self
    }

    /// Writes the record into the journal, where there is one.
    pub(crate) fn save(
        &mut self,
        journal: Option<&Journal>,
        record: &impl Serialize,
    ) -> Result<(), Error> {
        if self.journal.is_none() {
            self.journal = journal.map(Journal::create).transpose()?;
        }
        let Some(journal) = &mut self.journal else { return Ok(()) };
        journal.write(&content::encode(record)?)?;
        self.discard_delivered();
        Ok(())
    }

    /// Removes the files of documents that were handed over, when no journal speaks of them as
    /// waiting any more.
    fn discard_delivered(&self) {
        let delivered = self.pieces.iter().filter(|piece| piece.state == State::Delivered);
        delivered.filter_map(|piece| piece.inbox.as_deref()).for_each(inbox::remove);
    }

    /// Notes what came for a document. It is handed over when the journal has it.
    pub(crate) fn note(&mut self, place: usize, state: State) {
        if let Some(piece) = self.pieces.get_mut(place) {
            piece.state = state;
        }
    }

    /// What the driver's sink has taken, as the journal keeps it; nothing when it took nothing.
    pub(crate) fn arrived(&mut self) -> Option<State> {
        self.inbox.take().map(|arrived| match arrived {
            Arrived::Memory(bytes) => State::Answered(bytes),
            Arrived::File => State::Received,
        })
    }

    /// Notes that a document will not be signed.
    pub(crate) fn fail(&mut self, place: usize, error: Error) {
        self.note(place, State::Failed(error.to_string()));
        self.failures.insert(place, error);
    }

    /// Hands over what has come: answers, which `finish` checks and puts together with their
    /// documents, and the reasons why there is none.
    pub(crate) fn hand_over(
        &mut self,
        finish: impl Fn(&Piece<T>, Content) -> Result<S, Error>,
    ) -> Result<(), Error> {
        for place in 0..self.pieces.len() {
            let Some(piece) = self.pieces.get(place) else { break };
            let outcome = match &piece.state {
                State::Waiting | State::Delivered => continue,
                State::Answered(answer) => finish(piece, Content::Bytes(answer.clone())),
                State::Received => match &piece.inbox {
                    Some(path) => finish(piece, Content::File(path.clone())),
                    None => Err(JournalError::Corrupt.into()),
                },
                State::Failed(reason) => {
                    let earlier = Error::FailedBefore(reason.clone());
                    Err(self.failures.remove(&place).unwrap_or(earlier))
                }
            };
            // The signature is good and only its stamp is missing: it stays in the journal, and a
            // session that goes on asks for the stamp again.
            if let Err(error @ Error::TimeStamp(_)) = outcome {
                return Err(error);
            }
            self.hand(place, outcome)?;
        }
        Ok(())
    }

    /// Delivers one document's outcome.
    fn hand(&mut self, place: usize, outcome: Result<S, Error>) -> Result<(), Error> {
        let Some(piece) = self.pieces.get(place) else { return Ok(()) };
        handed((self.deliver)(piece.index, &piece.document, outcome))?;
        crash::point();
        self.note(place, State::Delivered);
        self.show_progress();
        Ok(())
    }

    pub(crate) fn show_progress(&mut self) {
        let done = self.pieces.iter().filter(|piece| piece.state == State::Delivered).count();
        self.screen.show(Notice::Signing { done, total: self.pieces.len() });
    }

    /// Tells of documents in doubt, and ends the session. The journal says so already, and keeps it
    /// until the host decides.
    pub(crate) fn leave_in_doubt(
        &mut self,
        places: impl Iterator<Item = usize>,
    ) -> Result<(), Error> {
        for place in places {
            let Some(piece) = self.pieces.get(place) else { continue };
            let outcome = Err(core_error(PeerError::InDoubt));
            handed((self.deliver)(piece.index, &piece.document, outcome))?;
        }
        Err(core_error(PeerError::InDoubt))
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
pub(crate) fn handed(result: io::Result<()>) -> Result<(), Error> {
    result.map_err(|error| Error::file("the outcome could not be handed over", error))
}

/// Gathers what `sign_each` hands over, in the order of the documents.
///
/// A session that stops half-way loses nothing: what is signed is here, the document at which it
/// stopped has the reason, and those behind it are [`Error::NotAttempted`].
pub(crate) fn gather<S>(
    count: usize,
    into_memory: fn(S) -> io::Result<S>,
    sign_each: impl FnOnce(&mut DeliverAs<'_, S>) -> Result<(), Error>,
) -> Result<Vec<Result<S, Error>>, Error> {
    let mut outcomes: Vec<Option<Result<S, Error>>> =
        core::iter::repeat_with(|| None).take(count).collect();
    let ended = sign_each(&mut |index: usize, _: &Document, outcome: Result<S, Error>| {
        // The session's files are gone when it returns.
        let outcome = match outcome {
            Ok(signed) => Ok(into_memory(signed)?),
            refused => refused,
        };
        if let Some(place) = outcomes.get_mut(index) {
            *place = Some(outcome);
        }
        Ok(())
    });
    let mut reason = match ended {
        Err(error) if outcomes.iter().all(Option::is_none) => return Err(error),
        // Every document in doubt has been told so; those behind it were not sent.
        Err(error) if error.fault() == Fault::InDoubt => None,
        ended => ended.err(),
    };
    let outcome = |outcome: Option<Result<S, Error>>| {
        outcome.unwrap_or_else(|| Err(reason.take().unwrap_or(Error::NotAttempted)))
    };
    Ok(outcomes.into_iter().map(outcome).collect())
}
