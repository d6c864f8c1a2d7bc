//! A session as people see it: what is asked on standard error, what came of it on standard output.

use core::cell::RefCell;
use std::path::Path;
use std::time::Instant;

use rubrica::{Language, Notice, Prompt, Trust};

use super::progress::Progress;
use super::qr;
use super::terminal::{Terminal, plain};
use super::text::Text;
use super::{Presenter, SignedDocument};
use crate::failure::Failure;

/// Tells people.
pub(crate) struct Human {
    language: Language,
    out: Terminal,
    error: Terminal,
    progress: RefCell<Progress>,
}

impl Human {
    /// In this language.
    pub(crate) fn new(language: Language) -> Self {
        Self {
            language,
            out: Terminal::stdout(),
            error: Terminal::stderr(),
            progress: RefCell::default(),
        }
    }

    fn text(&self) -> Text {
        Text::of(self.language)
    }

    /// Shows an address as a code, where there is a terminal for it, and as words.
    fn show_url(&self, url: &str) {
        if self.error.is_terminal() {
            match qr::draw(url, self.error.columns()) {
                Some(drawing) => self.error.line(format_args!("\n{drawing}")),
                None => self.error.line(self.text().too_narrow()),
            }
        }
        self.error.line(format_args!("  {}\n", self.error.faint(plain(url))));
    }

    fn wait(&self, prompt: Prompt, until: Instant) {
        let words = prompt.text(self.language);
        if self.error.is_terminal() {
            self.progress.borrow_mut().count_down(&self.error, words.to_owned(), until);
        } else {
            let seconds = until.saturating_duration_since(Instant::now()).as_secs();
            self.error.line(format_args!("{words} ({seconds} s)"));
        }
    }
}

impl Presenter for Human {
    fn notice(&self, notice: Notice<'_>) {
        match notice {
            Notice::OpenUrl { url, until } => {
                self.show_url(url);
                self.wait(Prompt::OpenUrl, until);
            }
            Notice::ApproveOnPhone { until } => self.wait(Prompt::ApproveOnPhone, until),
            Notice::Approved => {
                self.progress.borrow_mut().clear();
                let mark = self.error.good("✓");
                self.error.line(format_args!("  {mark} {}", Prompt::Approved.text(self.language)));
            }
            Notice::Sending { done, total } | Notice::Signing { done, total } => {
                let words = notice.prompt().text(self.language).to_owned();
                self.progress.borrow_mut().documents(&self.error, words, done, total);
            }
            // What moves shows it.
            _ => {}
        }
    }

    fn signed(&self, file: &Path, out: &Path, signed: &SignedDocument<'_>) {
        let (mark, words) = match signed.verified {
            Ok(verified) => {
                let trust = match &verified.trust {
                    Trust::Chained { .. } => String::new(),
                    _ => format!(" · {}", self.text().chain_not_checked()),
                };
                let holder =
                    verified.holder.map(|holder| format!(" · {holder}")).unwrap_or_default();
                let signer = plain(verified.signer.display_name());
                (self.out.good("✓"), self.out.faint(format_args!("{signer}{holder}{trust}")))
            }
            Err(reason) => (self.out.accent("!"), self.text().not_verified(plain(reason))),
        };
        self.progress.borrow().aside(|| {
            let (file, place) = (file.display().to_string(), out.display().to_string());
            let place = self.out.strong(plain(&place));
            self.out.line(format_args!("  {mark} {} → {place}", plain(&file)));
            self.out.line(format_args!("    {words}"));
            if let Some(transaction) = signed.transaction {
                let words = self.text().transaction(plain(transaction));
                self.out.line(self.out.faint(format_args!("    {words}")));
            }
        });
    }

    fn failed(&self, file: Option<&Path>, failure: &Failure) {
        if file.is_none() {
            self.progress.borrow_mut().clear();
        }
        // A document's outcome is asked for; why nothing began is not.
        let terminal = if file.is_some() { &self.out } else { &self.error };
        self.progress.borrow().aside(|| {
            let file = file.map(|file| format!("{}: ", file.display())).unwrap_or_default();
            let mark = terminal.bad("✗");
            let message = plain(&format!("{file}{}", failure.message(self.language)));
            terminal.line(format_args!("  {mark} {message}"));
            let advice = failure.advice(self.language);
            if !advice.is_empty() {
                terminal.line(terminal.faint(format_args!("    {}", plain(&advice))));
            }
        });
    }

    fn remark(&self, words: &str) {
        self.progress.borrow().aside(|| {
            self.error.line(format_args!("  {} {}", self.error.accent("!"), plain(words)));
        });
    }

    fn done(&self) {
        self.progress.borrow_mut().clear();
    }
}
