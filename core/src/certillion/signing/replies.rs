//! What the replies to a signing's steps bring.

use heapless::String;

use super::super::client_token::ClientToken;
use super::super::codes::Code;
use super::super::document_download::DocumentDownload;
use super::super::document_upload::{DocumentUpload, UploadedDocument};
use super::super::order::Item;
use super::super::progress::Stage as DocumentStage;
use super::super::signature::SignatureRequest;
use super::step::Step;
use super::{Batch, Documents, MARGIN, SignedEntry, Signing, SigningGain, Stage};
use crate::error::{Error, Misuse, PeerError};
use crate::exchange::{Exchange, Response};
use crate::oauth::token::ReadToken;
use crate::secret::{Secret, SecretText};
use crate::time::Duration;

impl<'c> Signing<'c> {
    /// Takes the reply to a step.
    pub(super) fn handle_response<'r>(
        &mut self,
        step: Step,
        response: Response<'r>,
    ) -> Result<SigningGain<'c, 'r>, Error> {
        let asked = response.wait();
        let outcome = match step {
            Step::Token => self.take_token(response),
            Step::Upload(document) => self.take_upload(document, response),
            Step::Sign => return self.take_signatures(response),
            Step::Download(document) => self.take_download(document, response),
        };
        match outcome {
            Ok(gain) => {
                self.backoff.reset();
                self.stage = Stage::Due(self.now);
                Ok(gain)
            }
            Err(
                error @ Error::Peer(PeerError::Throttled { .. } | PeerError::Unavailable { .. }),
            ) => self.put_off(asked, error),
            // What is signed can be fetched later: it is not given up for the service's own trouble.
            Err(error) if matches!(step, Step::Download(_)) && is_trouble(&error) => {
                self.put_off(asked, error)
            }
            // It may have expired sooner than was told: another one is asked for, once.
            Err(Error::Peer(PeerError::Unauthorized))
                if step != Step::Token && !self.refused_token =>
            {
                self.refused_token = true;
                self.token = None;
                self.stage = Stage::Due(self.now);
                Ok(SigningGain::Nothing)
            }
            Err(error) => match step {
                // What concerns all documents alike ends the flow; they can be gone on with.
                Step::Token => Err(self.end(error)),
                _ if matches!(error, Error::Peer(PeerError::Unauthorized)) => Err(self.end(error)),
                Step::Upload(document) | Step::Download(document) => {
                    self.backoff.reset();
                    self.stage = Stage::Due(self.now);
                    Ok(self.fail(document, error))
                }
                Step::Sign => Err(self.end(error)),
            },
        }
    }

    /// The upload of a document.
    pub(super) fn upload<'a>(
        &'a self,
        document: usize,
        token: SecretText<'a>,
    ) -> Result<DocumentUpload<'a>, Error> {
        let Item { alias: name, length, media_type, .. } =
            *self.order.items.get(document).ok_or(Misuse::Snapshot)?;
        let (application, boundary) = (self.application, &self.boundary);
        Ok(DocumentUpload { application, token, document, length, name, media_type, boundary })
    }

    #[inline(never)]
    fn take_token<'r>(&mut self, response: Response<'r>) -> Result<SigningGain<'c, 'r>, Error> {
        let exchange = ClientToken { application: self.application, lifetime: None };
        let ReadToken { token, lifetime, .. } = exchange.read(response)?;
        let margin = MARGIN.min(Duration::from_millis(lifetime.as_millis() / 4));
        let until = self.now + lifetime.saturating_sub(margin);
        // It is large beside a small stack, and is filled where it stays.
        let kept = self.token.insert((Secret::EMPTY, until)).0.set(token, "access_token");
        if let Err(error) = kept {
            self.token = None;
            return Err(error);
        }
        Ok(SigningGain::Nothing)
    }

    #[inline(never)]
    fn take_upload<'r>(
        &mut self,
        document: usize,
        response: Response<'r>,
    ) -> Result<SigningGain<'c, 'r>, Error> {
        let UploadedDocument { hash } =
            self.upload(document, SecretText::new(""))?.reply(response)?;
        // It was bounded when it was read.
        let hash = String::try_from(hash).unwrap_or_default();
        self.refused_token = false;
        if let Some(progress) = self.progress.get_mut(document) {
            progress.hash = hash;
            progress.stage = DocumentStage::Uploaded;
        }
        Ok(SigningGain::Uploaded(document))
    }

    #[inline(never)]
    fn take_download<'r>(
        &mut self,
        document: usize,
        response: Response<'r>,
    ) -> Result<SigningGain<'c, 'r>, Error> {
        let (application, token) = (self.application, SecretText::new(""));
        let exchange = DocumentDownload { application, token, transaction: "", document, most: 0 };
        let received = exchange.reply(response)?;
        self.refused_token = false;
        self.note(document, DocumentStage::Done);
        Ok(SigningGain::Received(received))
    }

    /// Takes the reply to a request for signatures.
    #[inline(never)]
    fn take_signatures<'r>(
        &mut self,
        response: Response<'r>,
    ) -> Result<SigningGain<'c, 'r>, Error> {
        let asked = response.wait();
        let exchange = SignatureRequest {
            application: self.application,
            token: SecretText::new(""),
            order: self.order,
            progress: self.progress,
            stage: DocumentStage::Sent,
            most: Documents::MOST,
        };
        let outcome = exchange.reply(response);
        match outcome {
            Err(
                error @ Error::Peer(PeerError::Throttled { .. } | PeerError::Unavailable { .. }),
            ) => {
                self.move_all(DocumentStage::Sent, DocumentStage::Uploaded);
                return self.put_off(asked, error);
            }
            // What cannot be read, or is not the answer to what was asked, may have been signed too.
            Err(Error::Peer(
                PeerError::InDoubt | PeerError::Malformed(_) | PeerError::Mismatch(_),
            )) => {
                self.doubt();
                return Ok(SigningGain::Nothing);
            }
            _ => self.spend(),
        }
        self.backoff.reset();
        self.stage = Stage::Due(self.now);
        match outcome {
            Ok(signatures) => {
                self.refused_grant = false;
                self.forgot_documents = false;
                let documents = Documents::of(self.progress, DocumentStage::Sent);
                let batch = Batch::new(self.order, documents, signatures);
                // Also of those that failed: the service may know more of them.
                for (document, transaction) in batch.transactions() {
                    if let Some(progress) = self.progress.get_mut(document) {
                        progress.transaction = transaction;
                    }
                }
                for (document, outcome) in batch.iter() {
                    self.note(
                        document,
                        match outcome {
                            // The service may still sign it.
                            Err(Error::Peer(PeerError::InDoubt)) => DocumentStage::Sent,
                            Err(_) => DocumentStage::Failed,
                            Ok(SignedEntry { signature: Some(_), .. }) => DocumentStage::Done,
                            Ok(_) => DocumentStage::Signed,
                        },
                    );
                }
                Ok(SigningGain::Signed(batch))
            }
            Err(Error::Peer(PeerError::Unauthorized)) if !self.refused_grant => {
                self.refused_grant = true;
                self.grant = None;
                self.move_all(DocumentStage::Sent, DocumentStage::Uploaded);
                Ok(SigningGain::Nothing)
            }
            // What was uploaded is not kept for ever: it goes again, once.
            Err(error) if is_forgotten(&error) && !self.forgot_documents => {
                self.forgot_documents = true;
                self.move_all(DocumentStage::Sent, DocumentStage::Waiting);
                Ok(SigningGain::Nothing)
            }
            Err(error) => Ok(self.fail_sent(error)),
        }
    }
}

/// Whether an error is of the service's own making, and may pass by itself.
fn is_trouble(error: &Error) -> bool {
    matches!(error, Error::Peer(PeerError::Refused(refusal)) if refusal.status >= 500)
}

/// Whether an error says that a document that was uploaded is not there (code 711).
fn is_forgotten(error: &Error) -> bool {
    match error {
        Error::Peer(PeerError::Refused(refusal)) => Code::number_of(refusal) == Some(711),
        _ => false,
    }
}
