//! A CMS around a bare signature (RFC 5652): what `pdfs … raw` makes of what the service gives, until
//! the library does it.

use ring::digest::{SHA256, digest};
use rubrica::verify::Certificate;
use rubrica_core::codec::der::{DerError, Elements, INTEGER, SEQUENCE};

const SET: u8 = 0x31;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const NULL: [u8; 2] = [0x05, 0x00];
/// `[0]`, constructed.
const CONTEXT_0: u8 = 0xa0;
const VERSION_1: [u8; 3] = [INTEGER, 0x01, 0x01];

// RFC 5652 §4, §5.1, §11.1 and §11.2.
const DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const CONTENT_TYPE: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03];
const MESSAGE_DIGEST: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04];
/// RFC 5035 §3.
const SIGNING_CERTIFICATE_V2: [u8; 11] =
    [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x2f];
/// RFC 5754 §2.2.
const ID_SHA256: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
/// RFC 3370 §3.2.
const RSA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// What one signer puts around its signatures.
pub(crate) struct Signer {
    certificates: Vec<u8>,
    /// IssuerAndSerialNumber.
    identifier: Vec<u8>,
    content_type: Vec<u8>,
    signing_certificate: Vec<u8>,
}

impl Signer {
    /// The signer with the first certificate; the others go with it.
    pub(crate) fn new(certificates: &[Certificate]) -> Result<Self, DerError> {
        let own = certificates.first().map(Certificate::der).unwrap_or_default();
        let certificate = Elements::new(own).expect(SEQUENCE)?;
        let mut fields =
            Elements::new(Elements::new(certificate.content).expect(SEQUENCE)?.content);
        let mut next = || fields.read()?.ok_or(DerError::End);
        let mut serial = next()?;
        // The version, which every certificate of today has.
        if serial.tag == CONTEXT_0 {
            serial = next()?;
        }
        let _algorithm = next()?;
        let issuer = next()?;
        let all: Vec<&[u8]> = certificates.iter().map(Certificate::der).collect();
        let hash = element(OCTET_STRING, &[digest(&SHA256, own).as_ref()]);
        let reference = element(SEQUENCE, &[&element(SEQUENCE, &[&hash])]);
        Ok(Self {
            certificates: element(CONTEXT_0, &all),
            identifier: element(SEQUENCE, &[issuer.encoded, serial.encoded]),
            content_type: attribute(&CONTENT_TYPE, &element(OBJECT_IDENTIFIER, &[&DATA])),
            signing_certificate: attribute(
                &SIGNING_CERTIFICATE_V2,
                &element(SEQUENCE, &[&reference]),
            ),
        })
    }

    /// The signed attributes over a document's digest, as a SET: what is hashed and signed.
    pub(crate) fn attributes(&self, document: &[u8; 32]) -> Vec<u8> {
        let digest = attribute(&MESSAGE_DIGEST, &element(OCTET_STRING, &[document]));
        let mut attributes = [&self.content_type[..], &digest, &self.signing_certificate];
        // X.690 §11.6.
        attributes.sort_unstable();
        element(SET, &attributes)
    }

    /// The CMS with a signature over these attributes.
    pub(crate) fn assemble(&self, attributes: &[u8], signature: &[u8]) -> Vec<u8> {
        let sha256 = element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[&ID_SHA256])]);
        let rsa = element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[&RSA]), &NULL]);
        // In their place the attributes have another tag (RFC 5652 §5.4).
        let attributes = [&[CONTEXT_0], attributes.get(1..).unwrap_or_default()].concat();
        let signature = element(OCTET_STRING, &[signature]);
        let signer = element(
            SEQUENCE,
            &[&VERSION_1, &self.identifier, &sha256, &attributes, &rsa, &signature],
        );
        let data = element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[&DATA])]);
        let signed_data = element(
            SEQUENCE,
            &[
                &VERSION_1,
                &element(SET, &[&sha256]),
                &data,
                &self.certificates,
                &element(SET, &[&signer]),
            ],
        );
        let content = element(CONTEXT_0, &[&signed_data]);
        element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[&SIGNED_DATA]), &content])
    }
}

fn attribute(kind: &[u8], value: &[u8]) -> Vec<u8> {
    element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[kind]), &element(SET, &[value])])
}

/// One element with the contents one after another.
fn element(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let length: usize = contents.iter().map(|content| content.len()).sum();
    let digits = length.to_be_bytes();
    let significant = digits.iter().position(|&digit| digit != 0).unwrap_or(digits.len() - 1);
    let digits = digits.get(significant..).unwrap_or_default();
    let mut out = Vec::with_capacity(length + 2 + digits.len());
    out.push(tag);
    if length >= 0x80 {
        out.push(0x80 | digits.len() as u8);
    }
    out.extend_from_slice(digits);
    contents.iter().for_each(|content| out.extend_from_slice(content));
    out
}
