//! Where sources contradict one another, the configuration has the last word: what the client doubts
//! is named beside a refusal, what it is told instead works, and a PSC of which nothing is known but a
//! table is signed with like any other.

use std::collections::BTreeMap;

use rubrica::core::error::{Error as CoreError, PeerError};
use rubrica::{Client, Error, Form, Job, ProviderTable};
use rubrica_sandbox::psc::{Denial, HashEncoding, IssuerParameter, Operation, TokenBody};
use rubrica_sandbox::{ALPHANUMERIC_CNPJ_HOLDER, CPF_HOLDER, Policy, Sandbox, V12_CNPJ_HOLDER};
use rubrica_tests::host::{self, Holderside, builder_for_redirects, documents, pdf};
use rubrica_tests::psc::{requests, settings, sign, via};
use serde::Deserialize;

#[derive(Deserialize)]
struct File(#[serde(deserialize_with = "ProviderTable::read")] BTreeMap<String, ProviderTable>);

/// The one table of a file.
fn table(text: &str) -> ProviderTable {
    let File(mut tables) = toml::from_str(text).expect("a table");
    tables.pop_first().expect("one").1
}

fn sandbox() -> Sandbox {
    builder_for_redirects().0.start().expect("a port")
}

/// A client of a PSC with what a table says of it.
fn client_with(sandbox: &Sandbox, name: &str, text: &str) -> Client {
    let mut settings = settings(sandbox, name);
    settings.provider = table(text);
    Client::new(settings).expect("the settings are good")
}

/// The error of a document that was not signed.
fn error(sandbox: &Sandbox, client: &Client, name: &str, form: Form) -> Error {
    let mut session = client.session(host::holder(CPF_HOLDER)).via(via(name, CPF_HOLDER));
    let job = Job { form, ..Job::default() };
    let documents = documents(&[pdf("Contradicted")]);
    match session.sign(&documents, &job, &mut Holderside::with_browser(sandbox)) {
        Err(error) => error,
        Ok(outcomes) => outcomes.into_iter().next().expect("one").expect_err("refused"),
    }
}

fn is_refused(error: &Error) -> bool {
    matches!(error, Error::Core(CoreError::Peer(PeerError::Refused(_))))
}

#[test]
fn a_hash_in_another_encoding_is_refused_with_the_override_beside_it() {
    for (name, wanted, key) in [
        ("birdid", HashEncoding::Base64, "base64"),
        ("vaultid", HashEncoding::Base64, "base64"),
        ("remoteid", HashEncoding::Hexadecimal, "hex"),
    ] {
        let sandbox = sandbox();
        sandbox.psc(name).unwrap().change(|settings| settings.hash_encoding = wanted);
        let client = Client::new(settings(&sandbox, name)).unwrap();
        for form in [Form::Raw, Form::Pdf, Form::PadesAdRb] {
            let error = error(&sandbox, &client, name, form);
            assert!(is_refused(&error), "{name}: {error:?}");
            let doubts = client.doubts(&error);
            let advice = format!("hash_encoding = \"{key}\"");
            let named = doubts.iter().any(|doubt| {
                doubt.key == "hash_encoding"
                    && doubt.english.contains(&advice)
                    && doubt.portuguese.contains(&advice)
            });
            assert!(named, "{name}: {doubts:?}");
        }
        assert!(sandbox.counters().signatures().is_empty());
        let client = client_with(&sandbox, name, &format!("[{name}]\nhash_encoding = '{key}'"));
        for form in [Form::Raw, Form::Pdf, Form::PadesAdRb] {
            let contents = [pdf(&format!("{name} {form:?}"))];
            sign(&sandbox, &client, (name, CPF_HOLDER), form, &contents);
        }
    }
}

#[test]
fn a_token_in_json_is_asked_for_where_the_table_says_so() {
    for name in ["birdid", "vaultid"] {
        let sandbox = sandbox();
        sandbox.psc(name).unwrap().change(|settings| settings.token_body = TokenBody::Json);
        let client = Client::new(settings(&sandbox, name)).unwrap();
        let error = error(&sandbox, &client, name, Form::Raw);
        assert!(is_refused(&error), "{name}: {error:?}");
        assert!(client.doubts(&error).iter().any(|doubt| doubt.key == "token_body"));
        let client = client_with(&sandbox, name, &format!("[{name}]\ntoken_body = 'json'"));
        sign(&sandbox, &client, (name, CPF_HOLDER), Form::Raw, &[pdf(name)]);
    }
}

#[test]
fn every_doubt_of_birdid_can_be_answered_at_once() {
    let sandbox = sandbox();
    sandbox.psc("birdid").unwrap().change(|settings| {
        settings.hash_encoding = HashEncoding::Base64;
        settings.token_body = TokenBody::Json;
        settings.numeric_ids = true;
    });
    let text = "[birdid]\nhash_encoding = 'base64'\ntoken_body = 'json'\nids = 'number'\n\
                authorize_query = 'integration=true'\ninclude_chain = false";
    let client = client_with(&sandbox, "birdid", text);
    for form in [Form::Raw, Form::Cms, Form::PadesAdRb, Form::CadesAdRb] {
        let contents: Vec<Vec<u8>> =
            (0..3).map(|place| pdf(&format!("{form:?} {place}"))).collect();
        sign(&sandbox, &client, ("birdid", CPF_HOLDER), form, &contents);
    }
}

#[test]
fn safeid_lists_the_certificates_of_the_authorization_where_the_table_says_so() {
    let sandbox = sandbox();
    let text = "[safeid]\ncertificates.query = 'from_authorization=true'";
    let client = client_with(&sandbox, "safeid", text);
    let number = rubrica_sandbox::TWO_CERTIFICATES_HOLDER;
    sign(&sandbox, &client, ("safeid", number), Form::PadesAdRb, &[pdf("One of two")]);
    sign(&sandbox, &client, ("safeid", number), Form::Raw, &[pdf("Another")]);
}

/// A PSC of which the library knows nothing: its table alone makes it usable.
const NEW: &str = "[novo-psc]
display_name = 'Novo PSC'
prefix = '/v0/oauth'
hash_encoding = 'hex'
token_body = 'json'
ids = 'number'
issuer_required = true
denial_words = 'user_denied'
wrapping = ['hex', 'ber', 'url_alphabet', 'armour']
documents_per_request = 2
formats = ['RAW', 'CMS']
";

#[test]
fn a_new_psc_is_a_table_and_no_code() {
    let sandbox = sandbox();
    let norm = sandbox.psc("norm").unwrap();
    norm.change(|settings| {
        settings.hash_encoding = HashEncoding::Hexadecimal;
        settings.token_body = TokenBody::Json;
        settings.numeric_ids = true;
        settings.issuer = IssuerParameter::Right;
        settings.raw_wrapping = rubrica_sandbox::psc::Wrapping::Hexadecimal;
        settings.cms_wrapping = rubrica_sandbox::psc::Wrapping::Pem;
        settings.cms_indefinite = true;
        settings.hashes_per_request = 2;
    });
    let client = client_with(&sandbox, "norm", NEW);
    assert_eq!(client.settings().provider.name(), "novo-psc");
    for number in [CPF_HOLDER, ALPHANUMERIC_CNPJ_HOLDER, V12_CNPJ_HOLDER] {
        for form in [Form::Raw, Form::Cms, Form::Pdf, Form::PadesAdRb, Form::CadesAdRb] {
            let contents: Vec<Vec<u8>> =
                (0..3).map(|place| pdf(&format!("{number} {form:?} {place}"))).collect();
            let before = requests(&sandbox, "norm", Operation::Signature);
            sign(&sandbox, &client, ("norm", number), form, &contents);
            assert_eq!(requests(&sandbox, "norm", Operation::Signature) - before, 2);
        }
        let mut session = client.session(host::holder(number)).via(via("norm", number));
        session.login(&mut Holderside::with_browser(&sandbox)).expect("logged in");
        assert!(client.discover(host::holder(number)).expect("an answer").known);
    }
    // The word of a denial is the table's too, and a redirect without `iss` is nobody's.
    sandbox.phone().set_policy(Policy::DenyAll);
    norm.change(|settings| settings.denial = Denial::UserDenied);
    let told = error(&sandbox, &client, "norm", Form::Raw);
    assert!(matches!(told, Error::Core(CoreError::Peer(PeerError::Denied))), "{told:?}");
}
