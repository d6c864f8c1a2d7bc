//! One X.509 certificate (RFC 5280 §4.1), as wide as ICP-Brasil's profiles and TLS need.
//!
//! Written here and not with a certificate crate because ICP-Brasil's subjects repeat the
//! attribute OU and its otherNames hold OCTET STRINGs, which the crates at hand do not write.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

use super::der;
use super::rsa::RsaKey;
use crate::error::StartError;
use crate::random;

/// A subject or issuer: attribute types with their values, in order, repeats allowed.
pub(crate) type Name = Vec<(Attribute, String)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attribute {
    Country,
    Organization,
    OrganizationalUnit,
    CommonName,
    SerialNumber,
}

impl Attribute {
    fn object_identifier(self) -> Vec<u8> {
        der::object_identifier(match self {
            Self::Country => "2.5.4.6",
            Self::Organization => "2.5.4.10",
            Self::OrganizationalUnit => "2.5.4.11",
            Self::CommonName => "2.5.4.3",
            Self::SerialNumber => "2.5.4.5",
        })
    }
}

/// A name whose first attributes are those of everything in ICP-Brasil.
pub(crate) fn icp_brasil_name(units: &[&str], common_name: &str) -> Name {
    let mut name = vec![
        (Attribute::Country, "BR".to_owned()),
        (Attribute::Organization, "ICP-Brasil".to_owned()),
    ];
    name.extend(units.iter().map(|unit| (Attribute::OrganizationalUnit, (*unit).to_owned())));
    name.push((Attribute::CommonName, common_name.to_owned()));
    name
}

/// The DER of a name.
pub(crate) fn encode_name(name: &Name) -> Vec<u8> {
    let relative = name.iter().map(|(attribute, text)| {
        let text = match attribute {
            Attribute::Country | Attribute::SerialNumber => der::printable_string(text),
            _ => der::utf8_string(text),
        };
        der::set_of(&[der::sequence(&[&attribute.object_identifier(), &text])])
    });
    let relative: Vec<Vec<u8>> = relative.collect();
    der::value(0x30, &relative.concat())
}

/// Who signs a certificate, and with what.
pub(crate) enum Signer<'k> {
    /// sha256WithRSAEncryption.
    RsaSha256(&'k RsaKey),
    /// sha512WithRSAEncryption, as the roots of ICP-Brasil do.
    RsaSha512(&'k RsaKey),
    /// ecdsa-with-SHA256, for TLS.
    Ecdsa(&'k EcdsaKeyPair),
}

impl Signer<'_> {
    pub(crate) fn algorithm(&self) -> Vec<u8> {
        match self {
            Self::RsaSha256(_) => rsa_algorithm("1.2.840.113549.1.1.11"),
            Self::RsaSha512(_) => rsa_algorithm("1.2.840.113549.1.1.13"),
            Self::Ecdsa(_) => der::sequence(&[&der::object_identifier("1.2.840.10045.4.3.2")]),
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::RsaSha256(key) => key.sign_sha256(message),
            Self::RsaSha512(key) => key.sign_sha512(message),
            Self::Ecdsa(key) => {
                let signature = key.sign(&SystemRandom::new(), message);
                signature.expect("the system gives random bytes").as_ref().to_vec()
            }
        }
    }

    /// What the issuer's subjectKeyIdentifier is made of.
    pub(crate) fn public_key(&self) -> &[u8] {
        match self {
            Self::RsaSha256(key) | Self::RsaSha512(key) => key.public_key(),
            Self::Ecdsa(key) => key.public_key().as_ref(),
        }
    }
}

/// An AlgorithmIdentifier of RSA: its parameters are NULL (RFC 4055 §5).
pub(crate) fn rsa_algorithm(object_identifier: &str) -> Vec<u8> {
    der::sequence(&[&der::object_identifier(object_identifier), &der::null()])
}

/// An elliptic-curve key of the TLS authority or server.
pub(crate) fn ecdsa_key(pkcs8: &[u8]) -> Result<EcdsaKeyPair, StartError> {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8, &SystemRandom::new())
        .map_err(|_| StartError::Key)
}

/// SubjectPublicKeyInfo of a P-256 key (RFC 5480 §2).
pub(crate) fn ecdsa_public_key_info(key: &EcdsaKeyPair) -> Vec<u8> {
    let algorithm = der::sequence(&[
        &der::object_identifier("1.2.840.10045.2.1"),
        &der::object_identifier("1.2.840.10045.3.1.7"),
    ]);
    der::sequence(&[&algorithm, &der::bit_string(key.public_key().as_ref())])
}

/// What is to be certified.
pub(crate) struct Template {
    pub(crate) subject: Name,
    pub(crate) issuer: Name,
    /// Unix seconds.
    pub(crate) not_before: i64,
    /// Unix seconds.
    pub(crate) not_after: i64,
    pub(crate) public_key_info: Vec<u8>,
    /// The key bytes alone, for the subjectKeyIdentifier.
    pub(crate) public_key: Vec<u8>,
    /// Extensions beside the two key identifiers.
    pub(crate) extensions: Vec<Vec<u8>>,
}

