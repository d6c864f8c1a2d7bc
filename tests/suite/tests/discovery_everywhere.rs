//! Asking all PSCs at once who knows a holder: each by its own deadline, none in another's way.

use core::time::Duration;
use std::net::TcpListener;

use rubrica::core::error::{Error as CoreError, Misuse, PeerError, Refusal};
use rubrica::{
    Client, Discovery, Error, Fault as Whose, Inquiry, PROVIDERS_AT_ONCE, discover_everywhere,
};
use rubrica_sandbox::psc::Operation;
use rubrica_sandbox::{CNPJ_HOLDER, CPF_HOLDER, Fault, Rule, Sandbox, V12_CNPJ_HOLDER};
use rubrica_tests::host::{self, judge_counters, sandbox};
use rubrica_tests::psc::{PSCS, client, endpoint, requests, settings};

/// Long beyond any answer that comes.
const PATIENT: Duration = Duration::from_secs(90);

/// Short, for what never comes.
const SHORT: Duration = Duration::from_millis(1_500);

fn inquiry(client: Client) -> Inquiry {
    Inquiry { client, deadline: PATIENT }
}

/// What a PSC that is asked alone says.
fn alone(sandbox: &Sandbox, name: &str, number: &str) -> Discovery {
    client(sandbox, name).discover(host::holder(number)).expect("an answer")
}

#[test]
fn all_seven_answer_in_the_order_in_which_they_were_asked() {
    let sandbox = sandbox();
    for number in [CPF_HOLDER, CNPJ_HOLDER, V12_CNPJ_HOLDER] {
        let inquiries = PSCS.iter().map(|name| inquiry(client(&sandbox, name))).collect();
        let answers = discover_everywhere(inquiries, host::holder(number)).expect("seven");
        assert_eq!(answers.len(), PSCS.len());
        for (name, answer) in PSCS.iter().zip(answers) {
            let answer = answer.unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert!(answer.known, "{name}");
            assert_eq!(answer, alone(&sandbox, name, number), "{name}");
        }
    }
    judge_counters(&sandbox);
}

#[test]
fn one_that_is_down_slow_or_refuses_takes_no_answer_from_the_others() {
    let sandbox = sandbox();
    let fault = |name, fault| {
        let endpoint = endpoint(&sandbox, name, Operation::UserDiscovery);
        sandbox.faults().add(Rule::always(endpoint, fault));
    };
    // The first one asked never ends its answer; the one in the middle refuses.
    fault("vidaas", Fault::Drip);
    let body = r#"{"code":"BLOQUEADA","msg":"Aplicação bloqueada"}"#.to_owned();
    fault("serproid", Fault::Answer { status: 403, headers: Vec::new(), body, processed: false });
    // One is down: nobody listens where it was.
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
    // One takes connections and says nothing, not even in TLS.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let inquiries = PSCS.iter().map(|name| {
        let mut settings = settings(&sandbox, name);
        let mut deadline = PATIENT;
        match *name {
            "vidaas" => deadline = SHORT,
            "vaultid" => settings.base_url = format!("https://{nobody}"),
            "remoteid" => {
                deadline = SHORT;
                settings.base_url = format!("https://{}", silent.local_addr().expect("bound"));
            }
            _ => {}
        }
        Inquiry { client: Client::new(settings).expect("good settings"), deadline }
    });
    let answers =
        discover_everywhere(inquiries.collect(), host::holder(CPF_HOLDER)).expect("seven");
    for (name, answer) in PSCS.iter().zip(answers) {
        match (*name, answer) {
            ("vidaas" | "remoteid", Err(error @ Error::Unanswered)) => {
                assert_eq!(error.fault(), Whose::Network);
            }
            ("vaultid", Err(error @ Error::Transport(_))) => {
                assert_eq!(error.fault(), Whose::Network);
            }
            ("serproid", Err(Error::Core(CoreError::Peer(PeerError::Refused(told))))) => {
                let Refusal { status, code, text, .. } = told;
                assert_eq!((status, code.as_str()), (403, "BLOQUEADA"));
                assert_eq!(text.as_str(), "Aplicação bloqueada");
            }
            ("birdid" | "safeid" | "norm", Ok(answer)) => {
                assert_eq!(answer, alone(&sandbox, name, CPF_HOLDER), "{name}");
            }
            (name, answer) => panic!("{name}: {answer:?}"),
        }
    }
    assert_eq!(requests(&sandbox, "vidaas", Operation::UserDiscovery), 1);
    assert_eq!(requests(&sandbox, "vaultid", Operation::UserDiscovery), 0);
    judge_counters(&sandbox);
}

#[test]
fn a_slow_answer_within_its_deadline_is_an_answer() {
    let sandbox = sandbox();
    let slow = endpoint(&sandbox, "birdid", Operation::UserDiscovery);
    sandbox.faults().add(Rule::once(slow, Fault::Delay { milliseconds: 2_000 }));
    let inquiries = vec![
        inquiry(client(&sandbox, "birdid")),
        // Its deadline is over before the slow one has answered, and it has answered long before.
        Inquiry { client: client(&sandbox, "norm"), deadline: SHORT },
    ];
    let answers = discover_everywhere(inquiries, host::holder(CPF_HOLDER)).expect("two");
    let known: Vec<bool> =
        answers.into_iter().map(|answer| answer.expect("an answer").known).collect();
    assert_eq!(known, [true, true]);
}

#[test]
fn nobody_is_asked_when_there_is_nobody_or_there_are_too_many() {
    let sandbox = sandbox();
    assert!(discover_everywhere(Vec::new(), host::holder(CPF_HOLDER)).expect("none").is_empty());
    let inquiries = |count: usize| (0..count).map(|_| inquiry(client(&sandbox, "norm"))).collect();
    let error = discover_everywhere(inquiries(PROVIDERS_AT_ONCE + 1), host::holder(CPF_HOLDER));
    let error = error.unwrap_err();
    assert!(matches!(error, Error::Core(CoreError::Misuse(Misuse::Field("providers")))));
    assert_eq!(requests(&sandbox, "norm", Operation::UserDiscovery), 0);
    let answers = discover_everywhere(inquiries(PROVIDERS_AT_ONCE), host::holder(CPF_HOLDER));
    assert!(answers.expect("as many as may be").iter().all(Result::is_ok));
}
