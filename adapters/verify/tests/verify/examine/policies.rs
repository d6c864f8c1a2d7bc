//! The rules of ICP-Brasil's signature policies.

use std::{fs, path::Path};

use rubrica_core::cades::{Family, Level, Policy, PolicyFileError, RootGeneration};
use rubrica_verify::{
    Attribute, Demand, Finding, Missing, Outcome, Policies, PolicyFault, Profile, Question,
    Rejection, SignatureAlgorithm, Subject, UnixTime, Verdict,
};

use super::{Scene, invalid, missing, only, outcome};
use crate::support::{
    DOCUMENT, anchors,
    certificates::{Chain, Template},
    der::{algorithm, element, null, octets, sequence, tagged},
    digest,
    keys::{Key, SHA1, SHA256, Scheme},
    messages::{
        MESSAGE_DIGEST, Message, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2, SIGNING_TIME,
        attribute, signing_certificate,
    },
    policies::{SIGNATURE_POLICY, named, naming, policy},
    revocation::List,
    time_stamps::{Token, authority},
};

const PADES_RB: &str = "PA_PAdES_AD_RB_v1_3";
const PADES_RT: &str = "PA_PAdES_AD_RT_v1_3";
const CADES_RB: &str = "PA_AD_RB_v2_4";

/// A scene whose message names this policy, as ICP-Brasil asks.
fn under(name: &str) -> Scene {
    by(Key::P256, name)
}

/// The same by an RSA key, which is all that the policies of before 2025 know.
fn by_rsa(name: &str) -> Scene {
    by(Key::HOLDER, name)
}

fn by(key: Key, name: &str) -> Scene {
    let mut scene = Scene::of(&Template::holder(&key), key);
    scene.message = scene.message.without(SIGNING_TIME).with(SIGNATURE_POLICY, &naming(name));
    scene
}

fn judged(scene: &Scene, profile: Profile) -> Finding {
    only(&scene.message.der(), &Question { profile, ..scene.question() })
}

fn fault(finding: &Finding) -> &PolicyFault {
    match invalid(finding) {
        Rejection::Policy(fault) => fault,
        other => panic!("{other:?}"),
    }
}

/// The hierarchy under another root.
fn beneath(root: &str, mut scene: Scene) -> Scene {
    scene.chain = Chain {
        root: Template::authority(&Key::ROOT, root, root).signed_by(&Key::ROOT),
        authority: Template::authority(&Key::AUTHORITY, "AC de teste", root).signed_by(&Key::ROOT),
        holder: scene.chain.holder,
    };
    scene.message.certificates = vec![scene.chain.holder.clone(), scene.chain.authority.clone()];
    scene.anchors = anchors(&scene.chain);
    scene.evidence.add_crl(&List::of(root).signed_by(&Key::ROOT)).unwrap();
    scene
}

#[test]
fn a_signature_that_keeps_its_policy_is_valid() {
    let finding = judged(&under(PADES_RB), Profile::Pades);
    assert_eq!(finding.verdict, Verdict::Valid, "{:#?}", finding.checks);
    assert_eq!(*outcome(&finding, &Subject::Policy), Outcome::Passed);
    let named = finding.policy.unwrap();
    assert_eq!(named.oid.to_string(), "2.16.76.1.7.1.11.1.3");
    assert_eq!(named.address.as_deref(), Some("http://politicas.icpbrasil.gov.br/PA.der"));
    let known = finding.known_policy.unwrap();
    assert_eq!((&*known.name, known.family, known.level), (PADES_RB, Family::Pades, Level::Basic));

    let mut cades = under(CADES_RB);
    assert_eq!(judged(&cades, Profile::Cades).verdict, Verdict::Valid);
    assert_eq!(judged(&cades, Profile::Cms).verdict, Verdict::Valid);
    // What a policy for PDF forbids is allowed elsewhere.
    cades.message = cades.message.with(SIGNING_TIME, &element(0x17, "261121210000Z"));
    assert_eq!(judged(&cades, Profile::Cades).verdict, Verdict::Valid);
    cades.message.content = Some(DOCUMENT.to_vec());
    assert_eq!(judged(&cades, Profile::Cades).verdict, Verdict::Valid);
}

#[test]
fn the_policy_that_is_asked_for_must_be_the_one_named() {
    let scene = under(PADES_RB);
    let asked = |policy| {
        only(
            &scene.message.der(),
            &Question { policy, profile: Profile::Pades, ..scene.question() },
        )
    };
    let this = "2.16.76.1.7.1.11.1.3".parse().unwrap();
    for demand in [Demand::Some, Demand::Exactly(this)] {
        assert_eq!(asked(demand).verdict, Verdict::Valid);
    }
    let other = "2.16.76.1.7.1.11.1.1".parse().unwrap();
    let finding = asked(Demand::Exactly(other));
    assert_eq!(*fault(&finding), PolicyFault::Other { asked: other, found: this });
}

