//! Whether a service returned the document that it was sent, signed.

use crate::{
    canonical::{self, Canonicalization, Limited, Mode, Part},
    error::XmlError,
    fields::{DSIG, is},
    limits,
    read::{Document, Kind, is_space, trim},
    reference::Target,
    signature::{self, XmlSignature},
};

/// The signature that a service added to a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Addition {
    /// The signature.
    pub signature: XmlSignature,
    /// Where it stands.
    pub placement: Placement,
    /// What of the original it covers, by references that hold.
    pub coverage: Coverage,
    /// Whether space was added beside it.
    pub spaced: bool,
}

/// Where a signature stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Placement {
    /// In the original document.
    Enveloped,
    /// Apart from it: the signature is a document of its own, and refers to the bytes that were sent
    /// or, where it says so, to their canonical form. They need not be XML then.
    Detached,
    /// Around it: the document element of the original is in an `Object` of the signature.
    Enveloping,
}

/// What of the original a signature covers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Coverage {
    /// All of it, but for comments and what stands outside the document element, which were compared
    /// and may not be covered. Nor may signatures that were there before, see
    /// [`Reference::unsigned`](crate::Reference::unsigned).
    Whole,
    /// The elements with these identifiers, each with what is in it.
    Elements(Vec<String>),
    /// Nothing: no reference holds that is to the original.
    Nothing,
}

/// Finds the signature that makes the signed document out of the original: what is left without it
/// is the original, in the canonical form with comments and processing instructions, and so nothing
/// else was added, changed or taken away.
///
/// The canonical form does not tell apart what no reader of XML does: the XML declaration, the order
/// of attributes, the kind of quotes, `CDATA` sections, and space between attributes or outside the
/// document element. All other space counts, but for what stands beside the signature, see
/// [`Addition::spaced`].
///
/// Whether the signature is good is for [`XmlSignature::verdict`] and for a verifier of its value.
///
/// # Errors
/// [`XmlError::OtherDocument`] where no one signature does; others where one of the documents cannot
/// be read.
pub fn added_signature(original: &[u8], signed: &[u8]) -> Result<Addition, XmlError> {
    let document = Document::read(signed)?;
    let places = signature::places(&document)?;
    if places.is_empty() {
        return Err(XmlError::OtherDocument { what: "it has no signature" });
    }
    let mut budget = canonical::Budget::new();
    if let Some(addition) = detached(original, &document, &mut budget)? {
        return Ok(addition);
    }
    let original = Document::read(original)?;
    let signatures = signature::all(&document, None, &mut budget)?;
    let whole = compared(&original, Part::DOCUMENT, &WITH_COMMENTS, &[])?;
    // What an inclusive form says of an element depends on nothing beside it.
    let all = compared(&document, Part::DOCUMENT, &WITH_COMMENTS, &places)?;
    for (range, signature) in all.ranges.into_iter().zip(&signatures) {
        let (Some(before), Some(after)) =
            (all.bytes.get(..range.start), all.bytes.get(range.end..))
        else {
            continue;
        };
        if let Some(spaced) = is_between(&whole.bytes, before, after) {
            let coverage = covered(signature, |target| {
                matches!(target, Target::Document | Target::Element { root: true, .. })
            });
            let (signature, placement) = (signature.clone(), Placement::Enveloped);
            return Ok(Addition { signature, placement, coverage, spaced });
        }
    }
    enveloping(&original, &whole.bytes, &document, &signatures)
        .unwrap_or(Err(XmlError::OtherDocument { what: "other parts of it differ" }))
}

const WITH_COMMENTS: Canonicalization =
    Canonicalization { mode: Mode::Inclusive10, comments: true };

/// A canonical form to be compared, and where these elements are in it.
fn compared<'m>(
    document: &Document<'_>,
    part: Part<'_>,
    method: &Canonicalization,
    marked: &'m [usize],
) -> Result<Limited<'m>, XmlError> {
    let named = "bytes of canonical form";
    let mut sink = Limited::marking(limits::COMPARED_BYTES, named, marked);
    canonical::write(document, part, method, &mut sink)?;
    Ok(sink)
}

