//! The validator that fetches what it misses: lists, answers, authorities; and what it makes of
//! authorities that are down, slow to update, or not who they say.

use rubrica::verify::{Missing, ProofKind, Rejection, Verdict, Whose};
use rubrica::{
    Conclusion, Evidence, Examined, FetchProblem, Fetcher, Form, Job, Online, TransportSettings,
    Validator,
};
use rubrica_sandbox::{
    CPF_HOLDER, Fault as Trouble, Garbage, REVOKED_HOLDER, Rule, Sandbox, V12_CPF_HOLDER,
    revocation,
};
use rubrica_tests::host::{pdf, sandbox};
use rubrica_tests::validation::{conclusions, roots, sign};

fn online() -> Online {
    Online::new(Fetcher::new(&TransportSettings::default()).unwrap())
}

/// A validator that knows the roots and nothing else.
fn validator(sandbox: &Sandbox) -> Validator {
    Validator::new().anchors(roots(sandbox))
}

fn signed(sandbox: &Sandbox, number: &str, form: Form) -> Vec<u8> {
    sign(sandbox, number, &Job { form, ..Job::default() }, &pdf("Online"))
}

fn down() -> Trouble {
    Trouble::Answer { status: 503, headers: Vec::new(), body: String::new(), processed: false }
}

/// What is missing to conclude of the one signature.
#[track_caller]
fn missing(examined: &[Examined]) -> &[Missing] {
    match &examined[0].finding().unwrap().verdict {
        Verdict::Indeterminate(missing) => missing,
        other => panic!("{other:?}"),
    }
}

/// How each certificate below the root is known not to be revoked.
fn proofs(examined: &[Examined]) -> Vec<ProofKind> {
    let checks = &examined[0].finding().unwrap().checks;
    checks
        .iter()
        .filter_map(|check| match &check.outcome {
            rubrica::verify::Outcome::Unrevoked(proof) => Some(proof.kind),
            _ => None,
        })
        .collect()
}

#[test]
fn what_is_missing_is_fetched_from_where_the_certificates_say() {
    let sandbox = sandbox();
    for (number, form) in [
        (CPF_HOLDER, Form::PadesAdRb),
        (V12_CPF_HOLDER, Form::PadesAdRb),
        (V12_CPF_HOLDER, Form::PadesAdRt),
    ] {
        let file = signed(&sandbox, number, form);
        let examined = validator(&sandbox).pdf(&file).unwrap();
        assert_eq!(conclusions(&examined), [Conclusion::Indeterminate]);
        let mut validator = validator(&sandbox).online(online().with_private_addresses());
        let examined = validator.pdf(&file).unwrap();
        assert_eq!(conclusions(&examined), [Conclusion::Valid], "{:?}", validator.fetched());
        let fetched = validator.fetched().to_vec();
        assert!(fetched.iter().all(|it| it.problem.is_none()), "{fetched:?}");
        assert!(
            fetched.iter().all(|it| it.address.starts_with(sandbox.plain_url())),
            "{fetched:?}"
        );
        // What was fetched serves again.
        let _ = validator.pdf(&file).unwrap();
        assert_eq!(validator.fetched().len(), fetched.len());
    }
    let mut validator = validator(&sandbox).online(online().with_private_addresses());
    let examined = validator.pdf(&signed(&sandbox, REVOKED_HOLDER, Form::PadesAdRb)).unwrap();
    let verdict = &examined[0].finding().unwrap().verdict;
    let is_revoked =
        matches!(verdict, Verdict::Invalid(Rejection::Revoked { whose: Whose::Signer, .. }));
    assert!(is_revoked, "{verdict:?}");
}

#[test]
fn this_machine_is_not_asked_unless_the_host_says_so() {
    let sandbox = sandbox();
    let file = signed(&sandbox, CPF_HOLDER, Form::PadesAdRb);
    let mut validator = validator(&sandbox).online(online());
    let examined = validator.pdf(&file).unwrap();
    assert_eq!(conclusions(&examined), [Conclusion::Indeterminate]);
    assert!(!validator.fetched().is_empty());
    let private = |it: &rubrica::Fetched| matches!(it.problem, Some(FetchProblem::Private));
    assert!(validator.fetched().iter().all(private), "{:?}", validator.fetched());
    for endpoint in [revocation::CRL, revocation::OCSP, revocation::CERTIFICATE] {
        assert_eq!(sandbox.counters().requests(endpoint), 0);
    }
}

#[test]
fn where_there_is_no_list_an_answer_serves() {
    let sandbox = sandbox();
    let file = signed(&sandbox, V12_CPF_HOLDER, Form::PadesAdRb);
    sandbox.faults().add(Rule::always(revocation::CRL, down()));
    let mut validator = validator(&sandbox).online(online().with_private_addresses());
    let examined = validator.pdf(&file).unwrap();
    let fetched = validator.fetched();
    assert!(fetched.iter().any(|it| it.problem.is_some()), "{fetched:?}");
    // What is known is known by answers alone; whether that is enough depends on what the
    // authorities' own certificates name.
    assert!(proofs(&examined).iter().all(|kind| *kind == ProofKind::Answer));
    assert!(!proofs(&examined).is_empty(), "{fetched:?}");
    let revoked = signed(&sandbox, REVOKED_HOLDER, Form::PadesAdRb);
    assert_eq!(conclusions(&validator.pdf(&revoked).unwrap()), [Conclusion::Invalid]);
}

#[test]
fn s34_what_an_authority_does_wrong_makes_nothing_valid() {
    let sandbox = sandbox();
    let file = signed(&sandbox, CPF_HOLDER, Form::PadesAdRb);
    for trouble in [
        down(),
        Trouble::StaleRevocation,
        Trouble::WrongSigner,
        Trouble::Garbage(Garbage::Html),
        Trouble::Garbage(Garbage::Empty),
        Trouble::ResetAfter,
        Trouble::Truncate { bytes: 700 },
    ] {
        let rules = [revocation::CRL, revocation::OCSP]
            .map(|endpoint| sandbox.faults().add(Rule::always(endpoint, trouble.clone())));
        let mut validator = validator(&sandbox).online(online().with_private_addresses());
        let examined = validator.pdf(&file).unwrap();
        assert_eq!(conclusions(&examined), [Conclusion::Indeterminate], "{trouble:?}");
        let is_revocation = |missing: &Missing| matches!(missing, Missing::Revocation { .. });
        assert!(missing(&examined).iter().any(is_revocation), "{trouble:?}: {examined:?}");
        assert!(proofs(&examined).is_empty(), "{trouble:?}");
        rules.into_iter().for_each(|rule| sandbox.faults().remove(rule));

        // Better authorities, and a validator that asks once more.
        let examined = self::validator(&sandbox)
            .evidence(Evidence::new())
            .online(online().with_private_addresses())
            .pdf(&file)
            .unwrap();
        assert_eq!(conclusions(&examined), [Conclusion::Valid], "{trouble:?}");
    }
}
