//! What a session's file holds: the record of the service that the session is with, which begins with
//! its version.

use postcard::experimental::serialized_size;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::error::JournalError;

/// The version of a PSC's records.
pub(crate) const PSC: u8 = 3;

/// The version of Certillion's records.
pub(crate) const CERTILLION: u8 = 0x41;

/// The versions of every service's records.
const VERSIONS: [u8; 2] = [PSC, CERTILLION];

/// A record as the journal keeps it.
pub(crate) fn encode(record: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, JournalError> {
    // As large as it becomes, so that no copy of a token is left behind by growing. Only a record
    // larger than memory cannot be written.
    let size = serialized_size(record).map_err(|_| JournalError::Corrupt)?;
    let mut bytes = Zeroizing::new(vec![0; size]);
    postcard::to_slice(record, &mut bytes).map_err(|_| JournalError::Corrupt)?;
    Ok(bytes)
}

/// A record of this version.
pub(crate) fn decode<R: DeserializeOwned>(bytes: &[u8], version: u8) -> Result<R, JournalError> {
    // The version stands first: what follows it may be anything when it is another.
    match bytes.first() {
        Some(found) if *found == version => {}
        Some(found) if VERSIONS.contains(found) => return Err(JournalError::Foreign),
        _ => return Err(JournalError::Version),
    }
    postcard::from_bytes(bytes).map_err(|_| JournalError::Corrupt)
}
