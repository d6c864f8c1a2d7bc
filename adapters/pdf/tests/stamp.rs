//! The visible stamp: what it says, that it fits, and that it stands upright where it was asked for.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use rubrica_pdf::{Corner, SignatureOptions, Stamp, StampLanguage, StampPage, prepare};
use support::{judges, options, samples, sign};

fn stamped(change: impl FnOnce(&mut Stamp)) -> SignatureOptions {
    let mut stamp = Stamp::new("Conceição de Exemplo");
    stamp.holder = Some("CPF ***.456.789-**".to_owned());
    stamp.qr_url = Some("https://exemplo.invalid/validar?d=0123456789".to_owned());
    change(&mut stamp);
    let mut options = options();
    options.stamp = Some(stamp);
    options
}

/// A page of 500 by 670 points, shown turned.
fn turned(angle: u16) -> Vec<u8> {
    let page = format!("<</Type/Page/Parent 2 0 R/CropBox[20 30 520 700]/Rotate {angle}>>");
    samples::page().with(3, &page).table()
}

/// The lines of text in the stamp, in WinAnsiEncoding.
fn lines(signed: &[u8]) -> Vec<Vec<u8>> {
    support::positions(signed, b"> Tj ET")
        .into_iter()
        .map(|end| {
            let start = signed[..end].iter().rposition(|&byte| byte == b'<').unwrap() + 1;
            let digits = core::str::from_utf8(&signed[start..end]).unwrap();
            let pairs = digits.as_bytes().chunks(2).map(|pair| core::str::from_utf8(pair).unwrap());
            pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
        })
        .collect()
}

#[test]
fn the_stamp_says_who_when_why_and_where() {
    let signed = sign(
        &samples::page().with(4, "<</Length 0>>\nstream\n\nendstream").table(),
        &stamped(|_| ()),
    );
    let said = lines(&signed);
    let expected: [&[u8]; 6] = [
        b"Assinado digitalmente por",
        b"Concei\xe7\xe3o de Exemplo",
        b"CPF ***.456.789-**",
        b"21/11/2026 18:47:52 (UTC-3, Bras\xedlia)",
        b"Motivo: Aprova\xe7\xe3o do contrato",
        b"Local: S\xe3o Paulo (SP)",
    ];
    assert_eq!(said, expected);

    let signed = sign(&turned(0), &stamped(|stamp| stamp.language = StampLanguage::English));
    let said = lines(&signed);
    assert_eq!(said[0], b"Digitally signed by");
    assert_eq!(said[3], b"2026-11-21 18:47:52 (UTC-3, Bras\xedlia)");
    assert_eq!(said[5], b"Location: S\xe3o Paulo (SP)");
}

#[test]
fn a_text_that_is_too_long_is_wrapped_and_then_cut_off() {
    for (size, name) in [
        ((220.0, 64.0), "Maria Aparecida da Conceição Souza de Exemplo e Silva".to_owned()),
        ((48.0, 24.0), "Maria Aparecida da Conceição Souza de Exemplo e Silva".to_owned()),
        ((48.0, 24.0), "M".repeat(1024)),
        ((90.0, 200.0), "Nome ".repeat(200)),
    ] {
        let options = stamped(|stamp| {
            stamp.size = size;
            stamp.signer = name.clone();
        });
        let signed = sign(&turned(0), &options);
        let said = lines(&signed);
        assert!(said.len() < 40, "{size:?}: {}", said.len());
        judges::qpdf(&signed, "a long text");
        assert_inside(&signed, size);
    }
    let long = sign(&turned(0), &stamped(|stamp| stamp.signer = "Nome ".repeat(200)));
    assert_eq!(lines(&long).last().unwrap().last(), Some(&0x85), "no ellipsis");
}

/// Nothing is drawn outside the stamp, whose bottom right corner is 36 points from the page's.
fn assert_inside(signed: &[u8], (width, height): (f32, f32)) {
    let Some((page_width, page_height, dots)) = judges::rendered(signed) else { return };
    let (right, bottom) = (page_width - 36, page_height - 36);
    let (left, top) = (right - width as usize, bottom - height as usize);
    for (index, &dot) in dots.iter().enumerate() {
        let (x, y) = (index % page_width, index / page_width);
        let inside = (left..=right).contains(&x) && (top..=bottom).contains(&y);
        assert!(
            inside || dot == 255,
            "drawn at {x}, {y}, outside {left}, {top}, {right}, {bottom}"
        );
    }
    assert!(dots.iter().any(|&dot| dot < 128));
}

#[test]
fn the_stamp_is_upright_and_in_its_corner_on_turned_pages() {
    for corner in [Corner::BottomLeft, Corner::BottomRight, Corner::TopLeft, Corner::TopRight] {
        let mut upright: Option<Vec<u8>> = None;
        for angle in [0, 90, 180, 270] {
            let options = stamped(|stamp| {
                stamp.corner = corner;
                stamp.offset = (24.0, 30.0);
            });
            let signed = sign(&turned(angle), &options);
            judges::qpdf(&signed, "a turned page");
            let Some((width, height, dots)) = judges::rendered(&signed) else { return };
            assert_eq!((width, height), if angle % 180 == 0 { (500, 670) } else { (670, 500) });
            let left = match corner {
                Corner::BottomLeft | Corner::TopLeft => 24,
                _ => width - 24 - 220,
            };
            let top = match corner {
                Corner::TopLeft | Corner::TopRight => 30,
                _ => height - 30 - 64,
            };
            let rows = (top..top + 64).map(|row| &dots[row * width + left..][..220]);
            let stamp = rows.collect::<Vec<_>>().concat();
            let upright = upright.get_or_insert_with(|| stamp.clone());
            let pairs = stamp.iter().zip(upright.iter());
            let difference: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
            let mean = difference as f64 / stamp.len() as f64;
            assert!(mean < 12.0, "turned by {angle}, {corner:?}: {mean} levels of grey");
            assert!(stamp.iter().filter(|&&dot| dot < 100).count() > 500);
        }
    }
}

#[test]
fn the_stamp_goes_on_the_page_that_was_asked_for() {
    let documents = samples::signable();
    let (_, tree) = documents.iter().find(|(name, _)| *name == "tree of pages").unwrap();
    let page = |page| {
        let signed = sign(tree, &stamped(|stamp| stamp.page = page));
        let update = String::from_utf8_lossy(&signed[tree.len()..]).into_owned();
        update.contains("/P 8 0 R")
    };
    assert!(page(StampPage::Last));
    assert!(page(StampPage::Number(2)));
    assert!(!page(StampPage::Number(1)));
}

#[test]
fn the_same_stamp_is_drawn_the_same() {
    let digests = [(); 2].map(|()| prepare(&turned(90), &stamped(|_| ())).unwrap().digest());
    assert_eq!(digests[0], digests[1]);
}
