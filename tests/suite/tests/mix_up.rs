//! The answer of one PSC in the place of another's (RFC 9700 §4.4, RFC 9207), at every PSC: what comes
//! back to a flow that it does not answer, where a code goes, and what was saved of whom.

use core::time::Duration;
use std::thread::{self, JoinHandle};

use rubrica::core::error::{Error as CoreError, Misuse, PeerError};
use rubrica::core::oauth::scope::Scope;
use rubrica::core::psc::{
    ALL, Application, Provider, Push, Redirect, Service, Signing, check_redirect_uris,
};
use rubrica::core::secret::SecretText;
use rubrica::core::time::{self, Elapsed};
use rubrica::{
    Client, Document, Error, Fault as Whose, Form, Job, JournalError, Notice, Resolution, Screen,
    Settings,
};
use rubrica_sandbox::psc::{IssuerParameter, Operation};
use rubrica_sandbox::{Browser, CPF_HOLDER, Fault, Psc, Rule, Sandbox};
use rubrica_tests::host::{self, Folder, Holderside, builder_for_redirects, pdf};
use rubrica_tests::orders::order;
use rubrica_tests::psc::{PSCS, endpoint, requests, settings, via};
use rubrica_tests::setting::{at, authorization, entropy};

/// A holder whose browser is first led to the application with queries that somebody else made of the
/// state of the page, and then, where it still waits, to the page.
struct Misled<'q> {
    browser: Browser,
    redirect_uri: String,
    queries: &'q (dyn Fn(&str) -> Vec<String> + Sync),
    honest: bool,
    visits: Option<JoinHandle<Vec<u16>>>,
}

impl<'q> Misled<'q> {
    fn new(
        sandbox: &Sandbox,
        settings: &Settings,
        honest: bool,
        queries: &'q (dyn Fn(&str) -> Vec<String> + Sync),
    ) -> Self {
        let redirect_uri = settings.redirect_uri.clone();
        Self { browser: sandbox.browser(), redirect_uri, queries, honest, visits: None }
    }

    /// The statuses of the application's answers.
    fn visits(self) -> Vec<u16> {
        self.visits.expect("a page was shown").join().expect("no panic")
    }
}

impl Screen for Misled<'_> {
    fn show(&mut self, notice: Notice<'_>) {
        let Notice::OpenUrl { url, .. } = notice else { return };
        let (_, query) = url.split_once('?').expect("a query");
        let state = query.split('&').find_map(|pair| pair.strip_prefix("state="));
        let queries = (self.queries)(state.expect("a state"));
        let (browser, page, honest) = (self.browser.clone(), url.to_owned(), self.honest);
        let redirect_uri = self.redirect_uri.clone();
        self.visits = Some(thread::spawn(move || {
            let visit = |query: &String| {
                let url = format!("{redirect_uri}?{query}");
                browser.request("GET", &url, &[], b"").expect("an answer").status
            };
            let visits = queries.iter().map(visit).collect();
            if honest {
                browser.open(&page, Duration::from_secs(20)).expect("the way back");
            }
            visits
        }));
    }
}

/// A code of a PSC's for its own application, as whoever sits at a browser can get one.
fn code_of(sandbox: &Sandbox, psc: &Psc) -> String {
    let url = format!(
        "{}?response_type=code&client_id={}&code_challenge={}&code_challenge_method=S256\
         &state=theirs&login_hint={CPF_HOLDER}",
        psc.url(Operation::Authorize),
        psc.application().client_id,
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    );
    let browser = sandbox.browser();
    let page = browser.request("GET", &url, &[], b"").expect("an answer");
    let waiting = page.header("location").expect("a page").to_owned();
    let page = browser.request("GET", &waiting, &[], b"").expect("an answer");
    let back = page.header("location").expect("the way back").to_owned();
    let (_, query) = back.split_once('?').expect("a query");
    let code = query.split('&').find_map(|pair| pair.strip_prefix("code="));
    code.expect("a code").to_owned()
}

fn encoded(url: &str) -> String {
    url.replace(':', "%3A").replace('/', "%2F")
}

