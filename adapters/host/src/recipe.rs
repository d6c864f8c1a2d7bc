//! How a document is prepared for its signature, and put together with it.

use rubrica_core::cades::Level;
use rubrica_core::document::Digest;
use rubrica_pdf::SigningTime;
use rubrica_verify::{Certificate, Expected, Verified};
use serde::{Deserialize, Serialize};

use crate::baseline::{Asked, Baseline, Signer};
use crate::document::{Document, Prepared};
use crate::error::Error;
use crate::form::Form;
use crate::look::Look;
use crate::outcome::Content;
use crate::served;
use crate::settings::Settings;

/// How a document is signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Recipe {
    pub(crate) form: Form,
    pub(crate) look: Look,
    /// Seconds since 1970: what a signed PDF says of its time.
    pub(crate) signed_at: u64,
    pub(crate) signature_page: bool,
    /// The signature policy that was asked for, by its object identifier.
    pub(crate) policy: Option<String>,
    /// What a signature that is put together here says of itself, once its signer is known.
    pub(crate) baseline: Option<Baseline>,
}

/// Stamps a signature with the time, where that is asked for.
pub(crate) type Stamp<'s> = dyn Fn(&[u8]) -> Result<Vec<u8>, Error> + 's;

impl Recipe {
    /// What can be told of the policy before the holder is bothered.
    pub(crate) fn check(&self, settings: &Settings) -> Result<(), Error> {
        let Some((family, level)) = self.form.assembled() else { return Ok(()) };
        if level == Level::TimeStamped && settings.time_stamps.is_none() {
            return Err(Error::NoTimeStampServer);
        }
        let policy = self.policy.as_deref();
        Asked { family, level, policy, at: self.signed_at, more: &settings.policies }.check()
    }

    /// Everything that would refuse the document, before the holder is bothered.
    pub(crate) fn prepare(&self, document: &Document) -> Result<Prepared, Error> {
        match self.form {
            Form::Pdf | Form::PadesAdRb | Form::PadesAdRt => {
                let update = self.make_room(document)?;
                let digest = Digest::from_bytes(update.digest());
                Ok(Prepared { digest, length: update.original_length() })
            }
            Form::ServicePadesAdRb | Form::ServicePadesAdRt => {
                rubrica_pdf::inspect(&*document.open()?)?;
                document.digest()
            }
            Form::CadesAdRb
            | Form::CadesAdRt
            | Form::Cms
            | Form::Raw
            | Form::ServiceCadesAdRb
            | Form::ServiceCadesAdRt => document.digest(),
        }
    }

    fn make_room(&self, document: &Document) -> Result<rubrica_pdf::PreparedUpdate, Error> {
        let seconds = i64::try_from(self.signed_at).unwrap_or(i64::MAX);
        let options = self.look.options(self.form, SigningTime::from_unix_seconds(seconds)?);
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
        stamp: &Stamp<'_>,
        expected: Expected<'_>,
    ) -> Result<(Content, Verified), Error> {
        let answer = match (answer, self.form) {
            (answer, Form::ServicePadesAdRb | Form::ServicePadesAdRt) => {
                let verified = served::check(
                    document,
                    prepared,
                    &answer,
                    self.signature_page,
                    expected,
                    |cms, expected, _| Ok(rubrica_verify::cms(cms, expected)?),
                )?;
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
                Ok((self.embed(document, prepared, &answer)?, verified))
            }
            Form::PadesAdRb | Form::PadesAdRt => {
                let (cms, verified) =
                    self.assemble(prepared, &answer, certificates, stamp, &expected)?;
                Ok((self.embed(document, prepared, &cms)?, verified))
            }
            Form::CadesAdRb | Form::CadesAdRt => {
                self.assemble(prepared, &answer, certificates, stamp, &expected)
            }
            Form::Cms | Form::ServiceCadesAdRb | Form::ServiceCadesAdRt => {
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
            Form::ServicePadesAdRb | Form::ServicePadesAdRt => Err(Error::Unsigned),
        }
        .map(|(bytes, verified)| (Content::Bytes(bytes), verified))
    }

    /// The CMS of a bare signature over what it says of itself, verified before and after.
    fn assemble(
        &self,
        prepared: &Prepared,
        signature: &[u8],
        certificates: &[Certificate],
        stamp: &Stamp<'_>,
        expected: &Expected<'_>,
    ) -> Result<(Vec<u8>, Verified), Error> {
        let baseline = self.baseline.as_ref().ok_or(Error::NoCertificate)?;
        let signer = Signer::of(certificates)?;
        let digest = *baseline.digest(prepared.digest, signer)?.as_bytes();
        let padding = rubrica_verify::Padding::Pkcs1v15;
        rubrica_verify::raw(
            signature,
            signer.certificate,
            signer.chain,
            padding,
            &Expected { digest, ..*expected },
        )?;
        let time_stamp = baseline.is_stamped().then(|| stamp(signature)).transpose()?;
        let cms = baseline.assemble(prepared.digest, signer, signature, time_stamp.as_deref())?;
        let verified = rubrica_verify::cms(&cms, expected)?;
        Ok((cms, verified))
    }

    /// The signed PDF.
    fn embed(
        &self,
        document: &Document,
        prepared: &Prepared,
        cms: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let update = self.make_room(document)?;
        let mut signed = document.read()?.into_owned();
        if update.digest() != *prepared.digest.as_bytes()
            || update.original_length() != signed.len() as u64
        {
            return Err(Error::Changed);
        }
        signed.append(&mut update.embed(cms)?);
        Ok(signed)
    }
}
