//! Four documents uploaded to Certillion, signed there and fetched, with a permission that is there.
#![no_std]
#![no_main]

use rubrica_core::certillion::Progress;
use rubrica_footprint::played::Memory;
use rubrica_footprint::uploaded;

static mut MEMORY: Memory = Memory::EMPTY;

#[unsafe(no_mangle)]
fn run() -> bool {
    let mut progress: [Progress; 4] = Default::default();
    // SAFETY: this is called once.
    uploaded::sign(unsafe { &mut *&raw mut MEMORY }, &mut progress).unwrap_or(false)
}
