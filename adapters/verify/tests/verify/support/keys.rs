//! Keys that sign the tests' certificates and messages. They were made for this and protect
//! nothing.

use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair,
        RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
        RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
    },
};
use rubrica_verify::Digest;
use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject};

use super::der::{algorithm, bits, element, null, octets, oid, sequence, tagged};

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    RsaSha256,
    RsaSha384,
    RsaSha512,
    PssSha256,
    PssSha384,
    PssSha512,
    P256Sha256,
    P384Sha384,
}

impl Scheme {
    /// Its `AlgorithmIdentifier`.
    pub(crate) fn identifier(self) -> Vec<u8> {
        let rsa = |last: u8| sequence(&[&oid(&format!("1.2.840.113549.1.1.{last}")), &null()]);
        match self {
            Self::RsaSha256 => rsa(11),
            Self::RsaSha384 => rsa(12),
            Self::RsaSha512 => rsa(13),
            Self::PssSha256 => pss(SHA256, SHA256, 32),
            Self::PssSha384 => pss(SHA384, SHA384, 48),
            Self::PssSha512 => pss(SHA512, SHA512, 64),
            Self::P256Sha256 => algorithm("1.2.840.10045.4.3.2"),
            Self::P384Sha384 => algorithm("1.2.840.10045.4.3.3"),
        }
    }
}

impl Scheme {
    pub(crate) fn digest(self) -> Digest {
        match self {
            Self::RsaSha256 | Self::PssSha256 | Self::P256Sha256 => Digest::Sha256,
            Self::RsaSha384 | Self::PssSha384 | Self::P384Sha384 => Digest::Sha384,
            Self::RsaSha512 | Self::PssSha512 => Digest::Sha512,
        }
    }

    pub(crate) fn digest_of(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self.digest() {
            Digest::Sha384 => &ring::digest::SHA384,
            Digest::Sha512 => &ring::digest::SHA512,
            _ => &ring::digest::SHA256,
        };
        ring::digest::digest(algorithm, bytes).as_ref().to_vec()
    }

    /// The object identifier of its hash.
    pub(crate) fn hash(self) -> &'static str {
        match self.digest() {
            Digest::Sha384 => SHA384,
            Digest::Sha512 => SHA512,
            _ => SHA256,
        }
    }
}

pub(crate) const SHA1: &str = "1.3.14.3.2.26";
pub(crate) const SHA256: &str = "2.16.840.1.101.3.4.2.1";
pub(crate) const SHA384: &str = "2.16.840.1.101.3.4.2.2";
pub(crate) const SHA512: &str = "2.16.840.1.101.3.4.2.3";

/// `RSASSA-PSS` with these parameters.
pub(crate) fn pss(hash: &str, mask: &str, salt: u8) -> Vec<u8> {
    let mask = sequence(&[&oid("1.2.840.113549.1.1.8"), &algorithm(mask)]);
    let parameters = sequence(&[
        &tagged(0, algorithm(hash)),
        &tagged(1, mask),
        &tagged(2, element(0x02, [salt])),
    ]);
    sequence(&[&oid("1.2.840.113549.1.1.10"), &parameters])
}

/// A private key and how it signs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pem: &'static str,
    pub(crate) scheme: Scheme,
}

impl Key {
    pub(crate) const ROOT: Self =
        Self { pem: include_str!("../../keys/root.pem"), scheme: Scheme::RsaSha512 };
    pub(crate) const AUTHORITY: Self =
        Self { pem: include_str!("../../keys/authority.pem"), scheme: Scheme::RsaSha512 };
    pub(crate) const HOLDER: Self =
        Self { pem: include_str!("../../keys/holder.pem"), scheme: Scheme::RsaSha256 };
    pub(crate) const P256: Self =
        Self { pem: include_str!("../../keys/p256.pem"), scheme: Scheme::P256Sha256 };
    pub(crate) const P384: Self =
        Self { pem: include_str!("../../keys/p384.pem"), scheme: Scheme::P384Sha384 };

    pub(crate) fn with(self, scheme: Scheme) -> Self {
        Self { scheme, ..self }
    }

    fn pkcs8(&self) -> PrivatePkcs8KeyDer<'static> {
        PrivatePkcs8KeyDer::from_pem_slice(self.pem.as_bytes()).unwrap()
    }

    /// `SubjectPublicKeyInfo`.
    pub(crate) fn public(&self) -> Vec<u8> {
        let elliptic = |curve: &str, key: &EcdsaKeyPair| {
            let algorithm = sequence(&[&oid("1.2.840.10045.2.1"), &oid(curve)]);
            sequence(&[&algorithm, &bits(key.public_key().as_ref())])
        };
        match self.scheme {
            Scheme::P256Sha256 => elliptic("1.2.840.10045.3.1.7", &self.ecdsa()),
            Scheme::P384Sha384 => elliptic("1.3.132.0.34", &self.ecdsa()),
            _ => rsa_public(self.rsa().public().as_ref()),
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let encoding: &dyn RsaEncoding = match self.scheme {
            Scheme::RsaSha256 => &RSA_PKCS1_SHA256,
            Scheme::RsaSha384 => &RSA_PKCS1_SHA384,
            Scheme::RsaSha512 => &RSA_PKCS1_SHA512,
            Scheme::PssSha256 => &RSA_PSS_SHA256,
            Scheme::PssSha384 => &RSA_PSS_SHA384,
            Scheme::PssSha512 => &RSA_PSS_SHA512,
            Scheme::P256Sha256 | Scheme::P384Sha384 => {
                let signature = self.ecdsa().sign(&SystemRandom::new(), message).unwrap();
                return signature.as_ref().to_vec();
            }
        };
        let key = self.rsa();
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(encoding, &SystemRandom::new(), message, &mut signature).unwrap();
        signature
    }

    fn rsa(&self) -> RsaKeyPair {
        RsaKeyPair::from_pkcs8(self.pkcs8().secret_pkcs8_der()).unwrap()
    }

    fn ecdsa(&self) -> EcdsaKeyPair {
        let algorithm = match self.scheme {
            Scheme::P384Sha384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
            _ => &ECDSA_P256_SHA256_ASN1_SIGNING,
        };
        EcdsaKeyPair::from_pkcs8(algorithm, self.pkcs8().secret_pkcs8_der(), &SystemRandom::new())
            .unwrap()
    }
}

/// `SubjectPublicKeyInfo` around an `RSAPublicKey`.
pub(crate) fn rsa_public(key: &[u8]) -> Vec<u8> {
    let algorithm = sequence(&[&oid("1.2.840.113549.1.1.1"), &null()]);
    sequence(&[&algorithm, &bits(key)])
}

/// `subjectKeyIdentifier`'s value: any bytes that tell keys apart.
pub(crate) fn identifier(public: &[u8]) -> Vec<u8> {
    let hash = ring::digest::digest(&ring::digest::SHA256, public);
    octets(&hash.as_ref()[..20])
}
