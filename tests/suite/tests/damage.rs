//! Good files with one byte changed, or cut off: nothing of them is called valid, unless the byte is
//! outside of what is signed, which is found out here without the library.

#[path = "damage/der.rs"]
mod der;

use core::ops::Range;

use rubrica::pdf::Changes;
use rubrica::verify::certificates_from_pem;
use rubrica::{Conclusion, Examined, Form, Job, Look, PdfFilter};
use rubrica_sandbox::{CPF_HOLDER, Sandbox, V12_CPF_HOLDER};
use rubrica_tests::host::{pdf, pdf_with_stream, sandbox};
use rubrica_tests::validation::{conclusions, sign, validator};

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % limit
    }

    /// The same bytes but for one somewhere in the range, and where.
    fn changed(&mut self, bytes: &[u8], range: &Range<usize>) -> (Vec<u8>, usize) {
        let place = range.start + self.below(range.len());
        let mut bytes = bytes.to_vec();
        bytes[place] ^= u8::try_from(1 + self.below(255)).unwrap();
        (bytes, place)
    }
}

fn job(form: Form) -> Job {
    Job { form, ..Job::default() }
}

/// The certificates that made the signatures and the time stamps.
fn signers(sandbox: &Sandbox) -> Vec<Vec<u8>> {
    let holders = [CPF_HOLDER, V12_CPF_HOLDER]
        .map(|number| sandbox.holder(number).unwrap().certificates[0].der().to_vec());
    let tsa = certificates_from_pem(sandbox.tsa_certificate_pem().as_bytes()).unwrap();
    holders.into_iter().chain(tsa.iter().map(|it| it.der().to_vec())).collect()
}

/// What a signature of a PDF says of the places of its contents, delimiters included: found by the
/// words, in the order of the revisions.
fn holes(file: &[u8]) -> Vec<Range<usize>> {
    let words = b"/ByteRange [";
    let found = (0..file.len()).filter(|place| file[*place..].starts_with(words));
    found
        .map(|place| {
            let rest = &file[place + words.len()..];
            let end = rest.iter().position(|byte| *byte == b']').unwrap();
            let text = core::str::from_utf8(&rest[..end]).unwrap();
            let numbers: Vec<usize> =
                text.split_whitespace().map(|number| number.parse().unwrap()).collect();
            numbers[1]..numbers[2]
        })
        .collect()
}

/// The bytes that hexadecimal digits between delimiters stand for; `None` where anything is amiss.
fn decoded(hole: &[u8]) -> Option<Vec<u8>> {
    let digits = hole.strip_prefix(b"<")?.strip_suffix(b">")?;
    let is_blank = |byte: &u8| matches!(byte, 0 | 9 | 10 | 12 | 13 | 32);
    let mut values = Vec::new();
    for digit in digits.iter().filter(|byte| !is_blank(byte)) {
        values.push(u8::try_from(char::from(*digit).to_digit(16)?).unwrap());
    }
    // A digit that is missing at the end is a zero (ISO 32000-2 §7.3.4.3).
    Some(values.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect())
}

/// A signature's contents in a good file.
struct Good {
    hole: Range<usize>,
    /// The CMS without what fills it up.
    cms: Vec<u8>,
    spare: Vec<Range<usize>>,
    /// Where the revision ends that it covers.
    end: usize,
}

fn good(file: &[u8], ends: &[usize], signers: &[Vec<u8>]) -> Vec<Good> {
    let of = |(hole, end): (Range<usize>, &usize)| {
        let bytes = decoded(&file[hole.clone()]).unwrap();
        let cms = bytes[der::element(&bytes, 0).whole].to_vec();
        let spare = der::spare(&cms, signers);
        Good { hole, cms, spare, end: *end }
    };
    holes(file).into_iter().zip(ends).map(of).collect()
}

