//! S38 at Certillion: what is secret, personal or a document's appears in nothing that a program
//! writes down; see `canaries.rs`, whose ways these are.

#[path = "canaries/heap.rs"]
mod heap;
#[path = "canaries/told.rs"]
mod told;

use core::time::Duration;

use rubrica::certillion::{Client, Job, Settings};
use rubrica::{Document, Error, Fault as Whose, Notice};
use rubrica_sandbox::certillion::{
    AUTHORIZE, CLIENT_TOKEN, DOCUMENT as UPLOAD, DOWNLOAD, FIND_PSC_ACCOUNTS, PWD_AUTHORIZE,
    SIGNATURE, TOKEN, USER_DISCOVERY, VALIDATE,
};
use rubrica_sandbox::{
    ALPHANUMERIC_CNPJ_HOLDER, CNPJ_HOLDER, CPF_HOLDER, Endpoint, ExpiresIn, Fault, Garbage, Rule,
    Sandbox,
};
use rubrica_tests::certillion::{content, jobs, settings};
use rubrica_tests::host::{Folder, builder_for_redirects, holder};

use self::heap::{Heap, Watch, search, ways};
use self::told::{TAKES_BYTES, alone, listen, told};

const CLIENT_ID: &str = "7b1e4c1e-canary-client-id";
const SECRET: &str = "canary-secret-mH5dQ";
const TOKEN_CANARY: &str = "canary-token-Xw8Zp";
const PASSWORD: &str = "canary-otp-Kc4Tn";
const DOCUMENT: &str = "canary-document-Yq3Fs";
const NAME: &str = "canary-name-Gd6Ja";
const REFERENCE: &str = "canary-reference-Tz9Wu";

/// How the sandbox's own tokens begin: a JWE's header.
const OPAQUE: &str = "eyJlbmMi";

const NUMBERS: [&str; 3] = [CPF_HOLDER, CNPJ_HOLDER, ALPHANUMERIC_CNPJ_HOLDER];

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
        (AUTHORIZE, Fault::WrongState),
        (CLIENT_TOKEN, answer(200, &token(",\"expires_in\":900"))),
        (CLIENT_TOKEN, answer(200, &token(",\"expires_in\":\"x\""))),
        (CLIENT_TOKEN, answer(200, &format!("{{\"access_token\":\"{TOKEN_CANARY}\""))),
        (CLIENT_TOKEN, answer(302, "")),
        (TOKEN, answer(200, &token(",\"expires_in\":900"))),
        (TOKEN, answer(200, &token(",\"scope\":\"another\""))),
        (TOKEN, answer(200, &token(",\"authorized_identification\":\"11222333000181\""))),
        (TOKEN, Fault::ExpiresIn(ExpiresIn::Negative)),
        (TOKEN, Fault::WrongIdentification),
        (TOKEN, Fault::ResetAfter),
        (UPLOAD, Fault::MissingDocumentHash),
        (UPLOAD, answer(401, "")),
        (SIGNATURE, answer(401, "")),
        (SIGNATURE, answer(302, "")),
        (SIGNATURE, Fault::ResetAfter),
        (SIGNATURE, Fault::TimeoutAfterSigning),
        (SIGNATURE, Fault::WrongHolder),
        (SIGNATURE, Fault::WrongDigest),
        (SIGNATURE, Fault::UnknownRoot),
        (SIGNATURE, Fault::AlteredDocument),
        (SIGNATURE, Fault::WrongId),
        (SIGNATURE, Fault::EntryStatus { code: 700, entry: None }),
        (SIGNATURE, Fault::MissingTransaction),
        (DOWNLOAD, Fault::CutDocument),
        (DOWNLOAD, Fault::OtherDocument),
        (DOWNLOAD, answer(401, "")),
        (DOWNLOAD, Fault::Delay { milliseconds: 0 }),
    ];
    for endpoint in [CLIENT_TOKEN, TOKEN, UPLOAD, SIGNATURE, DOWNLOAD] {
        // A service that says in its refusal whom it is about.
        let about = format!(
            "{{\"status\":{{\"code\":205,\"name\":\"REQUEST_BAD_DATA\",\"detail\":\"{CPF_HOLDER} \
             {ALPHANUMERIC_CNPJ_HOLDER} 11.222.333/0001-81\"}}}}"
        );
        faults.push((endpoint, answer(400, &about)));
        faults.push((endpoint, Fault::Garbage(Garbage::CutJson)));
    }
    faults
}

/// What must not be found, in every way in which it may be written.
fn forbidden() -> Vec<Vec<u8>> {
    let secrets = [SECRET, TOKEN_CANARY, DOCUMENT, PASSWORD];
    let mut forbidden: Vec<Vec<u8>> = secrets.into_iter().flat_map(ways).collect();
    let plain = [OPAQUE, "111.444.777-35", "11.222.333/0001-81", "12.ABC.345/01DE-35"];
    forbidden.extend(plain.into_iter().chain(NUMBERS).map(|text| text.as_bytes().to_vec()));
    forbidden
}

fn sandbox() -> Sandbox {
    builder_for_redirects().0.certillion_credentials(CLIENT_ID, SECRET).start().unwrap()
}

