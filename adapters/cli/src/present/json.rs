//! One JSON object a line on standard output, for programs.

use std::io::{self, Write};
use std::path::Path;

use rubrica::{Language, Notice};
use serde::Serialize;

use super::{Presenter, SignedDocument};
use crate::failure::Failure;

/// Tells programs.
pub(crate) struct Json {
    language: Language,
}

impl Json {
    /// In this language are the words for people that an event carries.
    pub(crate) const fn new(language: Language) -> Self {
        Self { language }
    }
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'e> {
    OpenUrl {
        url: &'e str,
    },
    ApproveOnPhone,
    Pending,
    Signed {
        file: &'e str,
        out: &'e str,
        verified: bool,
        /// Why it is not.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'e str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        signer: Option<&'e str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        holder: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        transaction: Option<&'e str>,
    },
    Failed {
        #[serde(skip_serializing_if = "Option::is_none")]
        file: Option<&'e str>,
        error: String,
        fault: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<&'e str>,
        /// By what it can be fetched, where it is signed.
        #[serde(skip_serializing_if = "Option::is_none")]
        transaction: Option<&'e str>,
        advice: String,
    },
    Done,
}

impl Presenter for Json {
    fn notice(&self, notice: Notice<'_>) {
        match notice {
            Notice::OpenUrl { url, .. } => print(&Event::OpenUrl { url }),
            Notice::ApproveOnPhone { .. } => print(&Event::ApproveOnPhone),
            Notice::Pending => print(&Event::Pending),
            _ => {}
        }
    }

    fn signed(&self, file: &Path, out: &Path, signed: &SignedDocument<'_>) {
        let verified = signed.verified.ok();
        print(&Event::Signed {
            file: &file.to_string_lossy(),
            out: &out.to_string_lossy(),
            verified: verified.is_some(),
            reason: signed.verified.err(),
            signer: verified.map(|verified| verified.signer.display_name()),
            holder: verified.and_then(|verified| verified.holder).map(|holder| holder.to_string()),
            transaction: signed.transaction,
        });
    }

    fn failed(&self, file: Option<&Path>, failure: &Failure) {
        let file = file.map(Path::to_string_lossy);
        print(&Event::Failed {
            file: file.as_deref(),
            error: failure.message(self.language),
            fault: failure.fault().as_str(),
            code: failure.code(),
            transaction: failure.transaction(),
            advice: failure.advice(self.language),
        });
    }

    fn remark(&self, _: &str) {}

    fn done(&self) {
        print(&Event::Done);
    }
}

/// Prints an object on a line of its own. A reader who has gone away is not missed.
pub(crate) fn print(object: &impl Serialize) {
    if let Ok(mut line) = serde_json::to_vec(object) {
        line.push(b'\n');
        let mut out = io::stdout().lock();
        let _ = out.write_all(&line).and_then(|()| out.flush());
    }
}
