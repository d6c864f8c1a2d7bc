//! What a document is, and whether it can be signed.

use crate::error::PdfError;
use crate::form::{FIELD_NAME, Form};
use crate::object::{Dictionary, ObjectId};
use crate::pages::Pages;
use crate::permissions::{level, locks};
use crate::reading::Document;
use crate::source::Source;
use crate::stamp::StampPage;

/// What [`inspect`] found in a document that can be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// The PDF version, major and minor: of the header or of the catalog, whichever is later.
    pub version: (u8, u8),
    /// How many pages the document has; at least 1.
    pub pages: u32,
    /// The full names of the signature fields that are signed, in the order of the form.
    pub signatures: Vec<String>,
    /// What an earlier signature still allows, by certifying the document or by its field's lock;
    /// nothing when none says so.
    pub certification: Option<Certification>,
    /// Whether the document has an interactive form.
    pub has_form: bool,
}

/// What the author of a certified document allows (`DocMDP`, ISO 32000-1 §12.8.2.2), or a signer
/// who locked it (`/Lock`, ISO 32000-2 §12.7.5.5). Level 1, no changes at all, is not among them:
/// [`inspect`] refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Certification {
    /// Level 2: to fill in forms and to sign. A signature can be added, a visible stamp cannot.
    Forms,
    /// Level 3: also to annotate. A visible stamp can be added too.
    Annotations,
}

impl Certification {
    pub(crate) const fn level(self) -> u8 {
        match self {
            Self::Forms => 2,
            Self::Annotations => 3,
        }
    }
}

/// Reads a document as far as signing needs, and refuses what cannot be signed, so that nobody is
/// asked to approve in vain.
///
/// # Errors
/// Everything that [`prepare`](crate::prepare) would refuse in the document for an invisible signature:
/// not a PDF, broken, encrypted, certified without allowance for changes, locked, a dynamic form,
/// or beyond [`limits`](crate::limits). A document that cannot be read from its source.
pub fn inspect<S: Source + ?Sized>(document: &S) -> Result<Inspection, PdfError> {
    inspection(&document)
}

fn inspection(source: &dyn Source) -> Result<Inspection, PdfError> {
    let document = Document::open(source)?;
    let (signable, pages) = Signable::read(&document, StampPage::Number(1))?;
    let count = pages.count();
    // An invisible signature is on the first page.
    document.array(&pages.page(&document)?.dictionary, "Annots")?;
    document.bytes.unchanged()?;
    Ok(Inspection {
        version: signable.version,
        pages: count,
        signatures: signable
            .form
            .iter()
            .flat_map(|form| &form.signed)
            .map(|f| f.name.clone())
            .collect(),
        certification: signable.certification,
        has_form: signable.form.is_some(),
    })
}

/// A document that can be signed, with what the signing needs of it.
#[derive(Debug)]
pub(crate) struct Signable {
    pub(crate) version: (u8, u8),
    pub(crate) catalog_id: ObjectId,
    pub(crate) catalog: Dictionary,
    pub(crate) form: Option<Form>,
    pub(crate) certification: Option<Certification>,
    /// The name for the next signature field.
    pub(crate) field_name: String,
}

impl Signable {
    /// Reads the document, and of its pages keeps the one that is `wanted`.
    pub(crate) fn read(
        document: &Document<'_>,
        wanted: StampPage,
    ) -> Result<(Self, Pages), PdfError> {
        let (catalog_id, catalog) = document.catalog()?;
        let version = document.version(&catalog)?;
        let pages = Pages::read(document, &catalog, wanted)?;
        let form = Form::read(document, &catalog)?;
        if let Some(form) = &form
            && form.is_dynamic(document, &catalog)?
        {
            return Err(PdfError::DynamicForm);
        }
        let signed = form.as_ref().map_or(&[][..], |form| &form.signed);
        let certification = match level(document, &catalog, signed)? {
            None => None,
            Some(2) => Some(Certification::Forms),
            Some(3) => Some(Certification::Annotations),
            Some(_) => return Err(PdfError::Certified { level: 1 }),
        };
        let field_name = free_name(form.as_ref());
        for field in signed {
            if locks(document, field, &field_name)? {
                return Err(PdfError::Locked { field: field.name.clone() });
            }
        }
        Ok((Self { version, catalog_id, catalog, form, certification, field_name }, pages))
    }

    /// Whether there is no signature yet, nor any that the catalog names.
    pub(crate) fn may_be_certified(&self, document: &Document<'_>) -> Result<bool, PdfError> {
        let is_signed = self.form.as_ref().is_some_and(|form| !form.signed.is_empty());
        let permissions = document.dictionary(&self.catalog, "Perms")?.unwrap_or_default();
        Ok(!is_signed && permissions.get("DocMDP").is_none())
    }
}

fn free_name(form: Option<&Form>) -> String {
    let mut number = 1usize;
    loop {
        let digits = number.to_string();
        if !form.is_some_and(|form| form.taken.contains(&digits)) {
            return format!("{FIELD_NAME}{digits}");
        }
        number = number.saturating_add(1);
    }
}
