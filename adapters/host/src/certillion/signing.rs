//! Signing documents: sent, signed and fetched step by step, journaled after each, checked before
//! anything is handed over.

use std::path::PathBuf;

use rubrica_core::certillion::{
    Application, Boundary, Documents, Item, Options, Order, Progress, Resolution, Signing,
    SigningEvent, SigningGain, SigningSnapshot, Stage, Standard,
};
use rubrica_core::error::PeerError;
use rubrica_core::flow::Flow;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::time::{Duration, Elapsed};

use super::job::Job;
use super::outcome::{Deliver, Outcome, Signed};
use super::session::Session;
use super::work::Work;
use crate::crash;
use crate::docket::{self, Docket, handed};
use crate::document::Document;
use crate::driver::{Attendant, Driver};
use crate::error::{Error, core};
use crate::inbox::{self, Inbox};
use crate::piece::{self, Piece, State};
use crate::random;
use crate::screen::Screen;
use crate::upload::Uploads;

/// How long an order may take in all, approvals included, before it is left for later.
const PATIENCE: Duration = Duration::from_secs(2 * 60 * 60);

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
    /// it is known. With a state directory, what was uploaded, signed or fetched is kept, and
    /// [`super::Client::resume`] goes on from there.
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
        let mut pieces = Vec::new();
        for (index, document) in documents.iter().enumerate() {
            match self.prepare(index, document, job) {
                Ok(piece) => pieces.push(piece),
                Err(error) => handed(deliver(index, document, Err(error)))?,
            }
        }
        if pieces.is_empty() {
            return Ok(());
        }
        let most = self.client.settings.profile.view(&[]).limits.hashes_per_request;
        let most = most.min(Documents::MOST);
        let scope = self.scope.unwrap_or(match pieces.len() {
            1 => Scope::SingleSignature,
            count if count <= most => Scope::MultiSignature,
            _ => Scope::SignatureSession,
        });
        let docket = Docket::new(pieces, screen, deliver);
        run(Work::new(self, job.clone(), scope, docket), Start::Fresh)
    }

    /// Reads a document and refuses what the service would refuse.
    fn prepare(
        &self,
        index: usize,
        document: &Document,
        job: &Job,
    ) -> Result<Piece<Progress>, Error> {
        if job.standard.is_pdf() {
            rubrica_pdf::inspect(&*document.open()?)?;
        }
        let prepared = document.digest()?;
        let profile = self.client.settings.profile.view(&[]);
        let image = job.look.image();
        let options = job.look.options(image.as_deref());
        let item =
            Item { options: options.as_ref(), ..Item::new("1", &document.name, prepared.length) };
        item.check(job.standard, &profile)?;
        let (state, own) = (State::Waiting, Progress::default());
        let inbox = inbox_for(document)?;
        Ok(Piece { index, document: document.clone(), prepared, state, inbox, own })
    }
}

/// The file in which the signed form of a document is received.
fn inbox_for(document: &Document) -> Result<Option<PathBuf>, Error> {
    let Some(path) = document.path() else { return Ok(None) };
    let temporary = std::env::temp_dir();
    let beside = document.received_in.as_deref().or_else(|| path.parent());
    inbox::name(&[beside.unwrap_or(&temporary), &temporary]).map(Some)
}

/// Where an order begins.
#[expect(clippy::large_enum_variant, reason = "there is one, and it is taken apart at once")]
pub(super) enum Start {
    /// At its first step.
    Fresh,
    /// Where another process left it.
    Saved {
        snapshot: SigningSnapshot,
        elapsed: Elapsed,
        /// The host's word on documents in doubt.
        resolution: Option<Resolution>,
    },
}

/// Runs an order to its end.
pub(super) fn run(work: Work<'_, '_>, start: Start) -> Result<(), Error> {
    let client = work.session.client;
    let psc = work.session.psc.clone();
    client.with(psc.as_deref(), |application| {
        let image = work.job.look.image();
        let look = work.job.look.clone();
        run_for(work, start, application, look.options(image.as_deref()).as_ref())
    })
}

