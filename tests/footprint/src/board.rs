//! The little that an image needs of QEMU's mps2-an386, a Cortex-M4.

use core::arch::{asm, naked_asm};
use core::panic::PanicInfo;

/// The image was not run as it should have been.
const FAILED: u32 = 1;
/// The exit code of a panic.
const PANICKED: u32 = 101;
/// The exit code of a processor's exception.
const FAULTED: u32 = 102;

/// What the stack is painted with.
const PAINT: u32 = 0xc5c5_c5c5;

unsafe extern "C" {
    static stack_end: u32;
    static stack_start: u32;
}

unsafe extern "Rust" {
    /// The image's own part: whether it gained what it should.
    safe fn run() -> bool;
}

/// The processor's table of entries, as far as it is used.
#[repr(C)]
struct Vectors {
    stack: &'static u32,
    reset: unsafe extern "C" fn() -> !,
    exceptions: [extern "C" fn() -> !; 14],
}

#[unsafe(link_section = ".vectors")]
#[unsafe(no_mangle)]
static VECTORS: Vectors = Vectors {
    // SAFETY: the linker script defines it; it is never read, only its address is taken.
    stack: unsafe { &stack_start },
    reset,
    exceptions: [fault; 14],
};

/// Fills the memory and paints the stack before any Rust runs.
///
/// # Safety
/// The processor alone calls it.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn reset() -> ! {
    naked_asm!(
        "ldr r0, =stack_end",
        "ldr r1, =stack_start",
        "ldr r2, ={paint}",
        "1: cmp r0, r1",
        "beq 2f",
        "str r2, [r0], #4",
        "b 1b",
        "2: ldr r0, =data_start",
        "ldr r1, =data_end",
        "ldr r2, =data_source",
        "3: cmp r0, r1",
        "beq 4f",
        "ldr r3, [r2], #4",
        "str r3, [r0], #4",
        "b 3b",
        "4: ldr r0, =bss_start",
        "ldr r1, =bss_end",
        "movs r2, #0",
        "5: cmp r0, r1",
        "beq 6f",
        "str r2, [r0], #4",
        "b 5b",
        "6: b {main}",
        paint = const PAINT,
        main = sym main,
    )
}

extern "C" fn main() -> ! {
    let succeeded = run();
    tell("stack", stack_depth());
    exit(if succeeded { 0 } else { FAILED })
}

/// Bytes of the stack that were ever used.
fn stack_depth() -> usize {
    let end = &raw const stack_end;
    let start = &raw const stack_start;
    let mut place = end;
    // SAFETY: the words between the two are the stack's, and the stack of this function lies above
    // those that are still painted.
    while place < start && unsafe { place.read_volatile() } == PAINT {
        place = place.wrapping_add(1);
    }
    (start as usize).wrapping_sub(place as usize)
}

/// Writes a name and a number to the emulator's console, as a line.
pub fn tell(name: &str, number: usize) {
    for byte in name.bytes() {
        put(byte);
    }
    put(b' ');
    let (mut rest, mut power) = (number, 1_000_000_000);
    while power > 1 && rest < power {
        power /= 10;
    }
    while power > 0 {
        put(b'0' + (rest / power) as u8);
        rest %= power;
        power /= 10;
    }
    put(b'\n');
}

/// Writes one character to the emulator's console.
fn put(byte: u8) {
    semihost(0x03, &raw const byte as u32);
}

/// Ends the emulator with this exit code.
pub fn exit(code: u32) -> ! {
    let application_exit = [0x2_0026, code];
    semihost(0x20, application_exit.as_ptr() as u32);
    loop {
        core::hint::spin_loop();
    }
}

/// Asks the emulator for something.
fn semihost(operation: u32, argument: u32) {
    // SAFETY: the instruction hands both registers to the emulator, which answers in the first and
    // reads what the second points at.
    unsafe {
        asm!("bkpt #0xab", inout("r0") operation => _, in("r1") argument, options(nostack));
    }
}

extern "C" fn fault() -> ! {
    exit(FAULTED)
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    exit(PANICKED)
}
