//! The fault matrix: each exchange of a session, each way in which it can go wrong, and the error
//! that must come of it, on the host crate over real HTTPS.
//!
//! After every cell the same is judged: nothing was handed over that does not verify, no hash was
//! signed twice, no redirect was followed, no poll came early, and it ended in time.

#[path = "faults/cell.rs"]
mod cell;
#[path = "faults/table.rs"]
mod table;

use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::panic::catch_unwind;
use std::sync::{Arc, mpsc};
use std::thread;

use rubrica::{Client, Document, Error, Fault as Whose, Form, Job, Outcome, Resolution, Via};
use rubrica_sandbox::{CPF_HOLDER, Fault, Garbage, Rule, Sandbox, vidaas};
use rubrica_tests::host::{
    self, Folder, Holderside, builder, builder_for_redirects, judge, judge_counters, pdf,
};

use self::cell::{Act, Cell, Expect, Told, World};

/// The longest that all cells of a test may take before the ones that have not ended are called
/// hanging.
const LONGEST: Duration = Duration::from_secs(180);

/// Cells that run at a time: most of them wait.
const WORKERS: usize = 24;

fn run(cells: Vec<Cell>) {
    println!("{} cells", cells.len());
    let cells = Arc::new(cells);
    let names: BTreeSet<usize> = (0..cells.len()).collect();
    let next = Arc::new(AtomicUsize::new(0));
    let (ended, ends) = mpsc::channel();
    for _ in 0..WORKERS.min(cells.len()) {
        let (cells, next, ended) = (Arc::clone(&cells), Arc::clone(&next), ended.clone());
        thread::spawn(move || {
            while let Some(cell) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
                let place = cells.iter().position(|each| core::ptr::eq(each, cell));
                let good = catch_unwind(AssertUnwindSafe(|| judge_cell(cell))).is_ok();
                if ended.send((place, good)).is_err() {
                    break;
                }
            }
        });
    }
    drop(ended);
    let mut open = names;
    let mut bad = Vec::new();
    let deadline = std::time::Instant::now() + LONGEST;
    while !open.is_empty() {
        let left = deadline.saturating_duration_since(std::time::Instant::now());
        let Ok((Some(place), good)) = ends.recv_timeout(left) else { break };
        open.remove(&place);
        if !good {
            bad.push(&cells[place].name);
        }
    }
    let open: Vec<&String> = open.into_iter().map(|place| &cells[place].name).collect();
    assert!(open.is_empty(), "hanging: {open:#?}\nbad: {bad:#?}");
    assert!(bad.is_empty(), "{} of {} cells: {bad:#?}", bad.len(), cells.len());
}

/// Runs one cell and judges what came of it.
fn judge_cell(cell: &Cell) {
    let sandbox = match cell.via {
        Via::Push => builder(),
        Via::Redirect => builder_for_redirects().0,
    }
    .start()
    .expect("a port");
    sandbox.faults().add(cell.rule());
    let mut settings = host::settings(&sandbox);
    settings.patience = cell.patience;
    if !cell.trust {
        settings.trust = None;
    }
    match cell.world {
        World::Good => {}
        World::UnknownAuthority => settings.tls_anchors = None,
        World::NobodyListens => {
            let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
            settings.base_url = format!("https://{}", socket.local_addr().expect("bound"));
        }
    }
    let mut screen = match cell.via {
        Via::Push => Holderside::new(),
        Via::Redirect => Holderside::with_browser(&sandbox),
    };
    let originals: Vec<Vec<u8>> =
        (0..cell.documents).map(|place| pdf(&format!("{place} of {}", cell.name.len()))).collect();
    let result = act(cell, &sandbox, settings, &originals, &mut screen);
    judge_result(cell, &sandbox, &originals, result);
    judge_service(cell, &sandbox, &screen);
}

