//! The incremental update, on documents of every construction.

mod support;

use rubrica_pdf::{
    Coverage, PdfError, Stamp, StampPage, SubFilter, added_signature, inspect, prepare, signatures,
};
use support::{judges, options, samples, sign};

#[test]
fn s33_the_original_bytes_are_a_prefix_of_every_signed_document() {
    for (name, document) in samples::signable() {
        let signed = sign(&document, &options());
        assert!(signed.starts_with(&document), "{name}");
        assert!(signed.ends_with(b"%%EOF\n"), "{name}");
    }
}

#[test]
fn s33_the_byte_range_covers_all_but_the_contents() {
    for (name, document) in samples::signable() {
        let prepared = prepare(&document, &options()).unwrap();
        let (byte_range, digest) = (prepared.byte_range(), prepared.digest());
        let signed = prepared.embed(support::ENDS_IN_ZEROS).unwrap();
        assert_eq!(byte_range, support::expected_byte_range(&signed), "{name}");
        assert_eq!(byte_range, support::written_byte_range(&signed), "{name}");

        let found = signatures(&signed);
        if name.starts_with("certified") {
            // Its first signature is none, and is not taken for one.
            assert!(matches!(found, Err(PdfError::MalformedSignature { .. })), "{name}");
            continue;
        }
        let found = found.unwrap();
        let [signature] = found.as_slice() else { panic!("{name}: {found:?}") };
        assert_eq!(signature.byte_range, byte_range, "{name}");
        assert_eq!(signature.covers, Coverage::WholeFile, "{name}");
        assert_eq!(signature.digest(&signed).unwrap(), digest, "{name}");
    }
}

#[test]
fn a_field_that_is_not_there_does_not_become_the_signature() {
    // The page has five objects, so that these references lead to what an update would number so.
    let catalog = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R 7 0 R 900 0 R] >> >>";
    let document = samples::page().with(1, catalog).table();
    assert!(signatures(&document).unwrap().is_empty());
    let signed = sign(&document, &options());
    assert_eq!(signatures(&signed).unwrap().len(), 1);
    assert_eq!(inspect(&signed).unwrap().signatures.len(), 1);
    judges::qpdf(&signed, "a form with fields that are not there");
}

#[test]
fn s33_what_is_missing_does_not_become_a_part_of_the_signature() {
    let page = "<</Type/Page/Parent 2 0 R/Contents[4 0 R 6 0 R 8 0 R]/Annots[9 0 R 69 0 R]>>";
    for document in [samples::page().with(3, page).table(), samples::page().with(3, page).stream()]
    {
        let signed = sign(&document, &options());
        assert!(added_signature(&document, &signed).is_ok());
        for missing in [6, 8, 9, 69] {
            let head = format!("\n{missing} 0 obj");
            let before = support::positions(&document, head.as_bytes()).len();
            assert_eq!(support::positions(&signed, head.as_bytes()).len(), before, "{missing}");
        }
    }
}

#[test]
fn every_signed_document_is_in_order_for_qpdf() {
    for (name, document) in samples::signable() {
        judges::qpdf(&document, &format!("the sample {name}"));
        for sub_filter in
            [SubFilter::AdbePkcs7Detached, SubFilter::EtsiCadesDetached, SubFilter::PbadPades]
        {
            let mut options = options();
            options.sub_filter = sub_filter;
            if name != "certified for forms" {
                options.stamp = Some(Stamp::new("Conceição Exemplo"));
            }
            judges::qpdf(&sign(&document, &options), name);
        }
    }
}

#[test]
fn what_was_prepared_twice_is_the_same() {
    for (name, document) in samples::signable() {
        let digests = [(); 2].map(|()| prepare(&document, &options()).unwrap().digest());
        assert_eq!(digests[0], digests[1], "{name}");
    }
    let document = samples::page().table();
    let mut later = options();
    later.signed_at = rubrica_pdf::SigningTime::from_unix_seconds(support::SIGNED_AT + 1).unwrap();
    let digest = |options| prepare(&document, options).unwrap().digest();
    assert_ne!(digest(&options()), digest(&later));
}

