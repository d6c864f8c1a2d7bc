//! The holder's permission by push, up to the access token.
#![no_std]
#![no_main]

use rubrica_footprint::played::{self, Memory};

static mut MEMORY: Memory = Memory::EMPTY;

#[unsafe(no_mangle)]
fn run() -> bool {
    // SAFETY: this is called once.
    played::push(unsafe { &mut *&raw mut MEMORY }).unwrap_or(false)
}
