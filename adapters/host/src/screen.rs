//! What the holder is shown while a session runs.

use std::time::Instant;

/// Something for the holder or the operator to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice<'n> {
    /// Show this as a link or as a QR code; the holder approves there.
    OpenUrl {
        /// The provider's page.
        url: &'n str,
        /// When the time to approve runs out.
        until: Instant,
    },
    /// A notification is on the holder's phone.
    ApproveOnPhone {
        /// When the time to approve runs out.
        until: Instant,
    },
    /// The holder has not answered yet.
    Pending,
    /// The holder approved.
    Approved,
    /// Signatures are being made.
    Signing {
        /// Documents whose outcome is known.
        done: usize,
        /// Documents in all.
        total: usize,
    },
}

/// Where a session shows its notices: a display, a terminal, a log. A closure will do.
pub trait Screen {
    /// Shows a notice. It should return at once: the session waits for it.
    fn show(&mut self, notice: Notice<'_>);
}

impl<F: FnMut(Notice<'_>)> Screen for F {
    fn show(&mut self, notice: Notice<'_>) {
        self(notice);
    }
}
