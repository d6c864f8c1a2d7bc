//! What makes a signature valid, and each thing without which it is not.

use rubrica_verify::{
    Anchors, Content, Demand, Digest, Evidence, JudgedAt, Missing, Outcome, PolicyFault, Profile,
    Question, Rejection, SignatureAlgorithm, Subject, Unfit, UnixTime, Verdict, Whose, examine,
};

use super::{Scene, invalid, missing, only, outcome};
use crate::support::{
    DOCUMENT, NOW, anchors, certificate,
    certificates::{Chain, Template, alternative_name, extension, key_usage, other_name, person},
    der::{algorithm, element, null, octets, oid, sequence, tagged},
    digest, holder,
    keys::{Key, SHA1, Scheme},
    messages::{
        CONTENT_TYPE, MESSAGE_DIGEST, Message, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2,
        SIGNING_TIME, attribute, signing_certificate,
    },
    revocation::List,
};

#[test]
fn a_signature_of_which_everything_is_known_is_valid() {
    let scene = Scene::new();
    let finding = scene.finding();
    assert_eq!(finding.verdict, Verdict::Valid, "{:#?}", finding.checks);
    assert!(finding.verdict.is_valid());
    assert_eq!(finding.holder, Some(holder("11144477735")));
    assert_eq!(finding.judged_at, JudgedAt::Now(NOW));
    assert_eq!(finding.algorithm, Some(SignatureAlgorithm::Ecdsa(Digest::Sha256)));
    assert_eq!(finding.path.len(), 2);
    assert_eq!(finding.path[1].subject(), "Raiz de teste");
    assert!(!finding.carries_content && finding.unreadable.is_empty());
    assert_eq!(*outcome(&finding, &Subject::Policy), Outcome::NotAsked);
    assert_eq!(*outcome(&finding, &Subject::Holder), Outcome::NotAsked);
    for subject in [
        Subject::Message,
        Subject::Content,
        Subject::Attributes,
        Subject::SignerCertificate,
        Subject::Signature,
        Subject::Use,
        Subject::Chain,
    ] {
        assert_eq!(*outcome(&finding, &subject), Outcome::Passed, "{subject}");
    }
    for whose in [Whose::Signer, Whose::Authority("AC de teste".into())] {
        let outcome = outcome(&finding, &Subject::Revocation(whose));
        assert!(matches!(outcome, Outcome::Unrevoked(_)), "{outcome:?}");
    }
}

#[test]
fn every_algorithm_that_is_accepted_can_be_valid() {
    for key in [
        Key::HOLDER,
        Key::HOLDER.with(Scheme::RsaSha384),
        Key::HOLDER.with(Scheme::RsaSha512),
        Key::HOLDER.with(Scheme::PssSha256),
        Key::HOLDER.with(Scheme::PssSha384),
        Key::HOLDER.with(Scheme::PssSha512),
        Key::P256,
        Key::P384,
    ] {
        let scene = Scene::of(&Template::holder(&key), key);
        let digest = key.scheme.digest();
        let hash = key.scheme.hash();
        let message = Message {
            digest_algorithm: algorithm(hash),
            digest_algorithms: vec![algorithm(hash)],
            ..scene.message.clone().with(MESSAGE_DIGEST, &octets(digest_of(digest, DOCUMENT)))
        };
        let finding = only(&message.der(), &scene.question());
        assert_eq!(finding.verdict, Verdict::Valid, "{:?} {:#?}", key.scheme, finding.checks);
        assert_eq!(finding.algorithm.unwrap().digest(), digest);

        let tell = |asked: Digest| (asked == digest).then(|| digest_of(asked, DOCUMENT));
        let question = Question { content: Content::Digests(&tell), ..scene.question() };
        assert_eq!(only(&message.der(), &question).verdict, Verdict::Valid);
        let silent = |_: Digest| None;
        let question = Question { content: Content::Digests(&silent), ..scene.question() };
        assert_eq!(missing(&only(&message.der(), &question)), [Missing::Digest(digest)]);
    }
}

fn digest_of(digest: Digest, document: &[u8]) -> Vec<u8> {
    let algorithm = match digest {
        Digest::Sha384 => &ring::digest::SHA384,
        Digest::Sha512 => &ring::digest::SHA512,
        _ => &ring::digest::SHA256,
    };
    ring::digest::digest(algorithm, document).as_ref().to_vec()
}

#[test]
fn without_anchors_nothing_is_valid() {
    let scene = Scene::new();
    let question = Question { anchors: None, ..scene.question() };
    assert_eq!(missing(&only(&scene.message.der(), &question)), [Missing::Anchors]);
}

