//! What earlier signatures still allow: `DocMDP`, `FieldMDP` and locks (ISO 32000-1 §12.8.2.2 and
//! §12.8.2.4, ISO 32000-2 §12.7.5.5).

use crate::error::PdfError;
use crate::form::SignedField;
use crate::object::{Dictionary, Object};
use crate::reading::Document;

/// The strictest `DocMDP` level of the document: of the signature that `/Perms` names, of any that
/// carries the transform without being named there, and of what a signed field's lock says (`/P`,
/// ISO 32000-2 table 236).
pub(crate) fn level(
    document: &Document<'_>,
    catalog: &Dictionary,
    signed: &[SignedField],
) -> Result<Option<i64>, PdfError> {
    let named = match document.dictionary(catalog, "Perms")? {
        Some(permissions) => document.dictionary(&permissions, "DocMDP")?,
        None => None,
    };
    let mut levels = Vec::new();
    for signature in named.iter().chain(signed.iter().map(|field| &field.signature)) {
        for parameters in transforms(document, signature, b"DocMDP")? {
            levels.push(match document.entry(&parameters, "P")? {
                Object::Null => 2,
                Object::Integer(level @ 1..=3) => level,
                _ => 1,
            });
        }
    }
    for lock in signed.iter().filter_map(|field| field.lock.as_ref()) {
        // Level 1 is the field's to answer for: see `locks`.
        levels.extend(
            document.entry(lock, "P")?.as_integer().filter(|level| (2..=3).contains(level)),
        );
    }
    Ok(levels.into_iter().min())
}

/// Whether a signature locks a field of this name, or everything.
pub(crate) fn locks(
    document: &Document<'_>,
    field: &SignedField,
    name: &str,
) -> Result<bool, PdfError> {
    let transforms = transforms(document, &field.signature, b"FieldMDP")?;
    for parameters in transforms.iter().chain(&field.lock) {
        if document.entry(parameters, "P")? == Object::Integer(1) {
            return Ok(true);
        }
        let listed = match document.entry(parameters, "Fields")? {
            Object::Array(names) => names.iter().any(|listed| {
                listed.as_string().is_some_and(|listed| crate::text::decode(listed) == name)
            }),
            _ => false,
        };
        match document.entry(parameters, "Action")? {
            Object::Name(action) if action == b"All" => return Ok(true),
            Object::Name(action) if action == b"Include" && listed => return Ok(true),
            Object::Name(action) if action == b"Exclude" && !listed => return Ok(true),
            _ => {}
        }
    }
    Ok(false)
}

/// The parameters of a signature's references with this transform method.
fn transforms(
    document: &Document<'_>,
    signature: &Dictionary,
    method: &[u8],
) -> Result<Vec<Dictionary>, PdfError> {
    let Object::Array(references) = document.entry(signature, "Reference")? else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for reference in &references {
        let Object::Dictionary(reference) = document.resolve(reference)? else { continue };
        if document.entry(&reference, "TransformMethod")?.as_name() == Some(method) {
            found.push(document.dictionary(&reference, "TransformParams")?.unwrap_or_default());
        }
    }
    Ok(found)
}
