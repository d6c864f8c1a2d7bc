//! What a service added to a document that it was sent to sign.

use crate::error::PdfError;
use crate::form::Form;
use crate::object::{Dictionary, Object, ObjectId};
use crate::pages;
use crate::reading::Document;
use crate::runs::{Entry, Numbers};
use crate::signatures::{Coverage, EmbeddedSignature, in_document};
use crate::source::{Prefix, Source};
use crate::window::Bytes;

/// What a signature may change in the catalog, in a page, in the form and in a field that waited
/// for it.
const OF_CATALOG: &[&str] = &["AcroForm", "DSS", "Extensions", "Metadata", "Perms", "Version"];
const OF_PAGE: &[&str] = &["Annots", "LastModified", "Tabs"];
const OF_FORM: &[&str] = &["DA", "DR", "Fields", "SigFlags"];
const OF_FIELD: &[&str] = &["AP", "F", "M", "MK", "V"];

/// Checks that `signed` is `original` with one more signature and nothing else, and gives that
/// signature: for documents that a service signs by itself (the `PAdES` formats of a PSC), where
/// the caller has to see that it got its own document back.
///
/// The original bytes are a prefix of the signed ones; the new signature covers the whole file and
/// the earlier ones are all there; the cross-references go on from the original's, and no object of
/// the original is redefined but for what a signature needs: an entry more in the form, one
/// annotation more on a page, the catalog's declarations, the document's metadata. So no page shows
/// anything else, except under a visible stamp. A service that adds a page of its own (VIDaaS:
/// `pdf_signature_page`) does not pass, by design: do not ask for one, or do not check.
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
    let Some((now, redefined)) = Document::open_after(signed, &then)? else {
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
    if then.cross_references.trailer.get("Root") != now.cross_references.trailer.get("Root") {
        return Err(not_extended("it has another catalog"));
    }
    Comparison::new(&then, &now, &redefined)?.all()?;
    now.bytes.unchanged()?;
    Ok(added)
}

struct Comparison<'d> {
    then: &'d Document<'d>,
    now: &'d Document<'d>,
    catalog: ObjectId,
    form: Option<ObjectId>,
    /// The arrays that hold the form's fields or a page's annotations, as far as they are changed.
    arrays: Vec<ObjectId>,
    /// The document's information and metadata.
    descriptions: Vec<ObjectId>,
    /// The pages that are changed.
    pages: Vec<ObjectId>,
    /// The objects of the original of which the update speaks otherwise.
    changed: Vec<Change>,
}

/// An object's number, what the original says of it, and what is said now.
type Change = (u32, Entry, Option<Entry>);

impl<'d> Comparison<'d> {
    /// Everything that is needed to compare the objects whose numbers are in these ranges.
    fn new(
        then: &'d Document<'d>,
        now: &'d Document<'d>,
        redefined: &[Numbers],
    ) -> Result<Self, PdfError> {
        let mut changed = Vec::new();
        for number in redefined.iter().cloned().flatten() {
            if let Some(entry) = then.cross_reference(number)? {
                let current = now.cross_reference(number)?;
                if current != Some(entry) {
                    changed.push((number, entry, current));
                }
            }
        }
        // In the order of their numbers, since the ranges are.
        let is_changed =
            |id: ObjectId| changed.binary_search_by_key(&id.number, |&(number, ..)| number).is_ok();
        let (catalog_id, catalog) = then.catalog()?;
        let form = Form::read(then, &catalog)?;
        let (mut arrays, mut pages) = (Vec::new(), Vec::new());
        let fields = form.as_ref().and_then(|form| form.dictionary.get("Fields"));
        arrays.extend(fields.and_then(Object::as_reference));
        pages::each_page(then, &catalog, |page, dictionary| {
            if is_changed(page) {
                pages.push(page);
            }
            let annotations = dictionary.get("Annots").and_then(Object::as_reference);
            arrays.extend(annotations.filter(|&array| is_changed(array)));
        })?;
        pages.sort_unstable();
        arrays.sort_unstable();
        let information = then.cross_references.trailer.get("Info");
        let descriptions = [information, catalog.get("Metadata")]
            .into_iter()
            .flatten()
            .filter_map(Object::as_reference)
            .collect();
        let form = form.and_then(|form| form.id);
        let comparison =
            Self { then, now, catalog: catalog_id, form, arrays, descriptions, pages, changed };
        comparison.extends(&catalog)?;
        Ok(comparison)
    }

