//! What was added to a signed document, judged: attacks made by hand, and what is allowed.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use rubrica_pdf::{
    Certification, Change, Changes, FieldContent, SignatureOptions, Stamp, later_changes,
    signature_fields, signatures,
};
use support::attacks::{PAGE, text};
use support::update::{Update, start};
use support::{options, samples, sign};

fn small() -> SignatureOptions {
    let mut options = options();
    options.reserve = 64;
    options
}

/// The page of the samples, signed: 6 is the signature, 7 its field, 8 the form.
fn signed() -> Vec<u8> {
    sign(&samples::page().table(), &small())
}

/// What is said of the changes after the first signature.
#[track_caller]
fn judged(document: &[u8]) -> Changes {
    let fields = signature_fields(document).unwrap();
    let FieldContent::Signature(first) = &fields[0].content else {
        unreachable!("the documents of these tests have a signature that is well formed");
    };
    later_changes(document, first).unwrap()
}

/// How the changes are judged, and why.
fn told(changes: &Changes) -> (&'static str, Vec<String>) {
    match changes {
        Changes::None => ("none", Vec::new()),
        Changes::Allowed(all) => ("allowed", all.iter().map(|it| format!("{it:?}")).collect()),
        Changes::Forbidden(all) => ("forbidden", all.iter().map(ToString::to_string).collect()),
        Changes::Unknown(all) => ("unknown", all.iter().map(ToString::to_string).collect()),
    }
}

#[track_caller]
fn forbidden(document: &[u8], expected: &str) {
    let (verdict, why) = told(&judged(document));
    assert_eq!(verdict, "forbidden", "{why:?}");
    assert!(why.iter().any(|why| why.contains(expected)), "{why:?}");
}

#[track_caller]
fn unknown(document: &[u8], expected: &str) {
    let (verdict, why) = told(&judged(document));
    assert_eq!(verdict, "unknown", "{why:?}");
    assert!(why.iter().any(|why| why.contains(expected)), "{why:?}");
}

#[track_caller]
fn allowed(document: &[u8], expected: &[Change]) {
    assert_eq!(judged(document), Changes::Allowed(expected.to_vec()));
}

#[test]
fn s33_nothing_later_is_nothing() {
    assert_eq!(judged(&signed()), Changes::None);
    for blank in [&b"\n"[..], b"\r\n\0 \n"] {
        assert_eq!(judged(&[&signed(), blank].concat()), Changes::None);
    }
    // The page again as it was, its numbers written otherwise.
    let page = PAGE.replace("-2.50 .5", "-2.5 0.500");
    let again = Update::of(&signed()).object(3, &format!("<<{page}/Annots[7 0 R]>>")).table();
    assert_eq!(judged(&again), Changes::None);
}

#[test]
fn s33_a_second_signature_is_allowed() {
    let mut stamped = small();
    stamped.stamp = Some(Stamp::new("Pessoa"));
    for (name, document) in samples::signable() {
        if name.starts_with("certified") {
            continue;
        }
        let first = sign(&document, &small());
        let second = sign(&first, &stamped);
        let signature =
            |field: &str, visible| Change::Signature { field: field.to_owned(), visible };
        assert_eq!(
            judged(&second),
            Changes::Allowed(vec![signature("Signature2", true)]),
            "{name}"
        );
        let third = sign(&second, &small());
        assert_eq!(
            judged(&third),
            Changes::Allowed(vec![signature("Signature2", true), signature("Signature3", false)]),
            "{name}"
        );
        let all = signatures(&third).unwrap();
        assert_eq!(
            later_changes(&third, &all[1]).unwrap(),
            Changes::Allowed(vec![signature("Signature3", false)]),
            "{name}"
        );
        assert_eq!(later_changes(&third, &all[2]).unwrap(), Changes::None, "{name}");
    }
}

#[test]
fn s33_an_object_of_the_signed_revision_is_not_redefined() {
    let update = || Update::of(&signed());
    let content = "BT /F1 20 Tf 72 740 Td (Contrato) Tj ET".replace("Contrato", "Distrato");
    let content = format!("<</Length 39>>\nstream\n{content}\nendstream");
    let redefined = "an object of the signed revision is redefined";
    // The contents, as long as they were; the font; the tree of pages.
    forbidden(&update().object(4, &content).table(), redefined);
    let font = "<</Type/Font/Subtype/Type3/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";
    forbidden(&update().object(5, font).table(), "redefined (\"Font\"), object 5");
    let pages = "<</Type/Pages/Count 1/Kids[9 0 R]/MediaBox[0 0 595 842]>>";
    let page = "<</Type/Page/Parent 2 0 R/Contents 10 0 R>>";
    forbidden(
        &update().object(2, pages).object(9, page).table(),
        "redefined (\"Pages\"), object 2",
    );
}

