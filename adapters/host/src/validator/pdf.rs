//! The signatures of a PDF: where they stand, and what came after them.

use rubrica_pdf::{Changes, Coverage, EmbeddedSignature, FieldContent, Source};
use rubrica_verify::{Content, Profile};

use super::{Conclusion, Examined, Findings, Validator, hashing};
use crate::error::Error;

/// Where a signature stands in a PDF, and what came after it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InPdf {
    /// The full name of its field.
    pub field: String,
    /// How much of the file it covers; `None` where it has not the form of a signature.
    pub covers: Option<Coverage>,
    /// What later revisions did; `None` where it has not the form of a signature.
    pub changes: Option<Changes>,
    /// What the signature dictionary holds although ICP-Brasil's policies forbid it, or lacks
    /// although they want it (DOC-ICP-15.03, table A.18); only of a signature under such a policy.
    pub breaches: Vec<Breach>,
}

/// What ICP-Brasil's policies say of a signature dictionary, and it does not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Breach {
    /// An entry that is forbidden.
    Forbidden(&'static str),
    /// An entry that is wanted.
    Missing(&'static str),
}

/// Entries of a signature dictionary that the policies forbid, and that they want.
const FORBIDDEN: [&str; 3] = ["Cert", "R", "Prop_AuthType"];
const WANTED: [&str; 4] = ["Filter", "SubFilter", "Contents", "ByteRange"];

impl InPdf {
    pub(super) fn conclusion(&self) -> Conclusion {
        let changed = match self.changes {
            Some(Changes::None | Changes::Allowed(_)) => Conclusion::Valid,
            Some(Changes::Forbidden(_)) | None => Conclusion::Invalid,
            Some(Changes::Unknown(_)) => Conclusion::Indeterminate,
        };
        if self.breaches.is_empty() { changed } else { Conclusion::Invalid }
    }
}

pub(super) fn examine(
    validator: &mut Validator,
    document: &dyn Source,
) -> Result<Vec<Examined>, Error> {
    let mut examined = Vec::new();
    for field in rubrica_pdf::signature_fields(document)? {
        match field.content {
            FieldContent::Empty => {}
            FieldContent::Malformed(error) => {
                let in_pdf =
                    InPdf { field: field.name, covers: None, changes: None, breaches: Vec::new() };
                let findings = Findings::Misplaced(error);
                examined.push(Examined { in_pdf: Some(in_pdf), findings });
            }
            FieldContent::Signature(signature) => {
                examined.append(&mut of_signature(validator, document, &signature)?);
            }
        }
    }
    Ok(examined)
}

/// One entry for each signer, of whom there should be one.
fn of_signature(
    validator: &mut Validator,
    document: &dyn Source,
    signature: &EmbeddedSignature,
) -> Result<Vec<Examined>, Error> {
    let place = InPdf {
        field: signature.field.clone(),
        covers: Some(signature.covers),
        changes: Some(rubrica_pdf::later_changes(document, signature)?),
        breaches: Vec::new(),
    };
    if signature.kind == "DocTimeStamp" || signature.sub_filter == "ETSI.RFC3161" {
        let findings = Findings::DocumentTimeStamp;
        return Ok(vec![Examined { in_pdf: Some(place), findings }]);
    }
    let profile = match signature.sub_filter.as_str() {
        "ETSI.CAdES.detached" | "PBAD.PAdES" => Profile::Pades,
        _ => Profile::PdfCms,
    };
    let of = |algorithm| {
        hashing::digest(algorithm, |each| signature.covered(document, |piece| each(piece)))
    };
    match validator.findings(&signature.contents, Content::Digests(&of), profile) {
        Err(rejection) => {
            let findings = Findings::Unreadable(rejection);
            Ok(vec![Examined { in_pdf: Some(place), findings }])
        }
        Ok(findings) => Ok(findings
            .into_iter()
            .map(|finding| {
                let mut place = place.clone();
                if finding.policy.is_some() {
                    place.breaches = breaches(signature);
                }
                Examined { in_pdf: Some(place), findings: Findings::Examined(finding) }
            })
            .collect()),
    }
}

fn breaches(signature: &EmbeddedSignature) -> Vec<Breach> {
    let has = |entry: &str| signature.entries.iter().any(|found| found == entry);
    let forbidden = FORBIDDEN.into_iter().filter(|entry| has(entry)).map(Breach::Forbidden);
    let missing = WANTED.into_iter().filter(|entry| !has(entry)).map(Breach::Missing);
    forbidden.chain(missing).collect()
}
