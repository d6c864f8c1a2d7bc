//! What is published as attacks on signed PDFs, and what signers and validators add in earnest, to a
//! document under a policy: the whole verdict, where `rubrica-pdf`'s own tests have the changes alone.

#[path = "../../../adapters/pdf/tests/support/attacks.rs"]
mod revisions;
#[path = "../../../adapters/pdf/tests/support/samples.rs"]
#[allow(dead_code, reason = "other tests use the rest of the samples")]
mod samples;
#[path = "../../../adapters/pdf/tests/support/update.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod update;

use rubrica::pdf::Changes;
use rubrica::verify::Verdict;
use rubrica::{Conclusion, Form, Job, Look, PdfFilter};
use rubrica_sandbox::{CPF_HOLDER, V12_CPF_HOLDER};
use rubrica_tests::host::sandbox;
use rubrica_tests::validation::{conclusions, outcome, sign, validator};

fn job(form: Form, filter: PdfFilter) -> Job {
    let look = Look { filter: Some(filter), ..Look::default() };
    Job { form, look, ..Job::default() }
}

#[test]
fn s33_an_attack_on_a_signed_document_is_not_valid() {
    let sandbox = sandbox();
    let mut validator = validator(&sandbox);
    for (form, filter) in [(Form::PadesAdRb, PdfFilter::Etsi), (Form::PadesAdRt, PdfFilter::Pbad)] {
        let signed = sign(&sandbox, CPF_HOLDER, &job(form, filter), &samples::page().table());
        assert_eq!(conclusions(&validator.pdf(&signed).unwrap()), [Conclusion::Valid]);
        let attacks = revisions::attacks(&signed);
        assert!(attacks.len() >= 19);
        for (name, attacked) in attacks {
            let Ok(examined) = validator.pdf(&attacked) else { continue };
            let all = conclusions(&examined);
            assert!(!all.contains(&Conclusion::Valid), "{name}: {examined:?}");
            // It is the changes that are bad: the signature over its own revision is good.
            for examined in examined.iter().filter(|it| it.finding().is_some()) {
                assert_eq!(examined.finding().unwrap().verdict, Verdict::Valid, "{name}");
                let changes = examined.changes().unwrap();
                let is_told = matches!(changes, Changes::Forbidden(_) | Changes::Unknown(_));
                assert!(is_told, "{name}: {changes:?}");
            }
        }
        for (name, added) in revisions::harmless(&signed) {
            let examined = validator.pdf(&added).unwrap();
            assert_eq!(conclusions(&examined), [Conclusion::Valid], "{name}: {examined:?}");
        }
    }
}

#[test]
fn s33_an_attack_between_two_signatures_is_seen_by_the_first() {
    let sandbox = sandbox();
    let mut validator = validator(&sandbox);
    let job = job(Form::PadesAdRb, PdfFilter::Etsi);
    let signed = sign(&sandbox, CPF_HOLDER, &job, &samples::page().table());
    let mut both = 0;
    for (name, attacked) in revisions::attacks(&signed) {
        // Some are refused to the second signer, or cannot be signed.
        let Ok(second) = outcome(&sandbox, V12_CPF_HOLDER, &job, &attacked) else { continue };
        let second = second.into_bytes().unwrap();
        both += 1;
        let Ok(examined) = validator.pdf(&second) else { continue };
        assert_ne!(examined[0].conclusion(), Conclusion::Valid, "{name}: {examined:?}");
    }
    assert!(both >= 10, "{both}");
}

#[test]
fn s33_every_construction_of_a_document_is_signed_and_found_valid() {
    let sandbox = sandbox();
    let mut validator = validator(&sandbox);
    for (name, document) in samples::signable() {
        if name.starts_with("certified") {
            continue;
        }
        let once = sign(&sandbox, CPF_HOLDER, &job(Form::PadesAdRb, PdfFilter::Pbad), &document);
        let twice = sign(&sandbox, V12_CPF_HOLDER, &job(Form::PadesAdRt, PdfFilter::Etsi), &once);
        let examined = validator.pdf(&twice).unwrap();
        assert_eq!(conclusions(&examined), [Conclusion::Valid; 2], "{name}: {examined:?}");
    }
}
