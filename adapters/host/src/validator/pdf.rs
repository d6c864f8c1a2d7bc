//! The signatures of a PDF: where they stand, and what came after them.

use rubrica_pdf::{Changes, Coverage, EmbeddedSignature, FieldContent, Source, Written};
use rubrica_verify::{Content, Profile, TimeStamp};

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
    /// What the signature does not cover and anyone may have changed: how its contents are written,
    /// and whether anything but zeros follows the CMS in them. `None` where it has not the form of a
    /// signature.
    pub written: Option<Written>,
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
    let fields = rubrica_pdf::signature_fields(document)?;
    // What is stamped last proves the most, so the stamps are judged before the signatures.
    let mut stamps = Vec::new();
    for field in &fields {
        if let FieldContent::Signature(signature) = &field.content
            && is_time_stamp(signature)
        {
            stamps.push((signature.byte_range, judge_stamp(validator, document, signature)));
        }
    }
    let mut examined = Vec::new();
    for field in fields {
        match field.content {
            FieldContent::Empty => {}
            FieldContent::Malformed(error) => {
                let in_pdf = InPdf {
                    field: field.name,
                    covers: None,
                    changes: None,
                    written: None,
                    breaches: Vec::new(),
                };
                let findings = Findings::Misplaced(error);
                examined.push(Examined { in_pdf: Some(in_pdf), findings });
            }
            FieldContent::Signature(signature) => {
                examined.append(&mut of_signature(validator, document, &signature, &stamps)?);
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
    stamps: &[([u64; 4], TimeStamp)],
) -> Result<Vec<Examined>, Error> {
    let place = InPdf {
        field: signature.field.clone(),
        covers: Some(signature.covers),
        changes: Some(rubrica_pdf::later_changes(document, signature)?),
        written: Some(signature.written),
        breaches: Vec::new(),
    };
    if let Some((_, stamp)) = stamps.iter().find(|(range, _)| *range == signature.byte_range) {
        let findings = Findings::TimeStamp(stamp.clone());
        return Ok(vec![Examined { in_pdf: Some(place), findings }]);
    }
    // A stamp covers all of its revision, and with it every signature that ends before it begins.
    let [_, _, start, length] = signature.byte_range;
    let covers = |range: &[u64; 4]| range[1] >= start.saturating_add(length);
    let existed_at = stamps
        .iter()
        .filter(|(range, stamp)| covers(range) && stamp.verdict.is_valid())
        .filter_map(|(_, stamp)| stamp.time)
        .min();
    let profile = match signature.sub_filter.as_str() {
        "ETSI.CAdES.detached" | "PBAD.PAdES" => Profile::Pades,
        _ => Profile::PdfCms,
    };
    let of = |algorithm| {
        hashing::digest(algorithm, |each| signature.covered(document, |piece| each(piece)))
    };
    match validator.findings(&signature.contents, Content::Digests(&of), profile, existed_at) {
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

/// A time stamp over a document (ISO 32000-2 §12.8.5).
fn is_time_stamp(signature: &EmbeddedSignature) -> bool {
    signature.kind == "DocTimeStamp" || signature.sub_filter == "ETSI.RFC3161"
}

fn judge_stamp(
    validator: &mut Validator,
    document: &dyn Source,
    stamp: &EmbeddedSignature,
) -> TimeStamp {
    let of =
        |algorithm| hashing::digest(algorithm, |each| stamp.covered(document, |piece| each(piece)));
    validator.time_stamp(&stamp.contents, Content::Digests(&of))
}

fn breaches(signature: &EmbeddedSignature) -> Vec<Breach> {
    let has = |entry: &str| signature.entries.iter().any(|found| found == entry);
    let forbidden = FORBIDDEN.into_iter().filter(|entry| has(entry)).map(Breach::Forbidden);
    let missing = WANTED.into_iter().filter(|entry| !has(entry)).map(Breach::Missing);
    forbidden.chain(missing).collect()
}
