//! Whether a signature is over the document that was asked about.

use crate::{attributes::Attributes, digest::Digest, rejection::Rejection, signed_data::DATA};

use super::{
    ledger::{Missing, Trouble},
    question::Content,
};

impl Content<'_> {
    /// Its digest, where there is a document.
    pub(super) fn digest(&self, digest: Digest) -> Result<Option<Vec<u8>>, Missing> {
        match self {
            Self::Bytes(bytes) => Ok(Some(digest.of(bytes).as_ref().to_vec())),
            Self::Digests(of) => of(digest).map(Some).ok_or(Missing::Digest(digest)),
            Self::Attached => Ok(None),
        }
    }
}

/// Whether `messageDigest` is that of the document that was asked about, and of the content that the
/// message carries, where it does.
pub(super) fn check(
    attributes: &Attributes<'_>,
    digest: Digest,
    carried: Option<&[u8]>,
    asked: &Content<'_>,
) -> Result<(), Trouble> {
    let stated = attributes.message_digest()?;
    if carried.is_some_and(|content| digest.of(content).as_ref() != stated) {
        return Err(Rejection::OtherContent.into());
    }
    match asked.digest(digest)? {
        Some(computed) if computed == stated => Ok(()),
        Some(_) => Err(Rejection::MessageDigest.into()),
        None if carried.is_some() => Ok(()),
        None => Err(Missing::Content.into()),
    }
}

/// Whether the content is plain data, and said to be.
pub(super) fn check_type(
    attributes: &Attributes<'_>,
    content_type: der::asn1::ObjectIdentifier,
) -> Result<(), Trouble> {
    if content_type != DATA {
        return Err(Rejection::Content(content_type).into());
    }
    let stated = attributes.content_type()?;
    if stated != DATA {
        return Err(Rejection::ContentType(stated).into());
    }
    Ok(())
}
