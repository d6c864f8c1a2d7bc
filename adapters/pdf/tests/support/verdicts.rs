//! What is said of the changes to a signed page.

use rubrica_pdf::{
    Change, Changes, FieldContent, SignatureOptions, later_changes, signature_fields,
};

use super::{options, samples, sign};

pub(crate) fn small() -> SignatureOptions {
    let mut options = options();
    options.reserve = 64;
    options
}

/// The page of the samples, signed: 6 is the signature, 7 its field, 8 the form.
pub(crate) fn signed() -> Vec<u8> {
    sign(&samples::page().table(), &small())
}

/// What is said of the changes after the first signature.
#[track_caller]
pub(crate) fn judged(document: &[u8]) -> Changes {
    let fields = signature_fields(document).unwrap();
    let FieldContent::Signature(first) = &fields[0].content else {
        unreachable!("the documents of these tests have a signature that is well formed");
    };
    later_changes(document, first).unwrap()
}

/// How the changes are judged, and why.
pub(crate) fn told(changes: &Changes) -> (&'static str, Vec<String>) {
    match changes {
        Changes::None => ("none", Vec::new()),
        Changes::Allowed(all) => ("allowed", all.iter().map(|it| format!("{it:?}")).collect()),
        Changes::Forbidden(all) => ("forbidden", all.iter().map(ToString::to_string).collect()),
        Changes::Unknown(all) => ("unknown", all.iter().map(ToString::to_string).collect()),
    }
}

#[track_caller]
pub(crate) fn forbidden(document: &[u8], expected: &str) {
    let (verdict, why) = told(&judged(document));
    assert_eq!(verdict, "forbidden", "{why:?}");
    assert!(why.iter().any(|why| why.contains(expected)), "{why:?}");
}

#[track_caller]
pub(crate) fn unknown(document: &[u8], expected: &str) {
    let (verdict, why) = told(&judged(document));
    assert_eq!(verdict, "unknown", "{why:?}");
    assert!(why.iter().any(|why| why.contains(expected)), "{why:?}");
}

#[track_caller]
pub(crate) fn allowed(document: &[u8], expected: &[Change]) {
    assert_eq!(judged(document), Changes::Allowed(expected.to_vec()));
}

/// Where the document has the text for the first time.
pub(crate) fn position(document: &[u8], text: &str) -> usize {
    super::positions(document, text.as_bytes())[0]
}
