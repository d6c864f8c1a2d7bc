//! Runs cells, and judges each by the same rules.

use std::net::TcpListener;

use rubrica::{Client, Document, Error, Job, Outcome, Via};
use rubrica_sandbox::psc::Operation;
use rubrica_sandbox::{Endpoint, Rule, Sandbox, vidaas};
use rubrica_tests::host::{
    Holderside, builder, builder_for_redirects, holder, judge, judge_counters, pdf,
};
use rubrica_tests::{matrix, psc};

use crate::cell::{Act, Cell, Expect, World};

/// Runs cells.
pub(crate) fn run(cells: Vec<Cell>) {
    matrix::run(cells, |cell| &cell.name, judge_cell);
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
        (Expect::Stops(whose, told), Err(error)) => told.judge(name, whose, &error),
        (Expect::Fails(whose, told), Ok(outcomes)) => {
            assert_eq!(outcomes.len(), cell.documents, "{name}");
            for outcome in outcomes {
                match outcome {
                    Ok(_) => panic!("{name}: a document was handed over as signed"),
                    Err(error) => told.judge(name, whose, &error),
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