fn run_for(
    mut work: Work<'_, '_>,
    start: Start,
    application: &Application<'_>,
    options: Option<&Options<'_>>,
) -> Result<(), Error> {
    let driver = work.session.client.driver();
    let Job { standard, policy, detached, .. } = work.job;
    let media_type = match standard {
        Standard::Pades | Standard::PadesIcpBr => Some("application/pdf"),
        Standard::Xades => Some("application/xml"),
        Standard::Cades => None,
    };
    let named: Vec<(String, String, u64)> = work
        .docket
        .pieces
        .iter()
        .enumerate()
        .map(|(place, piece)| {
            (piece::id(place), piece.document.name.clone(), piece.prepared.length)
        })
        .collect();
    let items: Vec<Item<'_>> = named
        .iter()
        .map(|(id, alias, length)| Item { media_type, options, ..Item::new(id, alias, *length) })
        .collect();
    let alias = work.session.certificate_alias.clone();
    let order = Order {
        items: &items,
        standard,
        policy,
        detached,
        pki_name: Some(Order::ICP_BR),
        certificate_alias: alias.as_deref(),
    };
    let mut progress: Vec<Progress> =
        work.docket.pieces.iter().map(|piece| piece.own.clone()).collect();
    let boundary = Boundary::from_entropy(&random::bytes()?)?;
    let (seed, now) = (random::seed()?, driver.now());
    let mut flow = match start {
        Start::Fresh => {
            Signing::new(application, &order, &mut progress, boundary, PATIENCE, seed, now)?
        }
        Start::Saved { snapshot, elapsed, resolution } => {
            // The word is on what is in doubt now, and not on what may come into doubt.
            let in_doubt = progress.iter().any(|each| each.stage == Stage::Sent);
            work.resolution = resolution.filter(|_| in_doubt);
            let flow = Signing::resume(
                application,
                &order,
                &mut progress,
                snapshot,
                elapsed,
                boundary,
                PATIENCE,
                seed,
                now,
            )?;
            let handed = work.hand_over();
            work.save(flow.snapshot(now), flow.progress())?;
            handed?;
            work.check_unchanged()?;
            flow
        }
    };
    if flow.progress().iter().any(|each| each.stage == Stage::Waiting) {
        work.show_uploads(sent(flow.progress()));
    }
    let mut attendant = Attending { work, application };
    driver.run(&mut flow, &mut attendant)?;
    attendant.work.session.grant = flow.take_grant();
    attendant.work.docket.close()
}

/// How many documents the service has, or need not have any more.
fn sent(progress: &[Progress]) -> usize {
    progress.iter().filter(|each| each.stage != Stage::Waiting).count()
}

/// The work with its application, which the flow borrows as well.
struct Attending<'a, 'w, 'c> {
    work: Work<'w, 'c>,
    application: &'a Application<'a>,
}

impl Attending<'_, '_, '_> {
    /// Writes the journal, then hands over what came, then writes that it was handed over.
    fn keep(&mut self, driver: &Driver<'_>, flow: &Signing<'_>) -> Result<(), Error> {
        let work = &mut self.work;
        crash::point();
        let saved = work.save(flow.snapshot(driver.now()), flow.progress());
        crash::point();
        // What came is handed over though it could not be kept.
        let handed = work.hand_over();
        if work.docket.is_delivered() {
            // Nothing is left that a journal would be needed for.
            return handed;
        }
        if work.is_new {
            let again = work.save(flow.snapshot(driver.now()), flow.progress());
            handed.and(again)?;
        } else {
            handed?;
        }
        saved
    }
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
                let held = work.session.grant.take().filter(|each| !each.is_expired(driver.now()));
                let grant = match held {
                    Some(grant) => grant,
                    None => work.session.authorize(
                        driver,
                        self.application,
                        work.scope,
                        work.docket.screen,
                    )?,
                };
                flow.authorize(grant, driver.now())?;
                work.docket.show_progress();
            }
            SigningEvent::InDoubt => match work.resolution.take() {
                Some(resolution) => {
                    let gain = flow.resolve(resolution, driver.now())?;
                    self.gain(gain)?;
                    self.keep(driver, flow)?;
                }
                None => {
                    work.save(flow.snapshot(driver.now()), flow.progress())?;
                    work.leave_in_doubt(flow.progress())?;
                }
            },
        }
        Ok(())
    }

    fn gain(&mut self, gain: SigningGain<'_, '_>) -> Result<(), Error> {
        let work = &mut self.work;
        match gain {
            SigningGain::Nothing => {}
            SigningGain::Uploaded(_) => work.is_new = true,
            SigningGain::Signed(batch) => work.take(&batch),
            SigningGain::Received(received) => work.receive(received.document),
            SigningGain::Failed { documents, error } => work.fail_all(&documents, error),
        }
        Ok(())
    }

    fn before_once(&mut self, driver: &Driver<'_>, flow: &Signing<'f>) -> Result<(), Error> {
        if driver.cancellation.is_cancelled() {
            return Err(core(PeerError::Cancelled));
        }
        crash::point();
        self.work.save(flow.snapshot(driver.now()), flow.progress())?;
        crash::point();
        Ok(())
    }

    fn after_once(&mut self, driver: &Driver<'_>, flow: &Signing<'f>) -> Result<(), Error> {
        self.keep(driver, flow)
    }

    fn after_reply(&mut self, driver: &Driver<'_>, flow: &Signing<'f>) -> Result<(), Error> {
        if !self.work.is_new {
            return Ok(());
        }
        // A document that just got there, not one that is signed already.
        if flow.progress().iter().all(|each| matches!(each.stage, Stage::Waiting | Stage::Uploaded))
        {
            self.work.show_uploads(sent(flow.progress()));
        }
        self.keep(driver, flow)
    }

    fn documents(&mut self) -> (&mut Uploads, &mut Inbox) {
        (&mut self.work.docket.uploads, &mut self.work.docket.inbox)
    }
}