#[test]
fn s33_a_page_shows_what_it_showed() {
    let page = |entries: &str| {
        Update::of(&signed()).object(3, &format!("<<{entries}>>")).object(9, &text("Outro"))
    };
    let with = |old: &str, new: &str| page(&(PAGE.replace(old, new) + "/Annots[7 0 R]")).table();
    let changed = |document: &[u8], key: &str| {
        forbidden(document, &format!("a page is changed (\"{key}\"), object 3"));
    };
    changed(&with("/Contents 4 0 R", "/Contents 9 0 R"), "Contents");
    changed(&with("/Contents 4 0 R", "/Contents[4 0 R 9 0 R]"), "Contents");
    changed(&with("/F1 5 0 R", "/F1 9 0 R"), "Resources");
    changed(&with("/Type/Page", "/Type/Page/CropBox[0 0 9 9]"), "CropBox");
    changed(&with("/Type/Page", "/Type/Page/AA<</O<</S/JavaScript/JS(x)>>>>"), "AA");
    forbidden(&page(&format!("{PAGE}/Contents 9 0 R/Annots[7 0 R]")).table(), "none any more");
    // An overlay, and a signature's widget that is taken away.
    let square = "<</Type/Annot/Subtype/FreeText/Rect[0 0 595 842]/AP<</N 10 0 R>>>>";
    let overlay = Update::of(&signed())
        .object(3, &format!("<<{PAGE}/Annots[7 0 R 9 0 R]>>"))
        .object(9, square)
        .object(10, &text("Outro"))
        .table();
    forbidden(&overlay, "an annotation is added, object 9");
    forbidden(&page(PAGE).table(), "annotations of a page are gone");
}

#[test]
fn s33_the_catalog_stays() {
    let catalog = |entries: &str| {
        Update::of(&signed())
            .object(1, &format!("<</Type/Catalog/AcroForm 8 0 R{entries}>>"))
            .object(9, "<</S/URI/URI(https://exemplo.invalid)>>")
    };
    for (entries, key) in [
        ("/Pages 2 0 R/OpenAction 9 0 R", "OpenAction"),
        ("/Pages 2 0 R/AA<</WC 9 0 R>>", "AA"),
        ("/Pages 9 0 R", "Pages"),
        ("/Pages 2 0 R/Names<<>>", "Names"),
        ("/Pages 2 0 R/OCProperties<</D<<>>>>", "OCProperties"),
        ("/Pages 2 0 R/Perms<</DocMDP 6 0 R>>", "Perms"),
    ] {
        let expected = format!("another entry of the catalog ({key:?}), object 1");
        forbidden(&catalog(entries).table(), &expected);
        forbidden(&catalog(entries).stream(), &expected);
    }
    forbidden(&catalog("/Pages 2 0 R/Pages 9 0 R").table(), "an entry twice");
    // Another object as the catalog.
    let other = Update::of(&signed())
        .object(9, "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R>>")
        .trailer("/Root 9 0 R")
        .table();
    forbidden(&other, "another catalog");
    allowed(
        &catalog("/Pages 2 0 R/Version/2.0").object(9, "(x)").table(),
        &[Change::Description, Change::Unused],
    );
}

#[test]
fn s33_what_the_signed_revision_lacked_is_not_defined() {
    // A page with an annotation and contents that are missing: readers show nothing of them.
    for missing in ["/Contents[4 0 R 40 0 R]", "/Contents 4 0 R/Annots[40 0 R]"] {
        let page = format!("<</Type/Page/Parent 2 0 R{missing}>>");
        let document = sign(&samples::page().with(3, &page).table(), &small());
        assert_eq!(judged(&document), Changes::None);
        let shadow = Update::of(&document).object(40, &text("Outro")).table();
        forbidden(&shadow, "refers in vain, object 40");
        let shadow = Update::of(&document).object(40, "<</Subtype/Square>>").object_stream();
        forbidden(&shadow, "refers in vain, object 40");
    }
}

