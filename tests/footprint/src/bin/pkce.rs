//! PKCE by itself.
#![no_std]
#![no_main]

use core::hint::black_box;

use rubrica_core::oauth::pkce::Verifier;
use rubrica_footprint as _;

/// The bytes of RFC 7636 appendix B.
const ENTROPY: [u8; 32] = [
    116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77,
    105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
];

#[unsafe(no_mangle)]
fn run() -> bool {
    Verifier::from_entropy(black_box(&ENTROPY)).is_ok_and(|verifier| {
        verifier.challenge().as_str() == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    })
}