#[test]
fn a_wrong_hash_is_invalid_and_so_is_the_hash_of_the_file() {
    let number = "2.16.76.1.7.1.11.1.3";
    let file = fs::read(policies().join("PA_PAdES_AD_RB_v1_3.der")).unwrap();
    let mut scene = under(PADES_RB);
    for hash in [digest(&file).to_vec(), vec![0; 32], vec![0], Vec::new()] {
        let value = named(number, SHA256, &hash);
        scene.message = scene.message.with(SIGNATURE_POLICY, &value);
        assert_eq!(*fault(&judged(&scene, Profile::Pades)), PolicyFault::Hash);
    }
    let value = named(number, SHA1, &[0; 20]);
    scene.message = scene.message.with(SIGNATURE_POLICY, &value);
    assert!(matches!(fault(&judged(&scene, Profile::Pades)), PolicyFault::HashAlgorithm(_)));
}

#[test]
fn a_policy_for_cms_in_a_pdf_is_invalid_and_one_for_pdf_elsewhere() {
    for profile in [Profile::Pades, Profile::PdfCms] {
        let finding = judged(&under(CADES_RB), profile);
        assert_eq!(*fault(&finding), PolicyFault::Family(Family::Cades));
    }
    let finding = judged(&under(PADES_RB), Profile::Cades);
    assert_eq!(*fault(&finding), PolicyFault::Family(Family::Pades));
    let mut scene = under(PADES_RB);
    scene.message.content = Some(DOCUMENT.to_vec());
    assert_eq!(*fault(&judged(&scene, Profile::Pades)), PolicyFault::CarriesContent);
}

#[test]
fn what_a_policy_for_pdf_forbids_is_invalid() {
    let scene = under(PADES_RB);
    let hash = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &scene.chain.holder);
    for (number, value, expected) in [
        (SIGNING_TIME, element(0x17, "261121210000Z"), Attribute::SigningTime),
        ("1.2.840.113549.1.9.16.2.17", sequence(&[]), Attribute::SignerLocation),
        (SIGNING_CERTIFICATE, signing_certificate(hash.as_ref()), Attribute::SigningCertificate),
        ("1.2.840.113583.1.1.8", sequence(&[]), Attribute::RevocationArchival),
    ] {
        let message = scene.message.clone().with(number, &value);
        let question = Question { profile: Profile::Pades, ..scene.question() };
        assert_eq!(*fault(&only(&message.der(), &question)), PolicyFault::Forbidden(expected));
    }
    let unsigned = tagged(1, attribute("1.2.3.4", &null()));
    let message = Message { unsigned, ..scene.message.clone() };
    let question = Question { profile: Profile::Pades, ..scene.question() };
    assert!(matches!(fault(&only(&message.der(), &question)), PolicyFault::Unsigned(_)));
}

#[test]
fn what_a_policy_asks_for_must_be_there() {
    let mut scene = under(CADES_RB);
    scene.message = scene.message.without(SIGNING_CERTIFICATE_V2);
    assert!(matches!(
        invalid(&judged(&scene, Profile::Cms)),
        Rejection::AttributeMissing(Attribute::SigningCertificateV2)
    ));
}

#[test]
fn a_policy_that_nobody_knows_is_indeterminate() {
    let mut scene = Scene::new();
    let value = named("2.16.76.1.7.1.99.1", SHA256, &[7; 32]);
    scene.message = scene.message.with(SIGNATURE_POLICY, &value);
    let finding = judged(&scene, Profile::Cades);
    let oid = "2.16.76.1.7.1.99.1".parse().unwrap();
    assert_eq!(missing(&finding), [Missing::Policy(oid)]);
    assert!(finding.known_policy.is_none());
}

#[test]
fn s34_an_old_policy_under_root_v12_is_invalid() {
    let v12 = "Autoridade Certificadora Raiz Brasileira v12";
    let v5 = "Autoridade Certificadora Raiz Brasileira v5";
    for (name, profile) in
        [("PA_PAdES_AD_RB_v1_1", Profile::Pades), ("PA_AD_RB_v2_3", Profile::Cades)]
    {
        let finding = judged(&beneath(v12, by_rsa(name)), profile);
        assert_eq!(*fault(&finding), PolicyFault::Root(RootGeneration::V12), "{name}");
        let finding = judged(&beneath(v5, by_rsa(name)), profile);
        assert_eq!(finding.verdict, Verdict::Valid, "{name}: {:#?}", finding.checks);
    }
    for (name, profile) in [(PADES_RB, Profile::Pades), (CADES_RB, Profile::Cades)] {
        for root in [v5, v12] {
            let finding = judged(&beneath(root, under(name)), profile);
            assert_eq!(finding.verdict, Verdict::Valid, "{name}: {:#?}", finding.checks);
        }
    }
}

