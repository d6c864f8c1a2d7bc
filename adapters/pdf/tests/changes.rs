//! What was added to a signed document, judged: pages, the catalog, the structure of the file.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use rubrica_pdf::{Change, Changes, Stamp, later_changes, signatures};
use support::attacks::{PAGE, text};
use support::update::{Update, start};
use support::verdicts::{allowed, forbidden, judged, position, signed, small, told, unknown};
use support::{samples, sign};

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