/// The PSC after this one, among those that the sandbox has beside VIDaaS.
fn next<'s>(sandbox: &'s Sandbox, name: &str) -> &'s Psc {
    let place = PSCS.iter().position(|each| *each == name).expect("a PSC");
    let next = PSCS.iter().cycle().skip(place + 1).find(|next| **next != "vidaas");
    sandbox.psc(next.expect("there are six")).expect("one of six")
}

#[test]
fn s04_s16_s21_what_is_not_this_psc_s_answer_to_this_request_leaves_the_flow_waiting() {
    let sandbox = builder_for_redirects().0.start().expect("a port");
    for name in PSCS {
        let other = next(&sandbox, name);
        let foreign = code_of(&sandbox, other);
        let settings = settings(&sandbox, name);
        let own = encoded(&settings.base_url);
        let queries = |state: &str| {
            let issuer = encoded(other.base_url());
            vec![
                // The other PSC's answer to the other PSC's request.
                format!("code={foreign}&state=theirs"),
                format!("code={foreign}&state=theirs&iss={issuer}"),
                format!("code={foreign}"),
                format!("error=user_denied&state=theirs"),
                // With the state of this one, and another's name, or two names.
                format!("code={foreign}&state={state}&iss={issuer}"),
                format!("code={foreign}&state={state}&iss="),
                format!("code={foreign}&state={state}&iss={own}%2F"),
                format!("code={foreign}&state={state}&iss={own}&iss={own}"),
                format!("code={foreign}&state={state}&iss={own}&iss={issuer}"),
                // A denial is somebody's, too.
                format!("error=user_denied&state={state}&iss={issuer}"),
                format!("error=access_denied&state={state}&iss={own}&iss={own}"),
                format!("error=server_error&state={state}&iss={issuer}"),
            ]
        };
        let mut screen = Misled::new(&sandbox, &settings, true, &queries);
        let client = Client::new(settings).expect("good settings");
        let mut session = client.session(host::holder(CPF_HOLDER)).via(via(name, CPF_HOLDER));
        let login = session.login(&mut screen).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let certificate = &sandbox.holder(CPF_HOLDER).unwrap().certificates[0];
        assert_eq!(login.certificate.der(), certificate.der());
        let visits = screen.visits();
        assert_eq!(visits.len(), 12);
        assert!(visits.iter().all(|status| *status >= 400), "{name}: {visits:?}");
        // The one code that was redeemed is the flow's own.
        assert_eq!(requests(&sandbox, name, Operation::Token), 1, "{name}");
    }
    host::judge_counters(&sandbox);
}

#[test]
fn s21_an_issuer_that_the_profile_says_comes_is_waited_for() {
    let sandbox = builder_for_redirects().0.start().expect("a port");
    for name in PSCS.into_iter().skip(1) {
        sandbox.psc(name).unwrap().change(|it| it.issuer = IssuerParameter::Right);
        let mut settings = settings(&sandbox, name);
        let provider = Provider { issuer_required: true, ..rubrica_tests::psc::provider(name) };
        settings.provider = provider.into();
        let queries = |state: &str| {
            vec![
                format!("code=somebodys&state={state}"),
                format!("error=user_denied&state={state}"),
                format!("error=server_error&state={state}"),
            ]
        };
        let mut screen = Misled::new(&sandbox, &settings, true, &queries);
        let client = Client::new(settings).expect("good settings");
        let mut session = client.session(host::holder(CPF_HOLDER)).via(via(name, CPF_HOLDER));
        session.login(&mut screen).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert!(screen.visits().iter().all(|status| *status >= 400), "{name}");
        assert_eq!(requests(&sandbox, name, Operation::Token), 1, "{name}");
    }
}

#[test]
fn s21_a_psc_that_names_itself_wrongly_or_twice_is_not_believed() {
    let sandbox = builder_for_redirects().0.start().expect("a port");
    for name in PSCS.into_iter().skip(1) {
        for issuer in [IssuerParameter::Wrong, IssuerParameter::Repeated] {
            sandbox.psc(name).unwrap().change(|it| it.issuer = issuer);
            let mut settings = settings(&sandbox, name);
            settings.patience = Duration::from_secs(1);
            let client = Client::new(settings).expect("good settings");
            let mut session = client.session(host::holder(CPF_HOLDER)).via(via(name, CPF_HOLDER));
            let error = session.login(&mut Holderside::with_browser(&sandbox)).unwrap_err();
            let expired = matches!(&error, Error::Core(CoreError::Peer(PeerError::Expired)));
            assert!(expired, "{name}, {issuer:?}: {error:?}");
        }
        assert_eq!(requests(&sandbox, name, Operation::Token), 0, "{name}");
    }
}

