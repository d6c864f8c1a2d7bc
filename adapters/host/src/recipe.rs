//! How a document is prepared for its signature, and put together with it.

use rubrica_core::document::Digest;
use rubrica_pdf::{Coverage, SigningTime};
use rubrica_verify::{Certificate, Expected, Verified};
use serde::{Deserialize, Serialize};

use crate::document::{Document, Prepared};
use crate::error::Error;
use crate::form::Form;
use crate::look::Look;

/// How a document is signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Recipe {
    pub(crate) form: Form,
    pub(crate) look: Look,
    /// Seconds since 1970: what a signed PDF says of its time.
    pub(crate) signed_at: u64,
    pub(crate) signature_page: bool,
}

impl Recipe {
    /// Everything that would refuse the document, before the holder is bothered.
    pub(crate) fn prepare(&self, document: &Document) -> Result<Prepared, Error> {
        match self.form {
            Form::Pdf => {
                let bytes = document.read()?;
                let digest = Digest::from_bytes(self.make_room(&bytes)?.digest());
                Ok(Prepared { digest, length: bytes.len() as u64 })
            }
            Form::PadesAdRb | Form::PadesAdRt => {
                let bytes = document.read()?;
                rubrica_pdf::inspect(&bytes)?;
                Ok(Prepared::of(&bytes))
            }
            Form::Cms | Form::Raw | Form::CadesAdRb | Form::CadesAdRt => document.digest(),
        }
    }

    fn make_room(&self, bytes: &[u8]) -> Result<rubrica_pdf::Prepared, Error> {
        let seconds = i64::try_from(self.signed_at).unwrap_or(i64::MAX);
        let options = self.look.options(SigningTime::from_unix_seconds(seconds)?);
        Ok(rubrica_pdf::prepare(bytes, &options)?)
    }

    /// Checks what came back and puts it together with the document.
    ///
    /// Nothing leaves here that was not verified over the digest that was computed here.
    pub(crate) fn finish(
        &self,
        document: &Document,
        prepared: &Prepared,
        answer: Vec<u8>,
        certificates: &[Certificate],
        expected: Expected<'_>,
    ) -> Result<(Vec<u8>, Verified), Error> {
        let expected = Expected { digest: *prepared.digest.as_bytes(), ..expected };
        match self.form {
            Form::Pdf => {
                let verified = rubrica_verify::cms(&answer, &expected)?;
                let room = self.make_room(&document.read()?)?;
                if room.digest() != *prepared.digest.as_bytes() {
                    return Err(Error::Changed);
                }
                Ok((room.embed(&answer)?, verified))
            }
            Form::Cms | Form::CadesAdRb | Form::CadesAdRt => {
                let verified = rubrica_verify::cms(&answer, &expected)?;
                Ok((answer, verified))
            }
            Form::Raw => {
                // Which of the holder's certificates signed, only the signature can tell.
                let padding = rubrica_verify::Padding::Pkcs1v15;
                let mut refused = Error::NoCertificate;
                for signer in certificates {
                    match rubrica_verify::raw(&answer, signer, certificates, padding, &expected) {
                        Ok(verified) => return Ok((answer, verified)),
                        Err(rejection) => refused = rejection.into(),
                    }
                }
                Err(refused)
            }
            Form::PadesAdRb | Form::PadesAdRt => {
                let original = document.read()?;
                if Digest::of(&original) != prepared.digest {
                    return Err(Error::Changed);
                }
                self.check_signed_pdf(&original, &answer, expected)
                    .map(|verified| (answer, verified))
            }
        }
    }

    /// A PDF that the service signed: ours at its start and nothing more than a signature after it,
    /// which covers the whole. Where a page was asked for, the service may have rewritten all.
    fn check_signed_pdf(
        &self,
        original: &[u8],
        signed: &[u8],
        expected: Expected<'_>,
    ) -> Result<Verified, Error> {
        let ours = if self.signature_page {
            let earlier = rubrica_pdf::signatures(original)?.len();
            let mut signatures = rubrica_pdf::signatures(signed)?;
            signatures
                .pop()
                .filter(|ours| signatures.len() >= earlier && ours.covers == Coverage::WholeFile)
        } else {
            // The original was read before; what cannot be read now is the service's.
            rubrica_pdf::added_signature(original, signed).map(Some).map_err(|error| match error
                .fault()
            {
                rubrica_pdf::Fault::Signature => Error::Pdf(error),
                _ => Error::Unsigned,
            })?
        }
        .ok_or(Error::Unsigned)?;
        let digest = ours.digest(signed)?;
        Ok(rubrica_verify::cms(&ours.contents, &Expected { digest, ..expected })?)
    }
}
