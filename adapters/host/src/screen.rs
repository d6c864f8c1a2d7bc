//! What the holder is shown while a session runs.

use core::fmt;
use std::time::Instant;

use rubrica_core::language::Language;
use rubrica_core::prompt::Prompt;

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
    /// Documents are being sent, to a service that takes them.
    Sending {
        /// Documents that are there.
        done: usize,
        /// Documents in all.
        total: usize,
    },
    /// Signatures are being made.
    Signing {
        /// Documents whose outcome is known.
        done: usize,
        /// Documents in all.
        total: usize,
    },
}

impl Notice<'_> {
    /// What the holder is told, whose text [`Prompt::text`] gives in either language.
    #[must_use]
    pub const fn prompt(&self) -> Prompt {
        match self {
            Self::OpenUrl { .. } => Prompt::OpenUrl,
            Self::ApproveOnPhone { .. } => Prompt::ApproveOnPhone,
            Self::Pending => Prompt::Pending,
            Self::Approved => Prompt::Approved,
            Self::Sending { .. } => Prompt::Sending,
            Self::Signing { done, total } if *done == *total => Prompt::Done,
            Self::Signing { .. } => Prompt::Signing,
        }
    }
}

/// A line in Portuguese, enough for a log or a first try: the prompt, and the page or the count that
/// goes with it.
impl fmt::Display for Notice<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prompt = self.prompt().text(Language::Portuguese);
        match self {
            Self::OpenUrl { url, .. } => write!(formatter, "{prompt} {url}"),
            Self::Sending { done, total } | Self::Signing { done, total } => {
                write!(formatter, "{prompt} ({done}/{total})")
            }
            _ => formatter.write_str(prompt),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_a_line_that_a_holder_understands() {
        assert_eq!(Notice::Approved.to_string(), "Autorizado.");
        assert_eq!(Notice::Signing { done: 1, total: 3 }.to_string(), "Assinando… (1/3)");
        assert_eq!(Notice::Signing { done: 3, total: 3 }.to_string(), "Pronto. (3/3)");
        let page = Notice::OpenUrl { url: "https://psc.example", until: Instant::now() };
        assert!(page.to_string().ends_with("https://psc.example"));
    }
}
