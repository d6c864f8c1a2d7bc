//! The files of signature policies, and the answers of time stamp authorities.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rubrica_core::cades::{PolicyFile, TimeStampQuery, TimeStampToken, choose};
use rubrica_core::document::Digest;
use rubrica_core::exchange::{Exchange, Response};
use sha2::{Digest as _, Sha256};

fuzz_target!(|data: &[u8]| {
    // What is under the hash can only be reached with the hash that belongs to it.
    let mut file = data.to_vec();
    mend(&mut file);
    for bytes in [data, &file] {
        match PolicyFile::parse(bytes) {
            Ok(policy) => look_at(&policy),
            Err(error) => assert!(error.to_string().len() < 200),
        }
    }

    let nonce = [1, 2, 3, 4, 5, 6, 7, 8];
    let query = TimeStampQuery::new("https://act.example/", b"signature", nonce)
        .expect("a question that can be asked");
    let mut body = data.to_vec();
    match query.reply(Response::new(200, &mut body)) {
        Ok(token) => {
            assert!(token.is_of(&Digest::of(b"signature")));
            assert_eq!(token.nonce(), Some(&nonce[..]));
            assert_eq!(TimeStampToken::parse(token.encoded()), Ok(token));
        }
        Err(error) => assert!(error.to_string().len() < 300),
    }
    let _ = TimeStampToken::parse(data);
});

/// Puts the right hash at the end of a file that has the form of one.
fn mend(file: &mut [u8]) {
    let Some((rest, hash)) = file.split_last_chunk_mut::<32>() else { return };
    // A header of four bytes before what is hashed, and one of two behind it.
    let Some(hashed) = rest.get(4..rest.len().saturating_sub(2)) else { return };
    *hash = Sha256::digest(hashed).into();
}

fn look_at(file: &PolicyFile<'_>) {
    let _ = (file.issued(), file.from(), file.to(), file.field_of_application());
    let _ = (file.signed_attributes().count(), file.unsigned_attributes().count());
    assert!(file.algorithms().count() <= 64 && file.trust_anchors().count() <= 64);
    assert!(file.policy("").is_err());
    if let Ok(policy) = file.policy("https://policies.example/PA.der") {
        let wanted = rubrica_core::cades::Wanted {
            family: policy.family,
            level: policy.level,
            at: policy.from,
            root: None,
        };
        // It is chosen unless it ends before it begins.
        assert_eq!(choose([&policy], wanted).is_ok(), policy.from <= policy.to);
    }
}
