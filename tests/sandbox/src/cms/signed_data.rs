//! SignedData with one signer and signed attributes (RFC 5652 §5).

use super::policy::Policy;
use super::time_stamp::TimeStampAuthority;
use crate::pki::certificate::Certificate;
use crate::pki::der;
use crate::pki::holder::issuer_and_serial;
use crate::random;

pub(crate) const ID_DATA: &str = "1.2.840.113549.1.7.1";
const ID_SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const ID_CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const ID_MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const ID_SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
const ID_SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
const ID_TIME_STAMP_TOKEN: &str = "1.2.840.113549.1.9.16.2.14";
const ID_SIGNATURE_POLICY: &str = "1.2.840.113549.1.9.16.2.15";

/// Whether the CMS holds what it signs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Content<'c> {
    Detached,
    Attached(&'c [u8]),
}

/// What a CMS is about.
pub(crate) struct SignedData<'c> {
    /// SHA-256 of the content.
    pub(crate) digest: [u8; 32],
    /// The object identifier of what the content is, most often [`ID_DATA`].
    pub(crate) content_type: &'static str,
    pub(crate) content: Content<'c>,
    /// Unix seconds; forbidden in PAdES (DOC-ICP-15.03 v9.1, table A.14).
    pub(crate) signing_time: Option<i64>,
    pub(crate) policy: Option<&'c Policy>,
    pub(crate) certificate: &'c Certificate,
    /// Whether the signer's certificate and the chain are carried.
    pub(crate) with_certificates: bool,
    /// Who stamps the signature, at a time in Unix seconds.
    pub(crate) time_stamp: Option<(&'c TimeStampAuthority, i64)>,
    /// The AlgorithmIdentifier of what `sign` is given to [`SignedData::sign`].
    pub(crate) signature_algorithm: Vec<u8>,
}

impl SignedData<'_> {
    /// The whole ContentInfo; `sign` signs the DER of the signed attributes.
    pub(crate) fn sign(&self, chain: &[Vec<u8>], sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let after = self.after_content(chain, sign);
        let (content, length) = match self.content {
            Content::Detached => (&[][..], None),
            Content::Attached(content) => (content, Some(content.len())),
        };
        [&self.before_content(after.len(), length), content, &after].concat()
    }

    /// The ContentInfo around a content of a length, which the caller puts between the two parts.
    pub(crate) fn sign_around(
        &self,
        length: usize,
        chain: &[Vec<u8>],
        sign: impl Fn(&[u8]) -> Vec<u8>,
    ) -> (Vec<u8>, Vec<u8>) {
        let after = self.after_content(chain, sign);
        (self.before_content(after.len(), Some(length)), after)
    }

    /// Everything to where a content of some length stands, with `after` bytes behind it.
    fn before_content(&self, after: usize, length: Option<usize>) -> Vec<u8> {
        let mut before: Vec<u8> = Vec::new();
        // From the inside out, since every length counts what is within.
        let mut enclose = |tag: u8, first: &[u8], behind: usize| {
            let within = first.len() + before.len() + length.unwrap_or_default() + behind;
            before = [&der::header(tag, within), first, &before].concat();
        };
        if length.is_some() {
            enclose(0x04, &[], 0);
            enclose(0xA0, &[], 0);
        }
        enclose(0x30, &der::object_identifier(self.content_type), 0);
        // RFC 5652 §5.1: 3 when the content is something else than data.
        let version = der::integer(&[if self.content_type == ID_DATA { 1 } else { 3 }]);
        enclose(0x30, &[version, der::set_of(&[sha256()])].concat(), after);
        enclose(0xA0, &[], after);
        enclose(0x30, &der::object_identifier(ID_SIGNED_DATA), after);
        before
    }

    /// The certificates and the signer.
    fn after_content(&self, chain: &[Vec<u8>], sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let attributes = self.attributes();
        // Signed as a SET OF, sent under [0] (RFC 5652 §5.4).
        let signature = sign(&der::set_of(&attributes));
        let unsigned = self.time_stamp.map(|(authority, time)| {
            let token = authority.token(random::sha256(&signature), time);
            der::explicit(1, &attribute(ID_TIME_STAMP_TOKEN, token))
        });
        let signer = der::sequence(&[
            &der::integer(&[1]),
            &issuer_and_serial(self.certificate),
            &sha256(),
            &der::explicit(0, &der::sorted(&attributes)),
            &self.signature_algorithm,
            &der::octet_string(&signature),
            &unsigned.unwrap_or_default(),
        ]);
        let certificates = self.with_certificates.then(|| {
            let mut certificates = vec![self.certificate.der.clone()];
            certificates.extend_from_slice(chain);
            der::explicit(0, &der::sorted(&certificates))
        });
        [certificates.unwrap_or_default(), der::set_of(&[signer])].concat()
    }

    fn attributes(&self) -> Vec<Vec<u8>> {
        let mut attributes = vec![
            attribute(ID_CONTENT_TYPE, der::object_identifier(self.content_type)),
            attribute(ID_MESSAGE_DIGEST, der::octet_string(&self.digest)),
            attribute(ID_SIGNING_CERTIFICATE_V2, signing_certificate(self.certificate)),
        ];
        if let Some(time) = self.signing_time {
            attributes.push(attribute(ID_SIGNING_TIME, der::time(time)));
        }
        if let Some(policy) = self.policy {
            attributes.push(attribute(ID_SIGNATURE_POLICY, policy.identifier()));
        }
        attributes
    }
}

/// The AlgorithmIdentifier of SHA-256 without parameters (RFC 5754 §2).
pub(crate) fn sha256() -> Vec<u8> {
    der::sequence(&[&der::object_identifier("2.16.840.1.101.3.4.2.1")])
}

fn attribute(object_identifier: &str, value: Vec<u8>) -> Vec<u8> {
    der::sequence(&[&der::object_identifier(object_identifier), &der::set_of(&[value])])
}

/// SigningCertificateV2 (RFC 5035 §3). The hash algorithm is the default, so DER leaves it out
/// (DOC-ICP-15.03 v9.1, note 4).
fn signing_certificate(certificate: &Certificate) -> Vec<u8> {
    let names = der::sequence(&[&der::explicit(4, &certificate.issuer)]);
    let issuer_serial = der::sequence(&[&names, &certificate.serial]);
    let hash = der::octet_string(&random::sha256(&certificate.der));
    let identifier = der::sequence(&[&hash, &issuer_serial]);
    der::sequence(&[&der::sequence(&[&identifier])])
}
