//! What is cut or changed at any place gives an error or a value.

use rubrica_core::cades::{PolicyFile, PolicyFileError, TimeStampQuery, TimeStampToken};
use rubrica_core::document::Digest;
use rubrica_core::exchange::{Exchange, Response};
use rubrica_core::identity::Certificate;

use crate::policies::file;
use crate::support::{CPF, PRINTABLE, Template, other, person, token};
use crate::time_stamps::granted;

/// All that can be asked of a certificate.
fn look_at(certificate: &Certificate<'_>) {
    let names = certificate.alternative_names();
    let mut text = format!("{certificate:?} {:?}", certificate.holder());
    for person in [names.person(), names.responsible()].into_iter().flatten() {
        let _ = (person.birth(), person.cpf(), person.social_security());
        let _ = (person.identity_card(), person.identity_card_issuer());
    }
    if let Some(voter) = names.voter() {
        let _ = (voter.number(), voter.zone(), voter.section(), voter.city());
    }
    for attribute in certificate.subject().attributes().chain(certificate.issuer().attributes()) {
        text += &format!("{} {}", attribute.kind, attribute.text);
    }
    text += &format!("{:?} {:?}", names.iter().count(), certificate.extensions().count());
    let _ = (certificate.policies().count(), certificate.purposes().count());
    let _ = (certificate.public_key().bits(), certificate.kind(), certificate.key_usage());
    assert!(text.len() < 16 * 1024);
}

fn damaged(bytes: &[u8], mut look: impl FnMut(&[u8])) {
    for length in 0..bytes.len() {
        look(&bytes[..length]);
    }
    let mut changed = bytes.to_vec();
    for place in 0..bytes.len() {
        for change in [0x01, 0x02, 0x20, 0x80, 0xff] {
            changed[place] = bytes[place] ^ change;
            look(&changed);
        }
        changed[place] = 0;
        look(&changed);
        changed[place] = bytes[place];
    }
}

#[test]
fn s39_a_damaged_certificate_is_read_or_refused() {
    let names = [
        other(4, PRINTABLE, person(CPF, "SSPDETRASP")),
        other(3, PRINTABLE, crate::support::CNPJ),
        other(5, PRINTABLE, "1234567890120340567SAO PAULOSP"),
    ];
    for template in [Template::person(), Template::person().with_names(&names)] {
        let encoded = template.encode();
        let (mut read, mut refused) = (0, 0);
        damaged(&encoded, |bytes| match Certificate::parse(bytes) {
            Ok(certificate) => {
                look_at(&certificate);
                assert_eq!(certificate.encoded(), bytes);
                read += 1;
            }
            Err(error) => {
                assert!(error.place <= bytes.len());
                refused += 1;
            }
        });
        // Many bytes are somebody's number, which says what it says; what holds it together is not.
        assert!(read > 1_000 && refused > encoded.len() * 2, "{read} {refused}");
    }
}

#[test]
fn s39_a_damaged_policy_is_refused_at_any_byte() {
    let bytes = file("PA_PAdES_AD_RB_v1_3").unwrap();
    damaged(&bytes, |changed| {
        if changed == bytes {
            return;
        }
        match PolicyFile::parse(changed) {
            // What matters to a signer is all under the hash, the hash included.
            Ok(file) => unreachable!("{file:?}"),
            Err(PolicyFileError::Misread(misread)) => assert!(misread.place <= changed.len()),
            Err(_) => {}
        }
    });
}

#[test]
fn s39_a_damaged_time_stamp_is_read_or_refused() {
    let (signature, nonce) = (&[0x77; 256][..], [1, 2, 3, 4, 5, 6, 7, 8]);
    let token = token(Digest::of(signature), &nonce);
    let query = TimeStampQuery::new("https://act.example/", signature, nonce).unwrap();
    damaged(&granted(token.clone()), |changed| {
        let mut body = changed.to_vec();
        if let Ok(token) = query.reply(Response::new(200, &mut body)) {
            assert!(token.is_of(&Digest::of(signature)));
            assert_eq!(TimeStampToken::parse(token.encoded()), Ok(token));
        }
    });
}

#[test]
fn s39_bytes_of_every_kind_end_well() {
    // A generator of no quality, which is enough here.
    let mut state = 7_u32;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        u8::try_from(state >> 24).unwrap()
    };
    for _ in 0..20_000 {
        let length = usize::from(byte()) / 4;
        let mut bytes: Vec<u8> = (0..length).map(|_| byte()).collect();
        for start in [&[][..], &[0x30, 0x80], &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &[0x30]] {
            bytes.splice(..start.len().min(length), start.iter().copied());
            let _ = Certificate::parse(&bytes);
            let _ = PolicyFile::parse(&bytes);
            let _ = TimeStampToken::parse(&bytes);
        }
    }
}
