//! Lists and OCSP answers: what they prove, and what they do not.

use rubrica_verify::{
    Evidence, Finding, Missing, Outcome, Piece, ProofKind, Question, Reason, Rejection, Subject,
    Unusable, Verdict, Whose, limits, ocsp_request, revocation_sources,
};

use super::{Scene, authority_list, invalid, missing, only, outcome, root_list};
use crate::support::{
    certificate,
    certificates::{Chain, Template, extension, key_usage},
    der::{element, integer, null, sequence, tagged},
    keys::{Key, SHA256},
    messages::Message,
    revocation::{
        Answer, DISTRIBUTION_POINT, INVALIDITY_DATE, List, REASON, by_key, no_check, purpose,
        revoked, unknown,
    },
};

const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
const HOLDER: u8 = 3;

/// What is found where the holder is looked up in this and nothing else.
fn with(add: impl FnOnce(&mut Evidence) -> &mut Evidence) -> Finding {
    of(&Scene::new(), add)
}

fn of(scene: &Scene, add: impl FnOnce(&mut Evidence) -> &mut Evidence) -> Finding {
    let mut evidence = Evidence::new();
    evidence.add_crl(&root_list()).unwrap();
    add(&mut evidence);
    let question = Question { evidence: &evidence, ..scene.question() };
    only(&scene.message.der(), &question)
}

fn with_list(list: &List) -> Finding {
    with(|evidence| evidence.add_crl(&list.signed_by(&Key::AUTHORITY)).unwrap())
}

fn with_answer(answer: &Answer, key: &Key) -> Finding {
    with(|evidence| evidence.add_ocsp(&answer.signed_by(key)).unwrap())
}

/// Why what was given does not tell about the holder.
fn unusable(finding: &Finding) -> &[Unusable] {
    match missing(finding) {
        [Missing::Revocation { whose: Whose::Signer, unusable, .. }] => unusable,
        other => panic!("{other:?}"),
    }
}

fn list() -> List {
    List::of("AC de teste")
}

fn answer() -> Answer {
    Answer::about(HOLDER, "AC de teste", &Key::AUTHORITY)
}

fn reason(code: u8) -> Vec<u8> {
    extension(REASON, false, &element(0x0a, [code]))
}

#[test]
fn without_evidence_nothing_is_valid_and_the_places_to_look_are_named() {
    let point = |address: &str| sequence(&[&tagged(0, tagged(0, element(0x86, address)))]);
    let points = sequence(&[&point("http://ac.example/lista.crl"), &point("ldap://ac.example/x")]);
    let template = Template::holder(&Key::P256).with(extension("2.5.29.31", false, &points));
    let scene = Scene::of(&template, Key::P256);
    let finding = of(&scene, |evidence| evidence);
    let [Missing::Revocation { whose: Whose::Signer, unusable, sources }] = missing(&finding)
    else {
        panic!("{:?}", finding.verdict);
    };
    assert!(unusable.is_empty());
    assert_eq!(*sources.lists, ["http://ac.example/lista.crl".into()]);
    assert_eq!(**sources, revocation_sources(&certificate(&scene.chain.holder)).unwrap());

    // Both certificates below the anchor are asked about.
    let evidence = Evidence::new();
    let finding = only(&scene.message.der(), &Question { evidence: &evidence, ..scene.question() });
    assert_eq!(missing(&finding).len(), 2);
    let asked: Vec<_> = finding
        .revocation_unknown()
        .into_iter()
        .map(|(certificate, issuer)| (certificate.display_name(), issuer.display_name()))
        .collect();
    assert_eq!(asked, [("FULANA DE TESTE", "AC de teste"), ("AC de teste", "Raiz de teste")]);
    let finding = of(&scene, |evidence| evidence);
    assert_eq!(finding.revocation_unknown().len(), 1);
}

