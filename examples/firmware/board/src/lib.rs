//! The QEMU board mps2-an386 (a Cortex-M4), as far as Rubrica's images need it.
//!
//! A UART as an `embedded_io` stream, a clock, output and exit and small files by semihosting, and how
//! deep the stack went. On a board of your own this crate is what you replace.
//!
//! An image that stands on it is linked with `-Tlink.x`; the memory map comes from here.
#![no_std]

pub mod clock;
pub mod semihosting;
pub mod stack;
pub mod uart;

pub use cortex_m_rt::entry;

/// The image is wrong: no text, because formatting one costs more than it tells. A board of your own
/// resets here, and its watchdog does where this is never reached.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    semihosting::exit(101)
}

/// The processor met what it cannot execute: among others, a stack that ran out of RAM.
#[cortex_m_rt::exception]
unsafe fn HardFault(_: &cortex_m_rt::ExceptionFrame) -> ! {
    semihosting::exit(102)
}
