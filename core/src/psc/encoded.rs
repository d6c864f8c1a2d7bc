//! What a reply holds of a signature.

use core::fmt;

use super::wrapping::{self, Content, Wrapping};
use crate::codec::{base64, ber};
use crate::error::Error;

/// A signature or a signed document as a text.
#[derive(Clone, Copy)]
pub struct Encoded<'r> {
    pub(super) text: &'r str,
    pub(super) wrapping: Wrapping,
    pub(super) content: Content,
}

impl Encoded<'_> {
    /// Bytes that are enough for [`Encoded::decode`].
    #[must_use]
    pub const fn decoded_bound(&self) -> usize {
        base64::decoded_bound(self.text.len())
    }

    /// Bytes that are enough for [`Encoded::normalize`].
    #[must_use]
    pub const fn normalized_bound(&self) -> usize {
        ber::der_bound(self.decoded_bound())
    }

    /// The bytes, in `out`, of what is base64 with line ends and nothing else.
    ///
    /// This is all that a provider needs whose [`super::Provider::wrapping`] is [`Wrapping::PLAIN`],
    /// and all that a bare signature of VIDaaS needs. A microcontroller that speaks with such a one
    /// calls this, and [`Encoded::normalize`] stays out of its flash.
    ///
    /// # Errors
    /// [`crate::error::ResourceError::BufferTooSmall`], or [`crate::error::PeerError::Malformed`] for
    /// what is no base64.
    pub fn decode<'o>(&self, out: &'o mut [u8]) -> Result<&'o [u8], Error> {
        let length = wrapping::decoded(base64::decode(self.text, out), self.text)?;
        Ok(out.get(..length).unwrap_or_default())
    }

    /// The bytes, in `out`, out of everything that the provider may wrap them in: a bare signature of
    /// a length that one can have, a CMS message in DER, or a document.
    ///
    /// # Errors
    /// [`crate::error::ResourceError::BufferTooSmall`], or [`crate::error::PeerError::Malformed`] for
    /// what is none of these.
    pub fn normalize<'o>(&self, out: &'o mut [u8]) -> Result<&'o [u8], Error> {
        let length = wrapping::unwrap(self.text, self.wrapping, self.content, out)?;
        Ok(out.get(..length).unwrap_or_default())
    }
}

impl fmt::Debug for Encoded<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Encoded({} characters)", self.text.len())
    }
}
