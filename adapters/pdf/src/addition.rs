//! What a service added to a document that it was sent to sign.

use crate::changes::{self, Changes, Findings};
use crate::error::PdfError;
use crate::reading::Document;
use crate::signatures::{Coverage, EmbeddedSignature, in_document};
use crate::source::{Prefix, Source};
use crate::window::Bytes;

/// Checks that `signed` is `original` with one more signature and nothing else, and gives that
/// signature: for documents that a service signs by itself (the `PAdES` formats of a PSC), where
/// the caller has to see that it got its own document back.
///
/// The original bytes are a prefix of the signed ones; the new signature covers the whole file and
/// the earlier ones are all there; and what was added is what
/// [`later_changes`](crate::later_changes) allows, as if the original had been signed: an entry more
/// in the form, one annotation more on a page, the catalog's declarations, the document's metadata,
/// validation data. So no page shows anything else, except under a visible stamp. A service that
/// adds a page of its own (VIDaaS: `pdf_signature_page`) does not pass, by design: do not ask for
/// one, or do not check.
///
/// The signature itself is not verified here.
///
/// # Errors
/// [`PdfError::NotExtended`] when `signed` is something else than that; what
/// [`signatures`](crate::signatures) says of either document.
pub fn added_signature<O, S>(original: &O, signed: &S) -> Result<EmbeddedSignature, PdfError>
where
    O: Source + ?Sized,
    S: Source + ?Sized,
{
    let length = begins_with(&Bytes::open(&signed)?, &Bytes::open(&original)?)?;
    after(&signed, length)
}

/// Like [`added_signature`], for a caller who has seen already, while the document came in, that
/// `signed` begins with the `original_length` bytes of the original.
///
/// # Errors
/// As [`added_signature`]. When the document does not begin with the original, nothing is proven by
/// success.
pub fn appended_signature<S: Source + ?Sized>(
    original_length: u64,
    signed: &S,
) -> Result<EmbeddedSignature, PdfError> {
    if Bytes::open(&signed)?.length() < original_length {
        return Err(NOT_THE_BEGINNING);
    }
    after(&signed, original_length)
}

const NOT_THE_BEGINNING: PdfError =
    PdfError::NotExtended { what: "it does not begin with the original's bytes" };

/// Compares what `signed` begins with with all of `original`, and gives the original's length.
fn begins_with(signed: &Bytes<'_>, original: &Bytes<'_>) -> Result<u64, PdfError> {
    let length = original.length();
    if signed.length() < length {
        return Err(NOT_THE_BEGINNING);
    }
    let mut position = 0u64;
    let mut room = Vec::new();
    original.each_chunk(0, length, |chunk| {
        let count = chunk.len() as u64;
        if !signed.is_at(position, chunk, &mut room)? {
            return Err(NOT_THE_BEGINNING);
        }
        position = position.saturating_add(count);
        Ok(())
    })?;
    original.unchanged()?;
    Ok(length)
}

fn after(signed: &dyn Source, length: u64) -> Result<EmbeddedSignature, PdfError> {
    let not_extended = |what| PdfError::NotExtended { what };
    let original = Prefix { source: signed, length };
    let then = Document::open(&original)?;
    let earlier = in_document(&then)?;
    let Some((now, sections)) = Document::open_after(signed, &then)? else {
        return Err(not_extended("its cross-references do not go on from the original's"));
    };
    let mut found = in_document(&now)?;
    let Some(added) = found.pop().filter(|_| found.len() == earlier.len()) else {
        return Err(not_extended("it does not have exactly one signature more"));
    };
    let same = |(now, then): (&EmbeddedSignature, &EmbeddedSignature)| {
        now.field == then.field && now.byte_range == then.byte_range
    };
    if !found.iter().zip(&earlier).all(same) {
        return Err(not_extended("an earlier signature is gone"));
    }
    if added.covers != Coverage::WholeFile || added.byte_range[1] < length {
        return Err(not_extended("its new signature does not cover the whole file"));
    }
    let mut findings = Findings::default();
    changes::compare(&then, &now, &sections, &mut findings)?;
    match findings.verdict() {
        Changes::Forbidden(found) | Changes::Unknown(found) => {
            Err(not_extended(found.first().map_or("it is changed", |finding| finding.what)))
        }
        Changes::None | Changes::Allowed(_) => Ok(added),
    }
}
