//! Signatures that others made, and what is said of them.

use crate::support::{Folder, Sample, kept};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use rubrica_xml::{
    Breach, Coverage, Digest, Placement, SignatureAlgorithm, SignedInfo, Target, Unverifiable,
    Verdict, XmlSignature, added_signature, signatures,
};

/// Whether the key made the signature over the canonical `SignedInfo`.
pub(crate) fn is_made_by(signature: &XmlSignature, key: &[u8]) -> bool {
    let signed_info = signature.signed_info.as_ref().unwrap();
    let (verifier, value): (&dyn VerificationAlgorithm, _) = match signed_info.algorithm {
        SignatureAlgorithm::RsaPkcs1(Digest::Sha256) => {
            (&RSA_PKCS1_2048_8192_SHA256, signature.value.clone())
        }
        SignatureAlgorithm::RsaPkcs1(Digest::Sha384) => {
            (&RSA_PKCS1_2048_8192_SHA384, signature.value.clone())
        }
        SignatureAlgorithm::RsaPkcs1(Digest::Sha512) => {
            (&RSA_PKCS1_2048_8192_SHA512, signature.value.clone())
        }
        SignatureAlgorithm::RsaPss(Digest::Sha256) => {
            (&RSA_PSS_2048_8192_SHA256, signature.value.clone())
        }
        SignatureAlgorithm::Ecdsa(Digest::Sha256) => {
            (&ECDSA_P256_SHA256_ASN1, SignedInfo::ecdsa_der(&signature.value).unwrap_or_default())
        }
        other => panic!("{other}"),
    };
    let digest = match signed_info.algorithm.digest() {
        Digest::Sha256 => &ring::digest::SHA256,
        Digest::Sha384 => &ring::digest::SHA384,
        _ => &ring::digest::SHA512,
    };
    let digest = ring::digest::digest(digest, &signed_info.canonical);
    assert_eq!(digest.as_ref(), signed_info.digest);
    UnparsedPublicKey::new(verifier, key).verify(&signed_info.canonical, &value).is_ok()
}

/// What has to be said of a sample, by its name.
fn judge(name: &str, sample: &Sample) {
    let read = signatures(&sample.signed).unwrap_or_else(|error| panic!("{name}: {error}"));
    let signature = read.last().unwrap();
    if name.contains("unchecked") {
        let expected = match name {
            "xmlsec-unchecked-xpath" => Unverifiable::Transform,
            "xmlsec-unchecked-twice" => Unverifiable::TransformOrder,
            "xmlsec-unchecked-xpointer" => Unverifiable::Pointer,
            _ => Unverifiable::WeakHash,
        };
        assert_eq!(signature.verdict(), Verdict::Unverifiable(expected), "{name}");
        return;
    }
    if name.contains("wrong") {
        assert_eq!(signature.verdict(), Verdict::Broken(Breach::Digest), "{name}");
        return;
    }
    if name.contains("apart") {
        // It takes the original to tell.
        assert_eq!(signature.verdict(), Verdict::Unverifiable(Unverifiable::External), "{name}");
        let added = added_signature(&sample.original, &sample.signed).unwrap();
        assert_eq!(added.signature.verdict(), Verdict::Holds, "{name}");
        assert_eq!((added.placement, added.coverage), (Placement::Detached, Coverage::Whole));
        assert!(is_made_by(&added.signature, &sample.key), "{name}");
        let other = [&sample.original[..], b"<!-- -->x"].concat();
        if let Ok(added) = added_signature(&other, &sample.signed) {
            assert_eq!(added.signature.verdict(), Verdict::Broken(Breach::Digest), "{name}");
            assert_eq!(added.coverage, Coverage::Nothing, "{name}");
        }
        return;
    }
    assert_eq!(signature.verdict(), Verdict::Holds, "{name}: {:?}", signature.references);
    assert!(is_made_by(signature, &sample.key), "{name}");
    assert_eq!(signature.certificates.len(), 1, "{name}");
    assert_eq!(signature.xades.is_some(), name.contains("xades"), "{name}");

    let added = added_signature(&sample.original, &sample.signed);
    if name.contains("detached") {
        assert!(added.is_err(), "{name}");
        let Target::Element { name: element, .. } = &signature.references[0].target else {
            panic!("{name}: {:?}", signature.references)
        };
        assert_ne!(element, "both");
        return;
    }
    let added = added.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(&added.signature, signature, "{name}");
    assert!(!added.spaced, "{name}");
    let enveloping = name.contains("enveloping");
    assert_eq!(added.placement == Placement::Enveloping, enveloping, "{name}");
    let expected = match name {
        _ if name.ends_with("element-nfe") => Coverage::Elements(vec!["NFe35".to_owned()]),
        _ if name.contains("element") => Coverage::Elements(vec!["x".to_owned()]),
        _ => Coverage::Whole,
    };
    assert_eq!(added.coverage, expected, "{name}");
}

#[test]
fn kept_signatures_of_others_hold() {
    let samples = kept();
    assert!(samples.len() >= 8);
    samples.iter().for_each(|(name, sample)| judge(name, sample));
}

#[test]
fn new_signatures_of_others_hold() {
    let folder = Folder::new("signed");
    if folder.judge("sign").is_none() {
        return;
    }
    let samples = folder.samples();
    assert!(samples.len() >= 40, "{}", samples.len());
    samples.iter().for_each(|(name, sample)| judge(name, sample));
}
