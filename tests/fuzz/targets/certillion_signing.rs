//! A signing with Certillion, its host, its service and its holder, of whom each does what the input
//! says.
//!
//! What must never happen is asserted on the way; see the model in `flow/certillion`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rubrica_fuzz::dice::Dice;
use rubrica_fuzz::flow::certillion::{signing, torn};

fuzz_target!(|data: &[u8]| {
    let mut dice = Dice::new(data);
    match dice.throw(8) {
        7 => torn(dice),
        _ => signing(dice),
    }
});
