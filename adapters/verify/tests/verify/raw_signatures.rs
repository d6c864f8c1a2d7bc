//! RSA signatures over a digest, without their document.

use rubrica_verify::{
    Certificate, Digest, Expected, Padding, Rejection, SignatureAlgorithm, Trust, Unfit, Whose, raw,
};

use crate::support::{
    DOCUMENT, anchors, certificate,
    certificates::{Chain, Template},
    digest, expected,
    keys::{Key, Scheme},
};

const BOTH: [(Scheme, Padding); 2] =
    [(Scheme::RsaSha256, Padding::Pkcs1v15), (Scheme::PssSha256, Padding::Pss)];

#[test]
fn s32_what_ring_signed_over_the_document_verifies_over_its_digest() {
    let chain = Chain::new();
    let signer = certificate(&chain.holder);
    let anchors = anchors(&chain);
    let expected = Expected { anchors: Some(&anchors), ..expected() };
    let offered = [certificate(&chain.authority)];
    for (scheme, padding) in BOTH {
        let signature = Key::HOLDER.with(scheme).sign(DOCUMENT);
        let verified = raw(&signature, &signer, &offered, padding, &expected).unwrap();
        assert_eq!(verified.signing_time, None);
        assert!(matches!(verified.trust, Trust::Chained { .. }));
        assert_eq!(verified.algorithm.digest(), Digest::Sha256);
    }
    let signature = Key::HOLDER.sign(DOCUMENT);
    let verified = raw(&signature, &signer, &offered, Padding::Pkcs1v15, &expected).unwrap();
    assert_eq!(verified.algorithm, SignatureAlgorithm::RsaPkcs1(Digest::Sha256));
}

#[test]
fn s32_no_byte_of_a_raw_signature_may_change() {
    let signer = certificate(&Chain::new().holder);
    for (scheme, padding) in BOTH {
        let signature = Key::HOLDER.with(scheme).sign(DOCUMENT);
        for place in 0..signature.len() {
            let mut changed = signature.clone();
            changed[place] ^= 1 << (place % 8);
            assert_eq!(
                raw(&changed, &signer, &[], padding, &expected()),
                Err(Rejection::Signature),
                "{padding:?}, byte {place}"
            );
        }
    }
}

#[test]
fn s32_another_digest_key_padding_or_length_is_refused() {
    let signer = certificate(&Chain::new().holder);
    let refused = Err(Rejection::Signature);
    for (scheme, padding) in BOTH {
        let key = Key::HOLDER.with(scheme);
        let signature = key.sign(DOCUMENT);
        let other = Expected { digest: digest(b"another"), ..expected() };
        assert_eq!(raw(&signature, &signer, &[], padding, &other), refused);
        let by_other = Key::AUTHORITY.with(scheme).sign(DOCUMENT);
        assert_eq!(raw(&by_other, &signer, &[], padding, &expected()), refused);
        for wrong in [&b""[..], &signature[1..], &[&[0], signature.as_slice()].concat()] {
            assert_eq!(raw(wrong, &signer, &[], padding, &expected()), refused);
        }
        for constant in [0x00, 0x01, 0xff] {
            assert_eq!(raw(&[constant; 256], &signer, &[], padding, &expected()), refused);
        }
        let crossed = if padding == Padding::Pss { Padding::Pkcs1v15 } else { Padding::Pss };
        assert_eq!(raw(&signature, &signer, &[], crossed, &expected()), refused);
    }
    let sha512 = Key::HOLDER.with(Scheme::RsaSha512).sign(DOCUMENT);
    assert_eq!(raw(&sha512, &signer, &[], Padding::Pkcs1v15, &expected()), refused);
}

#[test]
fn s30_a_key_that_is_not_rsa_or_is_weak_is_refused() {
    let elliptic = certificate(&Chain::of(&Template::holder(&Key::P256)).holder);
    let signature = Key::P256.sign(DOCUMENT);
    assert_eq!(
        raw(&signature, &elliptic, &[], Padding::Pkcs1v15, &expected()),
        Err(Rejection::KeyMismatch)
    );
    let weak = certificate(&weak_signer());
    assert_eq!(
        raw(&[1; 128], &weak, &[], Padding::Pkcs1v15, &expected()),
        Err(Rejection::Unfit { whose: Whose::Signer, unfit: Unfit::WeakKey { bits: 1024 } })
    );
}

#[test]
fn a_key_with_foolish_numbers_verifies_nothing_and_stops_nobody() {
    use crate::support::{der, keys::rsa_public};
    let number = |bytes: &[u8]| der::element(0x02, [&[0], bytes].concat());
    let even = [&[0x80][..], &[0; 255]].concat();
    let odd = [&[0x80][..], &[1; 255]].concat();
    let long = [&[0x80][..], &[1; 1151]].concat();
    for (modulus, exponent) in
        [(&even, &[0x81][..]), (&odd, &[0x80]), (&odd, &[0x80, 0, 0, 0, 1]), (&odd, &[0xff; 200])]
    {
        let key = der::sequence(&[&number(modulus), &number(exponent)]);
        let template = Template { public: rsa_public(&key), ..Template::holder(&Key::HOLDER) };
        let signer = certificate(&template.signed_by(&Key::AUTHORITY));
        let signature = vec![1; modulus.len()];
        for (_, padding) in BOTH {
            assert_eq!(
                raw(&signature, &signer, &[], padding, &expected()),
                Err(Rejection::Signature)
            );
        }
    }
    // More than 8192 bits is not even read.
    let key = der::sequence(&[&number(&long), &number(&[0x81])]);
    let template = Template { public: rsa_public(&key), ..Template::holder(&Key::HOLDER) };
    let read = Certificate::from_der(&template.signed_by(&Key::AUTHORITY));
    assert!(matches!(read, Err(Rejection::Certificate(_))));
}

/// A holder's certificate with an RSA key of 1024 bits.
fn weak_signer() -> Vec<u8> {
    use crate::support::{der, keys::rsa_public};
    let modulus = der::element(0x02, [&[0, 0x80][..], &[1; 127]].concat());
    let key = der::sequence(&[&modulus, &der::element(0x02, [1, 0, 1])]);
    let template = Template { public: rsa_public(&key), ..Template::holder(&Key::HOLDER) };
    template.signed_by(&Key::AUTHORITY)
}
