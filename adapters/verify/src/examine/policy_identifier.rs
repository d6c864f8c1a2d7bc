//! The attribute `sigPolicyId` (RFC 5126 §5.8.1).

use der::{Tag, asn1::ObjectIdentifier};

use crate::{
    attributes::Attributes,
    cursor::{AlgorithmIdentifier, Element},
    limits,
    rejection::{Attribute, Rejection},
};

use super::finding::PolicyIdentifier;

/// `id-spq-ets-uri` (RFC 5126 §5.8.1).
const ADDRESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.5.1");

impl PolicyIdentifier {
    /// Reads `sigPolicyId`, where there is one.
    pub(super) fn read(attributes: &Attributes<'_>) -> Result<Option<Self>, Rejection> {
        let Some(value) = attributes.value(Attribute::SignaturePolicy)? else {
            return Ok(None);
        };
        // SignaturePolicyImplied: whatever both sides know, which a validator does not.
        if value.tag() == Tag::Null {
            return Ok(None);
        }
        let mut fields = value.sequence()?;
        let oid = fields.object_identifier()?;
        let mut hash = fields.enter(Tag::Sequence)?;
        let algorithm = AlgorithmIdentifier::read(&mut hash)?;
        let stated = hash.expect(Tag::OctetString)?.value();
        hash.finish()?;
        let qualifiers = match fields.optional(Tag::Sequence)? {
            Some(list) => list.open()?.rest(limits::ENTRIES)?,
            None => Vec::new(),
        };
        fields.finish()?;
        Ok(Some(Self {
            oid,
            hash: stated.into(),
            hash_algorithm: algorithm.oid,
            address: address(&qualifiers)?,
        }))
    }
}

fn address(qualifiers: &[Element<'_>]) -> Result<Option<Box<str>>, Rejection> {
    let mut found = None;
    for qualifier in qualifiers {
        let mut fields = qualifier.sequence()?;
        let kind = fields.object_identifier()?;
        let value = fields.next()?;
        fields.finish()?;
        if kind == ADDRESS && value.tag() == Tag::Ia5String {
            let printable = value.value().iter().all(u8::is_ascii_graphic);
            let text = core::str::from_utf8(value.value()).ok().filter(|_| printable);
            if found.is_none() {
                found = text.map(Box::from);
            }
        }
    }
    Ok(found)
}
