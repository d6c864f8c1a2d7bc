//! The signature formats (manual §3.2), each over the digest that was sent.

use super::Vidaas;
use super::refusal::Refusal;
use super::state::Token;
use crate::cms::policy::Policy;
use crate::cms::signed_data::Content;
use crate::faults::{Drawn, Fault};
use crate::pdf::{self, pades};
use crate::pki::rsa::Padding;
use crate::psc::hand::{Attributes, Hand};

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
    let signer = (&token.holder, &token.certificate);
    let hand = Hand::of(&vidaas.ground, signer, vidaas.settings.chain_in_cms, faults);
    let now = vidaas.ground.clock.unix_seconds();
    match item.format {
        Format::Raw => Ok(Signed { raw: hand.sign_raw(item.padding, item.digest), file: None }),
        Format::Cms => Ok(sign_content(
            &hand,
            item,
            &Attributes { signing_time: Some(now), ..Attributes::default() },
        )),
        Format::Cades { stamped } => {
            let policy = if stamped { &Policy::CADES_AD_RT } else { &Policy::CADES_AD_RB };
            let attributes = Attributes {
                signing_time: Some(now),
                policy: Some(policy),
                stamped: stamped.then_some(now),
            };
            Ok(sign_content(&hand, item, &attributes))
        }
        Format::Pades { stamped } => {
            let policy = if stamped { &Policy::PADES_AD_RT } else { &Policy::PADES_AD_RB };
            let attributes = Attributes {
                policy: Some(policy),
                stamped: stamped.then_some(now),
                ..Attributes::default()
            };
            let options = pades::Options {
                signer: token.holder.name,
                time: now,
                page: item.page,
                entries: &[],
                visible: None,
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

fn sign_content(hand: &Hand, item: &Item, attributes: &Attributes) -> Signed {
    let raw = hand.sign_data(item.digest, Content::Detached, attributes);
    let file = item
        .content
        .as_deref()
        .map(|content| hand.sign_data(item.digest, Content::Attached(content), attributes));
    Signed { raw, file }
}
