//! What others say of our documents: pdfsig (poppler), OpenSSL, pyHanko.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use std::sync::OnceLock;

use rubrica_pdf::{
    Certification, Change, Changes, FieldContent, SignatureOptions, Stamp, SubFilter,
    later_changes, prepare, signature_fields, signatures,
};
use support::{attacks, judges, options, samples};

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

type Named = (&'static str, Vec<u8>);

/// Every sample that others accept, signed twice, the second time visibly.
fn signed_twice() -> Option<&'static [Named]> {
    static DOCUMENTS: OnceLock<Option<Vec<Named>>> = OnceLock::new();
    let documents = DOCUMENTS.get_or_init(|| {
        let mut stamped = options();
        stamped.stamp = Some(Stamp::new("Conceição Exemplo"));
        stamped.sub_filter = SubFilter::EtsiCadesDetached;
        let mut documents = samples::signable();
        // The author's signature in these is none.
        documents.retain(|(name, _)| !name.starts_with("certified"));
        documents
            .into_iter()
            .map(|(name, document)| {
                let first = really_signed(&document, &options())?;
                Some((name, really_signed(&first, &stamped)?))
            })
            .collect()
    });
    documents.as_deref()
}

#[test]
fn pdfsig_finds_each_signature_valid() {
    for (name, document) in signed_twice().unwrap_or_default() {
        judges::qpdf(document, name);
        let Some(said) = judges::pdfsig(document) else { return };
        let count = |words| said.matches(words).count();
        assert_eq!(count("Signature Validation: Signature is Valid."), 2, "{name}: {said}");
        assert_eq!(count("Not total document signed"), 1, "{name}: {said}");
        assert_eq!(count("Total document signed"), 1, "{name}: {said}");
        assert_eq!(count("Signature Type: adbe.pkcs7.detached"), 1, "{name}: {said}");
        assert_eq!(count("Signature Type: ETSI.CAdES.detached"), 1, "{name}: {said}");
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
    // It refuses these before there is any signature: hybrid files by policy, and generations that
    // no earlier revision freed.
    let refused = |name: &str| name.starts_with("hybrid") || name.starts_with("generations");
    let documents = signed_twice().unwrap_or_default();
    let (names, documents): (Vec<_>, Vec<_>) =
        documents.iter().filter(|(name, _)| !refused(name)).cloned().unzip();
    let Some(said) = judges::pyhanko(&documents) else { return };
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2 * names.len(), "{said}");
    for (name, lines) in names.iter().zip(lines.chunks(2)) {
        assert_eq!(lines[0], "Signature1 True True ENTIRE_REVISION FORM_FILLING True", "{name}");
        assert_eq!(lines[1], "Signature2 True True ENTIRE_FILE NONE True", "{name}");
    }
}

/// Whether we say of the changes after the first signature that there are none, or that they are
/// allowed.
fn passes(document: &[u8]) -> bool {
    let Ok(fields) = signature_fields(document) else { return false };
    match fields.first().map(|field| &field.content) {
        Some(FieldContent::Signature(first)) => {
            matches!(later_changes(document, first), Ok(Changes::None | Changes::Allowed(_)))
        }
        _ => false,
    }
}

#[test]
fn s33_pyhanko_agrees_on_what_is_allowed() {
    let Some(signed) = really_signed(&samples::page().table(), &options()) else { return };
    let mut certifying = options();
    certifying.certify = Some(Certification::Forms);
    let certified = really_signed(&samples::page().table(), &certifying).unwrap();
    let mut documents = attacks::attacks(&signed);
    let count = documents.len();
    documents.extend(attacks::harmless(&signed));
    documents.push(("certified", certified.clone()));
    documents.push(("certified and signed", really_signed(&certified, &options()).unwrap()));
    let (names, files): (Vec<_>, Vec<_>) = documents.into_iter().unzip();
    for (place, (name, file)) in names.iter().zip(&files).enumerate() {
        assert_eq!(passes(file), place >= count, "{name}");
    }
    let Some(said) = judges::pyhanko_changes(&files) else { return };
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), names.len(), "{said}");
    // It does not look at bytes that no cross-reference leads to.
    let unseen = |name: &str| ["object without a section", "bytes after the end"].contains(&name);
    for (place, (name, line)) in names.iter().zip(lines).enumerate() {
        let passes = place >= count || unseen(name);
        assert_eq!(line, if passes { "True True" } else { "True False" }, "{name}");
    }
}

#[test]
fn s33_what_pyhanko_adds_to_a_signed_document_is_allowed() {
    for (name, document) in samples::signable() {
        if !["one page", "linearized", "object streams of qpdf"].contains(&name) {
            continue;
        }
        let Some(signed) = judges::signed_by_pyhanko(&document) else { return };
        let found = signatures(&signed).unwrap();
        let kinds: Vec<&str> = found.iter().map(|it| it.sub_filter.as_str()).collect();
        let pades = "ETSI.CAdES.detached";
        assert_eq!(kinds, ["adbe.pkcs7.detached", pades, pades, "ETSI.RFC3161"], "{name}");
        let field = |place: usize| found[place].field.clone();
        let expected = [
            Change::Signature { field: field(1), visible: true },
            Change::Signature { field: field(2), visible: false },
            Change::TimeStamp { field: field(3) },
        ];
        for (place, signature) in found.iter().enumerate() {
            let changes = later_changes(&signed, signature).unwrap();
            let Changes::Allowed(mut all) = changes else {
                unreachable!("{name}, {}: {changes:?}", signature.field)
            };
            all.retain(|it| !matches!(it, Change::Description | Change::ValidationData));
            assert_eq!(all, expected[place.min(3)..], "{name}");
        }
    }
}
