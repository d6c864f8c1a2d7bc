//! Every byte of signed documents, damaged.

use rubrica_xml::{Canonicalization, Coverage, Mode, Verdict, added_signature, canonical_form};

use crate::signatures::is_made_by;
use crate::support::{Sample, kept};

/// The canonical form of a document without its last signature, which is cut out as text.
fn rest(xml: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(xml.to_vec()).unwrap();
    let start = text.rfind("<ds:Signature ").unwrap();
    let end = text.rfind("</ds:Signature").unwrap();
    let end = end + text[end..].find('>').unwrap() + 1;
    let rest = [&text[..start], &text[end..]].concat();
    let method = Canonicalization { mode: Mode::Inclusive10, comments: true };
    canonical_form(rest.as_bytes(), None, &method).unwrap()
}

/// Whether a document passes everything that a host asks.
fn is_accepted(original: &[u8], damaged: &[u8], coverage: &Coverage, key: &[u8]) -> bool {
    let Ok(added) = added_signature(original, damaged) else { return false };
    added.signature.verdict() == Verdict::Holds
        && added.coverage == *coverage
        && is_made_by(&added.signature, key)
}

fn damage(name: &str, sample: &Sample) -> usize {
    let added = added_signature(&sample.original, &sample.signed).unwrap();
    let enveloping = name.contains("enveloping");
    let accepted =
        |damaged: &[u8]| is_accepted(&sample.original, damaged, &added.coverage, &sample.key);
    assert!(accepted(&sample.signed), "{name}");
    let mut count = 0;
    for place in 0..sample.signed.len() {
        let byte = sample.signed[place];
        // The others are for the neighbours.
        let [one, other] = [byte ^ 1, [b' ', b'A', b'"'][place % 3]];
        for byte in [one, other].into_iter().filter(|&it| it != byte) {
            let mut damaged = sample.signed.clone();
            damaged[place] = byte;
            if !accepted(&damaged) {
                continue;
            }
            count += 1;
            let again = added_signature(&sample.original, &damaged).unwrap().signature;
            assert_eq!(again.value, added.signature.value, "{name}, {place}");
            assert_eq!(again.references, added.signature.references, "{name}, {place}");
            let [one, other] =
                [&again, &added.signature].map(|it| it.signed_info.clone().unwrap().canonical);
            assert_eq!(one, other, "{name}, {place}");
            if !enveloping {
                assert_eq!(rest(&damaged), rest(&sample.signed), "{name}, {place}");
            }
        }
    }
    count
}

/// One byte, and it is refused, unless it says the same in another way or nobody signed it: the
/// certificates of a signature without XAdES, and space in base64.
#[test]
fn s32_no_damaged_document_passes_as_another() {
    let names = [
        "signxml-xades-rsa256-c14n",
        "signxml-enveloping-rsa256-c14n",
        "xmlsec-enveloped-exc-prefixes",
        "xmlsec-element-c14n",
    ];
    let samples: Vec<_> = kept().into_iter().filter(|(name, _)| names.contains(&&**name)).collect();
    assert_eq!(samples.len(), names.len());
    let tried: usize = samples.iter().map(|(_, sample)| sample.signed.len()).sum();
    let accepted: usize = std::thread::scope(|scope| {
        let running: Vec<_> =
            samples.iter().map(|(name, sample)| scope.spawn(|| damage(name, sample))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert!(tried > 10_000, "{tried}");
    // Certificates are half of most samples.
    assert!(accepted > 1_000 && accepted < tried * 2, "{accepted} of {tried}");
}

/// With XAdES the certificate is signed as well.
#[test]
fn s32_no_damaged_certificate_passes_with_xades() {
    let (_, sample) =
        kept().into_iter().find(|(name, _)| name == "signxml-xades-rsa256-c14n").unwrap();
    let text = String::from_utf8(sample.signed.clone()).unwrap();
    let start = text.find("X509Certificate>").unwrap() + 16;
    let end = text.find("</ds:X509Certificate").unwrap();
    for place in start..end {
        if text.as_bytes()[place] == b'\n' {
            continue;
        }
        let mut damaged = sample.signed.clone();
        damaged[place] = if damaged[place] == b'A' { b'B' } else { b'A' };
        let passed = added_signature(&sample.original, &damaged)
            .is_ok_and(|added| added.signature.verdict() == Verdict::Holds);
        assert!(!passed, "{place}");
    }
}
