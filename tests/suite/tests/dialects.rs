//! Every PSC of ICP-Brasil from data alone, through the host crate: who logs in, who signs, what and
//! how much, each result examined as a validator does.

use rubrica::{Error, Form, Job, Trust};
use rubrica_sandbox::psc::Operation;
use rubrica_sandbox::{
    ALPHANUMERIC_CNPJ_HOLDER, CNPJ_HOLDER, CPF_HOLDER, DISAGREEING_HOLDER, P256_HOLDER,
    P384_HOLDER, Sandbox, TWO_CERTIFICATES_HOLDER, V12_CNPJ_HOLDER, V12_CPF_HOLDER,
};
use rubrica_tests::host::{self, Holderside, builder_for_redirects, pdf};
use rubrica_tests::psc::{PSCS, client, requests, sign, via};

/// What every PSC can be asked for: bare signatures and CMS, and what is put together here.
const FORMS: [Form; 5] = [Form::Raw, Form::Cms, Form::Pdf, Form::PadesAdRb, Form::CadesAdRb];

/// Each kind of holder: persons and companies of both hierarchies, a number with letters, a seal, a
/// name that contradicts its number.
const HOLDERS: [&str; 7] = [
    CPF_HOLDER,
    CNPJ_HOLDER,
    ALPHANUMERIC_CNPJ_HOLDER,
    TWO_CERTIFICATES_HOLDER,
    DISAGREEING_HOLDER,
    V12_CPF_HOLDER,
    V12_CNPJ_HOLDER,
];

/// Holders whose keys are on elliptic curves.
const CURVES: [&str; 2] = [P256_HOLDER, P384_HOLDER];

fn sandbox() -> Sandbox {
    builder_for_redirects().0.start().expect("a port")
}

/// Documents of a test's own, so that no digest is signed twice.
fn contents(about: &str, count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|place| pdf(&format!("{about}, {place}"))).collect()
}

#[test]
fn a_login_tells_who_the_holder_is_at_every_psc() {
    let sandbox = sandbox();
    for name in PSCS {
        let client = client(&sandbox, name);
        for number in HOLDERS.into_iter().chain(CURVES) {
            let mut screen = Holderside::with_browser(&sandbox);
            let mut session = client.session(host::holder(number)).via(via(name, number));
            let login = session
                .login(&mut screen)
                .unwrap_or_else(|error| panic!("{name}, {number}: {error:?}"));
            let certificate = &sandbox.holder(number).unwrap().certificates[0];
            assert_eq!(login.certificate.der(), certificate.der(), "{name}, {number}");
            assert!(matches!(login.trust, Trust::Chained { .. }), "{name}, {number}");
            assert_eq!(screen.asked(), 1);
        }
        let logins = (HOLDERS.len() + CURVES.len()) as u64;
        for operation in [Operation::Token, Operation::CertificateDiscovery] {
            assert_eq!(requests(&sandbox, name, operation), logins, "{name}, {operation:?}");
        }
        assert_eq!(requests(&sandbox, name, Operation::Signature), 0);
    }
    assert!(sandbox.counters().signatures().is_empty());
    host::judge_counters(&sandbox);
}

#[test]
fn every_kind_of_holder_signs_in_every_form_at_every_psc() {
    let sandbox = sandbox();
    for name in PSCS {
        let client = client(&sandbox, name);
        for number in HOLDERS {
            for form in FORMS {
                let contents = contents(&format!("{name} {number} {form:?}"), 1);
                sign(&sandbox, &client, (name, number), form, &contents);
            }
        }
    }
}

#[test]
fn a_cms_by_a_key_on_a_curve_is_taken_from_every_psc() {
    let sandbox = sandbox();
    for name in PSCS {
        let client = client(&sandbox, name);
        for number in CURVES {
            for form in [Form::Cms, Form::Pdf] {
                let contents = contents(&format!("{name} {number} {form:?}"), 1);
                sign(&sandbox, &client, (name, number), form, &contents);
            }
        }
    }
}

/// No PSC tells how it writes a bare signature on a curve. What could not be verified is not asked for:
/// each attempt is billed.
#[test]
fn a_bare_signature_on_a_curve_is_not_asked_for() {
    let sandbox = sandbox();
    for name in PSCS {
        let client = client(&sandbox, name);
        for number in CURVES {
            for form in [Form::Raw, Form::PadesAdRb, Form::CadesAdRb] {
                let mut screen = Holderside::with_browser(&sandbox);
                let mut session = client.session(host::holder(number)).via(via(name, number));
                let documents = host::documents(&contents("On a curve", 1));
                let job = Job { form, ..Job::default() };
                let error = session.sign(&documents, &job, &mut screen).unwrap_err();
                assert!(matches!(error, Error::NoCertificate), "{name}, {form:?}: {error:?}");
            }
        }
        assert_eq!(requests(&sandbox, name, Operation::Signature), 0, "{name}");
    }
    host::judge_counters(&sandbox);
}

#[test]
fn a_time_stamp_goes_into_what_is_put_together_here_whoever_signed() {
    let sandbox = sandbox();
    let stamped = [Form::PadesAdRt, Form::CadesAdRt];
    for name in PSCS {
        let client = client(&sandbox, name);
        for number in [CPF_HOLDER, V12_CNPJ_HOLDER] {
            for form in stamped {
                let before = sandbox.counters().stamps();
                let contents = contents(&format!("{name} {number} {form:?}"), 2);
                sign(&sandbox, &client, (name, number), form, &contents);
                assert_eq!(sandbox.counters().stamps() - before, 2, "{name}, {form:?}");
            }
        }
    }
}

#[test]
fn several_documents_and_more_than_a_batch_take_one_approval() {
    let sandbox = sandbox();
    for name in PSCS {
        let client = client(&sandbox, name);
        for form in FORMS {
            for (count, batches) in [(3, 1), (21, 2)] {
                let before = requests(&sandbox, name, Operation::Signature);
                let contents = contents(&format!("{name} {form:?} {count}"), count);
                sign(&sandbox, &client, (name, CPF_HOLDER), form, &contents);
                let sent = requests(&sandbox, name, Operation::Signature) - before;
                assert_eq!(sent, batches, "{name}, {form:?}, {count}");
            }
        }
    }
}

#[test]
fn discovery_knows_the_holders_of_every_psc_in_its_own_aliases() {
    let sandbox = sandbox();
    for name in PSCS {
        let client = client(&sandbox, name);
        for number in HOLDERS {
            let known = client.discover(host::holder(number)).expect("an answer");
            let certificates = &sandbox.holder(number).unwrap().certificates;
            let alias = |place: usize| match sandbox.psc(name) {
                Some(psc) => psc.alias(&certificates[place]),
                None => certificates[place].alias().to_owned(),
            };
            let slots = (0..certificates.len())
                .map(|place| (alias(place), certificates[place].label().to_owned()));
            assert!(known.known, "{name}, {number}");
            assert_eq!(known.slots, slots.collect::<Vec<_>>(), "{name}, {number}");
        }
        let unknown = client.discover(host::holder("39053344705")).expect("an answer");
        assert!(!unknown.known && unknown.slots.is_empty(), "{name}");
    }
    host::judge_counters(&sandbox);
}
