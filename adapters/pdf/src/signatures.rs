//! The signatures that a document carries.

use sha2::{Digest as _, Sha256};

use crate::der;
use crate::error::{Fault, PdfError};
use crate::form::{Form, SignedField};
use crate::object::{Dictionary, Object};
use crate::reading::Document;
use crate::source::Source;
use crate::text;
use crate::window::Bytes;
use crate::xref;

/// A signature in a document, as it was found. Nothing of it has been verified but that its byte
/// range is what it must be.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmbeddedSignature {
    /// The full name of its field.
    pub field: String,
    /// The `/Type`: `Sig`, or `DocTimeStamp` for a time-stamp over the document; empty when it is
    /// left out, which means `Sig`.
    pub kind: String,
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
    /// How the contents stand in the file.
    pub written: Written,
    /// How much of the document it covers.
    pub covers: Coverage,
    /// The keys of the signature dictionary as they are written, sorted, without their slashes; at
    /// most 64, each at most 64 bytes long. Policies want some and forbid others: those of ICP-Brasil
    /// forbid `Cert`, `R` and `Prop_AuthType` (DOC-ICP-15.03, PAdES).
    pub entries: Vec<String>,
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

/// How a signature's contents stand in the file: what no signature covers, and so anyone may have
/// changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// How many bytes there is room for.
    pub room: usize,
    /// Whether they are hexadecimal digits and nothing else: no white space between them, and an
    /// even number.
    pub only_digits: bool,
    /// Whether nothing but zeros follows the CMS.
    pub padded_with_zeros: bool,
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

/// A field of a document that is there for a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignatureField {
    /// Its full name.
    pub name: String,
    /// What is in it.
    pub content: FieldContent,
}

/// What is in a signature field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldContent {
    /// Nothing: it waits for a signature.
    Empty,
    /// A signature.
    Signature(Box<EmbeddedSignature>),
    /// Something that does not have the form that a signature must have, with the reason:
    /// [`PdfError::MalformedSignature`], or [`PdfError::Broken`] and its like.
    Malformed(PdfError),
}

/// Reads the signatures of a document, in the order in which they were made.
///
/// # Errors
/// A document that cannot be read, as in [`inspect`](crate::inspect) (one that is certified or
/// locked can be read, though), and [`PdfError::MalformedSignature`] for a signature that does not
/// cover its whole revision but for its own contents, or whose contents are not one CMS.
pub fn signatures<S: Source + ?Sized>(document: &S) -> Result<Vec<EmbeddedSignature>, PdfError> {
    let found = in_document(&Document::open(&document)?)?;
    Ok(found)
}

/// Reads the signature fields of a document: those with a signature in the order in which these were
/// made, then those with something malformed, then those that are empty, of which at most 1000 are
/// told. Unlike [`signatures`], one malformed signature does not keep the others from being read.
///
/// # Errors
/// A document that cannot be read, as in [`signatures`].
pub fn signature_fields<S: Source + ?Sized>(document: &S) -> Result<Vec<SignatureField>, PdfError> {
    let (found, malformed, waiting) = fields(&Document::open(&document)?)?;
    let field = |name, content| SignatureField { name, content };
    let signed =
        found.into_iter().map(|it| field(it.field.clone(), FieldContent::Signature(Box::new(it))));
    let malformed =
        malformed.into_iter().map(|(name, error)| field(name, FieldContent::Malformed(error)));
    let empty = waiting.into_iter().map(|name| field(name, FieldContent::Empty));
    Ok(signed.chain(malformed).chain(empty).collect())
}

/// The signatures of a document that has been opened, which is looked at for the last time.
pub(crate) fn in_document(document: &Document<'_>) -> Result<Vec<EmbeddedSignature>, PdfError> {
    let (found, malformed, _) = fields(document)?;
    match malformed.into_iter().next() {
        Some((_, error)) => Err(error),
        None => Ok(found),
    }
}

/// Those of a document's signatures that can be read.
pub(crate) fn well_formed(document: &Document<'_>) -> Result<Vec<EmbeddedSignature>, PdfError> {
    fields(document).map(|(found, ..)| found)
}

/// The signatures, what is malformed with the name of its field, and the names of empty fields.
type Fields = (Vec<EmbeddedSignature>, Vec<(String, PdfError)>, Vec<String>);

fn fields(document: &Document<'_>) -> Result<Fields, PdfError> {
    let (_, catalog) = document.catalog()?;
    let form = Form::read(document, &catalog)?.unwrap_or_default();
    let (mut found, mut malformed) = (Vec::new(), Vec::new());
    for field in &form.signed {
        match embedded(document, field) {
            Ok(signature) => found.push(signature),
            Err(error) if error.fault() == Fault::Document => {
                malformed.push((field.name.clone(), error));
            }
            Err(error) => return Err(error),
        }
    }
    found.sort_by_key(EmbeddedSignature::end);
    // Two that end together would each have to cover the other's contents: the first in the form
    // stays.
    let mut end = 0;
    found.retain(|signature| {
        let is_first = signature.end() != end;
        end = signature.end();
        if !is_first {
            let field = signature.field.clone();
            let what = "it ends with the same revision as another";
            malformed.push((field.clone(), PdfError::MalformedSignature { field, what }));
        }
        is_first
    });
    document.bytes.unchanged()?;
    Ok((found, malformed, form.waiting))
}

