//! A document on its way: hashed for signing, checked and put together afterwards.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::PathBuf;

use rubrica_core::document::{Digest, Hasher};
use rubrica_core::psc::{Content, Format};
use rubrica_pdf::{Coverage, SigningTime};
use rubrica_verify::{Certificate, Expected, Verified};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::look::Look;

/// Bytes that are hashed together.
const CHUNK: usize = 64 * 1024;

/// A document to be signed.
#[derive(Clone, Debug)]
pub struct Document {
    pub(crate) name: String,
    pub(crate) reference: String,
    pub(crate) source: Source,
}

/// Where a document's bytes are.
#[derive(Clone)]
pub(crate) enum Source {
    Bytes(Vec<u8>),
    File(PathBuf),
}

impl core::fmt::Debug for Source {
    /// Never the document.
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(formatter, "{} bytes", bytes.len()),
            Self::File(path) => path.fmt(formatter),
        }
    }
}

impl Document {
    /// A document in memory. `name` is what the holder may be shown.
    #[must_use]
    pub fn from_bytes(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let source = Source::Bytes(bytes.into());
        Self { name: shown(&name.into()), reference: String::new(), source }
    }

    /// A document in a file, which is read when it is hashed and once more when the signature is
    /// there; it must not change in between. A session that is interrupted can be resumed.
    #[must_use]
    pub fn from_file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        Self { name: shown(&name), reference: String::new(), source: Source::File(path.clone()) }
    }

    /// Adds words of the caller's own, such as where the result goes: they are saved with the
    /// session and come back when it is resumed.
    #[must_use]
    pub fn with_reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = reference.into();
        self
    }

    /// The caller's own words.
    #[must_use]
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The name that the holder may be shown.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its digest and its length, in little memory however large it is.
    fn digest(&self) -> Result<Prepared, Error> {
        let path = match &self.source {
            Source::Bytes(bytes) => return Ok(Prepared::of(bytes)),
            Source::File(path) => path,
        };
        let failed = |error| Error::file(path.display().to_string(), error);
        let mut file = File::open(path).map_err(failed)?;
        let (mut hasher, mut length) = (Hasher::new(), 0_u64);
        let mut chunk = vec![0; CHUNK];
        loop {
            let count = match file.read(&mut chunk) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                read => read.map_err(failed)?,
            };
            let Some(piece) = chunk.get(..count).filter(|piece| !piece.is_empty()) else {
                return Ok(Prepared { digest: hasher.finish(), length });
            };
            hasher.update(piece);
            length = length.saturating_add(piece.len() as u64);
        }
    }

    pub(crate) fn read(&self) -> Result<Cow<'_, [u8]>, Error> {
        match &self.source {
            Source::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
            Source::File(path) => fs::read(path)
                .map(Cow::Owned)
                .map_err(|error| Error::file(path.display().to_string(), error)),
        }
    }
}

/// A name without control characters and within a service's bounds.
fn shown(name: &str) -> String {
    let mut shown: String = name.chars().filter(|character| !character.is_control()).collect();
    while shown.len() > rubrica_core::psc::Item::ALIAS {
        shown.pop();
    }
    if shown.is_empty() { "documento".to_owned() } else { shown }
}

/// What becomes of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Form {
    /// A signed PDF. Only its digest is sent; the signature is put into it here.
    #[default]
    Pdf,
    /// A detached CMS over any document. Only its digest is sent.
    Cms,
    /// The bare RSA signature over a document's digest.
    Raw,
    /// A detached CAdES with the policy AD-RB, made by the service. Only the digest is sent.
    CadesAdRb,
    /// The same with a time stamp.
    CadesAdRt,
    /// A signed PDF with the policy AD-RB, made by the service. The document is sent.
    PadesAdRb,
    /// The same with a time stamp.
    PadesAdRt,
}

impl Form {
    /// What the service is asked for.
    #[must_use]
    pub const fn format(self) -> Format {
        match self {
            Self::Pdf | Self::Cms => Format::Cms,
            Self::Raw => Format::Raw,
            Self::CadesAdRb => Format::CadesAdRb,
            Self::CadesAdRt => Format::CadesAdRt,
            Self::PadesAdRb => Format::PadesAdRb,
            Self::PadesAdRt => Format::PadesAdRt,
        }
    }
}

/// A document's digest, and what it takes to find it unchanged later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Prepared {
    /// What is signed.
    pub(crate) digest: Digest,
    /// Bytes of the document as it was.
    pub(crate) length: u64,
}

impl Prepared {
    fn of(bytes: &[u8]) -> Self {
        Self { digest: Digest::of(bytes), length: bytes.len() as u64 }
    }

    pub(crate) const fn content(&self, form: Form) -> Content {
        if form.format().needs_document() {
            Content::Document { length: self.length }
        } else {
            Content::Digest(self.digest)
        }
    }
}

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

/// A signed document.
#[derive(Clone)]
#[non_exhaustive]
pub struct Signed {
    /// The signed PDF, the CMS or the bare signature.
    pub bytes: Vec<u8>,
    /// Who signed, and how it was checked.
    pub verified: Verified,
}

impl core::fmt::Debug for Signed {
    /// Never the document.
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter
            .debug_struct("Signed")
            .field("bytes", &format_args!("{} bytes", self.bytes.len()))
            .field("verified", &self.verified)
            .finish()
    }
}

/// What became of a document.
pub type Outcome = Result<Signed, Error>;

/// Takes an outcome: the document's number, the document, and what became of it.
pub type Deliver<'d> = dyn FnMut(usize, &Document, Outcome) -> Result<(), std::io::Error> + 'd;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_fit_to_be_shown() {
        assert_eq!(Document::from_bytes("a\r\nb", "x").name(), "ab");
        assert_eq!(Document::from_bytes("", "x").name(), "documento");
        assert_eq!(Document::from_bytes("ã".repeat(200), "x").name().len(), 254);
        assert_eq!(Document::from_file("/x/contrato.pdf").name(), "contrato.pdf");
    }

    #[test]
    fn a_file_is_hashed_like_its_bytes() {
        let path = std::env::temp_dir().join(format!("rubrica-hashed-{}", std::process::id()));
        for length in [0, 1, CHUNK - 1, CHUNK, 2 * CHUNK + 1] {
            let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
            fs::write(&path, &bytes).unwrap();
            assert_eq!(Document::from_file(&path).digest().unwrap(), Prepared::of(&bytes));
            assert_eq!(
                Document::from_bytes("a", bytes.clone()).digest().unwrap().length,
                length as u64
            );
        }
        fs::remove_file(&path).unwrap();
        assert!(matches!(Document::from_file(&path).digest(), Err(Error::File { .. })));
    }

    #[test]
    fn s38_a_document_in_memory_is_not_shown() {
        let document = Document::from_bytes("a", "canary");
        assert!(!format!("{document:?}").contains("canary"));
    }
}
