//! Who signs what: an order that the dice make up, and the service that it goes to.

use rubrica_core::certillion::{
    Application, CERTILLION, DigestMethod, Item, Limits, Options, Order, PdfOptions, Policy,
    PolicySpelling, Profile, PscName, Service, Standard, VisibleSignature, XmlOptions,
};
use rubrica_core::pacing::Rate;
use rubrica_core::secret::SecretText;
use rubrica_core::time::Duration;

use crate::dice::Dice;

/// An address of a service that does not exist (RFC 2606 §2).
pub(super) const BASE_URL: &str = "https://certillion.example";

/// The one for certificates of the vendor's application.
pub(super) const SIGNER_URL: &str = "https://signer.example/here";

pub(super) const CLIENT_ID: &str = "a-client-id";

pub(super) const CLIENT_SECRET: &str = "a~client~secret";

/// The service's facts, of which some are not sure.
pub(super) fn profile(dice: &mut Dice<'_>) -> Profile<'static> {
    let calls = Rate { count: dice.pick([80, 2, 7, 80]), period: Duration::from_secs(60) };
    let hashes_per_request = dice.pick([20, 1, 2, 64, 200]);
    Profile {
        policy_spelling: dice.pick([PolicySpelling::Underscore, PolicySpelling::Hyphen]),
        entries_in_order: dice.throw(4) != 1,
        limits: Limits { calls, hashes_per_request, ..CERTILLION.limits },
        ..CERTILLION
    }
}

/// The application, through one trust service or another.
pub(super) fn application<'a>(dice: &mut Dice<'_>, profile: &'a Profile<'a>) -> Application<'a> {
    let service = Service::at(profile, BASE_URL, SIGNER_URL).expect("https URLs");
    let secret = SecretText::new(CLIENT_SECRET);
    let application = Application::new(service, CLIENT_ID, secret, "").expect("short fields");
    match dice.throw(4) {
        1 => application.through(PscName::CERTILLION_SIGNER),
        2 => application.through(PscName::VIDAAS),
        _ => application,
    }
}

/// The document with this number.
pub(super) fn document(number: usize) -> Vec<u8> {
    // What looks like the start of a boundary, and a body template's own mark, are bytes like others.
    format!("%PDF-1.7\r\n--{number}\x04").repeat(number % 5 + 1).into_bytes()
}

/// What the documents are called, and how they are signed.
pub(super) struct Papers {
    ids: Vec<String>,
    names: Vec<String>,
    empty: Option<usize>,
    standard: Standard,
    policy: Option<Policy>,
    detached: bool,
    pki_name: Option<&'static str>,
    certificate_alias: Option<&'static str>,
    options: Option<Options<'static>>,
    media_type: Option<&'static str>,
    hash_algorithm: Option<&'static str>,
}

impl Papers {
    pub(super) fn thrown(dice: &mut Dice<'_>) -> Self {
        let count = match dice.throw(16) {
            1 => 1 + dice.throw(70),
            2 => dice.pick([20, 21, 40, 64, 65, 70]),
            3 | 4 => 1 + dice.throw(8),
            _ => 1 + dice.throw(3),
        };
        let count = usize::from(count);
        let name_of: fn(usize, usize) -> String = match dice.throw(4) {
            1 => |number, count| (count - number).to_string(),
            2 => |number, _| format!("é \"{number}\\ü"),
            3 => |number, _| "0".repeat(number % 60) + &(number / 60).to_string(),
            _ => |number, _| number.to_string(),
        };
        let mut ids: Vec<String> = (0..count).map(|number| name_of(number, count)).collect();
        if count > 1 && dice.throw(32) == 1 {
            ids[count - 1] = ids[0].clone();
        }
        let quote = dice.pick(["", "\"", "é", "%22"]);
        let names = (0..count).map(|number| format!("{quote}{number}.pdf")).collect();
        let standard = dice.pick(Standard::ALL);
        let policy = match dice.throw(8) {
            1 => None,
            throw => Some(Policy::ALL[usize::from(throw) % Policy::ALL.len()]),
        };
        // A signature in a PDF does not stand apart from it; now and then it is asked for.
        let detached = dice.throw(2) == 1 && (!standard.is_pdf() || dice.throw(8) == 1);
        Self {
            ids,
            names,
            empty: (dice.throw(32) == 1).then(|| usize::from(dice.byte()) % count),
            standard,
            policy,
            detached,
            pki_name: dice.pick([Some(Order::ICP_BR), None]),
            certificate_alias: dice.pick([None, Some("one \"of\" them")]),
            options: options(dice, standard),
            media_type: dice.pick([None, Some("application/pdf"), Some("text/xml; charset=utf-8")]),
            hash_algorithm: dice.pick([None, Some("2.16.840.1.101.3.4.2.1")]),
        }
    }

    pub(super) fn items(&self) -> Vec<Item<'_>> {
        let lengths = (0..self.ids.len()).map(|number| match self.empty {
            Some(empty) if empty == number => 0,
            _ => document(number).len() as u64,
        });
        let items = self.ids.iter().zip(&self.names).zip(lengths);
        items
            .map(|((id, alias), length)| Item {
                media_type: self.media_type,
                hash_algorithm: self.hash_algorithm,
                options: self.options.as_ref(),
                ..Item::new(id, alias, length)
            })
            .collect()
    }

    pub(super) fn order<'a>(&'a self, items: &'a [Item<'a>]) -> Order<'a> {
        Order {
            items,
            standard: self.standard,
            policy: self.policy,
            detached: self.detached,
            pki_name: self.pki_name,
            certificate_alias: self.certificate_alias,
        }
    }

    /// Whether the service would take such an order.
    pub(super) fn is_good(&self) -> bool {
        let mut ids: Vec<_> = self.ids.iter().collect();
        ids.sort();
        ids.dedup();
        let has_policy = self.policy.is_some() || self.standard == Standard::Pades;
        let apart = self.detached && self.standard.is_pdf();
        ids.len() == self.ids.len() && self.empty.is_none() && has_policy && !apart
    }
}

fn options(dice: &mut Dice<'_>, standard: Standard) -> Option<Options<'static>> {
    if dice.throw(3) != 1 {
        return None;
    }
    let visible = VisibleSignature {
        image_zoom: Some(u32::from(dice.byte()) * 7),
        page_number: Some(2),
        ..VisibleSignature::new("$SIGN_DATE$")
    };
    let pdf =
        PdfOptions { reason: Some("\"reason\""), visible: Some(visible), ..PdfOptions::default() };
    let elements_name = &["infNFe"];
    let xml = XmlOptions { attribute_id_name: Some("Id"), elements_name, ..XmlOptions::default() };
    Some(Options {
        digest_method: Some(DigestMethod::Sha512),
        pdf: standard.is_pdf().then_some(pdf),
        xml: (standard == Standard::Xades).then_some(xml),
    })
}
