//! What is borne from a peer.

use rubrica_core::time::Duration;

/// How much of a reply is taken, and how long it is waited for. `HEADERS` is the number of header
/// lines that a reply may have; each takes 16 bytes of stack on a 32-bit machine while they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits<const HEADERS: usize = 32> {
    /// The most bytes of a status line and its headers. 8 KiB unless set; the reply's buffer is a
    /// bound of its own.
    pub head: usize,
    /// The most bytes of one of those lines. 4 KiB unless set.
    pub line: usize,
    /// The most bytes of a body, chunks joined. 16 MiB unless set: a signed document of 7 MB comes
    /// back in base64, with its line ends escaped. What is kept of it, which is all but a document
    /// that streams through, is bounded by the reply's buffer too.
    pub body: u64,
    /// The longest time for one exchange, from its first byte to its last. 180 s unless set. It is
    /// looked at between reads and writes: that a single one ends is the stream's business.
    pub patience: Duration,
    /// How long a connection that nothing was said on is still trusted to be open. 4 s unless set,
    /// which is less than servers close after; zero for a new connection every time.
    pub idle: Duration,
}

impl Limits {
    /// The limits that are told with each field, and 32 headers.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_headers()
    }
}

impl<const HEADERS: usize> Limits<HEADERS> {
    /// The limits that are told with each field, and another number of headers.
    #[must_use]
    pub const fn with_headers() -> Self {
        Self {
            head: 8 * 1024,
            line: 4 * 1024,
            body: 16 * 1024 * 1024,
            patience: Duration::from_secs(180),
            idle: Duration::from_secs(4),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}
