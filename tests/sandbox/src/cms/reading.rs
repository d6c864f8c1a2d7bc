//! A CMS that a client sends, read as far as a verdict needs it (RFC 5652 §5). DER alone.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};

use crate::pki::der;
use crate::pki::reading::Reading;

/// SignedData.
#[derive(Debug)]
pub(crate) struct Parsed<'d> {
    /// What it holds; `None` when it is detached.
    pub(crate) content: Option<&'d [u8]>,
    certificates: Vec<&'d [u8]>,
    pub(crate) signers: Vec<Signer<'d>>,
}

/// One SignerInfo.
#[derive(Debug)]
pub(crate) struct Signer<'d> {
    /// IssuerAndSerialNumber, its content.
    identifier: &'d [u8],
    is_sha256: bool,
    /// The content of the signed attributes' SET.
    attributes: &'d [u8],
    signature: &'d [u8],
}

/// `messageDigest`.
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
const SIGNATURE_POLICY: &str = "1.2.840.113549.1.9.16.2.15";

impl<'d> Parsed<'d> {
    pub(crate) fn of(cms: &'d [u8]) -> Option<Self> {
        let (0x30, info, rest) = der::read(cms)? else { return None };
        // A PDF fills the room behind it with zeros.
        if rest.iter().any(|byte| *byte != 0) {
            return None;
        }
        let wrapped =
            info.strip_prefix(der::object_identifier("1.2.840.113549.1.7.2").as_slice())?;
        let (0xA0, data, []) = der::read(wrapped)? else { return None };
        let (0x30, data, []) = der::read(data)? else { return None };
        let (0x02, _version, rest) = der::read(data)? else { return None };
        let (0x31, _algorithms, rest) = der::read(rest)? else { return None };
        let (0x30, content, rest) = der::read(rest)? else { return None };
        let (0x06, _kind, content) = der::read(content)? else { return None };
        let content = match der::read(content) {
            None if content.is_empty() => None,
            None => return None,
            Some((0xA0, octets, [])) => match der::read(octets)? {
                (0x04, bytes, []) => Some(bytes),
                _ => return None,
            },
            Some(_) => return None,
        };
        let mut certificates = Vec::new();
        let mut rest = rest;
        let signers = loop {
            let (tag, inner, after) = der::read(rest)?;
            match tag {
                0xA0 => certificates = values(inner)?,
                0xA1 => {}
                0x31 if after.is_empty() => break inner,
                _ => return None,
            }
            rest = after;
        };
        let signers = values(signers)?.into_iter().map(Signer::of).collect::<Option<Vec<_>>>()?;
        Some(Self { content, certificates, signers })
    }

    /// The certificate that a signer names, if it is carried.
    pub(crate) fn certificate(&self, signer: &Signer<'_>) -> Option<&'d [u8]> {
        let named = |certificate: &&&[u8]| {
            identifier_of(certificate).is_some_and(|it| it == signer.identifier)
        };
        self.certificates.iter().find(named).copied()
    }
}

impl<'d> Signer<'d> {
    fn of(value: &'d [u8]) -> Option<Self> {
        let (0x30, info, []) = der::read(value)? else { return None };
        let (0x02, _version, rest) = der::read(info)? else { return None };
        let (0x30, identifier, rest) = der::read(rest)? else { return None };
        let (0x30, algorithm, rest) = der::read(rest)? else { return None };
        let (0xA0, attributes, rest) = der::read(rest)? else { return None };
        let (0x30, _algorithm, rest) = der::read(rest)? else { return None };
        let (0x04, signature, _unsigned) = der::read(rest)? else { return None };
        let is_sha256 = algorithm.starts_with(&der::object_identifier("2.16.840.1.101.3.4.2.1"));
        Some(Self { identifier, is_sha256, attributes, signature })
    }

    /// Whether its digest is SHA-256, the only one that is emulated.
    pub(crate) fn is_sha256(&self) -> bool {
        self.is_sha256
    }

    /// Whether the attributes say this digest of the content.
    pub(crate) fn says(&self, digest: &[u8; 32]) -> bool {
        let said = self.attribute(MESSAGE_DIGEST).and_then(der::read);
        matches!(said, Some((0x04, said, [])) if said == digest)
    }

    /// Whether the signature over the attributes is of a certificate's key.
    pub(crate) fn is_of(&self, certificate: &[u8]) -> bool {
        let Some(reading) = Reading::of(certificate) else { return false };
        // Signed as a SET OF (RFC 5652 §5.4).
        let signed = der::value(0x31, self.attributes);
        verifies(reading.public_key, &signed, self.signature)
    }

    /// Unix seconds.
    pub(crate) fn signing_time(&self) -> Option<i64> {
        let (_, time, _) = der::read(self.attribute(SIGNING_TIME)?)?;
        crate::pki::reading::unix(time)
    }

