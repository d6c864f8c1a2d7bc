//! Signatures read back, from our documents and from tampered ones.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use rubrica_pdf::{Coverage, Fault, PdfError, SignatureOptions, prepare, signatures};
use support::{options, positions, samples, sign};

fn small() -> SignatureOptions {
    let mut options = options();
    options.reserve = 64;
    options
}

#[track_caller]
fn malformed(document: &[u8], expected: &str) {
    let error = signatures(document).unwrap_err();
    assert!(matches!(error, PdfError::MalformedSignature { .. }), "{error}");
    assert!(error.to_string().contains(expected), "{error}");
    assert_eq!(error.fault(), Fault::Document);
}

/// The document with a piece of its last update exchanged for one of the same length.
fn exchanged(document: &[u8], old: &str, new: &str) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let position = *positions(document, old.as_bytes()).last().unwrap();
    let mut document = document.to_vec();
    document.splice(position..position + old.len(), new.bytes());
    document
}

#[test]
fn a_document_without_signatures_has_none() {
    for (name, document) in samples::signable() {
        if !name.starts_with("certified") {
            assert_eq!(signatures(&document).unwrap(), [], "{name}");
        }
    }
}

#[test]
fn a_signature_that_ends_in_zeros_keeps_them() {
    for length in 0..=60u8 {
        let cms = [&[0x30, length][..], &vec![0; length.into()]].concat();
        let signed = prepare(&samples::page().table(), &small()).unwrap().embed(&cms).unwrap();
        assert_eq!(signatures(&signed).unwrap()[0].contents, cms);
    }
}

#[test]
fn a_signature_fills_its_reserve_exactly() {
    let cms = [&[0x30, 62][..], &[0xab; 62]].concat();
    let signed = prepare(&samples::page().table(), &small()).unwrap().embed(&cms).unwrap();
    assert_eq!(signatures(&signed).unwrap()[0].contents, cms);
}

#[test]
fn a_certified_or_locked_document_can_still_be_read() {
    let signed = sign(&samples::page().table(), &small());
    let last = signatures(&signed).unwrap().remove(0).field;
    let number = String::from_utf8_lossy(&signed[positions(&signed, b"/V ")[0] + 3..]).into_owned();
    let number: u32 = number.split(' ').next().unwrap().parse().unwrap();
    let revised = samples::revised(
        &signed,
        1,
        &format!(
            "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{} 0 R]>>/Perms<</DocMDP 9 0 R>>>>",
            number + 1
        ),
        "/Size 20/Root 1 0 R",
    );
    let revised = samples::revised(
        &revised,
        9,
        "<</Reference[<</TransformMethod/DocMDP/TransformParams<</P 1>>>>]>>",
        "/Size 20/Root 1 0 R",
    );
    assert_eq!(rubrica_pdf::inspect(&revised).unwrap_err(), PdfError::Certified { level: 1 });
    let read = signatures(&revised).unwrap();
    assert_eq!(read[0].field, last);
    assert_eq!(read[0].covers, Coverage::Revision { end: signed.len() as u64 });
}

#[test]
fn s33_a_later_revision_does_not_pass_for_covered() {
    let signed = sign(&samples::page().table(), &small());
    let added = samples::revised(&signed, 5, "<<>>", "/Size 20/Root 1 0 R");
    // The update replaced the catalog; a revision with the old one hides the form.
    let read = signatures(&added).unwrap();
    assert_eq!(read[0].covers, Coverage::Revision { end: signed.len() as u64 });
    let trailing = [&signed[..], b"% more\n"].concat();
    assert!(matches!(signatures(&trailing).unwrap()[0].covers, Coverage::Revision { .. }));
}

#[test]
fn s33_a_byte_range_that_leaves_out_more_is_refused() {
    let signed = sign(&samples::page().table(), &small());
    let [_, start, end, rest] = support::written_byte_range(&signed);
    let original = format!("[0 {start} {end} {rest}");
    let change = |start: u64, end: u64, rest: u64| {
        let new = format!("[0 {start} {end} {rest}");
        exchanged(&signed, &original, &new)
    };
    malformed(&change(start - 1, end, rest), "more than its contents");
    malformed(&change(start + 1, end, rest), "more than its contents");
    malformed(&change(start, end + 1, rest - 1), "more than its contents");
    malformed(&change(start, end - 1, rest), "more than its contents");
    malformed(&change(start, end, rest - 2), "end with a revision");
    malformed(&change(start, end, rest + 1), "exceeds");
    malformed(
        &exchanged(&signed, &original, &original.replace("[0 ", "[1 ")),
        "begin with the file",
    );
}

#[test]
fn s33_contents_that_are_not_the_ones_left_out_are_refused() {
    // Two strings: the byte range leaves one out, the dictionary means the other.
    let signed = sign(&samples::page().table(), &small());
    let [_, start, ..] = support::written_byte_range(&signed);
    let key = start as usize - "/Contents ".len();
    let mut other = signed.clone();
    other.splice(key..key + "/Contents".len(), *b"/Contentz");
    malformed(&other, "something else than its contents");
}

#[test]
fn contents_that_are_no_cms_are_refused() {
    let signed = sign(&samples::page().table(), &small());
    malformed(&exchanged(&signed, "<3008", "<0408"), "not a CMS");
    malformed(&exchanged(&signed, "<3008", "<3082"), "not a CMS");
    malformed(&exchanged(&signed, "<3008", "<0000"), "not a CMS");
    assert!(signatures(&exchanged(&signed, "<3008", "<30x8")).is_err());
}

#[test]
fn a_signature_of_indefinite_length_ends_where_its_contents_do() {
    let signed = sign(&samples::page().table(), &small());
    let ber = exchanged(&signed, "<30080406010203040000", "<30800202010200000000");
    assert_eq!(signatures(&ber).unwrap()[0].contents, b"\x30\x80\x02\x02\x01\x02\x00\x00");
}

#[test]
fn a_digest_of_another_file_is_an_error_not_a_panic() {
    let signed = sign(&samples::page().table(), &small());
    let signature = signatures(&signed).unwrap().remove(0);
    assert!(signature.digest(&signed[..signed.len() - 1]).is_err());
    assert!(signature.digest(b"").is_err());
}

#[test]
fn a_signature_shows_neither_name_nor_contents_when_it_is_debugged() {
    let signed = sign(&samples::page().table(), &small());
    let shown = format!("{:?}", signatures(&signed).unwrap());
    assert!(!shown.contains("Concei") && !shown.contains("48, 8"), "{shown}");
}
