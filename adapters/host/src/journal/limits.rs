//! How much a journal holds.

/// The most bytes of a session's content.
pub(super) const MOST_BYTES: usize = 256 * 1024 * 1024;

/// The most sessions that one journal has open.
pub(super) const MOST_SESSIONS: usize = 4096;
