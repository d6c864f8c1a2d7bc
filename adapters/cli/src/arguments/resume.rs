//! `rubrica resume`, and what becomes of interrupted sessions.

use clap::Args;

use super::{Patience, Service, Trust};

/// `rubrica resume`
#[derive(Debug, Args)]
pub(crate) struct Resume {
    #[command(flatten)]
    pub(crate) sessions: Sessions,
    /// Time-stamp server (RFC 3161) for what lacks its stamp, https://…
    #[arg(long, value_name = "URL")]
    pub(crate) tsa: Option<String>,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// Which interrupted sessions, and what becomes of them.
#[derive(Debug, Args)]
pub(crate) struct Sessions {
    /// One session; all of them unless given
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
    /// Only lists the interrupted sessions
    #[arg(long, conflicts_with_all = ["again", "abandon"])]
    pub(crate) list: bool,
    /// Signs again what may have been signed already
    #[arg(long, requires = "id", conflicts_with = "abandon")]
    pub(crate) again: bool,
    /// Leaves what may have been signed already, and goes on with the rest
    #[arg(long, requires = "id")]
    pub(crate) abandon: bool,
    #[command(flatten)]
    pub(crate) patience: Patience,
    #[command(flatten)]
    pub(crate) trust: Trust,
    /// One JSON object a line on standard output, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

impl Sessions {
    /// What becomes of documents in doubt.
    pub(crate) const fn resolution(&self) -> Option<Resolution> {
        match (self.again, self.abandon) {
            (true, _) => Some(Resolution::Again),
            (_, true) => Some(Resolution::Abandon),
            _ => None,
        }
    }
}

/// What becomes of documents of which it is not known whether they are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// They are signed again.
    Again,
    /// They are left as they are.
    Abandon,
}