    /// That each change is one that a signature may make.
    fn all(&self) -> Result<(), PdfError> {
        for (number, entry, current) in &self.changed {
            if !self.may_change(*number, entry, current.as_ref())? {
                return Err(PdfError::NotExtended {
                    what: "an object of the original is redefined",
                });
            }
        }
        Ok(())
    }

    /// The form that stands in the catalog, or that is new.
    fn extends(&self, catalog: &Dictionary) -> Result<(), PdfError> {
        let (_, current) = self.now.catalog()?;
        let then = self.then.dictionary(catalog, "AcroForm")?.unwrap_or_default();
        let now = self.now.dictionary(&current, "AcroForm")?.unwrap_or_default();
        if self.same_but(&then, &now, OF_FORM)? {
            Ok(())
        } else {
            Err(PdfError::NotExtended { what: "its form has other fields" })
        }
    }

    /// Whether a signature may redefine this object of the original as it is redefined.
    fn may_change(
        &self,
        number: u32,
        entry: &Entry,
        current: Option<&Entry>,
    ) -> Result<bool, PdfError> {
        let generation = match entry {
            // What was free may be used, and what was never an object's is no change.
            Entry::Free => return Ok(true),
            Entry::InUse { generation, .. } => *generation,
            Entry::Compressed { .. } => 0,
        };
        // An entry of another generation, or that leads back into the original.
        match current {
            Some(Entry::InUse { offset, generation: now }) => {
                if *now != generation || *offset < self.then.bytes.length() {
                    return Ok(false);
                }
            }
            Some(Entry::Compressed { container, .. }) => {
                if generation != 0 || self.then.cross_reference(*container)?.is_some() {
                    return Ok(false);
                }
            }
            Some(Entry::Free) | None => return Ok(false),
        }
        let id = ObjectId { number, generation };
        if self.descriptions.contains(&id) {
            return Ok(true);
        }
        let (then, now) = (self.then.object(id)?, self.now.object(id)?);
        match (&then, &now) {
            (Object::Dictionary(then), Object::Dictionary(now)) => {
                let allowed = if id == self.catalog {
                    OF_CATALOG
                } else if Some(id) == self.form {
                    OF_FORM
                } else if self.pages.binary_search(&id).is_ok() {
                    OF_PAGE
                } else if awaits_signature(then) {
                    OF_FIELD
                } else {
                    &[]
                };
                self.same_but(then, now, allowed)
            }
            (Object::Array(_), Object::Array(_)) => {
                Ok(self.arrays.binary_search(&id).is_ok() && longer_by_one(&then, &now))
            }
            _ => Ok(then == now),
        }
    }

    /// Whether two dictionaries differ only in the entries of these keys, and their lists only by
    /// an item more.
    fn same_but(
        &self,
        then: &Dictionary,
        now: &Dictionary,
        allowed: &[&str],
    ) -> Result<bool, PdfError> {
        for (key, _) in then.0.iter().chain(&now.0) {
            let Ok(key) = core::str::from_utf8(key) else { return Ok(then == now) };
            if then.get(key) == now.get(key) {
                continue;
            }
            if !allowed.contains(&key) {
                return Ok(false);
            }
            if matches!(key, "Annots" | "Fields") {
                let (then, now) = (self.then.entry(then, key)?, self.now.entry(now, key)?);
                if !longer_by_one(&then, &now) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

/// Whether a field is a signature field without a signature.
fn awaits_signature(field: &Dictionary) -> bool {
    field.get("FT").and_then(Object::as_name) == Some(b"Sig") && field.get("V").is_none()
}

/// Whether a list is another with at most one item more at its end.
fn longer_by_one(then: &Object, now: &Object) -> bool {
    let then = then.as_array().unwrap_or_default();
    now.as_array().is_some_and(|now| now.starts_with(then) && now.len() <= then.len() + 1)
}