#[test]
fn a_second_signature_leaves_what_the_first_covers_unchanged() {
    for (name, document) in samples::signable() {
        if name.starts_with("certified") {
            continue;
        }
        let first = sign(&document, &options());
        let mut with_stamp = options();
        with_stamp.stamp = Some(Stamp::new("Segunda Pessoa"));
        let second = sign(&first, &with_stamp);
        let third = sign(&second, &options());
        judges::qpdf(&third, name);

        let alone = &signatures(&first).unwrap()[0];
        let all = signatures(&third).unwrap();
        assert_eq!(all.len(), 3, "{name}");
        assert_eq!(all[0].covers, Coverage::Revision { end: first.len() as u64 }, "{name}");
        assert_eq!(all[1].covers, Coverage::Revision { end: second.len() as u64 }, "{name}");
        assert_eq!(all[2].covers, Coverage::WholeFile, "{name}");
        assert_eq!(all[0].digest(&third).unwrap(), alone.digest(&first).unwrap(), "{name}");
        assert_eq!(all[0].contents, alone.contents, "{name}");
        let mut names: Vec<_> = all.iter().map(|signature| &signature.field).collect();
        names.dedup();
        assert_eq!(names.len(), 3, "{name}");
    }
}

#[test]
fn the_update_is_written_as_the_last_section_was() {
    let last = |document: &[u8]| {
        let signed = sign(document, &options());
        let start = *support::positions(&signed, b"startxref\n").last().unwrap();
        let number = String::from_utf8_lossy(&signed[start + 10..]);
        let offset: usize = number.lines().next().unwrap().parse().unwrap();
        signed[offset..].starts_with(b"xref")
    };
    assert!(last(&samples::page().table()));
    assert!(last(&samples::page().hybrid(5)));
    assert!(!last(&samples::page().stream()));
    assert!(!last(&samples::page().object_streams()));
}

#[test]
fn the_parts_of_a_page_are_kept_as_they_were() {
    for document in [samples::page().table(), samples::page().object_streams()] {
        let signed = sign(&document, &options());
        let update = String::from_utf8_lossy(&signed[document.len()..]).into_owned();
        assert!(update.contains(r"/Odd (a\)b\\)"), "{update}");
        assert!(update.contains("/Deep [[1 -2.50 .5] <</K#20 null/T true>>]"), "{update}");
    }
}

#[test]
fn texts_come_back_as_they_were_given() {
    let signed = sign(&samples::page().table(), &options());
    let signature = &signatures(&signed).unwrap()[0];
    assert_eq!(signature.field, "Signature1");
    assert_eq!(signature.filter, "Adobe.PPKLite");
    assert_eq!(signature.sub_filter, "adbe.pkcs7.detached");
    assert_eq!(signature.signed_at.as_deref(), Some("D:20261121184752-03'00'"));
    assert_eq!(signature.name.as_deref(), Some("Conceição Exemplo — Ω"));
    assert_eq!(signature.reason.as_deref(), Some("Aprovação do contrato"));
    assert_eq!(signature.location.as_deref(), Some("São Paulo (SP)"));
    assert_eq!(signature.contact.as_deref(), Some("conceicao@exemplo.invalid"));
}

#[test]
fn each_kind_of_signature_has_its_filter() {
    for (sub_filter, filter, name, declared) in [
        (SubFilter::AdbePkcs7Detached, "Adobe.PPKLite", "adbe.pkcs7.detached", false),
        (SubFilter::EtsiCadesDetached, "Adobe.PPKLite", "ETSI.CAdES.detached", true),
        (SubFilter::PbadPades, "PBAD_PAdES", "PBAD.PAdES", false),
    ] {
        let mut options = options();
        options.sub_filter = sub_filter;
        let signed = sign(&samples::page().table(), &options);
        let signature = &signatures(&signed).unwrap()[0];
        assert_eq!((signature.filter.as_str(), signature.sub_filter.as_str()), (filter, name));
        assert_eq!(!support::positions(&signed, b"/ESIC").is_empty(), declared, "{name}");
        // PDF 2.0 knows it without a declaration.
        let signed = sign(&samples::page().with_header("%PDF-2.0\n").table(), &options);
        assert!(support::positions(&signed, b"/ESIC").is_empty());
    }
}