#[test]
fn a_revoked_signer_is_invalid() {
    let since = 1_795_219_200; // 2026-11-21
    for (extensions, expected) in [(vec![], None), (vec![reason(1)], Some(Reason::KeyCompromise))] {
        let finding = with_list(&list().naming(HOLDER, "261121000000Z", &extensions));
        match invalid(&finding) {
            Rejection::Revoked { whose: Whose::Signer, since: told, reason } => {
                assert_eq!((told.seconds(), *reason), (since, expected));
            }
            other => panic!("{other:?}"),
        }
    }
    // Others may be revoked.
    assert!(with_list(&list().naming(9, "261121000000Z", &[])).verdict.is_valid());
}

#[test]
fn a_revoked_authority_is_invalid() {
    let list = List::of("Raiz de teste").naming(2, "261121000000Z", &[reason(2)]);
    let scene = Scene::new();
    let mut evidence = Evidence::new();
    evidence.add_crl(&list.signed_by(&Key::ROOT)).unwrap().add_crl(&authority_list()).unwrap();
    let finding = only(&scene.message.der(), &Question { evidence: &evidence, ..scene.question() });
    assert!(matches!(invalid(&finding), Rejection::Revoked { whose: Whose::Authority(_), .. }));
}

#[test]
fn a_list_that_has_run_out_or_is_yet_to_come_proves_nothing() {
    let stale = List { next_update: Some("261121120000Z"), ..list() };
    assert!(matches!(unusable(&with_list(&stale)), [Unusable::Stale { .. }]));
    let endless = List { next_update: None, ..list() };
    assert!(matches!(unusable(&with_list(&endless)), [Unusable::Stale { .. }]));
    let future = List { this_update: "261122000000Z", ..list() };
    assert!(matches!(unusable(&with_list(&future)), [Unusable::Future { .. }]));
    // What it names stays revoked, unless that could have been lifted.
    let named = stale.clone().naming(HOLDER, "261121000000Z", &[reason(4)]);
    assert!(matches!(invalid(&with_list(&named)), Rejection::Revoked { .. }));
    let held = stale.naming(HOLDER, "261121000000Z", &[reason(6)]);
    assert!(matches!(unusable(&with_list(&held)), [Unusable::Stale { .. }]));
    let held = list().naming(HOLDER, "261121000000Z", &[reason(6)]);
    assert!(matches!(
        invalid(&with_list(&held)),
        Rejection::Revoked { reason: Some(Reason::Hold), .. }
    ));
}

#[test]
fn a_forged_list_proves_nothing() {
    let forged = list().signed_by(&Key::P384);
    let finding = with(|evidence| evidence.add_crl(&forged).unwrap());
    assert_eq!(unusable(&finding), [Unusable::Signature]);
    // Nor can it revoke.
    let forged = list().naming(HOLDER, "261121000000Z", &[]).signed_by(&Key::P384);
    let finding =
        with(|evidence| evidence.add_crl(&forged).unwrap().add_crl(&authority_list()).unwrap());
    assert_eq!(finding.verdict, Verdict::Valid);
    // A genuine one with one bit changed.
    let mut changed = list().naming(9, "261121000000Z", &[]).signed_by(&Key::AUTHORITY);
    let last = changed.len() - 1;
    changed[last] ^= 1;
    let finding = with(|evidence| evidence.add_crl(&changed).unwrap());
    assert_eq!(unusable(&finding), [Unusable::Signature]);
}

#[test]
fn a_list_of_another_issuer_says_nothing() {
    let other = List::of("Outra AC").signed_by(&Key::AUTHORITY);
    let finding = with(|evidence| evidence.add_crl(&other).unwrap());
    assert!(unusable(&finding).is_empty());
}

#[test]
fn a_list_of_an_authority_that_may_not_sign_lists_proves_nothing() {
    let mut scene = Scene::new();
    let authority = Template::authority(&Key::AUTHORITY, "AC de teste", "Raiz de teste")
        .with(key_usage(0x04))
        .signed_by(&Key::ROOT);
    scene.message.certificates[1] = authority;
    let finding = of(&scene, |evidence| evidence.add_crl(&authority_list()).unwrap());
    assert_eq!(unusable(&finding), [Unusable::NotForLists]);
}

