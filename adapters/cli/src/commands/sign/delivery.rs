//! What becomes of documents, written and told.

use std::io;
use std::path::Path;

use rubrica::core::error::{Error as CoreError, PeerError};
use rubrica::{Error, Language, Notice, Screen};

use crate::commands::service::{AsSigned, Service};
use crate::failure::{Exit, Failure};
use crate::output::{self, OutputError};
use crate::present::Presenter;

/// The presenter as the library's screen.
pub(crate) struct Showing<'p>(pub(crate) &'p dyn Presenter);

impl Screen for Showing<'_> {
    fn show(&mut self, notice: Notice<'_>) {
        self.0.notice(notice);
    }
}

/// What a document is called, and where its result goes.
pub(crate) struct Place<'t> {
    pub(crate) file: &'t Path,
    pub(crate) out: &'t Path,
}

/// Writes what is signed and tells what is not.
pub(crate) struct Delivery<'p, S> {
    presenter: &'p dyn Presenter,
    client: &'p S,
    language: Language,
    places: Vec<Place<'p>>,
    told: Vec<bool>,
    force: bool,
    exit: Exit,
    unwritten: Option<OutputError>,
}

impl<'p, S: Service> Delivery<'p, S> {
    pub(crate) fn new(
        presenter: &'p dyn Presenter,
        client: &'p S,
        language: Language,
        places: Vec<Place<'p>>,
        force: bool,
    ) -> Self {
        let told = vec![false; places.len()];
        let (exit, unwritten) = (Exit::Done, None);
        Self { presenter, client, language, places, told, force, exit, unwritten }
    }

    /// Leaves out a document whose outcome was told before.
    pub(crate) fn skip(&mut self, index: usize) {
        if let Some(told) = self.told.get_mut(index) {
            *told = true;
        }
    }

    /// Takes an outcome. One that cannot be written stops the session, which keeps it.
    pub(crate) fn take(
        &mut self,
        index: usize,
        outcome: Result<S::Signed, Error>,
    ) -> io::Result<()> {
        let Some(place) = self.places.get(index) else { return Ok(()) };
        match outcome {
            Ok(signed) => {
                let signed = signed.as_signed();
                if let Err(error) = output::write(place.out, signed.content, self.force) {
                    self.unwritten = Some(error);
                    return Err(io::Error::other("the result could not be written"));
                }
                self.presenter.signed(place.file, place.out, &signed);
                if signed.verified.is_err() {
                    self.exit = self.exit.and(Exit::Indeterminate);
                }
            }
            Err(error) => {
                let failure = Failure::of(error, self.client, self.language);
                self.presenter.failed(Some(place.file), &failure);
                self.exit = self.exit.and(failure.exit());
            }
        }
        self.skip(index);
        Ok(())
    }

    /// Tells of the documents that have no outcome because the session stopped, and gives what the
    /// shell is told of all.
    pub(crate) fn end(&mut self, stopped: Option<Error>) -> Exit {
        let Some(error) = stopped else { return self.exit };
        // Documents in doubt have been told of; those after them never left.
        let is_doubt = matches!(error, Error::Core(CoreError::Peer(PeerError::InDoubt)));
        let cause = match self.unwritten.take() {
            Some(unwritten) => unwritten.into(),
            None => Failure::of(error, self.client, self.language),
        };
        let exit = self.exit.and(cause.exit());
        let failure = if is_doubt { Failure::NotSent { resume: S::RESUME } } else { cause };
        for (place, told) in self.places.iter().zip(&self.told) {
            if !told {
                self.presenter.failed(Some(place.file), &failure);
            }
        }
        exit
    }
}
