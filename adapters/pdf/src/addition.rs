//! What a service added to a document that it was sent to sign.

use crate::error::PdfError;
use crate::form::Form;
use crate::object::{Dictionary, Object, ObjectId};
use crate::pages::Pages;
use crate::reading::Document;
use crate::signatures::{Coverage, EmbeddedSignature, signatures};
use crate::xref::Entry;

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
/// the earlier ones are all there; and no object of the original is redefined but for what a
/// signature needs: an entry more in the form, one annotation more on a page, the catalog's
/// declarations, the document's metadata. So no page shows anything else, except under a visible
/// stamp. A service that adds a page of its own (VIDaaS: `pdf_signature_page`) does not pass, by
/// design: do not ask for one, or do not check.
///
/// The signature itself is not verified here.
///
/// # Errors
/// [`PdfError::NotExtended`] when `signed` is something else than that; what [`signatures`] says of
/// either document.
pub fn added_signature(original: &[u8], signed: &[u8]) -> Result<EmbeddedSignature, PdfError> {
    let not_extended = |what| PdfError::NotExtended { what };
    if !signed.starts_with(original) {
        return Err(not_extended("it does not begin with the original's bytes"));
    }
    let earlier = signatures(original)?;
    let mut found = signatures(signed)?;
    let Some(added) = found.pop().filter(|_| found.len() == earlier.len()) else {
        return Err(not_extended("it does not have exactly one signature more"));
    };
    let same = |(now, then): (&EmbeddedSignature, &EmbeddedSignature)| {
        now.field == then.field && now.byte_range == then.byte_range
    };
    if !found.iter().zip(&earlier).all(same) {
        return Err(not_extended("an earlier signature is gone"));
    }
    if added.covers != Coverage::WholeFile || added.byte_range[1] < original.len() as u64 {
        return Err(not_extended("its new signature does not cover the whole file"));
    }
    let (then, now) = (Document::open(original)?, Document::open(signed)?);
    if then.cross_references.trailer.get("Root") != now.cross_references.trailer.get("Root") {
        return Err(not_extended("it has another catalog"));
    }
    let comparison = Comparison::new(&then, &now)?;
    for (&number, entry) in &then.cross_references.entries {
        let current = now.cross_references.entries.get(&number);
        if current != Some(entry) && !comparison.may_change(number, entry, current)? {
            return Err(not_extended("an object of the original is redefined"));
        }
    }
    Ok(added)
}

struct Comparison<'d> {
    then: &'d Document<'d>,
    now: &'d Document<'d>,
    catalog: ObjectId,
    form: Option<ObjectId>,
    /// The arrays that hold the form's fields or a page's annotations.
    arrays: Vec<ObjectId>,
    /// The document's information and metadata.
    descriptions: Vec<ObjectId>,
    pages: Vec<ObjectId>,
}

impl<'d> Comparison<'d> {
    fn new(then: &'d Document<'d>, now: &'d Document<'d>) -> Result<Self, PdfError> {
        let (catalog_id, catalog) = then.catalog()?;
        let form = Form::read(then, &catalog)?;
        let pages: Vec<ObjectId> = Pages::read(then, &catalog)?.ids().collect();
        let mut arrays = Vec::new();
        let mut holder = |dictionary: &Dictionary, key| {
            arrays.extend(dictionary.get(key).and_then(Object::as_reference));
        };
        if let Some(form) = &form {
            holder(&form.dictionary, "Fields");
        }
        for &page in &pages {
            if let Object::Dictionary(page) = then.object(page)? {
                holder(&page, "Annots");
            }
        }
        let information = then.cross_references.trailer.get("Info");
        let descriptions = [information, catalog.get("Metadata")];
        let mut comparison = Self {
            then,
            now,
            catalog: catalog_id,
            form: form.and_then(|form| form.id),
            arrays,
            descriptions: descriptions
                .into_iter()
                .flatten()
                .filter_map(Object::as_reference)
                .collect(),
            pages,
        };
        comparison.pages.sort_unstable();
        comparison.arrays.sort_unstable();
        comparison.extends(&catalog)?;
        Ok(comparison)
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
                if *now != generation || *offset < self.then.bytes.len() {
                    return Ok(false);
                }
            }
            Some(Entry::Compressed { container, .. }) => {
                if generation != 0 || self.then.cross_references.entries.contains_key(container) {
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
