//! The validator before signatures that are not what they should be: each gets the conclusion that is
//! its own, for the reason that is its own, and none is valid.

#[path = "validator/forge.rs"]
mod forge;

use rubrica::core::cades::{Family, PolicyError, RootGeneration};
use rubrica::pdf::SubFilter;
use rubrica::verify::{
    Attribute, Demand, Digest, Missing, PolicyFault, Rejection, SignatureAlgorithm, Unfit,
    UnixTime, Unusable, Verdict, Whose, certificates_from_pem,
};
use rubrica::{Client, Conclusion, Document, Error, Evidence, Examined, Form, Job, Validator};
use rubrica_sandbox::{
    CNPJ_HOLDER, CPF_HOLDER, DISAGREEING_HOLDER, REVOKED_HOLDER, Sandbox, UNKNOWN_ROOT_HOLDER,
    V12_CNPJ_HOLDER, V12_CPF_HOLDER, vidaas,
};
use rubrica_tests::host::{Holderside, holder, pdf, sandbox, sha256};
use rubrica_tests::validation::{
    authorities, conclusions, evidence, outcome, roots, settings, sign, validator,
};

use self::forge::{CADES_AD_RB, Forgery, PADES_AD_RB, attribute, element, policy};

const DAY: u64 = 86_400;

fn job(form: Form) -> Job {
    Job { form, ..Job::default() }
}

fn now() -> u64 {
    UnixTime::from(std::time::SystemTime::now()).seconds()
}

/// The one signature, and what is concluded of it.
fn only(examined: Vec<Examined>) -> (Conclusion, Verdict) {
    let [one] = examined.as_slice() else { panic!("{examined:?}") };
    (one.conclusion(), one.finding().unwrap().verdict.clone())
}

/// Why the one signature is invalid.
#[track_caller]
fn rejected(examined: Vec<Examined>) -> Rejection {
    match only(examined) {
        (Conclusion::Invalid, Verdict::Invalid(rejection)) => rejection,
        other => panic!("{other:?}"),
    }
}

/// What is missing to conclude.
#[track_caller]
fn missing(examined: Vec<Examined>) -> Vec<Missing> {
    match only(examined) {
        (Conclusion::Indeterminate, Verdict::Indeterminate(missing)) => missing,
        other => panic!("{other:?}"),
    }
}

#[test]
fn s34_a_signature_is_the_holder_s_who_was_asked_for() {
    let sandbox = sandbox();
    for number in [CPF_HOLDER, V12_CNPJ_HOLDER, DISAGREEING_HOLDER] {
        let signed = sign(&sandbox, number, &job(Form::PadesAdRb), &pdf("Whose?"));
        let examined = validator(&sandbox).holder(holder(number)).pdf(&signed).unwrap();
        assert_eq!(conclusions(&examined), [Conclusion::Valid], "{number}: {examined:?}");
        assert_eq!(examined[0].finding().unwrap().holder, Some(holder(number)));
        let another = holder(CNPJ_HOLDER);
        let examined = validator(&sandbox).holder(another).pdf(&signed).unwrap();
        let expected = Rejection::Holder { expected: another, found: holder(number) };
        assert_eq!(rejected(examined), expected);
    }
}

#[test]
fn s34_without_anchors_or_under_a_root_that_is_not_one_nothing_is_valid() {
    let sandbox = sandbox();
    let signed = sign(&sandbox, CPF_HOLDER, &job(Form::PadesAdRb), &pdf("Which root?"));
    let nobody = || Validator::new().evidence(evidence(&sandbox));
    let found = missing(nobody().pdf(&signed).unwrap());
    assert!(found.contains(&Missing::Anchors), "{found:?}");
    // The message's own chain ends in a root that nobody trusts.
    let v12 = certificates_from_pem(sandbox.roots_pem().as_bytes()).unwrap().remove(1);
    let v12 = rubrica::Anchors::from_pem(rubrica_pem(v12.der()).as_bytes()).unwrap();
    let examined = nobody().anchors(v12).pdf(&signed).unwrap();
    let found = missing(examined);
    assert!(matches!(found[..], [Missing::Issuer { .. }]), "{found:?}");
    // A holder whose authority is nobody's, and a client that does not ask.
    let mut settings = settings(&sandbox);
    settings.trust = None;
    let client = Client::new(settings).unwrap();
    let documents = [Document::from_bytes("contrato.pdf", pdf("Which root?"))];
    let mut session = client.session(holder(UNKNOWN_ROOT_HOLDER));
    let mut outcomes =
        session.sign(&documents, &job(Form::PadesAdRb), &mut Holderside::new()).unwrap();
    let signed = outcomes.remove(0).unwrap().into_bytes().unwrap();
    let found = missing(validator(&sandbox).pdf(&signed).unwrap());
    assert!(matches!(found[..], [Missing::Issuer { .. }]), "{found:?}");
}

