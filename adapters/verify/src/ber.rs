//! Files that their makers wrote in BER (X.690 §8), brought into DER.

use rubrica_core::codec::ber;

use crate::limits;

/// The message brought from BER into DER, unless it is no BER, or was DER already and is malformed.
pub(crate) fn file_in_der(cms: &[u8]) -> Option<Vec<u8>> {
    if cms.len() > limits::FILE_BYTES {
        return None;
    }
    let mut der = cms.to_vec();
    der.resize(ber::der_bound(cms.len()), 0);
    let length = ber::into_der(&mut der, cms.len()).ok()?;
    der.truncate(length);
    (der != cms).then_some(der)
}
