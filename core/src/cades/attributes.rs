//! The signed attributes: what a signature is really over (RFC 5652 §5.3, RFC 5126 §5.7 and §5.8).

use core::cmp::Ordering;

use super::CadesError;
use super::algorithm::signature_algorithm;
use super::identifiers::{
    CONTENT_TYPE, DATA, MESSAGE_DIGEST, POLICY_URI, SHA_256, SIGNATURE_POLICY,
    SIGNING_CERTIFICATE_V2, SIGNING_TIME,
};
use super::policy::{Family, Level, Policy};
use crate::codec::buffer::Buffer;
use crate::codec::der::{
    Ascending, IA5_STRING, OCTET_STRING, ObjectIdentifier, SEQUENCE, SET, Writer, constructed, time,
};
use crate::document::{Digest, Hasher};
use crate::identity::Certificate;

/// Bytes by which attributes are put in order: a tag, a length of up to five bytes and an object
/// identifier, which no two share.
const PREFIX: usize = 24;

/// The signed attributes of one signature: contentType, messageDigest, signingCertificateV2, and
/// sigPolicyId and signingTime where they are wanted.
#[derive(Clone, Copy, Debug)]
pub struct SignedAttributes<'a> {
    content: Digest,
    certificate: &'a Certificate<'a>,
    certificate_digest: Digest,
    policy: Option<&'a Policy<'a>>,
    signing_time: Option<u64>,
}

/// One of them.
#[derive(Clone, Copy)]
enum Attribute {
    ContentType,
    MessageDigest,
    SigningCertificate,
    Policy,
    SigningTime,
}

impl<'a> SignedAttributes<'a> {
    /// The attributes of a signature over a content of this digest, by the key of this certificate.
    ///
    /// Without a policy this is a plain CMS with the attributes of CAdES-B. The time, in Unix
    /// seconds, is the signer's word and proves nothing.
    ///
    /// # Errors
    /// [`CadesError::SigningTime`] for a time under a policy for PDFs; [`CadesError::Key`] and
    /// [`CadesError::Policy`] for a key that cannot sign so; [`CadesError::Level`] for a policy beyond
    /// AD-RT. The policy's dates and roots are not asked here: [`choose`](super::choose) and
    /// [`Policy::check`] do.
    pub fn new(
        content: Digest,
        certificate: &'a Certificate<'a>,
        policy: Option<&'a Policy<'a>>,
        signing_time: Option<u64>,
    ) -> Result<Self, CadesError> {
        let key = certificate.public_key();
        if signature_algorithm(&key).is_none() {
            return Err(CadesError::Key);
        }
        if let Some(policy) = policy {
            policy.check_key(&key)?;
            if policy.level > Level::TimeStamped {
                return Err(CadesError::Level(policy.level));
            }
            if policy.family == Family::Pades && signing_time.is_some() {
                return Err(CadesError::SigningTime);
            }
        }
        let certificate_digest = certificate.digest();
        Ok(Self { content, certificate, certificate_digest, policy, signing_time })
    }

