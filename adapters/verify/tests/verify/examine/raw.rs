//! Raw signatures, and Wycheproof's vectors through them.

use rubrica_verify::{
    Certificate, Content, Digest, Evidence, Finding, KeyKind, Missing, Outcome, Question,
    Rejection, SignatureAlgorithm, Subject, Unfit, Verdict, Whose, examine_raw,
};
use wycheproof::{TestResult, ecdsa, rsa_pkcs1_verify, rsa_pss_verify};

use super::{Scene, invalid, missing, outcome};
use crate::support::{
    DOCUMENT, NOW, certificate,
    certificates::Template,
    keys::{Key, Scheme},
};

/// A certificate of this key, which nobody vouches for.
fn of_key(public: &[u8]) -> Certificate {
    let template = Template { public: public.to_vec(), ..Template::holder(&Key::P256) };
    certificate(&template.signed_by(&Key::P256))
}

fn algorithm(key: Key) -> SignatureAlgorithm {
    let digest = key.scheme.digest();
    match key.scheme {
        Scheme::RsaSha256 | Scheme::RsaSha384 | Scheme::RsaSha512 => {
            SignatureAlgorithm::RsaPkcs1(digest)
        }
        Scheme::PssSha256 | Scheme::PssSha384 | Scheme::PssSha512 => {
            SignatureAlgorithm::RsaPss(digest)
        }
        Scheme::P256Sha256 | Scheme::P384Sha384 => SignatureAlgorithm::Ecdsa(digest),
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
fn a_raw_signature_of_which_everything_is_known_is_valid() {
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
        let mut scene = Scene::of(&Template::holder(&key), key);
        scene.evidence.add_certificates(&scene.chain.authority.clone()).unwrap();
        let signer = certificate(&scene.chain.holder);
        let signature = key.sign(DOCUMENT);
        let judged = |content| {
            let question = Question { content, ..scene.question() };
            examine_raw(&signature, &signer, algorithm(key), &question)
        };
        assert_eq!(judged(Content::Bytes(DOCUMENT)).verdict, Verdict::Valid, "{:?}", key.scheme);
        assert_eq!(*invalid(&judged(Content::Bytes(b"Outro"))), Rejection::Signature);
        assert_eq!(missing(&judged(Content::Attached)), [Missing::Content]);

        let tell = |digest: Digest| Some(digest_of(digest, DOCUMENT));
        let by_digest = judged(Content::Digests(&tell));
        if matches!(signer.key(), KeyKind::Rsa { .. }) {
            assert_eq!(by_digest.verdict, Verdict::Valid, "{:?}", key.scheme);
            let tell = |digest: Digest| Some(digest_of(digest, b"Outro"));
            assert_eq!(*invalid(&judged(Content::Digests(&tell))), Rejection::Signature);
            let tell = |_: Digest| Some(vec![0; 20]);
            assert_eq!(*invalid(&judged(Content::Digests(&tell))), Rejection::MessageDigest);
        } else {
            assert_eq!(missing(&by_digest), [Missing::Document]);
        }
    }
}

/// What is found about a vector's signature; nobody is trusted, so nothing else is known.
fn vector(
    public: &[u8],
    algorithm: SignatureAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> [bool; 2] {
    let evidence = Evidence::new();
    let signer = of_key(public);
    let good = |finding: &Finding| {
        assert!(!finding.verdict.is_valid());
        match outcome(finding, &Subject::Signature) {
            Outcome::Passed => true,
            Outcome::Failed(Rejection::Signature) => false,
            other => panic!("{other:?}"),
        }
    };
    let question = Question::new(Content::Bytes(message), NOW, &evidence);
    let by_bytes = good(&examine_raw(signature, &signer, algorithm, &question));
    if matches!(algorithm, SignatureAlgorithm::Ecdsa(_)) {
        return [by_bytes; 2];
    }
    let tell = |digest: Digest| Some(digest_of(digest, message));
    let question = Question::new(Content::Digests(&tell), NOW, &evidence);
    [by_bytes, good(&examine_raw(signature, &signer, algorithm, &question))]
}

#[test]
fn s32_the_vectors_for_pkcs1_v1_5_are_judged_rightly_over_bytes_and_digests() {
    use rsa_pkcs1_verify::{TestName, TestSet};
    for (name, digest) in [
        (TestName::Rsa2048Sha256, Digest::Sha256),
        (TestName::Rsa2048Sha384, Digest::Sha384),
        (TestName::Rsa2048Sha512, Digest::Sha512),
        (TestName::Rsa4096Sha512, Digest::Sha512),
        (TestName::Rsa8192Sha256, Digest::Sha256),
    ] {
        let set = TestSet::load(name).unwrap();
        for group in &set.test_groups {
            for test in &group.tests {
                let expected = test.result == TestResult::Valid;
                let algorithm = SignatureAlgorithm::RsaPkcs1(digest);
                let found = vector(&group.der, algorithm, &test.msg, &test.sig);
                assert_eq!(found, [expected; 2], "{} of {name:?}", test.tc_id);
            }
        }
    }
}

#[test]
fn s32_the_vectors_for_pss_are_judged_rightly_over_bytes_and_digests() {
    use rsa_pss_verify::{TestName, TestSet};
    for (name, digest) in [
        (TestName::RsaPss2048Sha256Mgf1SaltLen32, Digest::Sha256),
        (TestName::RsaPss3072Sha256Mgf1SaltLen32, Digest::Sha256),
        (TestName::RsaPss4096Sha512Mgf1SaltLen64, Digest::Sha512),
    ] {
        let set = TestSet::load(name).unwrap();
        for group in &set.test_groups {
            for test in &group.tests {
                let expected = test.result == TestResult::Valid;
                let algorithm = SignatureAlgorithm::RsaPss(digest);
                let found = vector(&group.der, algorithm, &test.msg, &test.sig);
                assert_eq!(found, [expected; 2], "{} of {name:?}", test.tc_id);
            }
        }
    }
}

#[test]
fn s32_the_vectors_for_ecdsa_are_judged_rightly() {
    use ecdsa::{TestName, TestSet};
    for (name, digest) in [
        (TestName::EcdsaSecp256r1Sha256, Digest::Sha256),
        (TestName::EcdsaSecp384r1Sha384, Digest::Sha384),
        (TestName::EcdsaSecp384r1Sha256, Digest::Sha256),
    ] {
        let set = TestSet::load(name).unwrap();
        let mut valid = 0;
        for group in &set.test_groups {
            for test in &group.tests {
                let expected = test.result == TestResult::Valid;
                let algorithm = SignatureAlgorithm::Ecdsa(digest);
                let [found, _] = vector(&group.der, algorithm, &test.msg, &test.sig);
                assert_eq!(found, expected, "{} of {name:?}", test.tc_id);
                valid += usize::from(found);
            }
        }
        assert!(valid > 0 && valid < set.number_of_tests, "{name:?}: {valid} are valid");
    }
}

#[test]
fn s30_a_weak_or_another_key_is_told() {
    let evidence = Evidence::new();
    let question = Question::new(Content::Bytes(DOCUMENT), NOW, &evidence);
    let pem = std::fs::read(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openssl/weak.pem"),
    )
    .unwrap();
    let weak = Certificate::from_pem(&pem).unwrap();
    let algorithm = SignatureAlgorithm::RsaPkcs1(Digest::Sha256);
    let finding = examine_raw(&[0; 128], &weak, algorithm, &question);
    assert_eq!(
        *invalid(&finding),
        Rejection::Unfit { whose: Whose::Signer, unfit: Unfit::WeakKey { bits: 1024 } }
    );
    let curve = of_key(&Key::P256.public());
    let finding = examine_raw(&[0; 256], &curve, algorithm, &question);
    assert_eq!(*invalid(&finding), Rejection::KeyMismatch);
}