#[test]
fn without_the_document_nothing_is_valid() {
    let scene = Scene::new();
    let question = Question { content: Content::Attached, ..scene.question() };
    assert_eq!(missing(&only(&scene.message.der(), &question)), [Missing::Content]);
}

#[test]
fn what_a_message_carries_is_examined_where_nothing_else_is_asked_about() {
    let scene = Scene::new();
    let attached = Message { content: Some(DOCUMENT.to_vec()), ..scene.message.clone() };
    let question = Question { content: Content::Attached, ..scene.question() };
    let finding = only(&attached.der(), &question);
    assert_eq!(finding.verdict, Verdict::Valid);
    assert!(finding.carries_content);

    let other = Message { content: Some(b"Outro contrato.\n".to_vec()), ..scene.message.clone() };
    for content in [Content::Attached, Content::Bytes(DOCUMENT)] {
        let question = Question { content, ..scene.question() };
        assert_eq!(*invalid(&only(&other.der(), &question)), Rejection::OtherContent);
    }
    let question = Question { content: Content::Bytes(b"Outro contrato.\n"), ..scene.question() };
    assert_eq!(*invalid(&only(&attached.der(), &question)), Rejection::MessageDigest);
}

#[test]
fn an_unknown_issuer_is_named_with_the_place_where_it_is_to_be_had() {
    let uri = |address: &str| element(0x86, address);
    let access = |kind: &str, address: &str| sequence(&[&oid(kind), &uri(address)]);
    let sources = sequence(&[
        &access("1.3.6.1.5.5.7.48.2", "http://ac.example/ac.p7b"),
        &access("1.3.6.1.5.5.7.48.1", "http://ocsp.example/"),
    ]);
    let template =
        Template::holder(&Key::P256).with(extension("1.3.6.1.5.5.7.1.1", false, &sources));
    let mut scene = Scene::of(&template, Key::P256);
    scene.message.certificates.truncate(1);
    let finding = scene.finding();
    assert_eq!(
        missing(&finding),
        [Missing::Issuer {
            issuer: "AC de teste".into(),
            sources: ["http://ac.example/ac.p7b".into()].into(),
        }]
    );
    // The evidence may hold it.
    scene.evidence.add_certificates(&scene.chain.authority.clone()).unwrap();
    assert_eq!(scene.finding().verdict, Verdict::Valid);
}

#[test]
fn another_root_makes_nothing_valid() {
    let scene = Scene::new();
    let other = Template::authority(&Key::P384, "Outra raiz", "Outra raiz").signed_by(&Key::P384);
    let others = Anchors::new([certificate(&other)]).unwrap();
    let question = Question { anchors: Some(&others), ..scene.question() };
    let finding = only(&scene.message.der(), &question);
    assert!(
        matches!(missing(&finding), [Missing::Issuer { issuer, .. }] if **issuer == *"Raiz de teste")
    );

    let namesake =
        Template::authority(&Key::P384, "Raiz de teste", "Raiz de teste").signed_by(&Key::P384);
    let namesakes = Anchors::new([certificate(&namesake)]).unwrap();
    let question = Question { anchors: Some(&namesakes), ..scene.question() };
    let finding = only(&scene.message.der(), &question);
    assert!(matches!(invalid(&finding), Rejection::BrokenChain { .. }));
}

#[test]
fn a_missing_signer_is_told() {
    let mut scene = Scene::new();
    scene.message.certificates.remove(0);
    let finding = scene.finding();
    assert_eq!(missing(&finding), [Missing::SignerCertificate]);
    assert!(finding.signer.is_none());
    scene.evidence.add_certificates(&scene.chain.holder.clone()).unwrap();
    assert_eq!(scene.finding().verdict, Verdict::Valid);
}

#[test]
fn another_document_or_holder_is_invalid() {
    let scene = Scene::new();
    let question = Question { content: Content::Bytes(b"Outro"), ..scene.question() };
    assert_eq!(*invalid(&only(&scene.message.der(), &question)), Rejection::MessageDigest);

    let (expected, found) = (holder("52998224725"), holder("11144477735"));
    let question = Question { holder: Some(expected), ..scene.question() };
    assert_eq!(
        *invalid(&only(&scene.message.der(), &question)),
        Rejection::Holder { expected, found }
    );
    let question = Question { holder: Some(found), ..scene.question() };
    let finding = only(&scene.message.der(), &question);
    assert_eq!(finding.verdict, Verdict::Valid);
    assert_eq!(*outcome(&finding, &Subject::Holder), Outcome::Passed);
}

