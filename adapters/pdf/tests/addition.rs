//! A document that a service signed by itself, held against the original.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use rubrica_pdf::{Fault, PdfError, Stamp, added_signature, prepare};
use support::{options, positions, samples, sign};

#[track_caller]
fn not_extended(original: &[u8], signed: &[u8], expected: &str) {
    let refused = added_signature(original, signed).unwrap_err();
    assert!(matches!(refused, PdfError::NotExtended { .. }), "{refused}");
    assert!(refused.to_string().contains(expected), "{refused}");
    assert_eq!(refused.fault(), Fault::Signature);
}

#[test]
fn s33_one_signature_more_passes() {
    for (name, document) in samples::signable() {
        if name.starts_with("certified") {
            continue;
        }
        let mut stamped = options();
        stamped.stamp = Some(Stamp::new("Pessoa"));
        let first = sign(&document, &stamped);
        assert_eq!(added_signature(&document, &first).unwrap().field, "Signature1", "{name}");
        let second = sign(&first, &options());
        assert_eq!(added_signature(&first, &second).unwrap().field, "Signature2", "{name}");
        not_extended(&document, &second, "exactly one");
        not_extended(&first, &first, "exactly one");
    }
}

#[test]
fn s33_another_document_does_not_pass() {
    let document = samples::page().table();
    let other = sign(&samples::page().with(5, "<</Type/Font>>").table(), &options());
    not_extended(&document, &other, "begin with");
    not_extended(&document, &document[..100], "begin with");
}

#[test]
fn s33_an_object_redefined_before_the_signature_does_not_pass() {
    let document = samples::page().table();
    // As long as it was, so that its dictionary is the same.
    let same_length = "<</Length 39>>\nstream\nBT /F1 20 Tf 72 740 Td (Outrotxt) Tj ET\nendstream";
    assert_eq!(positions(&document, b"<</Length 39>>\nstream\n").len(), 1);
    for (number, body, expected) in [
        (1, "<</Type/Catalog/Pages 2 0 R/OpenAction 9 0 R>>", "entry of the catalog"),
        (2, "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 100 100]>>", "redefined"),
        (3, "<</Type/Page/Parent 2 0 R/Contents 5 0 R>>", "page is changed"),
        (4, "<</Length 0>>\nstream\n\nendstream", "redefined"),
        (4, same_length, "redefined"),
        (5, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>", "redefined"),
    ] {
        let changed = samples::revised(&document, number, body, "/Size 6/Root 1 0 R");
        not_extended(&document, &sign(&changed, &options()), expected);
    }
    // Another catalog altogether.
    let body = "<</Type/Catalog/Pages 2 0 R>>";
    let changed = samples::revised(&document, 6, body, "/Size 7/Root 6 0 R");
    not_extended(&document, &sign(&changed, &options()), "another catalog");
    // Metadata may change.
    let described = samples::page().with(6, "<</Title(a)>>").with_trailer("/Info 6 0 R").table();
    let changed = samples::revised(&described, 6, "<</Title(b)>>", "/Size 7/Root 1 0 R/Info 6 0 R");
    assert!(added_signature(&described, &sign(&changed, &options())).is_ok());
}

#[test]
fn s33_a_number_that_the_original_refers_to_in_vain_is_not_defined() {
    let page = "<</Type/Page/Parent 2 0 R/Contents[4 0 R 9 0 R]>>";
    let document = samples::page().with(3, page).table();
    let body = "<</Length 0>>\nstream\n\nendstream";
    let changed = samples::revised(&document, 9, body, "/Size 10/Root 1 0 R");
    not_extended(&document, &sign(&changed, &options()), "in vain");
    assert!(added_signature(&document, &sign(&document, &options())).is_ok());
}

#[test]
fn s33_an_object_that_is_freed_or_led_back_does_not_pass() {
    let document = samples::page().table();
    let signed = sign(&document, &options());
    // The update's entry for the page leads to the font's place in the original, which does not
    // have the page's number; the entry for a number of the original is taken out.
    let update = *positions(&signed, b"xref\n").iter().rev().nth(1).unwrap();
    let section = String::from_utf8_lossy(&signed[update..]).into_owned();
    assert!(section.starts_with("xref\n1 1\n"), "{section}");
    let mut freed = signed.clone();
    let flag = update + section.find(" n ").unwrap() + 1;
    freed[flag] = b'f';
    assert!(added_signature(&document, &freed).is_err());
}

#[test]
fn s33_a_second_annotation_or_field_does_not_pass() {
    let document = samples::page().table();
    let page = "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>\
                /Odd(a\\)b\\\\)/Deep[[1 -2.50 .5]<</K#20 null/T true>>]/Annots[9 0 R]>>";
    let annotated = samples::revised(&document, 3, page, "/Size 10/Root 1 0 R");
    not_extended(&document, &sign(&annotated, &options()), "annotation is added");
    let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[9 0 R]>>>>";
    let entered = samples::revised(&document, 1, catalog, "/Size 10/Root 1 0 R");
    not_extended(&document, &sign(&entered, &options()), "no new signature field");
}

#[test]
fn s33_a_signature_that_does_not_cover_the_end_does_not_pass() {
    let document = samples::page().table();
    let signed = sign(&document, &options());
    not_extended(&document, &[&signed[..], b"%\n"].concat(), "whole file");
}

#[test]
fn a_prepared_document_passes_before_it_is_signed_in_earnest() {
    let document = samples::page().object_streams();
    let prepared = prepare(&document, &options()).unwrap();
    let digest = prepared.digest();
    let signed = prepared.embed(support::ENDS_IN_ZEROS).unwrap();
    assert_eq!(added_signature(&document, &signed).unwrap().digest(&signed).unwrap(), digest);
}
