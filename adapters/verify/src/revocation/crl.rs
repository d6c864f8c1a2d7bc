//! A list of revoked certificates (RFC 5280 §5), read and not yet believed.
//!
//! A list may have hundreds of thousands of entries. Each is read once, to tell a malformed list
//! from a good one; after that the entries are walked where they stand, and none is copied.

use core::ops::Range;
use std::sync::OnceLock;

use der::{Tag, asn1::ObjectIdentifier};

use crate::{
    Certificate, UnixTime,
    algorithm::SignatureAlgorithm,
    certificate::{bits, time},
    cursor::{AlgorithmIdentifier, Cursor, Element, constructed, only_sequence, primitive},
    extensions::extension,
    limits,
    rejection::{Piece, Rejection},
    signature,
};

use super::{
    proof::{Reason, Unusable},
    sources::{distribution_points, full_name},
};

const REASON: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.21");
const INVALIDITY_DATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.24");
const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");
const CERTIFICATE_ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.29");
/// ITU-T X.509 §9.5.2.8 (`expiredCertsOnCRL`).
const EXPIRED_CERTIFICATES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.60");

/// One list.
#[derive(Clone, Debug)]
pub(crate) struct Crl {
    der: Box<[u8]>,
    /// `tbsCertList`, which is what was signed.
    signed: Range<usize>,
    issuer: Range<usize>,
    /// The entries one after the other, each a `SEQUENCE`.
    entries: Range<usize>,
    signature: Range<usize>,
    algorithm: Result<SignatureAlgorithm, Rejection>,
    pub(crate) this_update: UnixTime,
    pub(crate) next_update: Option<UnixTime>,
    /// Certificates that expired since then stay on the list.
    pub(crate) keeps_since: Option<UnixTime>,
    scope: Scope,
    /// Why nothing can be concluded from it, whatever it says.
    defect: Option<Unusable>,
    /// The key that is known to have signed it: a list of many megabytes is hashed once.
    signed_by: OnceLock<Box<[u8]>>,
}

/// Which certificates the list is about, as far as `issuingDistributionPoint` says (RFC 5280
/// §5.2.5).
#[derive(Clone, Debug, Default)]
struct Scope {
    /// The names of the distribution point, of which the certificate bears one. `None` where the
    /// list is the issuer's only one.
    point: Option<Vec<Box<[u8]>>>,
    only_users: bool,
    only_authorities: bool,
}

/// What a list says about one certificate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) since: UnixTime,
    pub(crate) reason: Option<Reason>,
}

impl Crl {
    /// Reads a list in DER.
    pub(crate) fn from_der(der: &[u8]) -> Result<Self, Rejection> {
        if der.len() > limits::CRL_BYTES {
            return Err(Rejection::TooLarge {
                piece: Piece::Crl,
                size: der.len(),
                limit: limits::CRL_BYTES,
            });
        }
        let mut outer = only_sequence(der, Piece::Crl)?;
        let signed = outer.expect(Tag::Sequence)?;
        let algorithm = AlgorithmIdentifier::read(&mut outer)?;
        let signature = outer.expect(Tag::BitString)?;
        let signature_length = bits(&signature)?.len();
        outer.finish()?;

        let mut fields = signed.open()?;
        if let Some(version) = fields.optional(Tag::Integer)?
            && version.decode::<u8>()? != 1
        {
            return Err(version.unexpected_value());
        }
        let inner_algorithm = fields.expect(Tag::Sequence)?;
        // RFC 5280 §5.1.1.2: the same algorithm in both places.
        if inner_algorithm.whole != algorithm.whole {
            return Err(inner_algorithm.unexpected_value());
        }
        let issuer = fields.expect(Tag::Sequence)?;
        let this_update = time(&fields.next()?)?;
        let mut next_update = None;
        for tag in [Tag::UtcTime, Tag::GeneralizedTime] {
            if let Some(stated) = fields.optional(tag)? {
                next_update = Some(time(&stated)?);
                break;
            }
        }
        let entries = fields.optional(Tag::Sequence)?;
        let extensions = fields.optional(constructed(0))?;
        fields.finish()?;

        let end = signature.range().end;
        let mut list = Self {
            der: der.into(),
            signed: signed.range(),
            issuer: issuer.range(),
            entries: 0..0,
            signature: end.saturating_sub(signature_length)..end,
            algorithm: SignatureAlgorithm::of_certificate(&algorithm),
            this_update,
            next_update,
            keeps_since: None,
            scope: Scope::default(),
            defect: None,
            signed_by: OnceLock::new(),
        };
        if let Some(entries) = entries {
            let end = entries.range().end;
            list.entries = end.saturating_sub(entries.value().len())..end;
            list.read_entries()?;
        }
        if let Some(extensions) = extensions {
            list.read_extensions(&extensions.only(Tag::Sequence)?)?;
        }
        Ok(list)
    }

    /// The name of whoever keeps the list.
    pub(crate) fn issuer_der(&self) -> &[u8] {
        self.part(&self.issuer)
    }

    /// Whether the issuer's key made the list's signature.
    pub(crate) fn is_signed_by(&self, issuer: &Certificate) -> Result<(), Rejection> {
        let key = issuer.public_key_info();
        if self.signed_by.get().is_some_and(|known| **known == *key) {
            return Ok(());
        }
        signature::verify(
            &issuer.public_key()?,
            self.algorithm.clone()?,
            self.part(&self.signed),
            self.part(&self.signature),
        )?;
        let _ = self.signed_by.set(key.into());
        Ok(())
    }

