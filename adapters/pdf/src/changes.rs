//! What was added to a document after it was signed, and whether a signature allows it.
//!
//! The revision that was signed and the document as it is now are held against each other, object by
//! object, as far as later cross-reference sections speak of any. What those sections leave alone
//! stands in the signed bytes; what they change has to be explained, each object by a rule for the
//! place that it has in the document. So the attacks that are published for signed PDFs (incremental
//! saving, shadow, evil annotation, sneaky signature; see <https://pdf-insecurity.org>) leave
//! something unexplained.

mod catalog;
mod comparison;
mod fields;
mod findings;
mod form;
mod increments;
mod pages;
mod touched;

use crate::error::{Fault, PdfError};
use crate::form::Form;
use crate::permissions;
use crate::reading::Document;
use crate::signatures::{self, EmbeddedSignature};
use crate::source::{Prefix, Source};
use crate::xref::Added;

use comparison::Comparison;
pub use findings::Finding;
pub(crate) use findings::Findings;

/// What follows the revision that a signature covers. The worst counts: one thing that is forbidden
/// makes it all forbidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// Nothing, or white space, or objects that are written again as they were.
    None,
    /// What may follow a signature, and nothing else.
    Allowed(Vec<Change>),
    /// Something that makes the document another one than was signed, or that an earlier signature
    /// forbids. At most 64 of the findings are told.
    Forbidden(Vec<Finding>),
    /// Something of which it is not known what it does, so that nothing can be said for it. At most
    /// 64 of the findings are told.
    Unknown(Vec<Finding>),
}

/// A later change that a signature allows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Another signature, in a new field or in one that waited for it.
    Signature {
        /// The full name of its field.
        field: String,
        /// Whether it shows on a page, where it may lie over something else.
        visible: bool,
    },
    /// A time-stamp over the document (`DocTimeStamp` with `ETSI.RFC3161`, ISO 32000-2 §12.8.5), as it
    /// says of itself: what it holds is not looked at.
    TimeStamp {
        /// The full name of its field.
        field: String,
    },
    /// A signature field that waits for a signature.
    SignatureField {
        /// The full name of the field.
        field: String,
    },
    /// Certificates and revocation data (`DSS` and `VRI`, ISO 32000-2 §12.8.4.3).
    ValidationData,
    /// The document's information, metadata, version or extensions, which no page shows.
    Description,
    /// A field that was filled in, in a document that is certified with leave to do so.
    FormField {
        /// The full name of the field.
        field: String,
    },
    /// An annotation, in a document that is certified with leave to annotate. It may lie over
    /// something else.
    Annotation {
        /// The number of its object.
        object: u32,
    },
    /// Objects that nothing refers to.
    Unused,
}

/// Judges what was added to `document` after `signature`, which is one of its
/// [`signatures`](crate::signatures).
///
/// # What is allowed
/// - Signatures, in new fields of their own or in fields that waited for one, with their
///   appearances; empty signature fields; document time-stamps. A signature that shows is refused
///   where it covers more than a quarter of a sheet of A4.
/// - The validation data of PAdES: `DSS` with `VRI`, and the entries of ICP-Brasil's policies in
///   them.
/// - `Info`, `Metadata`, `Version`, `Extensions`.
/// - Where the document is certified with level 2 or 3: values of fields. With level 3: new
///   annotations. Without a certification neither is, which is stricter than ISO 32000 and than some
///   readers, since both change what a page shows.
/// - Nothing of this where a certification forbids it: with level 1 there may be validation data,
///   document time-stamps and descriptions (ISO 32000-2 table 257); with level 2, no new signature
///   field that shows. Nor in a field that `FieldMDP` or a lock names.
///
/// That the later signatures and time-stamps are any good is not looked at, nor that this one is.
///
/// Everything else is [`Changes::Forbidden`] or [`Changes::Unknown`], and so are a cross-reference
/// section or an entry that leads back into the signed bytes, one that skips the signed revision, a
/// hybrid one, objects that lie within one another or that no section leads to, a number that is
/// defined although the signed revision refers to it and lacks it, and bytes after the end.
///
/// # Bounds
/// All objects of the signed revision are read once, one at a time, but no stream's data; see
/// [`limits`](crate::limits). A revision that exceeds a bound is [`Changes::Unknown`].
///
/// # Errors
/// When the document cannot be read from its source or changes meanwhile;
/// [`PdfError::MalformedSignature`] when the signature is not from a document of this length.
pub fn later_changes<S: Source + ?Sized>(
    document: &S,
    signature: &EmbeddedSignature,
) -> Result<Changes, PdfError> {
    after_signature(&document, signature)
}

