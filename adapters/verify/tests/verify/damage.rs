//! Whole messages, damaged at every place.

use core::ops::Range;

use rubrica_verify::{Certificate, Expected, Rejection, cms};

use crate::support::{
    anchors,
    certificates::{Chain, Template},
    expected,
    keys::Key,
    messages::Message,
};

/// Where a part stands in a message, once.
fn place(message: &[u8], part: &[u8]) -> Range<usize> {
    let mut places = message.windows(part.len()).enumerate().filter(|(_, found)| *found == part);
    let (start, _) = places.next().unwrap();
    assert!(places.next().is_none(), "the part stands there twice");
    start..start + part.len()
}

/// The version of `SignedData`, which tells a reader what to expect and is signed by nobody.
/// Nothing that is told depends on it, and signers do not agree on it.
const VERSION: usize = 25;

/// The bytes of `message` of which some bit may change without the message being refused.
fn unprotected(message: &[u8], expected: &Expected<'_>) -> Vec<usize> {
    (0..message.len())
        .filter(|&place| {
            (0..8).any(|bit| {
                let mut changed = message.to_vec();
                changed[place] ^= 1 << bit;
                cms(&changed, expected).is_ok()
            })
        })
        .collect()
}

/// A small signature, so that every bit can be tried: P-256 throughout.
fn small() -> (Chain, Message) {
    let chain = Chain::of(&Template::holder(&Key::P256));
    let message = Message::new(&chain, Key::P256);
    (chain, message)
}

#[test]
fn s32_no_bit_of_a_message_may_change_but_in_a_certificate_that_is_not_used() {
    let (chain, message) = small();
    let message = message.der();
    // The authority's certificate is signed by nobody whom we were told to trust: without anchors
    // nothing is asked of it but that it can be read, and nothing that is told comes from it.
    let unused = place(&message, &chain.authority);
    let open = unprotected(&message, &expected());
    assert!(!open.is_empty());
    for place in open {
        let known = unused.contains(&place) || place == VERSION;
        assert!(known, "byte {place} of {} is unprotected", message.len());
    }
}

#[test]
fn s34_with_anchors_no_bit_may_change() {
    let (chain, message) = small();
    let anchors = anchors(&chain);
    let expected = Expected { anchors: Some(&anchors), ..expected() };
    let message = message.der();
    assert!(cms(&message, &expected).is_ok());
    assert_eq!(message[VERSION - 2..=VERSION], [0x02, 0x01, 0x01]);
    assert_eq!(unprotected(&message, &expected), [VERSION]);
}

#[test]
fn unsigned_attributes_are_outside_of_what_is_signed_and_change_nothing_that_is_told() {
    use crate::support::{
        der::{octets, tagged},
        messages::attribute,
    };
    let (_, message) = small();
    let bare = cms(&message.der(), &expected()).unwrap();
    let unsigned = tagged(1, attribute("1.2.840.113549.1.9.16.2.14", &octets([7; 40])));
    let message = Message {
        unsigned: unsigned.clone(),
        certificates: vec![message.certificates[0].clone()],
        ..message
    };
    let der = message.der();
    let verified = cms(&der, &expected()).unwrap();
    assert_eq!((&verified.signer, verified.signing_time), (&bare.signer, bare.signing_time));
    let unused = place(&der, &unsigned);
    for place in unprotected(&der, &expected()) {
        let known = unused.contains(&place) || place == VERSION;
        assert!(known, "byte {place} of {} is unprotected", der.len());
    }
}

#[test]
fn s39_a_message_cut_anywhere_is_an_error() {
    let message = Message::new(&Chain::new(), Key::HOLDER).der();
    for length in 0..message.len() {
        let rejection = cms(&message[..length], &expected()).unwrap_err();
        assert!(matches!(rejection, Rejection::Malformed { .. }), "{length}: {rejection}");
    }
}

#[test]
fn s39_a_certificate_cut_or_damaged_anywhere_is_no_panic() {
    let certificate = Chain::new().holder;
    for length in 0..certificate.len() {
        assert!(Certificate::from_der(&certificate[..length]).is_err(), "{length}");
    }
    for place in 0..certificate.len() {
        for value in [0x00, 0x7f, 0x80, 0xff] {
            let mut changed = certificate.clone();
            changed[place] = value;
            if let Ok(read) = Certificate::from_der(&changed) {
                assert_eq!(read.der(), changed);
            }
        }
    }
}

#[test]
fn s39_a_message_with_bytes_taken_out_or_doubled_is_refused() {
    let (_, message) = small();
    let message = message.der();
    for place in 0..message.len() {
        let without = [&message[..place], &message[place + 1..]].concat();
        assert!(cms(&without, &expected()).is_err(), "without byte {place}");
        let doubled = [&message[..=place], &message[place..]].concat();
        assert!(cms(&doubled, &expected()).is_err(), "with byte {place} twice");
    }
}
