//! What was added to a signed document, judged: fields, signatures, and what belongs to these.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use rubrica_pdf::{Certification, Change, SignatureOptions, Stamp, later_changes, signatures};
use support::attacks::{PAGE, text};
use support::update::Update;
use support::verdicts::{allowed, forbidden, position, signed, small, told, unknown};
use support::{samples, sign};

/// The page of the samples certified, so that forms may be filled in and signatures be added; or at another level.
fn certified(level: u8, objects: &samples::Objects) -> Vec<u8> {
    let mut certifying = small();
    certifying.certify = Some(Certification::Forms);
    let document = sign(&objects.table(), &certifying);
    let at = position(&document, "/P 2/V") + "/P ".len();
    let mut document = document;
    document[at] = b'0' + level;
    document
}

/// The document whose certification is a lock of all fields instead.
fn locked(document: &[u8]) -> Vec<u8> {
    let old = "/TransformMethod /DocMDP/TransformParams <</Type /TransformParams/P 2/V /1.2>>";
    let new = "/TransformMethod /FieldMDP/TransformParams <</Action /All/V /1.2>>";
    let at = position(document, old);
    let mut document = document.to_vec();
    document.splice(at..at + old.len(), format!("{new:0$}", old.len()).bytes());
    document
}

const FIELD: &str = "/FT/Tx/T(Valor)/Type/Annot/Subtype/Widget/Rect[10 10 90 30]/P 3 0 R";

/// A page with a text field in object 6, a box in object 9, and a waiting signature field in 7; the
/// signature is 10, its field 11, and the form stays 8.
fn with_fields() -> samples::Objects {
    samples::page()
        .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R>>")
        .with(3, "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Annots[6 0 R 7 0 R]>>")
        .with(6, &format!("<<{FIELD}/V(1)/AP<</N 9 0 R>>>>"))
        .with(7, "<</FT/Sig/T(Espera)/Type/Annot/Subtype/Widget/Rect[100 10 190 30]/P 3 0 R>>")
        .with(8, "<</Fields[6 0 R 7 0 R]/DA(/F1 0 Tf)>>")
        .with(9, &text("1"))
}

#[test]
fn s33_a_field_is_filled_in_only_where_a_certification_allows_it() {
    let filled = |document: &[u8]| {
        Update::of(document)
            .object(6, &format!("<<{FIELD}/V(1000)/AP<</N 20 0 R>>>>"))
            .object(20, &text("1000"))
            .table()
    };
    let in_place = |document: &[u8]| {
        Update::of(document)
            .object(6, &format!("<<{FIELD}/V(1000)/AP<</N 9 0 R>>>>"))
            .object(9, &text("1000"))
            .table()
    };
    let valor = [Change::FormField { field: "Valor".to_owned() }];
    forbidden(&filled(&sign(&with_fields().table(), &small())), "a field is changed (\"V\")");
    forbidden(&filled(&certified(1, &with_fields())), "a field is changed (\"V\")");
    for level in [2, 3] {
        let document = certified(level, &with_fields());
        allowed(&filled(&document), &valor);
        allowed(&in_place(&document), &valor);
    }
    // Not by anything else, nor what is used in other places.
    let document = certified(2, &with_fields());
    for (entries, key) in [
        (FIELD.replace("10 10", "0 0"), "Rect"),
        (FIELD.replace("(Valor)", "(Outro)"), "T"),
        (format!("{FIELD}/A<</S/Launch>>"), "A"),
        (format!("{FIELD}/Kids[20 0 R]/AA<<>>"), "AA"),
    ] {
        let other = Update::of(&document).object(6, &format!("<<{entries}/V(1)/AP<</N 9 0 R>>>>"));
        forbidden(&other.table(), &format!("a field is changed ({key:?}), object 6"));
    }
    let shared = with_fields()
        .with(3, "<</Type/Page/Parent 2 0 R/Contents[4 0 R 9 0 R]/Annots[6 0 R 7 0 R]>>");
    forbidden(&in_place(&certified(2, &shared)), "is redefined, object 9");
    allowed(&filled(&certified(2, &shared)), &valor);
    // An appearance that is none of this field's.
    let elsewhere = Update::of(&document)
        .object(6, &format!("<<{FIELD}/V(1)/AP<</N 4 0 R>>>>"))
        .object(4, &text("Outro"))
        .table();
    forbidden(&elsewhere, "is redefined, object 4");
}

