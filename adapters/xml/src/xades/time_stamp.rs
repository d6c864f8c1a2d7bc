//! The time stamps over a signature's value.

use super::XADES;
use crate::{
    canonical::{self, Canonicalization, Limited, Part},
    error::{Unverifiable, XmlError},
    fields::{DSIG, Fields, bytes, is},
    limits,
    read::Document,
    transforms,
};

/// A time stamp over a signature's value (ETSI EN 319 132-1 §5.3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimeStamp {
    /// The token in DER (RFC 3161 §2.4.2).
    pub token: Vec<u8>,
    /// What it is to be of: the canonical `SignatureValue`, which is not what stands in it.
    pub message: Vec<u8>,
}

/// Reads every `SignatureTimeStamp` of `UnsignedProperties`, but for those that say of what they are
/// in a way that is not read here: nobody signed them, and nothing depends on them.
pub(super) fn read(
    document: &Document<'_>,
    properties: usize,
    signature: usize,
) -> Result<Vec<TimeStamp>, XmlError> {
    let mut fields = Fields::of(document, properties)?;
    let Some(place) = fields.optional(XADES, "UnsignedSignatureProperties") else {
        return Ok(Vec::new());
    };
    let mut stamps = Vec::new();
    for property in Fields::of(document, place)?.rest() {
        if is(document, property, XADES, "SignatureTimeStamp") {
            one(document, property, signature, &mut stamps)?;
        }
    }
    Ok(stamps)
}

fn one(
    document: &Document<'_>,
    property: usize,
    signature: usize,
    stamps: &mut Vec<TimeStamp>,
) -> Result<(), XmlError> {
    let mut fields = Fields::of(document, property)?;
    let method = match fields.optional(DSIG, "CanonicalizationMethod") {
        Some(method) => transforms::canonicalization(document, method)?.ok(),
        None => Some(Canonicalization::INCLUSIVE),
    };
    let Some(method) = method else { return Ok(()) };
    let value = document
        .children(signature)
        .map(|(place, _)| place)
        .find(|&place| is(document, place, DSIG, "SignatureValue"));
    let Some(value) = value else { return Ok(()) };
    while let Some(token) = fields.optional(XADES, "EncapsulatedTimeStamp") {
        if stamps.len() >= limits::TIME_STAMPS {
            return Err(Unverifiable::TooLarge("time stamps").into());
        }
        let mut sink = Limited::new(limits::SIGNED_INFO_BYTES, "bytes of a signature's value");
        canonical::write(document, Part::element(value), &method, &mut sink)?;
        let token = bytes(document, token, limits::TIME_STAMP_BYTES)?;
        stamps.push(TimeStamp { token, message: sink.bytes });
    }
    Ok(())
}