/// A certificate in PEM.
fn rubrica_pem(der: &[u8]) -> String {
    use base64ct::{Base64, Encoding as _};
    let text = Base64::encode_string(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| core::str::from_utf8(line).unwrap()).collect();
    let label = |word| format!("-----{word} CERTIFICATE-----\n");
    format!("{}{}\n{}", label("BEGIN"), lines.join("\n"), label("END"))
}

#[test]
fn s34_a_certificate_counts_when_it_is_valid_and_a_stamp_proves_that_it_was() {
    let sandbox = sandbox();
    let basic = sign(&sandbox, CPF_HOLDER, &job(Form::PadesAdRb), &pdf("When?"));
    let at = |seconds| validator(&sandbox).at(UnixTime::from_seconds(seconds));
    let is_expiry = |missing: &Missing| {
        matches!(missing, Missing::Time { whose: Whose::Signer, unfit: Unfit::Expired { .. } })
    };
    let later = missing(at(now() + 6 * 366 * DAY).pdf(&basic).unwrap());
    assert!(later.iter().any(is_expiry), "{later:?}");
    let examined = at(now() - 3 * DAY).pdf(&basic).unwrap();
    assert_ne!(conclusions(&examined), [Conclusion::Valid]);
    // The lists of today are no word on a month from now.
    let later = missing(at(now() + 30 * DAY).pdf(&basic).unwrap());
    let is_stale = |missing: &Missing| match missing {
        Missing::Revocation { whose: Whose::Signer, unusable, .. } => {
            unusable.iter().any(|why| matches!(why, Unusable::Stale { .. }))
        }
        _ => false,
    };
    assert!(later.iter().any(is_stale), "{later:?}");
}

#[test]
fn s34_what_is_not_known_to_be_unrevoked_is_not_valid() {
    let sandbox = sandbox();
    let signed = sign(&sandbox, CPF_HOLDER, &job(Form::CadesAdRb), b"Revoked?");
    let content = b"Revoked?".to_vec();
    let revoked = sign(&sandbox, REVOKED_HOLDER, &job(Form::CadesAdRb), &content);
    let with = |evidence: Evidence| Validator::new().anchors(roots(&sandbox)).evidence(evidence);

    let found = rejected(validator(&sandbox).cms(&revoked, Some(&content)).unwrap());
    assert!(matches!(found, Rejection::Revoked { whose: Whose::Signer, .. }), "{found:?}");
    // Without the list that says so, nothing is known; nor of the good one.
    for cms in [&revoked, &signed] {
        let found = missing(with(authorities(&sandbox)).cms(cms, Some(&content)).unwrap());
        let is_revocation = |missing: &Missing| matches!(missing, Missing::Revocation { .. });
        assert!(found.len() == 2 && found.iter().all(is_revocation), "{found:?}");
    }
    // Each list is needed: the root's, and the issuer's.
    for (left_out, whose) in [(0, "AC SINTETICA"), (1, "signer")] {
        let mut evidence = authorities(&sandbox);
        for (place, crl) in sandbox.crls().iter().enumerate().filter(|(it, _)| *it != left_out) {
            evidence.add_crl(crl).unwrap_or_else(|error| panic!("{place}: {error}"));
        }
        let found = missing(with(evidence).cms(&signed, Some(&content)).unwrap());
        let [Missing::Revocation { whose: of, .. }] = &found[..] else { panic!("{found:?}") };
        assert!(of.to_string().contains(whose), "{of}");
    }
}