impl EmbeddedSignature {
    /// The SHA-256 digest of what the signature covers, in the document that it was read from. For
    /// other digests see [`Self::covered`].
    ///
    /// # Errors
    /// As [`Self::covered`].
    pub fn digest<S: Source + ?Sized>(&self, document: &S) -> Result<[u8; 32], PdfError> {
        let mut digest = Sha256::new();
        self.covered(document, |chunk| digest.update(chunk))?;
        Ok(digest.finalize().into())
    }

    /// Hands over what the signature covers, in the document that it was read from: piece by piece,
    /// in its order, each time from the beginning. The pieces are of any length.
    ///
    /// # Errors
    /// [`PdfError::MalformedSignature`] when `document` is shorter than that one was, and
    /// [`PdfError::Source`] or [`PdfError::Changed`] when it cannot be read.
    pub fn covered<S: Source + ?Sized>(
        &self,
        document: &S,
        mut each: impl FnMut(&[u8]),
    ) -> Result<(), PdfError> {
        let bytes = Bytes::open(&document)?;
        let [first, first_length, second, second_length] = self.byte_range;
        for (start, length) in [(first, first_length), (second, second_length)] {
            if start.checked_add(length).is_none_or(|end| end > bytes.length()) {
                return Err(PdfError::MalformedSignature {
                    field: self.field.clone(),
                    what: "its byte range exceeds the file",
                });
            }
            bytes.each_chunk(start, length, |chunk| {
                each(chunk);
                Ok::<_, PdfError>(())
            })?;
        }
        bytes.unchanged()
    }

    pub(crate) const fn end(&self) -> u64 {
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

fn embedded(document: &Document<'_>, field: &SignedField) -> Result<EmbeddedSignature, PdfError> {
    let malformed = |what| PdfError::MalformedSignature { field: field.name.clone(), what };
    let byte_range = byte_range(document, &field.signature)?
        .ok_or_else(|| malformed("it has no valid /ByteRange"))?;
    let [start, gap_start, gap_end, rest] = byte_range;
    if start != 0 || gap_end < gap_start {
        return Err(malformed("its byte range does not begin with the file"));
    }
    let length = document.bytes.length();
    let end = gap_end
        .checked_add(rest)
        .filter(|&end| end <= length)
        .ok_or_else(|| malformed("its byte range exceeds the file"))?;
    let mut written = left_out(document, gap_start, gap_end)?
        .ok_or_else(|| malformed("its byte range leaves out more than its contents"))?;
    // What is left out must be these contents, and not something that only looks alike.
    match document.entry(&field.signature, "Contents")? {
        Object::String(contents) if contents == written => {}
        _ => return Err(malformed("its byte range leaves out something else than its contents")),
    }
    let covers = if end == length {
        Coverage::WholeFile
    } else if ends_revision(&document.bytes, end)? {
        Coverage::Revision { end }
    } else {
        return Err(malformed("its byte range does not end with a revision"));
    };
    let contents = der::element_length(&written)
        .filter(|_| written.first() == Some(&0x30))
        .ok_or_else(|| malformed("its contents are not a CMS"))?;
    let padding = written.get(contents..).unwrap_or_default();
    let as_written = Written {
        room: written.len(),
        only_digits: only_digits(document, gap_start, gap_end)?,
        padded_with_zeros: padding.iter().all(|&byte| byte == 0),
    };
    written.truncate(contents);
    written.shrink_to_fit();
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
        kind: name("Type")?,
        filter: name("Filter")?,
        sub_filter: name("SubFilter")?,
        byte_range,
        contents: written,
        written: as_written,
        covers,
        entries: entries(&field.signature),
        signed_at: string("M")?,
        name: string("Name")?,
        reason: string("Reason")?,
        location: string("Location")?,
        contact: string("ContactInfo")?,
    })
}

fn entries(signature: &Dictionary) -> Vec<String> {
    let text = |key: &[u8]| String::from_utf8_lossy(key.get(..64).unwrap_or(key)).into_owned();
    let mut entries: Vec<String> = signature.0.iter().take(64).map(|(key, _)| text(key)).collect();
    entries.sort_unstable();
    entries
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

/// What a byte range leaves out, when that is one string in hexadecimal digits and nothing else.
fn left_out(document: &Document<'_>, start: u64, end: u64) -> Result<Option<Vec<u8>>, PdfError> {
    let mut parser = document.parser(start);
    if parser.exactly(|[byte]| (*byte == b'<').then_some(()))?.is_none() {
        return Ok(None);
    }
    match parser.hexadecimal_string() {
        Ok(string) if parser.position() == end => Ok(Some(string)),
        Ok(_) | Err(PdfError::Broken { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Whether nothing but pairs of digits stands between the delimiters of hexadecimal contents.
fn only_digits(document: &Document<'_>, start: u64, end: u64) -> Result<bool, PdfError> {
    let mut parser = document.parser(start.saturating_add(1));
    let mut count = 0_u64;
    parser.take_while(
        |byte| byte.is_ascii_hexdigit(),
        |piece| {
            count = count.saturating_add(piece.len() as u64);
        },
    )?;
    Ok(count.is_multiple_of(2) && parser.position().saturating_add(1) == end)
}

/// Whether a revision ends here: after `%%EOF` and at most an end of line.
fn ends_revision(bytes: &Bytes<'_>, end: u64) -> Result<bool, PdfError> {
    let end = xref::before_padding(bytes, end, |byte| byte.is_ascii_whitespace())?;
    Ok(bytes.before(end, &mut [0; 5])? == b"%%EOF")
}
