//! Lines for people, coloured where there is a terminal and never otherwise.

use core::fmt::Display;
use std::io::{self, Write};

use console::{Style, Term};

/// Columns of a terminal that does not tell.
const COLUMNS: usize = 80;

/// Standard output or standard error.
#[derive(Clone, Debug)]
pub(crate) struct Terminal {
    term: Term,
    is_terminal: bool,
    is_error: bool,
}

impl Terminal {
    /// Standard output: what was asked for.
    pub(crate) fn stdout() -> Self {
        let term = Term::stdout();
        Self { is_terminal: term.features().is_attended(), term, is_error: false }
    }

    /// Standard error: how it goes.
    pub(crate) fn stderr() -> Self {
        let term = Term::stderr();
        Self { is_terminal: term.features().is_attended(), term, is_error: true }
    }

    /// Whether a person looks at it, so that control characters make sense.
    pub(crate) const fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Whether it may be coloured, by the conventions of `NO_COLOR` and `CLICOLOR`.
    pub(crate) fn is_coloured(&self) -> bool {
        let by_convention = if self.is_error {
            console::colors_enabled_stderr()
        } else {
            console::colors_enabled()
        };
        self.is_terminal && by_convention
    }

    /// Its width.
    pub(crate) fn columns(&self) -> usize {
        self.term.size_checked().map_or(COLUMNS, |(_, columns)| usize::from(columns))
    }

    /// Prints a line. A reader who has gone away is not missed.
    pub(crate) fn line(&self, words: impl Display) {
        let line = format!("{words}\n");
        let _ = if self.is_error {
            io::stderr().lock().write_all(line.as_bytes())
        } else {
            let mut out = io::stdout().lock();
            out.write_all(line.as_bytes()).and_then(|()| out.flush())
        };
    }

    /// What is good.
    pub(crate) fn good(&self, words: impl Display) -> String {
        self.paint(Style::new().green(), words)
    }

    /// What is bad.
    pub(crate) fn bad(&self, words: impl Display) -> String {
        self.paint(Style::new().red().bold(), words)
    }

    /// What stands out.
    pub(crate) fn strong(&self, words: impl Display) -> String {
        self.paint(Style::new().bold(), words)
    }

    /// What stands back.
    pub(crate) fn faint(&self, words: impl Display) -> String {
        self.paint(Style::new().dim(), words)
    }

    /// What leads the eye.
    pub(crate) fn accent(&self, words: impl Display) -> String {
        self.paint(Style::new().cyan(), words)
    }

    fn paint(&self, style: Style, words: impl Display) -> String {
        style.force_styling(self.is_coloured()).apply_to(words).to_string()
    }
}

/// A text of an outside source, fit for a terminal: without control characters.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '?' } else { character }).collect()
}