/// The internal hash of the policy for PDFs, and the hash of its file.
fn hashes() -> ([u8; 32], [u8; 32]) {
    let file = include_bytes!("../../../core/tests/policies/PA_PAdES_AD_RB_v1_3.der");
    // The last element of the file.
    (file[file.len() - 32..].try_into().unwrap(), sha256(file))
}

/// What is found of a PDF whose signed attributes are these beside what names the certificate.
fn forged(sandbox: &Sandbox, attributes: Vec<Vec<u8>>) -> Vec<Examined> {
    let mut all = vec![Forgery::certificate(sandbox, CPF_HOLDER)];
    all.extend(attributes);
    let forgery = Forgery { sandbox, number: CPF_HOLDER, attributes: all };
    let signed = forgery.in_pdf(&pdf("Forged"), SubFilter::EtsiCadesDetached);
    validator(sandbox).pdf(&signed).unwrap()
}

#[test]
fn a_signature_keeps_the_rules_of_the_policy_that_it_names() {
    let sandbox = sandbox();
    let (internal, of_file) = hashes();
    let fault = |attributes| match rejected(forged(&sandbox, attributes)) {
        Rejection::Policy(fault) => *fault,
        other => panic!("{other:?}"),
    };
    // What is put together by hand is good as long as nothing is wrong with it.
    let good = forged(&sandbox, vec![policy(PADES_AD_RB, &internal)]);
    assert_eq!(conclusions(&good), [Conclusion::Valid], "{good:?}");

    assert_eq!(fault(vec![policy(PADES_AD_RB, &of_file)]), PolicyFault::Hash);
    assert_eq!(fault(vec![policy(PADES_AD_RB, &[0; 32])]), PolicyFault::Hash);
    // The right hash of a policy for another kind of signature.
    let cades = include_bytes!("../../../core/tests/policies/PA_AD_RB_v2_4.der");
    let cades = policy(CADES_AD_RB, &cades[cades.len() - 32..]);
    assert_eq!(fault(vec![cades]), PolicyFault::Family(Family::Cades));
    let time = attribute(forge::SIGNING_TIME, &element(0x17, &[b"261122030000Z"]));
    let with_time = vec![policy(PADES_AD_RB, &internal), time.clone()];
    assert_eq!(fault(with_time), PolicyFault::Forbidden(Attribute::SigningTime));
    // A time is no fault where no policy forbids it, and a policy is missed where one is wanted.
    assert_eq!(conclusions(&forged(&sandbox, vec![time])), [Conclusion::Valid]);
    let plain = sign(&sandbox, CPF_HOLDER, &job(Form::Pdf), &pdf("No policy"));
    let examined = validator(&sandbox).policy(Demand::Some).pdf(&plain).unwrap();
    assert_eq!(rejected(examined), Rejection::from(PolicyFault::NotNamed));
    // Nobody knows this one.
    let unknown = missing(forged(&sandbox, vec![policy(b"\x60\x4c\x01\x07\x7f", &internal)]));
    assert!(matches!(unknown[..], [Missing::Policy(_)]), "{unknown:?}");
}

#[test]
fn s32_a_signature_names_its_certificate_and_no_other() {
    let sandbox = sandbox();
    let (internal, _) = hashes();
    let signed = |attributes| {
        let forgery = Forgery { sandbox: &sandbox, number: CPF_HOLDER, attributes };
        let signed = forgery.in_pdf(&pdf("Forged"), SubFilter::PbadPades);
        rejected(validator(&sandbox).pdf(&signed).unwrap())
    };
    let policy = policy(PADES_AD_RB, &internal);
    let none = signed(vec![policy.clone()]);
    assert_eq!(none, Rejection::AttributeMissing(Attribute::SigningCertificateV2));
    let other = Forgery::certificate(&sandbox, CNPJ_HOLDER);
    let other = signed(vec![policy, other]);
    assert_eq!(other, Rejection::OtherCertificate(Attribute::SigningCertificateV2));
}

