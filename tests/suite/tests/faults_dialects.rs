//! The fault matrix at PSCs that know no push, each with errors, hashes and wrappings of its own: the
//! cells of VIDaaS's token, signature, certificates and questions, by redirect, and the holder's no.

#[path = "faults/cell.rs"]
#[allow(dead_code, reason = "what concerns push alone")]
mod cell;
#[path = "faults/run.rs"]
mod run;
#[path = "faults/table.rs"]
#[allow(dead_code, reason = "what concerns push alone")]
mod table;

use rubrica::{Client, Document, Error, Fault as Whose, Form, Job, Resolution, Via};
use rubrica_sandbox::psc::{Denial, Operation};
use rubrica_sandbox::{CPF_HOLDER, Fault, Policy, Rule};
use rubrica_tests::host::{self, Folder, Holderside, builder_for_redirects, pdf};
use rubrica_tests::psc::{endpoint, requests, settings, signatures, via};

use self::cell::Cell;
use self::run::run;

/// One of each family: hexadecimal and problem+json; BER and refusals of another name; codes of its
/// own, armour and base64url.
const DIALECTS: [&str; 3] = ["birdid", "safeid", "serproid"];

/// The cells of VIDaaS at each of them, but for what VIDaaS alone makes.
fn run_at_each(table: fn() -> Vec<Cell>) {
    let offered = |cell: &Cell| {
        !matches!(
            cell.form,
            Form::ServiceCadesAdRb
                | Form::ServiceCadesAdRt
                | Form::ServicePadesAdRb
                | Form::ServicePadesAdRt
        )
    };
    let at = |psc| {
        let at = move |cell: Cell| {
            let name = format!("{psc}, {}", cell.name);
            Cell { psc, name, via: Via::Redirect, ..cell }
        };
        table().into_iter().filter(offered).map(at)
    };
    run(DIALECTS.into_iter().flat_map(at).collect());
}

#[test]
fn s04_s05_s06_s21_the_way_back_of_the_browser() {
    run_at_each(table::redirect);
}

#[test]
fn s09_token() {
    run_at_each(table::token);
}

#[test]
fn s17_s31_signature() {
    run_at_each(table::signature);
}

#[test]
fn s32_s33_s34_signatures_that_are_not_good() {
    run_at_each(table::verification);
}

#[test]
fn s34_certificate_discovery() {
    run_at_each(table::certificate_discovery);
}

#[test]
fn discovery_and_registration() {
    run_at_each(table::questions);
}

#[test]
fn a_holder_who_says_no_has_said_no_to_every_form() {
    for name in DIALECTS {
        let sandbox = builder_for_redirects().0.policy(Policy::DenyAll).start().expect("a port");
        sandbox.psc(name).unwrap().change(|settings| settings.denial = Denial::UserDenied);
        let client = Client::new(settings(&sandbox, name)).expect("good settings");
        for form in [Form::Raw, Form::Cms, Form::Pdf, Form::PadesAdRb, Form::CadesAdRb] {
            let mut session = client.session(host::holder(CPF_HOLDER)).via(via(name, CPF_HOLDER));
            let documents = [Document::from_bytes("contract.pdf", pdf("Denied"))];
            let job = Job { form, ..Job::default() };
            let mut screen = Holderside::with_browser(&sandbox);
            let error = session.sign(&documents, &job, &mut screen).unwrap_err();
            assert_eq!(error.fault(), Whose::Holder, "{name}, {form:?}: {error:?}");
            assert_eq!(screen.asked(), 1, "{name}, {form:?}");
        }
        assert_eq!(requests(&sandbox, name, Operation::Token), 0, "{name}");
        assert!(signatures(&sandbox, name).is_empty());
        host::judge_counters(&sandbox);
    }
}

/// The forms that are put together here are in doubt like any other, and say the same when they are
/// signed again.
#[test]
fn what_is_in_doubt_waits_for_the_host_s_word_at_every_psc() {
    for name in DIALECTS {
        for form in [Form::Pdf, Form::PadesAdRb, Form::CadesAdRb] {
            for (fault, resolution, made) in [
                (Fault::ResetBefore, Resolution::SignAgain, 1),
                (Fault::ResetAfter, Resolution::SignAgain, 2),
                (Fault::ResetAfter, Resolution::Abandon, 1),
            ] {
                let context = format!("{name}, {form:?}, {fault:?}, {resolution:?}");
                let sandbox = builder_for_redirects().0.start().expect("a port");
                let signature = endpoint(&sandbox, name, Operation::Signature);
                sandbox.faults().add(Rule::once(signature, fault));
                let folder = Folder::new();
                let path = folder.write("contract.pdf", pdf("In doubt"));
                let mut settings = settings(&sandbox, name);
                settings.state_directory = Some(folder.path("state"));
                let client = Client::new(settings).expect("good settings");
                let mut session =
                    client.session(host::holder(CPF_HOLDER)).via(via(name, CPF_HOLDER));
                let mut screen = Holderside::with_browser(&sandbox);
                let job = Job { form, ..Job::default() };
                let outcomes =
                    session.sign(&[Document::from_file(&path)], &job, &mut screen).expect("runs");
                let error = outcomes.into_iter().next().expect("one").expect_err("no answer");
                assert_eq!(error.fault(), Whose::InDoubt, "{context}");
                assert_eq!(requests(&sandbox, name, Operation::Signature), 1, "{context}");

                let [id] = client.interrupted().expect("readable")[..] else { panic!("{context}") };
                let mut told = Vec::new();
                client
                    .resume(&id, Some(resolution), &mut screen, &mut |_, _, outcome| {
                        told.push(outcome.map(drop).map_err(|error: Error| error.fault()));
                        Ok(())
                    })
                    .unwrap_or_else(|error| panic!("{context}: {error:?}"));
                let expected = match resolution {
                    Resolution::Abandon => Err(Whose::InDoubt),
                    _ => Ok(()),
                };
                assert_eq!(told, [expected], "{context}");
                let signatures = signatures(&sandbox, name);
                assert_eq!(signatures.len(), made, "{context}");
                // Whatever is signed again is the same, byte for byte.
                assert!(signatures.windows(2).all(|pair| pair[0].hash == pair[1].hash));
                assert_eq!(client.interrupted().expect("readable"), []);
            }
        }
    }
}
