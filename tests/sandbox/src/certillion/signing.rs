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
use crate::pdf::{PdfError, pades};
use crate::psc::hand::{Attributes, Hand};
use crate::random;
use crate::transport::spool::Content;
use crate::xml::XmlError;
use crate::xml::xades::{self, Target};

/// Bytes of an XML, which is read whole.
const XML_LIMIT: u64 = 64 * 1024 * 1024;

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
            (Standard::Xades, Some(Level::Rb)) => Some(&Policy::XADES_AD_RB),
            (Standard::Xades, Some(Level::Rt)) => Some(&Policy::XADES_AD_RT),
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
            // A signature without a policy takes no time stamp from one.
            let attributes =
                if plan.standard == Standard::Pades { Attributes::default() } else { attributes };
            pades(session, &hand, item, document, &attributes, (now, asked))
        }
        Standard::Cades => {
            let attributes = Attributes { signing_time: Some(now), ..attributes };
            cades(&hand, plan, document, &attributes, asked)
        }
        Standard::Xades => xades(&hand, plan, item, document, (now, asked)),
    }
}

fn pades(
    session: &Session,
    hand: &Hand,
    item: &Item,
    document: &Document,
    attributes: &Attributes,
    (now, asked): (i64, Asked<'_>),
) -> Result<Made, Refusal> {
    let chosen = item.options.pdf_options.clone().unwrap_or_default();
    let visible = chosen.visible(&session.holder, now)?;
    let entries = [
        ("Reason", &chosen.reason),
        ("Location", &chosen.location),
        ("ContactInfo", &chosen.contact_info),
    ];
    let entries = entries.iter().filter_map(|(name, text)| Some((*name, text.as_deref()?)));
    let entries: Vec<(&str, &str)> = entries.collect();
    let options = pades::Options {
        signer: session.holder.name,
        time: now,
        page: false,
        entries: &entries,
        visible: visible.as_ref(),
        filters: asked.settings.pdf_filters.names(),
        alter: false,
    };
    let mut content = document.content.clone();
    let mut original = content.to_vec().map_err(|error| unreadable(&error))?;
    if asked.faults.has(&Fault::AlteredDocument) {
        original = pades::altered(&original);
        content = Content::from(original.clone());
    }
    let sign = |digest: [u8; 32]| hand.sign_data(digest, Encapsulated::Detached, attributes);
    let (tail, _) = pades::append(&original, &options, sign).map_err(|error| wrong(&error))?;
    let signed = content.between(Vec::new(), tail);
    Ok(Made { result: Outcome::Signed(signed.clone()), signature: signed })
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

fn xades(
    hand: &Hand,
    plan: &Plan,
    item: &Item,
    document: &Document,
    (now, asked): (i64, Asked<'_>),
) -> Result<Made, Refusal> {
    if document.content.length() > XML_LIMIT {
        let detail = "beyond the emulator: an XML of this size";
        return Err(Refusal::new(400, Status::REQUEST_WRONG_LENGTH, detail));
    }
    let chosen = item.options.xml_options.clone().unwrap_or_default();
    if chosen.multiple_signatures == Some(true) || chosen.remove_signature_id == Some(true) {
        let detail = "beyond the emulator: multiple_signatures and remove_signature_id";
        return Err(Refusal::new(400, Status::REQUEST_BAD_PROFILE, detail));
    }
    let target = match (chosen.elements_id, chosen.elements_name, chosen.attribute_id_name) {
        (Some(identifiers), _, _) => Target::Identifiers(identifiers),
        (None, Some(names), Some(attribute)) => Target::Names(names, attribute),
        _ => Target::Document,
    };
    let options = xades::Options {
        target,
        exclusive: asked.settings.exclusive_canonicalization,
        policy: plan.policy(),
        time: now,
        stamped: plan.level == Some(Level::Rt),
        key_value: chosen.add_key_val.unwrap_or_default(),
        subject_name: chosen.add_subject_name.unwrap_or_default(),
        alter: asked.faults.has(&Fault::AlteredDocument),
    };
    let original = document.content.to_vec().map_err(|error| unreadable(&error))?;
    let signed = xades::sign(&original, &options, hand).map_err(|error| {
        let status = match error {
            XmlError::Broken(_) | XmlError::Unsupported(_) => Status::WRONG_DOCUMENT_TYPE,
            XmlError::NoElement => Status::XMLDSIG_NO_ELEMENT_FOUND,
            XmlError::NoIdentifier => Status::XMLDSIG_ELEMENTS_WITHOUT_ATTRIBUTE_ID,
            XmlError::SameIdentifier => Status::XMLDSIG_SAME_ID_FOR_MULTIPLE_ELEMENTS,
        };
        Refusal::new(400, status, error.to_string())
    })?;
    let signed = Content::from(signed);
    Ok(Made { result: Outcome::Signed(signed.clone()), signature: signed })
}

/// A document that is not of the standard's type, or that cannot be signed.
fn wrong(error: &PdfError) -> Refusal {
    match error {
        PdfError::Room => Refusal::unexpected(error.to_string()),
        PdfError::NoPage => Refusal::wrong(error.to_string()),
        _ => Refusal::new(400, Status::WRONG_DOCUMENT_TYPE, error.to_string()),
    }
}

fn unreadable(error: &io::Error) -> Refusal {
    Refusal::unexpected(format!("the document cannot be read: {error}"))
}
