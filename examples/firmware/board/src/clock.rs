//! A clock of milliseconds that never runs backwards.
//!
//! The first of the two timers of the CMSDK dual timer (Arm DDI 0479, §4.3) counts down 2³² ticks of
//! 256 cycles at 25 MHz: twelve hours, longer than the images here run. A board of your own counts its
//! overflows.

const TIMER: usize = 0x4000_2000;
const LOAD: *mut u32 = TIMER as *mut u32;
const VALUE: *const u32 = (TIMER + 0x04) as *const u32;
const CONTROL: *mut u32 = (TIMER + 0x08) as *mut u32;

/// Enabled, periodic, one tick each 256 cycles, 32 bits.
const RUN: u32 = 0x80 | 0x40 | 0x08 | 0x02;

/// Cycles of 25 MHz in a tick over cycles in a millisecond, shortened: 256 / 25,000.
const TICKS_TO_MILLISECONDS: (u64, u64) = (32, 3_125);

/// Starts the clock at zero.
pub fn start() {
    // SAFETY: two registers of a device that nobody else uses.
    unsafe {
        LOAD.write_volatile(u32::MAX);
        CONTROL.write_volatile(RUN);
    }
}

/// Milliseconds since [`start`].
#[must_use]
pub fn milliseconds() -> u64 {
    // SAFETY: a register whose reading changes nothing.
    let ticks = u64::from(u32::MAX.wrapping_sub(unsafe { VALUE.read_volatile() }));
    let (times, over) = TICKS_TO_MILLISECONDS;
    ticks * times / over
}

/// Waits until then. A board of your own sleeps here.
pub fn sleep_until(moment: u64) {
    while milliseconds() < moment {
        core::hint::spin_loop();
    }
}
