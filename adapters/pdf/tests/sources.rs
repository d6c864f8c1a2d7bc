//! Documents that are not in memory.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use std::io::{ErrorKind, Write as _};

use rubrica_pdf::{
    Fault, PdfError, Source, Stamp, added_signature, appended_signature, inspect, prepare,
    prepare_update, signatures,
};
use support::sources::{Pieces, file, hollow};
use support::{options, samples, sign};

#[test]
fn a_file_is_read_as_its_bytes_are() {
    for (name, document) in samples::signable() {
        let mut on_disk = file(&document);
        assert_eq!(inspect(&on_disk), inspect(&document), "{name}");
        assert_eq!(signatures(&on_disk), signatures(&document), "{name}");
        let prepared = prepare_update(&on_disk, &options()).unwrap();
        let whole = prepare(&document, &options()).unwrap();
        assert_eq!(prepared.digest(), whole.digest(), "{name}");
        assert_eq!(prepared.byte_range(), whole.byte_range(), "{name}");
        assert_eq!(prepared.original_length(), document.len() as u64, "{name}");

        // The update is what was missing.
        on_disk.write_all(&prepared.embed(support::ENDS_IN_ZEROS).unwrap()).unwrap();
        let signed = whole.embed(support::ENDS_IN_ZEROS).unwrap();
        let added = added_signature(&document, &signed);
        assert_eq!(added_signature(&document, &on_disk), added, "{name}");
        assert_eq!(appended_signature(document.len() as u64, &on_disk), added, "{name}");
        if let Ok(added) = added {
            assert_eq!(added.digest(&on_disk), added.digest(&signed), "{name}");
        }
    }
}

#[test]
fn s33_pieces_of_any_length_give_the_same() {
    let first = sign(&samples::page().object_streams(), &options());
    let second = sign(&first, &options());
    let expected = added_signature(&first, &second).unwrap();
    let digest = expected.digest(&second).unwrap();
    for longest in [1, 2, 3, 7, 1000, 4095, 4096, 4097, 10_000] {
        let (original, signed) = (Pieces::new(&first, longest), Pieces::new(&second, longest));
        let found = added_signature(&original, &signed).unwrap();
        assert_eq!(found, expected, "{longest}");
        assert_eq!(found.digest(&signed), Ok(digest), "{longest}");
        let other = Pieces::new(&first[1..], longest);
        assert!(matches!(added_signature(&other, &signed), Err(PdfError::NotExtended { .. })));
    }
}

#[test]
fn a_document_that_is_appended_to_another_is_not_the_original() {
    let document = samples::page().table();
    let signed = sign(&document, &options());
    let length = document.len() as u64;
    assert!(appended_signature(length, &signed).is_ok());
    let beyond = appended_signature(signed.len() as u64 + 1, &signed).unwrap_err();
    assert!(matches!(beyond, PdfError::NotExtended { .. }), "{beyond}");
    // A length at which no document ends.
    assert!(appended_signature(length - 10, &signed).is_err());
    assert!(appended_signature(0, &signed).is_err());
}

#[test]
fn no_failure_of_a_source_is_taken_for_one_of_the_document() {
    for document in [samples::page().object_streams(), samples::page().hybrid(3)] {
        let mut small = options();
        small.reserve = 64;
        let first = sign(&document, &small);
        let (signed, length) = (sign(&first, &small), first.len() as u64);
        for index in 0..5 {
            let expected = one_of(&signed, length, index);
            let mut readings = 0;
            loop {
                let kind = ErrorKind::PermissionDenied;
                let failing = Pieces::new(&signed, 997).failing_after(readings, kind);
                let found = one_of(&failing, length, index);
                if failing.left.get() > 0 {
                    assert_eq!(found, expected);
                    break;
                }
                if found != expected {
                    let refused = found.unwrap_err();
                    assert_eq!(refused, PdfError::Source { kind }, "{index}");
                    assert_eq!(refused.fault(), Fault::Storage);
                }
                readings += 1;
            }
            assert!(readings > 5, "{readings}");
        }
    }
}

/// One of the things that can be done with a document.
fn one_of(document: &dyn Source, original: u64, index: usize) -> Result<(), PdfError> {
    let mut stamped = options();
    stamped.reserve = 64;
    stamped.stamp = Some(Stamp::new("Pessoa"));
    match index {
        0 => inspect(&document).map(drop),
        1 => signatures(&document).map(drop),
        2 => prepare_update(&document, &stamped).map(drop),
        3 => appended_signature(original, &document).map(drop),
        _ => added_signature(&document, &document).map(drop),
    }
}

#[test]
fn a_document_that_changes_its_length_is_refused() {
    let document = samples::page().table();
    let signed = sign(&document, &options());
    let (length, original) = (signed.len() as u64, document.len() as u64);
    for (first, then) in [(length, length + 1), (length, original), (length + 1, length + 1)] {
        for index in [0, 1, 2, 3] {
            let changing = Pieces::new(&signed, 4096).with_lengths(first, then);
            let refused = one_of(&changing, original, index).unwrap_err();
            assert!(
                matches!(refused, PdfError::Changed | PdfError::NotExtended { .. }),
                "{index}: {refused}"
            );
        }
    }
    assert_eq!(PdfError::Changed.fault(), Fault::Storage);
    let signature = signatures(&signed).unwrap().remove(0);
    let shorter = Pieces::new(&document, 4096).with_lengths(length, length);
    assert_eq!(signature.digest(&shorter), Err(PdfError::Changed));
}

#[test]
fn a_large_document_is_signed_where_it_is() {
    let large = hollow(20 << 20);
    assert_eq!(inspect(&large).unwrap().pages, 1);
    let prepared = prepare_update(&large, &options()).unwrap();
    let update = prepared.clone().embed(support::ENDS_IN_ZEROS).unwrap();
    assert!(update.len() < 64 * 1024);
    let signed = large.with_update(&update);
    let added = appended_signature(prepared.original_length(), &signed).unwrap();
    assert_eq!(added.byte_range, prepared.byte_range());
    assert_eq!(added.digest(&signed), Ok(prepared.digest()));
}
