//! What the tests are made of: DER written by hand, so that every mistake can be made on purpose.

pub(crate) mod certificates;
pub(crate) mod der;
pub(crate) mod keys;
pub(crate) mod messages;
pub(crate) mod policies;
pub(crate) mod revocation;
pub(crate) mod time_stamps;

use rubrica_core::identity::Holder;
use rubrica_verify::{Anchors, Certificate, Expected, UnixTime};

use certificates::Chain;

/// 21 November 2026, inside the validity of everything that is minted here.
pub(crate) const NOW: UnixTime = UnixTime::from_seconds(1_795_297_670);

/// The document that is signed throughout.
pub(crate) const DOCUMENT: &[u8] = b"Contrato de teste.\n";

/// The holder of the synthetic certificates.
pub(crate) const CPF: &str = "11144477735";

pub(crate) fn digest(document: &[u8]) -> [u8; 32] {
    ring::digest::digest(&ring::digest::SHA256, document).as_ref().try_into().unwrap()
}

pub(crate) fn holder(number: &str) -> Holder {
    Holder::parse(number).unwrap()
}

/// The document, its holder, and no anchors.
pub(crate) fn expected<'a>() -> Expected<'a> {
    Expected { digest: digest(DOCUMENT), holder: Some(holder(CPF)), at: NOW, anchors: None }
}

/// The root of the chain and nothing else.
pub(crate) fn anchors(chain: &Chain) -> Anchors {
    Anchors::new([certificate(&chain.root)]).unwrap()
}

pub(crate) fn certificate(der: &[u8]) -> Certificate {
    Certificate::from_der(der).unwrap()
}