/// A PSC that sends the browser on to another has the other's code come back with its own state: the
/// code goes to the PSC that the flow began with, with that one's secret, and nowhere else.
#[test]
fn s16_a_code_of_another_psc_is_redeemed_at_the_own_one_and_in_vain() {
    let sandbox = builder_for_redirects().0.start().expect("a port");
    for name in PSCS {
        let other = next(&sandbox, name);
        let before = requests(&sandbox, other.name(), Operation::Token);
        let foreign = code_of(&sandbox, other);
        let settings = settings(&sandbox, name);
        let queries = |state: &str| vec![format!("code={foreign}&state={state}")];
        let mut screen = Misled::new(&sandbox, &settings, false, &queries);
        let client = Client::new(settings).expect("good settings");
        let mut session = client.session(host::holder(CPF_HOLDER)).via(via(name, CPF_HOLDER));
        let error = session.login(&mut screen).unwrap_err();
        let refused = matches!(&error, Error::Core(CoreError::Peer(PeerError::Refused(refusal)))
            if (refusal.status, refusal.code.as_str()) == (400, "invalid_grant"));
        assert!(refused, "{name}: {error:?}");
        assert_eq!(screen.visits(), [200]);
        assert_eq!(requests(&sandbox, name, Operation::CertificateDiscovery), 0);
        assert_eq!(requests(&sandbox, other.name(), Operation::Token), before, "{name}");
    }
    host::judge_counters(&sandbox);
}

