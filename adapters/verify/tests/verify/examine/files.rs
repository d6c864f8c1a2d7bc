//! Messages that OpenSSL made, and the certificates of ICP-Brasil.

use std::{fs, path::Path};

use rubrica_verify::{
    Anchors, Content, Evidence, Finding, KeyKind, Missing, Question, Reason, Rejection,
    SignatureAlgorithm, Subject, UnixTime, Verdict, examine, examine_time_stamp,
    known_intermediates,
};

use super::{invalid, missing, outcome};
use crate::support::{keys::Key, revocation::List};

/// 21 November 2026, one day after OpenSSL was asked; its certificates were made then.
const AT: UnixTime = UnixTime::from_seconds(1_795_305_600);

fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openssl").join(name)).unwrap()
}

fn evidence() -> Evidence {
    let mut evidence = Evidence::new();
    for (issuer, key) in [("Raiz de teste", Key::ROOT), ("AC de teste", Key::AUTHORITY)] {
        // The names of those certificates have a country.
        let list = List::of(issuer).of_openssl().signed_by(&key);
        evidence.add_crl(&list).unwrap();
    }
    evidence
}

#[test]
fn what_openssl_signed_is_valid() {
    let anchors = Anchors::from_pem(&file("root.pem")).unwrap();
    let (evidence, document) = (evidence(), file("document.txt"));
    let question = Question {
        anchors: Some(&anchors),
        ..Question::new(Content::Bytes(&document), AT, &evidence)
    };
    for name in [
        "detached",
        "attached",
        "keyid",
        "pss",
        "p256",
        "p384",
        "sha512",
        "unnamed",
        "two",
        "indefinite",
    ] {
        let findings = examine(&file(&format!("{name}.p7s")), &question).unwrap();
        assert_eq!(findings.len(), if name == "two" { 2 } else { 1 });
        for finding in &findings {
            assert_eq!(finding.verdict, Verdict::Valid, "{name}: {:#?}", finding.checks);
            assert_eq!(finding.was_ber, name == "indefinite");
        }
    }
}

#[test]
fn s30_what_openssl_signed_and_is_not_good_enough_is_told() {
    let anchors = Anchors::from_pem(&file("root.pem")).unwrap();
    let (evidence, document) = (evidence(), file("document.txt"));
    let question = Question {
        anchors: Some(&anchors),
        ..Question::new(Content::Bytes(&document), AT, &evidence)
    };
    let judged = |name: &str| examine(&file(name), &question).unwrap().remove(0);
    assert!(matches!(invalid(&judged("sha1.p7s")), Rejection::DigestAlgorithm(_)));
    assert!(matches!(invalid(&judged("weak.p7s")), Rejection::Unfit { .. }));
    assert_eq!(*invalid(&judged("bare.p7s")), Rejection::NoSignedAttributes);
    assert_eq!(missing(&judged("without_certificate.p7s")), [Missing::SignerCertificate]);
    let named = judged("p384.p7s");
    assert!(matches!(named.algorithm, Some(SignatureAlgorithm::Ecdsa(_))));
    assert!(outcome(&named, &Subject::Chain).is_good());
}

/// 1 January 2027, after `make_evidence` was run.
const LATER: UnixTime = UnixTime::from_seconds(1_798_761_600);

/// What is found about a message of the holder's or the company's with these files as evidence.
fn with_files(message: &str, lists: &[&str], answers: &[&str]) -> Finding {
    let anchors = Anchors::from_pem(&file("root.pem")).unwrap();
    let document = file("document.txt");
    let mut evidence = Evidence::new();
    for list in lists {
        evidence.add_crl(&file(list)).unwrap();
    }
    for answer in answers {
        evidence.add_ocsp(&file(answer)).unwrap();
    }
    let question = Question {
        anchors: Some(&anchors),
        ..Question::new(Content::Bytes(&document), LATER, &evidence)
    };
    examine(&file(message), &question).unwrap().remove(0)
}

