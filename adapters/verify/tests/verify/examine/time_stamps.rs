//! Time stamps: when they prove that a signature is older than now, and when not.

use rubrica_verify::{
    Content, Digest, Evidence, Finding, JudgedAt, Missing, Outcome, Question, Rejection, Subject,
    Unfit, UnixTime, Verdict, Whose, examine_time_stamp,
};

use super::{Scene, invalid, missing, only, outcome, root_list};
use crate::support::{
    DOCUMENT,
    certificates::{Template, extension},
    der::{algorithm, element, sequence, tagged},
    digest as digest_of,
    keys::{Key, SHA1},
    revocation::{List, REASON, purpose},
    time_stamps::{SERIAL, TIME_STAMPING, Token, authority},
};

/// 1 June 2026.
const THEN: &str = "20260601000000Z";
const THEN_TIME: UnixTime = UnixTime::from_seconds(1_780_272_000);

/// A token, made of the signature.
fn token(signature: &[u8]) -> Token {
    Token::over(signature, THEN, &authority(&Key::P384).signed_by(&Key::AUTHORITY), Key::P384)
}

/// The finding about the scene's message with this token.
fn stamped(scene: &Scene, made: impl Fn(&[u8]) -> Token) -> Finding {
    let message = scene.message.der_with(|signature| made(signature).attribute());
    only(&message, &scene.question())
}

fn rejected(finding: &Finding) -> &Rejection {
    match invalid(finding) {
        Rejection::TimeStamp(inner) => inner,
        other => panic!("{other:?}"),
    }
}

/// A scene whose holder's certificate ran out between then and now.
fn expired() -> Scene {
    let template = Template { not_after: "261101000000Z", ..Template::holder(&Key::P256) };
    let mut scene = Scene::of(&template, Key::P256);
    // A list of the time before, which tells about the holder.
    let list = List {
        this_update: "260602000000Z",
        next_update: Some("260609000000Z"),
        ..List::of("AC de teste")
    };
    scene.evidence.add_crl(&list.signed_by(&Key::AUTHORITY)).unwrap();
    scene
}

#[test]
fn a_good_time_stamp_proves_its_time() {
    let finding = stamped(&Scene::new(), token);
    assert_eq!(finding.verdict, Verdict::Valid, "{:#?}", finding);
    assert_eq!(finding.judged_at, JudgedAt::Proven(THEN_TIME));
    assert_eq!(*outcome(&finding, &Subject::TimeStamp), Outcome::Passed);
    let [stamp] = finding.time_stamps.as_slice() else { panic!() };
    assert_eq!((stamp.time, &stamp.verdict), (Some(THEN_TIME), &Verdict::Valid));
    assert_eq!(stamp.authority.as_ref().unwrap().subject(), "ACT de teste");
    assert_eq!(stamp.path.len(), 2);
}

#[test]
fn a_certificate_that_was_good_then_is_good() {
    let scene = expired();
    assert!(matches!(missing(&scene.finding()), [Missing::Time { .. }, ..]));
    let finding = stamped(&scene, token);
    assert_eq!(finding.verdict, Verdict::Valid, "{:#?}", finding.checks);
}

#[test]
fn a_certificate_that_was_not_good_then_is_not() {
    let template = Template { not_after: "260501000000Z", ..Template::holder(&Key::P256) };
    let finding = stamped(&Scene::of(&template, Key::P256), token);
    assert!(matches!(
        invalid(&finding),
        Rejection::Unfit { whose: Whose::Signer, unfit: Unfit::Expired { .. } }
    ));
    let template = Template { not_before: "260701000000Z", ..Template::holder(&Key::P256) };
    let finding = stamped(&Scene::of(&template, Key::P256), token);
    assert!(matches!(
        invalid(&finding),
        Rejection::Unfit { whose: Whose::Signer, unfit: Unfit::NotYetValid { .. } }
    ));
}

#[test]
fn what_was_revoked_after_a_proven_time_is_good_and_before_it_is_not() {
    let with = |since: &str| {
        let mut scene = Scene::new();
        let list = List::of("AC de teste").naming(3, since, &[]).signed_by(&Key::AUTHORITY);
        scene.evidence = Evidence::new();
        scene.evidence.add_crl(&root_list()).unwrap().add_crl(&list).unwrap();
        scene
    };
    let finding = stamped(&with("260701000000Z"), token);
    assert_eq!(finding.verdict, Verdict::Valid, "{:#?}", finding.checks);
    let Outcome::Unrevoked(proof) = outcome(&finding, &Subject::Revocation(Whose::Signer)) else {
        panic!("{finding:?}");
    };
    assert!(proof.revoked_later.is_some());
    assert!(matches!(
        invalid(&with("260701000000Z").finding()),
        Rejection::Revoked { whose: Whose::Signer, .. }
    ));
    assert!(matches!(
        invalid(&stamped(&with("260501000000Z"), token)),
        Rejection::Revoked { whose: Whose::Signer, .. }
    ));
}

