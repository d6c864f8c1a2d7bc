//! Signing documents: prepared before the holder is asked, journaled before a request leaves, checked
//! before anything is handed over.

use std::path::PathBuf;

use rubrica_core::error::{Error as CoreError, PeerError};
use rubrica_core::flow::Flow;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{
    Application, Batch, Content, Item, Order, Padding, Resolution, Signing, SigningEvent,
    SigningSnapshot,
};
use rubrica_core::time::Duration;

use crate::clock;
use crate::crash;
use crate::docket::{self, Docket, handed};
use crate::document::Document;
use crate::driver::{Attendant, Driver};
use crate::error::{Error, core};
use crate::form::Form;
use crate::inbox::{self, Inbox};
use crate::look::Look;
use crate::outcome::{Deliver, Outcome, Signed};
use crate::piece::{Piece, State};
use crate::random;
use crate::recipe::Recipe;
use crate::screen::Screen;
use crate::session::Session;
use crate::upload::Uploads;
use crate::work::{Own, Work};

/// How long an order may take in all, approvals included, before what is left of it fails.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// How documents are signed.
#[derive(Clone, Debug, Default)]
pub struct Job {
    /// What becomes of them.
    pub form: Form,
    /// What a signed PDF tells and shows.
    pub look: Look,
    /// Whether the service adds a page to the PDF; only where the service makes the PDF.
    pub signature_page: bool,
    /// The signature policy of a form that is put together here, by its object identifier; `None`
    /// for the newest of its kind that is in force.
    pub policy: Option<String>,
}

impl Session<'_> {
    /// Signs documents and gives their outcomes in their order, all of them in memory; see
    /// [`Session::sign_each`] for large ones.
    ///
    /// A session that stops half-way loses nothing: what is signed is here, the document at which it
    /// stopped has the reason, and those behind it are [`Error::NotAttempted`].
    ///
    /// # Errors
    /// What stopped the session before any document had an outcome.
    pub fn sign(
        &mut self,
        documents: &[Document],
        job: &Job,
        screen: &mut dyn Screen,
    ) -> Result<Vec<Outcome>, Error> {
        docket::gather(documents.len(), Signed::into_memory, |deliver| {
            self.sign_each(documents, job, screen, deliver)
        })
    }

    /// Signs documents and hands each outcome to `deliver`, with the document's number, as soon as
    /// it is known. With a state directory, an outcome that `deliver` did not take is kept, and
    /// [`crate::Client::resume`] hands it over again.
    ///
    /// # Errors
    /// What stopped the session before every document had an outcome, or the error of `deliver`.
    pub fn sign_each(
        &mut self,
        documents: &[Document],
        job: &Job,
        screen: &mut dyn Screen,
        deliver: &mut Deliver<'_>,
    ) -> Result<(), Error> {
        sign(self, documents, job, screen, deliver)
    }

    /// The least scope for so many documents.
    fn scope_for(&self, documents: usize, job: &Job) -> Scope {
        let limit = self.client.settings.provider.view().limits.documents_per_request;
        // Documents that are sent go one in a request.
        let in_one_request = if job.form.format().needs_document() { 1 } else { limit };
        self.scope.unwrap_or(match documents {
            0 | 1 => Scope::SingleSignature,
            count if count <= in_one_request => Scope::MultiSignature,
            _ => Scope::SignatureSession,
        })
    }
}

/// The file in which the signed form of a document is received.
fn inbox_for(document: &Document, form: Form) -> Result<Option<PathBuf>, Error> {
    match document.path() {
        Some(path) if form.format().needs_document() => {
            let temporary = std::env::temp_dir();
            let beside = document.received_in.as_deref().or_else(|| path.parent());
            inbox::name(&[beside.unwrap_or(&temporary), &temporary]).map(Some)
        }
        _ => Ok(None),
    }
}

/// Signs documents from their beginning.
fn sign(
    session: &mut Session<'_>,
    documents: &[Document],
    job: &Job,
    screen: &mut dyn Screen,
    deliver: &mut Deliver<'_>,
) -> Result<(), Error> {
    let recipe = Recipe {
        form: job.form,
        look: job.look.clone(),
        signed_at: clock::wall().seconds(),
        signature_page: job.signature_page,
        policy: job.policy.clone(),
        baseline: None,
    };
    recipe.check(&session.client.settings)?;
    let provider = session.client.settings.provider.view();
    let mut pieces = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let piece = recipe.prepare(document).and_then(|prepared| {
            let inbox = inbox_for(document, job.form)?;
            let (document, state) = (document.clone(), State::Waiting);
            let own = Own::new(pieces.len());
            let piece = Piece { index, document, prepared, state, inbox, own };
            piece.item(job.form).check(job.form.format(), &provider)?;
            Ok(piece)
        });
        match piece {
            Ok(piece) => pieces.push(piece),
            Err(error) => handed(deliver(index, document, Err(error)))?,
        }
    }
    if pieces.is_empty() {
        return Ok(());
    }
    let scope = session.scope_for(pieces.len(), job);
    let docket = Docket::new(pieces, screen, deliver);
    run(Work::new(session, recipe, scope, docket), Start::Fresh)
}

/// Where an order begins.
#[expect(clippy::large_enum_variant, reason = "there is one, and it is taken apart at once")]
pub(crate) enum Start {
    /// At its first document.
    Fresh,
    /// Where another process left it.
    Saved {
        snapshot: SigningSnapshot,
        elapsed: rubrica_core::time::Elapsed,
        /// The host's word on documents in doubt.
        resolution: Option<Resolution>,
    },
}

