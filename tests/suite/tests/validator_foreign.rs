//! The validator before what others signed: pyHanko and OpenSSL, with keys and authorities of their
//! own.
//!
//! A program that is not installed is skipped, loudly; with `RUBRICA_JUDGES=required` its absence is a
//! failure.

#[path = "judges/outside.rs"]
#[allow(dead_code, reason = "each test program asks some of the judges")]
mod outside;

use std::ffi::OsStr;
use std::fs;

use rubrica::pdf::Changes;
use rubrica::verify::{
    Demand, Digest, Missing, ObjectIdentifier, PolicyFault, Rejection, SignatureAlgorithm, Verdict,
};
use rubrica::{Anchors, Certificate, Conclusion, Evidence, Findings, Validator};
use rubrica_tests::host::{Folder, holder, pdf};
use rubrica_tests::validation::conclusions;

use self::outside::{ask, python};

const OID: &str = "2.16.76.1.7.1.11.1.3";
const HOLDER: &str = "11144477735";

/// What the script leaves in a folder; `None` without pyHanko.
fn foreign() -> Option<Folder> {
    let folder = Folder::new();
    let document = folder.write("document.pdf", pdf("Signed by others"));
    let policy = include_bytes!("../../../core/tests/policies/PA_PAdES_AD_RB_v1_3.der");
    let hash: String =
        policy[policy.len() - 32..].iter().map(|byte| format!("{byte:02x}")).collect();
    let place = folder.path("");
    let arguments = [place.as_os_str(), document.as_os_str(), OsStr::new(OID), OsStr::new(&hash)];
    let verdict = python(include_str!("judges/sign.py"), &arguments)?;
    assert!(verdict.accepted && verdict.text.ends_with("done\n"), "{}", verdict.text);
    Some(folder)
}

/// A validator that trusts the script's root and knows its list.
fn validator(folder: &Folder) -> Validator {
    let read = |name| fs::read(folder.path(name)).unwrap();
    let mut evidence = Evidence::new();
    evidence.add_crl(&read("root.crl")).unwrap();
    let root = Certificate::from_der(&read("root.der")).unwrap();
    let anchors = Anchors::new([root]).unwrap();
    Validator::new().anchors(anchors).evidence(evidence).holder(holder(HOLDER))
}

#[test]
fn what_pyhanko_signed_is_valid() {
    let Some(folder) = foreign() else { return };
    for (name, count) in [
        ("pades", 1),
        ("adobe", 1),
        ("ec", 1),
        ("timed", 1),
        ("twice", 2),
        ("certified", 2),
        ("policy", 1),
        ("brazilian", 1),
    ] {
        let bytes = fs::read(folder.path(&format!("{name}.pdf"))).unwrap();
        let examined = validator(&folder).pdf(&bytes).unwrap();
        assert_eq!(conclusions(&examined), vec![Conclusion::Valid; count], "{name}: {examined:?}");
        for (place, examined) in examined.iter().enumerate() {
            let finding = examined.finding().unwrap();
            assert_eq!(finding.holder, Some(holder(HOLDER)), "{name}");
            let changes = examined.changes().unwrap();
            let is_last = place + 1 == count;
            assert_eq!(*changes == Changes::None, is_last, "{name}: {changes:?}");
            let is_stamped = name == "timed" || (name == "twice" && is_last);
            assert_eq!(finding.time_stamps.len(), usize::from(is_stamped), "{name}");
            assert_eq!(finding.judged_at.is_proven(), is_stamped, "{name}");
        }
        // Without its list nothing is known, and without its root neither.
        let root = Certificate::from_der(&fs::read(folder.path("root.der")).unwrap()).unwrap();
        let anchors = Anchors::new([root]).unwrap();
        for mut validator in [Validator::new().anchors(anchors), Validator::new()] {
            let examined = validator.pdf(&bytes).unwrap();
            let expected = vec![Conclusion::Indeterminate; count];
            assert_eq!(conclusions(&examined), expected, "{name}");
        }
    }
}

#[test]
fn a_pss_signature_with_a_salt_of_another_length_is_not_called_bad() {
    let Some(folder) = foreign() else { return };
    // pyHanko's salt is as long as the key allows.
    let bytes = fs::read(folder.path("pss.pdf")).unwrap();
    let examined = validator(&folder).pdf(&bytes).unwrap();
    assert_eq!(conclusions(&examined), [Conclusion::Indeterminate], "{examined:?}");
    let Verdict::Indeterminate(missing) = &examined[0].finding().unwrap().verdict else { panic!() };
    assert!(matches!(missing[..], [Missing::Means(_)]), "{missing:?}");
}

#[test]
fn what_pyhanko_archived_is_valid_with_its_document_s_time_stamp() {
    let Some(folder) = foreign() else { return };
    let bytes = fs::read(folder.path("archived.pdf")).unwrap();
    let examined = validator(&folder).pdf(&bytes).unwrap();
    assert_eq!(conclusions(&examined), [Conclusion::Valid; 2], "{examined:?}");
    assert!(matches!(examined[0].findings, Findings::Examined(_)));
    assert!(matches!(examined[1].findings, Findings::TimeStamp(_)));
    assert!(examined[0].finding().unwrap().judged_at.is_proven());
    assert!(matches!(examined[0].changes(), Some(Changes::Allowed(_))));
}

