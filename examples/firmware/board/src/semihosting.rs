//! Semihosting: the emulator, or a debugger, does for the program what an operating system would.
//!
//! The operations are those of Arm's "Semihosting for AArch32 and AArch64" (2.0), chapter 7.

use core::arch::asm;
use core::fmt;

const OPEN: u32 = 0x01;
const CLOSE: u32 = 0x02;
const WRITE: u32 = 0x05;
const READ: u32 = 0x06;
const FILE_LENGTH: u32 = 0x0c;
const REMOVE: u32 = 0x0e;
const TIME: u32 = 0x11;
const COMMAND_LINE: u32 = 0x15;
const EXIT_EXTENDED: u32 = 0x20;

/// `ADP_Stopped_ApplicationExit`.
const APPLICATION_EXIT: u32 = 0x20026;

/// Asks the host; `block` holds the operation's parameters.
fn call(operation: u32, block: &mut [u32]) -> i32 {
    let answer: i32;
    // SAFETY: the breakpoint with this number is the call; the host reads and writes only the block
    // and the memory that the block points to, which the callers below borrow for as long.
    unsafe {
        asm!("bkpt 0xab", inlateout("r0") operation => answer, in("r1") block.as_mut_ptr(), options(nostack));
    }
    answer
}

/// Ends the emulation with an exit status.
pub fn exit(status: u32) -> ! {
    call(EXIT_EXTENDED, &mut [APPLICATION_EXIT, status]);
    loop {}
}

/// The command line that the host gave, without its first word; empty when there is none or when it
/// does not fit.
pub fn arguments(buffer: &mut [u8]) -> &str {
    let mut block = [buffer.as_mut_ptr() as u32, buffer.len() as u32];
    if call(COMMAND_LINE, &mut block) != 0 {
        return "";
    }
    let line = buffer.get(..block[1] as usize).unwrap_or_default();
    let line = core::str::from_utf8(line).unwrap_or_default();
    line.split_once(' ').map_or("", |(_, rest)| rest)
}

/// The host's standard output.
pub struct Console;

impl Console {
    /// Writes bytes.
    pub fn write(bytes: &[u8]) {
        let mut file = File::open(":tt", Mode::Write);
        if let Some(file) = &mut file {
            let _ = file.write(bytes);
        }
    }
}

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        Self::write(text.as_bytes());
        Ok(())
    }
}

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Reading.
    Read = 1,
    /// Writing, from its beginning.
    Write = 5,
}

/// A file of the host, in the folder where it runs.
#[derive(Debug)]
pub struct File(u32);

impl File {
    /// Opens a file; `None` when the host cannot, or for a name of more than 63 bytes.
    #[must_use]
    pub fn open(name: &str, mode: Mode) -> Option<Self> {
        let mut terminated = [0; 64];
        terminated
            .get_mut(..name.len())
            .filter(|_| name.len() < 64)?
            .copy_from_slice(name.as_bytes());
        let handle = call(OPEN, &mut [terminated.as_ptr() as u32, mode as u32, name.len() as u32]);
        u32::try_from(handle).ok().map(Self)
    }

    /// Bytes in the file; `None` when the host does not know.
    #[must_use]
    pub fn length(&self) -> Option<usize> {
        usize::try_from(call(FILE_LENGTH, &mut [self.0])).ok()
    }

    /// Reads some bytes; 0 at the end, and when the host cannot.
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        let left = call(READ, &mut [self.0, out.as_mut_ptr() as u32, out.len() as u32]);
        usize::try_from(left).ok().and_then(|left| out.len().checked_sub(left)).unwrap_or(0)
    }

    /// Writes all of them, or says that it could not.
    #[must_use]
    pub fn write(&mut self, bytes: &[u8]) -> bool {
        call(WRITE, &mut [self.0, bytes.as_ptr() as u32, bytes.len() as u32]) == 0
    }

    /// Removes a file; one that is not there is no error.
    pub fn remove(name: &str) {
        call(REMOVE, &mut [name.as_ptr() as u32, name.len() as u32]);
    }
}

impl Drop for File {
    fn drop(&mut self) {
        call(CLOSE, &mut [self.0]);
    }
}

/// Seconds since 1970 by the host's clock, which goes on while the board is off.
#[must_use]
pub fn seconds() -> u64 {
    // The word is unsigned: it lasts until 2106.
    u64::from(call(TIME, &mut [0]).cast_unsigned())
}
