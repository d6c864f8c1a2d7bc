//! What is made of something before it is hashed.

use crate::{
    canonical::{Canonicalization, Mode},
    error::{Unverifiable, XmlError},
    fields::{DSIG, Fields, algorithm, fault, text},
    limits,
    read::{Document, is_space},
};

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

const XPATH: &str = "http://www.w3.org/TR/1999/REC-xpath-19991116";

/// The transforms of a reference, as far as they are accepted.
pub(crate) struct Transforms {
    /// Whether the signature itself is taken out (XML Signature 1.1 §6.6.4).
    pub(crate) enveloped: bool,
    /// Whether all signatures are taken out.
    pub(crate) unsigned: bool,
    /// How the rest becomes bytes, where that is said.
    pub(crate) canonicalization: Option<Canonicalization>,
}

impl Transforms {
    /// Reads `Transforms`, or takes what applies where there is none.
    pub(crate) fn read(
        document: &Document<'_>,
        place: Option<usize>,
    ) -> Result<Result<Self, Unverifiable>, XmlError> {
        let (mut enveloped, mut unsigned) = (false, false);
        let mut canonicalization = None;
        let Some(place) = place else {
            return Ok(Ok(Self { enveloped, unsigned, canonicalization }));
        };
        let mut fields = Fields::of(document, place)?;
        let mut count = 0_usize;
        let mut refused = None;
        while let Some(transform) = fields.optional(DSIG, "Transform") {
            count = count.saturating_add(1);
            if count > limits::TRANSFORMS {
                return Err(Unverifiable::TooLarge("transforms").into());
            }
            let uri = algorithm(document, transform)?;
            if uri == "http://www.w3.org/2000/09/xmldsig#enveloped-signature" {
                Fields::of(document, transform)?.finish()?;
                enveloped = true;
            } else if uri == XPATH && takes_out_signatures(document, transform)? {
                unsigned = true;
            } else if Canonicalization::from_uri(uri).is_some() {
                if canonicalization.is_none() {
                    canonicalization = self::canonicalization(document, transform)?.ok();
                    continue;
                }
            } else {
                refused = refused.or(Some(Unverifiable::Transform));
            }
            // A canonical form would have to be read again.
            if canonicalization.is_some() {
                refused = refused.or(Some(Unverifiable::TransformOrder));
            }
        }
        fields.finish()?;
        Ok(refused.map_or(Ok(Self { enveloped, unsigned, canonicalization }), Err))
    }
}

/// Whether an XPath transform (XML Signature 1.1 §6.6.3) is the one that signers write who expect
/// further signatures: it keeps what is not in a signature. No other is understood.
fn takes_out_signatures(document: &Document<'_>, transform: usize) -> Result<bool, XmlError> {
    let mut fields = Fields::of(document, transform)?;
    let Some(place) = fields.optional(DSIG, "XPath") else { return Ok(false) };
    fields.finish()?;
    let expression = text(document, place)?;
    let prefix = expression
        .strip_prefix("not(ancestor-or-self::")
        .and_then(|rest| rest.strip_suffix(":Signature)"));
    Ok(prefix.is_some_and(|prefix| document.declared(place, prefix) == Some(DSIG)))
}

/// The canonicalization that an element names, with the prefixes that it lists.
pub(crate) fn canonicalization(
    document: &Document<'_>,
    place: usize,
) -> Result<Result<Canonicalization, Unverifiable>, XmlError> {
    let Some(mut method) = Canonicalization::from_uri(algorithm(document, place)?) else {
        return Ok(Err(Unverifiable::Canonicalization));
    };
    let mut fields = Fields::of(document, place)?;
    if let Mode::Exclusive { prefixes } = &mut method.mode
        && let Some(list) = fields.optional(EXCLUSIVE, "InclusiveNamespaces")
    {
        let element = document.element(list);
        let written = element.and_then(|it| document.attribute(it, "PrefixList")).unwrap_or("");
        for prefix in written.split(is_space).filter(|it| !it.is_empty()) {
            if prefixes.len() >= limits::PREFIXES {
                return fault(document, list, "too many prefixes");
            }
            prefixes.push(if prefix == "#default" { "" } else { prefix }.to_owned());
        }
    }
    fields.finish()?;
    Ok(Ok(method))
}