    /// Whether the list would name this certificate, whose issuer keeps it, if it were revoked.
    pub(crate) fn covers(&self, certificate: &Certificate) -> Result<(), Unusable> {
        if let Some(defect) = &self.defect {
            return Err(defect.clone());
        }
        let is_authority = certificate.basic_constraints().authority;
        if is_authority && self.scope.only_users || !is_authority && self.scope.only_authorities {
            return Err(Unusable::Scope);
        }
        let Some(names) = &self.scope.point else {
            return Ok(());
        };
        let of_certificate = distribution_points(certificate).map_err(|_| Unusable::Scope)?;
        let shared = of_certificate.iter().any(|own| names.iter().any(|name| **name == *own.whole));
        if shared { Ok(()) } else { Err(Unusable::Scope) }
    }

    /// What the list says about the certificate with this serial number.
    pub(crate) fn find(&self, serial: &[u8]) -> Result<Option<Entry>, Rejection> {
        let mut entries = self.walk()?;
        while !entries.is_finished() {
            let mut fields = entries.expect(Tag::Sequence)?.open()?;
            if fields.expect(Tag::Integer)?.value() == serial {
                let since = time(&fields.next()?)?;
                let (entry, _) = entry(since, &mut fields)?;
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    fn walk(&self) -> Result<Cursor<'_>, Rejection> {
        Cursor::at(self.part(&self.entries), Piece::Crl, self.entries.start)
    }

    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.der.get(range.clone()).unwrap_or_default()
    }

    fn read_entries(&mut self) -> Result<(), Rejection> {
        let mut defect = None;
        let mut count = 0_usize;
        let mut entries = self.walk()?;
        while !entries.is_finished() {
            if count == limits::CRL_ENTRIES {
                return Err(Rejection::TooMany { piece: Piece::Crl, limit: limits::CRL_ENTRIES });
            }
            count = count.saturating_add(1);
            let mut fields = entries.expect(Tag::Sequence)?.open()?;
            fields.expect(Tag::Integer)?;
            let since = time(&fields.next()?)?;
            let (_, found) = entry(since, &mut fields)?;
            defect = defect.or(found);
        }
        self.defect = defect;
        Ok(())
    }

    fn read_extensions(&mut self, list: &Element<'_>) -> Result<(), Rejection> {
        let mut seen = Vec::new();
        for element in list.open()?.rest(limits::EXTENSIONS)? {
            let (oid, critical, value) = extension(&element)?;
            if seen.contains(&oid) {
                return Err(element.unexpected_value());
            }
            seen.push(oid);
            match oid {
                ISSUING_DISTRIBUTION_POINT => self.read_scope(&value)?,
                EXPIRED_CERTIFICATES => {
                    self.keeps_since = Some(time(&value.only(Tag::GeneralizedTime)?)?);
                }
                // A delta list says so critically, and is no complete one.
                _ if critical => self.spoil(Unusable::CriticalExtension(oid)),
                _ => {}
            }
        }
        Ok(())
    }

    fn read_scope(&mut self, value: &Element<'_>) -> Result<(), Rejection> {
        let mut fields = value.only(Tag::Sequence)?.open()?;
        if let Some(point) = fields.optional(constructed(0))? {
            let names = full_name(&point)?;
            self.scope.point = Some(names.iter().map(|name| name.whole.into()).collect());
        }
        self.scope.only_users = flag(&mut fields, 1)?;
        self.scope.only_authorities = flag(&mut fields, 2)?;
        let some_reasons = fields.optional(primitive(3))?.is_some();
        let indirect = flag(&mut fields, 4)?;
        let only_attributes = flag(&mut fields, 5)?;
        fields.finish()?;
        if indirect {
            self.spoil(Unusable::Indirect);
        }
        if some_reasons || only_attributes {
            self.spoil(Unusable::Scope);
        }
        Ok(())
    }

    fn spoil(&mut self, defect: Unusable) {
        self.defect.get_or_insert(defect);
    }
}

/// `[number] IMPLICIT BOOLEAN DEFAULT FALSE`.
fn flag(fields: &mut Cursor<'_>, number: u32) -> Result<bool, Rejection> {
    Ok(fields.optional(primitive(number))?.is_some_and(|flag| flag.value() != [0]))
}

/// What follows serial number and date, and why the whole list cannot be used because of it.
fn entry(since: UnixTime, fields: &mut Cursor<'_>) -> Result<(Entry, Option<Unusable>), Rejection> {
    let mut entry = Entry { since, reason: None };
    let mut defect = None;
    let Some(extensions) = fields.optional(Tag::Sequence)? else {
        fields.clone().finish()?;
        return Ok((entry, None));
    };
    fields.clone().finish()?;
    for element in extensions.open()?.rest(limits::EXTENSIONS)? {
        let (oid, critical, value) = extension(&element)?;
        match oid {
            REASON => {
                let reason = value.only(Tag::Enumerated)?;
                let [code] = reason.value() else { return Err(reason.unexpected_value()) };
                entry.reason = Some(Reason::from_code(*code));
            }
            // The key was not to be trusted from then on, which is earlier than when it was told.
            INVALIDITY_DATE => {
                entry.since = entry.since.min(time(&value.only(Tag::GeneralizedTime)?)?);
            }
            CERTIFICATE_ISSUER => defect = Some(Unusable::Indirect),
            _ if critical => defect = Some(Unusable::CriticalExtension(oid)),
            _ => {}
        }
    }
    Ok((entry, defect))
}
