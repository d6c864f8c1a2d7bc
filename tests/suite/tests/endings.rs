//! Sessions that end before their documents are signed: cancelled, denied, expired, or with another
//! document than they began with.

use core::time::Duration;
use std::sync::mpsc;
use std::thread;

use rubrica::core::error::{Error as CoreError, PeerError};
use rubrica::{Client, Document, Error, Fault, Form, Job, Outcome, Via};
use rubrica_sandbox::{CPF_HOLDER, Fault as Knob, Policy, Rule, vidaas};
use rubrica_tests::host::{
    self, Folder, Holderside, builder, builder_for_redirects, client, contracts, documents,
    judge_counters, pdf, sandbox,
};

fn assert_cancelled(result: Result<Vec<Outcome>, Error>) {
    match result {
        Err(Error::Core(CoreError::Peer(PeerError::Cancelled))) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_thread_cancels_while_the_holder_is_waited_for() {
    for via in [Via::Push, Via::Redirect] {
        let (builder, _) = builder_for_redirects();
        let sandbox = builder.policy(Policy::Ignore).start().unwrap();
        let client = client(&sandbox);
        let (told, hears) = mpsc::channel();
        let result = thread::scope(|scope| {
            let cancellation = client.cancellation();
            scope.spawn(move || {
                let asking =
                    hears.iter().find(|notice: &String| notice == "Pending" || notice == "OpenUrl");
                assert!(asking.is_some());
                cancellation.cancel();
            });
            let mut screen = Holderside::new().telling(told);
            let mut session = client.session(host::holder(CPF_HOLDER)).via(via);
            let result = session.sign(
                &documents(&contracts(2)),
                &Job { form: Form::Pdf, ..Job::default() },
                &mut screen,
            );
            drop(screen);
            result
        });
        assert_cancelled(result);
        assert!(sandbox.counters().signatures().is_empty());
        judge_counters(&sandbox);
    }
}

#[test]
fn another_thread_cancels_while_the_service_asks_to_wait() {
    let sandbox = sandbox();
    let busy = Knob::Answer {
        status: 429,
        headers: vec![("Retry-After".to_owned(), "3000".to_owned())],
        body: "To many requests".to_owned(),
        processed: false,
    };
    sandbox.faults().add(Rule::always(vidaas::SIGNATURE, busy));
    let client = client(&sandbox);
    let outcomes = thread::scope(|scope| {
        scope.spawn(|| {
            while sandbox.counters().requests(vidaas::SIGNATURE) == 0 {
                thread::sleep(Duration::from_millis(10));
            }
            client.cancellation().cancel();
        });
        let mut session = client.session(host::holder(CPF_HOLDER));
        session.sign(
            &documents(&contracts(2)),
            &Job { form: Form::Pdf, ..Job::default() },
            &mut Holderside::new(),
        )
    });
    for outcome in outcomes.expect("every document has an outcome") {
        assert_cancelled(outcome.map(|_| Vec::new()));
    }
    assert!(sandbox.counters().signatures().is_empty());
    judge_counters(&sandbox);
}

#[test]
fn a_cancelled_client_asks_nobody() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    client.cancellation().cancel();
    let mut session = client.session(host::holder(CPF_HOLDER));
    let mut screen = Holderside::new();
    let result = session.sign(
        &documents(&contracts(1)),
        &Job { form: Form::Pdf, ..Job::default() },
        &mut screen,
    );
    // Its outcome is that of every document, or of the session: nothing is signed either way.
    match result {
        Ok(outcomes) => assert_cancelled(outcomes.into_iter().next().unwrap().map(|_| Vec::new())),
        Err(_) => assert_cancelled(result),
    }
    assert_eq!(screen.asked(), 0);
    assert!(sandbox.counters().snapshot().requests.is_empty());
}

#[test]
fn a_holder_who_denies_or_does_nothing_ends_the_session() {
    for via in [Via::Push, Via::Redirect] {
        for (policy, expected) in
            [(Policy::DenyAll, PeerError::Denied), (Policy::Ignore, PeerError::Expired)]
        {
            let (builder, _) = builder_for_redirects();
            let sandbox = builder
                .policy(policy)
                .vidaas(|settings| {
                    settings.push_refusal = vidaas::PushRefusal::AtOnce { status: 403 };
                    settings.redirect_on_denial = true;
                })
                .start()
                .unwrap();
            let mut settings = host::settings(&sandbox);
            if policy == Policy::Ignore {
                settings.patience = Duration::from_millis(1_500);
            }
            let client = Client::new(settings).unwrap();
            let mut screen = Holderside::new();
            if policy == Policy::DenyAll {
                screen = Holderside::with_browser(&sandbox);
            }
            let mut session = client.session(host::holder(CPF_HOLDER)).via(via);
            let error = session
                .sign(
                    &documents(&contracts(1)),
                    &Job { form: Form::Pdf, ..Job::default() },
                    &mut screen,
                )
                .unwrap_err();
            assert_eq!(error.fault(), Fault::Holder, "{via:?} {policy:?}: {error}");
            assert!(
                matches!(error, Error::Core(CoreError::Peer(peer)) if peer == expected),
                "{via:?} {policy:?}: {error:?}"
            );
            assert!(sandbox.counters().signatures().is_empty());
            judge_counters(&sandbox);
        }
    }
}

#[test]
fn a_document_that_changes_while_the_holder_thinks_is_not_put_together() {
    let sandbox = builder().policy(Policy::Ask).start().unwrap();
    let client = client(&sandbox);
    let folder = Folder::new();
    let path = folder.write("contract.pdf", pdf("Before"));
    let outcomes = thread::scope(|scope| {
        scope.spawn(|| {
            let request = sandbox.phone().next_pending(Duration::from_secs(20)).unwrap();
            std::fs::write(&path, pdf("After!")).unwrap();
            assert!(sandbox.phone().approve(request.id));
        });
        let mut session = client.session(host::holder(CPF_HOLDER));
        session.sign(
            &[Document::from_file(&path)],
            &Job { form: Form::Pdf, ..Job::default() },
            &mut Holderside::new(),
        )
    });
    let error = outcomes.unwrap().pop().unwrap().unwrap_err();
    assert!(matches!(error, Error::Changed), "{error:?}");
    assert_eq!(sandbox.counters().signatures().len(), 1, "it is billed, and lost");
    judge_counters(&sandbox);
}
