//! The most memory that a process ever had.

use std::fs;

/// The high-water mark of this process's resident memory in kilobytes, where the system tells it.
pub(crate) fn high_water_mark() -> Option<u64> {
    of_process("self")
}

/// The same of another process, by its number.
pub(crate) fn of_process(process: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
