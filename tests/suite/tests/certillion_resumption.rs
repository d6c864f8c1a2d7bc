//! Orders with Certillion that stop between any two of their steps, and go on: what is uploaded is not
//! sent again, what is signed is not signed again, what was fetched is handed over.

use core::time::Duration;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::thread;

use rubrica::certillion::{Client, Job, Resolution, Session, Settings, Standard};
use rubrica::{Client as PscClient, Document, Error, Fault, Form, JournalError, Progress, Scope};
use rubrica_sandbox::certillion::{DOCUMENT, DOWNLOAD, SIGNATURE, TOKEN};
use rubrica_sandbox::{
    CPF_HOLDER, Endpoint, Fault as Trouble, Policy, Rule, Sandbox, certillion, vidaas,
};
use rubrica_tests::certillion::{
    Run, client_in, judge, resume, sandbox, settings, settings_with, sign_and_judge,
};
use rubrica_tests::host::{self, Folder, Holderside, holder, judge_counters, pdf, sha256};

/// Documents of an order.
const COUNT: usize = 3;

/// A service, a client with a journal, and documents in files.
struct Desk {
    sandbox: Sandbox,
    folder: Folder,
    client: Client,
    job: Job,
    paths: Vec<PathBuf>,
}

impl Desk {
    fn new() -> Self {
        let (sandbox, folder) = (sandbox(), Folder::new());
        let client = client_in(&sandbox, &folder);
        let write = |number| folder.write(&format!("{number}.pdf"), pdf(&format!("No. {number}")));
        let paths = (1..=COUNT).map(write).collect();
        Self { sandbox, folder, client, job: Job::new(Standard::PadesIcpBr), paths }
    }

    fn screen(&self) -> Holderside {
        Holderside::with_browser(&self.sandbox)
    }

    fn documents(&self) -> Vec<Document> {
        self.paths.iter().map(Document::from_file).collect()
    }

    fn trouble(&self, endpoint: Endpoint, after: u32, trouble: Trouble, times: u32) {
        let rule = Rule::always(endpoint, trouble).after(after).times(times);
        self.sandbox.faults().add(rule);
    }

    /// Begins the order in this session.
    fn begin_in(&self, mut session: Session<'_>) -> Run {
        let (documents, mut screen) = (self.documents(), self.screen());
        Run::of(|deliver| session.sign_each(&documents, &self.job, &mut screen, deliver))
    }

    fn begin(&self) -> Run {
        self.begin_in(self.client.session(holder(CPF_HOLDER)))
    }

    /// Begins the order, and cancels it when an endpoint has had so many requests and one more.
    fn begin_and_cancel(&self, endpoint: Endpoint, requests: u64) -> Run {
        let cancellation = self.client.cancellation();
        thread::scope(|scope| {
            let counters = self.sandbox.counters();
            scope.spawn(move || {
                while counters.requests(endpoint) <= requests {
                    thread::sleep(Duration::from_millis(2));
                }
                cancellation.cancel();
            });
            self.begin()
        })
    }

    /// Judges what was handed over as signed, and gives the documents' numbers.
    fn judge(&self, run: &Run) -> Vec<usize> {
        let mut signed = Vec::new();
        for (place, outcome) in &run.outcomes {
            let Ok(outcome) = outcome else { continue };
            let bytes = outcome.clone().into_bytes().unwrap();
            let original = fs::read(&self.paths[*place]).unwrap();
            judge(&self.sandbox, &self.job, &original, CPF_HOLDER, &bytes);
            signed.push(*place);
        }
        signed
    }

    /// How often each document was uploaded, signed and downloaded.
    fn counts(&self) -> Vec<[usize; 3]> {
        let counters = self.sandbox.counters();
        let of = |path: &PathBuf| {
            let hash = sha256(&fs::read(path).unwrap());
            [
                counters.uploads_of(&hash),
                counters.signatures_of(&hash),
                counters.downloads_of(&hash),
            ]
        };
        self.paths.iter().map(of).collect()
    }

    fn progress(&self) -> Vec<Progress> {
        let sessions = self.client.interrupted().unwrap();
        let pending = self.client.pending(&sessions[0]).unwrap();
        pending.documents.iter().map(|each| each.progress).collect()
    }

