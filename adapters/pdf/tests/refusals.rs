//! Documents that cannot be signed, refused before the holder is asked.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use rubrica_pdf::{
    Certification, Fault, PdfError, Source, Stamp, inspect, limits, prepare, prepare_update,
};
use support::{options, samples};

fn refused(document: &[u8]) -> PdfError {
    let refused = inspect(document).unwrap_err();
    assert_eq!(prepare(document, &options()).unwrap_err(), refused);
    assert_eq!(refused.fault(), Fault::Document);
    refused
}

#[track_caller]
fn broken(document: &[u8], what: &str) {
    let refused = refused(document);
    assert!(matches!(refused, PdfError::Broken { .. }), "{refused}");
    assert!(refused.to_string().contains(what), "{refused}");
}

#[test]
fn what_is_not_a_pdf_is_refused() {
    for bytes in [&b""[..], b"%PDF", b"PK\x03\x04", b"<html>", b"\xef\xbb\xbf%PDF-1.7\n"] {
        assert_eq!(refused(bytes), PdfError::NotPdf);
    }
    let document = samples::page().table();
    assert_eq!(refused(&[b"\n", &document[..]].concat()), PdfError::NotPdf);
}

#[test]
fn an_encrypted_document_is_refused() {
    assert_eq!(refused(include_bytes!("samples/encrypted.pdf")), PdfError::Encrypted);
    let hidden = samples::page().with_trailer("/Encrypt 5 0 R").table();
    assert_eq!(refused(&hidden), PdfError::Encrypted);
    // The newest trailer does not say so, but an older one does.
    let body = "<</Type/Catalog/Pages 2 0 R>>";
    let revised = samples::revised(&hidden, 1, body, "/Size 6/Root 1 0 R");
    assert_eq!(refused(&revised), PdfError::Encrypted);
}

#[test]
fn a_truncated_document_is_refused() {
    let document = samples::page().table();
    broken(&document[..document.len() / 2], "truncated");
    broken(&document[..document.len() - 7], "%%EOF is missing");
    broken(b"%PDF-1.7\n", "startxref");
}

#[test]
fn a_certified_document_without_allowance_is_refused() {
    for document in [samples::certified(1).table(), samples::certified(1).object_streams()] {
        assert_eq!(refused(&document), PdfError::Certified { level: 1 });
    }
    // Found in the signature when the catalog does not name it.
    let reference = "/Reference[<</TransformMethod/DocMDP/TransformParams<</P 1>>>>]";
    let unnamed = samples::with_signature(reference, "", "").table();
    assert_eq!(refused(&unnamed), PdfError::Certified { level: 1 });
    // Found by the catalog when it is in no field.
    let named = samples::page()
        .with(1, "<</Type/Catalog/Pages 2 0 R/Perms<</DocMDP 6 0 R>>>>")
        .with(6, "<</Type/Sig/Reference 7 0 R>>")
        .with(7, "[8 0 R]")
        .with(8, "<</TransformMethod/DocMDP/TransformParams 9 0 R>>")
        .with(9, "<</P 1>>");
    assert_eq!(refused(&named.table()), PdfError::Certified { level: 1 });
}

#[test]
fn a_stamp_needs_the_allowance_to_annotate() {
    let mut stamped = options();
    stamped.stamp = Some(Stamp::new("Pessoa"));
    let forms = samples::certified(2).table();
    assert_eq!(inspect(&forms).unwrap().certification, Some(Certification::Forms));
    assert_eq!(prepare(&forms, &stamped).unwrap_err(), PdfError::Certified { level: 2 });
    assert!(prepare(&forms, &options()).is_ok());
    // A lock can say the same, as pyHanko judges it too.
    let lock = "/Lock<</Type/SigFieldLock/Action/Include/Fields[(Outro)]/P 2>>";
    let locked = samples::with_signature("", lock, "").table();
    assert_eq!(prepare(&locked, &stamped).unwrap_err(), PdfError::Certified { level: 2 });
    assert!(prepare(&locked, &options()).is_ok());
    let annotations = samples::certified(3).table();
    assert_eq!(inspect(&annotations).unwrap().certification, Some(Certification::Annotations));
    assert!(prepare(&annotations, &stamped).is_ok());
}

