//! An enveloped XAdES signature (ETSI TS 101 903 v1.3.2) at the end of a document's root.
//!
//! It is the qualifying property SigningCertificate of that version that the policies of ICP-Brasil
//! demand, and not the later SigningCertificateV2.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::XmlError;
use super::canonical::{self, Method, escape_text};
use super::reader::{Element, Event, read};
use crate::clock::Date;
use crate::cms::policy::Policy;
use crate::pki::der;
use crate::pki::reading::Described;
use crate::pki::signing_key::SigningKey;
use crate::psc::hand::Hand;
use crate::random;

const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";

/// What is signed.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// The whole document.
    Document,
    /// Elements by the values of their `Id`, `ID` or `id`.
    Identifiers(Vec<String>),
    /// Elements by their local names, under the value of the attribute of a name.
    Names(Vec<String>, String),
}

/// How a document is signed.
pub(crate) struct Options<'o> {
    pub(crate) target: Target,
    pub(crate) exclusive: bool,
    pub(crate) policy: Option<&'o Policy>,
    /// Unix seconds.
    pub(crate) time: i64,
    pub(crate) stamped: bool,
    /// Whether KeyInfo carries the key beside the certificate.
    pub(crate) key_value: bool,
    /// Whether KeyInfo carries the subject's name beside the certificate.
    pub(crate) subject_name: bool,
    /// Whether the document is changed first: a fault.
    pub(crate) alter: bool,
}

/// Signs, and gives the whole document.
pub(crate) fn sign(
    original: &[u8],
    options: &Options<'_>,
    hand: &Hand,
) -> Result<Vec<u8>, XmlError> {
    let text = core::str::from_utf8(original).map_err(|_| XmlError::Broken("not UTF-8"))?;
    let text = if options.alter { insert(text, &read(text)?, "0")? } else { text.to_owned() };
    let method = if options.exclusive { Method::Exclusive } else { Method::Inclusive };
    let names = Names::draw();
    let references = references(&read(&text)?, options, method, hand)?;
    let draft = names.signature(&references, options, method, hand)?;
    let document = insert(&text, &read(&text)?, &draft)?;

    // What depends on the signature's place is filled in from the inside out.
    let events = read(&document)?;
    let properties =
        canonical::element(&events, names.find(&events, &names.properties)?, None, method)?;
    let digest = BASE64_STANDARD.encode(random::sha256(&properties));
    let document = document.replacen(&names.digest, &digest, 1);
    let events = read(&document)?;
    let place = names.find(&events, &names.signature)?;
    let signed_info = first(&events, place, "SignedInfo")?;
    let signed_info = canonical::element(&events, signed_info, None, method)?;
    let signature = raw_signature(hand, hand.sign_message(&signed_info));
    let document = document.replacen(&names.value, &BASE64_STANDARD.encode(signature), 1);
    if !options.stamped {
        return Ok(document.into_bytes());
    }
    let events = read(&document)?;
    let place = names.find(&events, &names.signature)?;
    let value = first(&events, place, "SignatureValue")?;
    let value = canonical::element(&events, value, None, method)?;
    let stamp = BASE64_STANDARD.encode(hand.stamp(&value, options.time));
    Ok(document.replacen(&names.stamp, &stamp, 1).into_bytes())
}

/// The identifiers of one signature, and what stands for the values that are not known yet.
struct Names {
    signature: String,
    properties: String,
    digest: String,
    value: String,
    stamp: String,
}

impl Names {
    fn draw() -> Self {
        let name = random::uuid();
        Self {
            signature: format!("sig-{name}"),
            properties: format!("props-{name}"),
            digest: format!("digest-{name}"),
            value: format!("value-{name}"),
            stamp: format!("stamp-{name}"),
        }
    }

    fn find(&self, events: &[Event], identifier: &str) -> Result<usize, XmlError> {
        let mut places = elements(events).filter(|(_, it)| it.attribute("Id") == Some(identifier));
        places.next().map(|(place, _)| place).ok_or(XmlError::NoElement)
    }

    fn signature(
        &self,
        references: &str,
        options: &Options<'_>,
        method: Method,
        hand: &Hand,
    ) -> Result<String, XmlError> {
        let method = method.identifier();
        let algorithm = match hand.certificate().key() {
            SigningKey::Rsa(_) => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            SigningKey::Ec(_) => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        };
        let Self { signature, properties, digest, value, .. } = self;
        let key_info = key_info(options, hand)?;
        let qualifying = self.qualifying(options, method, hand)?;
        Ok(format!(
            "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"{signature}\">\
             <ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{method}\"/>\
             <ds:SignatureMethod Algorithm=\"{algorithm}\"/>{references}\
             <ds:Reference Type=\"{PROPERTIES}\" URI=\"#{properties}\"><ds:Transforms>\
             <ds:Transform Algorithm=\"{method}\"/></ds:Transforms>\
             <ds:DigestMethod Algorithm=\"{SHA256}\"/><ds:DigestValue>{digest}</ds:DigestValue>\
             </ds:Reference></ds:SignedInfo><ds:SignatureValue>{value}</ds:SignatureValue>\
             {key_info}<ds:Object>{qualifying}</ds:Object></ds:Signature>"
        ))
    }

