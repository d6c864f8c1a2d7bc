//! A good signature with every byte changed: it is never valid but where nobody signed anything.

use core::ops::Range;

use rubrica_verify::{Evidence, Question, Verdict, examine};

use super::{Scene, only, root_list};
use crate::support::{
    certificates::Template,
    keys::Key,
    messages::Message,
    revocation::{Answer, List},
    time_stamps::{Token, authority},
};

/// The version of `SignedData`, which tells a reader what to expect and is signed by nobody.
const VERSION: usize = 25;

/// The bytes of which some change leaves the message valid.
fn open(scene: &Scene, message: &[u8], places: Range<usize>) -> Vec<usize> {
    let question = scene.question();
    places
        .filter(|&place| {
            [0x01, 0x80].into_iter().any(|change| {
                let mut changed = message.to_vec();
                changed[place] ^= change;
                examine(&changed, &question).is_ok_and(|findings| {
                    findings.iter().all(|finding| finding.verdict == Verdict::Valid)
                })
            })
        })
        .collect()
}

fn place(message: &[u8], part: &[u8]) -> Range<usize> {
    let start = message.windows(part.len()).position(|found| found == part).unwrap();
    start..start + part.len()
}

#[test]
fn no_byte_of_a_signature_may_change() {
    let scene = Scene::new();
    let message = scene.message.der();
    let open = open(&scene, &message, 0..message.len());
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
    for place in open(&scene, &message, unsigned) {
        assert!(header.contains(&place), "byte {place} of {}", message.len());
    }
}

/// The bytes of which some change leaves the evidence telling that the holder is not revoked.
fn open_evidence(scene: &Scene, der: &[u8], add: fn(&mut Evidence, &[u8]) -> bool) -> Vec<usize> {
    let message = scene.message.der();
    let mut alone = Evidence::new();
    alone.add_crl(&root_list()).unwrap();
    let without = Question { evidence: &alone, ..scene.question() };
    assert!(!only(&message, &without).verdict.is_valid());
    (0..der.len())
        .filter(|&place| {
            [0x01, 0x80].into_iter().any(|change| {
                let mut changed = der.to_vec();
                changed[place] ^= change;
                let mut evidence = alone.clone();
                add(&mut evidence, &changed)
                    && only(&message, &Question { evidence: &evidence, ..scene.question() })
                        .verdict
                        .is_valid()
            })
        })
        .collect()
}

#[test]
fn no_byte_of_a_list_may_change() {
    let mut scene = Scene::new();
    // A curve for the authority, whose lists are quicker to check.
    let authority = Template::authority(&Key::P384, "AC de teste", "Raiz de teste");
    scene.chain.authority = authority.signed_by(&Key::ROOT);
    scene.chain.holder = Template::holder(&Key::P256).signed_by(&Key::P384);
    scene.message = Message::new(&scene.chain, Key::P256);
    let list = List::of("AC de teste").naming(9, "261121000000Z", &[]).signed_by(&Key::P384);
    let add = |evidence: &mut Evidence, list: &[u8]| evidence.add_crl(list).is_ok();
    let mut evidence = Evidence::new();
    evidence.add_crl(&root_list()).unwrap().add_crl(&list).unwrap();
    let question = Question { evidence: &evidence, ..scene.question() };
    assert!(only(&scene.message.der(), &question).verdict.is_valid());
    assert_eq!(open_evidence(&scene, &list, add), Vec::<usize>::new());
}

#[test]
fn no_byte_of_an_answer_may_change() {
    let mut scene = Scene::new();
    let authority = Template::authority(&Key::P384, "AC de teste", "Raiz de teste");
    scene.chain.authority = authority.signed_by(&Key::ROOT);
    scene.chain.holder = Template::holder(&Key::P256).signed_by(&Key::P384);
    scene.message = Message::new(&scene.chain, Key::P256);
    let answer = Answer::about(3, "AC de teste", &Key::P384).signed_by(&Key::P384);
    let add = |evidence: &mut Evidence, answer: &[u8]| evidence.add_ocsp(answer).is_ok();
    let mut evidence = Evidence::new();
    evidence.add_crl(&root_list()).unwrap().add_ocsp(&answer).unwrap();
    let question = Question { evidence: &evidence, ..scene.question() };
    assert!(only(&scene.message.der(), &question).verdict.is_valid());
    assert_eq!(open_evidence(&scene, &answer, add), Vec::<usize>::new());
}
