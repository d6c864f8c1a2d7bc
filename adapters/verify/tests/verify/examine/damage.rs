//! A good signature with every byte changed: it is never valid but where nobody signed anything.

use rubrica_verify::{Verdict, examine};

use super::Scene;
use crate::support::{
    certificates::Template,
    keys::Key,
    revocation::List,
    time_stamps::{Token, authority},
};

/// The version of `SignedData`, which tells a reader what to expect and is signed by nobody.
const VERSION: usize = 25;

/// The bytes of which some change leaves the message valid.
fn open(scene: &Scene, message: &[u8]) -> Vec<usize> {
    let question = scene.question();
    (0..message.len())
        .filter(|&place| {
            [0x01, 0x20, 0x80, 0xff].into_iter().any(|change| {
                let mut changed = message.to_vec();
                changed[place] ^= change;
                examine(&changed, &question).is_ok_and(|findings| {
                    findings.iter().all(|finding| finding.verdict == Verdict::Valid)
                })
            })
        })
        .collect()
}

fn place(message: &[u8], part: &[u8]) -> core::ops::Range<usize> {
    let start = message.windows(part.len()).position(|found| found == part).unwrap();
    start..start + part.len()
}

#[test]
fn no_byte_of_a_signature_may_change() {
    let scene = Scene::new();
    let message = scene.message.der();
    let open = open(&scene, &message);
    // The list of hash algorithms, which is there for one-pass readers; a signer names his own.
    let algorithms = VERSION + 1..VERSION + 1 + 15;
    for place in open {
        assert!(place == VERSION || algorithms.contains(&place), "byte {place}");
    }
}

#[test]
fn no_byte_of_a_time_stamp_may_change() {
    let template = Template { not_after: "261101000000Z", ..Template::holder(&Key::P256) };
    let mut scene = Scene::of(&template, Key::P256);
    let then = List { this_update: "260602000000Z", ..List::of("AC de teste") };
    scene.evidence.add_crl(&then.signed_by(&Key::AUTHORITY)).unwrap();
    let certificate = authority(&Key::P384).signed_by(&Key::AUTHORITY);
    let token =
        |signature: &[u8]| Token::over(signature, "20260601000000Z", &certificate, Key::P384);
    let message = scene.message.der_with(|signature| token(signature).attribute());
    let unsigned = {
        let tag = place(
            &message,
            &[0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x0e],
        );
        tag.start..message.len()
    };
    let question = scene.question();
    assert!(examine(&message, &question).unwrap()[0].verdict.is_valid());
    // Without it the signature would be indeterminate, so no byte of it may change either, but for
    // the version and the list of hash algorithms of its own message.
    let content = place(
        &message,
        &[0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04],
    );
    let header = content.start - 24..content.start;
    for place in open(&scene, &message).into_iter().filter(|place| unsigned.contains(place)) {
        assert!(header.contains(&place), "byte {place} of {}", message.len());
    }
}
