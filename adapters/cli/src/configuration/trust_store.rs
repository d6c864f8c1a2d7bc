//! The roots that a user added to those of the library: a folder with one PEM file for each.

use std::fs;
use std::path::{Path, PathBuf};

use rubrica::Certificate;
use rubrica::verify::certificates_from_pem;

use crate::failure::Failure;
use crate::output;
use crate::pem::{fingerprint, pem};

/// Bytes of one file that are read, and files.
const LIMIT: u64 = 64 * 1024;
const FILES: usize = 1024;

/// The folder of added roots, and of the authorities that came with them.
#[derive(Debug)]
pub(crate) struct TrustStore {
    folder: Option<PathBuf>,
}

impl TrustStore {
    pub(crate) const fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// Every certificate that was added. A file that is none is an error: silence would take trust
    /// away unseen.
    pub(crate) fn certificates(&self) -> Result<Vec<Certificate>, Failure> {
        let Some(folder) = self.folder.as_ref().filter(|folder| folder.is_dir()) else {
            return Ok(Vec::new());
        };
        let unreadable = |error| Failure::File { path: folder.clone(), error };
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).map_err(unreadable)?.take(FILES) {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|extension| extension == "pem") {
                files.push(path);
            }
        }
        files.sort();
        let mut certificates = Vec::new();
        for path in files {
            let pem = output::read_bounded(&path, LIMIT)
                .map_err(|error| Failure::File { path: path.clone(), error })?;
            let unusable = |rejection: rubrica::verify::Rejection| Failure::Certificate {
                path: path.clone(),
                reason: rejection.to_string(),
            };
            certificates.append(&mut certificates_from_pem(&pem).map_err(unusable)?);
        }
        Ok(certificates)
    }

    /// Adds a certificate, once.
    pub(crate) fn add(&self, certificate: &Certificate) -> Result<(), Failure> {
        let folder = self.folder.as_ref().ok_or(Failure::NoTrustFolder)?;
        let failed = |error| Failure::File { path: folder.clone(), error };
        fs::create_dir_all(folder).map_err(failed)?;
        let path = self.file(folder, &fingerprint(certificate));
        Ok(output::write_bytes(&path, pem(certificate).as_bytes(), true)?)
    }

    /// Takes a certificate away.
    pub(crate) fn remove(&self, fingerprint: &str) -> Result<Certificate, Failure> {
        let none = || Failure::NoSuchRoot(fingerprint.to_owned());
        let folder = self.folder.as_ref().ok_or_else(none)?;
        let found = self.certificates()?;
        let certificate = found
            .into_iter()
            .find(|certificate| crate::pem::fingerprint(certificate) == fingerprint)
            .ok_or_else(none)?;
        let path = self.file(folder, fingerprint);
        fs::remove_file(&path).map_err(|error| Failure::File { path, error })?;
        Ok(certificate)
    }

    #[expect(clippy::unused_self, reason = "where a certificate lies is the store's own business")]
    fn file(&self, folder: &Path, fingerprint: &str) -> PathBuf {
        folder.join(format!("{fingerprint}.pem"))
    }
}
