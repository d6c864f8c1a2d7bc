//! A PDF that is inspected, prepared, signed and read back.
//!
//! The first byte chooses: the document as it stands; one that is put together from objects, so that
//! its cross-references are right whatever the objects say; or such a one with something appended.
#![no_main]

use std::io;

use libfuzzer_sys::fuzz_target;
use rubrica_fuzz::dice::Dice;
use rubrica_pdf::{
    Changes, Coverage, FieldContent, Inspection, PdfError, SignatureOptions, SigningTime, Source,
    Stamp, added_signature, inspect, later_changes, prepare, prepare_update, signature_fields,
    signatures,
};

/// What stands for a CMS: an empty SEQUENCE with something in it.
const CMS: [u8; 5] = [0x30, 0x03, 0x02, 0x01, 0x07];

/// The `/Size` of documents that are put together: the numbers of new objects begin here, and no
/// fuzzer's reference is likely to lead there.
const SIZE: usize = 65_432;

/// What separates objects in the input.
const SEPARATOR: u8 = 0xff;

fuzz_target!(|data: &[u8]| {
    let mut dice = Dice::new(data);
    let (kind, stamped) = (dice.throw(3), dice.throw(2) == 1);
    match kind {
        0 => check(dice.rest(), stamped),
        1 => check(&assemble(dice.rest()), stamped),
        _ => {
            let original = assemble(dice.bytes());
            let other = [&original, dice.rest()].concat();
            check(&other, stamped);
            if let Ok(signature) = added_signature(&original, &other) {
                assert_eq!(signature.covers, Coverage::WholeFile);
                assert!(signatures(&other).is_ok_and(|all| all.contains(&signature)));
            }
        }
    }
});

/// A document of these objects: the last is the trailer's dictionary, without its brackets.
fn assemble(objects: &[u8]) -> Vec<u8> {
    let mut bodies: Vec<_> = objects.split(|&byte| byte == SEPARATOR).collect();
    let trailer = bodies.pop().unwrap_or_default();
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut table = "0000000000 65535 f \n".to_owned();
    for (place, body) in bodies.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.extend(format!("{} 0 obj\n", place + 1).bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\nendobj\n");
    }
    let (start, rows) = (out.len(), bodies.len() + 1);
    out.extend(format!("xref\n0 {rows}\n{table}trailer\n<< /Size {SIZE} /Root 1 0 R ").bytes());
    out.extend_from_slice(trailer);
    out.extend(format!(">>\nstartxref\n{start}\n%%EOF\n").bytes());
    out
}

/// A document that is not in memory, and is read a few bytes at a time.
struct Elsewhere<'d>(&'d [u8]);

impl Source for Elsewhere<'_> {
    fn length(&self) -> io::Result<u64> {
        self.0.length()
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let count = out.len().min(700);
        self.0.read_at(offset, &mut out[..count])
    }
}

fn check(document: &[u8], stamped: bool) {
    let inspection = inspect(document);
    let found = signatures(document);
    assert_eq!(told(&inspection), told(&inspect(&Elsewhere(document))));
    assert_eq!(told(&found), told(&signatures(&Elsewhere(document))));
    if let Ok(found) = &found {
        for signature in found {
            let [start, first, second, rest] = signature.byte_range;
            let end = second + rest;
            assert!(start == 0 && first <= second && end <= document.len() as u64);
            let whole = end == document.len() as u64;
            assert_eq!(signature.covers == Coverage::WholeFile, whole);
            assert!(signature.digest(document).is_ok());
        }
    }
    judge(document);
    sign(document, stamped, &inspection, found.ok().map(|found| found.len()));
}

