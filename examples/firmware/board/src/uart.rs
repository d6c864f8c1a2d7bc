//! The board's first UART as a stream (CMSDK APB UART, Arm DDI 0479, §4.4).

use core::convert::Infallible;

use embedded_io::{ErrorType, Read, ReadReady, Write};

const UART: usize = 0x4000_4000;
const DATA: *mut u32 = UART as *mut u32;
const STATE: *const u32 = (UART + 0x04) as *const u32;
const CONTROL: *mut u32 = (UART + 0x08) as *mut u32;
const DIVIDER: *mut u32 = (UART + 0x10) as *mut u32;

const TRANSMITTER_FULL: u32 = 0x01;
const RECEIVER_FULL: u32 = 0x02;
const BOTH_DIRECTIONS: u32 = 0x03;

/// The divider with which the hardware is fastest.
const FASTEST: u32 = 16;

/// The first UART. It has no queue: who does not read in time loses nothing in the emulator, where the
/// other side waits, and bytes on a board, where an interrupt or DMA has to fill a queue.
#[derive(Debug)]
pub struct Uart(());

impl Uart {
    /// Switches it on. There is one: call this once.
    #[must_use]
    pub fn start() -> Self {
        // SAFETY: registers of a device that nobody else uses.
        unsafe {
            DIVIDER.write_volatile(FASTEST);
            CONTROL.write_volatile(BOTH_DIRECTIONS);
        }
        Self(())
    }
}

impl ErrorType for Uart {
    type Error = Infallible;
}

impl ReadReady for Uart {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        // SAFETY: a register whose reading changes nothing.
        Ok(unsafe { STATE.read_volatile() } & RECEIVER_FULL != 0)
    }
}

impl Read for Uart {
    /// Waits for a byte, for ever: ask [`ReadReady`] first.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Infallible> {
        let Some(first) = out.first_mut() else { return Ok(0) };
        while !self.read_ready()? {}
        // SAFETY: a byte is there; reading it takes it out.
        *first = unsafe { DATA.read_volatile() } as u8;
        Ok(1)
    }
}

impl Write for Uart {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for &byte in bytes {
            // SAFETY: the register is read until there is room, and then one byte is written.
            unsafe {
                while STATE.read_volatile() & TRANSMITTER_FULL != 0 {}
                DATA.write_volatile(u32::from(byte));
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
