//! What the emulated board does not have and a real one must: here it is the host's files.

use core::convert::Infallible;

use embedded_io::{ErrorType, Read, ReadReady, Write};
use rubrica_board::clock;
use rubrica_board::semihosting::{self, File, Mode};
use rubrica_board::uart::Uart;
use rubrica_core::time::Instant;
use rubrica_device::board::Clock;
use rubrica_firmware::keep::Flash;

/// Reads a secret of exactly `N` bytes.
///
/// The seed stands for a hardware generator: the runner draws it anew for every boot. The device key
/// stands for a secure element: it is the same at every boot of one device.
pub(crate) fn secret_file<const N: usize>(name: &str) -> Option<[u8; N]> {
    let mut secret = [0; N];
    let mut file = File::open(name, Mode::Read)?;
    (file.read(&mut secret) == N).then_some(secret)
}

/// The line to the network chip.
pub(crate) enum Line {
    /// The board's UART.
    Uart(Uart),
    /// Two pipes of the host's: the emulator handles a UART's bytes one by one, and a document has
    /// some millions of them.
    Pipes { from: File, to: File },
}

impl Line {
    /// Opens the pipes, or says that the host has none.
    pub(crate) fn pipes() -> Option<Self> {
        // In the order in which the host opens its ends.
        let from = File::open("to-board", Mode::Read)?;
        Some(Self::Pipes { from, to: File::open("from-board", Mode::Write)? })
    }
}

impl ErrorType for Line {
    type Error = Infallible;
}

impl ReadReady for Line {
    /// A pipe's reader waits for ever; the host ends a run that takes too long.
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        match self {
            Self::Uart(uart) => uart.read_ready(),
            Self::Pipes { .. } => Ok(true),
        }
    }
}

impl Read for Line {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Infallible> {
        match self {
            Self::Uart(uart) => uart.read(out),
            Self::Pipes { from, .. } => Ok(from.read(out)),
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        match self {
            Self::Uart(uart) => uart.write(bytes),
            Self::Pipes { to, .. } => Ok(if to.write(bytes) { bytes.len() } else { 0 }),
        }
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Flash whose sectors are files.
pub(crate) struct EmulatedFlash;

impl EmulatedFlash {
    fn open(sector: usize, mode: Mode) -> Option<File> {
        const NAMES: [&str; 4] = ["sector-0", "sector-1", "sector-2", "sector-3"];
        File::open(NAMES.get(sector)?, mode)
    }
}

impl Flash for EmulatedFlash {
    fn read(&mut self, sector: usize, out: &mut [u8]) -> usize {
        Self::open(sector, Mode::Read).map_or(0, |mut file| file.read(out))
    }

    fn write(&mut self, sector: usize, bytes: &[u8]) -> bool {
        Self::open(sector, Mode::Write).is_some_and(|mut file| file.write(bytes))
    }

    fn seconds(&mut self) -> u64 {
        semihosting::seconds()
    }
}

/// The board's clock.
pub(crate) struct BoardClock;

impl Clock for BoardClock {
    fn now(&mut self) -> Instant {
        Instant::from_millis(clock::milliseconds())
    }

    fn sleep_until(&mut self, moment: Instant) {
        clock::sleep_until(moment.as_millis());
    }
}
