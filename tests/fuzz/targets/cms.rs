//! A CMS that says it is a signature, and a raw one.
//!
//! The anchors are those of the samples of `adapters/verify`, whose authority's key no fuzzer has: what
//! is accepted was signed by a holder of theirs, over the digest that was asked about.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rubrica_verify::{Anchors, Certificate, Expected, Padding, Trust, UnixTime, cms, content, raw};
use sha2::{Digest, Sha256};

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../../adapters/verify/tests/openssl/", $name)).as_slice()
    };
}

/// 1 January 2027, after the certificates were made.
const AT: UnixTime = UnixTime::from_seconds(1_798_761_600);

fuzz_target!(|data: &[u8]| {
    static ANCHORS: LazyLock<Anchors> =
        LazyLock::new(|| Anchors::from_pem(sample!("root.pem")).expect("a good sample"));
    static HOLDERS: LazyLock<[Certificate; 2]> = LazyLock::new(|| {
        [sample!("holder.pem"), sample!("company.pem")]
            .map(|pem| Certificate::from_pem(pem).expect("a good sample"))
    });
    let digest: [u8; 32] = Sha256::digest(sample!("document.txt")).into();
    let anchored = Expected { digest, holder: None, at: AT, anchors: Some(&ANCHORS) };
    let loose = Expected { anchors: None, ..anchored };
    let verified = cms(data, &anchored);
    let alone = cms(data, &loose);
    match (&verified, &alone) {
        (Ok(verified), Ok(alone)) => {
            assert_eq!(verified.signer, alone.signer);
            assert_eq!(alone.trust, Trust::NotAsked);
            assert!(verified.trust.anchor().is_some());
        }
        (Ok(_), Err(rejection)) => panic!("refused for less: {rejection:?}"),
        _ => {}
    }
    if verified.is_ok() {
        if let Ok(Some(content)) = content(data) {
            assert_eq!(content, sample!("document.txt"));
        }
        let other = Expected { digest: [7; 32], ..anchored };
        assert!(cms(data, &other).is_err());
    }
    if let Err(rejection) = verified {
        assert!(rejection.to_string().len() < 1_000);
    }
    let _ = content(data);
    if data.len() <= 512 {
        for holder in HOLDERS.iter() {
            for padding in [Padding::Pkcs1v15, Padding::Pss] {
                let _ = raw(data, holder, &[], padding, &loose);
            }
        }
    }
});
