//! A test authority of time stamps (RFC 3161), for the policies AD-RT.
//!
//! ICP-Brasil demands an accredited authority (ACT); this one hangs under the synthetic root.

use super::signed_data::{self, Content, SignedData};
use crate::error::StartError;
use crate::pki::authority::{Authorities, STATEMENT, YEAR};
use crate::pki::certificate::{
    Certificate, Template, basic_constraints, certificate_policy, extended_key_usage,
    icp_brasil_name, key_usage,
};
use crate::pki::signing_key::SigningKey;
use crate::pki::{der, keys};
use crate::random;

const ID_TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
const DIGITAL_SIGNATURE_AND_NON_REPUDIATION: u8 = 0xC0;

/// The policy of the stamps: of ICP-Brasil's arc for them, with a number that none has.
pub(crate) const POLICY: &str = "2.16.76.1.6.9999";

/// Who stamps.
#[derive(Debug)]
pub(crate) struct TimeStampAuthority {
    certificate: Certificate,
    /// The same subject and key without the extended key usage, for a fault.
    unfit: Certificate,
    /// In every token that carries certificates, since nothing else in a signed document leads from
    /// it to the root.
    chain: Vec<Vec<u8>>,
    key: SigningKey,
}

/// What is stamped, and how.
#[derive(Debug)]
pub(crate) struct Stamp {
    /// SHA-256.
    pub(crate) digest: [u8; 32],
    /// Unix seconds.
    pub(crate) time: i64,
    /// An INTEGER in DER.
    pub(crate) nonce: Option<Vec<u8>>,
    /// Whether the token carries the certificates.
    pub(crate) certificates: bool,
    /// Whether the certificate is one for time stamping.
    pub(crate) usage: bool,
    /// Whether one bit of the signature is wrong.
    pub(crate) tampered: bool,
}

impl TimeStampAuthority {
    pub(crate) fn mint(authorities: &Authorities, now: i64) -> Result<Self, StartError> {
        let key = SigningKey::from_pkcs8(keys::TIME_STAMP)?;
        let certificate = |usage: bool| {
            let mut extensions = vec![
                basic_constraints(false),
                certificate_policy("2.16.76.1.2.303.1", STATEMENT),
                key_usage(DIGITAL_SIGNATURE_AND_NON_REPUDIATION),
            ];
            if usage {
                extensions.push(extended_key_usage(true, &[TIME_STAMPING]));
            }
            authorities.v10.issuer.certify(Template {
                subject: icp_brasil_name(
                    &["ACT SINTETICA"],
                    "Servidor de Carimbo SINTETICO de Teste",
                ),
                issuer: Vec::new(),
                not_before: now - 86_400,
                // Another end, so that the two have serial numbers of their own.
                not_after: now + 6 * YEAR - i64::from(!usage),
                public_key_info: key.public_key_info(),
                public_key: key.public_key().to_vec(),
                extensions,
            })
        };
        let (certificate, unfit) = (certificate(true), certificate(false));
        Ok(Self { certificate, unfit, chain: authorities.v10.chain(), key })
    }

    pub(crate) fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// A TimeStampToken over a SHA-256 digest, at a time in Unix seconds.
    pub(crate) fn token(&self, digest: [u8; 32], time: i64) -> Vec<u8> {
        self.stamp(&Stamp {
            digest,
            time,
            nonce: None,
            certificates: true,
            usage: true,
            tampered: false,
        })
    }

    /// A TimeStampToken (RFC 3161 §2.4.2).
    pub(crate) fn stamp(&self, stamp: &Stamp) -> Vec<u8> {
        let imprint = der::sequence(&[&signed_data::sha256(), &der::octet_string(&stamp.digest)]);
        let info = der::sequence(&[
            &der::integer(&[1]),
            &der::object_identifier(POLICY),
            &imprint,
            &der::integer(&random::bytes::<8>()),
            &der::generalized_time(stamp.time),
            stamp.nonce.as_deref().unwrap_or_default(),
        ]);
        let data = SignedData {
            digest: random::sha256(&info),
            content_type: ID_TST_INFO,
            content: Content::Attached(&info),
            signing_time: None,
            policy: None,
            certificate: if stamp.usage { &self.certificate } else { &self.unfit },
            with_certificates: stamp.certificates,
            time_stamp: None,
            signature_algorithm: self.key.signature_algorithm(),
        };
        data.sign(&self.chain, |attributes| {
            let mut signature = self.key.sign_sha256(attributes);
            if stamp.tampered
                && let Some(last) = signature.last_mut()
            {
                *last ^= 1;
            }
            signature
        })
    }
}
