//! How a document is prepared for its signature, and put together with it.

use rubrica_core::document::Digest;
use rubrica_pdf::SigningTime;
use rubrica_verify::{Certificate, Expected, Verified};
use serde::{Deserialize, Serialize};

use crate::document::{Document, Prepared};
use crate::error::Error;
use crate::form::Form;
use crate::look::Look;
use crate::outcome::Content;
use crate::served;

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
                let update = self.make_room(document)?;
                let digest = Digest::from_bytes(update.digest());
                Ok(Prepared { digest, length: update.original_length() })
            }
            Form::PadesAdRb | Form::PadesAdRt => {
                rubrica_pdf::inspect(&*document.open()?)?;
                document.digest()
            }
            Form::Cms | Form::Raw | Form::CadesAdRb | Form::CadesAdRt => document.digest(),
        }
    }

    fn make_room(&self, document: &Document) -> Result<rubrica_pdf::PreparedUpdate, Error> {
        let seconds = i64::try_from(self.signed_at).unwrap_or(i64::MAX);
        let options = self.look.options(SigningTime::from_unix_seconds(seconds)?);
        Ok(rubrica_pdf::prepare_update(&*document.open()?, &options)?)
    }

    /// Checks what came back and puts it together with the document.
    ///
    /// Nothing leaves here that was not verified over the digest that was computed here.
    pub(crate) fn finish(
        &self,
        document: &Document,
        prepared: &Prepared,
        answer: Content,
        certificates: &[Certificate],
        expected: Expected<'_>,
    ) -> Result<(Content, Verified), Error> {
        let answer = match (answer, self.form) {
            (answer, Form::PadesAdRb | Form::PadesAdRt) => {
                let verified =
                    served::check(document, prepared, &answer, self.signature_page, expected)?;
                return Ok((answer, verified));
            }
            (Content::Bytes(answer), _) => answer,
            // Nothing but a signed document is received in a file.
            (Content::File(_), _) => return Err(Error::Unsigned),
        };
        let expected = Expected { digest: *prepared.digest.as_bytes(), ..expected };
        match self.form {
            Form::Pdf => {
                let verified = rubrica_verify::cms(&answer, &expected)?;
                let update = self.make_room(document)?;
                let mut signed = document.read()?.into_owned();
                if update.digest() != *prepared.digest.as_bytes()
                    || update.original_length() != signed.len() as u64
                {
                    return Err(Error::Changed);
                }
                signed.append(&mut update.embed(&answer)?);
                Ok((signed, verified))
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
                        Ok(verified) => return Ok((Content::Bytes(answer), verified)),
                        Err(rejection) => refused = rejection.into(),
                    }
                }
                Err(refused)
            }
            Form::PadesAdRb | Form::PadesAdRt => Err(Error::Unsigned),
        }
        .map(|(bytes, verified)| (Content::Bytes(bytes), verified))
    }
}
