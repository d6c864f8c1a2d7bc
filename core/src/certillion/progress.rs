//! How far each document of an order is.

use heapless::String;
use serde::{Deserialize, Serialize};

/// Bytes of the longest hash that the service gives for a document; SHA-512 in base64 has 88.
pub const HASH: usize = 128;

/// Bytes of the longest transaction identifier.
pub const TRANSACTION: usize = 64;

/// How far a document is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// It is still to be uploaded.
    #[default]
    Waiting,
    /// The service has it, and has given its hash.
    Uploaded,
    /// Its signature was asked for, and there is no answer yet.
    Sent,
    /// It is signed; its transaction is known where the service told one.
    Signed,
    /// The signed document was fetched, or the signature that stands apart from its document has
    /// come.
    Done,
    /// There will be no signature.
    Failed,
}

/// How far a document is, and by what the service knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// How far it is.
    pub stage: Stage,
    /// What the service calls the uploaded document by; empty before.
    pub hash: String<HASH>,
    /// What the service calls the signature by; empty before.
    pub transaction: String<TRANSACTION>,
}
