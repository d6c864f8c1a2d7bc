//! Signatures that are assembled, against the same made of vectors.

use rubrica_core::cades::{
    AssemblyError, CadesError, MAX_CHAIN, POLICIES, Policy, PolicyError, SignedAttributes,
    SignedData, TimeStampToken,
};
use rubrica_core::document::Digest;
use rubrica_core::error::ResourceError;
use rubrica_core::identity::Certificate;

use crate::support::{
    Template, element, elliptic_key, name, oid, person, rsa_key, sequence, set, token,
};

const CONTENT: &[u8] = b"what is signed";

const TIME: u64 = 1_795_219_200;

fn policy(name: &str) -> &'static Policy<'static> {
    POLICIES.iter().find(|policy| policy.name() == name).unwrap()
}

fn attribute(kind: &str, value: Vec<u8>) -> Vec<u8> {
    sequence(&[oid(kind), set(&[value])])
}

fn sha256() -> Vec<u8> {
    sequence(&[oid("2.16.840.1.101.3.4.2.1")])
}

fn octets(bytes: &[u8]) -> Vec<u8> {
    element(4, bytes)
}

/// The attributes, in no order.
fn attributes(
    certificate: &[u8],
    template: &Template,
    policy: Option<&Policy<'_>>,
    time: Option<&str>,
) -> Vec<Vec<u8>> {
    let names = sequence(&[element(0xa4, &template.issuer)]);
    let issuer_serial = sequence(&[names, element(2, &template.serial)]);
    let identifier = sequence(&[octets(Digest::of(certificate).as_bytes()), issuer_serial]);
    let mut attributes = vec![
        attribute("1.2.840.113549.1.9.16.2.47", sequence(&[sequence(&[identifier])])),
        attribute("1.2.840.113549.1.9.3", oid("1.2.840.113549.1.7.1")),
        attribute("1.2.840.113549.1.9.4", octets(Digest::of(CONTENT).as_bytes())),
    ];
    if let Some(policy) = policy {
        let hash = sequence(&[sha256(), octets(policy.hash.as_bytes())]);
        let place = sequence(&[oid("1.2.840.113549.1.9.16.5.1"), element(0x16, policy.uri)]);
        let number = element(6, policy.object_identifier.body());
        let identifier = sequence(&[number, hash, sequence(&[place])]);
        attributes.push(attribute("1.2.840.113549.1.9.16.2.15", identifier));
    }
    if let Some(time) = time {
        let tag = if time.len() == 13 { 0x17 } else { 0x18 };
        attributes.push(attribute("1.2.840.113549.1.9.5", element(tag, time)));
    }
    attributes
}

/// A certificate with a message and everything around it, made of vectors.
struct Expected {
    template: Template,
    certificate: Vec<u8>,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
    chain: Vec<Vec<u8>>,
    attached: bool,
    stamp: Option<Vec<u8>>,
}

impl Expected {
    fn rsa() -> Self {
        let template = Template::person();
        Self {
            certificate: template.encode(),
            template,
            algorithm: sequence(&[oid("1.2.840.113549.1.1.11"), element(5, [])]),
            signature: vec![0x77; 256],
            chain: Vec::new(),
            attached: false,
            stamp: None,
        }
    }

    fn write(&self, attributes: &[Vec<u8>]) -> Vec<u8> {
        let signed = set(attributes);
        let tagged = [&[0xa0], &signed[1..]].concat();
        let stamp = self
            .stamp
            .as_ref()
            .map(|token| element(0xa1, attribute("1.2.840.113549.1.9.16.2.14", token.clone())));
        let signer = sequence(&[
            element(2, [1]),
            sequence(&[self.template.issuer.clone(), element(2, &self.template.serial)]),
            sha256(),
            tagged,
            self.algorithm.clone(),
            octets(&self.signature),
            stamp.unwrap_or_default(),
        ]);
        let content = match self.attached {
            true => element(0xa0, octets(CONTENT)),
            false => Vec::new(),
        };
        let mut certificates = self.chain.clone();
        certificates.push(self.certificate.clone());
        certificates.sort();
        certificates.dedup();
        let data = sequence(&[
            element(2, [1]),
            set(&[sha256()]),
            sequence(&[oid("1.2.840.113549.1.7.1"), content]),
            element(0xa0, certificates.concat()),
            set(&[signer]),
        ]);
        sequence(&[oid("1.2.840.113549.1.7.2"), element(0xa0, data)])
    }
}

fn written(data: &SignedData<'_>) -> Vec<u8> {
    let mut bytes = vec![0; data.encoded_length()];
    let length = data.write(&mut bytes).unwrap().len();
    assert_eq!(length, bytes.len());
    bytes
}

