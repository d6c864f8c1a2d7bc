//! The moving parts of a terminal: a countdown while the holder is asked, a bar while documents are
//! signed. Where there is no terminal, nothing moves.

use core::fmt::Write;
use core::time::Duration;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::terminal::Terminal;

/// How often what moves is drawn.
const TICK: Duration = Duration::from_millis(120);

/// What moves on standard error.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Shows words with a countdown.
    pub(crate) fn count_down(&mut self, terminal: &Terminal, words: String, until: Instant) {
        self.clear();
        if !terminal.is_terminal() {
            return;
        }
        let left = move |_: &ProgressState, out: &mut dyn Write| {
            let seconds = until.saturating_duration_since(Instant::now()).as_secs();
            // Nothing can be done about a line that is not drawn.
            let _ = write!(out, "{}:{:02}", seconds / 60, seconds % 60);
        };
        let template = "  {spinner:.cyan} {wide_msg} {left:.dim} ";
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_spinner())
            .tick_strings(&["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏", "·"])
            .with_key("left", left);
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(style);
        bar.set_message(words);
        bar.enable_steady_tick(TICK);
        self.bar = Some(bar);
    }

    /// Shows how many of the documents have an outcome.
    pub(crate) fn documents(
        &mut self,
        terminal: &Terminal,
        words: String,
        done: usize,
        total: usize,
    ) {
        if !terminal.is_terminal() {
            return;
        }
        let (done, total) = (done as u64, total as u64);
        let bar = match self.bar.take().filter(|bar| bar.length() == Some(total)) {
            Some(bar) => bar,
            None => {
                self.clear();
                let template = "  {spinner:.cyan} {msg} {bar:30.cyan/dim} {pos}/{len}";
                let style = ProgressStyle::with_template(template)
                    .unwrap_or_else(|_| ProgressStyle::default_bar())
                    .tick_strings(&["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏", "·"])
                    .progress_chars("━╸─");
                let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
                bar.set_style(style);
                bar.enable_steady_tick(TICK);
                bar
            }
        };
        bar.set_message(words);
        bar.set_position(done);
        if done < total {
            self.bar = Some(bar);
        } else {
            bar.finish_and_clear();
        }
    }

    /// Prints something without the moving parts in between.
    pub(crate) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// Removes what moves.
    pub(crate) fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
