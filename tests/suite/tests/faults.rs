//! The fault matrix: each exchange of a session, each way in which it can go wrong, and the error
//! that must come of it, on the host crate over real HTTPS.
//!
//! After every cell the same is judged: nothing was handed over that does not verify, no hash was
//! signed twice, no redirect was followed, no poll came early, and it ended in time.

#[path = "faults/cell.rs"]
mod cell;
#[path = "faults/run.rs"]
mod run;
#[path = "faults/table.rs"]
mod table;

use rubrica::{Client, Document, Error, Fault as Whose, Form, Job, Resolution};
use rubrica_sandbox::{CPF_HOLDER, Fault, Garbage, Rule, vidaas};
use rubrica_tests::host::{self, Folder, Holderside, builder, judge, judge_counters, pdf};

use self::run::run;

/// Twenty-one documents go in two requests: what becomes of the second leaves the first as it is.
#[test]
fn the_first_request_of_an_order_is_kept_whatever_becomes_of_the_second() {
    let answer = |status| Fault::Answer {
        status,
        headers: Vec::new(),
        body: String::new(),
        processed: false,
    };
    let table = [
        (answer(429), Ok(())),
        (answer(401), Ok(())),
        (answer(500), Err(Whose::Service)),
        (answer(502), Err(Whose::InDoubt)),
        (Fault::ResetAfter, Err(Whose::InDoubt)),
        (Fault::Garbage(Garbage::Html), Err(Whose::Service)),
        (Fault::WrongId, Err(Whose::Service)),
        (Fault::TamperedSignature, Err(Whose::Verification)),
    ];
    for (fault, expected) in table {
        let sandbox = builder().start().expect("a port");
        sandbox.faults().add(Rule::once(vidaas::SIGNATURE, fault.clone()).after(1));
        let client = host::client(&sandbox);
        let mut session = client.session(host::holder(CPF_HOLDER));
        let contents: Vec<Vec<u8>> = (0..21).map(|place| format!("{place}").into_bytes()).collect();
        let documents: Vec<Document> =
            contents.iter().map(|bytes| Document::from_bytes("text", bytes.clone())).collect();
        let job = Job { form: Form::Cms, ..Job::default() };
        let outcomes = session.sign(&documents, &job, &mut Holderside::new()).expect("a session");
        let last = outcomes.len() - 1;
        assert_eq!(last, 20);
        for (place, outcome) in outcomes.iter().enumerate() {
            match outcome {
                Ok(signed) => {
                    let digest = judge(&sandbox, Form::Cms, &contents[place], CPF_HOLDER, signed);
                    assert_eq!(sandbox.counters().signatures_of(&digest), 1);
                }
                Err(_) if place < last => panic!("{fault:?}: {place}: {outcome:?}"),
                Err(_) => {}
            }
        }
        let told = outcomes[last].as_ref().map(drop).map_err(Error::fault);
        assert_eq!(told, expected, "{fault:?}");
        judge_counters(&sandbox);
    }
}

/// The host's word on documents in doubt, with what the service really did.
#[test]
fn what_is_in_doubt_waits_for_the_host_s_word() {
    for (fault, resolution, signed) in [
        (Fault::ResetBefore, Resolution::SignAgain, 1),
        (Fault::ResetAfter, Resolution::SignAgain, 2),
        (Fault::ResetBefore, Resolution::Abandon, 0),
        (Fault::ResetAfter, Resolution::Abandon, 1),
    ] {
        let sandbox = builder().start().expect("a port");
        sandbox.faults().add(Rule::once(vidaas::SIGNATURE, fault.clone()));
        let folder = Folder::new();
        let content = pdf("In doubt");
        let path = folder.write("contract.pdf", &content);
        let mut settings = host::settings(&sandbox);
        settings.state_directory = Some(folder.path("state"));
        let client = Client::new(settings).expect("good settings");
        let mut session = client.session(host::holder(CPF_HOLDER));
        let documents = [Document::from_file(&path)];
        let mut screen = Holderside::new();
        let mut outcomes = session
            .sign(&documents, &Job { form: Form::Pdf, ..Job::default() }, &mut screen)
            .expect("runs");
        let error = outcomes.pop().expect("one").expect_err("no answer came");
        assert_eq!(error.fault(), Whose::InDoubt, "{fault:?}");

        let sessions = client.interrupted().expect("readable");
        let [id] = sessions.as_slice() else { panic!("{sessions:?}") };
        // Without a word it stays as it is, and nothing is sent.
        let mut told = Vec::new();
        let _ = client.resume(id, None, &mut screen, &mut |_, _, outcome| {
            told.push(outcome.map(drop).map_err(|error| error.fault()));
            Ok(())
        });
        assert_eq!(told, [Err(Whose::InDoubt)]);
        assert_eq!(sandbox.counters().requests(vidaas::SIGNATURE), 1);
        assert_eq!(client.interrupted().expect("readable"), [*id]);

        let mut outcomes = Vec::new();
        client
            .resume(id, Some(resolution), &mut screen, &mut |_, _, outcome| {
                outcomes.push(outcome);
                Ok(())
            })
            .expect("resumed");
        let [outcome] = outcomes.as_slice() else { panic!("{outcomes:?}") };
        match (resolution, outcome) {
            (Resolution::SignAgain, Ok(good)) => {
                let _ = judge(&sandbox, Form::Pdf, &content, CPF_HOLDER, good);
            }
            (Resolution::Abandon, Err(error)) => assert_eq!(error.fault(), Whose::InDoubt),
            _ => panic!("{resolution:?}: {outcome:?}"),
        }
        assert_eq!(sandbox.counters().signatures().len(), signed, "{fault:?} {resolution:?}");
        assert_eq!(client.interrupted().expect("readable"), []);
    }
}

#[test]
fn authorize() {
    run(table::authorize());
}

#[test]
fn s04_s05_s06_the_way_back_of_the_browser() {
    run(table::redirect());
}

#[test]
fn s23_s25_authentications() {
    run(table::authentications());
}

#[test]
fn s09_token() {
    run(table::token());
}

#[test]
fn s17_s31_signature() {
    run(table::signature());
}

#[test]
fn s32_s33_s34_signatures_that_are_not_good() {
    run(table::verification());
}

#[test]
fn s34_certificate_discovery() {
    run(table::certificate_discovery());
}

#[test]
fn discovery_and_registration() {
    run(table::questions());
}

#[test]
fn s18_no_way_to_the_service() {
    run(table::unreachable());
}
