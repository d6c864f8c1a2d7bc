//! A whole flow, its host, its service and its holder, of whom each does what the input says.
//!
//! What must never happen is asserted on the way; see the models in `flow`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rubrica_fuzz::dice::Dice;
use rubrica_fuzz::flow::{approval, signing, torn};

fuzz_target!(|data: &[u8]| {
    let mut dice = Dice::new(data);
    match dice.throw(4) {
        0 => approval::push(dice),
        1 => approval::redirect(dice),
        2 => signing::signing(dice),
        _ => torn::torn(dice),
    }
});
