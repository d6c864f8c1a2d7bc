//! Every PSC of a sandbox as the host crate meets it: in a dialect of its own, from data alone.

use rubrica::core::psc::ALL;
use rubrica::verify::{Digest, SignatureAlgorithm};
use rubrica::{Client, Conclusion, Form, Job, Provider, Settings, Signed, Via};
use rubrica_sandbox::psc::Operation;
use rubrica_sandbox::{
    CPF_HOLDER, Endpoint, P256_HOLDER, P384_HOLDER, Sandbox, SignatureRecord, vidaas,
};

use crate::host::{self, Holderside, documents};
use crate::validation::{self, conclusions, validator};

/// VIDaaS, and the PSCs of [`Sandbox::psc`].
pub const PSCS: [&str; 7] =
    ["vidaas", "birdid", "vaultid", "safeid", "serproid", "remoteid", "norm"];

/// What the client knows of a PSC.
///
/// # Panics
/// For a name that is not among [`PSCS`].
#[must_use]
pub fn provider(name: &str) -> Provider<'static> {
    let name = match name {
        "vidaas" => return host::provider(),
        "norm" => "generic",
        name => name,
    };
    ALL.into_iter().find(|provider| provider.name == name).expect("a known provider")
}

/// A client's settings for a PSC of a sandbox, with what it publishes of both hierarchies trusted.
///
/// # Panics
/// Where the sandbox's certificates cannot be read.
#[must_use]
pub fn settings(sandbox: &Sandbox, name: &str) -> Settings {
    let mut settings = validation::settings(sandbox);
    if let Some(psc) = sandbox.psc(name) {
        let application = psc.application();
        settings.provider = provider(name).into();
        settings.base_url = psc.base_url().to_owned();
        settings.client_id.clone_from(&application.client_id);
        settings.client_secret = application.client_secret.clone().into();
        settings.redirect_uri.clone_from(&application.redirect_uris[0]);
    }
    settings
}

/// A client with those settings.
///
/// # Panics
/// Where they are refused.
#[must_use]
pub fn client(sandbox: &Sandbox, name: &str) -> Client {
    Client::new(settings(sandbox, name)).expect("the settings are good")
}

/// How a holder is asked. VIDaaS knows no `login_hint`: in a browser its phone is the CPF holder's.
#[must_use]
pub fn via(name: &str, number: &str) -> Via {
    if name == "vidaas" && number != CPF_HOLDER { Via::Push } else { Via::Redirect }
}

/// The endpoint of a service, for faults and counters.
///
/// # Panics
/// For a service of which a client of VIDaaS knows nothing.
#[must_use]
pub fn endpoint(sandbox: &Sandbox, name: &str, operation: Operation) -> Endpoint {
    match (sandbox.psc(name), operation) {
        (Some(psc), _) => psc.endpoint(operation),
        (None, Operation::Application) => vidaas::APPLICATION,
        (None, Operation::Authorize) => vidaas::AUTHORIZE,
        (None, Operation::Token) => vidaas::TOKEN,
        (None, Operation::Signature) => vidaas::SIGNATURE,
        (None, Operation::CertificateDiscovery) => vidaas::CERTIFICATE_DISCOVERY,
        (None, Operation::UserDiscovery) => vidaas::USER_DISCOVERY,
        (None, other) => panic!("VIDaaS has no {other:?}"),
    }
}

/// Requests that a service of a PSC saw.
#[must_use]
pub fn requests(sandbox: &Sandbox, name: &str, operation: Operation) -> u64 {
    sandbox.counters().requests(endpoint(sandbox, name, operation))
}

/// The signatures that a PSC made, in order.
#[must_use]
pub fn signatures(sandbox: &Sandbox, name: &str) -> Vec<SignatureRecord> {
    let made = sandbox.counters().signatures();
    made.into_iter().filter(|record| record.psc == name).collect()
}

/// Signs documents at a PSC with one approval, and has every result examined as a validator does.
///
/// # Panics
/// Where a document is not signed, where a signature is not valid, or where a rule was broken.
pub fn sign(
    sandbox: &Sandbox,
    client: &Client,
    (name, number): (&str, &str),
    form: Form,
    contents: &[Vec<u8>],
) -> Vec<Signed> {
    let context = format!("{name}, {number}, {form:?}, {} documents", contents.len());
    let before = signatures(sandbox, name).len();
    let mut session = client.session(host::holder(number)).via(via(name, number));
    let mut screen = Holderside::with_browser(sandbox);
    let job = Job { form, ..Job::default() };
    let outcomes = session.sign(&documents(contents), &job, &mut screen);
    let outcomes = outcomes.unwrap_or_else(|error| panic!("{context}: {error:?}"));
    assert_eq!(outcomes.len(), contents.len(), "{context}");
    let mut all = Vec::new();
    for (outcome, content) in outcomes.into_iter().zip(contents) {
        let signed = outcome.unwrap_or_else(|error| panic!("{context}: {error:?}"));
        examine(sandbox, &context, form, content, number, &signed);
        all.push(signed);
    }
    assert_eq!(screen.asked(), 1, "{context}: {:?}", screen.notices);
    let made = signatures(sandbox, name).split_off(before);
    assert_eq!(made.len(), contents.len(), "{context}");
    assert!(made.iter().all(|record| record.holder == number), "{context}: {made:?}");
    host::judge_counters(sandbox);
    all
}

/// Examines a result from its bytes alone.
fn examine(
    sandbox: &Sandbox,
    context: &str,
    form: Form,
    original: &[u8],
    number: &str,
    signed: &Signed,
) {
    let mut validator = validator(sandbox).holder(host::holder(number));
    let bytes = signed.clone().into_bytes().expect("the result");
    let examined = match form {
        Form::Raw => {
            let algorithm = match number {
                P256_HOLDER | P384_HOLDER => SignatureAlgorithm::Ecdsa(Digest::Sha256),
                _ => SignatureAlgorithm::RsaPkcs1(Digest::Sha256),
            };
            validator.raw(&bytes, &signed.verified.signer, algorithm, &original).map(|it| vec![it])
        }
        _ if form.is_pdf() => {
            assert!(bytes.starts_with(original), "{context}: the original is the beginning");
            validator.pdf(&bytes)
        }
        _ => validator.cms(&bytes, Some(&original)),
    };
    let examined = examined.unwrap_or_else(|error| panic!("{context}: {error:?}"));
    assert_eq!(conclusions(&examined), [Conclusion::Valid], "{context}: {examined:#?}");
}