/// Whether a text is the two others one after the other, and then whether it is so only without
/// some space between them.
fn is_between(text: &[u8], before: &[u8], after: &[u8]) -> Option<bool> {
    if text.len() == before.len().saturating_add(after.len())
        && text.starts_with(before)
        && text.ends_with(after)
    {
        return Some(false);
    }
    let space = |byte: &u8| is_space(char::from(*byte));
    let count = before.iter().rev().take_while(|it| space(it)).count();
    let (start, spaces_before) = before.split_at_checked(before.len().saturating_sub(count))?;
    let count = after.iter().take_while(|it| space(it)).count();
    let (spaces_after, end) = after.split_at_checked(count)?;
    let middle = text.strip_prefix(start)?.strip_suffix(end)?;
    // Space may have been added, and none taken away.
    let added = spaces_before.len().saturating_add(spaces_after.len());
    (middle.iter().all(space) && middle.len() < added).then_some(true)
}

/// What a signature covers, all of it where a reference is to what `is_whole`.
fn covered(signature: &XmlSignature, is_whole: impl Fn(&Target) -> bool) -> Coverage {
    let holding = signature.references.iter().filter(|reference| reference.verdict.holds());
    let mut elements = Vec::new();
    for reference in holding {
        match &reference.target {
            target if is_whole(target) => return Coverage::Whole,
            Target::Element { identifier, .. } => elements.push(identifier.clone()),
            _ => {}
        }
    }
    if elements.is_empty() { Coverage::Nothing } else { Coverage::Elements(elements) }
}

/// A signature that is all of the document, and was made apart from the original.
fn detached(
    original: &[u8],
    document: &Document<'_>,
    budget: &mut canonical::Budget,
) -> Result<Option<Addition>, XmlError> {
    if !is(document, document.root(), DSIG, "Signature") {
        return Ok(None);
    }
    let signatures = signature::all(document, Some(original), budget)?;
    let sent = |target: &Target| matches!(target, Target::Sent { .. });
    let first = signatures.into_iter().next();
    Ok(first.filter(|it| it.references.iter().any(|it| sent(&it.target))).map(|signature| {
        let coverage = covered(&signature, sent);
        Addition { signature, placement: Placement::Detached, coverage, spaced: false }
    }))
}

/// The document element of the original in an `Object` of a signature that is all of the document.
fn enveloping(
    original: &Document<'_>,
    whole: &[u8],
    document: &Document<'_>,
    signatures: &[XmlSignature],
) -> Option<Result<Addition, XmlError>> {
    let root = document.root();
    let signature = signatures.first().filter(|_| is(document, root, DSIG, "Signature"))?;
    for (object, _) in document.children(root) {
        if !is(document, object, DSIG, "Object") {
            continue;
        }
        let mut content = None;
        let mut spaced = false;
        let mut only = true;
        for (place, node) in document.children(object) {
            match &node.kind {
                Kind::Element(_) if content.is_none() => content = Some(place),
                Kind::Text(text) if trim(text).is_empty() => spaced = true,
                _ => only = false,
            }
        }
        let Some(content) = content.filter(|_| only) else { continue };
        match is_enveloped(original, whole, document, content) {
            Ok(false) => continue,
            Err(error) => return Some(Err(error)),
            Ok(true) => {}
        }
        let at = |place| document.node(place).map(|node| node.at());
        let coverage = covered(signature, |target| match target {
            Target::Document => true,
            Target::Part { at: found, .. } => {
                Some(*found) == at(object) || Some(*found) == at(content)
            }
            _ => false,
        });
        let (signature, placement) = (signature.clone(), Placement::Enveloping);
        return Some(Ok(Addition { signature, placement, coverage, spaced }));
    }
    None
}

/// Whether an element is the original's document element, wherever it stands, and that all of the
/// original.
fn is_enveloped(
    original: &Document<'_>,
    whole: &[u8],
    document: &Document<'_>,
    content: usize,
) -> Result<bool, XmlError> {
    let root = Part::element(original.root());
    if compared(original, root, &WITH_COMMENTS, &[])?.bytes != whole {
        return Ok(false);
    }
    let method =
        Canonicalization { mode: Mode::Exclusive { prefixes: Vec::new() }, comments: true };
    let one = compared(original, root, &method, &[])?;
    let other = compared(document, Part::element(content), &method, &[])?;
    Ok(one.bytes == other.bytes)
}
