//! Fetching a signed document once more.

use std::path::{Path, PathBuf};

use rubrica_core::certillion::DocumentDownload;
use rubrica_core::document::Sink;
use rubrica_core::exchange::Exchange;

use super::client::Client;
use crate::error::Error;
use crate::inbox::{self, Inbox};

/// Bytes of the longest document that is fetched by its transaction alone.
const MOST: u64 = 1 << 30;

/// A signed document that was fetched: a private file, which is removed with this. It was not
/// verified.
#[derive(Debug)]
pub struct Download {
    path: PathBuf,
}

impl Download {
    /// The file. Link to it or copy it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        inbox::remove(&self.path);
    }
}

impl Client {
    /// Fetches what was signed under a transaction into a file in this folder. It can be repeated, and
    /// costs no signature. Nothing of it is checked: see [`crate::Validator`].
    ///
    /// `psc` is the trust service through which it was signed, and `None` the profile's: what was
    /// signed through `CERTILLION_SIGNER` is at another address.
    ///
    /// # Errors
    /// The service's, the way to it, or a folder in which no file can be made.
    pub fn download(
        &self,
        psc: Option<&str>,
        transaction: &str,
        folder: impl AsRef<Path>,
    ) -> Result<Download, Error> {
        let path = inbox::name(&[folder.as_ref()])?;
        let mut inbox = Inbox::new(vec![Some(path.clone())]);
        self.with_token(psc, |application, token| {
            let question =
                DocumentDownload { application, token, transaction, document: 0, most: MOST };
            let mut body = Vec::new();
            let reply = self.driver().call_with(&question, &mut (), &mut inbox, &mut body)?;
            question.reply(reply.response(&mut body))?;
            Ok(())
        })?;
        let kept = |error| Error::file("the signed document could not be kept", error);
        inbox.commit().map_err(kept)?;
        Ok(Download { path })
    }
}