fn act(
    cell: &Cell,
    sandbox: &Sandbox,
    settings: rubrica::Settings,
    originals: &[Vec<u8>],
    screen: &mut Holderside,
) -> Result<Vec<Outcome>, Error> {
    let holder = host::holder(cell.holder);
    if cell.act == Act::Register {
        let uris = ["http://127.0.0.1:9/callback"];
        return Client::register(&settings, "Name", "Comments", &uris, "a@rubrica.invalid")
            .map(|_| Vec::new());
    }
    let client = Client::new(settings).expect("good settings");
    let mut session = client.session(holder).via(cell.via);
    if cell.alias {
        let certificate = &sandbox.holder(cell.holder).expect("known").certificates[0];
        session = session.certificate_alias(certificate.alias());
    }
    match cell.act {
        Act::Login => session.login(screen).map(|_| Vec::new()),
        Act::Discover => client.discover(holder).map(|_| Vec::new()),
        _ => {
            let documents: Vec<Document> = originals
                .iter()
                .map(|bytes| Document::from_bytes("contract.pdf", bytes.clone()))
                .collect();
            let job = Job { form: cell.form, ..Job::default() };
            session.sign(&documents, &job, screen)
        }
    }
}

fn judge_result(
    cell: &Cell,
    sandbox: &Sandbox,
    originals: &[Vec<u8>],
    result: Result<Vec<Outcome>, Error>,
) {
    let name = &cell.name;
    match (cell.expect, result) {
        (Expect::Good, Ok(outcomes)) => {
            let expected = if cell.act == Act::Sign { cell.documents } else { 0 };
            assert_eq!(outcomes.len(), expected, "{name}");
            for (outcome, original) in outcomes.iter().zip(originals) {
                let signed = outcome.as_ref().unwrap_or_else(|error| panic!("{name}: {error:?}"));
                if cell.trust {
                    let digest = judge(sandbox, cell.form, original, cell.holder, signed);
                    assert_eq!(sandbox.counters().signatures_of(&digest), 1, "{name}");
                }
            }
        }
        (Expect::Stops(whose, told), Err(error)) => judge_error(name, whose, told, &error),
        (Expect::Fails(whose, told), Ok(outcomes)) => {
            assert_eq!(outcomes.len(), cell.documents, "{name}");
            for outcome in outcomes {
                match outcome {
                    Ok(_) => panic!("{name}: a document was handed over as signed"),
                    Err(error) => judge_error(name, whose, told, &error),
                }
            }
        }
        (_, Ok(outcomes)) => {
            let outcomes: Vec<_> =
                outcomes.into_iter().map(|outcome| outcome.map(|_| "signed")).collect();
            panic!("{name}: {outcomes:?}")
        }
        (_, Err(error)) => panic!("{name}: {error:?}"),
    }
}

fn judge_error(name: &str, whose: Whose, told: Told, error: &Error) {
    assert!((told.matches)(error), "{name}: not {}: {error:?}", told.text);
    assert_eq!(error.fault(), whose, "{name}: {error:?}");
}

fn judge_service(cell: &Cell, sandbox: &Sandbox, screen: &Holderside) {
    let name = &cell.name;
    let counters = sandbox.counters();
    if cell.violations.is_empty() {
        judge_counters(sandbox);
    } else {
        assert_eq!(counters.violations(), cell.violations, "{name}");
    }
    let signatures = counters.signatures();
    assert_eq!(signatures.len(), cell.made * cell.documents, "{name}: {signatures:?}");
    if let Some(sent) = cell.sent {
        assert_eq!(counters.requests(cell.rule.0), sent, "{name}: requests");
    }
    if let Some(asked) = cell.asked {
        assert_eq!(screen.asked(), asked, "{name}: {:?}", screen.notices);
    }
    if cell.act != Act::Register {
        // Where the redirects lead to.
        assert_eq!(counters.requests(vidaas::APPLICATION), 0, "{name}: a redirect was followed");
    }
}

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