#[test]
fn an_expired_certificate_is_indeterminate_because_nothing_proves_when_it_signed() {
    let template = Template { not_after: "261101000000Z", ..Template::holder(&Key::P256) };
    let scene = Scene::of(&template, Key::P256);
    let finding = scene.finding();
    let until = UnixTime::from_seconds(1_793_491_200);
    assert_eq!(
        missing(&finding)[0],
        Missing::Time { whose: Whose::Signer, unfit: Unfit::Expired { until, at: NOW } }
    );
    // The list was made after it expired, and says nothing about it.
    assert!(matches!(missing(&finding)[1], Missing::Revocation { whose: Whose::Signer, .. }));
    assert!(finding.claimed_time.is_some());
}

#[test]
fn a_certificate_that_may_not_sign_is_invalid() {
    let unfit = |template: Template| match invalid(&Scene::of(&template, Key::P256).finding()) {
        Rejection::Unfit { whose: Whose::Signer, unfit } => *unfit,
        other => panic!("{other:?}"),
    };
    let usual = Template::holder(&Key::P256);
    assert_eq!(unfit(usual.clone().with(key_usage(0x20))), Unfit::KeyUsage);
    assert_eq!(unfit(usual.clone().with(key_usage(0x84))), Unfit::Authority);
    let purposes = sequence(&[&oid("1.3.6.1.5.5.7.3.1")]);
    assert_eq!(unfit(usual.clone().with(extension("2.5.29.37", false, &purposes))), Unfit::Purpose);
    let later = Template { not_before: "270101000000Z", ..usual.clone() };
    assert!(matches!(unfit(later), Unfit::NotYetValid { .. }));
    let odd = Scene::of(&usual.with(extension("2.5.29.99", true, &null())), Key::P256).finding();
    assert!(matches!(missing(&odd)[0], Missing::Means(_)));
}

#[test]
fn s30_what_is_broken_is_invalid_and_what_is_unknown_is_indeterminate() {
    let scene = Scene::new();
    let with = |hash: &str| Message { digest_algorithm: algorithm(hash), ..scene.message.clone() };
    for hash in [SHA1, "1.2.840.113549.2.5"] {
        let finding = only(&with(hash).der(), &scene.question());
        assert_eq!(*invalid(&finding), Rejection::DigestAlgorithm(hash.parse().unwrap()));
    }
    // SHA3-256, which nobody here knows.
    let finding = only(&with("2.16.840.1.101.3.4.2.8").der(), &scene.question());
    assert!(matches!(missing(&finding)[0], Missing::Means(_)));
    let ed25519 =
        Message { signature_algorithm: algorithm("1.3.101.112"), ..scene.message.clone() };
    assert!(matches!(missing(&only(&ed25519.der(), &scene.question()))[0], Missing::Means(_)));
}

#[test]
fn s32_the_signed_attributes_are_those_that_they_must_be() {
    let scene = Scene::new();
    let judged = |message: &Message| only(&message.der(), &scene.question());
    let message = &scene.message;
    for number in [CONTENT_TYPE, MESSAGE_DIGEST] {
        assert!(matches!(
            invalid(&judged(&message.clone().without(number))),
            Rejection::AttributeMissing(_)
        ));
    }
    let twice = |number: &str, value: &[u8]| {
        let mut message = message.clone();
        message.attributes.as_mut().unwrap().push(attribute(number, value));
        message
    };
    let repeated = twice(MESSAGE_DIGEST, &octets(digest(DOCUMENT)));
    assert!(matches!(invalid(&judged(&repeated)), Rejection::AttributeRepeated(_)));
    let repeated = twice(SIGNING_TIME, &element(0x17, "261121210000Z"));
    assert!(matches!(invalid(&judged(&repeated)), Rejection::AttributeRepeated(_)));
    let bare = Message { attributes: None, ..message.clone() };
    assert_eq!(*invalid(&judged(&bare)), Rejection::NoSignedAttributes);
    let other = message.clone().with(CONTENT_TYPE, &oid("1.2.840.113549.1.7.2"));
    assert!(matches!(invalid(&judged(&other)), Rejection::ContentType(_)));
}

#[test]
fn s32_attributes_out_of_order_were_signed_in_der_order_and_are_read_so() {
    let scene = Scene::new();
    let mut ordered = scene.message.clone();
    ordered.attributes.as_mut().unwrap().sort();
    // The order is turned round after signing, as a maker does that sends what it did not sort.
    let der = ordered.der();
    let attributes = ordered.attributes.clone().unwrap();
    let (sorted, turned): (Vec<u8>, Vec<u8>) =
        (attributes.concat(), attributes.iter().rev().flatten().copied().collect());
    let place = der.windows(sorted.len()).position(|part| part == sorted).unwrap();
    let mut changed = der;
    changed[place..place + sorted.len()].copy_from_slice(&turned);
    assert_eq!(only(&changed, &scene.question()).verdict, Verdict::Valid);
}