    /// Goes on to the end, with so many questions to the holder.
    #[track_caller]
    fn finish(&self, asked: usize) {
        let mut screen = self.screen();
        let run = resume(&self.client, None, &mut screen);
        assert!(run.ended.is_ok(), "{run:?}");
        assert_eq!(screen.asked(), asked);
        self.judge(&run);
        assert!(run.outcomes.values().all(Result::is_ok), "{run:?}");
        assert_eq!(self.client.interrupted().unwrap(), []);
        judge_counters(&self.sandbox);
        self.assert_tidy();
    }

    /// Nothing is left behind.
    fn assert_tidy(&self) {
        for entry in fs::read_dir(self.folder.path("")).unwrap() {
            let path = entry.unwrap().path();
            let is_ours = path.ends_with("state") || self.paths.contains(&path);
            assert!(is_ours, "{} was left behind", path.display());
        }
    }
}

fn answer(status: u16) -> Trouble {
    Trouble::Answer { status, headers: Vec::new(), body: String::new(), processed: false }
}

#[test]
fn what_was_uploaded_is_not_uploaded_again() {
    for uploaded in 0..COUNT {
        let desk = Desk::new();
        // A second 401 in a row ends the order.
        desk.trouble(DOCUMENT, u32::try_from(uploaded).unwrap(), answer(401), 2);
        let run = desk.begin();
        assert_eq!((run.end(), run.told()), (Err(Fault::Service), vec![]));
        if uploaded == 0 {
            assert_eq!(desk.client.interrupted().unwrap(), [], "nothing was begun");
            continue;
        }
        assert_eq!(desk.progress(), [Progress::Waiting; COUNT]);
        desk.finish(1);
        assert_eq!(desk.counts(), [[1, 1, 1]; COUNT]);
    }
}

#[test]
fn a_holder_who_declines_is_asked_again_and_nothing_is_uploaded_again() {
    for policy in [Policy::DenyAll, Policy::ApproveAll] {
        let desk = Desk::new();
        match policy {
            Policy::DenyAll => desk.sandbox.phone().set_policy(Policy::DenyAll),
            // What the holder gave does not arrive.
            _ => desk.trouble(TOKEN, 0, answer(500), 1),
        }
        let run = desk.begin();
        assert!(run.ended.is_err(), "{run:?}");
        desk.sandbox.phone().set_policy(Policy::ApproveAll);
        desk.finish(1);
        assert_eq!(desk.counts(), [[1, 1, 1]; COUNT]);
    }
}

#[test]
fn a_cancelled_order_goes_on_wherever_it_was() {
    for (endpoint, after, asked) in [(DOCUMENT, 1, 1), (TOKEN, 0, 1), (DOWNLOAD, 0, 0)] {
        let desk = Desk::new();
        let after = u32::try_from(after).unwrap();
        desk.trouble(endpoint, after, Trouble::Delay { milliseconds: 400 }, 1);
        let run = desk.begin_and_cancel(endpoint, u64::from(after));
        let before = desk.judge(&run).len();
        assert_eq!(run.end(), Err(Fault::Holder), "{}: {run:?}", endpoint.name());
        // The cancelled client is done with; another process has its own.
        let desk = Desk { client: client_in(&desk.sandbox, &desk.folder), ..desk };
        desk.finish(asked);
        for [uploads, signatures, downloads] in desk.counts() {
            assert_eq!([uploads, signatures], [1, 1], "{}", endpoint.name());
            assert!(downloads <= 2, "{}", endpoint.name());
        }
        assert!(before < COUNT);
    }
}

#[test]
fn an_order_that_is_cancelled_when_the_last_document_is_here_is_done() {
    let desk = Desk::new();
    let before = COUNT - 1;
    let delay = Trouble::Delay { milliseconds: 400 };
    desk.trouble(DOWNLOAD, u32::try_from(before).unwrap(), delay, 1);
    let run = desk.begin_and_cancel(DOWNLOAD, before as u64);
    assert!(run.ended.is_ok(), "{run:?}");
    assert_eq!(desk.judge(&run), [0, 1, 2]);
    assert_eq!(desk.client.interrupted().unwrap(), []);
    desk.assert_tidy();
}