/// What was added after each signature is judged, and is nothing only where nothing is.
fn judge(document: &[u8]) {
    let fields = signature_fields(document);
    assert_eq!(told(&fields), told(&signature_fields(&Elsewhere(document))));
    for field in fields.unwrap_or_default() {
        let FieldContent::Signature(signature) = field.content else { continue };
        let changes = later_changes(document, &signature).expect("it is in memory");
        assert_eq!(later_changes(&Elsewhere(document), &signature).as_ref(), Ok(&changes));
        if signature.covers == Coverage::WholeFile {
            assert_eq!(changes, Changes::None);
        }
        if let Changes::Forbidden(why) | Changes::Unknown(why) = changes {
            assert!(!why.is_empty() && why.len() <= 64);
        }
        let more = [document, b"%"].concat();
        let changes = later_changes(&more, &signature).expect("it is in memory");
        assert!(!matches!(changes, Changes::None | Changes::Allowed(_)), "{changes:?}");
    }
}

fn sign(
    document: &[u8],
    stamped: bool,
    inspection: &Result<Inspection, PdfError>,
    signed_before: Option<usize>,
) {
    let signed_at = SigningTime::from_unix_seconds(1_795_297_672).expect("a time of today");
    let mut options = SignatureOptions::new(signed_at);
    options.reserve = 64;
    options.reason = Some("Aprovação (1)".to_owned());
    options.stamp = stamped.then(|| Stamp::new("FULANA DE TESTE"));
    let prepared = match prepare(document, &options) {
        Ok(prepared) => prepared,
        Err(error) => {
            assert!(error.to_string().len() < 1_000);
            // What only writing reads, such as a page's annotations, is found broken there.
            let broken = matches!(error, PdfError::Broken { .. });
            let refused = stamped || broken || inspection.is_err();
            assert!(refused, "{error:?} for what was inspected and found good");
            return;
        }
    };
    let inspection = inspection.as_ref().expect("what is prepared was found good");
    let update = prepare_update(&Elsewhere(document), &options).expect("as in memory");
    assert_eq!(update.digest(), prepared.digest());
    let digest = prepared.digest();
    assert!(prepared.clone().embed(&[0x30; 65]).is_err());
    let signed = prepared.embed(&CMS).expect("it fits");
    assert!(signed.starts_with(document), "the original is no prefix");
    assert!(signed[document.len()..] == update.embed(&CMS).expect("it fits")[..]);

    if names_new_objects(document, &signed[document.len()..]) {
        return;
    }
    // Earlier signatures that are broken are the reader's to find, who is asked about them.
    let Some(signed_before) = signed_before else { return };
    let found = signatures(&signed).expect("what we wrote can be read");
    assert_eq!(found.len(), signed_before + 1);
    let again = inspect(&signed).expect("what was signed can be signed again");
    assert_eq!(again.pages, inspection.pages);
    assert_eq!(again.signatures.len(), inspection.signatures.len() + 1);
    let added = match added_signature(document, &signed) {
        Ok(added) => added,
        // What says of itself that it is no page, or no form, is not taken for one a second time.
        Err(PdfError::NotExtended { .. }) => return,
        Err(error) => panic!("{error:?}"),
    };
    assert_eq!(added.contents, CMS);
    assert_eq!(added.covers, Coverage::WholeFile);
    assert_eq!(added.digest(&signed).expect("the same document"), digest);
    assert_eq!(added.reason.as_deref(), options.reason.as_deref());
    judge(&signed);
}

/// Whether a number in the document may be that of an object which only the update brings: what
/// was a reference to nothing is one to a part of the signature then.
fn names_new_objects(document: &[u8], update: &[u8]) -> bool {
    let text = String::from_utf8_lossy(update);
    let new: Vec<u64> = text
        .split(" 0 obj")
        .filter_map(|before| {
            before.rsplit(|each: char| !each.is_ascii_digit()).next()?.parse().ok()
        })
        .collect();
    let mut numbers = document.split(|byte| !byte.is_ascii_digit());
    numbers.any(|digits| {
        let number = core::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        number.is_some_and(|number: u64| {
            number > 3 && number < SIZE as u64 * 2 && {
                let defined = format!("{number} 0 obj");
                new.contains(&number)
                    && !document.windows(defined.len()).any(|it| it == defined.as_bytes())
            }
        })
    })
}

/// What came of something, in words.
fn told<T: core::fmt::Debug>(outcome: &Result<T, PdfError>) -> String {
    format!("{outcome:?}")
}
