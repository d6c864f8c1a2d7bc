//! Later revisions that are damaged: no damage makes them look better than they are.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use rubrica_pdf::{Changes, EmbeddedSignature, later_changes, signatures};
use support::attacks::{attacks, harmless};
use support::{options, samples, sign};

fn signed() -> Vec<u8> {
    let mut small = options();
    small.reserve = 64;
    sign(&samples::page().table(), &small)
}

fn judged(document: &[u8], signature: &EmbeddedSignature) -> Changes {
    later_changes(document, signature).unwrap()
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
fn s33_an_attack_that_is_damaged_is_not_allowed() {
    let signed = signed();
    let signature = signatures(&signed).unwrap().remove(0);
    let mut numbers = Numbers(0xa77ac);
    for (name, attack) in attacks(&signed) {
        for _ in 0..400 {
            let position = signed.len() + numbers.below(attack.len() - signed.len());
            let byte = match numbers.below(3) {
                0 => attack[position] ^ 1 << numbers.below(8),
                1 => b"0123456789<>[]()/% R\nnf"[numbers.below(23)],
                _ => numbers.below(256) as u8,
            };
            let mut damaged = attack.clone();
            damaged[position] = byte;
            let changes = judged(&damaged, &signature);
            let passes = matches!(changes, Changes::None | Changes::Allowed(_));
            assert!(!passes, "{name}: byte {position} as {byte:#04x}: {changes:?}");
        }
    }
}

#[test]
fn s33_a_damaged_change_is_never_none() {
    let signed = signed();
    let signature = signatures(&signed).unwrap().remove(0);
    let mut numbers = Numbers(0xda3a6e);
    for (name, document) in harmless(&signed) {
        let before = judged(&document, &signature);
        if before == Changes::None {
            continue;
        }
        assert!(matches!(before, Changes::Allowed(_)), "{name}: {before:?}");
        for _ in 0..400 {
            let position = signed.len() + numbers.below(document.len() - signed.len());
            let mut damaged = document.clone();
            damaged[position] = numbers.below(256) as u8;
            assert_ne!(judged(&damaged, &signature), Changes::None, "{name}: byte {position}");
        }
    }
}

#[test]
fn s33_white_space_after_the_end_is_nothing_and_all_else_is_something() {
    let signed = signed();
    let signature = signatures(&signed).unwrap().remove(0);
    for byte in 0..=255u8 {
        let changes = judged(&[&signed[..], &[byte]].concat(), &signature);
        let blank = b"\0\t\n\x0c\r ".contains(&byte);
        assert_eq!(changes == Changes::None, blank, "{byte:#04x}: {changes:?}");
        assert!(blank || matches!(changes, Changes::Unknown(_)), "{byte:#04x}: {changes:?}");
    }
}

#[test]
fn s33_a_change_that_is_cut_off_is_not_allowed() {
    let signed = signed();
    let signature = signatures(&signed).unwrap().remove(0);
    for (name, document) in attacks(&signed).into_iter().chain(harmless(&signed)) {
        let whole = judged(&document, &signature);
        let last = document.len().saturating_sub(40).max(signed.len());
        for end in (signed.len()..last).step_by(3).chain(last..document.len()) {
            let changes = judged(&document[..end], &signature);
            let rest = &document[signed.len()..end];
            if rest.iter().all(u8::is_ascii_whitespace) {
                assert_eq!(changes, Changes::None, "{name}: {end}");
            } else if !document[end..].iter().all(u8::is_ascii_whitespace) {
                assert!(
                    matches!(changes, Changes::Forbidden(_) | Changes::Unknown(_)),
                    "{name}: {end} of {}: {changes:?}",
                    document.len()
                );
            } else {
                let kind = core::mem::discriminant;
                assert_eq!(kind(&changes), kind(&whole), "{name}: {end}: {changes:?}");
            }
        }
        assert!(later_changes(&document[..signed.len() - 1], &signature).is_err());
    }
}