    fn qualifying(
        &self,
        options: &Options<'_>,
        method: &str,
        hand: &Hand,
    ) -> Result<String, XmlError> {
        let certificate = hand.certificate().der();
        let described = described(certificate)?;
        let mut issuer = String::new();
        escape_text(&mut issuer, &described.issuer);
        let serial = described.serial_number;
        let hash = BASE64_STANDARD.encode(random::sha256(certificate));
        let time = Date::from_unix(options.time).iso_8601();
        let policy = options.policy.map(policy_identifier).unwrap_or_default();
        let unsigned = options.stamped.then(|| {
            format!(
                "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>\
                 <xades:SignatureTimeStamp><ds:CanonicalizationMethod Algorithm=\"{method}\"/>\
                 <xades:EncapsulatedTimeStamp>{}</xades:EncapsulatedTimeStamp>\
                 </xades:SignatureTimeStamp></xades:UnsignedSignatureProperties>\
                 </xades:UnsignedProperties>",
                self.stamp
            )
        });
        let Self { signature, properties, .. } = self;
        Ok(format!(
            "<xades:QualifyingProperties xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\" \
             Target=\"#{signature}\"><xades:SignedProperties Id=\"{properties}\">\
             <xades:SignedSignatureProperties><xades:SigningTime>{time}</xades:SigningTime>\
             <xades:SigningCertificate><xades:Cert><xades:CertDigest>\
             <ds:DigestMethod Algorithm=\"{SHA256}\"/><ds:DigestValue>{hash}</ds:DigestValue>\
             </xades:CertDigest><xades:IssuerSerial><ds:X509IssuerName>{issuer}\
             </ds:X509IssuerName><ds:X509SerialNumber>{serial}</ds:X509SerialNumber>\
             </xades:IssuerSerial></xades:Cert></xades:SigningCertificate>{policy}\
             </xades:SignedSignatureProperties></xades:SignedProperties>{}\
             </xades:QualifyingProperties>",
            unsigned.unwrap_or_default()
        ))
    }
}

fn policy_identifier(policy: &Policy) -> String {
    let (identifier, uri) = (policy.object_identifier(), policy.uri());
    let hash = BASE64_STANDARD.encode(policy.hash());
    format!(
        "<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId><xades:SigPolicyId>\
         <xades:Identifier Qualifier=\"OIDAsURN\">urn:oid:{identifier}</xades:Identifier>\
         </xades:SigPolicyId><xades:SigPolicyHash><ds:DigestMethod Algorithm=\"{SHA256}\"/>\
         <ds:DigestValue>{hash}</ds:DigestValue></xades:SigPolicyHash>\
         <xades:SigPolicyQualifiers><xades:SigPolicyQualifier><xades:SPURI>{uri}</xades:SPURI>\
         </xades:SigPolicyQualifier></xades:SigPolicyQualifiers></xades:SignaturePolicyId>\
         </xades:SignaturePolicyIdentifier>"
    )
}

/// One Reference for the document, or for each element. No signature stands in it yet, so nothing
/// is to be left out of the forms.
fn references(
    events: &[Event],
    options: &Options<'_>,
    method: Method,
    hand: &Hand,
) -> Result<String, XmlError> {
    let mut found: Vec<(String, Vec<u8>)> = Vec::new();
    match &options.target {
        Target::Document => {
            found.push((String::new(), canonical::document(events, None, method)));
        }
        Target::Identifiers(identifiers) => {
            for identifier in identifiers {
                let has = |it: &Element| {
                    ["Id", "ID", "id"].iter().any(|name| it.attribute(name) == Some(identifier))
                };
                let mut places = elements(events).filter(|(_, element)| has(element));
                let (place, _) = places.next().ok_or(XmlError::NoElement)?;
                if places.next().is_some() {
                    return Err(XmlError::SameIdentifier);
                }
                found.push((identifier.clone(), canonical::element(events, place, None, method)?));
            }
        }
        Target::Names(names, attribute) => {
            for (place, element) in elements(events) {
                if !names.contains(&element.name.local) {
                    continue;
                }
                let identifier = element.attribute(attribute).ok_or(XmlError::NoIdentifier)?;
                if found.iter().any(|(known, _)| known == identifier) {
                    return Err(XmlError::SameIdentifier);
                }
                let form = canonical::element(events, place, None, method)?;
                found.push((identifier.to_owned(), form));
            }
            if found.is_empty() {
                return Err(XmlError::NoElement);
            }
        }
    }
    let method = method.identifier();
    let mut references = String::new();
    for (identifier, form) in found {
        let digest = BASE64_STANDARD.encode(hand.digest(random::sha256(&form)));
        let uri = if identifier.is_empty() { identifier } else { uri(&identifier)? };
        references.push_str(&format!(
            "<ds:Reference URI=\"{uri}\"><ds:Transforms><ds:Transform Algorithm=\"{ENVELOPED}\"/>\
             <ds:Transform Algorithm=\"{method}\"/></ds:Transforms>\
             <ds:DigestMethod Algorithm=\"{SHA256}\"/><ds:DigestValue>{digest}</ds:DigestValue>\
             </ds:Reference>"
        ));
    }
    Ok(references)
}

