//! What PSCs were seen to do beside their documents, at every one whose data allows for it: all of it
//! at once, and each by itself.

use core::time::Duration;

use rubrica::core::error::{Error as CoreError, PeerError, Refusal};
use rubrica::{Client, Error, Form, Job};
use rubrica_sandbox::psc::{Denial, ErrorBody, Operation, Settings, Wrapping};
use rubrica_sandbox::{ALPHANUMERIC_CNPJ_HOLDER, CPF_HOLDER, Policy, Sandbox, V12_CNPJ_HOLDER};
use rubrica_tests::host::{self, Holderside, builder_for_redirects, contracts, documents, pdf};
use rubrica_tests::psc::{PSCS, client, requests, settings, sign, via};

/// A bare signature, a CMS, and both kinds that are put together here.
const FORMS: [Form; 4] = [Form::Raw, Form::Pdf, Form::PadesAdRb, Form::CadesAdRb];

/// The PSCs with settings to change.
fn dialects() -> impl Iterator<Item = &'static str> {
    PSCS.into_iter().skip(1)
}

fn sandbox() -> Sandbox {
    builder_for_redirects().0.start().expect("a port")
}

/// Signs in every form at a PSC that was changed in this way.
fn with(sandbox: &Sandbox, name: &str, about: &str, change: impl FnOnce(&mut Settings)) {
    let psc = sandbox.psc(name).expect("one of six");
    let before = psc.settings();
    psc.change(change);
    let client = client(sandbox, name);
    for form in FORMS {
        let contents = [pdf(&format!("{name}, {about}, {form:?}"))];
        sign(sandbox, &client, (name, CPF_HOLDER), form, &contents);
    }
    psc.change(|settings| *settings = before);
}

#[test]
fn every_psc_signs_with_all_its_quirks_at_once() {
    let sandbox = sandbox();
    for name in dialects() {
        sandbox.psc(name).unwrap().change(Settings::turn_quirks_on);
        let client = client(&sandbox, name);
        for form in FORMS {
            for (number, count) in
                [(CPF_HOLDER, 1), (V12_CNPJ_HOLDER, 3), (ALPHANUMERIC_CNPJ_HOLDER, 21)]
            {
                let text = |place| pdf(&format!("{name}, {number}, {form:?}, {place}"));
                let contents: Vec<Vec<u8>> = (0..count).map(text).collect();
                sign(&sandbox, &client, (name, number), form, &contents);
            }
        }
        let mut session = client.session(host::holder(CPF_HOLDER)).via(via(name, CPF_HOLDER));
        let login = session.login(&mut Holderside::with_browser(&sandbox)).expect("logged in");
        let certificate = &sandbox.holder(CPF_HOLDER).unwrap().certificates[0];
        assert_eq!(login.certificate.der(), certificate.der(), "{name}");
    }
}

#[test]
fn each_wrapping_of_a_signature_is_taken_off() {
    let sandbox = sandbox();
    for name in dialects() {
        for wrapping in [
            Wrapping::Base64,
            Wrapping::Base64Unpadded,
            Wrapping::Base64Lines,
            Wrapping::Base64Url,
            Wrapping::Base64UrlUnpadded,
            Wrapping::Hexadecimal,
            Wrapping::Pem,
        ] {
            // No source has SerproID say anything in hexadecimal.
            if name == "serproid" && wrapping == Wrapping::Hexadecimal {
                continue;
            }
            with(&sandbox, name, &format!("{wrapping:?}"), |settings| {
                settings.raw_wrapping = wrapping;
                settings.cms_wrapping = wrapping;
            });
        }
    }
}

#[test]
fn ber_chains_numbers_and_scopes_are_taken_as_they_come() {
    let sandbox = sandbox();
    for name in dialects() {
        for indefinite in [false, true] {
            for chain in [false, true] {
                let about = format!("indefinite {indefinite}, chain {chain}");
                with(&sandbox, name, &about, |settings| {
                    settings.cms_indefinite = indefinite;
                    settings.chain_in_cms = chain;
                });
            }
        }
        with(&sandbox, name, "numeric", |settings| settings.numeric_ids = true);
        with(&sandbox, name, "scope", |settings| settings.scope_always = true);
    }
    with(&sandbox, "serproid", "callback", |settings| settings.encoded_callback = true);
}

/// An error that is the PSC's refusal.
#[track_caller]
fn refusal(error: &Error) -> Refusal {
    match error {
        Error::Core(CoreError::Peer(PeerError::Refused(refusal))) => *refusal,
        other => panic!("{other:?}"),
    }
}

/// What a client that holds too much in one request is told.
const TOO_MANY: &str = "more hashes than one request may hold";

