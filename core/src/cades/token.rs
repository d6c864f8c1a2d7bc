//! A time stamp's token (RFC 3161 §2.4.2).

use core::fmt;

use super::identifiers::{SHA_256, SIGNED_DATA, TIME_STAMP_INFO};
use crate::codec::der::{
    self, AlgorithmIdentifier, BOOLEAN, DerError, Element, Elements, GENERALIZED_TIME, INTEGER,
    Misread, OBJECT_IDENTIFIER, OCTET_STRING, ObjectIdentifier, SEQUENCE, SET, constructed,
};
use crate::document::Digest;

/// A time stamp, borrowed from its DER. Its signature is not checked here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TimeStampToken<'d> {
    encoded: &'d [u8],
    policy: ObjectIdentifier<'d>,
    algorithm: ObjectIdentifier<'d>,
    imprint: &'d [u8],
    serial: &'d [u8],
    time: u64,
    nonce: Option<&'d [u8]>,
}

impl<'d> TimeStampToken<'d> {
    /// Bytes in the longest token that is read: 32 KiB. One with its whole chain has some 8 KB.
    pub const MAX_LENGTH: usize = 32 * 1024;

    /// Reads a token, and nothing behind it.
    ///
    /// # Errors
    /// [`Misread`] with the piece that is malformed, its place and the reason.
    pub fn parse(encoded: &'d [u8]) -> Result<Self, Misread> {
        let mut outer = Elements::new(encoded);
        let token = outer.field(SEQUENCE, "timeStampToken")?;
        outer.finish("timeStampToken")?;
        Self::read(&token)
    }

    /// Reads `ContentInfo` as far as the TSTInfo in it.
    pub(super) fn read(token: &Element<'d>) -> Result<Self, Misread> {
        const DATA: &str = "SignedData";
        const CONTENT: &str = "encapContentInfo";
        if token.encoded.len() > Self::MAX_LENGTH {
            return Err(token.misread("timeStampToken", DerError::Bound));
        }
        let mut fields = token.elements();
        let kind = fields.field(OBJECT_IDENTIFIER, "contentType")?;
        if kind.object_identifier("contentType")? != SIGNED_DATA {
            return Err(kind.misread("contentType", DerError::Value));
        }
        let signed = fields.field(constructed(0), DATA)?.only(SEQUENCE, DATA)?;
        fields.finish("timeStampToken")?;
        let mut fields = signed.elements();
        fields.field(INTEGER, "version")?;
        fields.field(SET, "digestAlgorithms")?;
        let mut content = fields.field(SEQUENCE, CONTENT)?.elements();
        // The certificates, the revocation and the one signer.
        fields.optional(constructed(0), "certificates")?;
        fields.optional(constructed(1), "crls")?;
        fields.field(SET, "signerInfos")?;
        fields.finish(DATA)?;
        let kind = content.field(OBJECT_IDENTIFIER, "eContentType")?;
        if kind.object_identifier("eContentType")? != TIME_STAMP_INFO {
            return Err(kind.misread("eContentType", DerError::Value));
        }
        let octets = content.field(constructed(0), "eContent")?.only(OCTET_STRING, "eContent")?;
        content.finish(CONTENT)?;
        Self::read_info(token.encoded, &octets.only(SEQUENCE, "TSTInfo")?)
    }

    fn read_info(encoded: &'d [u8], info: &Element<'d>) -> Result<Self, Misread> {
        const IMPRINT: &str = "messageImprint";
        let mut fields = info.elements();
        let version = fields.field(INTEGER, "TSTInfo.version")?;
        if version.content != [1] {
            return Err(version.misread("TSTInfo.version", DerError::Value));
        }
        let policy = fields.field(OBJECT_IDENTIFIER, "policy")?.object_identifier("policy")?;
        let mut imprint = fields.field(SEQUENCE, IMPRINT)?.elements();
        let algorithm = AlgorithmIdentifier::read(&imprint.field(SEQUENCE, IMPRINT)?, IMPRINT)?;
        let hashed = imprint.field(OCTET_STRING, IMPRINT)?;
        imprint.finish(IMPRINT)?;
        let serial = fields.field(INTEGER, "serialNumber")?;
        let time = fields.field(GENERALIZED_TIME, "genTime")?;
        fields.optional(SEQUENCE, "accuracy")?;
        fields.optional(BOOLEAN, "ordering")?;
        let nonce = fields.optional(INTEGER, "nonce")?;
        fields.optional(constructed(0), "tsa")?;
        fields.optional(constructed(1), "extensions")?;
        fields.finish("TSTInfo")?;
        Ok(Self {
            encoded,
            policy,
            algorithm: algorithm.algorithm,
            imprint: hashed.content,
            serial: serial.content,
            time: der::time::read_with_fraction(&time, "genTime")?,
            nonce: match nonce {
                Some(nonce) => Some(nonce.magnitude("nonce")?),
                None => None,
            },
        })
    }

    /// The token in DER, exactly as it came.
    #[must_use]
    pub const fn encoded(&self) -> &'d [u8] {
        self.encoded
    }

    /// The policy of the authority's stamps.
    #[must_use]
    pub const fn policy(&self) -> ObjectIdentifier<'d> {
        self.policy
    }

    /// The stamp's serial number: the big-endian bytes of its `INTEGER`, as they stand.
    #[must_use]
    pub const fn serial(&self) -> &'d [u8] {
        self.serial
    }

    /// The time, in whole Unix seconds, rounded down.
    #[must_use]
    pub const fn time(&self) -> u64 {
        self.time
    }

    /// The request's nonce, big-endian, without zeros before it.
    #[must_use]
    pub const fn nonce(&self) -> Option<&'d [u8]> {
        self.nonce
    }

    /// Whether it is a stamp of what has this digest.
    #[must_use]
    pub fn is_of(&self, digest: &Digest) -> bool {
        self.algorithm == SHA_256 && self.imprint == digest.as_bytes()
    }
}

impl fmt::Debug for TimeStampToken<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TimeStampToken({} bytes, {})", self.encoded.len(), self.time)
    }
}