/// `#identifier`, whose characters must be such that nothing is to be escaped.
fn uri(identifier: &str) -> Result<String, XmlError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if !identifier.bytes().all(plain) {
        return Err(XmlError::Unsupported("an identifier with other characters than letters"));
    }
    Ok(format!("#{identifier}"))
}

fn key_info(options: &Options<'_>, hand: &Hand) -> Result<String, XmlError> {
    let certificate = hand.certificate();
    let mut info = String::from("<ds:KeyInfo>");
    if options.key_value {
        let SigningKey::Rsa(key) = certificate.key() else {
            return Err(XmlError::Unsupported("a KeyValue of an elliptic curve"));
        };
        let (_, numbers, _) = der::read(key.public_key()).unwrap_or_default();
        let (_, modulus, rest) = der::read(numbers).unwrap_or_default();
        let (_, exponent, _) = der::read(rest).unwrap_or_default();
        let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
        info.push_str(&format!(
            "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{}</ds:Modulus><ds:Exponent>{}\
             </ds:Exponent></ds:RSAKeyValue></ds:KeyValue>",
            BASE64_STANDARD.encode(modulus),
            BASE64_STANDARD.encode(exponent)
        ));
    }
    info.push_str("<ds:X509Data>");
    if options.subject_name {
        info.push_str("<ds:X509SubjectName>");
        escape_text(&mut info, &described(certificate.der())?.subject);
        info.push_str("</ds:X509SubjectName>");
    }
    let chain = hand.chain().iter().map(Vec::as_slice);
    for certificate in core::iter::once(certificate.der()).chain(chain) {
        let certificate = BASE64_STANDARD.encode(certificate);
        info.push_str(&format!("<ds:X509Certificate>{certificate}</ds:X509Certificate>"));
    }
    info.push_str("</ds:X509Data></ds:KeyInfo>");
    Ok(info)
}

fn described(certificate: &[u8]) -> Result<Described, XmlError> {
    Described::of(certificate).ok_or(XmlError::Unsupported("the certificate"))
}

/// The signature as XML Signature writes it: of a curve, the two numbers one after the other
/// (RFC 4050 §3.3).
fn raw_signature(hand: &Hand, signature: Vec<u8>) -> Vec<u8> {
    let SigningKey::Ec(key) = hand.certificate().key() else { return signature };
    let width = key.public_key().len() / 2;
    let (_, numbers, _) = der::read(&signature).unwrap_or_default();
    let (_, r, rest) = der::read(numbers).unwrap_or_default();
    let (_, s, _) = der::read(rest).unwrap_or_default();
    let mut raw = Vec::with_capacity(2 * width);
    for number in [r, s] {
        let number = number.get(number.len().saturating_sub(width)..).unwrap_or_default();
        raw.resize(raw.len() + width - number.len(), 0);
        raw.extend_from_slice(number);
    }
    raw
}

/// Puts text before the end tag of the root.
fn insert(text: &str, events: &[Event], added: &str) -> Result<String, XmlError> {
    let (_, root) = elements(events).next().ok_or(XmlError::NoElement)?;
    let cut = XmlError::Broken("an end tag between characters");
    let (before, rest) = text.split_at_checked(root.end.start).ok_or(cut)?;
    if let Some(behind) = rest.strip_prefix("/>") {
        let name = &root.name;
        let colon = if name.prefix.is_empty() { "" } else { ":" };
        let end = format!("</{}{colon}{}>", name.prefix, name.local);
        return Ok([before, ">", added, &end, behind].concat());
    }
    Ok([before, added, rest].concat())
}

fn elements(events: &[Event]) -> impl Iterator<Item = (usize, &Element)> {
    events.iter().enumerate().filter_map(|(place, event)| match event {
        Event::Open(element) => Some((place, element)),
        _ => None,
    })
}

/// The first element of a local name from a place on.
fn first(events: &[Event], place: usize, local: &str) -> Result<usize, XmlError> {
    let mut found = elements(events).filter(|(at, it)| *at >= place && it.name.local == local);
    found.next().map(|(place, _)| place).ok_or(XmlError::NoElement)
}
