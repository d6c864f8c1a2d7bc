//! Sessions of the host crate that stop half-way: what they leave behind, and what a resumption may
//! make of it. `faults.rs` has the plain cases, the command's tests kill whole processes.

use core::time::Duration;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::thread;

use rubrica::core::error::{Error as CoreError, Misuse};
use rubrica::{
    Client, Document, Error, Fault, Form, Job, JournalError, Outcome, Progress, Resolution, Scope,
};
use rubrica_sandbox::{CPF_HOLDER, Fault as Trouble, Rule, Sandbox, vidaas};
use rubrica_tests::host::{self, Folder, Holderside, judge, judge_counters, pdf, sandbox};

/// A client with a state directory in the folder.
fn client(sandbox: &Sandbox, folder: &Folder) -> Client {
    let mut settings = host::settings(sandbox);
    settings.state_directory = Some(folder.path("state"));
    Client::new(settings).unwrap()
}

fn job(form: Form) -> Job {
    Job { form, ..Job::default() }
}

/// So many PDFs in the folder.
fn contracts(folder: &Folder, count: usize) -> Vec<PathBuf> {
    let write = |number| folder.write(&format!("{number}.pdf"), pdf(&format!("Number {number}")));
    (1..=count).map(write).collect()
}

fn documents(paths: &[PathBuf]) -> Vec<Document> {
    paths.iter().map(Document::from_file).collect()
}

/// Whether an outcome is there, or whose fault it is that there is none.
fn told(outcome: &Outcome) -> Result<(), Fault> {
    outcome.as_ref().map(drop).map_err(Error::fault)
}

/// Resumes the one session that was interrupted; what was handed over, and how it ended.
fn resume(
    client: &Client,
    resolution: Option<Resolution>,
) -> (Vec<(usize, Outcome)>, Result<(), Error>) {
    let sessions = client.interrupted().unwrap();
    let [id] = sessions.as_slice() else { panic!("{sessions:?}") };
    let mut outcomes = Vec::new();
    let ended = client.resume(id, resolution, &mut Holderside::new(), &mut |index, _, outcome| {
        outcomes.push((index, outcome.map(|signed| signed.into_memory().unwrap())));
        Ok(())
    });
    (outcomes, ended)
}

#[test]
fn a_session_is_resumed_though_one_of_its_documents_was_refused() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let client = client(&sandbox, &folder);
    sandbox.faults().add(Rule::once(vidaas::SIGNATURE, Trouble::ResetBefore));
    let good = contracts(&folder, 2);
    let mut all = vec![Document::from_bytes("broken.pdf", b"not a PDF".to_vec())];
    all.extend(documents(&good));
    let mut session = client.session(host::holder(CPF_HOLDER));
    let outcomes = session
        .sign(&all, &Job { form: Form::Pdf, ..Job::default() }, &mut Holderside::new())
        .unwrap();
    let faults: Vec<_> = outcomes.iter().map(told).collect();
    assert_eq!(faults, [Err(Fault::Document), Err(Fault::InDoubt), Err(Fault::InDoubt)]);

    let (outcomes, ended) = resume(&client, Some(Resolution::SignAgain));
    ended.unwrap();
    assert_eq!(outcomes.len(), good.len());
    for ((_, outcome), path) in outcomes.iter().zip(&good) {
        let signed = outcome.as_ref().unwrap();
        let _ = judge(&sandbox, Form::Pdf, &fs::read(path).unwrap(), CPF_HOLDER, signed);
    }
    judge_counters(&sandbox);
    assert_eq!(client.interrupted().unwrap(), []);
}

/// Signs documents that are sent, one in a request; the first outcome is not taken, which leaves the
/// rest unsent.
fn stop_after_the_first(client: &Client, paths: &[PathBuf]) {
    let mut session = client.session(host::holder(CPF_HOLDER));
    let ended = session.sign_each(
        &documents(paths),
        &job(Form::ServicePadesAdRb),
        &mut Holderside::new(),
        &mut |_, _, _| Err(io::ErrorKind::StorageFull.into()),
    );
    assert!(matches!(ended, Err(Error::File { .. })), "{ended:?}");
}

#[test]
fn the_host_s_word_on_one_doubt_is_no_word_on_the_next() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let client = client(&sandbox, &folder);
    let paths = contracts(&folder, 2);
    stop_after_the_first(&client, &paths);
    sandbox.faults().add(Rule::once(vidaas::SIGNATURE, Trouble::ResetAfter));

    // Nothing is in doubt yet; what comes into doubt now, the host has said nothing about.
    let (outcomes, ended) = resume(&client, Some(Resolution::SignAgain));
    assert_eq!(ended.map_err(|error| error.fault()), Err(Fault::InDoubt));
    let faults: Vec<_> = outcomes.iter().map(|(place, outcome)| (*place, told(outcome))).collect();
    assert_eq!(faults, [(0, Ok(())), (1, Err(Fault::InDoubt))]);
    judge_counters(&sandbox);
    assert_eq!(client.interrupted().unwrap().len(), 1);
}