impl Good {
    /// Whether the change of this byte leaves everything that the signature needs as it was.
    fn is_outside(&self, changed: &[u8], place: usize) -> bool {
        if place >= self.end {
            return true;
        }
        if !self.hole.contains(&place) {
            return false;
        }
        let Some(now) = decoded(&changed[self.hole.clone()]) else { return false };
        let Some(now) = now.get(..self.cms.len()) else { return false };
        let mut different = (0..now.len()).filter(|place| now[*place] != self.cms[*place]);
        different.all(|place| self.spare.iter().any(|spare| spare.contains(&place)))
    }
}

/// Whether the report says of a valid signature what there is to say of bytes that it does not cover.
fn is_told(examined: &Examined, good: &Good, changed: &[u8], place: usize) -> bool {
    let in_pdf = examined.in_pdf.as_ref().unwrap();
    if place >= good.end {
        // What came later is named.
        return matches!(in_pdf.changes, Some(Changes::Allowed(_)));
    }
    let bytes = decoded(&changed[good.hole.clone()]).unwrap();
    let filled = bytes[good.cms.len()..].iter().all(|byte| *byte == 0);
    let digits = &changed[good.hole.start + 1..good.hole.end - 1];
    let written = in_pdf.written.unwrap();
    written.padded_with_zeros == filled
        && written.only_digits == digits.iter().all(u8::is_ascii_hexdigit)
}

/// A PDF that was signed so often, and where its revisions end.
type Revisions = (Vec<u8>, Vec<usize>);

fn pdfs(sandbox: &Sandbox) -> Vec<(&'static str, Revisions)> {
    let mut brazilian = job(Form::PadesAdRt);
    brazilian.look = Look { filter: Some(PdfFilter::Pbad), ..Look::default() };
    let once = sign(sandbox, CPF_HOLDER, &job(Form::PadesAdRb), &pdf("Dez reais"));
    let twice = sign(sandbox, V12_CPF_HOLDER, &job(Form::PadesAdRb), &once);
    let stream = pdf_with_stream("Dez reais");
    let timed = sign(sandbox, V12_CPF_HOLDER, &brazilian, &stream);
    let ends = vec![once.len(), twice.len()];
    vec![
        ("once", (once.clone(), vec![once.len()])),
        ("twice", (twice, ends)),
        ("timed", (timed.clone(), vec![timed.len()])),
    ]
}

#[test]
fn s33_a_pdf_with_one_byte_changed_is_not_valid() {
    let sandbox = sandbox();
    let (signers, mut numbers) = (signers(&sandbox), Numbers(0x9e37_79b9_7f4a_7c15));
    let mut validator = validator(&sandbox);
    for (name, (file, ends)) in pdfs(&sandbox) {
        let all = conclusions(&validator.pdf(&file).unwrap());
        assert_eq!(all, vec![Conclusion::Valid; ends.len()], "{name}");
        let good = good(&file, &ends, &signers);
        // As many in each part: whatever is covered, each CMS, what fills each up.
        let mut parts = vec![(0..file.len(), 160), (0..good[0].hole.start, 120)];
        for good in &good {
            let cms = good.hole.start + 1..good.hole.start + 1 + 2 * good.cms.len();
            parts.push((cms.end..good.hole.end, 40));
            parts.push((good.hole.end..good.end, 60));
            parts.push((cms, 160));
        }
        let (mut valid, mut invalid) = (0, 0);
        for (range, times) in parts {
            for _ in 0..times {
                let (changed, place) = numbers.changed(&file, &range);
                let Ok(examined) = validator.pdf(&changed) else {
                    invalid += 1;
                    continue;
                };
                for (examined, good) in examined.iter().zip(&good) {
                    if examined.conclusion() != Conclusion::Valid {
                        invalid += 1;
                        continue;
                    }
                    valid += 1;
                    let what = || format!("{name}, {place}: {} to {}", file[place], changed[place]);
                    assert!(good.is_outside(&changed, place), "{}", what());
                    assert!(is_told(examined, good, &changed, place), "{}", what());
                }
            }
        }
        // Both happen, or nothing was tested.
        assert!(valid >= 15 && invalid >= 400, "{name}: {valid} and {invalid}");
    }
}

