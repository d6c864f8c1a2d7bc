//! Runs cells, most of which wait, beside one another, and judges each by the same rules.

use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::panic::catch_unwind;
use std::sync::{Arc, mpsc};
use std::thread;

use rubrica::{Client, Document, Error, Fault as Whose, Job, Outcome, Via};
use rubrica_sandbox::psc::Operation;
use rubrica_sandbox::{Endpoint, Rule, Sandbox, vidaas};
use rubrica_tests::host::{
    Holderside, builder, builder_for_redirects, holder, judge, judge_counters, pdf,
};
use rubrica_tests::psc;

use crate::cell::{Act, Cell, Expect, Told, World};

/// The longest that all cells of a test may take before the ones that have not ended are called
/// hanging.
const LONGEST: Duration = Duration::from_secs(180);

/// Cells that run at a time: most of them wait.
const WORKERS: usize = 24;

/// Runs cells.
pub(crate) fn run(cells: Vec<Cell>) {
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
    let (endpoint, fault, times) = cell.rule.clone();
    let rule = Rule::always(at(cell, &sandbox, endpoint), fault);
    sandbox.faults().add(match times {
        Some(times) => rule.times(times),
        None => rule,
    });
    let mut settings = psc::settings(&sandbox, cell.psc);
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

/// The endpoint of the cell's PSC that stands for one of VIDaaS's.
fn at(cell: &Cell, sandbox: &Sandbox, endpoint: Endpoint) -> Endpoint {
    if cell.psc == "vidaas" {
        return endpoint;
    }
    let operation = match endpoint {
        vidaas::APPLICATION => Operation::Application,
        vidaas::AUTHORIZE => Operation::Authorize,
        vidaas::TOKEN => Operation::Token,
        vidaas::SIGNATURE => Operation::Signature,
        vidaas::CERTIFICATE_DISCOVERY => Operation::CertificateDiscovery,
        vidaas::USER_DISCOVERY => Operation::UserDiscovery,
        other => panic!("{} has nothing for {}", cell.psc, other.name()),
    };
    psc::endpoint(sandbox, cell.psc, operation)
}

fn act(
    cell: &Cell,
    sandbox: &Sandbox,
    settings: rubrica::Settings,
    originals: &[Vec<u8>],
    screen: &mut Holderside,
) -> Result<Vec<Outcome>, Error> {
    let holder = holder(cell.holder);
    if cell.act == Act::Register {
        let uris = ["http://127.0.0.1:9/callback"];
        return Client::register(&settings, "Name", "Comments", &uris, "a@rubrica.invalid")
            .map(|_| Vec::new());
    }
    let client = Client::new(settings).expect("good settings");
    let mut session = client.session(holder).via(cell.via);
    if cell.alias {
        let certificate = &sandbox.holder(cell.holder).expect("known").certificates[0];
        let psc = sandbox.psc(cell.psc);
        let alias =
            psc.map_or_else(|| certificate.alias().to_owned(), |psc| psc.alias(certificate));
        session = session.certificate_alias(alias);
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
    let signatures = psc::signatures(sandbox, cell.psc);
    assert_eq!(counters.signatures().len(), signatures.len(), "{name}: at another PSC");
    assert_eq!(signatures.len(), cell.made * cell.documents, "{name}: {signatures:?}");
    if let Some(sent) = cell.sent {
        let endpoint = at(cell, sandbox, cell.rule.0);
        assert_eq!(counters.requests(endpoint), sent, "{name}: requests");
    }
    if let Some(asked) = cell.asked {
        assert_eq!(screen.asked(), asked, "{name}: {:?}", screen.notices);
    }
    if cell.act != Act::Register {
        // Where the redirects lead to.
        assert_eq!(counters.requests(vidaas::APPLICATION), 0, "{name}: a redirect was followed");
    }
}
