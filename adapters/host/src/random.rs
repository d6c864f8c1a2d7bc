//! Random bytes from the system.

use ring::rand::{SecureRandom, SystemRandom};
use rubrica_core::psc::Entropy;

use crate::error::Error;

pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(bytes)
}

pub(crate) fn entropy() -> Result<Entropy, Error> {
    Ok(Entropy { verifier: bytes()?, state: bytes()? })
}

/// A seed for spreading tries.
pub(crate) fn seed() -> Result<u32, Error> {
    bytes().map(u32::from_le_bytes)
}
