//! What the holder is shown, and what becomes of what the service sends.

use core::ops::ControlFlow;

use embedded_io::ErrorKind;
use rubrica_core::document::{Digest, Hasher, Origin, Sink};
use rubrica_core::error::Error as CoreError;
use rubrica_core::flow::Flow;
use rubrica_core::language::Language;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::prompt::Prompt;
use rubrica_core::psc::{Batch, Content, Order, Push, PushEvent, Signature, Signing, SigningEvent};
use rubrica_core::time::Instant;
use rubrica_device::board::Store;
use rubrica_device::{Attendant, ExchangeError};
use rubrica_firmware::rsa::{self, PublicKey};

use crate::office::Place;
use crate::print::{Decimal, Hexadecimal, say};

/// Shows the holder what to do, and takes the grant.
pub(crate) struct Counter<'o> {
    pub(crate) place: Place<'o>,
    pub(crate) grant: Option<Grant>,
}

impl Attendant<Push<'_>> for Counter<'_> {
    fn event(
        &mut self,
        flow: &mut Push<'_>,
        event: PushEvent,
        now: Instant,
    ) -> Result<ControlFlow<()>, CoreError> {
        match event {
            PushEvent::ApproveOnPhone { .. } => {
                // From here on a loss of power would have the holder asked twice.
                if self.place.save(&flow.snapshot(now)).is_err() {
                    say(&["The request could not be kept."]);
                }
                say(&[Prompt::ApproveOnPhone.text(Language::English)]);
            }
            PushEvent::Pending => {}
            PushEvent::Approved => say(&[Prompt::Approved.text(Language::English)]),
        }
        Ok(ControlFlow::Continue(()))
    }

    fn failed<E: embedded_io::Error>(&mut self, error: &ExchangeError<E>) {
        tell(error);
    }

    fn gain(&mut self, gain: Option<Grant>, _now: Instant) -> Result<ControlFlow<()>, CoreError> {
        self.grant = gain.or(self.grant.take());
        Ok(ControlFlow::Continue(()))
    }
}

/// Where a signed document goes: into its digest. A board of your own writes it to its flash, under a
/// name that says that it is not whole before [`Sink::commit`].
#[derive(Default)]
pub(crate) struct Tray(Hasher);

impl Sink for Tray {
    type Error = core::convert::Infallible;

    fn begin(&mut self, _document: usize) -> Result<(), Self::Error> {
        self.0 = Hasher::new();
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0.update(bytes);
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Self::Error> {
        let digest = core::mem::take(&mut self.0).finish();
        say(&["The signed document is whole."]);
        // It holds the time of the signature, and is another one every time.
        say(&["# its SHA-256 is ", Hexadecimal::new(digest.as_bytes()).as_str()]);
        Ok(())
    }

    fn abandon(&mut self) {
        say(&["What came of a document was thrown away."]);
    }
}

/// What an order waits for.
pub(crate) enum Want {
    Grant,
    Word,
}

/// Takes what an order brings.
pub(crate) struct Desk<'d> {
    pub(crate) order: &'d Order<'d>,
    pub(crate) key: Option<PublicKey>,
    pub(crate) wants: Option<Want>,
}

impl Desk<'_> {
    /// Looks at a signature as closely as a device can.
    fn check(&self, number: usize, signature: &Signature<'_>) {
        let content = self.order.items.get(number).map(|item| item.content);
        match (signature, content, &self.key) {
            (Signature::Detached(text), Some(Content::Digest(digest)), Some(key)) => {
                let mut bytes = [0; rsa::SIGNATURE];
                let verified =
                    text.decode(&mut bytes).is_ok_and(|bytes| key.verify(&digest, bytes).is_ok());
                if !verified {
                    return say(&["The signature is BAD."]);
                }
                let bytes = text.decode(&mut bytes).unwrap_or_default();
                say(&["The signature is good under the certificate's key."]);
                say(&["digest    ", Hexadecimal::new(digest.as_bytes()).as_str()]);
                let of_signature = Digest::of(bytes);
                say(&[
                    "signature ",
                    Hexadecimal::new(of_signature.as_bytes()).as_str(),
                    " (SHA-256 of it)",
                ]);
            }
            // The core has compared it, byte by byte, with what was sent.
            (Signature::Received(received), Some(Content::Document { length, .. }), _) => {
                let begins = match received.origin {
                    Origin::Appended => "begins with the one of ",
                    Origin::Rewritten => "does not begin with the one of ",
                };
                say(&[
                    "A document of ",
                    Decimal::new(received.length).as_str(),
                    " bytes came; it ",
                    begins,
                    Decimal::new(length).as_str(),
                    " bytes that was sent.",
                ]);
            }
            _ => say(&["Something came that was not ordered."]),
        }
    }
}

impl<'c> Attendant<Signing<'c>> for Desk<'_> {
    fn event(
        &mut self,
        _flow: &mut Signing<'c>,
        event: SigningEvent,
        _now: Instant,
    ) -> Result<ControlFlow<()>, CoreError> {
        self.wants = Some(match event {
            SigningEvent::Authorize => Want::Grant,
            SigningEvent::InDoubt(_) => {
                say(&["It is not known whether the document was signed."]);
                Want::Word
            }
        });
        Ok(ControlFlow::Break(()))
    }

    fn failed<E: embedded_io::Error>(&mut self, error: &ExchangeError<E>) {
        tell(error);
    }

    fn gain(
        &mut self,
        gain: Option<Batch<'c, '_>>,
        _now: Instant,
    ) -> Result<ControlFlow<()>, CoreError> {
        let Some(batch) = gain else { return Ok(ControlFlow::Continue(())) };
        match batch.outcome {
            Ok(signatures) => {
                for (number, signature) in signatures.iter() {
                    match signature {
                        Ok(signature) => self.check(number, &signature),
                        Err(_) => say(&["The document has no signature."]),
                    }
                }
            }
            Err(_) => say(&["The document was not signed."]),
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Says why the service gave no answer.
fn tell<E: embedded_io::Error>(error: &ExchangeError<E>) {
    say(&[match error {
        ExchangeError::Connect(error) if error.kind() == ErrorKind::PermissionDenied => {
            "The server has none of the keys that were pinned."
        }
        ExchangeError::Connect(_) => "The service cannot be reached.",
        ExchangeError::Resource { .. } => "The service's answer does not fit into memory.",
        ExchangeError::Peer(_) => "The service's answer cannot be read.",
        _ => "The connection was lost.",
    }]);
}