/// One application at each PSC, at addresses that differ.
fn with_applications(uri: impl Fn(&str) -> String, then: impl FnOnce(&[Application<'_>])) {
    let base_urls: Vec<String> =
        ALL.iter().map(|provider| format!("https://{}.example", provider.name)).collect();
    let uris: Vec<String> = ALL.iter().map(|provider| uri(provider.name)).collect();
    let applications: Vec<Application<'_>> = ALL
        .iter()
        .zip(base_urls.iter().zip(&uris))
        .map(|(provider, (base_url, uri))| {
            let service = Service::new(provider, base_url).expect("a URL");
            Application::new(service, "client", SecretText::new("secret"), uri).expect("good")
        })
        .collect();
    then(&applications);
}

#[test]
fn s16_two_pscs_do_not_share_a_redirect_uri() {
    with_applications(
        |name| format!("http://127.0.0.1:8765/{name}"),
        |applications| assert_eq!(check_redirect_uris(applications), Ok(())),
    );
    with_applications(
        |_| "http://127.0.0.1:8765/callback".to_owned(),
        |applications| {
            let refused = Err(Misuse::Field("redirect_uri").into());
            for pair in applications.windows(2) {
                assert_eq!(check_redirect_uris(pair), refused);
            }
            assert_eq!(check_redirect_uris(&applications[..1]), Ok(()));
        },
    );
}

#[test]
fn s16_what_was_saved_with_one_psc_is_not_resumed_with_another() {
    let patience = time::Duration::from_secs(60);
    let known = Elapsed::Known(time::Duration::ZERO);
    let scope = Scope::SignatureSession;
    let refused = Some(Error::Core(Misuse::Snapshot.into())).map(|error| error.to_string());
    with_applications(
        |name| format!("http://127.0.0.1:8765/{name}"),
        |applications| {
            for (place, began) in applications.iter().enumerate() {
                let (authorization, order) = (authorization(scope), order(2));
                let redirect =
                    || Redirect::new(began, authorization, &entropy(1), patience, at(0)).unwrap();
                let signing = || Signing::new(began, order, patience, 7, at(0)).unwrap();
                for (number, other) in applications.iter().enumerate() {
                    use rubrica::core::flow::Flow as _;
                    let snapshot = redirect().snapshot(at(0));
                    let resumed = Redirect::resume(other, authorization, snapshot, known, at(0));
                    let told = resumed.err().map(|error| error.to_string());
                    assert_eq!(told, refused.clone().filter(|_| place != number));
                    let snapshot = signing().snapshot(at(0));
                    let resumed =
                        Signing::resume(other, order, snapshot, known, patience, 7, at(0));
                    let told = resumed.err().map(|error| error.to_string());
                    assert_eq!(told, refused.clone().filter(|_| place != number));
                    // Push is VIDaaS's alone.
                    let push = Push::new(began, authorization, &entropy(1), patience, at(0));
                    assert_eq!(push.is_ok(), place == 0);
                    let Ok(push) = push else { continue };
                    let resumed =
                        Push::resume(other, authorization, push.snapshot(at(0)), known, at(0));
                    assert_eq!(resumed.is_ok(), number == 0);
                }
            }
        },
    );
    // The same PSC at another address, or for another application, is another.
    let provider = rubrica_tests::psc::provider("birdid");
    let application = |base_url, client_id| {
        let service = Service::new(&provider, base_url).unwrap();
        Application::new(service, client_id, SecretText::new("secret"), "http://127.0.0.1/")
            .unwrap()
    };
    let began = application("https://one.example", "client");
    for other in [
        application("https://two.example", "client"),
        application("https://one.example", "another"),
    ] {
        use rubrica::core::flow::Flow as _;
        let authorization = authorization(scope);
        let flow = Redirect::new(&began, authorization, &entropy(1), patience, at(0)).unwrap();
        let snapshot = flow.snapshot(at(0));
        let resumed = Redirect::resume(&other, authorization, snapshot, known, at(0));
        assert_eq!(resumed.err(), Some(Misuse::Snapshot.into()));
    }
}

#[test]
fn s16_the_journal_of_one_psc_is_foreign_to_every_other() {
    for name in ["vidaas", "birdid", "safeid", "serproid"] {
        let sandbox = builder_for_redirects().0.start().expect("a port");
        let signature = endpoint(&sandbox, name, Operation::Signature);
        sandbox.faults().add(Rule::once(signature, Fault::ResetAfter));
        let folder = Folder::new();
        let path = folder.write("contract.pdf", pdf(name));
        let with_journal = |name: &str| {
            let mut settings = settings(&sandbox, name);
            settings.state_directory = Some(folder.path("state"));
            Client::new(settings).expect("good settings")
        };
        let client = with_journal(name);
        let mut session = client.session(host::holder(CPF_HOLDER)).via(via(name, CPF_HOLDER));
        let mut screen = Holderside::with_browser(&sandbox);
        let job = Job { form: Form::Pdf, ..Job::default() };
        let outcomes = session.sign(&[Document::from_file(&path)], &job, &mut screen).unwrap();
        assert_eq!(outcomes[0].as_ref().unwrap_err().fault(), Whose::InDoubt, "{name}");
        let [id] = client.interrupted().unwrap()[..] else { panic!("{name}: no session") };
        let sent = sandbox.counters().snapshot().requests;
        for other in PSCS.into_iter().filter(|other| *other != name) {
            let stranger = with_journal(other);
            let mut screen = Holderside::new();
            for resolution in [None, Some(Resolution::SignAgain), Some(Resolution::Abandon)] {
                let error = stranger
                    .resume(&id, resolution, &mut screen, &mut |_, _, _| panic!("an outcome"))
                    .unwrap_err();
                assert!(matches!(error, Error::Journal(JournalError::Foreign)), "{error:?}");
            }
            assert!(matches!(stranger.pending(&id), Err(Error::Journal(JournalError::Foreign))));
            assert_eq!(screen.notices, [""; 0]);
        }
        assert_eq!(sandbox.counters().snapshot().requests, sent, "{name}: something was sent");
        client
            .resume(&id, Some(Resolution::Abandon), &mut screen, &mut |_, _, outcome| {
                assert_eq!(outcome.unwrap_err().fault(), Whose::InDoubt);
                Ok(())
            })
            .unwrap();
        assert_eq!(client.interrupted().unwrap(), []);
        host::judge_counters(&sandbox);
    }
}
