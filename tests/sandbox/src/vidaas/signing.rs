//! The signature formats (manual §3.2), each over the digest that was sent.

use std::sync::Arc;

use super::Vidaas;
use super::refusal::Refusal;
use super::state::Token;
use crate::cms::policy::Policy;
use crate::cms::signed_data::{self, Content};
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
    /// `CAdES_AD_RB`, and `CAdES_AD_RT` which is refused before it gets here.
    Cades,
    /// `PAdES_AD_RB`, and `PAdES_AD_RT` which is refused before it gets here.
    Pades,
}

impl Format {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "RAW" | "RAW_DATA" | "RAW_DIGESTED_DATA" => Self::Raw,
            "CMS" => Self::Cms,
            "CAdES_AD_RB" | "CAdES_AD_RT" => Self::Cades,
            "PAdES_AD_RB" | "PAdES_AD_RT" => Self::Pades,
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
    let content = item.content.as_deref();
    match item.format {
        Format::Raw => {
            let digest = hand.digest(item.digest);
            let raw = hand.tamper(hand.key.key().sign_digest(item.padding, &digest));
            Ok(Signed { raw, file: None })
        }
        Format::Cms => {
            let time = Some(vidaas.clock.unix_seconds());
            Ok(hand.sign_content(item, time, None))
        }
        Format::Cades => {
            let time = Some(vidaas.clock.unix_seconds());
            Ok(hand.sign_content(item, time, Some(&Policy::CADES_AD_RB)))
        }
        Format::Pades => {
            let options = pades::Options {
                signer: token.holder.name,
                time: vidaas.clock.unix_seconds(),
                page: item.page,
                filters: vidaas.settings.pdf_filters.names(),
                alter: faults.has(&Fault::AlteredDocument),
            };
            let sign = |digest: [u8; 32]| {
                hand.sign_data(digest, Content::Detached, None, Some(&Policy::PADES_AD_RB))
            };
            let signed = pades::sign(content.unwrap_or_default(), &options, sign);
            let pdf::Signed { document, cms } =
                signed.map_err(|error| Refusal::invalid_request(error.to_string()))?;
            Ok(Signed { raw: cms, file: Some(document) })
        }
    }
}

/// Who signs, and what the faults make of it.
struct Hand {
    certificate: Arc<HolderCertificate>,
    key: Arc<HolderCertificate>,
    chain: Vec<Vec<u8>>,
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

    fn sign_content(&self, item: &Item, time: Option<i64>, policy: Option<&Policy>) -> Signed {
        let raw = self.sign_data(item.digest, Content::Detached, time, policy);
        let file = item
            .content
            .as_deref()
            .map(|content| self.sign_data(item.digest, Content::Attached(content), time, policy));
        Signed { raw, file }
    }

    fn sign_data(
        &self,
        digest: [u8; 32],
        content: Content<'_>,
        signing_time: Option<i64>,
        policy: Option<&Policy>,
    ) -> Vec<u8> {
        let digest = self.digest(digest);
        let certificate = self.certificate.certificate();
        let data = signed_data::SignedData { digest, content, signing_time, policy, certificate };
        data.sign(&self.chain, |attributes| self.tamper(self.key.key().sign_sha256(attributes)))
    }
}
