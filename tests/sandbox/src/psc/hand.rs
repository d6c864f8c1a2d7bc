//! The hand that signs: a certificate, a key, and what the faults make of them.

use std::sync::Arc;

use super::ground::Ground;
use crate::cms::policy::Policy;
use crate::cms::signed_data::{Content, ID_DATA, SignedData};
use crate::cms::time_stamp::TimeStampAuthority;
use crate::faults::{Drawn, Fault};
use crate::pki::holder::{Holder, HolderCertificate, Standing};
use crate::pki::rsa::Padding;
use crate::random;
use crate::transport::spool;

/// What a CMS carries beside the attributes that all have. Times are Unix seconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Attributes {
    pub(crate) signing_time: Option<i64>,
    pub(crate) policy: Option<&'static Policy>,
    pub(crate) stamped: Option<i64>,
}

/// Who signs, and what the faults make of it.
pub(crate) struct Hand {
    certificate: Arc<HolderCertificate>,
    key: Arc<HolderCertificate>,
    chain: Vec<Vec<u8>>,
    stamps: Arc<TimeStampAuthority>,
    another_digest: bool,
    tampered: bool,
}

impl Hand {
    /// The hand of a holder's certificate; `with_chain` puts the authorities above it into a CMS.
    pub(crate) fn of(
        ground: &Ground,
        (holder, certificate): (&Arc<Holder>, &Arc<HolderCertificate>),
        with_chain: bool,
        faults: &Drawn,
    ) -> Self {
        let now = ground.clock.unix_seconds();
        let mut certificate = Arc::clone(certificate);
        let mut key = Arc::clone(&certificate);
        let reissued = |certificate: &HolderCertificate, standing| {
            Arc::new(certificate.reissued(&ground.authorities, standing, now))
        };
        for fault in faults.iter() {
            match fault {
                Fault::WrongKey => key = ground.certificate_of_someone_else(holder),
                Fault::WrongHolder => {
                    certificate = ground.certificate_of_someone_else(holder);
                    key = Arc::clone(&certificate);
                }
                Fault::ExpiredCertificate => {
                    certificate = reissued(&certificate, Standing::Expired);
                }
                Fault::UnknownRoot => certificate = reissued(&certificate, Standing::UnknownRoot),
                _ => {}
            }
        }
        let chain = if with_chain { certificate.chain(&ground.authorities) } else { Vec::new() };
        Self {
            certificate,
            key,
            chain,
            stamps: Arc::clone(&ground.stamps),
            another_digest: faults.has(&Fault::WrongDigest),
            tampered: faults.has(&Fault::TamperedSignature),
        }
    }

    /// The signature over a digest as it was sent.
    pub(crate) fn sign_raw(&self, padding: Padding, digest: [u8; 32]) -> Vec<u8> {
        self.tamper(self.key.key().sign_digest(padding, &self.digest(digest)))
    }

    /// A CMS over a digest as it was sent.
    pub(crate) fn sign_data(
        &self,
        digest: [u8; 32],
        content: Content<'_>,
        attributes: &Attributes,
    ) -> Vec<u8> {
        let data = self.signed_data(digest, content, attributes);
        data.sign(&self.chain, |signed| self.tamper(self.key.key().sign_sha256(signed)))
    }

    /// A CMS that holds a content, over a digest as it was sent.
    pub(crate) fn sign_around(
        &self,
        digest: [u8; 32],
        content: spool::Content,
        attributes: &Attributes,
    ) -> spool::Content {
        let length = usize::try_from(content.length()).unwrap_or(usize::MAX);
        let data = self.signed_data(digest, Content::Detached, attributes);
        let sign = |signed: &[u8]| self.tamper(self.key.key().sign_sha256(signed));
        let (before, after) = data.sign_around(length, &self.chain, sign);
        content.between(before, after)
    }

    /// The certificate that the signature is under.
    pub(crate) fn certificate(&self) -> &HolderCertificate {
        &self.certificate
    }

    /// The authorities above it, the issuer first; none when they are not to be carried.
    pub(crate) fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    /// A signature over a message with SHA-256.
    pub(crate) fn sign_message(&self, message: &[u8]) -> Vec<u8> {
        self.tamper(self.key.key().sign_sha256(message))
    }

    /// A TimeStampToken over bytes, at a time in Unix seconds.
    pub(crate) fn stamp(&self, stamped: &[u8], time: i64) -> Vec<u8> {
        self.stamps.token(random::sha256(stamped), time)
    }

    fn signed_data<'h>(
        &'h self,
        digest: [u8; 32],
        content: Content<'h>,
        attributes: &Attributes,
    ) -> SignedData<'h> {
        SignedData {
            digest: self.digest(digest),
            content_type: ID_DATA,
            content,
            signing_time: attributes.signing_time,
            policy: attributes.policy,
            certificate: self.certificate.certificate(),
            with_certificates: true,
            time_stamp: attributes.stamped.map(|time| (self.stamps.as_ref(), time)),
            signature_algorithm: self.key.key().signature_algorithm(),
        }
    }

    /// A digest as it was sent, or another when that is the fault.
    pub(crate) fn digest(&self, digest: [u8; 32]) -> [u8; 32] {
        if self.another_digest { random::sha256(&digest) } else { digest }
    }

    fn tamper(&self, mut signature: Vec<u8>) -> Vec<u8> {
        if self.tampered
            && let Some(last) = signature.last_mut()
        {
            *last ^= 1;
        }
        signature
    }
}
