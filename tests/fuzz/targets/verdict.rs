//! A CMS, a time stamp, a list or an OCSP answer that somebody brings for a verdict.
//!
//! Nobody ever signed a list or an answer with the keys of the samples of `adapters/verify`, so no
//! signature of theirs can be valid, whatever is brought.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rubrica_verify::{
    Anchors, Content, Digest, Evidence, Finding, Profile, Question, UnixTime, Verdict, examine,
    examine_time_stamp, revocation_sources,
};
use sha2::Digest as _;

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../../adapters/verify/tests/openssl/", $name)).as_slice()
    };
}

/// 1 January 2027, after the certificates were made.
const AT: UnixTime = UnixTime::from_seconds(1_798_761_600);

/// Nothing is valid, and whatever is said of it can be shown.
fn shown(findings: &[Finding]) {
    for finding in findings {
        match &finding.verdict {
            Verdict::Valid => panic!("valid: {finding:?}"),
            Verdict::Invalid(rejection) => assert!(rejection.to_string().len() < 1_000),
            Verdict::Indeterminate(missing) => {
                assert!(!missing.is_empty());
                assert!(missing.iter().all(|it| it.to_string().len() < 1_000));
            }
            _ => {}
        }
        if let Some(signer) = &finding.signer {
            let _ = revocation_sources(signer);
        }
    }
}

fuzz_target!(|data: &[u8]| {
    static ANCHORS: LazyLock<Anchors> =
        LazyLock::new(|| Anchors::from_pem(sample!("root.pem")).expect("a good sample"));
    let tell = |digest: Digest| {
        let document = sample!("document.txt");
        match digest {
            Digest::Sha256 => Some(sha2::Sha256::digest(document).to_vec()),
            _ => None,
        }
    };
    let nothing = Evidence::new();
    let question = Question {
        anchors: Some(&ANCHORS),
        ..Question::new(Content::Digests(&tell), AT, &nothing)
    };
    for profile in [Profile::Cms, Profile::Pades] {
        for content in [Content::Digests(&tell), Content::Attached] {
            if let Ok(findings) = examine(data, &Question { profile, content, ..question }) {
                shown(&findings);
            }
        }
    }
    assert!(!examine_time_stamp(data, &question).verdict.is_valid());

    let mut evidence = Evidence::new();
    let read = [
        evidence.add_crl(data).is_ok(),
        evidence.add_ocsp(data).is_ok(),
        evidence.add_certificates(data).is_ok(),
    ];
    if read.contains(&true) {
        let question = Question { evidence: &evidence, ..question };
        let findings = examine(sample!("p256.p7s"), &question).expect("a good sample");
        shown(&findings);
    }
});