#[test]
fn only_the_first_signature_certifies() {
    let mut certifying = options();
    certifying.certify = Some(Certification::Forms);
    let refused = |document: &[u8]| {
        let error = prepare(document, &certifying).unwrap_err();
        assert_eq!(error.fault(), Fault::Options, "{error}");
    };
    let document = samples::page().table();
    refused(&support::sign(&document, &options()));
    let named = samples::page()
        .with(1, "<</Type/Catalog/Pages 2 0 R/Perms<</DocMDP 6 0 R>>>>")
        .with(6, "<</Type/Sig>>");
    refused(&named.table());

    let certified = support::sign(&document, &certifying);
    assert_eq!(inspect(&certified).unwrap().certification, Some(Certification::Forms));
    refused(&certified);
    assert!(prepare(&certified, &options()).is_ok());
    certifying.certify = Some(Certification::Annotations);
    let certified = support::sign(&document, &certifying);
    assert_eq!(inspect(&certified).unwrap().certification, Some(Certification::Annotations));
}

#[test]
fn a_locked_document_is_refused() {
    let transform = |parameters: &str| {
        let reference =
            format!("/Reference[<</TransformMethod/FieldMDP/TransformParams<<{parameters}>>>>]");
        samples::with_signature(&reference, "", "").table()
    };
    let locked = PdfError::Locked { field: "Autor".to_owned() };
    assert_eq!(refused(&transform("/Action/All")), locked);
    assert_eq!(refused(&transform("/Action/Exclude/Fields[(Outro)]")), locked);
    assert_eq!(refused(&transform("/Action/Include/Fields[(Signature1)]")), locked);
    let field = samples::with_signature("", "/Lock<</Type/SigFieldLock/Action/All>>", "");
    assert_eq!(refused(&field.table()), locked);
    let level = "/Lock<</Type/SigFieldLock/Action/Include/Fields[]/P 1>>";
    assert_eq!(refused(&samples::with_signature("", level, "").table()), locked);

    assert!(inspect(&transform("/Action/Include/Fields[(Outro)]")).is_ok());
    assert!(inspect(&transform("/Action/Exclude/Fields[(Signature1)]")).is_ok());
}

#[test]
fn a_dynamic_form_is_refused_and_a_static_one_is_not() {
    let form = |catalog: &str, fields: &str| {
        samples::page()
            .with(
                1,
                &format!(
                    "<</Type/Catalog/Pages 2 0 R{catalog}/AcroForm<</XFA[]/Fields[{fields}]>>>>"
                ),
            )
            .with(6, "<</FT/Tx/T(Campo)>>")
            .table()
    };
    assert_eq!(refused(&form("/NeedsRendering true", "6 0 R")), PdfError::DynamicForm);
    assert_eq!(refused(&form("", "")), PdfError::DynamicForm);
    assert!(inspect(&form("", "6 0 R")).is_ok());
}

#[test]
fn a_document_whose_parts_are_missing_is_refused() {
    broken(&samples::page().with(1, "<</Type/Catalog>>").table(), "no pages");
    broken(&samples::page().with(1, "[1]").table(), "catalog");
    broken(&samples::page().with(2, "<</Type/Pages/Count 0/Kids[]>>").table(), "no pages");
    broken(&samples::page().with(2, "<</Type/Pages/Kids[<</Type/Page>>]>>").table(), "identity");
    broken(&samples::page().with(2, "(a)").table(), "no page");
    let unrooted = String::from_utf8_lossy(&samples::page().table()).replace("/Root", "/Toor");
    broken(unrooted.as_bytes(), "catalog");
    let annotations = "<</Type/Page/Parent 2 0 R/Annots(a)>>";
    broken(&samples::page().with(3, annotations).table(), "an array was expected");
}

#[test]
fn s33_cross_references_that_point_elsewhere_are_refused() {
    let table = samples::page().table();
    let text: String = table.iter().map(|&byte| char::from(byte)).collect();
    // More bytes before every object, as when line ends are converted.
    let shifted: Vec<u8> =
        text.replacen("%PDF-1.7\n", "%PDF-1.7\r\n\r\n", 1).chars().map(|c| c as u8).collect();
    broken(&shifted, "cross-reference");
    let swapped: Vec<u8> =
        text.replacen("1 0 obj", "9 0 obj", 1).chars().map(|c| c as u8).collect();
    broken(&swapped, "not where the cross-references say");
}

#[test]
fn s35_a_document_beyond_the_limit_is_refused_unread() {
    let huge = support::sources::hollow(limits::MAX_DOCUMENT_BYTES);
    let refused = inspect(&huge).unwrap_err();
    assert_eq!(refused, PdfError::TooLarge { length: huge.length().unwrap() });

    // One that would be so large with a signature.
    let large = support::sources::hollow(limits::MAX_DOCUMENT_BYTES - 1000);
    assert_eq!(inspect(&large).unwrap().pages, 1);
    let refused = prepare_update(&large, &options()).unwrap_err();
    assert!(matches!(refused, PdfError::TooLarge { .. }), "{refused}");
}