#[test]
fn a_time_stamp_over_something_else_makes_the_signature_invalid() {
    let other = |_: &[u8]| token(b"another signature");
    assert_eq!(*rejected(&stamped(&Scene::new(), other)), Rejection::TimeStampImprint);
    // And so does one that was moved here from another signature by the same signer.
    let scene = Scene::new();
    let borrowed = token(&Key::P256.sign(b"another document"));
    let finding = stamped(&scene, |_| borrowed.clone());
    assert_eq!(*rejected(&finding), Rejection::TimeStampImprint);
}

#[test]
fn a_forged_time_stamp_makes_the_signature_invalid() {
    let forged =
        |signature: &[u8]| Token { key: Key::P384.with(Key::P384.scheme), ..token(signature) };
    assert!(stamped(&Scene::new(), forged).verdict.is_valid());
    // Signed with another key than its certificate's.
    let forged = |signature: &[u8]| Token { key: Key::HOLDER, ..token(signature) };
    assert_eq!(*rejected(&stamped(&Scene::new(), forged)), Rejection::KeyMismatch);
    // Of a time to come.
    let future = |signature: &[u8]| Token { time: "20261201000000Z", ..token(signature) };
    assert!(matches!(rejected(&stamped(&Scene::new(), future)), Rejection::TimeStampFuture { .. }));
    // Not a time stamp at all.
    let other =
        |signature: &[u8]| Token { content_type: "1.2.840.113549.1.7.1", ..token(signature) };
    assert!(matches!(rejected(&stamped(&Scene::new(), other)), Rejection::Content(_)));
    let weak = |signature: &[u8]| Token {
        imprint_algorithm: algorithm(SHA1),
        imprint: ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, signature)
            .as_ref()
            .to_vec(),
        ..token(signature)
    };
    assert!(matches!(rejected(&stamped(&Scene::new(), weak)), Rejection::DigestAlgorithm(_)));
}

#[test]
fn a_certificate_that_is_not_for_time_stamps_makes_none() {
    let usual = authority(&Key::P384);
    let emails = "1.3.6.1.5.5.7.3.4".parse::<rubrica_verify::ObjectIdentifier>().unwrap();
    let stamping = TIME_STAMPING.parse::<rubrica_verify::ObjectIdentifier>().unwrap();
    let two = sequence(&[&element(0x06, stamping.as_bytes()), &element(0x06, emails.as_bytes())]);
    for template in [
        usual.clone().without(purpose(TIME_STAMPING, true)),
        usual.clone().with(purpose(TIME_STAMPING, false)),
        usual.clone().with(purpose("1.3.6.1.5.5.7.3.4", true)),
        usual.with(extension("2.5.29.37", true, &two)),
    ] {
        let certificate = template.signed_by(&Key::AUTHORITY);
        let made = |signature: &[u8]| Token::over(signature, THEN, &certificate, Key::P384);
        assert_eq!(
            *rejected(&stamped(&Scene::new(), made)),
            Rejection::Unfit { whose: Whose::TimeStamp, unfit: Unfit::NotForTimeStamps }
        );
    }
}

#[test]
fn a_time_stamp_that_cannot_be_judged_proves_nothing_and_does_no_harm() {
    let stranger = Template { issuer: "Outra AC".into(), ..authority(&Key::P384) };
    let certificate = stranger.signed_by(&Key::P256);
    let made = |signature: &[u8]| {
        let token = Token::over(signature, THEN, &certificate, Key::P384);
        Token { certificate: certificate.clone(), ..token }
    };
    // The token names its certificate by the usual issuer, so this one is not found at all.
    let finding = stamped(&Scene::new(), made);
    assert!(matches!(outcome(&finding, &Subject::TimeStamp), Outcome::Unneeded(_)));
    assert_eq!((finding.judged_at.is_proven(), finding.verdict), (false, Verdict::Valid));
    let finding = stamped(&expired(), made);
    assert!(matches!(missing(&finding)[0], Missing::Time { .. }));

    let expired_authority = Template { not_after: "261101000000Z", ..authority(&Key::P384) };
    let certificate = expired_authority.signed_by(&Key::AUTHORITY);
    let made = |signature: &[u8]| Token::over(signature, THEN, &certificate, Key::P384);
    let finding = stamped(&Scene::new(), made);
    assert!(matches!(
        outcome(&finding, &Subject::TimeStamp),
        Outcome::Unneeded(Missing::TimeStamp(what)) if matches!(**what, Missing::Time { .. })
    ));
}

#[test]
fn a_revoked_authority_made_good_time_stamps_before_where_its_key_is_not_in_doubt() {
    let with = |since: &str, reason: Option<u8>| {
        let mut scene = Scene::new();
        let reason = reason.map(|code| extension(REASON, false, &element(0x0a, [code])));
        let reasons: Vec<_> = reason.into_iter().collect();
        let list = List::of("AC de teste").naming(SERIAL, since, &reasons);
        scene.evidence = Evidence::new();
        scene.evidence.add_crl(&root_list()).unwrap();
        scene.evidence.add_crl(&list.signed_by(&Key::AUTHORITY)).unwrap();
        stamped(&scene, token)
    };
    assert!(with("260701000000Z", Some(5)).judged_at.is_proven());
    for finding in [
        with("260701000000Z", None),
        with("260701000000Z", Some(1)),
        with("260501000000Z", Some(5)),
    ] {
        assert!(matches!(rejected(&finding), Rejection::Revoked { whose: Whose::TimeStamp, .. }));
    }
}

