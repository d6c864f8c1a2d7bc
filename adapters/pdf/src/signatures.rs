//! The signatures that a document carries.

use sha2::{Digest as _, Sha256};

use crate::der;
use crate::error::PdfError;
use crate::form::{Form, SignedField};
use crate::object::{Dictionary, Object};
use crate::reading::Document;
use crate::syntax;
use crate::text;

/// A signature in a document, as it was found. Nothing of it has been verified but that its byte
/// range is what it must be.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmbeddedSignature {
    /// The full name of its field.
    pub field: String,
    /// The `/Filter`, such as `Adobe.PPKLite`.
    pub filter: String,
    /// The `/SubFilter`, such as `adbe.pkcs7.detached`.
    pub sub_filter: String,
    /// The start and length of the two parts of the file that it covers. The first starts at 0;
    /// between them stand exactly the contents with their delimiters.
    pub byte_range: [u64; 4],
    /// The CMS, cut to the length that its own encoding tells; zeros that pad the contents are not
    /// part of it, zeros that end the signature are. DER, or BER in some files of other makers.
    pub contents: Vec<u8>,
    /// How much of the document it covers.
    pub covers: Coverage,
    /// The time of signing as the dictionary tells it (`/M`), a PDF date.
    pub signed_at: Option<String>,
    /// The signer's name (`/Name`).
    pub name: Option<String>,
    /// The reason (`/Reason`).
    pub reason: Option<String>,
    /// The place (`/Location`).
    pub location: Option<String>,
    /// How to reach the signer (`/ContactInfo`).
    pub contact: Option<String>,
}

/// How much of a document a signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// The whole file, but for the signature itself.
    WholeFile,
    /// An earlier revision: what follows was added after the signature.
    Revision {
        /// Where that revision ends, in bytes from the start of the file.
        end: u64,
    },
}

/// Reads the signatures of a document, in the order in which they were made.
///
/// # Errors
/// A document that cannot be read, as in [`inspect`](crate::inspect) (one that is certified or
/// locked can be read, though), and [`PdfError::MalformedSignature`] for a signature that does not
/// cover its whole revision but for its own contents, or whose contents are not one CMS.
pub fn signatures(bytes: &[u8]) -> Result<Vec<EmbeddedSignature>, PdfError> {
    let document = Document::open(bytes)?;
    let (_, catalog) = document.catalog()?;
    let Some(form) = Form::read(&document, &catalog)? else { return Ok(Vec::new()) };
    let mut found = form
        .signed
        .iter()
        .map(|field| embedded(&document, field))
        .collect::<Result<Vec<_>, _>>()?;
    found.sort_by_key(EmbeddedSignature::end);
    Ok(found)
}

impl EmbeddedSignature {
    /// The SHA-256 digest of what the signature covers, in the file that it was read from.
    ///
    /// # Errors
    /// [`PdfError::MalformedSignature`] when `bytes` is shorter than that file.
    pub fn digest(&self, bytes: &[u8]) -> Result<[u8; 32], PdfError> {
        let mut digest = Sha256::new();
        let [first, first_length, second, second_length] = self.byte_range;
        for (start, length) in [(first, first_length), (second, second_length)] {
            digest.update(part(bytes, start, length).ok_or_else(|| {
                PdfError::MalformedSignature {
                    field: self.field.clone(),
                    what: "its byte range exceeds the file",
                }
            })?);
        }
        Ok(digest.finalize().into())
    }

    const fn end(&self) -> u64 {
        self.byte_range[2].saturating_add(self.byte_range[3])
    }
}

impl core::fmt::Debug for EmbeddedSignature {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // Neither names nor the certificate that the contents hold.
        f.debug_struct("EmbeddedSignature")
            .field("field", &self.field)
            .field("sub_filter", &self.sub_filter)
            .field("byte_range", &self.byte_range)
            .field("contents", &self.contents.len())
            .field("covers", &self.covers)
            .finish_non_exhaustive()
    }
}

fn part(bytes: &[u8], start: u64, length: u64) -> Option<&[u8]> {
    let start = usize::try_from(start).ok()?;
    let end = start.checked_add(usize::try_from(length).ok()?)?;
    bytes.get(start..end)
}

fn embedded(document: &Document<'_>, field: &SignedField) -> Result<EmbeddedSignature, PdfError> {
    let malformed = |what| PdfError::MalformedSignature { field: field.name.clone(), what };
    let byte_range = byte_range(document, &field.signature)?
        .ok_or_else(|| malformed("it has no valid /ByteRange"))?;
    let [start, gap_start, gap_end, rest] = byte_range;
    if start != 0 || gap_end < gap_start {
        return Err(malformed("its byte range does not begin with the file"));
    }
    let gap = part(document.bytes, gap_start, gap_end - gap_start)
        .ok_or_else(|| malformed("its byte range exceeds the file"))?;
    let end = gap_end
        .checked_add(rest)
        .filter(|&end| end <= document.bytes.len() as u64)
        .ok_or_else(|| malformed("its byte range exceeds the file"))?;
    let written = match gap {
        [b'<', digits @ .., b'>'] => syntax::hexadecimal_bytes(digits),
        _ => None,
    };
    let written =
        written.ok_or_else(|| malformed("its byte range leaves out more than its contents"))?;
    // What is left out must be these contents, and not something that only looks alike.
    match document.entry(&field.signature, "Contents")? {
        Object::String(contents) if contents == written => {}
        _ => return Err(malformed("its byte range leaves out something else than its contents")),
    }
    let covers = if end == document.bytes.len() as u64 {
        Coverage::WholeFile
    } else if ends_revision(document.bytes, end) {
        Coverage::Revision { end }
    } else {
        return Err(malformed("its byte range does not end with a revision"));
    };
    let contents = der::element_length(&written)
        .and_then(|length| written.get(..length))
        .filter(|contents| contents.first() == Some(&0x30))
        .ok_or_else(|| malformed("its contents are not a CMS"))?;
    let name = |key| match document.entry(&field.signature, key) {
        Ok(Object::Name(name)) => Ok(String::from_utf8_lossy(&name).into_owned()),
        Ok(_) => Ok(String::new()),
        Err(error) => Err(error),
    };
    let string = |key| match document.entry(&field.signature, key) {
        Ok(Object::String(bytes)) => Ok(Some(text::decode(&bytes))),
        Ok(_) => Ok(None),
        Err(error) => Err(error),
    };
    Ok(EmbeddedSignature {
        field: field.name.clone(),
        filter: name("Filter")?,
        sub_filter: name("SubFilter")?,
        byte_range,
        contents: contents.to_vec(),
        covers,
        signed_at: string("M")?,
        name: string("Name")?,
        reason: string("Reason")?,
        location: string("Location")?,
        contact: string("ContactInfo")?,
    })
}

fn byte_range(
    document: &Document<'_>,
    signature: &Dictionary,
) -> Result<Option<[u64; 4]>, PdfError> {
    let Object::Array(items) = document.entry(signature, "ByteRange")? else { return Ok(None) };
    let numbers: Option<Vec<u64>> =
        items.iter().map(|item| u64::try_from(item.as_integer()?).ok()).collect();
    Ok(numbers.and_then(|numbers| numbers.try_into().ok()))
}

/// Whether a revision ends here: after `%%EOF` and at most an end of line.
fn ends_revision(bytes: &[u8], end: u64) -> bool {
    let Some(revision) = part(bytes, 0, end) else { return false };
    revision.trim_ascii_end().ends_with(b"%%EOF")
}
