//! Signatures that the core assembles, before anybody else sees them.

use rubrica_core::{
    cades::{SignedAttributes, SignedData, TimeStampToken},
    document::Digest,
    identity::certificate::Certificate,
};
use rubrica_verify::{Content, Demand, Profile, Question, Verdict};

use super::{Scene, only};
use crate::support::{
    DOCUMENT,
    certificates::Template,
    keys::Key,
    policies::policy,
    time_stamps::{Token, authority},
};

/// What the core makes under a policy, with the content inside or a time stamp where that is asked.
fn assembled(scene: &Scene, key: Key, name: &str, attached: bool, stamped: bool) -> Vec<u8> {
    let signer = Certificate::parse(&scene.chain.holder).unwrap();
    let chain = [Certificate::parse(&scene.chain.authority).unwrap()];
    let attributes =
        SignedAttributes::new(Digest::of(DOCUMENT), &signer, Some(policy(name)), None).unwrap();
    let signature = key.sign(&to_be_signed(&attributes, &key.sign(b"anything")));
    let stamper = authority(&Key::P384).signed_by(&Key::AUTHORITY);
    let token = Token::over(&signature, "20261101000000Z", &stamper, Key::P384).der();
    let mut made = SignedData::new(&attributes, &signature).unwrap().with_chain(&chain).unwrap();
    if attached {
        made = made.with_content(DOCUMENT).unwrap();
    }
    if stamped {
        made = made.with_time_stamp(TimeStampToken::parse(&token).unwrap()).unwrap();
    }
    let mut buffer = vec![0; made.encoded_length()];
    made.write(&mut buffer).unwrap().to_vec()
}

/// The attributes whose digest a service signs, cut out of a message with another signature: here the
/// key wants the bytes themselves.
fn to_be_signed(attributes: &SignedAttributes<'_>, other: &[u8]) -> Vec<u8> {
    let plain = SignedAttributes::new(
        attributes.content(),
        attributes.certificate(),
        attributes.policy(),
        None,
    )
    .unwrap();
    let token = Token::over(other, "20261101000000Z", &[], Key::P384).der();
    let message = SignedData::new(&plain, other).unwrap();
    let message = match TimeStampToken::parse(&token) {
        Ok(token) => message.with_time_stamp(token).unwrap(),
        Err(_) => message,
    };
    let mut buffer = vec![0; message.encoded_length()];
    let message = message.write(&mut buffer).unwrap();
    message
        .windows(attributes.encoded_length())
        .filter(|window| window[0] == 0xa0)
        .map(|window| [&[0x31], &window[1..]].concat())
        .find(|set| Digest::of(set) == attributes.digest())
        .unwrap()
}

#[test]
fn what_the_core_assembles_keeps_its_policy() {
    for key in [Key::HOLDER, Key::P256] {
        let scene = Scene::of(&Template::holder(&key), key);
        for (name, profile, attached, stamped) in [
            ("PA_PAdES_AD_RB_v1_3", Profile::Pades, false, false),
            ("PA_PAdES_AD_RT_v1_3", Profile::Pades, false, true),
            ("PA_AD_RB_v2_4", Profile::Cades, false, false),
            ("PA_AD_RB_v2_4", Profile::Cades, true, false),
            ("PA_AD_RT_v2_4", Profile::Cades, true, true),
        ] {
            let message = assembled(&scene, key, name, attached, stamped);
            let content = if attached { Content::Attached } else { Content::Bytes(DOCUMENT) };
            let question = Question { content, profile, policy: Demand::Some, ..scene.question() };
            let finding = only(&message, &question);
            assert_eq!(finding.verdict, Verdict::Valid, "{name}: {:#?}", finding.checks);
            assert_eq!(finding.judged_at.is_proven(), stamped);
        }
    }
}