/// Signs with a fault, and puts all that can be seen of it on the heap.
fn sign(heap: &mut Heap, sandbox: &Sandbox, folder: &Folder, place: usize, settings: Settings) {
    let state = folder.path(&format!("state-{place}"));
    let settings = Settings {
        state_directory: Some(state.clone()),
        patience: Duration::from_millis(2_500),
        ..settings
    };
    heap.add(&settings);
    let client = Client::new(settings).unwrap();
    let job: Job = jobs()[place % jobs().len()].clone();
    heap.add(&job);
    let mut session = client.session(holder(NUMBERS[place % NUMBERS.len()])).psc("BIRDID");
    let named = format!("{NAME}.pdf");
    let path =
        folder.write(&format!("{place}-{named}"), content(&job, &format!("{DOCUMENT} {place}")));
    let documents = [
        Document::from_bytes(named, content(&job, &format!("{place} {DOCUMENT}"))),
        Document::from_file(path).with_reference(REFERENCE),
        Document::from_bytes("neither PDF nor XML", DOCUMENT),
    ];
    heap.add(&documents);
    let browser = sandbox.browser();
    let mut watch = Watch { heap, state: state.clone(), browser };
    let result = session.sign(&documents, &job, &mut watch);
    heap.add_outcomes(&result);
    heap.add(&session);
    heap.add(&client);
    heap.add_files(&state);
    for id in client.interrupted().unwrap() {
        match client.pending(&id) {
            Ok(pending) => heap.add(&pending),
            Err(error) => heap.add_error(&error),
        }
    }
}

/// Everything else that a client can be asked, and a code that the holder types.
fn ask(heap: &mut Heap, sandbox: &Sandbox) {
    for fault in [Fault::Delay { milliseconds: 0 }, Fault::Garbage(Garbage::CutJson)] {
        for endpoint in [USER_DISCOVERY, FIND_PSC_ACCOUNTS, VALIDATE, PWD_AUTHORIZE] {
            sandbox.faults().add(Rule::once(endpoint, fault.clone()));
        }
        let settings = Settings { password_grant: true, ..settings(sandbox) };
        let client = Client::new(settings).unwrap();
        for number in NUMBERS {
            let holder = holder(number);
            let mut session = client.session(holder).psc("BIRDID");
            let code = sandbox.certillion().one_time_password(number).unwrap();
            for code in [PASSWORD, &code] {
                match session.authorize_by_code(code) {
                    Ok(()) => heap.add(&session),
                    Err(error) => heap.add_error(&error),
                }
            }
            match client.accounts(holder) {
                Ok(accounts) => heap.add(&accounts),
                Err(error) => heap.add_error(&error),
            }
            match client.knows("BIRDID", holder) {
                Ok(discovery) => heap.add(&discovery.known),
                Err(error) => heap.add_error(&error),
            }
        }
        if let Err(error) = client.validate(None, &Document::from_bytes("cms", DOCUMENT), None) {
            heap.add_error(&error);
        }
        sandbox.faults().clear();
    }
}

#[test]
fn s38_nothing_that_comes_out_of_an_order_holds_what_is_not_to_be_told() {
    let _alone = alone();
    listen();
    let (sandbox, folder) = (sandbox(), Folder::new());
    let mut heap = Heap::default();
    for (place, (endpoint, fault)) in faults().into_iter().enumerate() {
        sandbox.faults().clear();
        sandbox.faults().add(Rule::once(endpoint, fault));
        sign(&mut heap, &sandbox, &folder, place, settings(&sandbox));
    }
    sandbox.faults().clear();
    ask(&mut heap, &sandbox);

    let told = told();
    assert!(told.contains("line of rustls") || told.contains("line of ureq"), "{}", told.len());
    assert!(!heap.urls.is_empty() && !heap.files.is_empty());
    let seen = sandbox.counters().snapshot();
    assert!(!seen.signatures.is_empty() && !seen.downloads.is_empty());
    // The holder's number is the browser's to bring: it stands in the URL as `login_hint`.
    heap.urls.iter_mut().for_each(|url| {
        let (before, after) = url.split_once("login_hint=").expect("who is asked");
        let rest = after.split_once('&').map_or("", |(_, rest)| rest);
        *url = format!("{before}{rest}");
    });
    heap.search(&told, &forbidden());
    for canary in [NAME, REFERENCE, CLIENT_ID] {
        search("the state directory", &heap.files, canary.as_bytes());
        search("a log", told.as_bytes(), canary.as_bytes());
    }
}

#[test]
fn s38_nothing_is_sent_while_the_log_would_take_every_byte() {
    use core::sync::atomic::Ordering;

    let _alone = alone();
    listen();
    let sandbox = sandbox();
    TAKES_BYTES.store(true, Ordering::SeqCst);
    let client = Client::new(settings(&sandbox)).unwrap();
    let job = &jobs()[2];
    let documents = [Document::from_bytes("text", DOCUMENT)];
    let mut session = client.session(holder(CPF_HOLDER));
    let result = session.sign(&documents, job, &mut |_: Notice<'_>| {});
    TAKES_BYTES.store(false, Ordering::SeqCst);
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Transport(rubrica_ureq::TransportError::Logged)), "{error:?}");
    assert_eq!(error.fault(), Whose::Configuration);
    assert!(sandbox.counters().snapshot().requests.is_empty());
}
