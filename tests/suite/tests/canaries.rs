//! S38: what is secret, personal or a document's appears in nothing that a program writes down.
//!
//! Canaries are planted in every secret, in the documents and in their names; sessions run through
//! many faults; and everything that came out is searched: events and log lines of all crates at all
//! levels, errors with their sources, notices, `Debug` of what a program holds, and the state
//! directory.

#[path = "canaries/heap.rs"]
mod heap;
#[path = "canaries/told.rs"]
mod told;

use core::sync::atomic::Ordering;

use rubrica::{Client, Document, Error, Fault as Whose, Form, Job, Notice, Via};
use rubrica_sandbox::vidaas::{
    AUTHENTICATIONS, AUTHORIZE, CERTIFICATE_DISCOVERY, SIGNATURE, TOKEN, USER_DISCOVERY,
};
use rubrica_sandbox::{
    ALPHANUMERIC_CNPJ_HOLDER, CNPJ_HOLDER, CPF_HOLDER, Endpoint, ExpiresIn, Fault, Garbage, Policy,
    Rule, Sandbox,
};
use rubrica_tests::host::{self, Folder, builder_for_redirects, pdf};

use self::heap::{Heap, Watch, search, ways};
use self::told::{TAKES_BYTES, alone, listen, told};

const CLIENT_ID: &str = "7b1e4c1e-canary-client-id";
const SECRET: &str = "canary-secret-mH5dQ";
const TOKEN_CANARY: &str = "canary-token-Xw8Zp";
const CODE_CANARY: &str = "canary-code-Rt2Kv";
const PUSH_CANARY: &str = "canary-push-Nb7Lc";
const DOCUMENT: &str = "canary-document-Yq3Fs";
const NAME: &str = "canary-name-Gd6Ja";
const REFERENCE: &str = "canary-reference-Tz9Wu";

/// How the sandbox's own tokens and codes begin: a JWE's header.
const OPAQUE: &str = "eyJlbmMi";

fn answer(status: u16, body: &str) -> Fault {
    let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    Fault::Answer { status, headers, body: body.to_owned(), processed: false }
}

/// Faults that bring every canary, and every kind of error, to where it might be told.
fn faults() -> Vec<(Endpoint, Fault)> {
    let token = |more: &str| {
        format!("{{\"access_token\":\"{TOKEN_CANARY}\",\"token_type\":\"Bearer\"{more}}}")
    };
    let mut faults = vec![
        (AUTHORIZE, Fault::Delay { milliseconds: 0 }),
        (AUTHORIZE, answer(200, &format!("code={PUSH_CANARY}"))),
        (AUTHORIZE, answer(200, &format!("code={PUSH_CANARY}&code={PUSH_CANARY}"))),
        (AUTHORIZE, answer(200, &format!("kode={PUSH_CANARY}"))),
        (AUTHORIZE, Fault::WrongState),
        (AUTHENTICATIONS, answer(200, &format!("{{\"authorizationToken\":\"{CODE_CANARY}\"}}"))),
        (AUTHENTICATIONS, answer(200, &format!("{{\"authorizationToken\":[\"{CODE_CANARY}\"]}}"))),
        (TOKEN, answer(200, &token(",\"expires_in\":900"))),
        (TOKEN, answer(200, &token(",\"expires_in\":\"x\""))),
        (TOKEN, answer(200, &token(",\"scope\":\"another\""))),
        (TOKEN, answer(200, &token(",\"authorized_identification\":\"11222333000181\""))),
        (TOKEN, answer(200, &format!("{{\"access_token\":\"{TOKEN_CANARY}\""))),
        (TOKEN, Fault::TokenType("mac".to_owned())),
        (TOKEN, Fault::ExpiresIn(ExpiresIn::Negative)),
        (TOKEN, Fault::WrongIdentification),
        (TOKEN, Fault::ResetAfter),
        (SIGNATURE, answer(401, "")),
        (SIGNATURE, answer(302, "")),
        (SIGNATURE, Fault::ResetAfter),
        (SIGNATURE, Fault::Truncate { bytes: 700 }),
        (SIGNATURE, Fault::WrongHolder),
        (SIGNATURE, Fault::WrongDigest),
        (SIGNATURE, Fault::UnknownRoot),
        (SIGNATURE, Fault::ExpiredCertificate),
        (SIGNATURE, Fault::AlteredDocument),
        (SIGNATURE, Fault::WrongId),
        (CERTIFICATE_DISCOVERY, Fault::WrongHolder),
        (CERTIFICATE_DISCOVERY, Fault::UnknownRoot),
    ];
    for endpoint in [AUTHORIZE, AUTHENTICATIONS, TOKEN, SIGNATURE, CERTIFICATE_DISCOVERY] {
        // A service that says in its refusal whom it is about.
        let about = format!(
            "{{\"error\":\"invalid_request\",\"error_description\":\"{CPF_HOLDER} \
             {ALPHANUMERIC_CNPJ_HOLDER} 11.222.333/0001-81\"}}"
        );
        faults.push((endpoint, answer(400, &about)));
        faults.push((endpoint, Fault::Garbage(Garbage::CutJson)));
        faults.push((endpoint, Fault::Truncate { bytes: 60 }));
    }
    faults
}

/// What must not be found, in every way in which it may be written.
fn forbidden() -> Vec<Vec<u8>> {
    let secrets = [SECRET, TOKEN_CANARY, CODE_CANARY, PUSH_CANARY, DOCUMENT];
    let mut forbidden: Vec<Vec<u8>> = secrets.into_iter().flat_map(ways).collect();
    forbidden.push(OPAQUE.into());
    for number in [CPF_HOLDER, CNPJ_HOLDER, ALPHANUMERIC_CNPJ_HOLDER] {
        forbidden.push(number.into());
    }
    for masked in ["111.444.777-35", "11.222.333/0001-81", "12.ABC.345/01DE-35"] {
        forbidden.push(masked.into());
    }
    forbidden
}

