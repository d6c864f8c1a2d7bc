//! What others say of our documents: pdfsig (poppler), OpenSSL, pyHanko.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use rubrica_pdf::{SignatureOptions, Stamp, SubFilter, prepare, signatures};
use support::{judges, options, samples};

/// The document signed by OpenSSL, when it is there.
fn really_signed(document: &[u8], options: &SignatureOptions) -> Option<Vec<u8>> {
    let prepared = prepare(document, options).unwrap();
    // OpenSSL hashes for itself what the byte range covers.
    let file = prepared.clone().embed(support::ENDS_IN_ZEROS).unwrap();
    let cms = judges::cms(&covered(&file))?;
    assert!(cms.windows(32).any(|window| window == prepared.digest()), "not our digest");
    Some(prepared.embed(&cms).unwrap())
}

fn covered(file: &[u8]) -> Vec<u8> {
    let [_, first, second, _] = support::expected_byte_range(file).map(|number| number as usize);
    [&file[..first], &file[second..]].concat()
}

#[test]
fn pdfsig_finds_each_signature_valid() {
    for (name, document) in samples::signable() {
        if name.starts_with("certified") {
            continue;
        }
        let Some(first) = really_signed(&document, &options()) else { return };
        let mut stamped = options();
        stamped.stamp = Some(Stamp::new("Conceição Exemplo"));
        stamped.sub_filter = SubFilter::EtsiCadesDetached;
        let Some(second) = really_signed(&first, &stamped) else { return };
        judges::qpdf(&second, name);
        let Some(said) = judges::pdfsig(&second) else { return };
        assert_eq!(
            said.matches("Signature Validation: Signature is Valid.").count(),
            2,
            "{name}: {said}"
        );
        assert_eq!(said.matches("Not total document signed").count(), 1, "{name}: {said}");
        assert_eq!(said.matches("Total document signed").count(), 1, "{name}: {said}");
        assert!(said.contains("Signature Type: adbe.pkcs7.detached"), "{name}: {said}");
    }
}

#[test]
fn openssl_accepts_what_is_read_back() {
    let Some(signed) = really_signed(&samples::page().object_streams(), &options()) else { return };
    let signature = signatures(&signed).unwrap().remove(0);
    assert_eq!(judges::openssl_accepts(&signature.contents, &covered(&signed)), Some(true));
    let mut other = covered(&signed);
    other[20] ^= 1;
    assert_eq!(judges::openssl_accepts(&signature.contents, &other), Some(false));
}

#[test]
fn pyhanko_finds_each_signature_intact_and_the_later_changes_harmless() {
    let (mut names, mut documents) = (Vec::new(), Vec::new());
    for (name, document) in samples::signable() {
        // It refuses these before there is any signature: hybrid files by policy, and generations
        // that no earlier revision freed.
        if ["certified", "hybrid", "generations"].iter().any(|refused| name.starts_with(refused)) {
            continue;
        }
        let Some(first) = really_signed(&document, &options()) else { return };
        let mut stamped = options();
        stamped.stamp = Some(Stamp::new("Conceição Exemplo"));
        let Some(second) = really_signed(&first, &stamped) else { return };
        names.push(name);
        documents.push(second);
    }
    let Some(said) = judges::pyhanko(&documents) else { return };
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2 * names.len(), "{said}");
    for (name, lines) in names.iter().zip(lines.chunks(2)) {
        assert_eq!(lines[0], "Signature1 True True ENTIRE_REVISION FORM_FILLING True", "{name}");
        assert_eq!(lines[1], "Signature2 True True ENTIRE_FILE NONE True", "{name}");
    }
}
