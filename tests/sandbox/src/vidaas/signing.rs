//! The signature formats (manual §3.2), each over the digest that was sent.

use std::sync::Arc;

use super::Vidaas;
use super::refusal::Refusal;
use super::state::Token;
use crate::cms::policy::Policy;
use crate::cms::signed_data::{Content, ID_DATA, SignedData};
use crate::cms::time_stamp::TimeStampAuthority;
use crate::faults::{Drawn, Fault};
use crate::pdf::{self, pades};
use crate::pki::holder::{HolderCertificate, Standing, chain};
use crate::pki::rsa::Padding;
use crate::random;

/// What a `signature_format` comes down to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `RAW` of the developers' page, `RAW_DATA` of the manual, and `RAW_DIGESTED_DATA`, whose
    /// difference from them no text tells: all three sign the digest as it was sent.
    Raw,
    /// `CMS`: without a policy, with signingTime.
    Cms,
    /// `CAdES_AD_RB`, and `CAdES_AD_RT` with a time stamp.
    Cades { stamped: bool },
    /// `PAdES_AD_RB`, and `PAdES_AD_RT` with a time stamp.
    Pades { stamped: bool },
}

impl Format {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "RAW" | "RAW_DATA" | "RAW_DIGESTED_DATA" => Self::Raw,
            "CMS" => Self::Cms,
            "CAdES_AD_RB" => Self::Cades { stamped: false },
            "CAdES_AD_RT" => Self::Cades { stamped: true },
            "PAdES_AD_RB" => Self::Pades { stamped: false },
            "PAdES_AD_RT" => Self::Pades { stamped: true },
            _ => return None,
        })
    }
}

/// One element of a request, checked.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) digest: [u8; 32],
    pub(crate) format: Format,
    pub(crate) format_name: String,
    pub(crate) padding: Padding,
    pub(crate) page: bool,
    pub(crate) content: Option<Vec<u8>>,
}

/// What was signed.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    /// The RSA signature of `RAW`, else a CMS that does not hold the content.
    pub(crate) raw: Vec<u8>,
    /// With `base64_content`: the signed PDF, or a CMS that holds the content.
    pub(crate) file: Option<Vec<u8>>,
}

pub(crate) fn sign(
    vidaas: &Vidaas,
    token: &Token,
    item: &Item,
    faults: &Drawn,
) -> Result<Signed, Refusal> {
    let hand = Hand::of(vidaas, token, faults);
    let now = vidaas.clock.unix_seconds();
    match item.format {
        Format::Raw => {
            let digest = hand.digest(item.digest);
            let raw = hand.tamper(hand.key.key().sign_digest(item.padding, &digest));
            Ok(Signed { raw, file: None })
        }
        Format::Cms => {
            Ok(hand.sign_content(item, &Attributes { signing_time: Some(now), ..NOTHING }))
        }
        Format::Cades { stamped } => {
            let policy = if stamped { &Policy::CADES_AD_RT } else { &Policy::CADES_AD_RB };
            let attributes = Attributes {
                signing_time: Some(now),
                policy: Some(policy),
                stamped: stamped.then_some(now),
            };
            Ok(hand.sign_content(item, &attributes))
        }
        Format::Pades { stamped } => {
            let policy = if stamped { &Policy::PADES_AD_RT } else { &Policy::PADES_AD_RB };
            let attributes =
                Attributes { policy: Some(policy), stamped: stamped.then_some(now), ..NOTHING };
            let options = pades::Options {
                signer: token.holder.name,
                time: now,
                page: item.page,
                filters: vidaas.settings.pdf_filters.names(),
                alter: faults.has(&Fault::AlteredDocument),
            };
            let sign = |digest: [u8; 32]| hand.sign_data(digest, Content::Detached, &attributes);
            let signed = pades::sign(item.content.as_deref().unwrap_or_default(), &options, sign);
            let pdf::Signed { document, cms } =
                signed.map_err(|error| Refusal::invalid_request(error.to_string()))?;
            Ok(Signed { raw: cms, file: Some(document) })
        }
    }
}

/// What a CMS carries beside the attributes that all have. Times are Unix seconds.
#[derive(Clone, Copy, Debug)]
struct Attributes {
    signing_time: Option<i64>,
    policy: Option<&'static Policy>,
    stamped: Option<i64>,
}

const NOTHING: Attributes = Attributes { signing_time: None, policy: None, stamped: None };

/// Who signs, and what the faults make of it.
struct Hand {
    certificate: Arc<HolderCertificate>,
    key: Arc<HolderCertificate>,
    chain: Vec<Vec<u8>>,
    stamps: Arc<TimeStampAuthority>,
    another_digest: bool,
    tampered: bool,
}

impl Hand {
    fn of(vidaas: &Vidaas, token: &Token, faults: &Drawn) -> Self {
        let now = vidaas.clock.unix_seconds();
        let mut certificate = Arc::clone(&token.certificate);
        let mut key = Arc::clone(&token.certificate);
        let reissued = |certificate: &HolderCertificate, standing| {
            Arc::new(certificate.reissued(&vidaas.authorities, standing, now))
        };
        for fault in faults.iter() {
            match fault {
                Fault::WrongKey => key = vidaas.certificate_of_someone_else(&token.holder),
                Fault::WrongHolder => {
                    certificate = vidaas.certificate_of_someone_else(&token.holder);
                    key = Arc::clone(&certificate);
                }
                Fault::ExpiredCertificate => {
                    certificate = reissued(&certificate, Standing::Expired);
                }
                Fault::UnknownRoot => certificate = reissued(&certificate, Standing::UnknownRoot),
                _ => {}
            }
        }
        let chain = if vidaas.settings.chain_in_cms {
            chain(&vidaas.authorities, certificate.standing())
        } else {
            Vec::new()
        };
        Self {
            certificate,
            key,
            chain,
            stamps: Arc::clone(&vidaas.stamps),
            another_digest: faults.has(&Fault::WrongDigest),
            tampered: faults.has(&Fault::TamperedSignature),
        }
    }

    fn digest(&self, digest: [u8; 32]) -> [u8; 32] {
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

    fn sign_content(&self, item: &Item, attributes: &Attributes) -> Signed {
        let raw = self.sign_data(item.digest, Content::Detached, attributes);
        let file = item
            .content
            .as_deref()
            .map(|content| self.sign_data(item.digest, Content::Attached(content), attributes));
        Signed { raw, file }
    }

    fn sign_data(
        &self,
        digest: [u8; 32],
        content: Content<'_>,
        attributes: &Attributes,
    ) -> Vec<u8> {
        let data = SignedData {
            digest: self.digest(digest),
            content_type: ID_DATA,
            content,
            signing_time: attributes.signing_time,
            policy: attributes.policy,
            certificate: self.certificate.certificate(),
            time_stamp: attributes.stamped.map(|time| (self.stamps.as_ref(), time)),
        };
        data.sign(&self.chain, |signed| self.tamper(self.key.key().sign_sha256(signed)))
    }
}
