//! Runs a cell, judges what came of it, and goes on when the fault is gone.

use std::collections::BTreeMap;

use rubrica::certillion::{Client, Outcome, Resolution, Settings};
use rubrica::{Document, Error};
use rubrica_sandbox::{CPF_HOLDER, Rule, Sandbox, certillion, vidaas};
use rubrica_tests::certillion::{Run, contents, judge as judge_bytes, resume, sandbox, settings};
use rubrica_tests::host::{Folder, Holderside, holder, sha256};

use crate::cell::{Cell, Expect, World};

/// What a cell is played with.
struct Desk<'c> {
    cell: &'c Cell,
    sandbox: Sandbox,
    folder: Folder,
    originals: Vec<Vec<u8>>,
    /// The signed documents that were handed over, in whichever run.
    signed: BTreeMap<usize, Vec<u8>>,
    /// The document that was signed and not fetched, and its transaction.
    unfetched: Option<(usize, String)>,
}

/// Runs one cell and judges what came of it.
pub(crate) fn judge(cell: &Cell) {
    let mut desk = Desk {
        cell,
        sandbox: sandbox(),
        folder: Folder::new(),
        originals: contents(
            &cell.job,
            &cell.name.replace(['<', '&', '(', ')', '\\'], ""),
            cell.documents,
        ),
        signed: BTreeMap::new(),
        unfetched: None,
    };
    let rule = Rule::always(cell.endpoint, cell.fault.clone());
    desk.sandbox.faults().add(match cell.times {
        Some(times) => rule.times(times),
        None => rule,
    });
    let first = desk.client(cell.world);
    let mut screen = Holderside::with_browser(&desk.sandbox);
    let run = desk.run(&first, &mut screen);
    desk.judge_run(run);
    desk.judge_service(&screen);
    desk.sandbox.faults().clear();
    drop(first);
    let client = desk.client(World::Good);
    desk.go_on(&client);
    assert_eq!(client.interrupted().expect("a folder"), [], "{}: it is not over", cell.name);
    desk.judge_end();
}

