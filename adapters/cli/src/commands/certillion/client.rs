//! A client of Certillion, as the commands need one.

use rubrica::certillion::{Client, Code, PscName, Signed, Verification};
use rubrica::core::error::{Error as CoreError, PeerError};
use rubrica::core::unsure::Unsure;
use rubrica::{Advice, Error, Language, Pending, Screen, SessionId};

use crate::arguments::Resolution;
use crate::commands::service::{AsSigned, Service, Take};
use crate::configuration::Configuration;
use crate::configuration::certillion::Wishes;
use crate::failure::Failure;
use crate::interrupt;
use crate::present::{Presenter, SignedDocument};

/// A client, and what one command asks of it.
pub(super) struct Asked {
    pub(super) client: Client,
    /// The keys of what is not settled about the service and is a part of what is asked.
    doubtful: Vec<&'static str>,
}

/// A client of the configured service, which Ctrl-C stops. `doubtful` are the keys of what is not
/// settled about the service and may be why it refuses.
pub(super) fn client(
    configuration: &Configuration,
    wishes: &Wishes<'_>,
    doubtful: &[&'static str],
    presenter: &dyn Presenter,
) -> Result<Asked, Failure> {
    let mut warn = super::super::warner(presenter, configuration.language);
    let client = Client::new(configuration.certillion_settings(wishes, &mut warn)?)?;
    interrupt::cancel(client.cancellation(), configuration.language);
    Ok(Asked { client, doubtful: doubtful.to_vec() })
}

/// The key of what is not settled about the address of a trust service.
pub(super) fn address_doubt(psc: Option<&str>) -> Option<&'static str> {
    (psc == Some(PscName::CERTILLION_SIGNER.as_str())).then_some("signer_base_url")
}

impl Service for Asked {
    const RESUME: &'static str = "certillion resume";

    type Signed = Signed;

    fn has_state(&self) -> bool {
        self.client.settings().state_directory.is_some()
    }

    fn doubts(&self, error: &Error) -> Vec<Unsure<'_>> {
        let is_signed = matches!(error, Error::NotFetched { .. });
        let is_likely = |key: &str| match code(error) {
            // What was asked of the signature was understood.
            _ if is_signed => key == "signer_base_url",
            // Who answers with a code was found and knows the application: the request is meant.
            Some(code) => {
                code.advice == Some(Advice::FixRequest)
                    && !["paths.validate", "token_client_pair"].contains(&key)
            }
            None => true,
        };
        let mut doubts = self.client.doubts(error);
        doubts.retain(|doubt| self.doubtful.contains(&doubt.key) && is_likely(doubt.key));
        doubts
    }

    fn meaning(&self, error: &Error, language: Language) -> Option<String> {
        code(error).map(|code| code.text(language).to_owned())
    }

    fn interrupted(&self) -> Result<Vec<SessionId>, Error> {
        self.client.interrupted()
    }

    fn pending(&self, id: &SessionId) -> Result<Pending, Error> {
        self.client.pending(id)
    }

    fn resume(
        &self,
        id: &SessionId,
        resolution: Option<Resolution>,
        screen: &mut dyn Screen,
        take: &mut Take<'_, Signed>,
    ) -> Result<(), Error> {
        use rubrica::certillion::Resolution as Word;
        let word = resolution.map(|resolution| match resolution {
            Resolution::Again => Word::SignAgain,
            Resolution::Abandon => Word::Abandon,
        });
        self.client.resume(id, word, screen, &mut |index, _, outcome| take(index, outcome))
    }
}

/// The service's code, where the refusal has one that is known.
pub(super) fn code(error: &Error) -> Option<&'static Code> {
    let reason = match error {
        Error::NotFetched { error, .. } => error,
        error => error,
    };
    match reason {
        Error::Core(CoreError::Peer(PeerError::Refused(refusal))) => Code::of(refusal),
        _ => None,
    }
}

impl<'s> AsSigned<'s> for Signed {
    fn as_signed(&'s self) -> SignedDocument<'s> {
        let verified = match &self.verification {
            Verification::Verified(verified) => Ok(&**verified),
            Verification::NotVerified(reason) => Err(reason.as_str()),
            _ => Err("?"),
        };
        SignedDocument {
            content: &self.content,
            verified,
            transaction: self.transaction.as_deref(),
        }
    }
}
