//! Signatures read back, from our documents and from tampered ones.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use rubrica_pdf::{
    Coverage, Fault, FieldContent, PdfError, SignatureOptions, SubFilter, prepare,
    signature_fields, signatures,
};
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
fn what_is_covered_can_be_hashed_by_anyone() {
    let signed = sign(&samples::page().table(), &small());
    let signature = signatures(&signed).unwrap().remove(0);
    let [_, first, second, _] = signature.byte_range.map(|number| number as usize);
    let mut covered = Vec::new();
    signature.covered(&signed, |chunk| covered.extend_from_slice(chunk)).unwrap();
    assert_eq!(covered, [&signed[..first], &signed[second..]].concat());
    let pieces = support::sources::Pieces::new(&signed, 61);
    let mut again = Vec::new();
    signature.covered(&pieces, |chunk| again.extend_from_slice(chunk)).unwrap();
    assert_eq!(again, covered);
}

#[test]
fn the_dictionary_has_what_the_policies_of_icp_brasil_want_and_nothing_else() {
    // DOC-ICP-15.03, PAdES: neither Cert, nor R, nor Prop_AuthType.
    let wanted = ["ByteRange", "Contents", "Filter", "M", "SubFilter", "Type"];
    for (sub_filter, filter, name) in [
        (SubFilter::PbadPades, "PBAD_PAdES", "PBAD.PAdES"),
        (SubFilter::EtsiCadesDetached, "Adobe.PPKLite", "ETSI.CAdES.detached"),
        (SubFilter::AdbePkcs7Detached, "Adobe.PPKLite", "adbe.pkcs7.detached"),
    ] {
        let mut options = small();
        options.sub_filter = sub_filter;
        let all = sign(&samples::page().table(), &options);
        let texts = ["ContactInfo", "Location", "Name", "Reason"];
        let mut expected = [&wanted[..], &texts[..]].concat();
        expected.sort_unstable();
        assert_eq!(signatures(&all).unwrap()[0].entries, expected);
        (options.reason, options.location, options.name, options.contact) = Default::default();
        let signature = signatures(&sign(&samples::page().table(), &options)).unwrap().remove(0);
        assert_eq!(signature.entries, wanted);
        let told = [&signature.kind, &signature.filter, &signature.sub_filter];
        assert_eq!(told, ["Sig", filter, name]);
    }
    let forbidden = exchanged(&sign(&samples::page().table(), &small()), "/Reason", "/Cert  ");
    assert!(signatures(&forbidden).unwrap()[0].entries.contains(&"Cert".to_owned()));
}

#[test]
fn s33_what_stands_beside_the_signature_in_its_contents_is_told() {
    let signed = sign(&samples::page().table(), &small());
    let written = |document: &[u8]| signatures(document).unwrap()[0].written;
    let as_we_write = written(&signed);
    assert_eq!(as_we_write.room, 64);
    assert!(as_we_write.only_digits && as_we_write.padded_with_zeros);
    let ends = "3008040601020304000000";
    let spaced = written(&exchanged(&signed, &format!("{ends}00"), &format!("{ends}  ")));
    assert!(!spaced.only_digits && spaced.padded_with_zeros && spaced.room == 63);
    // One digit less, and what it was half of is filled up.
    let odd = written(&exchanged(&signed, &format!("{ends}00"), &format!("{ends} 0")));
    assert!(!odd.only_digits && odd.padded_with_zeros && odd.room == 64);
    let padded = written(&exchanged(&signed, &format!("{ends}00"), &format!("{ends}01")));
    assert!(padded.only_digits && !padded.padded_with_zeros);
}

#[test]
fn each_signature_field_is_told_by_itself() {
    let field = "<</FT/Sig/T(Espera)/Kids[7 0 R]>>";
    let document = samples::page()
        .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R 8 0 R]>>>>")
        .with(6, field)
        .with(7, "<</Type/Annot/Subtype/Widget/Parent 6 0 R>>")
        .with(8, "<</FT/Sig/T(Outro)/V<</Type/Sig/Contents<30>>>>>")
        .table();
    let signed = sign(&document, &small());
    assert!(signatures(&signed).is_err());
    let fields = signature_fields(&signed).unwrap();
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["Signature1", "Outro", "Espera"]);
    let [first, second, third] = fields.as_slice() else { unreachable!("there are three") };
    assert!(matches!(&first.content, FieldContent::Signature(it) if it.field == "Signature1"));
    assert!(matches!(
        &second.content,
        FieldContent::Malformed(PdfError::MalformedSignature { what, .. })
            if what.contains("/ByteRange")
    ));
    assert_eq!(third.content, FieldContent::Empty);
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
