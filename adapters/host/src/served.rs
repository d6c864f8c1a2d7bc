//! A PDF that the service signed by itself.

use std::fs::File;

use rubrica_pdf::{Coverage, PdfError, Source};
use rubrica_verify::{Expected, Rejection, Verified};

use crate::document::{Document, Prepared};
use crate::error::Error;
use crate::outcome::Content;

/// Checks a PDF that came back: ours at its start, nothing more than a signature behind it, which
/// covers the whole and verifies. Where a page was asked for, the service may have rewritten all of
/// it but the signature.
///
/// The CMS in it is checked by `verify`. Both documents are read here and there; neither is ever whole in memory unless it is anyway.
pub(crate) fn check(
    document: &Document,
    prepared: &Prepared,
    answer: &Content,
    signature_page: bool,
    expected: Expected<'_>,
    verify: fn(&[u8], &Expected<'_>) -> Result<Verified, Rejection>,
) -> Result<Verified, Error> {
    let original = document.open()?;
    let signed = open(answer)?;
    let ours = if signature_page {
        with_page(&*original, &*signed)
    } else {
        rubrica_pdf::added_signature(&*original, &*signed)
    };
    let ours = match ours {
        Ok(ours) => ours,
        Err(error) if error.fault() == rubrica_pdf::Fault::Storage => return Err(error.into()),
        // It may be the original that is another one now.
        Err(_) if document.digest()? != *prepared => return Err(Error::Changed),
        // The original was read before; what cannot be read now is the service's.
        Err(error) if error.fault() == rubrica_pdf::Fault::Signature => return Err(error.into()),
        Err(_) => return Err(Error::Unsigned),
    };
    let digest = ours.digest(&*signed)?;
    Ok(verify(&ours.contents, &Expected { digest, ..expected })?)
}

/// The last signature of a document to which a page was added: it covers the whole, and there are
/// more signatures than before.
fn with_page(
    original: &dyn Source,
    signed: &dyn Source,
) -> Result<rubrica_pdf::EmbeddedSignature, PdfError> {
    let earlier = rubrica_pdf::signatures(original)?.len();
    let signatures = rubrica_pdf::signatures(signed)?;
    let is_added = signatures.len() > earlier;
    let ours = signatures.into_iter().next_back();
    ours.filter(|ours| is_added && ours.covers == Coverage::WholeFile)
        .ok_or(PdfError::NotExtended { what: "it has no signature of its own" })
}

fn open(answer: &Content) -> Result<Box<dyn Source + '_>, Error> {
    Ok(match answer {
        Content::Bytes(bytes) => Box::new(bytes.as_slice()),
        Content::File(path) => {
            let failed = |error| Error::file(path.display().to_string(), error);
            Box::new(File::open(path).map_err(failed)?)
        }
    })
}