#[test]
fn a_cancellation_leaves_what_is_in_doubt_to_the_host() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let cancelled = client(&sandbox, &folder);
    sandbox.faults().add(Rule::once(vidaas::SIGNATURE, Trouble::Delay { milliseconds: 1_500 }));
    sandbox.faults().add(Rule::once(vidaas::SIGNATURE, Trouble::ResetAfter));
    let paths = contracts(&folder, 2);
    let outcomes = thread::scope(|scope| {
        let cancellation = cancelled.cancellation();
        let counters = sandbox.counters();
        scope.spawn(move || {
            while counters.requests(vidaas::SIGNATURE) == 0 {
                thread::sleep(Duration::from_millis(5));
            }
            cancellation.cancel();
        });
        let mut session = cancelled.session(host::holder(CPF_HOLDER));
        session
            .sign(&documents(&paths), &job(Form::ServicePadesAdRb), &mut Holderside::new())
            .unwrap()
    });
    assert_eq!(told(&outcomes[0]), Err(Fault::InDoubt));
    assert!(matches!(outcomes[1], Err(Error::NotAttempted)), "{:?}", outcomes[1]);
    drop(cancelled);

    let client = client(&sandbox, &folder);
    let pending = client.pending(&client.interrupted().unwrap()[0]).unwrap();
    let progress: Vec<_> = pending.documents.iter().map(|each| each.progress).collect();
    assert_eq!(progress, [Progress::InDoubt, Progress::Waiting]);
}

#[test]
fn documents_behind_one_in_doubt_are_not_called_in_doubt() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let client = client(&sandbox, &folder);
    sandbox.faults().add(Rule::once(vidaas::SIGNATURE, Trouble::ResetAfter));
    let paths = contracts(&folder, 3);
    let mut session = client.session(host::holder(CPF_HOLDER));
    let mut screen = Holderside::new();
    let outcomes =
        session.sign(&documents(&paths), &job(Form::ServicePadesAdRb), &mut screen).unwrap();
    assert_eq!(told(&outcomes[0]), Err(Fault::InDoubt));
    for behind in &outcomes[1..] {
        assert!(matches!(behind, Err(Error::NotAttempted)), "{behind:?}");
    }
}

#[test]
fn an_answer_is_handed_over_though_the_journal_cannot_be_written() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let client = client(&sandbox, &folder);
    sandbox.faults().add(Rule::once(vidaas::SIGNATURE, Trouble::Delay { milliseconds: 1_500 }));
    let paths = contracts(&folder, 2);
    let outcomes = thread::scope(|scope| {
        let counters = sandbox.counters();
        let state = folder.path("state");
        scope.spawn(move || {
            while counters.requests(vidaas::SIGNATURE) == 0 {
                thread::sleep(Duration::from_millis(5));
            }
            fs::rename(&state, state.with_extension("gone")).unwrap();
        });
        let mut session = client.session(host::holder(CPF_HOLDER));
        session
            .sign(&documents(&paths), &job(Form::ServicePadesAdRb), &mut Holderside::new())
            .unwrap()
    });
    let signed = outcomes[0].as_ref().unwrap();
    let original = fs::read(&paths[0]).unwrap();
    let _ = judge(&sandbox, Form::ServicePadesAdRb, &original, CPF_HOLDER, signed);
    assert_eq!(told(&outcomes[1]), Err(Fault::Machine));
    judge_counters(&sandbox);
}

#[test]
fn a_failure_that_was_not_taken_neither_hides_a_signature_nor_becomes_a_doubt() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let client = client(&sandbox, &folder);
    let refused = Trouble::Answer {
        status: 400,
        headers: Vec::new(),
        body: r#"{"error":"invalid_request"}"#.to_owned(),
        processed: false,
    };
    sandbox.faults().add(Rule::once(vidaas::SIGNATURE, refused));
    let paths = contracts(&folder, 2);
    stop_after_the_first(&client, &paths);

    let (outcomes, ended) = resume(&client, None);
    ended.unwrap();
    let faults: Vec<_> = outcomes.iter().map(|(place, outcome)| (*place, told(outcome))).collect();
    assert_eq!(faults, [(0, Err(Fault::Service)), (1, Ok(()))]);
    let Err(failed) = &outcomes[0].1 else { panic!() };
    assert!(failed.to_string().contains("invalid_request"), "{failed}");
    judge_counters(&sandbox);
}

