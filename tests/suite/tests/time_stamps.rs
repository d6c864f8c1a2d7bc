//! Time stamps that do not come, or are none: nothing is delivered, nothing is lost, nothing is signed
//! twice.

use std::fs;
use std::path::PathBuf;

use rubrica::core::cades::Level;
use rubrica::verify::Demand;
use rubrica::{Client, Conclusion, Document, Error, Fault, Form, Job, Outcome, Progress};
use rubrica_sandbox::{CPF_HOLDER, Fault as Trouble, Rule, Sandbox, V12_CPF_HOLDER, tsa, vidaas};
use rubrica_tests::host::{self, Folder, Holderside, judge_counters, pdf, sandbox};
use rubrica_tests::validation::{self, conclusions, validator};

/// A client with a state directory in the folder.
fn client(sandbox: &Sandbox, folder: &Folder) -> Client {
    let mut settings = validation::settings(sandbox);
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

/// Signs, and tells how it ended and what was handed over.
fn sign(
    client: &Client,
    number: &str,
    paths: &[PathBuf],
    form: Form,
) -> (Result<(), Error>, Vec<Outcome>) {
    let documents: Vec<Document> = paths.iter().map(Document::from_file).collect();
    let mut session = client.session(host::holder(number));
    let mut outcomes = Vec::new();
    let ended =
        session.sign_each(&documents, &job(form), &mut Holderside::new(), &mut |_, _, outcome| {
            outcomes.push(outcome);
            Ok(())
        });
    (ended, outcomes)
}

/// Goes on with the one session that was interrupted, and tells whether the holder was asked.
fn resume(client: &Client) -> (Result<(), Error>, Vec<Outcome>, usize) {
    let sessions = client.interrupted().unwrap();
    let [id] = sessions.as_slice() else { panic!("{sessions:?}") };
    let (mut outcomes, mut holder) = (Vec::new(), Holderside::new());
    let ended = client.resume(id, None, &mut holder, &mut |_, _, outcome| {
        outcomes.push(outcome);
        Ok(())
    });
    (ended, outcomes, holder.asked())
}

/// Whether a time stamp is what is missing, and whose fault that is.
fn unstamped(ended: &Result<(), Error>) -> Fault {
    match ended {
        Err(error @ Error::TimeStamp(_)) => error.fault(),
        other => panic!("{other:?}"),
    }
}

/// Judges what was handed over.
fn judge(sandbox: &Sandbox, form: Form, original: &[u8], outcome: &Outcome) {
    let bytes = outcome.as_ref().unwrap().clone().into_bytes().unwrap();
    let mut validator = validator(sandbox).policy(Demand::Some);
    let examined = if form.is_pdf() {
        validator.pdf(&bytes).unwrap()
    } else {
        validator.cms(&bytes, Some(&original)).unwrap()
    };
    assert_eq!(conclusions(&examined), [Conclusion::Valid], "{examined:?}");
    let finding = examined[0].finding().unwrap();
    assert_eq!(finding.time_stamps.len(), 1);
    assert!(finding.judged_at.is_proven());
    assert_eq!(finding.known_policy.as_ref().unwrap().level, Level::TimeStamped);
}

#[test]
fn a_stamp_that_does_not_come_is_asked_for_again_and_nothing_is_signed_again() {
    let answer = |status| Trouble::Answer {
        status,
        headers: Vec::new(),
        body: String::new(),
        processed: false,
    };
    for (trouble, form, number, fault) in [
        (Trouble::StampRefused { failure: 25 }, Form::PadesAdRt, CPF_HOLDER, Fault::Service),
        (Trouble::WrongNonce, Form::CadesAdRt, CPF_HOLDER, Fault::Service),
        (Trouble::WrongDigest, Form::PadesAdRt, V12_CPF_HOLDER, Fault::Service),
        (Trouble::TamperedSignature, Form::PadesAdRt, CPF_HOLDER, Fault::Verification),
        (Trouble::NoTimeStampingUsage, Form::CadesAdRt, V12_CPF_HOLDER, Fault::Verification),
        (Trouble::ResetAfter, Form::PadesAdRt, CPF_HOLDER, Fault::Network),
        (answer(503), Form::CadesAdRt, V12_CPF_HOLDER, Fault::Service),
    ] {
        let (sandbox, folder) = (sandbox(), Folder::new());
        let client = client(&sandbox, &folder);
        let paths = contracts(&folder, 1);
        let rule = sandbox.faults().add(Rule::always(tsa::STAMP, trouble.clone()));
        let (ended, outcomes) = sign(&client, number, &paths, form);
        assert_eq!(unstamped(&ended), fault, "{trouble:?}: {ended:?}");
        assert!(outcomes.is_empty(), "{trouble:?}: {outcomes:?}");
        let pending = client.pending(&client.interrupted().unwrap()[0]).unwrap();
        assert_eq!(pending.documents[0].progress, Progress::Answered, "{trouble:?}");

        // Another process, and the authority is no better.
        drop(client);
        let client = self::client(&sandbox, &folder);
        let (ended, outcomes, asked) = resume(&client);
        assert_eq!(unstamped(&ended), fault, "{trouble:?}: {ended:?}");
        assert_eq!((outcomes.len(), asked), (0, 0), "{trouble:?}");

        sandbox.faults().remove(rule);
        let (ended, outcomes, asked) = resume(&client);
        ended.unwrap();
        assert_eq!((outcomes.len(), asked), (1, 0), "{trouble:?}");
        judge(&sandbox, form, &fs::read(&paths[0]).unwrap(), &outcomes[0]);
        assert_eq!(sandbox.counters().requests(vidaas::SIGNATURE), 1, "{trouble:?}");
        assert_eq!(sandbox.counters().signatures().len(), 1, "{trouble:?}");
        assert_eq!(client.interrupted().unwrap(), [], "{trouble:?}");
        judge_counters(&sandbox);
    }
}

#[test]
fn what_was_stamped_before_the_authority_failed_is_handed_over_and_the_rest_later() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let client = client(&sandbox, &folder);
    let paths = contracts(&folder, 3);
    let refused = Trouble::StampRefused { failure: 25 };
    let rule = sandbox.faults().add(Rule::always(tsa::STAMP, refused).after(1));
    let (ended, first) = sign(&client, CPF_HOLDER, &paths, Form::PadesAdRt);
    assert_eq!(unstamped(&ended), Fault::Service);
    assert_eq!(first.len(), 1, "{first:?}");
    sandbox.faults().remove(rule);

    let (ended, rest, asked) = resume(&client);
    ended.unwrap();
    assert_eq!(asked, 0);
    let outcomes: Vec<_> = first.iter().chain(&rest).collect();
    assert_eq!(outcomes.len(), paths.len());
    for (path, outcome) in paths.iter().zip(outcomes) {
        judge(&sandbox, Form::PadesAdRt, &fs::read(path).unwrap(), outcome);
    }
    assert_eq!(sandbox.counters().signatures().len(), paths.len());
    assert_eq!(sandbox.counters().stamps(), 3);
    judge_counters(&sandbox);
}

#[test]
fn without_a_stamping_authority_the_holder_is_not_bothered() {
    let (sandbox, folder) = (sandbox(), Folder::new());
    let client = Client::new(host::settings(&sandbox)).unwrap();
    let (ended, outcomes) = sign(&client, CPF_HOLDER, &contracts(&folder, 1), Form::PadesAdRt);
    assert!(matches!(ended, Err(Error::NoTimeStampServer)), "{ended:?}");
    assert!(outcomes.is_empty());
    assert_eq!(sandbox.counters().requests(vidaas::AUTHORIZE), 0);
    judge_counters(&sandbox);
}