/// Runs an order to its end.
pub(crate) fn run(mut work: Work<'_, '_>, start: Start) -> Result<(), Error> {
    let client = work.session.client;
    let provider = client.settings.provider.view();
    let service = client.service(&provider)?;
    let application = client.application(&service)?;
    let driver = client.driver();
    if matches!(start, Start::Fresh) && work.recipe.form.assembled().is_some() {
        work.learn_signer(&driver, &application)?;
        work.docket.show_progress();
    }
    work.fix_digests()?;
    let form = work.recipe.form;
    let ids: Vec<(String, String, Content)> = work
        .docket
        .pieces
        .iter()
        .map(|piece| (piece.own.id.clone(), piece.document.name.clone(), piece.content(form)))
        .collect();
    let items: Vec<Item<'_>> =
        ids.iter().map(|(id, alias, content)| Item { id, alias, content: *content }).collect();
    let alias = work.session.certificate_alias.clone();
    let order = Order {
        items: &items,
        format: form.format(),
        // What is verified afterwards must be what was asked for.
        padding: form.format().is_raw().then_some(Padding::Pkcs1V15),
        signature_page: work.recipe.signature_page,
        certificate_alias: alias.as_deref(),
    };
    let seed = random::seed()?;
    let now = driver.now();
    let mut flow = match start {
        Start::Fresh => {
            let mut flow = Signing::new(&application, &order, PATIENCE, seed, now)?;
            // A session's token of an earlier call is as good as a new one.
            if let Some(grant) = work.session.grant.take()
                && !grant.is_expired(now)
            {
                match work.learn_certificates(&driver, &application, &grant) {
                    // It was revoked: the flow asks for another.
                    Err(Error::Core(CoreError::Peer(PeerError::Unauthorized))) => {}
                    learned => {
                        learned?;
                        flow.authorize(grant, driver.now())?;
                    }
                }
            }
            flow
        }
        Start::Saved { snapshot, elapsed, resolution } => {
            // The word is on what is in doubt now, and not on what may come into doubt.
            let in_doubt = snapshot.in_flight();
            work.resolution = resolution.filter(|_| in_doubt > 0);
            let first_to_send = match work.resolution {
                None if in_doubt > 0 => work.docket.pieces.len(),
                Some(Resolution::Abandon) => snapshot.next().saturating_add(in_doubt),
                _ => snapshot.next(),
            };
            let flow =
                Signing::resume(&application, &order, snapshot, elapsed, PATIENCE, seed, now)?;
            work.hand_over_from(flow.snapshot(now))?;
            if let Err(error) = work.check_unchanged(first_to_send) {
                work.save(flow.snapshot(now))?;
                return Err(error);
            }
            flow
        }
    };
    let mut attendant = Attending { work, application: &application };
    driver.run(&mut flow, &mut attendant)?;
    attendant.work.hand_over()?;
    attendant.work.session.grant = flow.take_grant();
    attendant.work.docket.close()
}

/// The work with its application, which the flow borrows as well.
struct Attending<'a, 'w, 'c> {
    work: Work<'w, 'c>,
    application: &'a Application<'a>,
}

impl<'f> Attendant<Signing<'f>> for Attending<'_, '_, '_> {
    type Documents = Uploads;
    type Sink = Inbox;

    fn event(
        &mut self,
        driver: &Driver<'_>,
        flow: &mut Signing<'f>,
        event: SigningEvent,
    ) -> Result<(), Error> {
        let work = &mut self.work;
        match event {
            SigningEvent::Authorize => {
                let grant = work.session.authorize(
                    driver,
                    self.application,
                    work.scope,
                    work.docket.screen,
                )?;
                work.learn_certificates(driver, self.application, &grant)?;
                flow.authorize(grant, driver.now())?;
                work.docket.show_progress();
            }
            SigningEvent::InDoubt(items) => match work.resolution.take() {
                Some(resolution) => {
                    if let Some(batch) = flow.resolve(resolution, driver.now())? {
                        work.take(&batch);
                        work.hand_over()?;
                    }
                }
                None => work.docket.leave_in_doubt(items)?,
            },
        }
        Ok(())
    }

    fn gain(&mut self, gain: Option<Batch<'_, '_>>) -> Result<(), Error> {
        match gain {
            // A cancellation is no word on what is in doubt.
            Some(Batch { items, outcome: Err(CoreError::Peer(PeerError::InDoubt)) }) => {
                self.work.docket.leave_in_doubt(items)
            }
            Some(batch) => {
                self.work.take(&batch);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn before_once(&mut self, driver: &Driver<'_>, flow: &Signing<'f>) -> Result<(), Error> {
        let session = &self.work.session;
        let snapshot = flow.snapshot(driver.now());
        session.client.pace.sign(session.holder, snapshot.in_flight(), driver);
        if driver.cancellation.is_cancelled() {
            return Err(core(PeerError::Cancelled));
        }
        crash::point();
        self.work.save(snapshot)?;
        crash::point();
        Ok(())
    }

    fn after_once(&mut self, driver: &Driver<'_>, flow: &Signing<'f>) -> Result<(), Error> {
        crash::point();
        let saved = self.work.save(flow.snapshot(driver.now()));
        crash::point();
        // What came is handed over though it could not be kept.
        self.work.hand_over_from(flow.snapshot(driver.now()))?;
        if self.work.docket.is_delivered() {
            // Nothing is left that a journal would be needed for.
            return Ok(());
        }
        saved
    }

    fn documents(&mut self) -> (&mut Uploads, &mut Inbox) {
        (&mut self.work.docket.uploads, &mut self.work.docket.inbox)
    }
}