#[test]
fn s33_a_waiting_field_may_be_signed() {
    let document = sign(&with_fields().table(), &small());
    let field = "/FT/Sig/T(Espera)/Type/Annot/Subtype/Widget/P 3 0 R";
    let signature = "<</Type/Sig/Filter/X/SubFilter/adbe.pkcs7.detached/ByteRange";
    let waiting = |entries: &str, kind: &str| {
        let update = Update::of(&document)
            .object(7, &format!("<<{field}{entries}>>"))
            .object(30, &format!("{}{kind}", signature.replace("/Sig", kind)))
            .object(31, &text("Assinado"));
        with_byte_range(&update, 30, kind)
    };
    let rect = "/Rect[100 10 190 30]";
    let espera = || "Espera".to_owned();
    allowed(
        &waiting(&format!("{rect}/V 30 0 R/AP<</N 31 0 R>>"), "Sig"),
        &[Change::Signature { field: espera(), visible: true }],
    );
    allowed(
        &waiting(&format!("{rect}/V 30 0 R/AP<</N 31 0 R>>"), "DocTimeStamp"),
        &[Change::TimeStamp { field: espera() }],
    );
    forbidden(&waiting("/Rect[0 0 595 842]/V 30 0 R", "Sig"), "a field is changed (\"Rect\")");
    shared(&document, &waiting(&format!("{rect}/V 10 0 R"), "Sig"));
}

/// The update with a signature dictionary in the object, whose byte range is right.
fn with_byte_range(update: &Update, number: u32, kind: &str) -> Vec<u8> {
    let dictionary = |range: [usize; 3]| {
        let [first, second, rest] = range;
        let sub_filter = if kind == "Sig" { "adbe.pkcs7.detached" } else { "ETSI.RFC3161" };
        format!(
            "<</Type/{kind}/Filter/Adobe.PPKLite/SubFilter/{sub_filter}\
             /ByteRange[0 {first:010} {second:010} {rest:010}]/Contents<3003020107>>>"
        )
    };
    let made = |range| update.clone().object(number, &dictionary(range)).table();
    let first = made([0; 3]);
    let start = *support::positions(&first, b"<3003020107>").last().unwrap();
    let end = start + "<3003020107>".len();
    made([start, end, first.len() - end])
}

/// A signature that two fields have is refused.
#[track_caller]
fn shared(document: &[u8], changed: &[u8]) {
    let refused = signatures(changed).unwrap_err();
    assert!(refused.to_string().contains("same revision as another"), "{refused}");
    let signature = signatures(document).unwrap().remove(0);
    let (verdict, why) = told(&later_changes(changed, &signature).unwrap());
    assert_eq!(verdict, "forbidden", "{why:?}");
    assert!(why.iter().any(|why| why.contains("not new")), "{why:?}");
}