#[test]
fn critical_extensions_that_are_not_understood_spoil_a_list() {
    // deltaCRLIndicator.
    let delta = list().with(extension("2.5.29.27", true, &integer(1)));
    assert!(matches!(unusable(&with_list(&delta)), [Unusable::CriticalExtension(_)]));
    let odd_entry = list().naming(9, "261121000000Z", &[extension("2.5.29.99", true, &null())]);
    assert!(matches!(unusable(&with_list(&odd_entry)), [Unusable::CriticalExtension(_)]));
    // cRLNumber, which is not critical.
    let numbered = list().with(extension("2.5.29.20", false, &integer(1)));
    assert!(with_list(&numbered).verdict.is_valid());
}

#[test]
fn a_distribution_points_scope_is_kept() {
    let name = |address: &str| tagged(0, tagged(0, element(0x86, address)));
    let scoped =
        |value: &[&[u8]]| list().with(extension(DISTRIBUTION_POINT, true, &sequence(value)));
    let flag = |number: u8| element(0x80 | number, [0xff]);

    assert!(with_list(&scoped(&[&flag(1)])).verdict.is_valid());
    for wrong in [flag(2), flag(5), element(0x83, [0x01, 0x02])] {
        assert_eq!(unusable(&with_list(&scoped(&[&wrong]))), [Unusable::Scope]);
    }
    assert_eq!(unusable(&with_list(&scoped(&[&flag(4)]))), [Unusable::Indirect]);

    let here = scoped(&[&name("http://ac.example/1.crl")]);
    assert_eq!(unusable(&with_list(&here)), [Unusable::Scope]);
    let points = sequence(&[&sequence(&[&name("http://ac.example/1.crl")])]);
    let template = Template::holder(&Key::P256).with(extension("2.5.29.31", false, &points));
    let scene = Scene::of(&template, Key::P256);
    let judged = |list: &List| {
        of(&scene, |evidence| evidence.add_crl(&list.signed_by(&Key::AUTHORITY)).unwrap())
    };
    assert!(judged(&here).verdict.is_valid());
    let there = scoped(&[&name("http://ac.example/2.crl")]);
    assert_eq!(unusable(&judged(&there)), [Unusable::Scope]);
}

#[test]
fn an_entry_of_an_indirect_list_spoils_it() {
    let entry = extension("2.5.29.29", true, &sequence(&[]));
    let indirect = list().naming(9, "261121000000Z", &[entry]);
    assert_eq!(unusable(&with_list(&indirect)), [Unusable::Indirect]);
}