fn sandbox() -> Sandbox {
    let (builder, _) = builder_for_redirects();
    builder
        .credentials(CLIENT_ID, SECRET)
        .vidaas(|settings| settings.redirect_on_denial = true)
        .start()
        .unwrap()
}

#[test]
fn s38_nothing_that_comes_out_of_a_session_holds_what_is_not_to_be_told() {
    let _alone = alone();
    listen();
    let sandbox = sandbox();
    let folder = Folder::new();
    let mut heap = Heap::default();
    let forms = [Form::Pdf, Form::Raw, Form::ServicePadesAdRb];
    let numbers = [CPF_HOLDER, CNPJ_HOLDER, ALPHANUMERIC_CNPJ_HOLDER];
    for (place, (endpoint, fault)) in faults().into_iter().enumerate() {
        sandbox.faults().clear();
        sandbox.faults().add(Rule::once(endpoint, fault.clone()));
        let is_redirect = fault == Fault::WrongState || (place % 4 == 3 && endpoint != AUTHORIZE);
        let form = match endpoint {
            CERTIFICATE_DISCOVERY => Form::Raw,
            _ if fault == Fault::AlteredDocument => Form::ServicePadesAdRb,
            _ => forms[place % forms.len()],
        };
        let state = folder.path(&format!("state-{place}"));
        let mut settings = host::settings(&sandbox);
        settings.state_directory = Some(state.clone());
        settings.patience = core::time::Duration::from_millis(2_500);
        heap.add(&settings);
        let client = Client::new(settings).unwrap();
        let number = if is_redirect { CPF_HOLDER } else { numbers[place % numbers.len()] };
        let mut session = client.session(host::holder(number));
        if is_redirect && endpoint != AUTHENTICATIONS {
            session = session.via(Via::Redirect);
        }
        let named = format!("{NAME}.pdf");
        let path = folder.write(&format!("{place}-{named}"), pdf(&format!("{DOCUMENT} {place}")));
        let documents = [
            Document::from_bytes(named, pdf(&format!("{place} {DOCUMENT}"))),
            Document::from_file(path).with_reference(REFERENCE),
            Document::from_bytes("cut", pdf(DOCUMENT)[..200].to_vec()),
            Document::from_bytes("no PDF", DOCUMENT),
        ];
        // The caller's own words are the caller's to print; the documents' bytes are not.
        heap.add(&documents);
        let browser = sandbox.browser();
        let mut watch = Watch { heap: &mut heap, state: state.clone(), browser };
        let job = Job { form, ..Job::default() };
        let result = session.sign(&documents, &job, &mut watch);
        heap.add_outcomes(&result);
        heap.add(&session);
        heap.add(&client);
        heap.add_files(&state);
        let interrupted = client.interrupted().unwrap();
        for id in interrupted {
            match client.pending(&id) {
                Ok(pending) => heap.add(&pending),
                Err(error) => heap.add_error(&error),
            }
        }
    }
    for number in numbers {
        sandbox.faults().clear();
        let client = host::client(&sandbox);
        match client.session(host::holder(number)).login(&mut |_: Notice<'_>| {}) {
            Ok(login) => heap.add(&login),
            Err(error) => heap.add_error(&error),
        }
        sandbox.faults().add(Rule::once(USER_DISCOVERY, Fault::Garbage(Garbage::CutJson)));
        match client.discover(host::holder(number)) {
            Ok(discovery) => heap.add(&discovery),
            Err(error) => heap.add_error(&error),
        }
    }
    sandbox.phone().set_policy(Policy::DenyAll);
    let told = told();
    assert!(told.contains("event of rubrica"), "the host's events are heard");
    assert!(told.contains("line of rustls") || told.contains("line of ureq"), "{}", told.len());
    assert!(!heap.urls.is_empty() && !heap.files.is_empty());
    heap.search(&told, &forbidden());
    for canary in [NAME, REFERENCE, CLIENT_ID] {
        search("the state directory", &heap.files, canary.as_bytes());
        search("a log", told.as_bytes(), canary.as_bytes());
    }
}

#[test]
fn s38_credentials_of_a_registration_are_not_printed() {
    // Another test may have the log take every byte meanwhile, and then nothing is sent.
    let _alone = alone();
    let sandbox = host::sandbox();
    let settings = host::settings(&sandbox);
    let uris = ["http://127.0.0.1:9/callback"];
    let given =
        Client::register(&settings, "Name", "Comments", &uris, "a@rubrica.invalid").unwrap();
    let secret = given.client_secret.clone();
    assert!(!secret.is_empty());
    assert!(!format!("{given:?} {given:#?}").contains(secret.as_str()));
}

#[test]
fn s38_nothing_is_sent_while_the_log_would_take_every_byte() {
    let _alone = alone();
    listen();
    let sandbox = host::sandbox();
    TAKES_BYTES.store(true, Ordering::SeqCst);
    let client = host::client(&sandbox);
    let documents = [Document::from_bytes("contract.pdf", pdf("Contract"))];
    let mut session = client.session(host::holder(CPF_HOLDER));
    let result =
        session
            .sign(&documents, &Job { form: Form::Pdf, ..Job::default() }, &mut |_: Notice<'_>| {});
    TAKES_BYTES.store(false, Ordering::SeqCst);
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Transport(rubrica_ureq::TransportError::Logged)), "{error:?}");
    assert_eq!(error.fault(), Whose::Configuration);
    assert!(sandbox.counters().snapshot().requests.is_empty());
}
