//! A document to be signed: where its bytes are, and its digest.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use rubrica_core::document::{Digest, Hasher};
use rubrica_core::psc::Content;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::form::Form;

/// Bytes that are hashed together.
const CHUNK: usize = 8 * 1024;

/// A document to be signed.
#[derive(Clone, Debug)]
pub struct Document {
    pub(crate) name: String,
    pub(crate) reference: String,
    pub(crate) source: Source,
    /// The folder in which its signed form is received, where it is not its own.
    pub(crate) received_in: Option<PathBuf>,
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
        Self { name: shown(&name.into()), reference: String::new(), source, received_in: None }
    }

    /// A document in a file, which is read when it is hashed and once more when the signature is
    /// there; it must not change in between. A session that is interrupted can be resumed.
    #[must_use]
    pub fn from_file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let source = Source::File(path.clone());
        Self { name: shown(&name), reference: String::new(), source, received_in: None }
    }

    /// Adds words of the caller's own, such as where the result goes: they are saved with the
    /// session and come back when it is resumed.
    #[must_use]
    pub fn with_reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = reference.into();
        self
    }

    /// Receives a signed document that the service sends back in this folder, under a name that says
    /// that it is not finished. Best is the folder in which it will stay: it need not be copied then.
    /// Unless this is called it is the document's own, and where nothing can be written there, the
    /// system's folder for what is temporary. A document in memory is received in memory.
    #[must_use]
    pub fn received_in(mut self, folder: impl Into<PathBuf>) -> Self {
        self.received_in = Some(folder.into());
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
    pub(crate) fn digest(&self) -> Result<Prepared, Error> {
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

    /// Its file, where it has one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match &self.source {
            Source::Bytes(_) => None,
            Source::File(path) => Some(path),
        }
    }

    /// The document, to be read here and there.
    pub(crate) fn open(&self) -> Result<Box<dyn rubrica_pdf::Source + '_>, Error> {
        Ok(match &self.source {
            Source::Bytes(bytes) => Box::new(bytes.as_slice()),
            Source::File(path) => {
                let failed = |error| Error::file(path.display().to_string(), error);
                Box::new(File::open(path).map_err(failed)?)
            }
        })
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

/// A document's digest, and what it takes to find it unchanged later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Prepared {
    /// What is signed.
    pub(crate) digest: Digest,
    /// Bytes of the document as it was.
    pub(crate) length: u64,
}

impl Prepared {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self { digest: Digest::of(bytes), length: bytes.len() as u64 }
    }

    pub(crate) const fn content(&self, form: Form) -> Content {
        if form.format().needs_document() {
            Content::Document { length: self.length, digest: Some(self.digest) }
        } else {
            Content::Digest(self.digest)
        }
    }
}

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
