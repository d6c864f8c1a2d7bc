//! What the commands ask of a client, whichever service it is a client of.

use std::io;

use rubrica::core::unsure::Unsure;
use rubrica::{Client, Error, Language, Pending, Screen, SessionId};

use crate::arguments::Resolution;
use crate::present::SignedDocument;

/// A client of a service that signs documents in sessions, which can be interrupted.
pub(crate) trait Service {
    /// The command that goes on with its interrupted sessions.
    const RESUME: &'static str;

    /// What it gives for a document that is signed.
    type Signed: for<'s> AsSigned<'s>;

    /// Whether sessions are kept on disk.
    fn has_state(&self) -> bool;

    /// What is not settled about the service and may be why it refused.
    fn doubts(&self, error: &Error) -> Vec<Unsure<'_>>;

    /// What the service means by its refusal, where it has words of its own that are known.
    fn meaning(&self, error: &Error, language: Language) -> Option<String>;

    /// The sessions that were interrupted.
    fn interrupted(&self) -> Result<Vec<SessionId>, Error>;

    /// What is known of one of them.
    fn pending(&self, id: &SessionId) -> Result<Pending, Error>;

    /// Goes on with one of them.
    fn resume(
        &self,
        id: &SessionId,
        resolution: Option<Resolution>,
        screen: &mut dyn Screen,
        take: &mut Take<'_, Self::Signed>,
    ) -> Result<(), Error>;
}

/// Takes what became of the document with this number.
pub(crate) type Take<'t, S> = dyn FnMut(usize, Result<S, Error>) -> io::Result<()> + 't;

/// A signed document as it is written and told of.
pub(crate) trait AsSigned<'s> {
    /// What of it is written and told.
    fn as_signed(&'s self) -> SignedDocument<'s>;
}

impl Service for Client {
    const RESUME: &'static str = "resume";

    type Signed = rubrica::Signed;

    fn has_state(&self) -> bool {
        self.settings().state_directory.is_some()
    }

    fn doubts(&self, error: &Error) -> Vec<Unsure<'_>> {
        self.doubts(error)
    }

    fn meaning(&self, _: &Error, _: Language) -> Option<String> {
        None
    }

    fn interrupted(&self) -> Result<Vec<SessionId>, Error> {
        self.interrupted()
    }

    fn pending(&self, id: &SessionId) -> Result<Pending, Error> {
        self.pending(id)
    }

    fn resume(
        &self,
        id: &SessionId,
        resolution: Option<Resolution>,
        screen: &mut dyn Screen,
        take: &mut Take<'_, rubrica::Signed>,
    ) -> Result<(), Error> {
        let resolution = resolution.map(|resolution| match resolution {
            Resolution::Again => rubrica::Resolution::SignAgain,
            Resolution::Abandon => rubrica::Resolution::Abandon,
        });
        self.resume(id, resolution, screen, &mut |index, _, outcome| take(index, outcome))
    }
}

impl<'s> AsSigned<'s> for rubrica::Signed {
    fn as_signed(&'s self) -> SignedDocument<'s> {
        SignedDocument { content: &self.content, verified: Ok(&self.verified), transaction: None }
    }
}
