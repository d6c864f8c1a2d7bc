//! The interactive form: ISO 32000-1 §12.7, as far as signature fields need it.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::error::PdfError;
use crate::limits;
use crate::object::{Dictionary, Object, ObjectId};
use crate::reading::Document;
use crate::text;
use crate::visited::Visited;

/// What new signature fields are named, before their number.
pub(crate) const FIELD_NAME: &str = "Signature";

/// How many names of fields are kept that are not signed.
const MAX_WAITING: usize = 1000;

/// A document's form.
#[derive(Debug, Default)]
pub(crate) struct Form {
    /// The form's own object; nothing when it stands in the catalog.
    pub(crate) id: Option<ObjectId>,
    pub(crate) dictionary: Dictionary,
    /// The fields at the root that are named [`FIELD_NAME`] and a number: their numbers, as they are
    /// written, which a new field's name must not repeat.
    pub(crate) taken: BTreeSet<String>,
    /// The signature fields that are signed.
    pub(crate) signed: Vec<SignedField>,
    /// The full names of those that are not, at most [`MAX_WAITING`].
    pub(crate) waiting: Vec<String>,
    has_fields: bool,
}

/// A signature field with a signature in it.
#[derive(Debug)]
pub(crate) struct SignedField {
    /// The full name: the partial names from the root, joined by dots.
    pub(crate) name: String,
    /// The signature dictionary.
    pub(crate) signature: Dictionary,
    /// The field's `/Lock`.
    pub(crate) lock: Option<Dictionary>,
}

impl Form {
    /// The form of the document with this catalog, when it has one.
    pub(crate) fn read(
        document: &Document<'_>,
        catalog: &Dictionary,
    ) -> Result<Option<Self>, PdfError> {
        let Some(form) = catalog.get("AcroForm") else { return Ok(None) };
        let (id, dictionary) = match document.resolve_with_holder(form)? {
            (id, Object::Dictionary(dictionary)) => (id, dictionary),
            (_, Object::Null) => return Ok(None),
            _ => return Err(PdfError::broken("the form is not a dictionary")),
        };
        let mut form = Self { id, dictionary, ..Self::default() };
        form.walk(document)?;
        Ok(Some(form))
    }

    /// Whether the pages are made by an XFA program when the document is opened: the catalog says
    /// so, or there is such a program and no ordinary field (ISO 32000-1 §12.7.8, Annex K).
    pub(crate) fn is_dynamic(
        &self,
        document: &Document<'_>,
        catalog: &Dictionary,
    ) -> Result<bool, PdfError> {
        let has_program = document.entry(&self.dictionary, "XFA")? != Object::Null;
        let rendered = document.entry(catalog, "NeedsRendering")? == Object::Boolean(true);
        Ok(has_program && (rendered || !self.has_fields))
    }

    fn walk(&mut self, document: &Document<'_>) -> Result<(), PdfError> {
        let mut has_fields = false;
        let dictionary = core::mem::take(&mut self.dictionary);
        each_field(document, &dictionary, |field| {
            has_fields = true;
            if let Some(number) = field.root_name().and_then(|it| it.strip_prefix(FIELD_NAME))
                && number.len() <= 10
            {
                self.taken.insert(number.to_owned());
            }
            if field.kind != FieldKind::Signature {
                return Ok(());
            }
            match document.entry(field.dictionary, "V")? {
                Object::Dictionary(signature) => self.signed.push(SignedField {
                    name: field.full_name().to_owned(),
                    signature,
                    lock: document.dictionary(field.dictionary, "Lock")?,
                }),
                // Not a widget of a field.
                _ if !field.valued_above
                    && field.dictionary.get("T").is_some()
                    && self.waiting.len() < MAX_WAITING =>
                {
                    self.waiting.push(field.full_name().to_owned());
                }
                _ => {}
            }
            Ok(())
        })?;
        (self.dictionary, self.has_fields) = (dictionary, has_fields);
        Ok(())
    }
}

/// What kind of field one is, by its own `/FT` or that of a field above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldKind {
    Signature,
    Other,
}

/// A field of the form, or a widget of one, as it is come by.
#[derive(Debug)]
pub(crate) struct Field<'f> {
    /// Nothing for one that stands within the field above it.
    pub(crate) id: Option<ObjectId>,
    pub(crate) dictionary: &'f Dictionary,
    pub(crate) kind: FieldKind,
    /// Whether a field above it has a value.
    pub(crate) valued_above: bool,
    name: Option<&'f str>,
}

impl Field<'_> {
    /// The partial names from the root, joined by dots.
    pub(crate) fn full_name(&self) -> &str {
        self.name.unwrap_or_default()
    }

    /// The name of a field at the root.
    fn root_name(&self) -> Option<&str> {
        self.name.filter(|name| !name.contains('.'))
    }
}

/// Goes through the fields of a form, each before those under it.
pub(crate) fn each_field(
    document: &Document<'_>,
    form: &Dictionary,
    mut each: impl FnMut(&Field<'_>) -> Result<(), PdfError>,
) -> Result<(), PdfError> {
    struct Pending {
        object: Object,
        name: Option<Rc<str>>,
        kind: FieldKind,
        valued: bool,
        depth: usize,
    }
    let roots = match document.entry(form, "Fields")? {
        Object::Array(roots) => roots,
        Object::Null => Vec::new(),
        _ => return Err(PdfError::broken("the form's /Fields is not an array")),
    };
    let (kind, valued) = (FieldKind::Other, false);
    let mut pending: Vec<Pending> = roots
        .into_iter()
        .rev()
        .map(|object| Pending { object, name: None, kind, valued, depth: 0 })
        .collect();
    let mut visited = Visited::default();
    let mut count = 0usize;
    while let Some(Pending { object, name: above, kind, valued, depth }) = pending.pop() {
        count = count.saturating_add(1);
        if count > limits::MAX_FIELDS || depth > limits::MAX_DEPTH {
            return Err(PdfError::TooComplex { what: "the form has too many fields" });
        }
        let id = object.as_reference();
        if id.is_some_and(|id| !visited.insert(id)) {
            return Err(PdfError::broken("the form has a loop, or a field twice"));
        }
        let Object::Dictionary(field) = document.resolve(&object)? else { continue };
        let partial = match document.entry(&field, "T")? {
            Object::String(bytes) => Some(text::decode(&bytes)),
            _ => None,
        };
        let name = match (above, partial) {
            (Some(above), Some(partial)) => Some(bounded(format!("{above}.{partial}"))),
            (above, partial) => above.or_else(|| partial.map(bounded)),
        };
        let kind = match document.entry(&field, "FT")? {
            Object::Name(kind) if kind == b"Sig" => FieldKind::Signature,
            Object::Name(_) => FieldKind::Other,
            _ => kind,
        };
        let name_so_far = name.as_deref();
        each(&Field { id, dictionary: &field, kind, valued_above: valued, name: name_so_far })?;
        if let Object::Array(kids) = document.entry(&field, "Kids")? {
            if pending.len().saturating_add(kids.len()) > limits::MAX_FIELDS {
                return Err(PdfError::TooComplex { what: "the form has too many fields" });
            }
            let valued = valued || field.get("V").is_some();
            let depth = depth.saturating_add(1);
            pending.extend(kids.into_iter().rev().map(|object| {
                let name = name.clone();
                Pending { object, name, kind, valued, depth }
            }));
        }
    }
    Ok(())
}

fn bounded(mut name: String) -> Rc<str> {
    if let Some((end, _)) = name.char_indices().nth(limits::MAX_TEXT) {
        name.truncate(end);
    }
    name.into()
}