#[test]
fn a_signature_is_the_same_made_in_another_way() {
    let mut expected = Expected::rsa();
    let certificate = Certificate::parse(&expected.certificate).unwrap();
    let digest = Digest::of(CONTENT);
    let cases = [
        (None, None),
        (None, Some("261121000000Z")),
        (Some("PA_AD_RB_v2_4"), None),
        (Some("PA_AD_RB_v2_4"), Some("261121000000Z")),
        (Some("PA_PAdES_AD_RB_v1_3"), None),
    ];
    for (name, time) in cases {
        let policy = name.map(policy);
        let seconds = time.map(|_| TIME);
        let ours = SignedAttributes::new(digest, &certificate, policy, seconds).unwrap();
        let theirs = attributes(&expected.certificate, &expected.template, policy, time);
        assert_eq!(ours.encoded_length(), set(&theirs).len(), "{name:?}");
        assert_eq!(ours.digest(), Digest::of(&set(&theirs)), "{name:?}");
        for attached in [false, true] {
            let mut data = SignedData::new(&ours, &expected.signature).unwrap();
            expected.attached = attached;
            if attached {
                let with = data.with_content(CONTENT);
                if name == Some("PA_PAdES_AD_RB_v1_3") {
                    assert_eq!(with.unwrap_err(), CadesError::Attached);
                    continue;
                }
                data = with.unwrap();
            }
            assert_eq!(written(&data), expected.write(&theirs), "{name:?}");
        }
    }
}

#[test]
fn a_time_beyond_2049_is_written_in_the_long_form() {
    let expected = Expected::rsa();
    let certificate = Certificate::parse(&expected.certificate).unwrap();
    let digest = Digest::of(CONTENT);
    for (seconds, text) in [(2_524_607_999, "491231235959Z"), (2_524_608_000, "20500101000000Z")] {
        let ours = SignedAttributes::new(digest, &certificate, None, Some(seconds)).unwrap();
        let theirs = attributes(&expected.certificate, &expected.template, None, Some(text));
        assert_eq!(ours.digest(), Digest::of(&set(&theirs)));
    }
}

/// What decides on the order of attributes is mostly their length, which follows from the issuer's
/// name, the serial number and the policy's place.
#[test]
fn attributes_are_in_the_order_of_a_set_whatever_their_lengths_are() {
    let digest = Digest::of(CONTENT);
    let uri = "u".repeat(256);
    for issuer in (0..40).chain(100..130).chain([180, 190, 200, 250, 300]) {
        let issuer = name(&[(3, &"I".repeat(issuer))]);
        let template = Template { issuer, ..Template::person() };
        let encoded = template.encode();
        let certificate = Certificate::parse(&encoded).unwrap();
        for length in (1..140).step_by(3).chain([30, 31, 121, 122, 250, 256]) {
            let policy = Policy { uri: &uri[..length], ..*policy("PA_AD_RB_v2_4") };
            for (time, text) in [(None, None), (Some(TIME), Some("261121000000Z"))] {
                let ours =
                    SignedAttributes::new(digest, &certificate, Some(&policy), time).unwrap();
                let theirs = attributes(&encoded, &template, Some(&policy), text);
                assert_eq!(ours.digest(), Digest::of(&set(&theirs)), "{length}");
            }
        }
    }
}

#[test]
fn a_chain_is_in_the_order_of_a_set_and_each_certificate_in_it_once() {
    let mut expected = Expected::rsa();
    let digest = Digest::of(CONTENT);
    // Others' certificates that are longer, shorter, and of the same length.
    for serial in [vec![1], vec![2; 20], vec![0x4a, 0x80, 0x00], vec![0x4a, 0x80, 0x02]] {
        expected.chain.push(Template { serial, ..Template::person() }.encode());
    }
    expected.chain.push(expected.certificate.clone());
    expected.chain.push(expected.chain[0].clone());
    let certificate = Certificate::parse(&expected.certificate).unwrap();
    let ours = SignedAttributes::new(digest, &certificate, None, None).unwrap();
    let theirs = attributes(&expected.certificate, &expected.template, None, None);
    let whole = expected.chain.clone();
    for length in 0..=whole.len() {
        for turn in 0..length.max(1) {
            let mut chain = whole[..length].to_vec();
            chain.rotate_left(turn);
            expected.chain = chain.clone();
            let chain: Vec<_> =
                chain.iter().map(|encoded| Certificate::parse(encoded).unwrap()).collect();
            let data = SignedData::new(&ours, &expected.signature).unwrap();
            let data = data.with_chain(&chain).unwrap();
            assert_eq!(written(&data), expected.write(&theirs));
        }
    }
    let long = vec![certificate; MAX_CHAIN + 1];
    let data = SignedData::new(&ours, &expected.signature).unwrap();
    assert!(data.with_chain(&long[1..]).is_ok());
    assert_eq!(data.with_chain(&long).unwrap_err(), CadesError::Chain(MAX_CHAIN));
}

