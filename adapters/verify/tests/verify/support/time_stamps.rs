//! Time stamps, with every part that a test may want to be otherwise.

use super::{
    certificates::{Template, key_usage},
    der::{algorithm, element, integer, name, octets, oid, sequence, tagged},
    digest,
    keys::{Key, SHA256},
    messages::{
        CONTENT_TYPE, MESSAGE_DIGEST, Message, SIGNING_CERTIFICATE_V2, attribute,
        signing_certificate,
    },
    revocation::purpose,
};

pub(crate) const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
pub(crate) const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
pub(crate) const SIGNATURE_TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.14";

/// The serial number of the time-stamp authority's certificate.
pub(crate) const SERIAL: u8 = 7;

/// The certificate of a time-stamp authority under the usual authority.
pub(crate) fn authority(key: &Key) -> Template {
    Template {
        serial: SERIAL,
        subject: "ACT de teste".into(),
        extensions: vec![key_usage(0xc0), purpose(TIME_STAMPING, true)],
        ..Template::holder(key)
    }
}

/// A token before it is written.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) time: &'static str,
    pub(crate) imprint: Vec<u8>,
    pub(crate) imprint_algorithm: Vec<u8>,
    pub(crate) content_type: &'static str,
    pub(crate) certificate: Vec<u8>,
    pub(crate) key: Key,
    /// What follows the serial number's time.
    pub(crate) rest: Vec<u8>,
}

impl Token {
    /// Over this signature, at this time, by the holder of this certificate.
    pub(crate) fn over(signature: &[u8], time: &'static str, certificate: &[u8], key: Key) -> Self {
        Self {
            time,
            imprint: digest(signature).to_vec(),
            imprint_algorithm: algorithm(SHA256),
            content_type: TST_INFO,
            certificate: certificate.to_vec(),
            key,
            rest: Vec::new(),
        }
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let info = sequence(&[
            &integer(1),
            &oid("1.3.6.1.4.1.99999.1"),
            &sequence(&[&self.imprint_algorithm, &octets(&self.imprint)]),
            &integer(9),
            &element(0x18, self.time),
            &self.rest,
        ]);
        Message {
            content_type: self.content_type,
            content: Some(info.clone()),
            certificates: vec![self.certificate.clone()],
            revocation: Vec::new(),
            digest_algorithms: vec![algorithm(self.key.scheme.hash())],
            identifier: sequence(&[&name("AC de teste"), &integer(SERIAL)]),
            signer_version: 1,
            digest_algorithm: algorithm(self.key.scheme.hash()),
            attributes: Some(vec![
                attribute(CONTENT_TYPE, &oid(self.content_type)),
                attribute(MESSAGE_DIGEST, &octets(self.key.scheme.digest_of(&info))),
                attribute(SIGNING_CERTIFICATE_V2, &signing_certificate(&digest(&self.certificate))),
            ]),
            ordered: true,
            key: self.key,
            signature_algorithm: self.key.scheme.identifier(),
            unsigned: Vec::new(),
            signers: 1,
        }
        .der()
    }

    /// The unsigned attributes that hold it.
    pub(crate) fn attribute(&self) -> Vec<u8> {
        tagged(1, attribute(SIGNATURE_TIME_STAMP, &self.der()))
    }
}