#[test]
fn openssls_lists_and_answers_are_believed() {
    for (lists, answers) in [
        (&["root.crl", "authority.crl"][..], &[][..]),
        (&["root.crl"], &["holder.ocsp"]),
        (&["root.crl"], &["delegated.ocsp"]),
    ] {
        let finding = with_files("detached.p7s", lists, answers);
        assert_eq!(finding.verdict, Verdict::Valid, "{answers:?} {:#?}", finding.checks);
    }
    let finding = with_files("detached.p7s", &["root.crl"], &["company.ocsp"]);
    assert!(matches!(missing(&finding), [Missing::Revocation { .. }]));
    // p384.p7s is the company's.
    for (lists, answers) in
        [(&["root.crl", "authority.crl"][..], &[][..]), (&["root.crl"], &["company.ocsp"])]
    {
        let finding = with_files("p384.p7s", lists, answers);
        assert!(matches!(
            invalid(&finding),
            Rejection::Revoked { reason: Some(Reason::Superseded), .. }
        ));
    }
}

#[test]
fn openssls_time_stamp_is_valid() {
    let anchors = Anchors::from_pem(&file("root.pem")).unwrap();
    let document = file("document.txt");
    let mut evidence = Evidence::new();
    evidence.add_crl(&file("root.crl")).unwrap().add_crl(&file("authority.crl")).unwrap();
    let question = Question {
        anchors: Some(&anchors),
        ..Question::new(Content::Bytes(&document), LATER, &evidence)
    };
    let stamp = examine_time_stamp(&file("document.tst"), &question);
    assert_eq!(stamp.verdict, Verdict::Valid, "{:#?}", stamp.checks);
    assert_eq!(stamp.authority.unwrap().subject(), "ACT de teste");
    assert!(stamp.time.is_some_and(|time| AT < time && time < LATER));
}

#[test]
fn icp_brasils_certificates_are_read() {
    let anchors = Anchors::icp_brasil().unwrap();
    let names: Vec<_> = anchors.roots().iter().map(|root| root.subject()).collect();
    for version in ["v5", "v10", "v11"] {
        let name = format!("Autoridade Certificadora Raiz Brasileira {version}");
        assert!(names.contains(&name.as_str()), "{names:?}");
    }
    assert!(anchors.roots().iter().all(|root| root.key() == KeyKind::Rsa { bits: 4096 }));
    let fingerprint = anchors.roots()[0].fingerprint().map(|byte| format!("{byte:02X}")).join(":");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/roots.pem");
    assert!(fs::read_to_string(data).unwrap().contains(&fingerprint));
    assert_eq!(known_intermediates().len(), 159);
}

#[test]
fn anchors_can_be_added_once() {
    let mut anchors = Anchors::icp_brasil().unwrap();
    let other = rubrica_verify::certificates_from_pem(&file("root.pem")).unwrap();
    let authority = rubrica_verify::certificates_from_pem(&file("authority.pem")).unwrap();
    for _ in 0..2 {
        anchors.extend(other.clone());
        anchors.extend(authority.clone());
    }
    assert_eq!((anchors.roots().len(), anchors.intermediates().len()), (4, 1));
}

#[test]
fn s34_chains_of_icp_brasil_are_completed_from_what_is_known() {
    let anchors = Anchors::icp_brasil().unwrap();
    let mut reached = 0;
    // Below another intermediate authority, which nobody offers here.
    for leaf in known_intermediates().iter().filter(|it| !it.issuer().contains("Raiz Brasileira")) {
        let at = leaf.not_before();
        if leaf.issuer().is_empty() || at < UnixTime::from_seconds(1_500_000_000) {
            continue;
        }
        match rubrica_verify::certificate(leaf, &[], None, at, Some(&anchors)) {
            // An authority signs no documents, which is asked first.
            Err(Rejection::Unfit { .. }) => reached += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(reached > 0);
}

#[test]
fn an_answer_in_pem_is_read() {
    let mut encoded = vec![0; 4096];
    let mut buffer = rubrica_core::codec::buffer::Buffer::new(&mut encoded);
    rubrica_core::codec::base64::write(&file("holder.ocsp"), &mut buffer);
    let (_, text) = buffer.finish::<0>([]).unwrap();
    let text = String::from_utf8(text.to_vec()).unwrap();
    let pem = format!("-----BEGIN OCSP RESPONSE-----\n{text}\n-----END OCSP RESPONSE-----\n");
    let mut evidence = Evidence::new();
    evidence.add_ocsp(pem.as_bytes()).unwrap();
    assert!(!evidence.is_empty());
    let other = pem.replace("OCSP RESPONSE", "OCSP REQUEST");
    assert!(matches!(evidence.add_ocsp(other.as_bytes()), Err(Rejection::Pem { .. })));
}
