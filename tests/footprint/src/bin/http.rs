//! The holder's permission by push, and a bare signature with it, over HTTP by the device adapter.
#![no_std]
#![no_main]

use rubrica_footprint::carried;
use rubrica_footprint::played::Memory;

static mut MEMORY: Memory = Memory::EMPTY;

#[unsafe(no_mangle)]
fn run() -> bool {
    // SAFETY: this is called once.
    carried::push_and_sign(unsafe { &mut *&raw mut MEMORY }).unwrap_or(false)
}
