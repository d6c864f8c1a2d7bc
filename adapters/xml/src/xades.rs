//! What XAdES (ETSI EN 319 132-1, and DOC-ICP-15.03 where ICP-Brasil narrows it) adds to a
//! signature: when, with which certificate and under which policy it was made.

mod policy;
mod time;
mod time_stamp;

pub use policy::{Policy, PolicyHash};
pub use time::SigningTime;
pub use time_stamp::TimeStamp;

use crate::{
    digest::Digest,
    error::{Unverifiable, XmlError},
    fields::{DSIG, Fields, algorithm, attribute, bytes, fault, is, text},
    read::Document,
    reference::{Context, Reference, Target},
    verdict::{Breach, Verdict},
};

/// XAdES since version 1.3.2. Properties of earlier versions are not read, and a signature that has
/// only them is one without.
pub(crate) const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";

/// The properties of a signature.
///
/// They say what the signer says, and only where [`Xades::signed`] holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Xades {
    /// Whether the signed properties are signed, and as they were.
    pub signed: Verdict,
    /// Whether the signature brings the certificate that the properties name, which then is the
    /// first of [`XmlSignature::certificates`](crate::XmlSignature::certificates). It holds as well
    /// where the properties name none, see [`Xades::names_certificate`].
    pub certificate: Verdict,
    /// Whether the properties name the certificate of the signer.
    pub names_certificate: bool,
    /// When the signer says that it was made; nobody else vouches for it.
    pub signing_time: Option<SigningTime>,
    /// The signature policy.
    pub policy: Option<Policy>,
    /// The time stamps over the signature's value, which nothing vouches for but their authorities.
    pub time_stamps: Vec<TimeStamp>,
}

/// What the signed properties of a signature say.
#[derive(Default)]
struct SignedProperties {
    signing_time: Option<SigningTime>,
    certificate: Option<CertificateDigest>,
    policy: Option<Policy>,
}

/// How the properties name the certificate of the signer.
struct CertificateDigest {
    digest: Result<Digest, Unverifiable>,
    value: Vec<u8>,
}

impl Xades {
    /// Reads the properties in the `Object`s of a signature, and puts the signer's certificate
    /// first.
    pub(crate) fn read(
        context: &Context<'_, '_>,
        objects: &[usize],
        references: &[Reference],
        certificates: &mut [Vec<u8>],
    ) -> Result<Option<Self>, XmlError> {
        let document = context.document;
        let mut found = objects
            .iter()
            .flat_map(|&object| document.children(object).map(|(place, _)| place))
            .filter(|&place| is(document, place, XADES, "QualifyingProperties"));
        let Some(place) = found.next() else { return Ok(None) };
        if let Some(second) = found.next() {
            return fault(document, second, "qualifying properties twice");
        }
        let target = attribute(document, place, "Target", "no target of the properties")?;
        let signature = document
            .element(context.signature)
            .and_then(|element| document.attribute(element, "Id"));
        if target.strip_prefix('#').is_none_or(|target| Some(target) != signature) {
            return fault(document, place, "properties of another signature");
        }
        let mut fields = Fields::of(document, place)?;
        let signed_place = fields.optional(XADES, "SignedProperties");
        let unsigned = fields.optional(XADES, "UnsignedProperties");
        fields.finish()?;

        let properties = match signed_place {
            Some(place) => SignedProperties::read(document, place)?,
            None => SignedProperties::default(),
        };
        let signed = references
            .iter()
            .filter(|reference| reference.target == Target::SignedProperties)
            .map(|reference| reference.verdict)
            .reduce(Verdict::and)
            .unwrap_or(match signed_place {
                Some(_) => Verdict::Broken(Breach::PropertiesNotSigned),
                None => Verdict::Holds,
            });
        let time_stamps = match unsigned {
            Some(place) => time_stamp::read(document, place, context.signature)?,
            None => Vec::new(),
        };
        Ok(Some(Self {
            signed,
            certificate: match &properties.certificate {
                Some(named) => named.find(certificates),
                None => Verdict::Holds,
            },
            names_certificate: properties.certificate.is_some(),
            signing_time: properties.signing_time,
            policy: properties.policy,
            time_stamps,
        }))
    }
}

impl SignedProperties {
    fn read(document: &Document<'_>, place: usize) -> Result<Self, XmlError> {
        let mut read = Self::default();
        let mut fields = Fields::of(document, place)?;
        let Some(place) = fields.optional(XADES, "SignedSignatureProperties") else {
            return Ok(read);
        };
        for property in Fields::of(document, place)?.rest() {
            let Some(element) = document.element(property) else { continue };
            if document.uri(element.name.namespace) != XADES {
                continue;
            }
            let twice = match element.name.local {
                "SigningTime" => {
                    let time = SigningTime::read(text(document, property)?);
                    read.signing_time.replace(time).is_some()
                }
                "SigningCertificate" | "SigningCertificateV2" => {
                    let named = CertificateDigest::read(document, property)?;
                    read.certificate.replace(named).is_some()
                }
                "SignaturePolicyIdentifier" => {
                    let policy = Policy::read(document, property)?;
                    read.policy.replace(policy).is_some()
                }
                _ => false,
            };
            if twice {
                return fault(document, property, "a property that is there twice");
            }
        }
        Ok(read)
    }
}

impl CertificateDigest {
    /// Reads `SigningCertificate` or its second version (ETSI EN 319 132-1 §5.2.2), of which the
    /// first certificate is the signer's, and the others those that it is to be trusted by.
    fn read(document: &Document<'_>, place: usize) -> Result<Self, XmlError> {
        let mut fields = Fields::of(document, place)?;
        let certificate = fields.required(XADES, "Cert", "no certificate")?;
        let mut fields = Fields::of(document, certificate)?;
        let digest = fields.required(XADES, "CertDigest", "no certificate's digest")?;
        let (digest, value) = digest_and_value(document, digest)?;
        Ok(Self { digest, value })
    }

    fn find(&self, certificates: &mut [Vec<u8>]) -> Verdict {
        let digest = match self.digest {
            Ok(digest) => digest,
            Err(why) => return Verdict::Unverifiable(why),
        };
        if certificates.is_empty() {
            return Verdict::Unverifiable(Unverifiable::NoCertificate);
        }
        match certificates.iter().position(|der| digest.of(der) == self.value) {
            Some(place) => {
                // The others keep their order.
                if let Some(until) = certificates.get_mut(..=place) {
                    until.rotate_right(1);
                }
                Verdict::Holds
            }
            None => Verdict::Broken(Breach::Certificate),
        }
    }
}

/// Reads `DigestMethod` and `DigestValue` of XML Signature and nothing else.
fn digest_and_value(
    document: &Document<'_>,
    place: usize,
) -> Result<(Result<Digest, Unverifiable>, Vec<u8>), XmlError> {
    let mut fields = Fields::of(document, place)?;
    let method = fields.required(DSIG, "DigestMethod", "no digest method")?;
    let value = fields.required(DSIG, "DigestValue", "no digest")?;
    fields.finish()?;
    Ok((Digest::from_uri(algorithm(document, method)?), bytes(document, value, 64)?))
}