#[test]
fn an_inspection_tells_what_the_document_is() {
    let found = inspect(&samples::page().with_header("%PDF-1.3\n").table()).unwrap();
    assert_eq!((found.version, found.pages, found.has_form), ((1, 3), 1, false));
    let documents = samples::signable();
    let of = |wanted| {
        let (_, document) = documents.iter().find(|(name, _)| *name == wanted).unwrap();
        inspect(document).unwrap()
    };
    assert_eq!(of("tree of pages").pages, 2);
    assert_eq!(of("certified for forms").signatures, ["Autor"]);
    assert_eq!(of("certified for forms").certification, Some(rubrica_pdf::Certification::Forms));
    assert!(of("form of its own").has_form);
}

#[test]
fn a_signature_that_does_not_fit_is_refused_with_both_sizes() {
    let mut options = options();
    options.reserve = 9;
    let prepared = prepare(&samples::page().table(), &options).unwrap();
    assert_eq!(prepared.capacity(), 9);
    let refused = prepared.clone().embed(support::ENDS_IN_ZEROS).unwrap_err();
    assert_eq!(refused, PdfError::SignatureTooLarge { needed: 10, reserved: 9 });
    assert!(prepared.embed(b"\x30\x07\x04\x05\x01\x02\x03\x04\x00").is_ok());
}

#[test]
fn a_signature_that_is_not_der_is_refused() {
    let prepared = prepare(&samples::page().table(), &options()).unwrap();
    for bytes in [
        &b""[..],
        b"-----BEGIN PKCS7-----\nMIAG",
        b"\x04\x01\x00",
        b"\x30\x80\x02\x01\x05\x00\x00",
        b"\x30\x03\x02\x01\x05\x00",
        b"\x30\x04\x02\x01\x05",
    ] {
        let refused = prepared.clone().embed(bytes).unwrap_err();
        assert!(matches!(refused, PdfError::SignatureNotDer { .. }), "{bytes:x?}: {refused}");
        assert_eq!(refused.fault(), rubrica_pdf::Fault::Signature);
    }
}

#[test]
fn options_that_cannot_be_met_are_refused() {
    let document = samples::page().table();
    let refused = |change: fn(&mut rubrica_pdf::SignatureOptions)| {
        let mut options = options();
        options.stamp = Some(Stamp::new("Pessoa"));
        change(&mut options);
        let refused = prepare(&document, &options).unwrap_err();
        assert_eq!(refused.fault(), rubrica_pdf::Fault::Options);
        refused
    };
    refused(|options| options.reserve = 0);
    refused(|options| options.reserve = usize::MAX);
    refused(|options| options.reason = Some("a".repeat(1025)));
    refused(|options| options.stamp.as_mut().unwrap().size = (f32::NAN, 10.0));
    refused(|options| options.stamp.as_mut().unwrap().size = (600.0, 64.0));
    refused(|options| options.stamp.as_mut().unwrap().offset = (-5.0, 0.0));
    refused(|options| options.stamp.as_mut().unwrap().signer = " ".to_owned());
    refused(|options| options.stamp.as_mut().unwrap().qr_url = Some("x".repeat(301)));
    let page = |options: &mut rubrica_pdf::SignatureOptions| {
        options.stamp.as_mut().unwrap().page = StampPage::Number(2);
    };
    assert_eq!(refused(page), PdfError::NoSuchPage { page: 2, pages: 1 });
}

#[test]
fn a_prepared_document_shows_nothing_of_itself() {
    let prepared = prepare(&samples::page().table(), &options()).unwrap();
    let shown = format!("{prepared:?}");
    assert!(!shown.contains("Contrato") && !shown.contains("37, 80"), "{shown}");
}
