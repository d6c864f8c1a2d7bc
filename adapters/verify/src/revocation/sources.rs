//! Where a certificate says that its revocation can be asked about.

use der::{Tag, asn1::ObjectIdentifier};

use crate::{
    Certificate,
    cursor::{Cursor, Element, constructed, primitive},
    limits,
    rejection::{Piece, Rejection},
};

const OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");
const ISSUERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.2");

/// `uniformResourceIdentifier` among the choices of `GeneralName` (RFC 5280 §4.2.1.6).
const ADDRESS: Tag = primitive(6);

/// The addresses that a certificate names, HTTP and HTTPS only, in its order.
///
/// Whoever made the certificate chose them: fetch them with bounds on time and size, follow no
/// redirect into a private network, and believe nothing but what [`crate::Evidence`] then reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevocationSources {
    /// Of lists, from `CRLDistributionPoints` (RFC 5280 §4.2.1.13).
    pub lists: Vec<Box<str>>,
    /// Of OCSP responders, from `AuthorityInfoAccess` (RFC 5280 §4.2.2.1).
    pub responders: Vec<Box<str>>,
    /// Of the issuer's certificate or chain, from `AuthorityInfoAccess`: one certificate in DER, or
    /// several in a PKCS#7.
    pub issuers: Vec<Box<str>>,
}

/// Where a certificate says that its revocation can be asked about, and where its issuer's
/// certificate is.
///
/// # Errors
/// [`Rejection`] where one of the two extensions is malformed.
pub fn revocation_sources(certificate: &Certificate) -> Result<RevocationSources, Rejection> {
    let mut sources = RevocationSources::default();
    for name in distribution_points(certificate)? {
        keep(&mut sources.lists, &name);
    }
    let Some(access) = &certificate.extensions().authority_access else {
        return Ok(sources);
    };
    let mut list = Cursor::new(access, Piece::Certificate)?.enter(Tag::Sequence)?;
    for description in list.rest(limits::ENTRIES)? {
        let mut fields = description.sequence()?;
        let method = fields.object_identifier()?;
        let location = fields.next()?;
        fields.finish()?;
        match method {
            OCSP => keep(&mut sources.responders, &location),
            ISSUERS => keep(&mut sources.issuers, &location),
            _ => {}
        }
    }
    Ok(sources)
}

/// The full names of a certificate's distribution points, each a `GeneralName`; those of a list that
/// somebody else than the issuer keeps are left out.
pub(super) fn distribution_points(
    certificate: &Certificate,
) -> Result<Vec<Element<'_>>, Rejection> {
    let mut names = Vec::new();
    let Some(points) = &certificate.extensions().revocation_lists else {
        return Ok(names);
    };
    let mut list = Cursor::new(points, Piece::Certificate)?.enter(Tag::Sequence)?;
    for point in list.rest(limits::ENTRIES)? {
        let mut fields = point.sequence()?;
        let name = fields.optional(constructed(0))?;
        fields.optional(primitive(1))?;
        let other_issuer = fields.optional(constructed(2))?;
        fields.finish()?;
        if let Some(name) = name.filter(|_| other_issuer.is_none()) {
            names.extend(full_name(&name)?);
        }
    }
    Ok(names)
}

/// The names of a `DistributionPointName`, unless it is relative to the issuer's.
pub(super) fn full_name<'a>(point: &Element<'a>) -> Result<Vec<Element<'a>>, Rejection> {
    let mut choice = point.open()?;
    let names = match choice.optional(constructed(0))? {
        Some(names) => names.open()?.rest(limits::ENTRIES)?,
        None => {
            choice.expect(constructed(1))?;
            Vec::new()
        }
    };
    choice.finish()?;
    Ok(names)
}

/// Adds an address that can be fetched and printed.
fn keep(addresses: &mut Vec<Box<str>>, name: &Element<'_>) {
    let address = Some(name)
        .filter(|name| name.tag() == ADDRESS && name.value().len() <= limits::ADDRESS_BYTES)
        .and_then(|name| core::str::from_utf8(name.value()).ok())
        .filter(|address| address.bytes().all(|byte| byte.is_ascii_graphic()))
        .filter(|address| {
            let scheme = address.split_once("://").map(|(scheme, _)| scheme);
            scheme.is_some_and(|it| {
                it.eq_ignore_ascii_case("http") || it.eq_ignore_ascii_case("https")
            })
        });
    if let Some(address) = address
        && !addresses.iter().any(|known| **known == *address)
    {
        addresses.push(address.into());
    }
}