#[test]
fn what_was_signed_is_fetched_and_not_signed_again() {
    for fetched in 0..COUNT {
        let desk = Desk::new();
        desk.trouble(DOWNLOAD, u32::try_from(fetched).unwrap(), answer(401), 2);
        let run = desk.begin();
        assert_eq!(run.end(), Err(Fault::Service), "{run:?}");
        assert_eq!(desk.judge(&run), (0..fetched).collect::<Vec<_>>());
        let mut expected = [Progress::Signed; COUNT];
        expected[..fetched].fill(Progress::Delivered);
        assert_eq!(desk.progress(), expected);
        // Neither the holder nor the documents are needed, but to compare with.
        desk.finish(0);
        assert_eq!(desk.counts(), [[1, 1, 1]; COUNT]);
    }
}

#[test]
fn what_was_not_taken_is_handed_over_again_and_not_fetched_again() {
    for refused in 0..COUNT {
        let desk = Desk::new();
        let mut session = desk.client.session(holder(CPF_HOLDER));
        let mut taken = Vec::new();
        let ended = session.sign_each(
            &desk.documents(),
            &desk.job,
            &mut desk.screen(),
            &mut |place, _, outcome| {
                if place == refused {
                    return Err(io::ErrorKind::StorageFull.into());
                }
                outcome.expect("signed");
                taken.push(place);
                Ok(())
            },
        );
        assert!(matches!(ended, Err(Error::File { .. })), "{ended:?}");
        assert_eq!(taken, (0..refused).collect::<Vec<_>>());
        let mut screen = desk.screen();
        let run = resume(&desk.client, None, &mut screen);
        assert_eq!(desk.judge(&run), (refused..COUNT).collect::<Vec<_>>());
        assert_eq!(screen.asked(), 0);
        assert_eq!(desk.counts(), [[1, 1, 1]; COUNT]);
        judge_counters(&desk.sandbox);
        desk.assert_tidy();
    }
}

#[test]
fn what_is_in_doubt_waits_for_the_host_s_word() {
    for (trouble, resolution, made) in [
        (Trouble::ResetBefore, Resolution::SignAgain, 1),
        (Trouble::ResetAfter, Resolution::SignAgain, 2),
        (Trouble::TimeoutAfterSigning, Resolution::SignAgain, 2),
        (Trouble::ResetBefore, Resolution::Abandon, 0),
        (Trouble::ResetAfter, Resolution::Abandon, 1),
    ] {
        let desk = Desk::new();
        desk.trouble(SIGNATURE, 0, trouble.clone(), 1);
        let run = desk.begin();
        let in_doubt: Vec<_> = (0..COUNT).map(|place| (place, Err(Fault::InDoubt))).collect();
        assert_eq!((run.end(), run.told()), (Err(Fault::InDoubt), in_doubt.clone()));
        assert_eq!(desk.progress(), [Progress::InDoubt; COUNT]);

        // Without a word it stays as it is, and nothing is sent.
        let before = desk.sandbox.counters().snapshot().requests;
        let run = resume(&desk.client, None, &mut desk.screen());
        assert_eq!((run.end(), run.told()), (Err(Fault::InDoubt), in_doubt.clone()));
        assert_eq!(desk.sandbox.counters().snapshot().requests, before);

        let run = resume(&desk.client, Some(resolution), &mut desk.screen());
        assert!(run.ended.is_ok(), "{trouble:?} {resolution:?}: {run:?}");
        match resolution {
            Resolution::SignAgain => assert_eq!(desk.judge(&run), [0, 1, 2]),
            Resolution::Abandon => assert_eq!(run.told(), in_doubt),
        }
        let downloads = usize::from(resolution == Resolution::SignAgain);
        assert_eq!(desk.counts(), [[1, made, downloads]; COUNT], "{trouble:?} {resolution:?}");
        assert_eq!(desk.sandbox.counters().violations(), [""; 0]);
        assert_eq!(desk.client.interrupted().unwrap(), []);
        desk.assert_tidy();
    }
}