#[test]
fn fractions_accuracy_and_the_rest_are_read() {
    let rest = [
        sequence(&[&element(0x02, [1])]),
        element(0x01, [0xff]),
        element(0x02, [42]),
        tagged(0, element(0x86, "http://act.example/")),
    ]
    .concat();
    let made = |signature: &[u8]| Token {
        time: "20260601000000.25Z",
        rest: rest.clone(),
        ..token(signature)
    };
    assert_eq!(stamped(&Scene::new(), made).judged_at, JudgedAt::Proven(THEN_TIME));
    for time in ["20260601000000.Z", "20260601000000.20Z", "20260601000000.2", "2026060100.5Z"] {
        let made = |signature: &[u8]| Token { time, ..token(signature) };
        assert!(matches!(rejected(&stamped(&Scene::new(), made)), Rejection::Malformed { .. }));
    }
}

#[test]
fn the_earliest_of_several_counts_and_one_bad_one_is_enough() {
    let scene = Scene::new();
    let judged = |second: &dyn Fn(&[u8]) -> Token| {
        let message = scene.message.der_with(|signature| {
            let attributes = [token(signature), second(signature)].map(|token| {
                let attribute = token.attribute();
                // Without the tag around the set of one.
                let header = if attribute[1] == 0x82 { 4 } else { 3 };
                attribute[header..].to_vec()
            });
            tagged(1, attributes.concat())
        });
        only(&message, &Question { evidence: &scene.evidence, ..scene.question() })
    };
    let earlier = |signature: &[u8]| Token { time: "20260301000000Z", ..token(signature) };
    let finding = judged(&earlier);
    assert_eq!(finding.time_stamps.len(), 2);
    assert_eq!(finding.judged_at.time().to_string(), "2026-03-01T00:00:00Z");
    let other = |_: &[u8]| token(b"another");
    assert_eq!(*rejected(&judged(&other)), Rejection::TimeStampImprint);
}

#[test]
fn a_document_time_stamp_proves_when_the_document_existed() {
    let certificate = authority(&Key::P384).signed_by(&Key::AUTHORITY);
    let token = Token::over(DOCUMENT, THEN, &certificate, Key::P384);
    let mut scene = expired();
    let above = scene.chain.authority.clone();
    scene.evidence.add_certificates(&above).unwrap();
    let tell = |digest: Digest| (digest == Digest::Sha256).then(|| digest_of(DOCUMENT).to_vec());
    for content in [Content::Bytes(DOCUMENT), Content::Digests(&tell)] {
        let question = Question { content, ..scene.question() };
        let stamp = examine_time_stamp(&token.der(), &question);
        assert_eq!(stamp.verdict, Verdict::Valid, "{:#?}", stamp.checks);
        assert_eq!(stamp.time, Some(THEN_TIME));
    }
    let question = Question { content: Content::Bytes(b"Outro"), ..scene.question() };
    assert_eq!(
        examine_time_stamp(&token.der(), &question).verdict,
        Verdict::Invalid(Rejection::TimeStampImprint)
    );
    let question = Question { content: Content::Attached, ..scene.question() };
    assert_eq!(
        examine_time_stamp(&token.der(), &question).verdict,
        Verdict::Indeterminate(vec![Missing::Content])
    );
    assert!(matches!(
        examine_time_stamp(b"", &scene.question()).verdict,
        Verdict::Invalid(Rejection::Malformed { .. })
    ));
}

#[test]
fn a_signature_that_is_known_to_have_existed_is_judged_at_that_time() {
    let scene = expired();
    let message = scene.message.der();
    let judged = |existed_at| only(&message, &Question { existed_at, ..scene.question() });
    assert!(matches!(missing(&judged(None)), [Missing::Time { .. }, ..]));
    let finding = judged(Some(THEN_TIME));
    assert_eq!(finding.verdict, Verdict::Valid, "{:#?}", finding.checks);
    assert_eq!(finding.judged_at, JudgedAt::Proven(THEN_TIME));
    // Nobody knows what will have existed.
    let later = UnixTime::from_seconds(1_900_000_000);
    assert!(!judged(Some(later)).judged_at.is_proven());
    // The earlier of two proofs counts.
    let message = scene
        .message
        .der_with(|signature| Token { time: "20260603000000Z", ..token(signature) }.attribute());
    let question = Question { existed_at: Some(THEN_TIME), ..scene.question() };
    assert_eq!(only(&message, &question).judged_at, JudgedAt::Proven(THEN_TIME));
}