#[test]
fn an_answer_that_is_here_is_handed_over_whatever_became_of_the_rest() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let client = client(&sandbox, &folder);
    let paths = contracts(&folder, 2);
    stop_after_the_first(&client, &paths);
    fs::remove_file(&paths[1]).unwrap();

    let (outcomes, ended) = resume(&client, None);
    assert!(matches!(ended, Err(Error::File { .. })), "{ended:?}");
    let [(0, Ok(signed))] = outcomes.as_slice() else { panic!("{outcomes:?}") };
    let original = fs::read(&paths[0]).unwrap();
    let _ = judge(&sandbox, Form::ServicePadesAdRb, &original, CPF_HOLDER, signed);
    judge_counters(&sandbox);
}

#[test]
fn a_document_in_doubt_is_told_of_and_abandoned_though_its_file_is_gone() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let client = client(&sandbox, &folder);
    sandbox.faults().add(Rule::once(vidaas::SIGNATURE, Trouble::ResetAfter));
    let paths = contracts(&folder, 1);
    let mut session = client.session(host::holder(CPF_HOLDER));
    let mut screen = Holderside::new();
    let outcomes = session
        .sign(&documents(&paths), &Job { form: Form::Pdf, ..Job::default() }, &mut screen)
        .unwrap();
    assert_eq!(told(&outcomes[0]), Err(Fault::InDoubt));
    fs::remove_file(&paths[0]).unwrap();

    for resolution in [None, Some(Resolution::Abandon)] {
        let (outcomes, _) = resume(&client, resolution);
        let [(0, outcome)] = outcomes.as_slice() else { panic!("{outcomes:?}") };
        assert_eq!(told(outcome), Err(Fault::InDoubt));
    }
    assert_eq!(client.interrupted().unwrap(), []);
    judge_counters(&sandbox);
}

#[test]
fn a_session_s_grant_serves_bare_signatures_as_well() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let client = client(&sandbox, &folder);
    let paths = contracts(&folder, 2);
    let mut session = client.session(host::holder(CPF_HOLDER)).scope(Scope::SignatureSession);
    let mut screen = Holderside::new();
    for (path, form) in paths.iter().zip([Form::Cms, Form::Raw]) {
        let document = [Document::from_file(path)];
        let outcomes = session.sign(&document, &job(form), &mut screen).unwrap();
        let original = fs::read(path).unwrap();
        let _ = judge(&sandbox, form, &original, CPF_HOLDER, outcomes[0].as_ref().unwrap());
    }
    assert_eq!(screen.asked(), 1);
}

#[test]
fn a_document_that_no_service_takes_does_not_keep_the_others_from_it() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let client = client(&sandbox, &folder);
    let good = contracts(&folder, 1);
    let misuse = |outcome: &Outcome| match outcome {
        Err(Error::Core(CoreError::Misuse(misuse))) => Some(*misuse),
        _ => None,
    };
    let large = pdf(&"x".repeat(7 * 1024 * 1024));
    for (form, bad, expected) in [
        (Form::Cms, Vec::new(), Misuse::EmptyDocument),
        (Form::Raw, Vec::new(), Misuse::EmptyDocument),
        (Form::ServicePadesAdRb, large, Misuse::DocumentTooLarge),
    ] {
        let all = [Document::from_bytes("bad", bad), Document::from_file(&good[0])];
        let mut session = client.session(host::holder(CPF_HOLDER));
        let outcomes = session.sign(&all, &job(form), &mut Holderside::new()).unwrap();
        assert_eq!(misuse(&outcomes[0]), Some(expected), "{form:?}: {:?}", outcomes[0]);
        assert_eq!(outcomes[0].as_ref().unwrap_err().fault(), Fault::Document);
        assert!(outcomes[1].is_ok(), "{form:?}: {:?}", outcomes[1]);
    }
}

#[test]
fn s16_a_session_goes_on_with_its_own_service_alone() {
    let (sandbox, other, folder) = (sandbox(), host::sandbox(), Folder::new());
    let client_of_first = client(&sandbox, &folder);
    let paths = contracts(&folder, 2);
    stop_after_the_first(&client_of_first, &paths);
    drop(client_of_first);

    let client_of_second = client(&other, &folder);
    let id = client_of_second.interrupted().unwrap()[0];
    for refused in [
        client_of_second.pending(&id).map(drop),
        resume(&client_of_second, Some(Resolution::SignAgain)).1,
    ] {
        assert!(matches!(refused, Err(Error::Journal(JournalError::Foreign))), "{refused:?}");
    }
    assert!(other.counters().snapshot().requests.is_empty(), "no token of another's is sent");
    // The right one has lost nothing by it.
    let (outcomes, ended) = resume(&client(&sandbox, &folder), None);
    ended.unwrap();
    assert!(outcomes.len() == 2 && outcomes.iter().all(|(_, outcome)| outcome.is_ok()));
}