/// A certificate and what is quoted of it.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) der: Vec<u8>,
    /// The issuer's name in DER.
    pub(crate) issuer: Vec<u8>,
    /// The serial number, an INTEGER in DER.
    pub(crate) serial: Vec<u8>,
}

impl Certificate {
    pub(crate) fn sign(template: &Template, signer: &Signer<'_>) -> Self {
        let issuer = encode_name(&template.issuer);
        let serial = der::integer(&serial_number(template));
        let validity =
            der::sequence(&[&der::time(template.not_before), &der::time(template.not_after)]);
        let mut extensions = vec![
            extension("2.5.29.35", false, &authority_key_identifier(signer.public_key())),
            extension(
                "2.5.29.14",
                false,
                &der::octet_string(&key_identifier(&template.public_key)),
            ),
        ];
        extensions.extend(template.extensions.iter().cloned());
        let to_be_signed = der::sequence(&[
            &der::explicit(0, &der::integer(&[2])),
            &serial,
            &signer.algorithm(),
            &issuer,
            &validity,
            &encode_name(&template.subject),
            &template.public_key_info,
            &der::explicit(3, &der::value(0x30, &extensions.concat())),
        ]);
        let signature = der::bit_string(&signer.sign(&to_be_signed));
        let der = der::sequence(&[&to_be_signed, &signer.algorithm(), &signature]);
        Self { der, issuer, serial }
    }

    /// PEM with CRLF after every line, as the manual's sample shows it (VIDaaS manual v1.6 §3.4).
    pub(crate) fn pem(&self) -> String {
        pem(&self.der)
    }
}

/// The PEM of a certificate in DER.
pub(crate) fn pem(der: &[u8]) -> String {
    let body = wrap(&BASE64_STANDARD.encode(der), 64);
    format!("-----BEGIN CERTIFICATE-----\r\n{body}\r\n-----END CERTIFICATE-----\r\n")
}

/// Breaks ASCII text into lines of `width` characters with CRLF between them.
pub(crate) fn wrap(text: &str, width: usize) -> String {
    let mut wrapped = String::with_capacity(text.len() + text.len() / width * 2 + 2);
    for (index, line) in text.as_bytes().chunks(width).enumerate() {
        if index != 0 {
            wrapped.push_str("\r\n");
        }
        wrapped.push_str(&String::from_utf8_lossy(line));
    }
    wrapped
}

/// The same subject, key and validity give the same number, so a restart does not change it.
fn serial_number(template: &Template) -> Vec<u8> {
    let mut seed = encode_name(&template.subject);
    seed.extend_from_slice(&template.public_key);
    seed.extend_from_slice(&template.not_after.to_be_bytes());
    let mut serial = random::sha256(&seed)[..16].to_vec();
    if let Some(first) = serial.first_mut() {
        *first = *first & 0x7F | 0x40;
    }
    serial
}

/// 160 bits of the key's hash (RFC 7093 §2, method 1).
pub(crate) fn key_identifier(public_key: &[u8]) -> Vec<u8> {
    random::sha256(public_key)[..20].to_vec()
}

pub(crate) fn authority_key_identifier(public_key: &[u8]) -> Vec<u8> {
    der::sequence(&[&der::implicit(0, &key_identifier(public_key))])
}

/// One Extension (RFC 5280 §4.1.2.9).
pub(crate) fn extension(object_identifier: &str, critical: bool, content: &[u8]) -> Vec<u8> {
    let critical = if critical { der::boolean(true) } else { Vec::new() };
    der::sequence(&[
        &der::object_identifier(object_identifier),
        &critical,
        &der::octet_string(content),
    ])
}

/// basicConstraints of an authority or of an end entity.
pub(crate) fn basic_constraints(authority: bool) -> Vec<u8> {
    let content =
        if authority { der::sequence(&[&der::boolean(true)]) } else { der::sequence(&[]) };
    extension("2.5.29.19", authority, &content)
}

/// keyUsage from the bits of its first octet, digitalSignature being 0x80.
pub(crate) fn key_usage(bits: u8) -> Vec<u8> {
    let unused = u8::try_from(bits.trailing_zeros()).unwrap_or_default();
    extension("2.5.29.15", true, &der::bit_string_unused(unused, &[bits]))
}

pub(crate) fn extended_key_usage(critical: bool, purposes: &[&str]) -> Vec<u8> {
    let purposes: Vec<Vec<u8>> =
        purposes.iter().map(|purpose| der::object_identifier(purpose)).collect();
    extension("2.5.29.37", critical, &der::value(0x30, &purposes.concat()))
}

/// certificatePolicies with one policy and the place of its practice statement.
pub(crate) fn certificate_policy(policy: &str, statement: &str) -> Vec<u8> {
    let qualifier =
        der::sequence(&[&der::object_identifier("1.3.6.1.5.5.7.2.1"), &der::ia5_string(statement)]);
    let information =
        der::sequence(&[&der::object_identifier(policy), &der::sequence(&[&qualifier])]);
    extension("2.5.29.32", false, &der::sequence(&[&information]))
}
