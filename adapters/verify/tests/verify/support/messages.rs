//! Signed messages, with every part that a test may want to be otherwise.

use super::{
    DOCUMENT,
    certificates::Chain,
    der::{algorithm, element, integer, name, octets, oid, sequence, set, tagged},
    digest,
    keys::{Key, SHA256},
};

pub(crate) const DATA: &str = "1.2.840.113549.1.7.1";
pub(crate) const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
pub(crate) const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
pub(crate) const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
pub(crate) const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
pub(crate) const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";

/// A CMS as a PSC makes it, before it is written.
#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) content_type: &'static str,
    pub(crate) content: Option<Vec<u8>>,
    pub(crate) certificates: Vec<Vec<u8>>,
    /// Each a `CertificateList`.
    pub(crate) revocation: Vec<Vec<u8>>,
    pub(crate) digest_algorithms: Vec<Vec<u8>>,
    pub(crate) identifier: Vec<u8>,
    pub(crate) signer_version: u8,
    pub(crate) digest_algorithm: Vec<u8>,
    /// Each an `Attribute`. `None` signs the content itself.
    pub(crate) attributes: Option<Vec<Vec<u8>>>,
    /// Whether the attributes are put into DER order.
    pub(crate) ordered: bool,
    pub(crate) key: Key,
    pub(crate) signature_algorithm: Vec<u8>,
    pub(crate) unsigned: Vec<u8>,
    pub(crate) signers: usize,
}

impl Message {
    /// What VIDaaS's `CMS` holds: the four attributes and the holder's certificate, with its chain.
    pub(crate) fn new(chain: &Chain, key: Key) -> Self {
        Self {
            content_type: DATA,
            content: None,
            certificates: vec![chain.holder.clone(), chain.authority.clone()],
            revocation: Vec::new(),
            digest_algorithms: vec![algorithm(SHA256)],
            identifier: sequence(&[&name("AC de teste"), &integer(3)]),
            signer_version: 1,
            digest_algorithm: algorithm(SHA256),
            attributes: Some(vec![
                attribute(CONTENT_TYPE, &oid(DATA)),
                attribute(SIGNING_TIME, &element(0x17, "261121210000Z")),
                attribute(MESSAGE_DIGEST, &octets(digest(DOCUMENT))),
                attribute(SIGNING_CERTIFICATE_V2, &signing_certificate(&digest(&chain.holder))),
            ]),
            ordered: true,
            key,
            signature_algorithm: key.scheme.identifier(),
            unsigned: Vec::new(),
            signers: 1,
        }
    }

    /// Replaces the attribute with this number, or adds it.
    pub(crate) fn with(mut self, number: &str, value: &[u8]) -> Self {
        self = self.without(number);
        self.attributes.as_mut().unwrap().push(attribute(number, value));
        self
    }

    pub(crate) fn without(mut self, number: &str) -> Self {
        let number = oid(number);
        let has = |attribute: &[u8]| attribute.windows(number.len()).any(|part| part == number);
        self.attributes.as_mut().unwrap().retain(|attribute| !has(attribute));
        self
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        self.clone().write(|_| Vec::new())
    }

    /// With unsigned attributes that are made of the signature's value.
    pub(crate) fn der_with(&self, unsigned: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        self.clone().write(unsigned)
    }

    fn write(mut self, unsigned: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let attributes = self.attributes.take().map(|mut attributes| {
            if self.ordered {
                attributes.sort();
            }
            attributes.concat()
        });
        let signed = match &attributes {
            Some(attributes) => element(0x31, attributes),
            None => DOCUMENT.to_vec(),
        };
        let signature = self.key.sign(&signed);
        self.unsigned.extend(unsigned(&signature));
        let signer = sequence(&[
            &integer(self.signer_version),
            &self.identifier,
            &self.digest_algorithm,
            &attributes.map(|attributes| tagged(0, attributes)).unwrap_or_default(),
            &self.signature_algorithm,
            &octets(&signature),
            &self.unsigned,
        ]);
        let content = self.content.map(|content| tagged(0, octets(content))).unwrap_or_default();
        let certificates = match self.certificates.as_slice() {
            [] => Vec::new(),
            certificates => tagged(0, certificates.concat()),
        };
        let revocation = match self.revocation.as_slice() {
            [] => Vec::new(),
            lists => tagged(1, lists.concat()),
        };
        let digest_algorithms: Vec<&[u8]> =
            self.digest_algorithms.iter().map(Vec::as_slice).collect();
        let signed_data = sequence(&[
            &integer(1),
            &set(&digest_algorithms),
            &sequence(&[&oid(self.content_type), &content]),
            &certificates,
            &revocation,
            &set(&vec![signer.as_slice(); self.signers]),
        ]);
        sequence(&[&oid("1.2.840.113549.1.7.2"), &tagged(0, signed_data)])
    }
}

pub(crate) fn attribute(number: &str, value: &[u8]) -> Vec<u8> {
    sequence(&[&oid(number), &set(&[value])])
}

/// `SigningCertificateV2`, or `SigningCertificate`, with this hash and nothing that may be left
/// out.
pub(crate) fn signing_certificate(hash: &[u8]) -> Vec<u8> {
    sequence(&[&sequence(&[&sequence(&[&octets(hash)])])])
}