#[test]
fn s10_a_session_s_grant_serves_what_is_left_and_a_spent_one_nothing() {
    for (scope, asked) in [(Scope::SignatureSession, 0), (Scope::SingleSignature, 2)] {
        let mut desk = Desk::new();
        // One document in a request; the second has no answer.
        let state_directory = Some(desk.folder.path("state"));
        let one_by_one = settings_with(&desk.sandbox, "limits.hashes_per_request = 1");
        desk.client = Client::new(Settings { state_directory, ..one_by_one }).unwrap();
        desk.trouble(SIGNATURE, 1, Trouble::ResetAfter, 1);
        let run = desk.begin_in(desk.client.session(holder(CPF_HOLDER)).scope(scope));
        assert_eq!(run.end(), Err(Fault::InDoubt), "{run:?}");
        let mut screen = desk.screen();
        let again = resume(&desk.client, Some(Resolution::SignAgain), &mut screen);
        assert!(again.ended.is_ok(), "{again:?}");
        assert_eq!(screen.asked(), asked, "{scope:?}: {:?}", screen.notices);
        let mut signed = [desk.judge(&run), desk.judge(&again)].concat();
        signed.sort_unstable();
        assert_eq!(signed, [0, 1, 2], "{scope:?}");
        assert_eq!(desk.counts(), [[1, 1, 1], [1, 2, 1], [1, 1, 1]], "{scope:?}");
        assert_eq!(desk.sandbox.counters().violations(), [""; 0]);
    }
}

#[test]
fn the_host_s_word_on_one_doubt_is_no_word_on_the_next() {
    let desk = Desk::new();
    desk.trouble(SIGNATURE, 0, Trouble::ResetAfter, 2);
    assert_eq!(desk.begin().end(), Err(Fault::InDoubt));
    let run = resume(&desk.client, Some(Resolution::SignAgain), &mut desk.screen());
    assert_eq!(run.end(), Err(Fault::InDoubt), "{run:?}");
    assert_eq!(desk.progress(), [Progress::InDoubt; COUNT]);
    let signatures: Vec<usize> = desk.counts().iter().map(|[_, made, _]| *made).collect();
    assert_eq!(signatures, [2; COUNT]);
}

#[test]
fn what_the_service_forgot_is_uploaded_again_once() {
    let desk = Desk::new();
    desk.sandbox.phone().set_policy(Policy::DenyAll);
    assert_eq!(desk.begin().end(), Err(Fault::Holder));
    desk.sandbox.phone().set_policy(Policy::ApproveAll);
    desk.sandbox.certillion().forget_documents();
    // A request that was refused spent what the holder gave.
    desk.finish(2);
    assert_eq!(desk.counts(), [[2, 1, 1]; COUNT]);
}

#[test]
fn what_the_service_does_not_keep_is_not_uploaded_for_ever() {
    let desk = Desk::new();
    desk.sandbox.certillion().change(|settings| settings.documents_kept = 1);
    let run = desk.begin();
    assert!(run.ended.is_ok(), "{run:?}");
    assert_eq!(run.told(), [0, 1, 2].map(|place| (place, Err(Fault::Service))));
    assert_eq!(desk.counts(), [[2, 0, 0]; COUNT]);
    judge_counters(&desk.sandbox);
}

#[test]
fn a_document_that_was_changed_meanwhile_is_neither_sent_nor_taken_for_signed() {
    // Not sent yet.
    let desk = Desk::new();
    desk.trouble(DOCUMENT, 1, answer(401), 2);
    assert!(desk.begin().ended.is_err());
    fs::write(&desk.paths[2], pdf("Another one")).unwrap();
    let run = resume(&desk.client, None, &mut desk.screen());
    assert!(matches!(run.ended, Err(Error::Changed)), "{run:?}");
    assert_eq!(desk.sandbox.counters().uploads().len(), 1);
    assert_eq!(desk.sandbox.counters().signatures(), []);

    // Signed, and not fetched yet.
    let desk = Desk::new();
    desk.trouble(DOWNLOAD, 0, answer(401), 2);
    assert!(desk.begin().ended.is_err());
    fs::write(&desk.paths[2], pdf("Another one")).unwrap();
    let run = resume(&desk.client, None, &mut desk.screen());
    assert_eq!(desk.judge(&run), [0, 1]);
    assert!(matches!(run.outcomes[&2], Err(Error::Changed)), "{run:?}");
}

/// An order that is stopped when all of it is uploaded.
fn interrupted() -> Desk {
    let desk = Desk::new();
    desk.sandbox.phone().set_policy(Policy::DenyAll);
    assert!(desk.begin().ended.is_err());
    desk.sandbox.phone().set_policy(Policy::ApproveAll);
    desk
}

/// Whether a session is refused as somebody else's.
fn is_foreign<T: core::fmt::Debug>(refused: Result<T, Error>) {
    assert!(matches!(refused, Err(Error::Journal(JournalError::Foreign))), "{refused:?}");
}