#[test]
fn s33_what_pades_adds_later_is_allowed() {
    let page = format!("<<{PAGE}/Annots[7 0 R 30 0 R]>>");
    let stamp_field = |more: &str| {
        format!(
            "<</FT/Sig/T(Carimbo)/Type/Annot/Subtype/Widget/Rect[0 0 0 0]/F 132/P 3 0 R/V 31 0 R{more}>>"
        )
    };
    let validation = "<</Type/DSS/Certs[21 0 R]/CRLs 22 0 R/VRI<</\
                      0123456789ABCDEF0123456789ABCDEF01234567<</Cert[21 0 R]/TU(D:2026)>>>>\
                      /PBAD_PolicyArtifacts[23 0 R]>>";
    let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R/DSS 20 0 R>>";
    let stored = |document: &[u8]| {
        Update::of(document)
            .object(1, &catalog_of(document, catalog))
            .object(20, validation)
            .object(21, &text("cert"))
            .object(22, "[24 0 R]")
            .object(23, &text("policy"))
            .object(24, &text("crl"))
    };
    let stamped = |document: &[u8], more: &str| {
        let update = Update::of(document)
            .object(3, &page)
            .object(8, "<</Fields[7 0 R 30 0 R]/SigFlags 3>>")
            .object(30, &stamp_field(more));
        with_byte_range(&update, 31, "DocTimeStamp")
    };
    let carimbo = Change::TimeStamp { field: "Carimbo".to_owned() };
    // A certification that allows no change allows this, for it is none.
    for document in [signed(), certified(1, &samples::page()), certified(2, &samples::page())] {
        let stored = stored(&document);
        allowed(&stored.table(), &[Change::ValidationData]);
        allowed(&stored.stream(), &[Change::ValidationData]);
        allowed(&stamped(&document, ""), core::slice::from_ref(&carimbo));
        allowed(&stamped(&stored.table(), ""), &[Change::ValidationData, carimbo.clone()]);
    }
    let document = signed();
    unknown(&stamped(&document, "/A<</S/JavaScript>>"), "a new field that does more (\"A\")");
    unknown(&stored(&document).object(20, "<</Other[]>>").table(), "(\"Other\")");
    forbidden(&stored(&document).object(20, "<</Certs[(a)]>>").table(), "something else");
    forbidden(&stored(&document).object(20, &text("x")).table(), "something else");
    // Validation data as a way to redefine what is signed.
    let reused = stored(&document).object(20, "<</Certs[4 0 R]>>").object(4, &text("Outro"));
    forbidden(&reused.table(), "is redefined, object 4");
    let reused = stored(&document).object(20, "<</Certs 5 0 R>>").object(5, "[21 0 R]");
    forbidden(&reused.table(), "something else");
    // Later data in place of earlier.
    let more = Update::of(&stored(&document).table()).object(22, "[24 0 R 40 0 R]");
    allowed(&more.object(40, &text("crl")).table(), &[Change::ValidationData]);
}

/// The catalog with what the document's own has besides.
fn catalog_of(document: &[u8], catalog: &str) -> String {
    match support::positions(document, b"/Perms").is_empty() {
        true => catalog.to_owned(),
        false => catalog.replace("/DSS", "/Perms<</DocMDP 6 0 R>>/DSS"),
    }
}

