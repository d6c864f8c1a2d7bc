//! What the tests share: sample documents, programs that judge, and a reading of byte ranges that
//! knows nothing of the crate's own.
#![allow(dead_code, reason = "each test program uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

pub(crate) mod attacks;
pub(crate) mod judges;
pub(crate) mod samples;
pub(crate) mod sources;
pub(crate) mod update;
pub(crate) mod verdicts;

use rubrica_pdf::{SignatureOptions, SigningTime};

/// 2026-11-21 18:47:52 in Brasília.
pub(crate) const SIGNED_AT: i64 = 1_795_297_672;

/// A DER SEQUENCE that ends in two zero bytes.
pub(crate) const ENDS_IN_ZEROS: &[u8] = b"\x30\x08\x04\x06\x01\x02\x03\x04\x00\x00";

pub(crate) fn options() -> SignatureOptions {
    let mut options = SignatureOptions::new(SigningTime::from_unix_seconds(SIGNED_AT).unwrap());
    options.reason = Some("Aprovação do contrato".to_owned());
    options.location = Some("São Paulo (SP)".to_owned());
    options.name = Some("Conceição Exemplo — Ω".to_owned());
    options.contact = Some("conceicao@exemplo.invalid".to_owned());
    options
}

/// Signs with a signature that is none, to look at what surrounds it.
pub(crate) fn sign(document: &[u8], options: &SignatureOptions) -> Vec<u8> {
    rubrica_pdf::prepare(document, options).unwrap().embed(ENDS_IN_ZEROS).unwrap()
}

pub(crate) fn positions(haystack: &[u8], needle: &[u8]) -> Vec<usize> {
    haystack
        .windows(needle.len())
        .enumerate()
        .filter(|(_, window)| *window == needle)
        .map(|(position, _)| position)
        .collect()
}

/// The byte range that the last signature of a file ought to have: everything but its contents,
/// found by looking for the words.
pub(crate) fn expected_byte_range(file: &[u8]) -> [u64; 4] {
    let contents = *positions(file, b"/Contents <").last().unwrap() + b"/Contents ".len();
    let end = contents + file[contents..].iter().position(|&byte| byte == b'>').unwrap() + 1;
    [0, contents as u64, end as u64, (file.len() - end) as u64]
}

/// The byte range that stands written in the last signature of a file.
pub(crate) fn written_byte_range(file: &[u8]) -> [u64; 4] {
    let start = *positions(file, b"/ByteRange [").last().unwrap() + b"/ByteRange [".len();
    let end = start + file[start..].iter().position(|&byte| byte == b']').unwrap();
    let text = core::str::from_utf8(&file[start..end]).unwrap();
    let numbers: Vec<u64> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}
