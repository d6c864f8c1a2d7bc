//! What came back, checked before it is used.

use std::borrow::Cow;
use std::fs;

use rubrica_core::certillion::Standard;
use rubrica_verify::{Expected, Rejection, Verified, limits};

use super::job::Job;
use super::outcome::Verification;
use crate::document::{Document, Prepared};
use crate::error::Error;
use crate::outcome::Content;
use crate::served;

/// Checks a signed document, or a signature apart from it: it must be of the document that was sent,
/// by the holder, and good.
///
/// # Errors
/// What is wrong with it. What cannot be checked here is no error.
pub(super) fn check(
    document: &Document,
    prepared: &Prepared,
    job: &Job,
    answer: &Content,
    expected: &Expected<'_>,
) -> Result<Verification, Error> {
    match job.standard {
        Standard::Pades | Standard::PadesIcpBr => {
            let whole = rubrica_verify::whole_cms;
            judged(served::check(document, prepared, answer, false, *expected, whole))
        }
        Standard::Cades => cades(answer, expected),
        Standard::Xades => xades(document, answer, expected),
    }
}

/// A CMS, with its document in it or apart from it. Either is good where the digest is that of the
/// document that was sent.
fn cades(answer: &Content, expected: &Expected<'_>) -> Result<Verification, Error> {
    match bytes(answer, limits::FILE_BYTES)? {
        None => Ok(too_large(limits::FILE_BYTES)),
        Some(bytes) => judged(rubrica_verify::whole_cms(&bytes, expected).map_err(Error::Rejected)),
    }
}

/// What a check came to, where not all that cannot be checked here is bad.
fn judged(outcome: Result<Verified, Error>) -> Result<Verification, Error> {
    match outcome {
        Ok(verified) => Ok(Verification::Verified(Box::new(verified))),
        // It may be good: what was computed here is SHA-256, and nothing else can be compared with it.
        Err(Error::Rejected(
            rejection @ (Rejection::DigestAlgorithm(_) | Rejection::TooLarge { .. }),
        )) => Ok(Verification::NotVerified(rejection.to_string())),
        Err(error) => Err(error),
    }
}

fn too_large(most: usize) -> Verification {
    Verification::NotVerified(format!("more than the {most} bytes that are read here"))
}

/// What came, in memory, unless there is more than so much of it.
fn bytes(answer: &Content, most: usize) -> Result<Option<Cow<'_, [u8]>>, Error> {
    let path = match answer {
        Content::Bytes(bytes) => return Ok(Some(Cow::Borrowed(bytes))),
        Content::File(path) => path,
    };
    let failed = |error| Error::file(path.display().to_string(), error);
    let length = fs::metadata(path).map_err(failed)?.len();
    if usize::try_from(length).is_ok_and(|length| length <= most) {
        return Ok(Some(Cow::Owned(fs::read(path).map_err(failed)?)));
    }
    Ok(None)
}

fn xades(
    document: &Document,
    answer: &Content,
    expected: &Expected<'_>,
) -> Result<Verification, Error> {
    let _ = (document, answer, expected);
    Ok(Verification::NotVerified("XML signatures are not checked here".to_owned()))
}