#[test]
fn an_invalidity_date_counts_where_it_is_earlier() {
    let earlier = extension(INVALIDITY_DATE, false, &element(0x18, "20260601000000Z"));
    let finding = with_list(&list().naming(HOLDER, "261121000000Z", &[reason(1), earlier]));
    match invalid(&finding) {
        Rejection::Revoked { since, .. } => assert_eq!(since.to_string(), "2026-06-01T00:00:00Z"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_authoritys_other_key_may_sign_its_list() {
    // The same name, another key, certified by the same root.
    let other = |key: &Key, signer: &Key| {
        Template { serial: 8, ..Template::authority(key, "AC de teste", "Raiz de teste") }
            .signed_by(signer)
    };
    let signed = list().signed_by(&Key::P384);
    let finding = with(|evidence| {
        evidence.add_crl(&signed).unwrap();
        evidence.add_certificates(&other(&Key::P384, &Key::ROOT)).unwrap()
    });
    assert_eq!(finding.verdict, Verdict::Valid, "{:#?}", finding.checks);
    // Somebody else's certificate of that name.
    let finding = with(|evidence| {
        evidence.add_crl(&signed).unwrap();
        evidence.add_certificates(&other(&Key::P384, &Key::P256)).unwrap()
    });
    assert_eq!(unusable(&finding), [Unusable::Signature]);
    // That key's certificate was revoked.
    let scene = Scene::new();
    let mut evidence = Evidence::new();
    let revoked = List::of("Raiz de teste").naming(8, "261101000000Z", &[]);
    evidence.add_crl(&revoked.signed_by(&Key::ROOT)).unwrap().add_crl(&signed).unwrap();
    evidence.add_certificates(&other(&Key::P384, &Key::ROOT)).unwrap();
    let finding = only(&scene.message.der(), &Question { evidence: &evidence, ..scene.question() });
    assert_eq!(unusable(&finding), [Unusable::Signature]);
}

#[test]
fn lists_are_read_in_pem_and_from_the_message() {
    let pem = |der: &[u8]| {
        let mut encoded = vec![0; der.len() * 2];
        let mut buffer = rubrica_core::codec::buffer::Buffer::new(&mut encoded);
        rubrica_core::codec::base64::write(der, &mut buffer);
        let (_, text) = buffer.finish::<0>([]).unwrap();
        let lines: Vec<_> =
            text.chunks(64).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
        format!("-----BEGIN X509 CRL-----\n{}\n-----END X509 CRL-----\n", lines.join("\n"))
    };
    let both = pem(&authority_list()) + &pem(&root_list());
    let mut evidence = Evidence::new();
    evidence.add_crl(both.as_bytes()).unwrap();
    let scene = Scene::new();
    let question = Question { evidence: &evidence, ..scene.question() };
    assert!(only(&scene.message.der(), &question).verdict.is_valid());

    let mut inside = Scene::new();
    inside.message.revocation = vec![root_list(), authority_list()];
    let nothing = Evidence::new();
    let question = Question { evidence: &nothing, ..inside.question() };
    assert!(only(&inside.message.der(), &question).verdict.is_valid());
}

#[test]
fn adobes_attribute_holds_lists_and_answers() {
    let archival = sequence(&[
        &tagged(0, sequence(&[&root_list()])),
        &tagged(1, sequence(&[&answer().signed_by(&Key::AUTHORITY)])),
    ]);
    let mut scene = Scene::new();
    scene.message = scene.message.with("1.2.840.113583.1.1.8", &archival);
    let nothing = Evidence::new();
    let question = Question { evidence: &nothing, ..scene.question() };
    assert!(only(&scene.message.der(), &question).verdict.is_valid());
}

#[test]
fn an_issuers_answer_is_believed() {
    let issuer_only = answer();
    let by_its_key = Answer { responder: by_key(&Key::AUTHORITY), ..answer() };
    let by_sha256 = Answer { hash: SHA256, ..answer() };
    let without_end = Answer { next_update: None, ..answer() };
    for answer in [issuer_only, by_its_key, by_sha256, without_end] {
        let finding = with_answer(&answer, &Key::AUTHORITY);
        assert_eq!(finding.verdict, Verdict::Valid, "{:?}", answer.hash);
        let Outcome::Unrevoked(proof) = outcome(&finding, &Subject::Revocation(Whose::Signer))
        else {
            panic!("{finding:?}");
        };
        assert_eq!(proof.kind, ProofKind::Answer);
    }
}

#[test]
fn an_answer_that_says_revoked_or_unknown_is_heard() {
    let answered = Answer { status: revoked("20261101000000Z", Some(5)), ..answer() };
    assert!(matches!(
        invalid(&with_answer(&answered, &Key::AUTHORITY)),
        Rejection::Revoked { reason: Some(Reason::CessationOfOperation), .. }
    ));
    let answered = Answer { status: unknown(), ..answer() };
    assert_eq!(unusable(&with_answer(&answered, &Key::AUTHORITY)), [Unusable::Unknown]);
}

#[test]
fn an_answer_about_another_certificate_says_nothing() {
    for other in [
        Answer { serial: 9, ..answer() },
        Answer { issuer_key: Key::P384.public(), ..answer() },
        Answer { issuer: "Outra AC".into(), ..answer() },
    ] {
        assert!(unusable(&with_answer(&other, &Key::AUTHORITY)).is_empty());
    }
}

#[test]
fn an_old_answer_proves_nothing() {
    let stale = Answer { next_update: Some("20261121211000Z"), ..answer() };
    assert!(matches!(unusable(&with_answer(&stale, &Key::AUTHORITY)), [Unusable::Stale { .. }]));
    let yesterday = Answer { this_update: "20261120200000Z", next_update: None, ..answer() };
    assert!(matches!(
        unusable(&with_answer(&yesterday, &Key::AUTHORITY)),
        [Unusable::Stale { .. }]
    ));
    let tomorrow = Answer { this_update: "20261122210000Z", next_update: None, ..answer() };
    assert!(matches!(
        unusable(&with_answer(&tomorrow, &Key::AUTHORITY)),
        [Unusable::Future { .. }]
    ));
}

#[test]
fn a_forged_answer_proves_nothing() {
    assert_eq!(unusable(&with_answer(&answer(), &Key::P384)), [Unusable::Signer]);
    let claimed = Answer { responder: by_key(&Key::P384), ..answer() };
    assert_eq!(unusable(&with_answer(&claimed, &Key::P384)), [Unusable::Signer]);
    // Nor can it revoke.
    let forged = Answer { status: revoked("20261101000000Z", None), ..answer() };
    let finding = with(|evidence| {
        evidence.add_ocsp(&forged.signed_by(&Key::P384)).unwrap();
        evidence.add_crl(&authority_list()).unwrap()
    });
    assert_eq!(finding.verdict, Verdict::Valid);
}

/// A responder that the authority authorized, and that need not be asked about.
fn delegate(key: &Key) -> Template {
    Template {
        serial: 6,
        subject: "Respondedor de teste".into(),
        extensions: vec![key_usage(0x80), purpose(OCSP_SIGNING, false), no_check()],
        ..Template::holder(key)
    }
}

fn delegated(template: &Template, issuer: &Key) -> Answer {
    Answer {
        responder: by_key(&Key::P384),
        certificates: vec![template.signed_by(issuer)],
        ..answer()
    }
}

#[test]
fn a_delegates_answer_is_believed_where_the_issuer_authorized_it() {
    let usual = delegate(&Key::P384);
    let finding = with_answer(&delegated(&usual, &Key::AUTHORITY), &Key::P384);
    assert_eq!(finding.verdict, Verdict::Valid, "{:#?}", finding.checks);

    let finding = with_answer(&delegated(&usual, &Key::P256), &Key::P384);
    assert_eq!(unusable(&finding), [Unusable::Signer]);
    let of_another = Template { issuer: "Outra AC".into(), ..usual.clone() };
    let finding = with_answer(&delegated(&of_another, &Key::AUTHORITY), &Key::P384);
    assert_eq!(unusable(&finding), [Unusable::Signer]);
    let for_mail = usual.clone().with(purpose("1.3.6.1.5.5.7.3.4", false));
    let finding = with_answer(&delegated(&for_mail, &Key::AUTHORITY), &Key::P384);
    assert!(matches!(unusable(&finding), [Unusable::Responder(_)]));
    let expired = Template { not_after: "261101000000Z", ..usual.clone() };
    let finding = with_answer(&delegated(&expired, &Key::AUTHORITY), &Key::P384);
    assert!(matches!(unusable(&finding), [Unusable::Responder(_)]));
    let forged = delegated(&usual, &Key::AUTHORITY);
    assert_eq!(unusable(&with_answer(&forged, &Key::P256)), [Unusable::Signature]);
}

#[test]
fn a_delegate_that_may_be_revoked_is_looked_up() {
    let usual = delegate(&Key::P384).without(no_check());
    let answer = delegated(&usual, &Key::AUTHORITY).signed_by(&Key::P384);
    let finding = with(|evidence| evidence.add_ocsp(&answer).unwrap());
    assert_eq!(unusable(&finding), [Unusable::ResponderRevocation]);
    // A list that is about the responder is about the holder, too: it takes one of another scope to
    // tell them apart, and none is needed then.
    let revoked = list().naming(6, "261101000000Z", &[]).signed_by(&Key::AUTHORITY);
    let finding = with(|evidence| evidence.add_ocsp(&answer).unwrap().add_crl(&revoked).unwrap());
    let Outcome::Unrevoked(proof) = outcome(&finding, &Subject::Revocation(Whose::Signer)) else {
        panic!("{finding:?}");
    };
    assert_eq!(proof.kind, ProofKind::List);
}

#[test]
fn a_responder_that_gives_no_answer_is_told() {
    let mut evidence = Evidence::new();
    let later = sequence(&[&element(0x0a, [3])]);
    assert_eq!(evidence.add_ocsp(&later).unwrap_err(), Rejection::OcspStatus(3));
    assert!(evidence.is_empty());
}

#[test]
fn s35_evidence_is_bounded_and_what_is_malformed_names_its_place() {
    let mut evidence = Evidence::new();
    let large = vec![0x30; limits::CRL_BYTES + 1];
    assert!(matches!(evidence.add_crl(&large), Err(Rejection::TooLarge { piece: Piece::Crl, .. })));
    let large = vec![0x30; limits::OCSP_BYTES + 1];
    assert!(matches!(
        evidence.add_ocsp(&large),
        Err(Rejection::TooLarge { piece: Piece::Ocsp, .. })
    ));
    assert!(matches!(evidence.add_crl(b"nada"), Err(Rejection::Pem { block: 1 })));
    let mut broken = authority_list();
    broken[5] = 0x31;
    assert!(matches!(
        evidence.add_crl(&broken),
        Err(Rejection::Malformed { piece: Piece::Crl, .. })
    ));
    for list in [list(), list().naming(3, "261121000000Z", &[reason(1)])] {
        let der = list.signed_by(&Key::AUTHORITY);
        for length in 0..der.len() {
            assert!(evidence.add_crl(&der[..length]).is_err(), "{length}");
        }
    }
    let der = answer().signed_by(&Key::AUTHORITY);
    for length in 0..der.len() {
        assert!(evidence.add_ocsp(&der[..length]).is_err(), "{length}");
    }
    assert!(evidence.is_empty());
    let list = authority_list();
    for _ in 0..limits::EVIDENCE {
        evidence.add_crl(&list).unwrap();
    }
    assert!(matches!(
        evidence.add_crl(&list),
        Err(Rejection::TooMany { limit: limits::EVIDENCE, .. })
    ));
}

#[test]
fn a_request_names_the_certificate_as_answers_do() {
    let chain = Chain::of(&Template::holder(&Key::P256));
    let request =
        ocsp_request(&certificate(&chain.holder), &certificate(&chain.authority)).unwrap();
    // The CertID is the first element of the answer's SingleResponse.
    let answer = answer().signed_by(&Key::AUTHORITY);
    let identifier = &request[8..];
    assert!(answer.windows(identifier.len()).any(|part| part == identifier));
    assert_eq!(request.len(), usize::from(request[1]) + 2);
}

#[test]
fn certificates_are_read_from_a_pkcs7_too() {
    // As authorities publish their chains: a message without content and without signers.
    let mut scene = Scene::new();
    let empty = Message {
        certificates: vec![scene.chain.authority.clone(), scene.chain.root.clone()],
        digest_algorithms: Vec::new(),
        signers: 0,
        ..scene.message.clone()
    };
    scene.message.certificates.truncate(1);
    assert!(matches!(missing(&scene.finding()), [Missing::Issuer { .. }]));
    scene.evidence.add_certificates(&empty.der()).unwrap();
    assert_eq!(scene.finding().verdict, Verdict::Valid);
    assert!(matches!(
        scene.evidence.add_certificates(&empty.der()[..100]),
        Err(Rejection::Malformed { .. })
    ));
}