    /// The digest of the attributes in DER, as a `SET OF` (RFC 5652 §5.4): what the service signs.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut hasher = Hasher::new();
        self.write(SET, &mut Writer::to_hasher(&mut hasher));
        hasher.finish()
    }

    /// Bytes of the attributes in DER.
    #[must_use]
    pub fn encoded_length(&self) -> usize {
        Writer::measure(&|out| self.write(SET, out))
    }

    /// Writes the attributes in DER under a tag: `SET` as they are signed, or `[0]` as they stand in
    /// a CMS.
    pub(super) fn write(&self, tag: u8, out: &mut Writer<'_>) {
        let all = self.present();
        out.around(tag, &|out| {
            let count = all.iter().flatten().count();
            let order = Ascending::new(u8::try_from(count).unwrap_or(0), |one, other| {
                self.compare(at(&all, one), at(&all, other))
            });
            for place in order {
                if let Some(attribute) = at(&all, place) {
                    self.write_one(attribute, out);
                }
            }
        });
    }

    /// The digest of the content.
    #[must_use]
    pub const fn content(&self) -> Digest {
        self.content
    }

    /// The signer's certificate.
    #[must_use]
    pub const fn certificate(&self) -> &'a Certificate<'a> {
        self.certificate
    }

    /// What is signed under.
    #[must_use]
    pub const fn policy(&self) -> Option<&'a Policy<'a>> {
        self.policy
    }

    /// The attributes that there are, and then none.
    fn present(&self) -> [Option<Attribute>; 5] {
        let policy = self.policy.map(|_| Attribute::Policy);
        let time = self.signing_time.map(|_| Attribute::SigningTime);
        let (fourth, fifth) = match policy {
            None => (time, None),
            Some(_) => (policy, time),
        };
        [
            Some(Attribute::ContentType),
            Some(Attribute::MessageDigest),
            Some(Attribute::SigningCertificate),
            fourth,
            fifth,
        ]
    }

    /// The order of two attributes in a `SET OF`: that of their bytes (X.690 §11.6).
    fn compare(&self, one: Option<Attribute>, other: Option<Attribute>) -> Ordering {
        self.prefix(one).cmp(&self.prefix(other))
    }

    /// The first bytes of an attribute. What does not fit is left out whole, so that zeros stand
    /// where two attributes no longer need to be told apart.
    fn prefix(&self, attribute: Option<Attribute>) -> [u8; PREFIX] {
        let mut bytes = [0; PREFIX];
        if let Some(attribute) = attribute {
            let mut buffer = Buffer::new(&mut bytes);
            self.write_one(attribute, &mut Writer::to_buffer(&mut buffer));
        }
        bytes
    }

    fn write_one(&self, attribute: Attribute, out: &mut Writer<'_>) {
        match attribute {
            Attribute::ContentType => {
                write_attribute(CONTENT_TYPE, out, &|out| out.object_identifier(DATA));
            }
            Attribute::MessageDigest => write_attribute(MESSAGE_DIGEST, out, &|out| {
                out.element(OCTET_STRING, self.content.as_bytes());
            }),
            Attribute::SigningCertificate => {
                write_attribute(SIGNING_CERTIFICATE_V2, out, &|out| {
                    self.write_signing_certificate(out);
                });
            }
            Attribute::Policy => {
                if let Some(policy) = self.policy {
                    write_attribute(SIGNATURE_POLICY, out, &|out| write_policy(policy, out));
                }
            }
            Attribute::SigningTime => write_attribute(SIGNING_TIME, out, &|out| {
                time::write(self.signing_time.unwrap_or(0), out);
            }),
        }
    }

    /// SigningCertificateV2 (RFC 5035 §3) of one certificate. The hash algorithm is the default, so
    /// DER leaves it out (DOC-ICP-15.03 v9.1, note 4).
    fn write_signing_certificate(&self, out: &mut Writer<'_>) {
        out.around(SEQUENCE, &|out| {
            out.around(SEQUENCE, &|out| {
                out.around(SEQUENCE, &|out| {
                    out.element(OCTET_STRING, self.certificate_digest.as_bytes());
                    out.around(SEQUENCE, &|out| {
                        // GeneralNames of one directoryName, which is explicit since Name is a choice.
                        out.around(SEQUENCE, &|out| {
                            out.element(constructed(4), self.certificate.issuer().encoded());
                        });
                        out.raw(self.certificate.serial_encoded());
                    });
                });
            });
        });
    }
}

fn at(all: &[Option<Attribute>; 5], place: u8) -> Option<Attribute> {
    all.get(usize::from(place)).copied().flatten()
}

/// SignaturePolicyId (RFC 5126 §5.8.1) with the one qualifier that is allowed, and without
/// parameters of the hash algorithm (DOC-ICP-15.03 v9.1, notes 2 and 3).
fn write_policy(policy: &Policy<'_>, out: &mut Writer<'_>) {
    out.around(SEQUENCE, &|out| {
        out.object_identifier(policy.object_identifier);
        out.around(SEQUENCE, &|out| {
            write_sha_256(out);
            out.element(OCTET_STRING, policy.hash.as_bytes());
        });
        out.around(SEQUENCE, &|out| {
            out.around(SEQUENCE, &|out| {
                out.object_identifier(POLICY_URI);
                out.element(IA5_STRING, policy.uri.as_bytes());
            });
        });
    });
}

/// The AlgorithmIdentifier of SHA-256 without parameters (RFC 5754 §2; DOC-ICP-15.03 v9.1, note 3).
pub(super) fn write_sha_256(out: &mut Writer<'_>) {
    out.around(SEQUENCE, &|out| out.object_identifier(SHA_256));
}

/// `Attribute` with one value (RFC 5652 §5.3).
pub(super) fn write_attribute(
    kind: ObjectIdentifier<'_>,
    out: &mut Writer<'_>,
    value: &dyn Fn(&mut Writer<'_>),
) {
    out.around(SEQUENCE, &|out| {
        out.object_identifier(kind);
        out.around(SET, value);
    });
}