impl Desk<'_> {
    fn client(&self, world: World) -> Client {
        let mut settings = Settings {
            state_directory: Some(self.folder.path("state")),
            ..settings(&self.sandbox)
        };
        settings.patience = self.cell.patience;
        if !self.cell.trust {
            settings.trust = None;
        }
        match world {
            World::Good => {}
            World::UnknownAuthority => settings.tls_anchors = None,
        }
        Client::new(settings).expect("good settings")
    }

    fn run(&self, client: &Client, screen: &mut Holderside) -> Run {
        // Another process finds files alone.
        let file = |(place, bytes)| self.folder.write(&format!("document-{place}"), bytes);
        let documents: Vec<Document> =
            self.originals.iter().enumerate().map(file).map(Document::from_file).collect();
        let mut session = client.session(holder(CPF_HOLDER));
        Run::of(|deliver| session.sign_each(&documents, &self.cell.job, screen, deliver))
    }

    /// Judges what was handed over, and keeps it.
    fn take(&mut self, outcomes: BTreeMap<usize, Outcome>) {
        for (place, outcome) in outcomes {
            let Ok(signed) = outcome else { continue };
            let bytes = signed.into_bytes().expect("in memory");
            if self.cell.trust {
                let original = &self.originals[place];
                judge_bytes(&self.sandbox, &self.cell.job, original, CPF_HOLDER, &bytes);
            }
            let earlier = self.signed.insert(place, bytes);
            assert!(earlier.is_none(), "{}: {place} came twice", self.cell.name);
        }
    }

    /// Judges the run with the fault.
    fn judge_run(&mut self, run: Run) {
        let Cell { name, documents, .. } = self.cell;
        let errors = |run: &Run, judge: &dyn Fn(usize, &rubrica::Error)| {
            assert_eq!(run.outcomes.len(), *documents, "{name}: {run:?}");
            for (place, outcome) in &run.outcomes {
                match outcome {
                    Ok(_) => panic!("{name}: {place} was handed over as signed"),
                    Err(error) => judge(*place, error),
                }
            }
        };
        match self.cell.expect {
            Expect::Good => {
                assert!(run.ended.is_ok(), "{name}: {run:?}");
                assert!(run.outcomes.values().all(Result::is_ok), "{name}: {run:?}");
                assert_eq!(run.outcomes.len(), *documents, "{name}");
            }
            Expect::Stops(whose, told) => {
                let Err(error) = &run.ended else { panic!("{name}: {run:?}") };
                told.judge(name, whose, error);
                assert!(run.outcomes.is_empty(), "{name}: {run:?}");
            }
            Expect::Fails(whose, told) => {
                assert!(run.ended.is_ok(), "{name}: {run:?}");
                errors(&run, &|_, error| told.judge(name, whose, error));
            }
            Expect::One(bad, whose, told) => {
                assert!(run.ended.is_ok(), "{name}: {run:?}");
                assert_eq!(run.outcomes.len(), *documents, "{name}: {run:?}");
                for (place, outcome) in &run.outcomes {
                    match outcome {
                        Err(Error::NotFetched { transaction, error }) if *place == bad => {
                            assert!(self.cell.unfetched, "{name}: {error:?}");
                            told.judge(name, whose, error);
                            self.unfetched = Some((bad, transaction.clone()));
                        }
                        Err(error) if *place == bad => {
                            assert!(!self.cell.unfetched, "{name}: {error:?}");
                            told.judge(name, whose, error);
                        }
                        Ok(_) if *place != bad => {}
                        _ => panic!("{name}: {place}: {run:?}"),
                    }
                }
            }
            Expect::Doubt => {
                assert_eq!(run.end(), Err(rubrica::Fault::InDoubt), "{name}: {run:?}");
                errors(&run, &|_, error| {
                    assert_eq!(error.fault(), rubrica::Fault::InDoubt, "{name}: {error:?}");
                });
            }
            Expect::DoubtOfOne(open) => {
                assert_eq!(run.end(), Err(rubrica::Fault::InDoubt), "{name}: {run:?}");
                assert_eq!(run.outcomes.len(), *documents, "{name}: {run:?}");
                for (place, outcome) in &run.outcomes {
                    let is_open = matches!(
                        outcome, Err(error) if error.fault() == rubrica::Fault::InDoubt
                    );
                    assert_eq!(is_open, *place == open, "{name}: {place}: {run:?}");
                    assert_eq!(outcome.is_ok(), *place != open, "{name}: {place}: {run:?}");
                }
            }
        }
        self.take(run.outcomes);
    }

    /// Judges what the service saw of the run with the fault.
    fn judge_service(&self, screen: &Holderside) {
        let Cell { name, .. } = self.cell;
        let counters = self.sandbox.counters();
        assert_eq!(counters.violations(), self.cell.violations, "{name}");
        let made = counters.signatures();
        assert_eq!(made.len(), self.cell.made, "{name}: {made:?}");
        for original in &self.originals {
            assert!(counters.signatures_of(&sha256(original)) <= 1, "{name}: signed twice");
        }
        if let Some(sent) = self.cell.sent {
            assert_eq!(counters.requests(self.cell.endpoint), sent, "{name}: requests");
        }
        if let Some(asked) = self.cell.asked {
            assert_eq!(screen.asked(), asked, "{name}: {:?}", screen.notices);
        }
        // Where the redirects lead to.
        assert_eq!(counters.requests(vidaas::APPLICATION), 0, "{name}: a redirect was followed");
    }

    /// Goes on with what was interrupted; where nothing was begun, begins.
    fn go_on(&mut self, client: &Client) {
        let name = &self.cell.name;
        let mut screen = Holderside::with_browser(&self.sandbox);
        let is_interrupted = !client.interrupted().expect("a folder").is_empty();
        match self.cell.expect {
            Expect::Good | Expect::Fails(..) | Expect::One(..) => {
                assert!(!is_interrupted, "{name}: it is over");
                self.fetch(client);
                return;
            }
            Expect::Stops(..) => {}
            Expect::Doubt | Expect::DoubtOfOne(_) => {
                assert!(is_interrupted, "{name}: nobody can decide");
                let counters = self.sandbox.counters();
                let before = counters.requests(certillion::SIGNATURE);
                let run = resume(client, None, &mut screen);
                let in_doubt: Vec<_> = run.told().into_iter().map(|(_, told)| told).collect();
                let count = match self.cell.expect {
                    Expect::DoubtOfOne(_) => 1,
                    _ => self.cell.documents,
                };
                let every = vec![Err(rubrica::Fault::InDoubt); count];
                assert_eq!(in_doubt, every, "{name}");
                assert_eq!(counters.requests(certillion::SIGNATURE), before, "{name}");
            }
        }
        let run = if is_interrupted {
            resume(client, Some(Resolution::SignAgain), &mut screen)
        } else {
            // What stops before the first document is with the service needs no journal.
            assert_eq!(self.sandbox.counters().uploads(), [], "{name}: the journal is lost");
            self.run(client, &mut screen)
        };
        assert!(run.ended.is_ok(), "{name}: {run:?}");
        assert!(run.outcomes.values().all(Result::is_ok), "{name}: {run:?}");
        self.take(run.outcomes);
        assert_eq!(self.signed.len(), self.cell.documents, "{name}: a document was lost");
    }

    /// Fetches by its transaction what was signed and could not be fetched.
    fn fetch(&self, client: &Client) {
        // A transaction that the service does not know leads nowhere, however often it is asked for.
        let is_known = self.cell.endpoint == certillion::DOWNLOAD;
        let Some((place, transaction)) = self.unfetched.as_ref().filter(|_| is_known) else {
            return;
        };
        let fetched =
            client.download(None, transaction, self.folder.path("")).expect("it is there");
        let bytes = std::fs::read(fetched.path()).expect("a file");
        let original = &self.originals[*place];
        judge_bytes(&self.sandbox, &self.cell.job, original, CPF_HOLDER, &bytes);
    }

    /// Judges what the service saw in all.
    fn judge_end(&self) {
        let Cell { name, documents, .. } = self.cell;
        let counters = self.sandbox.counters();
        assert_eq!(counters.violations(), self.cell.violations, "{name}");
        let signatures = counters.signatures().len();
        match self.cell.expect {
            Expect::Good | Expect::Stops(..) => assert_eq!(signatures, *documents, "{name}"),
            Expect::Fails(..) | Expect::One(..) => assert_eq!(signatures, self.cell.made, "{name}"),
            // By the host's word.
            Expect::Doubt => assert_eq!(signatures, self.cell.made + documents, "{name}"),
            Expect::DoubtOfOne(_) => assert_eq!(signatures, self.cell.made + 1, "{name}"),
        }
        for original in &self.originals {
            let uploads = counters.uploads_of(&sha256(original));
            if let Some(expected) = self.cell.uploads {
                assert_eq!(uploads, expected, "{name}: uploads");
            }
            if !matches!(self.cell.expect, Expect::Doubt) {
                assert!(counters.signatures_of(&sha256(original)) <= 1, "{name}: signed twice");
            }
        }
    }
}