#[test]
fn a_policy_that_pyhanko_names_is_held_to_its_rules() {
    let Some(folder) = foreign() else { return };
    let read = |name: &str| fs::read(folder.path(name)).unwrap();
    let asked = ObjectIdentifier::new(OID).unwrap();
    for name in ["policy.pdf", "brazilian.pdf"] {
        let examined = validator(&folder).policy(Demand::Exactly(asked)).pdf(&read(name)).unwrap();
        assert_eq!(conclusions(&examined), [Conclusion::Valid], "{name}: {examined:?}");
        assert!(examined[0].finding().unwrap().known_policy.is_some());
    }
    let examined = validator(&folder).pdf(&read("wrong.pdf")).unwrap();
    let fault = Rejection::from(PolicyFault::Hash);
    assert_eq!(examined[0].finding().unwrap().verdict, Verdict::Invalid(fault));
    let examined = validator(&folder).policy(Demand::Some).pdf(&read("pades.pdf")).unwrap();
    let fault = Rejection::from(PolicyFault::NotNamed);
    assert_eq!(examined[0].finding().unwrap().verdict, Verdict::Invalid(fault));
}

/// Has OpenSSL sign; gives what it made, `None` where it is not there.
fn openssl(folder: &Folder, command: &str, signer: &str, more: &[&str]) -> Option<Vec<u8>> {
    let [key, content, out] =
        [&format!("{signer}.key"), "content", "out"].map(|it| folder.path(it));
    let words = |text: &'static str| text.split(' ').map(OsStr::new);
    let certificate = folder.path(&format!("{signer}.pem"));
    let mut arguments: Vec<&OsStr> = match command {
        "cms" => words("cms -sign -binary -md sha256 -outform DER -signer")
            .chain([certificate.as_os_str()])
            .chain([OsStr::new("-inkey"), key.as_os_str(), OsStr::new("-in"), content.as_os_str()])
            .collect(),
        _ => words("dgst -sha256 -sign").chain([key.as_os_str()]).collect(),
    };
    arguments.extend(more.iter().map(OsStr::new));
    arguments.extend([OsStr::new("-out"), out.as_os_str()]);
    if command != "cms" {
        arguments.push(content.as_os_str());
    }
    let verdict = ask("openssl", &arguments)?;
    assert!(verdict.accepted, "{more:?}: {}", verdict.text);
    Some(fs::read(out).unwrap())
}

#[test]
fn s32_what_openssl_signed_is_valid_and_only_over_its_document() {
    let Some(folder) = foreign() else { return };
    let document = b"lines\nthat end\r\nin several\rways\0".repeat(50);
    let _ = folder.write("content", &document);
    let pss: &[&str] = &["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:-1"];
    let cases: [(&str, &[&str]); 7] = [
        ("rsa", &[]),
        ("rsa", &["-cades"]),
        ("rsa", &["-nodetach"]),
        ("rsa", &["-nodetach", "-stream", "-cades"]),
        ("ec", &["-cades"]),
        ("ec", &["-nodetach", "-stream"]),
        ("pss", pss),
    ];
    for (signer, more) in cases {
        let Some(cms) = openssl(&folder, "cms", signer, more) else { return };
        let is_attached = more.contains(&"-nodetach");
        let examined = validator(&folder).cms(&cms, Some(&document)).unwrap();
        assert_eq!(conclusions(&examined), [Conclusion::Valid], "{signer} {more:?}: {examined:?}");
        let finding = examined[0].finding().unwrap();
        assert_eq!(finding.carries_content, is_attached, "{more:?}");
        // What is written while it is read has no length yet.
        assert_eq!(finding.was_ber, more.contains(&"-stream"), "{more:?}");
        assert_eq!(finding.was_ber, cms[1] == 0x80, "{more:?}");
        let alone = validator(&folder).cms(&cms, None).unwrap();
        let expected = if is_attached { Conclusion::Valid } else { Conclusion::Indeterminate };
        assert_eq!(conclusions(&alone), [expected], "{more:?}");
        let other = validator(&folder).cms(&cms, Some(&b"another".to_vec())).unwrap();
        assert_eq!(conclusions(&other), [Conclusion::Invalid], "{more:?}");
    }
}

#[test]
fn s32_a_bare_signature_of_openssl_is_valid_in_its_own_way_alone() {
    let Some(folder) = foreign() else { return };
    let document = b"A document".to_vec();
    let _ = folder.write("content", &document);
    let pss: &[&str] = &["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"];
    let every = [
        SignatureAlgorithm::RsaPkcs1(Digest::Sha256),
        SignatureAlgorithm::RsaPss(Digest::Sha256),
        SignatureAlgorithm::Ecdsa(Digest::Sha256),
    ];
    let cases: [(&str, &[&str], usize); 3] = [("rsa", &[], 0), ("pss", pss, 1), ("ec", &[], 2)];
    for (signer, more, own) in cases {
        let Some(signature) = openssl(&folder, "dgst", signer, more) else { return };
        let certificate = fs::read(folder.path(&format!("{signer}.der"))).unwrap();
        let certificate = Certificate::from_der(&certificate).unwrap();
        for (place, algorithm) in every.into_iter().enumerate() {
            let conclusion = |document: &Vec<u8>| {
                validator(&folder)
                    .raw(&signature, &certificate, algorithm, document)
                    .unwrap()
                    .conclusion()
            };
            let expected = if place == own { Conclusion::Valid } else { Conclusion::Invalid };
            assert_eq!(conclusion(&document), expected, "{signer} as {algorithm:?}");
            assert_eq!(conclusion(&b"another".to_vec()), Conclusion::Invalid);
        }
    }
}
