//! What a certificate says, in the words of programs: stable names, and details in English.
//!
//! Nothing else sees what stands in the certificate, so that what is hidden here is hidden
//! everywhere.

use rubrica::core::codec::der::ObjectIdentifier;
use rubrica::core::identity::certificate::{
    BasicConstraints, CertificateKind, Curve, Disagreement, HolderPlace, Identification, Name,
    PublicKey, Unidentified,
};
use rubrica::core::identity::{Certificate as Details, Holder};
use rubrica::verify::{Rejection, revocation_sources};
use rubrica::{Certificate, UnixTime};
use serde::{Serialize, Serializer};

use super::people::AlternativeNames;
use super::{Standing, names};
use crate::commands::personal::PersonalData;
use crate::pem::fingerprint;

/// What a certificate says. Absent is what it does not say.
#[derive(Serialize)]
#[serde(tag = "event", rename = "certificate")]
pub(in crate::commands) struct Described {
    /// The subject's common name without a number.
    pub(in crate::commands) name: String,
    pub(super) subject: Vec<Attribute>,
    pub(super) issuer: Vec<Attribute>,
    /// Hexadecimal.
    pub(super) serial: String,
    /// SHA-256, hexadecimal.
    pub(super) fingerprint: String,
    #[serde(serialize_with = "moment")]
    pub(super) not_before: UnixTime,
    #[serde(serialize_with = "moment")]
    pub(super) not_after: UnixTime,
    pub(super) valid_now: bool,
    pub(super) key: Key,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) key_usage: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) extended_key_usage: Vec<Named>,
    pub(super) basic_constraints: Constraints,
    pub(super) policies: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::commands) holder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identification: Option<Identified>,
    /// Why the holder cannot be told, where the certificate should tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unidentified: Option<String>,
    #[serde(flatten)]
    pub(super) names: AlternativeNames,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) revocation_lists: Vec<Box<str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) ocsp: Vec<Box<str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) issuer_certificates: Vec<Box<str>>,
    /// `trusted`, `unknown` or `refused`; absent for a certificate that is not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) chain: Option<&'static str>,
    /// The authorities that lead to the anchor, which is the last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) path: Vec<String>,
    /// What is missing to know more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) missing: Option<String>,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    /// The name of the issuer that is missing.
    #[serde(skip)]
    pub(super) missing_issuer: Option<Box<str>>,
    /// Before which moment, or after, it is not valid now.
    #[serde(skip)]
    pub(super) is_to_come: bool,
}

/// An attribute of a name.
#[derive(Serialize)]
pub(super) struct Attribute {
    oid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    value: String,
}

/// A number with its name, where it is known by one.
#[derive(Serialize)]
pub(super) struct Named {
    oid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
}

/// A public key.
#[derive(Serialize)]
pub(super) struct Key {
    /// `RSA`, `EC`, or an object identifier.
    pub(super) algorithm: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bits: Option<usize>,
    /// By its name, or its object identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) curve: Option<String>,
}

/// Whether it is an authority's.
#[derive(Serialize)]
pub(super) struct Constraints {
    pub(super) authority: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path_length: Option<u32>,
}

/// What kind of certificate of ICP-Brasil it is.
#[derive(Serialize)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// The policy that tells.
    pub(super) policy: String,
    /// Whether the policy's number is in the norm's table, or has one weak source.
    pub(super) certain: bool,
    /// `signature`, `seal` or `other`.
    pub(super) purpose: &'static str,
}

/// Who the holder is said to be, and where.
#[derive(Serialize)]
pub(super) struct Identified {
    /// `CPF` or `CNPJ`.
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(serialize_with = "place")]
    pub(super) place: HolderPlace,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) disagreement: Option<Disagreeing>,
}

/// A later place that names somebody else.
#[derive(Serialize)]
pub(super) struct Disagreeing {
    pub(super) holder: String,
    #[serde(serialize_with = "place")]
    pub(super) place: HolderPlace,
}