#[test]
fn s16_an_order_goes_on_with_its_own_service_and_application_alone() {
    let desk = interrupted();
    let other = sandbox();
    let state_directory = || Some(desk.folder.path("state"));
    let at_another = Settings { state_directory: state_directory(), ..settings(&other) };
    let mut of_another = Settings { state_directory: state_directory(), ..settings(&desk.sandbox) };
    let registered =
        desk.sandbox.certillion().register("Another", &[of_another.redirect_uri.clone()]);
    of_another.client_id.clone_from(&registered.client_id);
    of_another.client_secret = registered.client_secret.clone().into();
    let before = desk.sandbox.counters().snapshot().requests;
    for settings in [at_another, of_another] {
        let client = Client::new(settings).unwrap();
        let id = client.interrupted().unwrap()[0];
        is_foreign(client.pending(&id));
        is_foreign(resume(&client, Some(Resolution::SignAgain), &mut desk.screen()).ended);
    }
    assert_eq!(desk.sandbox.counters().snapshot().requests, before);
    assert!(other.counters().snapshot().requests.is_empty(), "no token of another's is sent");
    desk.finish(1);
    assert_eq!(desk.counts(), [[1, 1, 1]; COUNT]);
}

#[test]
fn s16_an_order_with_certillion_is_no_psc_s() {
    let desk = interrupted();
    let mut settings = host::settings(&desk.sandbox);
    settings.state_directory = Some(desk.folder.path("state"));
    let psc = PscClient::new(settings).unwrap();
    let id = psc.interrupted().unwrap()[0];
    is_foreign(psc.pending(&id));
    is_foreign(psc.resume(
        &id,
        Some(rubrica::Resolution::SignAgain),
        &mut desk.screen(),
        &mut |_, _, _| Ok(()),
    ));
    assert_eq!(desk.sandbox.counters().requests(vidaas::SIGNATURE), 0);
    desk.finish(1);
}

#[test]
fn s16_a_psc_s_session_is_none_of_certillion_s() {
    let desk = Desk::new();
    let mut settings = host::settings(&desk.sandbox);
    settings.state_directory = Some(desk.folder.path("state"));
    let psc = PscClient::new(settings).unwrap();
    desk.trouble(vidaas::SIGNATURE, 0, Trouble::ResetBefore, 1);
    let job = rubrica::Job { form: Form::Pdf, ..rubrica::Job::default() };
    let mut session = psc.session(holder(CPF_HOLDER));
    let outcomes = session.sign(&desk.documents(), &job, &mut Holderside::new()).unwrap();
    assert!(outcomes.iter().all(Result::is_err));
    let id = desk.client.interrupted().unwrap()[0];
    is_foreign(desk.client.pending(&id));
    is_foreign(resume(&desk.client, Some(Resolution::SignAgain), &mut desk.screen()).ended);
    assert_eq!(desk.sandbox.counters().requests(certillion::SIGNATURE), 0);
}

#[test]
fn a_forgotten_order_leaves_nothing_behind() {
    let desk = Desk::new();
    let mut session = desk.client.session(holder(CPF_HOLDER));
    let refuse = &mut |_: usize, _: &Document, _| Err(io::ErrorKind::StorageFull.into());
    let ended = session.sign_each(&desk.documents(), &desk.job, &mut desk.screen(), refuse);
    assert!(ended.is_err());
    let id = desk.client.interrupted().unwrap()[0];
    desk.client.forget(&id).unwrap();
    assert_eq!(desk.client.interrupted().unwrap(), []);
    desk.assert_tidy();
}

#[test]
fn what_was_signed_can_be_fetched_by_its_transaction_any_number_of_times() {
    let desk = Desk::new();
    let run = desk.begin();
    assert_eq!(desk.judge(&run), [0, 1, 2]);
    for (place, outcome) in &run.outcomes {
        let signed = outcome.as_ref().unwrap();
        let bytes = signed.clone().into_bytes().unwrap();
        let transaction = signed.transaction.as_deref().unwrap();
        for _ in 0..2 {
            let download = desk.client.download(None, transaction, desk.folder.path("")).unwrap();
            assert_eq!(fs::read(download.path()).unwrap(), bytes, "{place}");
        }
    }
    assert_eq!(desk.counts(), [[1, 1, 3]; COUNT]);
    desk.assert_tidy();
    // Nor does the client forget how to sign.
    sign_and_judge(&desk.sandbox, &desk.client, &desk.job, &[pdf("One more")]);
}
