//! Documents made to harm the reader: no panic, no stack or memory run out, no endless loop.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use rubrica_pdf::{
    FieldContent, PdfError, Stamp, added_signature, appended_signature, inspect, later_changes,
    prepare, prepare_update, signature_fields, signatures,
};
use support::sources::Pieces;
use support::{options, samples};

/// Does with a document everything that can be done with one, in memory and out of it.
fn exercise(document: &[u8]) {
    let mut options = options();
    options.reserve = 64;
    options.stamp = Some(Stamp::new("Pessoa"));
    // A prime, so that every construction is cut somewhere.
    let pieces = Pieces::new(document, 61);
    assert_eq!(inspect(&pieces), inspect(document));
    assert_eq!(signatures(&pieces), signatures(document));
    let fields = signature_fields(document);
    assert_eq!(signature_fields(&pieces), fields);
    for field in fields.unwrap_or_default() {
        if let FieldContent::Signature(signature) = field.content {
            let changes = later_changes(document, &signature);
            assert_eq!(later_changes(&pieces, &signature), changes);
            assert!(changes.is_ok(), "{changes:?}");
        }
    }
    let update = prepare_update(&pieces, &options)
        .and_then(|prepared| prepared.embed(support::ENDS_IN_ZEROS));
    match prepare(document, &options) {
        Ok(prepared) => {
            let signed = prepared.embed(support::ENDS_IN_ZEROS).unwrap();
            assert_eq!([document, &update.unwrap()].concat(), signed);
            let pieces = Pieces::new(&signed, 61);
            let added = added_signature(document, &signed);
            assert_eq!(added_signature(&pieces, &pieces), added_signature(&signed, &signed));
            assert_eq!(appended_signature(document.len() as u64, &pieces), added);
        }
        Err(refused) => assert_eq!(update.unwrap_err(), refused),
    }
}

fn all() -> Vec<(&'static str, Vec<u8>)> {
    let mut all = samples::signable();
    all.push(("encrypted", include_bytes!("samples/encrypted.pdf").to_vec()));
    let mut small = options();
    small.reserve = 32;
    for sample in [samples::page().table(), samples::page().object_streams()] {
        let prepared = prepare(&sample, &small).unwrap();
        let signed = prepared.embed(support::ENDS_IN_ZEROS).unwrap();
        all.push(("signed twice", support::sign(&signed, &small)));
        all.push(("signed", signed));
    }
    all
}

/// A generator of numbers without a pattern, the same at each run: xorshift64*.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }
}

#[test]
fn s35_truncation_at_any_place_does_not_panic() {
    for (_, document) in all() {
        for end in
            (0..document.len()).step_by(97).chain(document.len().saturating_sub(40)..document.len())
        {
            exercise(&document[..end]);
        }
    }
}

#[test]
fn s35_flipped_bytes_do_not_panic() {
    let mut numbers = Numbers(0x5eed);
    for (_, document) in all() {
        for _ in 0..150 {
            let mut damaged = document.clone();
            for _ in 0..=numbers.below(4) {
                let position = numbers.below(damaged.len());
                damaged[position] = match numbers.below(3) {
                    0 => damaged[position] ^ 1 << numbers.below(8),
                    1 => b"0123456789<>[]()/% R"[numbers.below(20)],
                    _ => numbers.below(256) as u8,
                };
            }
            exercise(&damaged);
        }
    }
}

#[test]
fn s35_exchanged_words_do_not_panic() {
    let words: [&[u8]; 16] = [
        b"0",
        b"1",
        b"-1",
        b"99999999999999999999",
        b"4294967295",
        b"2147483648",
        b"1 0 R",
        b"7 0 R",
        b"null",
        b"<<",
        b">>",
        b"[",
        b"]",
        b"stream",
        b"/Kids",
        b"obj",
    ];
    let mut numbers = Numbers(0xd0c);
    for (_, document) in all() {
        for _ in 0..100 {
            let mut damaged = document.clone();
            let position = numbers.below(damaged.len());
            let end = (position + numbers.below(6)).min(damaged.len());
            damaged.splice(position..end, words[numbers.below(words.len())].iter().copied());
            exercise(&damaged);
        }
    }
}