    /// The policy's identifier in dotted form, and where it is published.
    pub(crate) fn policy(&self) -> Option<(String, Option<String>)> {
        let (0x30, policy, _) = der::read(self.attribute(SIGNATURE_POLICY)?)? else { return None };
        let (0x06, identifier, rest) = der::read(policy)? else { return None };
        let uri = || {
            let (_, _hash, rest) = der::read(rest)?;
            let (_, qualifiers, _) = der::read(rest)?;
            let (_, qualifier, _) = der::read(qualifiers)?;
            let (_, _kind, uri) = der::read(qualifier)?;
            let (_, uri, _) = der::read(uri)?;
            Some(String::from_utf8_lossy(uri).into_owned())
        };
        Some((der::dotted(identifier), uri()))
    }

    /// The one value of an attribute.
    fn attribute(&self, identifier: &str) -> Option<&'d [u8]> {
        let identifier = der::object_identifier(identifier);
        for attribute in values(self.attributes)? {
            let (_, attribute, _) = der::read(attribute)?;
            if let Some(set) = attribute.strip_prefix(identifier.as_slice()) {
                return der::read(set).map(|(_, value, _)| value);
            }
        }
        None
    }
}

/// Whether a signature with SHA-256 is of a key, RSA or of a curve.
pub(crate) fn verifies(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    // A point begins with 4; an RSAPublicKey is a SEQUENCE.
    let algorithm: &dyn VerificationAlgorithm = match (public_key.first(), public_key.len()) {
        (Some(4), 65) => &ECDSA_P256_SHA256_ASN1,
        (Some(4), 97) => &ECDSA_P384_SHA256_ASN1,
        _ => &RSA_PKCS1_2048_8192_SHA256,
    };
    UnparsedPublicKey::new(algorithm, public_key).verify(message, signature).is_ok()
}

/// The values one after the other, tags and all.
fn values(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut values = Vec::new();
    while !bytes.is_empty() {
        let (_, _, rest) = der::read(bytes)?;
        values.push(bytes.get(..bytes.len() - rest.len())?);
        bytes = rest;
    }
    Some(values)
}

/// Issuer and serial number of a certificate, as IssuerAndSerialNumber holds them.
fn identifier_of(certificate: &[u8]) -> Option<Vec<u8>> {
    let (_, whole, _) = der::read(certificate)?;
    let (_, body, _) = der::read(whole)?;
    let parts = values(body)?;
    let [_version, serial, _algorithm, issuer, ..] = parts.as_slice() else { return None };
    Some([*issuer, *serial].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cms::policy::Policy;
    use crate::cms::signed_data::{Content, ID_DATA, SignedData};
    use crate::pki::people::minted;
    use crate::random;

    fn signed(content: Content<'_>) -> Vec<u8> {
        let holders = minted();
        let holder = &holders[0].certificates[0];
        let data = SignedData {
            digest: random::sha256(b"content"),
            content_type: ID_DATA,
            content,
            signing_time: Some(1_800_000_000),
            policy: Some(&Policy::CADES_AD_RB),
            certificate: holder.certificate(),
            with_certificates: true,
            time_stamp: None,
            signature_algorithm: holder.key().signature_algorithm(),
        };
        data.sign(&[], |message| holder.key().sign_sha256(message))
    }

    #[test]
    fn what_was_signed_reads_back() {
        for (content, held) in
            [(Content::Detached, None), (Content::Attached(b"content"), Some(&b"content"[..]))]
        {
            let cms = signed(content);
            let parsed = Parsed::of(&cms).unwrap();
            let signer = &parsed.signers[0];
            let certificate = parsed.certificate(signer).unwrap();
            assert_eq!(parsed.content, held);
            assert!(signer.is_sha256() && signer.is_of(certificate));
            assert!(signer.says(&random::sha256(b"content")) && !signer.says(&[0; 32]));
            assert_eq!(signer.signing_time(), Some(1_800_000_000));
            let (policy, uri) = signer.policy().unwrap();
            assert_eq!(policy, "2.16.76.1.7.1.1.2.4");
            assert!(uri.unwrap().ends_with("PA_AD_RB_v2_4.der"));
        }
    }

    #[test]
    fn no_change_of_a_byte_and_no_cut_makes_it_panic() {
        let whole = signed(Content::Attached(b"content"));
        for place in 0..whole.len() {
            assert!(Parsed::of(&whole[..place]).is_none(), "{place}");
            for value in [0, 0x7F, 0x80, 0x84, 0xFF] {
                let mut changed = whole.clone();
                changed[place] = value;
                let Some(parsed) = Parsed::of(&changed) else { continue };
                for signer in &parsed.signers {
                    // Whatever they are, they are answers.
                    let _ = (signer.signing_time(), signer.policy(), parsed.certificate(signer));
                }
            }
        }
    }
}
