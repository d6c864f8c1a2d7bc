//! A public key infrastructure shaped like ICP-Brasil's, minted at start from fixed test keys.

pub(crate) mod authority;
pub(crate) mod certificate;
pub(crate) mod crl;
pub(crate) mod der;
pub(crate) mod ec;
pub(crate) mod holder;
pub(crate) mod identity;
pub(crate) mod keys;
pub(crate) mod ocsp;
pub(crate) mod people;
pub(crate) mod plan;
pub(crate) mod reading;
pub(crate) mod rsa;
pub(crate) mod signing_key;
pub(crate) mod web_server;