#[test]
fn s33_later_sections_do_not_lead_back() {
    // The number of one object with the place of another is refused outright; so an earlier
    // revision's object of the same number is brought back.
    let first = samples::page().table();
    let font = "<</Type/Font/Subtype/Type1/BaseFont/Courier>>";
    let second = Update::of(&first).object(5, font).table();
    let document = sign(&second, &small());
    let places = support::positions(&document, b"5 0 obj");
    assert_eq!(judged(&document), Changes::None);
    forbidden(&Update::of(&document).entry(5, places[0]).table(), "leads back");
    forbidden(&Update::of(&document).entry(5, places[0]).stream(), "leads back");
    // The signed section is passed over.
    let skipped = Update::of(&document).object(9, "<<>>").previous(start(&second)).table();
    let error = signatures(&skipped);
    assert!(error.is_ok_and(|found| found.is_empty()), "the form is hidden");
    let signature = signatures(&document).unwrap().remove(0);
    let (verdict, why) = told(&later_changes(&skipped, &signature).unwrap());
    assert_eq!(verdict, "forbidden");
    assert_eq!(why, ["cross-references that do not go on from those signed"]);
    // A section that stands in a string of the signed revision, and goes on from it.
    let with_section = |previous: usize| {
        let section = format!("xref\n0 0\ntrailer\n<</Size 60/Root 1 0 R/Prev {previous:010}>>\n");
        sign(&samples::page().with(6, &format!("({section})")).table(), &small())
    };
    let document = with_section(start(&with_section(0)));
    let inner = position(&document, "(xref") + 1;
    let end = format!("startxref\n{inner}\n%%EOF\n");
    unknown(&[&document, end.as_bytes()].concat(), "in the signed bytes");
    // Freed objects, and another generation.
    forbidden(&Update::of(&signed()).free(5).table(), "is gone, object 5");
    forbidden(
        &Update::of(&signed()).object_with_generation(5, 1, font).table(),
        "generation is changed, object 5",
    );
}

#[test]
fn s33_later_bytes_are_all_accounted_for() {
    let document = signed();
    unknown(&[&document[..], b"% more\n"].concat(), "bytes after the end");
    unknown(&[&document[..], b"9 0 obj\n<<>>\nendobj\n"].concat(), "no cross-reference leads to");
    let start = start(&document);
    let end = format!("startxref\n{start}\n%%EOF\n");
    unknown(&[&document, end.as_bytes()].concat(), "an end of a revision that is not one");
    let update = || Update::of(&document).object(9, "(x)");
    allowed(&update().table(), &[Change::Unused]);
    allowed(&update().stream(), &[Change::Unused]);
    allowed(&update().object_stream(), &[Change::Unused]);
    allowed(&update().between(b"% a comment\n").table(), &[Change::Unused]);
    unknown(&update().between(b"odd").table(), "no object");
    unknown(&update().between(b"9 0 obj\n(y)\nendobj\n").table(), "no cross-reference leads to");
    unknown(&update().between(b"xref\n0 0\ntrailer\n<<>>\n").table(), "nothing leads to");
    unknown(&update().between(b"12 0 obj\n<<>>\n").table(), "no object");
    unknown(&[&update().table()[..], b"% more\n"].concat(), "bytes after the end");
    unknown(&[&update().table()[..], b"x"].concat(), "no object");
    // An object twice in one revision, and once more in the next.
    let twice = update().between(b"9 0 obj\n(y)\nendobj\n");
    unknown(&twice.table(), "no cross-reference leads to");
    let again = Update::of(&update().table()).object(9, "(y)");
    allowed(&again.table(), &[Change::Unused]);
    allowed(&again.object_stream(), &[Change::Unused]);
    unknown(&Update::of(&twice.table()).object(30, "(y)").table(), "no cross-reference leads to");
    // Two entries for one object: readers take the first or the last.
    let place = position(&update().table(), "9 0 obj");
    for places in [[place, position(&document, "5 0 obj")], [place, place]] {
        let [first, last] = places;
        let doubled = update().entry(9, first).entry(9, last).table();
        let (verdict, why) = told(&judged(&doubled));
        assert!(matches!(verdict, "unknown" | "forbidden"), "{why:?}");
    }
    // Objects that are left out.
    let shorter = update().table();
    let at = *support::positions(&shorter, b"/Size 53").last().unwrap();
    let shorter = [&shorter[..at], b"/Size 05", &shorter[at + 8..]].concat();
    unknown(&shorter, "leaves objects out");
    // An object within the data of another.
    let holder = "<</Length 24>>\nstream\n10 0 obj\n(y)\nendobj     \nendstream";
    let inner = position(&Update::of(&document).object(9, holder).table(), "10 0 obj\n(y)");
    forbidden(
        &Update::of(&document).object(9, holder).entry(10, inner).table(),
        "hidden in another",
    );
    // A second section for newer readers only.
    let hybrid = Update::of(&document).object(9, "(x)").trailer("/Root 1 0 R/XRefStm 17").table();
    let signature = signatures(&document).unwrap().remove(0);
    assert!(matches!(later_changes(&hybrid, &signature).unwrap(), Changes::Unknown(_)));
}

fn position(document: &[u8], text: &str) -> usize {
    support::positions(document, text.as_bytes())[0]
}

/// The same certified, so that forms may be filled in and signatures be added; or at another level.
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