#[test]
fn s32_the_attribute_that_names_the_certificate_is_asked_for_where_the_place_asks() {
    let scene = Scene::new();
    let judged = |message: &Message, profile| {
        only(&message.der(), &Question { profile, ..scene.question() })
    };
    let unnamed = scene.message.clone().without(SIGNING_CERTIFICATE_V2);
    let hash = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &scene.chain.holder);
    let by_sha1 = unnamed.clone().with(SIGNING_CERTIFICATE, &signing_certificate(hash.as_ref()));
    for message in [&unnamed, &by_sha1] {
        for profile in [Profile::Cms, Profile::PdfCms] {
            assert_eq!(judged(message, profile).verdict, Verdict::Valid);
        }
        for profile in [Profile::Pades, Profile::Cades] {
            assert!(matches!(invalid(&judged(message, profile)), Rejection::AttributeMissing(_)));
        }
    }
    for number in [SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2] {
        let other = scene.message.clone().with(number, &signing_certificate(&[7; 32]));
        assert!(matches!(invalid(&judged(&other, Profile::Cms)), Rejection::OtherCertificate(_)));
    }
}

#[test]
fn several_signers_are_judged_one_by_one() {
    let scene = Scene::new();
    let twice = Message { signers: 2, ..scene.message.clone() };
    let findings = examine(&twice.der(), &scene.question()).unwrap();
    assert_eq!(findings.len(), 2);
    assert!(findings.iter().all(|finding| finding.verdict.is_valid()));
    let none = Message { signers: 0, ..scene.message.clone() };
    assert_eq!(examine(&none.der(), &scene.question()), Err(Rejection::Signers(0)));
    let many = Message { signers: 17, ..scene.message.clone() };
    assert!(matches!(
        examine(&many.der(), &scene.question()),
        Err(Rejection::TooMany { limit: 16, .. })
    ));
}

#[test]
fn a_policy_that_is_asked_for_must_be_named() {
    let scene = Scene::new();
    let oid = "2.16.76.1.7.1.1.2.4".parse().unwrap();
    for policy in [Demand::Some, Demand::Exactly(oid)] {
        let question = Question { policy, ..scene.question() };
        let finding = only(&scene.message.der(), &question);
        assert_eq!(*invalid(&finding), Rejection::from(PolicyFault::NotNamed));
    }
}

#[test]
fn a_certificate_that_cannot_be_read_and_is_not_needed_is_told_and_does_no_harm() {
    let mut scene = Scene::new();
    scene.message.certificates.push(sequence(&[&null()]));
    let finding = scene.finding();
    assert_eq!(finding.verdict, Verdict::Valid);
    assert_eq!(finding.unreadable.len(), 1);
}

#[test]
fn an_odd_holder_is_no_obstacle_unless_one_is_asked_for() {
    let names = alternative_name(&[other_name(
        crate::support::certificates::PERSON,
        0x04,
        person("11144477734", 45),
    )]);
    let scene = Scene::of(&Template::holder(&Key::P256).with(names), Key::P256);
    let finding = scene.finding();
    assert_eq!((finding.verdict, finding.holder), (Verdict::Valid, None));
    let question = Question { holder: Some(holder("11144477735")), ..scene.question() };
    assert!(matches!(invalid(&only(&scene.message.der(), &question)), Rejection::Unidentified(_)));
}

#[test]
fn a_hierarchy_of_elliptic_curves_can_be_valid() {
    // Shaped like root v12: P-384 above, P-256 below.
    let root = Template::authority(&Key::P384, "Raiz v12 de teste", "Raiz v12 de teste")
        .signed_by(&Key::P384);
    let authority =
        Template::authority(&Key::ROOT, "AC de teste", "Raiz v12 de teste").signed_by(&Key::P384);
    let holder = Template::holder(&Key::P256).signed_by(&Key::ROOT);
    let chain = Chain { root, authority, holder };
    let mut evidence = Evidence::new();
    evidence
        .add_crl(&List::of("Raiz v12 de teste").signed_by(&Key::P384))
        .unwrap()
        .add_crl(&List::of("AC de teste").signed_by(&Key::ROOT))
        .unwrap();
    let anchors = anchors(&chain);
    let question = Question {
        anchors: Some(&anchors),
        ..Question::new(Content::Bytes(DOCUMENT), NOW, &evidence)
    };
    let message = Message::new(&chain, Key::P256);
    assert_eq!(only(&message.der(), &question).verdict, Verdict::Valid);
    let unsigned = tagged(1, attribute("1.2.3.4", &null()));
    let message = Message { unsigned, ..message };
    assert_eq!(only(&message.der(), &question).verdict, Verdict::Valid);
}
