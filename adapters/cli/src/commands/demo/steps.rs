//! The steps of a flow, drawn as they happen: who speaks to whom.

use std::path::Path;
use std::time::Instant;

use rubrica::{Notice, Prompt, Via};

use crate::present::progress::Progress;
use crate::present::qr;
use crate::present::terminal::Terminal;
use crate::present::text::Text;

/// Those who speak, from left to right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    Here,
    Service,
    Phone,
}

/// Columns between two lanes.
const APART: usize = 29;

/// The drawing of one flow.
pub(super) struct Steps {
    out: Terminal,
    text: Text,
    via: Via,
    note: String,
    progress: Progress,
}

impl Steps {
    /// With a note that goes before the drawing.
    pub(super) fn new(out: Terminal, text: Text, via: Via, note: String) -> Self {
        let steps = Self { out, text, via, note, progress: Progress::default() };
        if via == Via::Push {
            steps.lanes();
        }
        steps
    }

    /// Shows the code that the holder would scan.
    pub(super) fn show_code(&self, url: &str) {
        let drawing = self.out.is_terminal().then(|| qr::draw(url, self.out.columns())).flatten();
        if let Some(drawing) = drawing {
            self.line(&format!("  {}\n\n{drawing}", self.text.demo_scan_this()));
        }
        self.line(&self.out.faint(url));
        self.line("");
        self.lanes();
    }

    /// Draws what a notice tells.
    pub(super) fn notice(&mut self, notice: Notice<'_>) {
        let text = self.text;
        match notice {
            Notice::ApproveOnPhone { until } => {
                self.arrow(Lane::Here, Lane::Service, &text.step_authorize());
                self.arrow(Lane::Service, Lane::Phone, &text.step_notify());
                self.wait(until);
            }
            Notice::OpenUrl { until, .. } => {
                self.arrow(Lane::Phone, Lane::Service, &text.step_page());
                self.wait(until);
            }
            Notice::Pending => self.arrow(Lane::Service, Lane::Here, &text.step_not_yet()),
            Notice::Approved => {
                self.progress.clear();
                self.arrow(Lane::Phone, Lane::Service, &text.step_approved());
                let code = match self.via {
                    Via::Push => text.step_code(),
                    Via::Redirect => text.step_redirect(),
                };
                self.arrow(Lane::Service, Lane::Here, &code);
                self.arrow(Lane::Here, Lane::Service, &text.step_token());
                self.arrow(Lane::Service, Lane::Here, &text.step_certificate());
            }
            Notice::Signing { done: 0, .. } => {
                self.arrow(Lane::Here, Lane::Service, &text.step_digest());
            }
            Notice::Signing { .. } => {
                self.arrow(Lane::Service, Lane::Here, &text.step_signature());
            }
            _ => {}
        }
    }

    /// Tells where the result is.
    pub(super) fn end(&mut self, path: &Path) {
        self.progress.clear();
        let (mark, path) = (self.out.good("✓"), self.out.strong(path.display()));
        self.line(&format!("\n  {mark} {path}  {}", self.text.step_embedded()));
    }

    fn wait(&mut self, until: Instant) {
        let words = Prompt::Pending.text(self.text.language()).to_owned();
        self.progress.count_down(&Terminal::stderr(), words, until);
    }

    fn lanes(&self) {
        let Self { text, note, .. } = self;
        for line in note.lines() {
            self.line(&self.out.faint(format_args!("  {line}")));
        }
        self.line("");
        let names = [text.lane_here(), text.lane_service(), text.lane_phone()];
        let [here, service, phone] = names.map(|name| format!("{name:<width$}", width = APART + 1));
        self.line(&self.out.strong(format!("    {here}{service}{phone}").trim_end()));
    }

    /// Draws an arrow between two lanes that stand beside each other.
    fn arrow(&self, from: Lane, to: Lane, label: &str) {
        let rest = "─".repeat(APART.saturating_sub(label.chars().count() + 4));
        let out = &self.out;
        let arrow = if from < to {
            format!("{} {label} {}", out.accent("├─"), out.accent(format_args!("{rest}▶")))
        } else {
            format!("{} {label} {}", out.accent(format_args!("◀{rest}")), out.accent("─┤"))
        };
        // The end of an arrow is drawn by one lane, its beginning by the other.
        let bar = out.faint("│");
        let gap = " ".repeat(APART);
        let arrow = if from < to { format!("{arrow}{bar}") } else { format!("{bar}{arrow}") };
        let line = match from.min(to) {
            Lane::Here => format!("    {arrow}{gap}{bar}"),
            _ => format!("    {bar}{gap}{arrow}"),
        };
        self.line(&line);
    }

    fn line(&self, words: &str) {
        self.progress.aside(|| self.out.line(words));
    }
}
