//! The Online Certificate Status Protocol (RFC 6960): requests read, responses written.

use ring::digest::{self, Algorithm};

use super::authority::{Authority, YEAR};
use super::certificate::{
    Certificate, Name, Template, basic_constraints, encode_name, extended_key_usage, extension,
    icp_brasil_name, key_usage,
};
use super::crl::REASON;
use super::rsa::RsaKey;
use super::{der, keys};
use crate::error::StartError;

const SHA1: &str = "1.3.14.3.2.26";
const SHA256: &str = "2.16.840.1.101.3.4.2.1";
const NONCE: &str = "1.3.6.1.5.5.7.48.1.2";
const DIGITAL_SIGNATURE: u8 = 0x80;

/// What a request asks.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) certificates: Vec<CertificateId>,
    /// The nonce extension, whole, to be sent back.
    nonce: Option<Vec<u8>>,
}

/// CertID (RFC 6960 §4.1.1).
#[derive(Debug)]
pub(crate) struct CertificateId {
    /// As it came.
    der: Vec<u8>,
    algorithm: &'static Algorithm,
    name_hash: Vec<u8>,
    key_hash: Vec<u8>,
    /// The serial number, an INTEGER in DER.
    pub(crate) serial: Vec<u8>,
}

/// What is known of one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Good,
    /// Since then, in Unix seconds, for [`REASON`].
    Revoked(i64),
    Unknown,
}

/// The statuses of OCSPResponse that bring nothing else (RFC 6960 §4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    MalformedRequest = 1,
}

impl Request {
    /// Reads the DER of an OCSPRequest; a signature on it is not looked at.
    pub(crate) fn of(der: &[u8]) -> Option<Self> {
        let (0x30, whole, []) = der::read(der)? else { return None };
        let (0x30, mut body, _) = der::read(whole)? else { return None };
        let mut certificates = Vec::new();
        let mut nonce = None;
        while !body.is_empty() {
            let (tag, content, rest) = der::read(body)?;
            match tag {
                // version, requestorName.
                0xA0 | 0xA1 => {}
                0x30 => certificates = list(content)?,
                0xA2 => nonce = nonce_of(content)?,
                _ => return None,
            }
            body = rest;
        }
        (!certificates.is_empty()).then_some(Self { certificates, nonce })
    }
}

fn list(mut requests: &[u8]) -> Option<Vec<CertificateId>> {
    let mut certificates = Vec::new();
    while !requests.is_empty() {
        let (0x30, request, rest) = der::read(requests)? else { return None };
        requests = rest;
        let (0x30, parts, tail) = der::read(request)? else { return None };
        let whole = request.get(..request.len() - tail.len())?.to_vec();
        let (0x30, algorithm, rest) = der::read(parts)? else { return None };
        let (0x04, name_hash, rest) = der::read(rest)? else { return None };
        let (0x04, key_hash, rest) = der::read(rest)? else { return None };
        let (0x02, _, []) = der::read(rest)? else { return None };
        let algorithm = if algorithm.starts_with(&der::object_identifier(SHA1)) {
            &digest::SHA1_FOR_LEGACY_USE_ONLY
        } else if algorithm.starts_with(&der::object_identifier(SHA256)) {
            &digest::SHA256
        } else {
            return None;
        };
        certificates.push(CertificateId {
            der: whole,
            algorithm,
            name_hash: name_hash.to_vec(),
            key_hash: key_hash.to_vec(),
            serial: rest.to_vec(),
        });
    }
    Some(certificates)
}

fn nonce_of(extensions: &[u8]) -> Option<Option<Vec<u8>>> {
    let (0x30, mut extensions, _) = der::read(extensions)? else { return None };
    while !extensions.is_empty() {
        let (0x30, extension, rest) = der::read(extensions)? else { return None };
        if extension.starts_with(&der::object_identifier(NONCE)) {
            return Some(extensions.get(..extensions.len() - rest.len()).map(<[u8]>::to_vec));
        }
        extensions = rest;
    }
    Some(None)
}

impl CertificateId {
    /// Whether it names a certificate of that authority.
    pub(crate) fn is_of(&self, authority: &Authority) -> bool {
        let hash = |bytes: &[u8]| digest::digest(self.algorithm, bytes);
        hash(&encode_name(&authority.name)).as_ref() == self.name_hash
            && hash(authority.public_key()).as_ref() == self.key_hash
    }
}

/// Who signs responses: a delegate of an authority (RFC 6960 §4.2.2.2).
pub(crate) struct Responder {
    certificate: Certificate,
    key: RsaKey,
}