/// Has a document refused, and gives the words of it.
fn refused(sandbox: &Sandbox, client: &Client, name: &str, number: usize) -> Refusal {
    let before = requests(sandbox, name, Operation::Signature);
    let mut session = client.session(host::holder(CPF_HOLDER)).via(via(name, CPF_HOLDER));
    let job = Job { form: Form::Raw, ..Job::default() };
    let documents = documents(&contracts(number).split_off(number - 1));
    let outcomes =
        session.sign(&documents, &job, &mut Holderside::with_browser(sandbox)).expect("a session");
    let [Err(error)] = outcomes.as_slice() else { panic!("{name}: {outcomes:?}") };
    // What is refused is not asked again: SafeID bills each attempt.
    assert_eq!(requests(sandbox, name, Operation::Signature) - before, 1, "{name}");
    refusal(error)
}

#[test]
fn s29_a_refusal_keeps_the_words_of_the_psc_whatever_their_shape() {
    let sandbox = sandbox();
    for name in dialects() {
        let psc = sandbox.psc(name).unwrap();
        psc.change(|settings| settings.hashes_per_request = 0);
        let client = client(&sandbox, name);
        let told = refused(&sandbox, &client, name, 1);
        let (status, code) = match name {
            "birdid" | "vaultid" | "remoteid" | "norm" => (400, "invalid_request"),
            "serproid" => (412, "INVALID_REQUEST"),
            _ => (400, ""),
        };
        assert_eq!((told.status, told.code.as_str()), (status, code), "{name}");
        assert_eq!(told.text.as_str(), TOO_MANY, "{name}");
    }
    assert!(sandbox.counters().signatures().is_empty());
}

#[test]
fn s29_a_psc_of_the_norm_may_say_no_in_any_of_the_shapes_that_are_known() {
    let sandbox = sandbox();
    for (number, errors) in [
        ErrorBody::Rfc6749,
        ErrorBody::Serpro,
        ErrorBody::Problem,
        ErrorBody::Member("Message"),
        ErrorBody::Member("message"),
        ErrorBody::Member("detail"),
        ErrorBody::Member("msg"),
        ErrorBody::Member("title"),
    ]
    .into_iter()
    .enumerate()
    {
        for name in ["remoteid", "norm"] {
            sandbox.psc(name).unwrap().change(|settings| {
                settings.hashes_per_request = 0;
                settings.errors = errors;
            });
            let told = refused(&sandbox, &client(&sandbox, name), name, number + 1);
            assert_eq!((told.status, told.text.as_str()), (400, TOO_MANY), "{name}, {errors:?}");
        }
    }
}

#[test]
fn s29_a_refusal_of_status_200_is_none_the_less_a_refusal() {
    let sandbox = sandbox();
    for name in ["safeid", "remoteid", "norm"] {
        sandbox.psc(name).unwrap().change(|settings| {
            settings.hashes_per_request = 0;
            settings.refusals_as_success = true;
        });
        let told = refused(&sandbox, &client(&sandbox, name), name, 1);
        assert_eq!((told.status, told.text.as_str()), (200, TOO_MANY), "{name}");
    }
}

#[test]
fn s29_a_wrong_secret_is_told_in_the_words_of_every_psc() {
    let sandbox = sandbox();
    for name in PSCS {
        let mut settings = settings(&sandbox, name);
        settings.client_secret = "not-the-secret".to_owned().into();
        let client = Client::new(settings).unwrap();
        let mut session = client.session(host::holder(CPF_HOLDER)).via(via(name, CPF_HOLDER));
        let error = session.login(&mut Holderside::with_browser(&sandbox)).unwrap_err();
        let told = refusal(&error);
        assert_eq!((told.status, told.code.as_str()), (401, "invalid_client"), "{name}");
        assert_eq!(requests(&sandbox, name, Operation::Token), 1, "{name}");
        let told = format!("{error} {error:?}");
        assert!(!told.contains("not-the-secret") && !told.contains(CPF_HOLDER), "{name}: {told}");
    }
}

#[test]
fn a_denial_comes_in_either_word_from_every_psc_and_silence_expires() {
    let sandbox = builder_for_redirects().0.policy(Policy::DenyAll).start().expect("a port");
    for name in dialects() {
        let psc = sandbox.psc(name).unwrap();
        for encoded in [false, true] {
            if encoded && name != "serproid" {
                continue;
            }
            for denial in [Denial::UserDenied, Denial::AccessDenied, Denial::Silence] {
                psc.change(|settings| {
                    settings.denial = denial;
                    settings.encoded_callback = encoded;
                });
                let mut settings = settings(&sandbox, name);
                let expected = if denial == Denial::Silence {
                    settings.patience = Duration::from_secs(1);
                    PeerError::Expired
                } else {
                    PeerError::Denied
                };
                let client = Client::new(settings).unwrap();
                let mut session =
                    client.session(host::holder(CPF_HOLDER)).via(via(name, CPF_HOLDER));
                let mut screen = Holderside::with_browser(&sandbox);
                let error = session.login(&mut screen).unwrap_err();
                assert!(
                    matches!(&error, Error::Core(CoreError::Peer(told)) if *told == expected),
                    "{name}, {denial:?}: {error:?}"
                );
            }
        }
        assert_eq!(requests(&sandbox, name, Operation::Token), 0, "{name}");
    }
}