fn refused(document: &[u8]) -> PdfError {
    let refused = inspect(document).unwrap_err();
    assert_eq!(inspect(&Pieces::new(document, 4099)), Err(refused.clone()));
    refused
}

fn too_complex(document: &[u8]) {
    let refused = refused(document);
    assert!(matches!(refused, PdfError::TooComplex { .. }), "{refused}");
}

fn broken(document: &[u8]) {
    let refused = refused(document);
    assert!(matches!(refused, PdfError::Broken { .. }), "{refused}");
}

#[test]
fn s35_deep_nesting_is_refused() {
    let catalog = |deep: String| {
        samples::page().with(1, &format!("<</Type/Catalog/Pages 2 0 R/Deep {deep}>>"))
    };
    for (open, close) in [("[", "]"), ("<</A", ">>")] {
        for depth in [100, 200_000] {
            let deep = catalog(open.repeat(depth) + " 0" + &close.repeat(depth));
            too_complex(&deep.table());
            too_complex(&deep.object_streams());
        }
    }
    too_complex(&catalog("[".repeat(200_000)).table());
    // Parentheses are not nested by recursion.
    assert!(inspect(&catalog("(".repeat(200_000) + &")".repeat(200_000)).table()).is_ok());
}

#[test]
fn s35_loops_are_refused() {
    let page = samples::page;
    let pages = |kids: &str| page().with(2, &format!("<</Type/Pages/Kids[{kids}]>>")).table();
    broken(&pages("2 0 R"));
    broken(&pages("3 0 R 3 0 R"));
    broken(&page().with(2, "2 0 R").table());
    broken(&page().with(1, "1 0 R").object_streams());
    let form = |fields: &str| {
        page().with(1, &format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields {fields}>>>>"))
    };
    broken(&form("[6 0 R]").with(6, "<</T(a)/Kids[6 0 R]>>").table());
    broken(&form("6 0 R").with(6, "7 0 R").with(7, "6 0 R").table());

    let document = page().table();
    let start = support::positions(&document, b"xref\n0")[0];
    broken(&page().with_trailer(&format!("/Prev {start}")).table());
    let revised = samples::revised(&document, 5, "<<>>", "/Size 6/Root 1 0 R");
    let own = support::positions(&revised, b"xref\n5")[0];
    let text: String = revised.iter().map(|&byte| char::from(byte)).collect();
    let looped = text.replace(&format!("/Prev {start}"), &format!("/Prev {own}"));
    broken(&looped.chars().map(|c| c as u8).collect::<Vec<_>>());
}

#[test]
fn s35_a_length_that_depends_on_its_own_stream_is_refused() {
    let document = samples::page().object_streams();
    let text: String = document.iter().map(|&byte| char::from(byte)).collect();
    let position = text.find("/Type/ObjStm").unwrap();
    let length = position + text[position..].find("/Length ").unwrap();
    let end = length + text[length..].find('>').unwrap();
    let mut looped = document.clone();
    // Same length, so that nothing else moves.
    let reference = format!("/Length 5 0 R{}", " ".repeat(20));
    looped.splice(length..end, reference.bytes().take(end - length));
    assert!(inspect(&looped).is_err());
}

#[test]
fn s35_huge_numbers_are_refused_before_anything_is_reserved() {
    let text =
        |document: Vec<u8>| document.iter().map(|&byte| char::from(byte)).collect::<String>();
    let bytes = |text: String| text.chars().map(|c| c as u8).collect::<Vec<_>>();
    let table = text(samples::page().table());
    too_complex(&bytes(table.replace("/Size 6", "/Size 2147483647")));
    broken(&bytes(table.replace("/Size 6", "/Size -1")));
    broken(&bytes(table.replace("5 1\n", "5 4294967295\n")));
    broken(&bytes(table.replace("0 1\n", "0 18446744073709551615\n")));
    too_complex(&bytes(table.replace("5 1\n", "99999999 1\n")));
    let stream = text(samples::page().stream());
    assert!(inspect(&bytes(stream.replace("/W[1 4 2]", "/W[9 9 9]"))).is_err());
    assert!(inspect(&bytes(stream.replace("/W[1 4 2]", "/W[0 0 0]"))).is_err());
    assert!(inspect(&bytes(stream.replace("/Columns 7", "/Columns 999999999"))).is_err());
}

/// A document whose pages are in an object stream with this index, under the numbers from 100.
fn object_stream(index: &str, bodies: &[u8], count: usize) -> Vec<u8> {
    let data = samples::deflate(&[index.as_bytes(), bodies].concat());
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    let mut add = |out: &mut Vec<u8>, body: &[u8]| {
        offsets.push(out.len());
        let number = offsets.len();
        out.extend([format!("{number} 0 obj\n").as_bytes(), body, b"\nendobj\n"].concat());
    };
    add(&mut out, b"<</Type/Catalog/Pages 100 0 R>>");
    let head = format!(
        "<</Type/ObjStm/N {count}/First {}/Filter/FlateDecode/Length {}>>\nstream\n",
        index.len(),
        data.len()
    );
    add(&mut out, &[head.as_bytes(), &data, b"\nendstream"].concat());
    let start = out.len();
    let mut rows = Vec::new();
    for offset in &offsets {
        rows.extend([&[1][..], &(*offset as u32).to_be_bytes(), &[0, 0, 0, 0]].concat());
    }
    for index in 0..count as u32 {
        rows.extend([&[2, 0, 0, 0, 2][..], &index.to_be_bytes()].concat());
    }
    let rows = samples::deflate(&rows);
    let head = format!(
        "3 0 obj\n<</Type/XRef/Size {}/Index[1 2 100 {count}]/W[1 4 4]/Filter/FlateDecode\
         /Length {}/Root 1 0 R>>\nstream\n",
        100 + count,
        rows.len()
    );
    out.extend([head.as_bytes(), &rows, b"\nendstream\nendobj\n"].concat());
    out.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
    out
}

#[test]
fn s35_one_object_under_many_numbers_is_not_read_many_times() {
    // The root of a page tree, and 20,000 pages that are all the same long one.
    let count = 20_000;
    let kids: String = (101..100 + count).map(|number| format!("{number} 0 R ")).collect();
    let root = format!("<</Type/Pages/Kids[{kids}]>>");
    let page = format!("<</Type/Page/Long[{}]>>", "0 ".repeat(200_000));
    let index: String =
        (101..100 + count).map(|number| format!("{number} {} ", root.len())).collect();
    let bomb = object_stream(&format!("100 0 {index}"), (root + &page).as_bytes(), count);
    assert!(bomb.len() < 300_000, "{}", bomb.len());
    too_complex(&bomb);
}

#[test]
fn s35_a_stream_that_inflates_without_end_is_refused() {
    let bomb = object_stream("100 0 ", &vec![b' '; 64 << 20], 1);
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    too_complex(&bomb);
    // Rows of seven bytes within the limit for a stream, and over it.
    for length in [15 << 20, 64 << 20] {
        let cross_references = samples::deflate(&vec![0; length]);
        cross_reference_bomb(&cross_references);
    }
}

fn cross_reference_bomb(cross_references: &[u8]) {
    let head = format!(
        "%PDF-1.7\n1 0 obj\n<</Type/XRef/Size 1500000/W[1 4 2]/Filter/FlateDecode/Root 1 0 R\
         /Length {}>>\nstream\n",
        cross_references.len()
    );
    let tail = b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n";
    too_complex(&[head.as_bytes(), cross_references, tail].concat());
}

#[test]
fn a_document_of_many_pages_and_annotations_is_read() {
    let count = 20_000;
    let kids: String = (10..10 + count).map(|number| format!("{number} 0 R ")).collect();
    let mut many =
        samples::page().with(2, &format!("<</Type/Pages/Kids[{kids}]/MediaBox[0 0 9 9]>>"));
    for number in 10..10 + count {
        many.push(number, "<</Type/Page/Parent 2 0 R>>");
    }
    assert_eq!(inspect(&many.table()).unwrap().pages, count);
    assert_eq!(inspect(&many.object_streams()).unwrap().pages, count);
}
