//! Revisions that are added to a signed page: what is published as attacks on signed PDFs, and what
//! signers and validators add in earnest.

use super::update::Update;

/// A stream with a line of text.
pub(crate) fn text(line: &str) -> String {
    let content = format!("BT /F1 20 Tf 72 700 Td ({line}) Tj ET");
    format!("<</Length {}>>\nstream\n{content}\nendstream", content.len())
}

/// The entries of the samples' page but for its annotations.
pub(crate) const PAGE: &str = "/Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>\
                               /Odd(a\\)b\\\\)/Deep[[1 -2.50 .5]<</K#20 null/T true>>]";

type Named = (&'static str, Vec<u8>);

/// What makes the samples' page, signed without a certification, another document: its signature is
/// in object 6, its field in 7, the form in 8.
pub(crate) fn attacks(signed: &[u8]) -> Vec<Named> {
    let update = || Update::of(signed);
    let page = |entries: &str| update().object(3, &format!("<<{entries}>>"));
    let annotated = |annotation: &str| {
        page(&format!("{PAGE}/Annots[7 0 R 30 0 R]")).object(30, annotation).object(31, &text("x"))
    };
    let form = |entries: &str| update().object(8, &format!("<<{entries}/SigFlags 3>>"));
    let catalog =
        |entries: &str| update().object(1, &format!("<</Type/Catalog/AcroForm 8 0 R{entries}>>"));
    let other_page = "<</Type/Page/Parent 2 0 R/Contents 31 0 R/Resources<</Font<</F1 5 0 R>>>>>>";
    let kids = |kids: &str, count: u32| {
        let pages = format!("<</Type/Pages/Count {count}/Kids[{kids}]/MediaBox[0 0 595 842]>>");
        update().object(2, &pages).object(30, other_page).object(31, &text("Outro"))
    };
    vec![
        ("contents redefined", update().object(4, &text("Outro")).table()),
        ("contents redefined in a stream", update().object(4, &text("Outro")).stream()),
        (
            "contents exchanged",
            page(&PAGE.replace("4 0 R", "30 0 R")).object(30, &text("Outro")).table(),
        ),
        ("contents gone", update().free(4).table()),
        ("font replaced", update().object(5, "<</Type/Font/Subtype/Type3>>").table()),
        (
            "resources exchanged",
            page(&PAGE.replace("5 0 R", "30 0 R"))
                .object(30, "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>")
                .object_stream(),
        ),
        ("page exchanged", kids("30 0 R", 1).table()),
        ("page added", kids("3 0 R 30 0 R", 2).table()),
        ("page redefined", update().object(3, other_page).object(31, &text("x")).table()),
        (
            "annotation over the page",
            annotated("<</Type/Annot/Subtype/FreeText/Rect[0 0 595 842]/AP<</N 31 0 R>>>>").table(),
        ),
        (
            "link over the page",
            annotated("<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A<</S/URI/URI(x:)>>>>").table(),
        ),
        (
            "field over the page",
            annotated(
                "<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(b)/Rect[0 0 595 842]/AP<</N 31 0 R>>>>",
            )
            .object(8, "<</Fields[7 0 R 30 0 R]/SigFlags 3>>")
            .table(),
        ),
        ("open action", catalog("/Pages 2 0 R/OpenAction<</S/URI/URI(x:)>>").table()),
        ("names", catalog("/Pages 2 0 R/Names<</JavaScript<<>>>>").table()),
        (
            "other tree of pages",
            catalog("/Pages 32 0 R")
                .object(32, "<</Type/Pages/Count 1/Kids[30 0 R]/MediaBox[0 0 595 842]>>")
                .object(30, &other_page.replace("2 0 R", "32 0 R"))
                .object(31, &text("Outro"))
                .table(),
        ),
        (
            "other catalog",
            update()
                .object(40, "<</Type/Catalog/Pages 32 0 R/AcroForm 8 0 R>>")
                .object(32, "<</Type/Pages/Count 1/Kids[30 0 R]/MediaBox[0 0 595 842]>>")
                .object(30, &other_page.replace("2 0 R", "32 0 R"))
                .object(31, &text("Outro"))
                .trailer("/Root 40 0 R")
                .table(),
        ),
        ("appearances made anew", form("/Fields[7 0 R]/NeedAppearances true/XFA[]").table()),
        ("object without a section", {
            let object = format!("4 0 obj\n{}\nendobj\n", text("Outro"));
            [signed, object.as_bytes()].concat()
        }),
        ("bytes after the end", [signed, b"% x\nmore"].concat()),
    ]
}

/// What is harmless for the same page.
pub(crate) fn harmless(signed: &[u8]) -> Vec<Named> {
    let update = || Update::of(signed);
    let validation = "<</Type/DSS/Certs[21 0 R]/CRLs 22 0 R/VRI<<\
                      /0123456789ABCDEF0123456789ABCDEF01234567<</Cert[21 0 R]>>>>>>";
    let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R";
    let stored = update()
        .object(1, &format!("{catalog}/DSS 20 0 R>>"))
        .object(20, validation)
        .object(21, &text("certificate"))
        .object(22, "[23 0 R]")
        .object(23, &text("list"));
    let waiting = "<</FT/Sig/T(Espera)/Type/Annot/Subtype/Widget/Rect[0 0 0 0]/F 132/P 3 0 R>>";
    let waiting = update()
        .object(3, &format!("<<{PAGE}/Annots[7 0 R 30 0 R]>>"))
        .object(8, "<</Fields[7 0 R 30 0 R]/SigFlags 3>>")
        .object(30, waiting);
    vec![
        ("nothing", signed.to_vec()),
        ("validation data", stored.table()),
        ("validation data in a stream", stored.stream()),
        ("field that waits", waiting.table()),
        ("field that waits in an object stream", waiting.object_stream()),
        ("page as it was", update().object(3, &format!("<<{PAGE}/Annots[7 0 R]>>")).table()),
        ("unused object", update().object(30, "(x)").table()),
        (
            "information",
            update().object(30, "<</Title(x)>>").trailer("/Root 1 0 R/Info 30 0 R").table(),
        ),
        (
            "extensions",
            update()
                .object(
                    1,
                    &format!(
                        "{catalog}/Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>>>>>"
                    ),
                )
                .table(),
        ),
    ]
}