#[test]
fn s33_a_pdf_that_was_cut_is_not_valid() {
    let sandbox = sandbox();
    let mut numbers = Numbers(0x1234_5678_9abc_def1);
    let mut validator = validator(&sandbox);
    for (name, (file, ends)) in pdfs(&sandbox) {
        let random: Vec<usize> = (0..120).map(|_| numbers.below(file.len())).collect();
        let near = ends.iter().flat_map(|end| end - 30..*end);
        for length in random.into_iter().chain(near).chain(ends[0]..ends[0] + 40) {
            let length = length.min(file.len() - 1);
            let Ok(examined) = validator.pdf(&file[..length]) else { continue };
            let all = conclusions(&examined);
            if length == ends[0] {
                assert_eq!(all, [Conclusion::Valid], "{name}, {length}");
                continue;
            }
            // Where the last signature can still be found, an earlier one is none the worse.
            let Some((last, earlier)) = all.split_last() else { continue };
            assert_ne!(*last, Conclusion::Valid, "{name}, {length}: {all:?}");
            let are_whole = earlier.len() < ends.len() && ends[0] < length;
            assert!(earlier.is_empty() || are_whole, "{name}, {length}: {all:?}");
        }
    }
}

/// A CMS with its document, or with it inside.
fn messages(sandbox: &Sandbox, document: &[u8]) -> Vec<(&'static str, Vec<u8>, bool)> {
    let basic = sign(sandbox, CPF_HOLDER, &job(Form::CadesAdRb), document);
    let timed = sign(sandbox, V12_CPF_HOLDER, &job(Form::CadesAdRt), document);
    let attached = der::attach(&timed, document);
    vec![("basic", basic, false), ("timed", timed, false), ("attached", attached, true)]
}

#[test]
fn s32_a_message_with_one_byte_changed_or_cut_is_not_valid() {
    let sandbox = sandbox();
    let (signers, mut numbers) = (signers(&sandbox), Numbers(0x0f0f_1234_9e37_79b9));
    let mut validator = validator(&sandbox);
    let document = b"Dez reais\r\n".repeat(20);
    for (name, cms, is_attached) in messages(&sandbox, &document) {
        let content = (!is_attached).then_some(&document as &dyn rubrica::pdf::Source);
        let examined = validator.cms(&cms, content).unwrap();
        assert_eq!(conclusions(&examined), [Conclusion::Valid], "{name}: {examined:?}");
        assert_eq!(examined[0].finding().unwrap().carries_content, is_attached);

        let spare = der::spare(&cms, &signers);
        let mut valid = 0;
        for _ in 0..600 {
            let (changed, place) = numbers.changed(&cms, &(0..cms.len()));
            let Ok(examined) = validator.cms(&changed, content) else { continue };
            for examined in examined.iter().filter(|it| it.conclusion() == Conclusion::Valid) {
                valid += 1;
                assert!(spare.iter().any(|range| range.contains(&place)), "{name}, {place}");
                // What it rests on comes from elsewhere, and leads to a root.
                assert_eq!(examined.finding().unwrap().path.len(), 2, "{name}, {place}");
            }
        }
        assert!(valid >= 50, "{name}: {valid}");
        for length in (0..cms.len()).step_by(29) {
            let examined = validator.cms(&cms[..length], content).unwrap_or_default();
            assert_eq!(examined.len(), 0, "{name}, {length}");
        }
        if !is_attached {
            for _ in 0..100 {
                let (changed, place) = numbers.changed(&document, &(0..document.len()));
                let examined = validator.cms(&cms, Some(&changed)).unwrap();
                assert_eq!(conclusions(&examined), [Conclusion::Invalid], "{name}, {place}");
            }
        }
    }
}