#[test]
fn s33_contents_that_change_places_are_not_valid() {
    let sandbox = sandbox();
    let documents = ["Dez reais", "Mil reais"]
        .map(|text| sign(&sandbox, CPF_HOLDER, &job(Form::PadesAdRb), &pdf(text)));
    let hole = |bytes: &[u8]| {
        let [_, start, end, _] = rubrica::pdf::signatures(bytes).unwrap()[0].byte_range;
        usize::try_from(start).unwrap()..usize::try_from(end).unwrap()
    };
    for [from, into] in [[0, 1], [1, 0]] {
        let mut swapped = documents[into].clone();
        swapped.splice(hole(&documents[into]), documents[from][hole(&documents[from])].to_vec());
        assert_eq!(swapped.len(), documents[into].len());
        let found = rejected(validator(&sandbox).pdf(&swapped).unwrap());
        assert_eq!(found, Rejection::MessageDigest);
    }
}

#[test]
fn a_root_of_2024_is_refused_an_old_policy_before_anything_is_signed() {
    let sandbox = sandbox();
    let document = pdf("Too old");
    let old = |form, policy: &str| Job { policy: Some(policy.to_owned()), ..job(form) };
    for (form, policy) in [
        (Form::PadesAdRb, "2.16.76.1.7.1.11.1.1"),
        (Form::PadesAdRt, "2.16.76.1.7.1.12.1.1"),
        (Form::CadesAdRb, "2.16.76.1.7.1.1.2.3"),
    ] {
        for number in [V12_CPF_HOLDER, V12_CNPJ_HOLDER] {
            match outcome(&sandbox, number, &old(form, policy), &document) {
                Err(Error::Policy(PolicyError::Root { root })) => {
                    assert_eq!(root, RootGeneration::V12);
                }
                other => panic!("{policy}: {other:?}"),
            }
        }
        assert_eq!(sandbox.counters().requests(vidaas::SIGNATURE), 0, "{policy}");
    }
    // An older root may still have it, and the validator agrees.
    let signed =
        sign(&sandbox, CPF_HOLDER, &old(Form::PadesAdRb, "2.16.76.1.7.1.11.1.1"), &document);
    let examined = validator(&sandbox).pdf(&signed).unwrap();
    assert_eq!(conclusions(&examined), [Conclusion::Valid]);

    // And refuses it where somebody else did sign.
    let file = include_bytes!("../../../core/tests/policies/PA_PAdES_AD_RB_v1_1.der");
    let attributes = vec![
        Forgery::certificate(&sandbox, V12_CPF_HOLDER),
        policy(b"\x60\x4c\x01\x07\x01\x0b\x01\x01", &file[file.len() - 32..]),
    ];
    let forgery = Forgery { sandbox: &sandbox, number: V12_CPF_HOLDER, attributes };
    let signed = forgery.in_pdf(&document, SubFilter::EtsiCadesDetached);
    let found = rejected(validator(&sandbox).pdf(&signed).unwrap());
    assert_eq!(found, Rejection::from(PolicyFault::Root(RootGeneration::V12)));
}

#[test]
fn s32_a_raw_signature_is_over_its_document_by_its_key_and_in_its_way() {
    let sandbox = sandbox();
    let document = b"Raw".to_vec();
    let signature = sign(&sandbox, V12_CPF_HOLDER, &job(Form::Raw), &document);
    let certificate = |number| {
        let der = sandbox.holder(number).unwrap().certificates[0].der().to_vec();
        rubrica::Certificate::from_der(&der).unwrap()
    };
    let examine = |number, algorithm, document: &Vec<u8>| {
        let signer = certificate(number);
        let examined = validator(&sandbox).raw(&signature, &signer, algorithm, document).unwrap();
        examined.conclusion()
    };
    let pkcs1 = SignatureAlgorithm::RsaPkcs1(Digest::Sha256);
    let pss = SignatureAlgorithm::RsaPss(Digest::Sha256);
    assert_eq!(examine(V12_CPF_HOLDER, pkcs1, &document), Conclusion::Valid);
    assert_eq!(examine(V12_CPF_HOLDER, pss, &document), Conclusion::Invalid);
    assert_eq!(examine(CPF_HOLDER, pkcs1, &document), Conclusion::Invalid);
    assert_eq!(examine(V12_CPF_HOLDER, pkcs1, &b"raw".to_vec()), Conclusion::Invalid);
}