fn after_signature(
    source: &dyn Source,
    signature: &EmbeddedSignature,
) -> Result<Changes, PdfError> {
    let end = signature.end();
    let length = source.length().map_err(|error| PdfError::Source { kind: error.kind() })?;
    if end > length {
        return Err(PdfError::MalformedSignature {
            field: signature.field.clone(),
            what: "its byte range exceeds the file",
        });
    }
    if end == length {
        return Ok(Changes::None);
    }
    let signed = Prefix { source, length: end };
    let mut findings = Findings::default();
    let judged = (|| {
        let then = Document::open(&signed)?;
        let own = signatures::well_formed(&then)?;
        if !own.iter().any(|own| own.byte_range == signature.byte_range) {
            findings.forbidden("a signature that is not in the revision that it covers", None);
            return Ok(());
        }
        let Some((now, added)) = Document::open_after(source, &then)? else {
            findings.forbidden("cross-references that do not go on from those signed", None);
            return Ok(());
        };
        let last = signatures::well_formed(&now)?;
        let same = |one: &EmbeddedSignature, other: &EmbeddedSignature| {
            one.field == other.field && one.byte_range == other.byte_range
        };
        if !own.iter().all(|own| last.iter().any(|last| same(own, last))) {
            findings.forbidden("an earlier signature that is gone", None);
        }
        compare(&then, &now, &added, &mut findings)
    })();
    match judged {
        Ok(()) => Ok(findings.verdict()),
        Err(error) if error.fault() == Fault::Document => {
            findings.unknown(unreadable(&error), None);
            Ok(findings.verdict())
        }
        Err(error) => Err(error),
    }
}

/// What keeps a document from being compared, when that is in the document.
const fn unreadable(error: &PdfError) -> &'static str {
    match error {
        PdfError::Broken { what, .. }
        | PdfError::Unsupported { what, .. }
        | PdfError::TooComplex { what }
        | PdfError::MalformedSignature { what, .. } => what,
        PdfError::Encrypted => "a revision that is encrypted",
        _ => "a revision that cannot be read",
    }
}

/// Judges what the sections that were `added` to `then` make of it.
pub(crate) fn compare(
    then: &Document<'_>,
    now: &Document<'_>,
    added: &Added,
    findings: &mut Findings,
) -> Result<(), PdfError> {
    let end = then.bytes.length();
    if added.hybrid {
        findings.unknown("a revision that older readers see otherwise (/XRefStm)", None);
    }
    if added.repeats {
        findings.unknown("a cross-reference section that speaks twice of an object", None);
    }
    if let Some(&start) = added.starts.iter().next().filter(|&&start| start < end) {
        findings.unknown_at("a later cross-reference section in the signed bytes", start);
        return Ok(());
    }
    let (_, catalog) = then.catalog()?;
    let form = Form::read(then, &catalog)?;
    let signed = form.map(|form| form.signed).unwrap_or_default();
    let level = permissions::level(then, &catalog, &signed)?;
    let mut comparison = Comparison::new(then, now, added, level, &signed, findings)?;
    comparison.trailer()?;
    comparison.catalog()?;
    comparison.pages()?;
    comparison.finish()?;
    then.bytes.unchanged()?;
    now.bytes.unchanged()
}