#[test]
fn a_policy_outside_its_dates_is_told() {
    // Version 2.0 was revoked in 2012, and nothing proves when the signature was made.
    let old = "PA_AD_RB_v2_0";
    let Policy { from, to, revoked, .. } = *policy(old);
    let last = revoked.map_or(to, |revoked| to.min(revoked - 1));
    let finding = judged(&by_rsa(old), Profile::Cades);
    let until = UnixTime::from_seconds(last);
    assert_eq!(missing(&finding), [Missing::PolicyTime { until }]);

    // A time stamp proves that it was made after the end, or before the beginning.
    let scene = by_rsa(old);
    assert!(matches!(
        fault(&stamped(&scene, "20260601000000Z")),
        PolicyFault::Ended { until: told, .. } if *told == until
    ));
    assert!(from > 0);
    let scene = under(CADES_RB);
    let early = Template { not_before: "200101000000Z", ..Template::holder(&Key::P256) };
    let chain = Chain {
        authority: Template {
            not_before: "200101000000Z",
            ..Template::authority(&Key::AUTHORITY, "AC de teste", "Raiz de teste")
        }
        .signed_by(&Key::ROOT),
        root: Template {
            not_before: "200101000000Z",
            ..Template::authority(&Key::ROOT, "Raiz de teste", "Raiz de teste")
        }
        .signed_by(&Key::ROOT),
        holder: early.signed_by(&Key::AUTHORITY),
    };
    let mut scene = Scene { message: Message::new(&chain, Key::P256), chain, ..scene };
    scene.message = scene.message.with(SIGNATURE_POLICY, &naming(CADES_RB));
    scene.anchors = anchors(&scene.chain);
    let finding = stamped(&scene, "20240601000000Z");
    assert!(matches!(fault(&finding), PolicyFault::NotYet { .. }), "{:#?}", finding.checks);
}

/// The finding with a time stamp of this time.
fn stamped(scene: &Scene, time: &'static str) -> Finding {
    let template = Template { not_before: "200101000000Z", ..authority(&Key::P384) };
    let certificate = template.signed_by(&Key::AUTHORITY);
    let message = scene
        .message
        .der_with(|signature| Token::over(signature, time, &certificate, Key::P384).attribute());
    only(&message, &scene.question())
}

#[test]
fn a_policy_with_a_time_stamp_is_not_kept_without_a_good_one() {
    let scene = under(PADES_RT);
    assert_eq!(*fault(&judged(&scene, Profile::Pades)), PolicyFault::NoTimeStamp);
    let finding = stamped(&scene, "20260601000000Z");
    assert_eq!(finding.verdict, Verdict::Valid, "{:#?}", finding.checks);
    assert!(finding.judged_at.is_proven());

    // One whose authority is not known, which would do no harm elsewhere.
    let stranger = Template { not_after: "261101000000Z", ..authority(&Key::P384) };
    let certificate = stranger.signed_by(&Key::AUTHORITY);
    let message = scene.message.der_with(|signature| {
        Token::over(signature, "20260601000000Z", &certificate, Key::P384).attribute()
    });
    assert!(matches!(missing(&only(&message, &scene.question()))[0], Missing::TimeStamp(_)));
}

#[test]
fn an_algorithm_that_the_policy_does_not_list_is_invalid() {
    for scheme in [Scheme::RsaSha384, Scheme::PssSha256] {
        let key = Key::HOLDER.with(scheme);
        let mut scene = Scene::of(&Template::holder(&key), key);
        scene.message = scene
            .message
            .without(SIGNING_TIME)
            .with(SIGNATURE_POLICY, &naming(PADES_RB))
            .with(MESSAGE_DIGEST, &octets(scheme.digest_of(DOCUMENT)));
        scene.message.digest_algorithm = algorithm(scheme.hash());
        let finding = judged(&scene, Profile::Pades);
        let expected = match scheme {
            Scheme::PssSha256 => SignatureAlgorithm::RsaPss(scheme.digest()),
            _ => SignatureAlgorithm::RsaPkcs1(scheme.digest()),
        };
        assert_eq!(*fault(&finding), PolicyFault::Algorithm(expected));
    }
    // The policies of before 2025 know RSA only.
    assert!(matches!(
        fault(&judged(&under("PA_PAdES_AD_RB_v1_1"), Profile::Pades)),
        PolicyFault::Key(_)
    ));
}

fn policies() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/tests/policies")
}

#[test]
fn a_users_policy_file_is_read() {
    let mut table = Policies::new();
    for entry in fs::read_dir(policies()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("PA_") {
            let added = table.add_file(&fs::read(&path).unwrap());
            let old = matches!(added, Err(Rejection::PolicyFile(PolicyFileError::HashAlgorithm)));
            assert!(added.is_ok() || old, "{name}");
        }
    }
    let scene = under(PADES_RB);
    let question = Question { policies: Some(&table), profile: Profile::Pades, ..scene.question() };
    let finding = only(&scene.message.der(), &question);
    assert_eq!(finding.verdict, Verdict::Valid, "{:#?}", finding.checks);
    assert_eq!(&*finding.known_policy.unwrap().name, "file");

    let mut damaged = fs::read(policies().join("PA_PAdES_AD_RB_v1_3.der")).unwrap();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    assert!(matches!(table.add_file(&damaged), Err(Rejection::PolicyFile(_))));
    assert!(matches!(table.add_file(b""), Err(Rejection::PolicyFile(_))));
}