#[test]
fn s33_only_signature_fields_are_added_to_a_form() {
    let document = signed();
    let added = |field: &str| {
        Update::of(&document)
            .object(3, &format!("<<{PAGE}/Annots[7 0 R 30 0 R]>>"))
            .object(8, "<</Fields[7 0 R 30 0 R]/SigFlags 3>>")
            .object(30, &format!("<</Type/Annot/Subtype/Widget{field}>>"))
            .object(31, &text("Assinado"))
    };
    let shows = "/AP<</N 31 0 R>>";
    forbidden(
        &added(&format!("/FT/Tx/T(a)/V(b)/Rect[0 0 9 9]{shows}")).table(),
        "no new signature",
    );
    forbidden(&added(&format!("/FT/Btn/T(a)/Rect[0 0 9 9]{shows}")).table(), "no new signature");
    forbidden(&added("/FT/Sig/T(Signature1)/Rect[0 0 0 0]").table(), "a name that there is");
    shared(&document, &added("/FT/Sig/T(a)/V 6 0 R/Rect[0 0 0 0]").table());
    forbidden(&added("/FT/Sig/T(a)/V<<>>/Rect[0 0 0 0]").table(), "a signature that is none");
    unknown(&added(&format!("/FT/Sig/T(a)/Rect[0 0 595 842]{shows}")).table(), "may cover");
    unknown(&added(&format!("/FT/Sig/T(a)/Rect[0 0 9]{shows}")).table(), "may cover");
    unknown(&added("/FT/Sig/T(a)/AA<</E<</S/JavaScript>>>>/Rect[0 0 0 0]").table(), "(\"AA\")");
    let field = |name: &str| Change::SignatureField { field: name.to_owned() };
    let empty = added("/FT/Sig/T(a)/Rect[0 0 0 0]");
    allowed(&empty.clone().table(), &[field("a"), Change::Unused]);
    // With widgets of its own.
    let kids = empty
        .clone()
        .object(3, &format!("<<{PAGE}/Annots[7 0 R 32 0 R]>>"))
        .object(30, "<</FT/Sig/T(a)/Kids[32 0 R]>>")
        .object(32, "<</Subtype/Widget/Parent 30 0 R/Rect[0 0 9 9]>>");
    allowed(&kids.table(), &[field("a"), Change::Unused]);
    for other in ["", "/Parent 7 0 R"] {
        let kid = format!("<</Subtype/Widget{other}/Rect[0 0 9 9]>>");
        forbidden(&kids.clone().object(32, &kid).table(), "no new signature");
    }
    forbidden(&added("/FT/Sig/T(a)/Parent 7 0 R/Rect[0 0 0 0]").table(), "no new signature");
    let named = kids.object(32, "<</Subtype/Widget/Parent 30 0 R/T(b)/FT/Tx/Rect[0 0 9 9]>>");
    forbidden(&named.table(), "no new signature");
    // The form's other entries, and fields that are gone.
    for (form, expected) in [
        ("<</Fields[7 0 R]/SigFlags 3/NeedAppearances true>>", "another entry of the form"),
        ("<</Fields[7 0 R]/SigFlags 3/XFA[]>>", "another entry of the form"),
        ("<</Fields[]/SigFlags 3>>", "gone"),
        ("<</Fields[31 0 R 7 0 R]/SigFlags 3>>", "no new signature field"),
    ] {
        // Where its field is gone, the signature is not found any more.
        let other = Update::of(&document).object(8, form).object(31, &text("x"));
        let signature = signatures(&document).unwrap().remove(0);
        let (verdict, why) = told(&later_changes(&other.table(), &signature).unwrap());
        assert_eq!(verdict, "forbidden", "{form}");
        assert!(why.iter().any(|why| why.contains(expected)), "{why:?}");
    }
}

#[test]
fn s33_a_certification_forbids_what_it_does() {
    let mut stamped = small();
    stamped.stamp = Some(Stamp::new("Pessoa"));
    let second = |visible| Change::Signature { field: "Signature2".to_owned(), visible };
    let two = certified(2, &samples::page());
    allowed(&sign(&two, &small()), &[second(false)]);
    let three = certified(3, &samples::page());
    allowed(&sign(&three, &stamped), &[second(true)]);
    // What `prepare` refuses, made by lying of the level.
    let lied = |level: u8, options: &SignatureOptions| {
        let mut document = sign(&three, options);
        document[position(&three, "/P 3/V") + 3] = b'0' + level;
        document
    };
    forbidden(&lied(2, &stamped), "that shows");
    forbidden(&lied(1, &small()), "allows none");
    // A lock.
    let locked = |options: &SignatureOptions| locked(&sign(&two, options));
    forbidden(&locked(&small()), "an earlier one locks (\"Signature2\")");
    // Annotations.
    let annotated = |document: &[u8], annotation: &str| {
        Update::of(document)
            .object(3, &format!("<<{PAGE}/Annots[7 0 R 30 0 R]>>"))
            .object(30, annotation)
            .table()
    };
    let square = "<</Type/Annot/Subtype/Square/Rect[0 0 9 9]>>";
    allowed(&annotated(&three, square), &[Change::Annotation { object: 30 }]);
    forbidden(&annotated(&two, square), "an annotation is added, object 30");
    forbidden(&annotated(&three, "<</Subtype/Widget/FT/Tx/T(a)>>"), "a field is added to a page");
    unknown(&annotated(&three, "<</Subtype/Link/A<</S/Launch>>>>"), "that acts");
}