#[test]
fn a_signature_on_a_curve_has_its_own_algorithm() {
    let template = Template { key: elliptic_key(), ..Template::person() };
    let signature = sequence(&[element(2, [1; 32]), element(2, [2; 32])]);
    let expected = Expected {
        certificate: template.encode(),
        template,
        algorithm: sequence(&[oid("1.2.840.10045.4.3.2")]),
        signature,
        ..Expected::rsa()
    };
    let certificate = Certificate::parse(&expected.certificate).unwrap();
    let policy = Some(policy("PA_AD_RB_v2_4"));
    let ours = SignedAttributes::new(Digest::of(CONTENT), &certificate, policy, None).unwrap();
    let theirs = attributes(&expected.certificate, &expected.template, policy, None);
    let data = SignedData::new(&ours, &expected.signature).unwrap();
    assert_eq!(written(&data), expected.write(&theirs));
    // The two numbers one behind the other, as JWS has them, are no signature of CMS.
    let refused = SignedData::new(&ours, &[7; 64]).unwrap_err();
    assert_eq!(refused, CadesError::Signature(64));
}

#[test]
fn a_time_stamp_is_the_one_unsigned_attribute() {
    let mut expected = Expected::rsa();
    let certificate = Certificate::parse(&expected.certificate).unwrap();
    let policy = Some(policy("PA_PAdES_AD_RT_v1_3"));
    let ours = SignedAttributes::new(Digest::of(CONTENT), &certificate, policy, None).unwrap();
    let data = SignedData::new(&ours, &expected.signature).unwrap();
    let missing = data.write(&mut [0; 8192]).unwrap_err();
    assert_eq!(missing, AssemblyError::Cades(CadesError::NoTimeStamp));

    let other = token(Digest::of(b"another signature"), &[9; 8]);
    let other = TimeStampToken::parse(&other).unwrap();
    assert_eq!(data.with_time_stamp(other).unwrap_err(), CadesError::OtherTimeStamp);

    let stamp = token(Digest::of(&expected.signature), &[9; 8]);
    let data = data.with_time_stamp(TimeStampToken::parse(&stamp).unwrap()).unwrap();
    let theirs = attributes(&expected.certificate, &expected.template, policy, None);
    expected.stamp = Some(stamp.clone());
    assert_eq!(written(&data), expected.write(&theirs));
}

#[test]
fn a_buffer_that_is_too_small_tells_what_is_needed() {
    let expected = Expected::rsa();
    let certificate = Certificate::parse(&expected.certificate).unwrap();
    let ours = SignedAttributes::new(Digest::of(CONTENT), &certificate, None, None).unwrap();
    let data = SignedData::new(&ours, &expected.signature).unwrap();
    let needed = data.encoded_length();
    for length in (0..needed).step_by(7).chain([needed - 1]) {
        let error = data.write(&mut vec![0; length]).unwrap_err();
        let too_small = ResourceError::BufferTooSmall { needed };
        assert_eq!(error, AssemblyError::Buffer(too_small.into()));
    }
}

#[test]
fn what_iti_would_reject_is_not_assembled() {
    let digest = Digest::of(CONTENT);
    let encoded = Template::person().encode();
    let certificate = Certificate::parse(&encoded).unwrap();
    let pades = Some(policy("PA_PAdES_AD_RB_v1_3"));
    let refused = SignedAttributes::new(digest, &certificate, pades, Some(TIME)).unwrap_err();
    assert_eq!(refused, CadesError::SigningTime);
    for name in ["PA_PAdES_AD_RC_v1_4", "PA_PAdES_AD_RA_v1_4"] {
        let policy = policy(name);
        let refused = SignedAttributes::new(digest, &certificate, Some(policy), None).unwrap_err();
        assert_eq!(refused, CadesError::Level(policy.level));
    }

    let short = Template { key: rsa_key(1_024), ..Template::person() }.encode();
    let certificate = Certificate::parse(&short).unwrap();
    let reason = PolicyError::ShortKey { bits: 1_024, least: 2_048 };
    let refused = SignedAttributes::new(digest, &certificate, pades, None).unwrap_err();
    assert_eq!(refused, CadesError::Policy(reason));

    let key = sequence(&[sequence(&[oid("1.3.101.112")]), element(3, [0; 33])]);
    let edwards = Template { key, ..Template::person() }.encode();
    let certificate = Certificate::parse(&edwards).unwrap();
    let refused = SignedAttributes::new(digest, &certificate, None, None).unwrap_err();
    assert_eq!(refused, CadesError::Key);
}

#[test]
fn s32_what_cannot_be_the_signature_or_the_content_is_refused() {
    let expected = Expected::rsa();
    let certificate = Certificate::parse(&expected.certificate).unwrap();
    let ours = SignedAttributes::new(Digest::of(CONTENT), &certificate, None, None).unwrap();
    for length in [0, 255, 257, 344, 512] {
        let refused = SignedData::new(&ours, &vec![1; length]).unwrap_err();
        assert_eq!(refused, CadesError::Signature(length));
    }
    let data = SignedData::new(&ours, &expected.signature).unwrap();
    assert_eq!(data.with_content(b"something else").unwrap_err(), CadesError::Content);
    let shown = format!("{ours:?} {data:?}");
    assert!(!shown.contains(&person(crate::support::CPF, "")), "{shown}");
}