impl Described {
    /// Describes a certificate, and where it was judged, what it is worth.
    pub(in crate::commands) fn new(
        certificate: &Certificate,
        standing: Option<Standing>,
        data: PersonalData,
    ) -> Result<Self, Rejection> {
        let details = certificate.details()?;
        let sources = revocation_sources(certificate)?;
        let now = crate::commands::now();
        let found = details.holder();
        let identified = found.ok().map(|found| Identified::new(&found, data));
        let unidentified = match found {
            // An authority has none.
            Ok(_) | Err(Unidentified::Absent) => None,
            Err(unidentified) => Some(unidentified.to_string()),
        };
        let mut described = Self {
            name: data.plain(certificate.display_name()),
            subject: attributes(&details.subject(), data),
            issuer: attributes(&details.issuer(), data),
            serial: hexadecimal(details.serial()),
            fingerprint: fingerprint(certificate),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            valid_now: details.is_valid_at(now.seconds()),
            key: Key::new(&details.public_key()),
            key_usage: details.key_usage().map(|usage| names::uses(usage.bits())),
            extended_key_usage: details.purposes().map(Named::purpose).collect(),
            basic_constraints: Constraints::new(details.basic_constraints()),
            policies: details.policies().map(|policy| policy.to_string()).collect(),
            kind: Kind::of(&details),
            holder: found.ok().map(|found| data.holder(found.holder)),
            identification: identified,
            unidentified,
            names: AlternativeNames::new(&details.alternative_names(), data),
            revocation_lists: sources.lists,
            ocsp: sources.responders,
            issuer_certificates: sources.issuers,
            chain: None,
            path: Vec::new(),
            missing: None,
            error: None,
            missing_issuer: None,
            is_to_come: now < certificate.not_before(),
        };
        if let Some(standing) = standing {
            described.judge(standing);
        }
        Ok(described)
    }

    fn judge(&mut self, standing: Standing) {
        match standing {
            Standing::Trusted(path) => {
                self.chain = Some("trusted");
                self.path = path.iter().map(|each| each.display_name().to_owned()).collect();
            }
            Standing::Unknown(rejection) => {
                self.chain = Some("unknown");
                self.missing = Some(rejection.to_string());
                if let Rejection::UnknownIssuer { issuer } = rejection {
                    self.missing_issuer = Some(issuer);
                }
            }
            Standing::Refused(rejection) => {
                self.chain = Some("refused");
                self.error = Some(rejection.to_string());
            }
        }
    }
}

impl Attribute {
    /// As people read it: `CN=FULANA`.
    pub(super) fn words(&self) -> String {
        format!("{}={}", self.name.unwrap_or(&self.oid), self.value)
    }
}

impl Named {
    fn purpose(kind: ObjectIdentifier<'_>) -> Self {
        Self { oid: kind.to_string(), name: names::purpose(kind) }
    }

    pub(super) fn words(&self) -> String {
        self.name.map_or_else(|| self.oid.clone(), str::to_owned)
    }
}

impl Key {
    fn new(key: &PublicKey<'_>) -> Self {
        let (algorithm, curve) = match key {
            PublicKey::Rsa { .. } => ("RSA".to_owned(), None),
            PublicKey::Elliptic { curve, .. } => ("EC".to_owned(), Some(curve_name(curve))),
            PublicKey::Other { algorithm, .. } => (algorithm.to_string(), None),
            _ => ("?".to_owned(), None),
        };
        Self { algorithm, bits: key.bits(), curve }
    }
}

fn curve_name(curve: &Curve<'_>) -> String {
    match curve {
        Curve::P256 => "P-256".to_owned(),
        Curve::P384 => "P-384".to_owned(),
        Curve::P521 => "P-521".to_owned(),
        Curve::Other(number) => number.to_string(),
        _ => "?".to_owned(),
    }
}

impl Constraints {
    fn new(BasicConstraints { authority, path_length }: BasicConstraints) -> Self {
        Self { authority, path_length }
    }
}

impl Kind {
    fn of(details: &Details<'_>) -> Option<Self> {
        let kind = details.kind()?;
        let tells = |policy: &ObjectIdentifier<'_>| CertificateKind::of_policy(*policy).is_some();
        let row = CertificateKind::TABLE.into_iter().find(|row| row.kind == kind)?;
        Some(Self {
            name: row.name,
            policy: details.policies().find(tells)?.to_string(),
            certain: row.certain,
            purpose: match kind {
                kind if kind.signs() => "signature",
                kind if kind.seals() => "seal",
                _ => "other",
            },
        })
    }
}

impl Identified {
    fn new(found: &Identification, data: PersonalData) -> Self {
        let disagreeing = |Disagreement { holder, place }: Disagreement| Disagreeing {
            holder: data.holder(holder),
            place,
        };
        Self {
            kind: Holder::kind(&found.holder),
            place: found.place,
            disagreement: found.disagreement.map(disagreeing),
        }
    }
}

fn attributes(name: &Name<'_>, data: PersonalData) -> Vec<Attribute> {
    name.attributes()
        .map(|attribute| Attribute {
            oid: attribute.kind.to_string(),
            name: names::attribute(attribute.kind),
            value: data.text(attribute.text),
        })
        .collect()
}

fn place<S: Serializer>(place: &HolderPlace, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match place {
        HolderPlace::AlternativeName => "alternative_name",
        HolderPlace::SerialNumber => "serial_number",
        HolderPlace::CommonName => "common_name",
        _ => "other",
    })
}

fn moment<S: Serializer>(moment: &UnixTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(moment)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