impl Responder {
    /// A responder with a certificate of `authority`.
    pub(crate) fn mint(authority: &Authority, now: i64) -> Result<Self, StartError> {
        let key = RsaKey::from_pkcs8(keys::OCSP)?;
        let certificate = authority.certify(Template {
            subject: icp_brasil_name(&["AC SINTETICA"], "Respondedor OCSP SINTETICO de Teste"),
            issuer: Name::new(),
            not_before: now - 86_400,
            not_after: now + YEAR,
            public_key_info: key.public_key_info(),
            public_key: key.public_key().to_vec(),
            extensions: vec![
                basic_constraints(false),
                key_usage(DIGITAL_SIGNATURE),
                extended_key_usage(false, &["1.3.6.1.5.5.7.3.9"]),
                // id-pkix-ocsp-nocheck: nobody is to ask about the responder itself.
                extension("1.3.6.1.5.5.7.48.1.5", false, &der::null()),
            ],
        });
        Ok(Self { certificate, key })
    }

    /// A response over every certificate of the request, good between two moments in Unix seconds.
    pub(crate) fn respond(
        &self,
        request: &Request,
        status: impl Fn(&CertificateId) -> Status,
        (this_update, next_update): (i64, i64),
    ) -> Vec<u8> {
        let single = |certificate: &CertificateId| {
            let status = match status(certificate) {
                Status::Good => der::implicit(0, &[]),
                Status::Revoked(time) => der::explicit(
                    1,
                    &[der::generalized_time(time), der::explicit(0, &der::enumerated(REASON))]
                        .concat(),
                ),
                Status::Unknown => der::implicit(2, &[]),
            };
            der::sequence(&[
                &certificate.der,
                &status,
                &der::generalized_time(this_update),
                &der::explicit(0, &der::generalized_time(next_update)),
            ])
        };
        let singles: Vec<Vec<u8>> = request.certificates.iter().map(single).collect();
        let extensions =
            request.nonce.as_ref().map(|nonce| der::explicit(1, &der::sequence(&[nonce])));
        let key_hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, self.key.public_key());
        let data = der::sequence(&[
            // responderID by key.
            &der::explicit(2, &der::octet_string(key_hash.as_ref())),
            &der::generalized_time(this_update),
            &der::value(0x30, &singles.concat()),
            &extensions.unwrap_or_default(),
        ]);
        let basic = der::sequence(&[
            &data,
            &super::certificate::rsa_algorithm("1.2.840.113549.1.1.11"),
            &der::bit_string(&self.key.sign_sha256(&data)),
            &der::explicit(0, &der::sequence(&[&self.certificate.der])),
        ]);
        let bytes = der::sequence(&[
            &der::object_identifier("1.3.6.1.5.5.7.48.1.1"),
            &der::octet_string(&basic),
        ]);
        der::sequence(&[&der::enumerated(0), &der::explicit(0, &bytes)])
    }
}

impl Failure {
    /// The whole response.
    pub(crate) fn response(self) -> Vec<u8> {
        der::sequence(&[&der::enumerated(self as u8)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Vec<u8> {
        let algorithm = der::sequence(&[&der::object_identifier(SHA1), &der::null()]);
        let (name, key) = (der::octet_string(&[1; 20]), der::octet_string(&[2; 20]));
        let id = der::sequence(&[&algorithm, &name, &key, &der::integer(&[9])]);
        let list = der::sequence(&[&der::sequence(&[&id])]);
        let nonce = extension(NONCE, false, &der::octet_string(&[3; 16]));
        let extensions = der::explicit(2, &der::sequence(&[&nonce]));
        der::sequence(&[&der::sequence(&[&list, &extensions])])
    }

    #[test]
    fn a_request_names_its_certificates_and_its_nonce() {
        let read = Request::of(&request()).unwrap();
        assert_eq!(read.certificates.len(), 1);
        assert_eq!(read.certificates[0].serial, der::integer(&[9]));
        assert!(read.nonce.unwrap().ends_with(&[3; 16]));
    }

    #[test]
    fn no_change_of_a_byte_and_no_cut_makes_it_panic() {
        let whole = request();
        for place in 0..whole.len() {
            assert!(Request::of(&whole[..place]).is_none(), "{place}");
            for value in 0..=u8::MAX {
                let mut changed = whole.clone();
                changed[place] = value;
                // Whatever it is, it is an answer.
                let _ = Request::of(&changed);
            }
        }
    }
}
