//! The standards that Certillion signs under, each over the uploaded document.

use std::io;

use super::refusal::Refusal;
use super::settings::DetachedDownload;
use super::signature::Item;
use super::state::{Document, Outcome, Session};
use super::status::Status;
use super::{Asked, Certillion};
use crate::cms::policy::Policy;
use crate::cms::signed_data::Content as Encapsulated;
use crate::faults::Fault;
use crate::pdf::{self, PdfError, pades};
use crate::psc::hand::{Attributes, Hand};
use crate::random;
use crate::transport::spool::Content;

/// `signature_standard`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standard {
    Pades,
    PadesIcpBr,
    Cades,
    Xades,
}

impl Standard {
    pub(crate) fn wire_name(self) -> &'static str {
        match self {
            Self::Pades => "PADES",
            Self::PadesIcpBr => "PADES_ICP_BR",
            Self::Cades => "CADES",
            Self::Xades => "XADES",
        }
    }
}

/// How far a policy of ICP-Brasil goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// AD-RB: the signature.
    Rb,
    /// AD-RT: with a time stamp.
    Rt,
}

/// What a request asks for every document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) standard: Standard,
    /// `None` for PADES without a policy.
    pub(crate) level: Option<Level>,
    pub(crate) detached: bool,
}

impl Plan {
    /// The policy that the signature names. PADES names none, whatever the request said.
    pub(crate) fn policy(self) -> Option<&'static Policy> {
        match (self.standard, self.level) {
            (Standard::PadesIcpBr, Some(Level::Rb)) => Some(&Policy::PADES_AD_RB),
            (Standard::PadesIcpBr, Some(Level::Rt)) => Some(&Policy::PADES_AD_RT),
            (Standard::Cades, Some(Level::Rb)) => Some(&Policy::CADES_AD_RB),
            (Standard::Cades, Some(Level::Rt)) => Some(&Policy::CADES_AD_RT),
            _ => None,
        }
    }
}

/// What was signed.
pub(crate) struct Made {
    pub(crate) result: Outcome,
    /// What a `signature` member would carry.
    pub(crate) signature: Content,
}

pub(crate) fn sign(
    certillion: &Certillion,
    session: &Session,
    plan: &Plan,
    item: &Item,
    document: &Document,
    asked: Asked<'_>,
) -> Result<Made, Refusal> {
    let signer = (&session.holder, &session.certificate);
    let hand = Hand::of(&certillion.ground, signer, asked.settings.chain_in_cms, asked.faults);
    let now = certillion.ground.clock.unix_seconds();
    let stamped = (plan.level == Some(Level::Rt)).then_some(now);
    let attributes = Attributes { signing_time: None, policy: plan.policy(), stamped };
    match plan.standard {
        Standard::Pades | Standard::PadesIcpBr => {
            let options = pades::Options {
                signer: session.holder.name,
                time: now,
                page: false,
                filters: asked.settings.pdf_filters.names(),
                alter: asked.faults.has(&Fault::AlteredDocument),
            };
            // A signature without a policy takes no time stamp from one.
            let attributes =
                if plan.standard == Standard::Pades { Attributes::default() } else { attributes };
            let original = document.content.to_vec().map_err(|error| unreadable(&error))?;
            let sign =
                |digest: [u8; 32]| hand.sign_data(digest, Encapsulated::Detached, &attributes);
            let signed = pades::sign(&original, &options, sign).map_err(|error| wrong(&error))?;
            let pdf::Signed { document, .. } = signed;
            let signed = Content::from(document);
            Ok(Made { result: Outcome::Signed(signed.clone()), signature: signed })
        }
        Standard::Cades => {
            let attributes = Attributes { signing_time: Some(now), ..attributes };
            cades(&hand, plan, document, &attributes, asked)
        }
        Standard::Xades => {
            let _ = item;
            let detail = "beyond the emulator: XADES";
            Err(Refusal::new(400, Status::REQUEST_BAD_PROFILE, detail))
        }
    }
}

fn cades(
    hand: &Hand,
    plan: &Plan,
    document: &Document,
    attributes: &Attributes,
    asked: Asked<'_>,
) -> Result<Made, Refusal> {
    let (content, digest) = if asked.faults.has(&Fault::AlteredDocument) {
        let mut bytes = document.content.to_vec().map_err(|error| unreadable(&error))?;
        if let Some(first) = bytes.first_mut() {
            *first ^= 1;
        }
        let digest = random::sha256(&bytes);
        (Content::from(bytes), digest)
    } else {
        (document.content.clone(), document.digest)
    };
    let attached = || hand.sign_around(digest, content.clone(), attributes);
    if !plan.detached {
        let signed = attached();
        return Ok(Made { result: Outcome::Signed(signed.clone()), signature: signed });
    }
    let signature = hand.sign_data(digest, Encapsulated::Detached, attributes);
    let signature = Content::from(signature);
    let result = match asked.settings.detached_download {
        DetachedDownload::Detached => Outcome::Signed(signature.clone()),
        DetachedDownload::Attached => Outcome::Signed(attached()),
        DetachedDownload::Refused => Outcome::NotDownloadable,
    };
    Ok(Made { result, signature })
}

/// A document that is not of the standard's type, or that cannot be signed.
fn wrong(error: &PdfError) -> Refusal {
    match error {
        PdfError::Room => Refusal::unexpected(error.to_string()),
        _ => Refusal::new(400, Status::WRONG_DOCUMENT_TYPE, error.to_string()),
    }
}

fn unreadable(error: &io::Error) -> Refusal {
    Refusal::unexpected(format!("the document cannot be read: {error}"))
}
