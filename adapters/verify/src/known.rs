//! The authorities of ICP-Brasil that are known without being told.

use std::sync::OnceLock;

use crate::{Certificate, pem};

/// The authorities below ICP-Brasil's roots as of 2023 (see `data/README.md`), read when first
/// asked for. They fill gaps of chains and are never anchors.
#[must_use]
pub fn known_intermediates() -> &'static [Certificate] {
    static KNOWN: OnceLock<Vec<Certificate>> = OnceLock::new();
    // A test reads them, so there are as many as the data holds.
    KNOWN.get_or_init(|| {
        pem::certificates(include_bytes!("../data/intermediates.pem")).unwrap_or_default()
    })
}
