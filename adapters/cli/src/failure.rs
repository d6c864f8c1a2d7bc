//! What ends a command early, and how the process exits.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rubrica::core::error::{Error as CoreError, PeerError};
use rubrica::{Fault, IdentityError, Language, SessionId};

use crate::commands::service::Service;
use crate::configuration::error::ConfigurationError;
use crate::output::OutputError;
use crate::present::text::Text;
use crate::secret::SecretError;

/// Anything that keeps a command from doing what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Library(#[from] rubrica::Error),
    /// A refusal of a service of which more is known, in the language of the messages.
    #[error("{error}")]
    Explained {
        error: Box<rubrica::Error>,
        /// What the service means.
        meaning: Option<String>,
        /// What is not settled about the service, and what to try; empty where nothing is open.
        doubts: String,
    },
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The command line, in the words of its parser.
    #[error("{0}")]
    Usage(String),
    #[error("--holder: {0}")]
    Holder(IdentityError),
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("{} is not an ordinary file, and a document is read more than once", path.display())]
    NotOrdinary { path: PathBuf },
    #[error("{} is not written in UTF-8; give it another name", path.display())]
    Name { path: PathBuf },
    #[error("--out is for one document; use --out-dir")]
    OneOut,
    #[error("--reason, --location, --contact and --visible are for PDFs, and there is none")]
    NoPdf,
    #[error("--detached is for CADES and XADES: a PDF holds its signature")]
    DetachedPdf,
    #[error("the configuration file has no profile to ask with")]
    NoProfiles,
    #[error("--content names the document that {} signs", path.display())]
    NoContent { path: PathBuf },
    #[error("{} is neither a PDF nor a CMS; for a bare signature name its --certificate", path.display())]
    NoSignature { path: PathBuf },
    #[error("{} is in the interrupted session {session}, and may be signed already", path.display())]
    Interrupted { path: PathBuf, session: String, resume: &'static str },
    #[error("not sent: the session stopped before it")]
    NotSent { resume: &'static str },
    #[error("{} holds its own document: leave out {option}", path.display())]
    OwnContent { path: PathBuf, option: &'static str },
    #[error("there is no interrupted session {0}")]
    NoSession(String),
    #[error("{}: {reason}", path.display())]
    Certificate { path: PathBuf, reason: String },
    #[error("{}: {reason}", path.display())]
    Unusable { path: PathBuf, reason: String },
    #[error("`{0}` is no object identifier")]
    Policy(String),
    #[error("no folder for added roots: set RUBRICA_HOME")]
    NoTrustFolder,
    #[error("there is no added root with the fingerprint {0}")]
    NoSuchRoot(String),
    #[error("{} has no self-signed certificate with that fingerprint; it has {}", path.display(), found.join(", "))]
    OtherRoot { path: PathBuf, found: Vec<String> },
    #[error("the signature was refused: {0}")]
    Rejected(String),
    #[error("the emulated service does not start: {0}")]
    Sandbox(#[from] rubrica_sandbox::StartError),
    #[error("the demonstration did not come to its end: {0}")]
    Demonstration(String),
}

impl Failure {
    /// An error of the library's, with what the service means by it, and what is not settled about the
    /// service where it may come of that.
    pub(crate) fn of(error: rubrica::Error, client: &impl Service, language: Language) -> Self {
        let meaning = client.meaning(&error, language);
        let doubts = client.doubts(&error);
        if meaning.is_none() && doubts.is_empty() {
            return error.into();
        }
        let doubts: Vec<&str> = doubts.iter().map(|unsure| unsure.text(language)).collect();
        Self::Explained { meaning, doubts: doubts.join(" "), error: Box::new(error) }
    }

    /// A session of the journal as one that was asked for and is not there.
    pub(crate) fn no_session(id: &str) -> Self {
        Self::NoSession(id.to_owned())
    }

    /// A document that another session may have signed.
    pub(crate) fn interrupted<S: Service>(path: PathBuf, session: &SessionId) -> Self {
        Self::Interrupted { path, session: session.to_string(), resume: S::RESUME }
    }

    /// The document that alone it is about.
    pub(crate) fn document(&self) -> Option<&Path> {
        match self {
            Self::File { path, .. }
            | Self::NotOrdinary { path }
            | Self::Name { path }
            | Self::Interrupted { path, .. } => Some(path),
            _ => None,
        }
    }

    /// The error of the library's that it is.
    fn library(&self) -> Option<&rubrica::Error> {
        match self {
            Self::Library(error) => Some(error),
            Self::Explained { error, .. } => Some(error),
            _ => None,
        }
    }

    /// By what a signature can be fetched that was made and did not come.
    pub(crate) fn transaction(&self) -> Option<&str> {
        match self.library() {
            Some(rubrica::Error::NotFetched { transaction, .. }) => Some(transaction.as_str()),
            _ => None,
        }
    }

    /// The service's own code of a refusal, where it gave one.
    pub(crate) fn code(&self) -> Option<&str> {
        let reason = match self.library()? {
            rubrica::Error::NotFetched { error, .. } => error,
            error => error,
        };
        match reason {
            rubrica::Error::Core(CoreError::Peer(PeerError::Refused(refusal))) => {
                Some(refusal.code.as_str()).filter(|code| !code.is_empty())
            }
            _ => None,
        }
    }

    /// What happened, in one line.
    pub(crate) fn message(&self, language: Language) -> String {
        Text::of(language).failure(self)
    }

    /// What to do about it.
    pub(crate) fn advice(&self, language: Language) -> String {
        Text::of(language).advice(self)
    }

    /// Whose fault it is, in the library's words.
    pub(crate) fn fault(&self) -> Fault {
        match self {
            Self::Library(error) => error.fault(),
            Self::Explained { error, .. } => error.fault(),
            Self::Output(error) => error.fault(),
            Self::Interrupted { .. } => Fault::InDoubt,
            Self::NotSent { .. } => Fault::Service,
            Self::Rejected(_) => Fault::Verification,
            Self::Sandbox(_) | Self::Demonstration(_) => Fault::Machine,
            _ => Fault::Configuration,
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        match self.fault() {
            Fault::Configuration => Exit::Usage,
            Fault::Holder => Exit::Holder,
            Fault::Service => Exit::Service,
            Fault::Verification => Exit::Verification,
            Fault::InDoubt => Exit::InDoubt,
            Fault::Network => Exit::Unreachable,
            _ => Exit::Other,
        }
    }
}

/// How the process ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything that was asked.
    #[default]
    Done,
    /// Anything that has no number of its own.
    Other,
    /// Usage or configuration.
    Usage,
    /// The holder denied or let it expire.
    Holder,
    /// The service refused or misbehaved.
    Service,
    /// Something was checked and is not good.
    Verification,
    /// It is not known whether something was signed.
    InDoubt,
    /// The service cannot be reached.
    Unreachable,
    /// Something is missing to say whether a signature is good.
    Indeterminate,
}

impl Exit {
    /// The number for the shell.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Other => 1,
            Self::Usage => 2,
            Self::Holder => 3,
            Self::Service => 4,
            Self::Verification => 5,
            Self::InDoubt => 6,
            Self::Unreachable => 7,
            Self::Indeterminate => 8,
        }
    }

    /// Of two outcomes the one that the shell is told.
    pub(crate) fn and(self, other: Self) -> Self {
        let rank = |exit| match exit {
            Self::InDoubt => 0,
            Self::Verification => 1,
            Self::Service => 2,
            Self::Holder => 3,
            Self::Unreachable => 4,
            Self::Usage => 5,
            Self::Other => 6,
            Self::Indeterminate => 7,
            Self::Done => 8,
        };
        if rank(other) < rank(self) { other } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_is_told_the_gravest_outcome() {
        let order = [6, 5, 4, 3, 7, 2, 1, 8, 0];
        let all = [
            Exit::InDoubt,
            Exit::Verification,
            Exit::Service,
            Exit::Holder,
            Exit::Unreachable,
            Exit::Usage,
            Exit::Other,
            Exit::Indeterminate,
            Exit::Done,
        ];
        assert_eq!(all.map(Exit::code), order);
        for (place, exit) in all.into_iter().enumerate() {
            for lesser in &all[place..] {
                assert_eq!(exit.and(*lesser), exit);
                assert_eq!(lesser.and(exit), exit);
            }
        }
    }
}
