//! What services wrap a signature in, and how it is unwrapped.

use crate::codec::base64;
use crate::codec::ber;
use crate::codec::der;
use crate::codec::hex;
use crate::error::{Document, Error, Flaw, Malformed, PeerError, ResourceError};

/// What `raw_signature` may be wrapped in beyond base64 with line ends, which every provider may send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wrapping {
    /// The alphabet of base64url, and a missing padding.
    pub url_alphabet: bool,
    /// PEM armour, whatever its label: `-----BEGIN PKCS7-----`.
    pub armour: bool,
    /// Hexadecimal digits in the place of base64.
    pub hex: bool,
    /// A CMS in BER, which is brought into DER.
    pub ber: bool,
}

impl Wrapping {
    /// Base64 alone.
    pub const PLAIN: Self = Self { url_alphabet: false, armour: false, hex: false, ber: false };

    /// Whatever any provider was seen to send.
    pub const ANY: Self = Self { url_alphabet: true, armour: true, hex: true, ber: true };
}

/// What is in the wrapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// The bare result of the key's operation.
    Raw,
    /// A CMS message.
    Cms,
    /// A document.
    Document,
}

/// Unwraps `text` into `out` and gives the number of bytes.
pub(super) fn unwrap(
    text: &str,
    wrapping: Wrapping,
    content: Content,
    out: &mut [u8],
) -> Result<usize, Error> {
    let text = if wrapping.armour { without_armour(text).ok_or_else(invalid)? } else { text };
    // Hexadecimal digits are base64 as well: they are looked for first, and what they give must begin
    // like a message, or be as long as a bare signature.
    let from_hex = if wrapping.hex && content != Content::Document {
        decode_hex(text, out)?.filter(|&length| match content {
            Content::Raw => is_plausible(prefix(out, length), content),
            _ => out.first() == Some(&der::SEQUENCE),
        })
    } else {
        None
    };
    let length = match from_hex {
        Some(length) => length,
        None if wrapping.url_alphabet => decoded(base64::decode_loosely(text, out), text)?,
        None => decoded(base64::decode(text, out), text)?,
    };
    let length = if wrapping.ber && content == Content::Cms {
        ber::into_der(out, length).map_err(|_| invalid())?
    } else {
        length
    };
    if !is_plausible(prefix(out, length), content) {
        return Err(invalid());
    }
    Ok(length)
}

fn prefix(bytes: &[u8], length: usize) -> &[u8] {
    bytes.get(..length).unwrap_or_default()
}

/// What base64 gave, as this module tells it.
pub(super) fn decoded(
    result: Result<&[u8], base64::DecodeError>,
    text: &str,
) -> Result<usize, Error> {
    match result {
        Ok(bytes) => Ok(bytes.len()),
        Err(base64::DecodeError::Output) => {
            let needed = base64::decoded_bound(text.len());
            Err(ResourceError::BufferTooSmall { needed }.into())
        }
        Err(base64::DecodeError::Invalid) => Err(invalid()),
    }
}

pub(super) const fn invalid() -> Error {
    Error::Peer(PeerError::Malformed(Malformed {
        document: Document::Signature,
        flaw: Flaw::Invalid("raw_signature"),
    }))
}

/// What stands in the armour (RFC 7468 §2), or the text itself where there is none; `None` for armour
/// that does not close.
fn without_armour(text: &str) -> Option<&str> {
    let Some(rest) = text.trim_ascii().strip_prefix("-----BEGIN ") else { return Some(text) };
    let (_, rest) = rest.split_once("-----")?;
    let (inner, end) = rest.split_once("-----END ")?;
    end.ends_with("-----").then_some(inner)
}

/// The bytes of hexadecimal digits, if the text is of nothing else but white space.
fn decode_hex(text: &str, out: &mut [u8]) -> Result<Option<usize>, Error> {
    let digits = || text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    if !digits().all(|byte| hex::value(byte).is_some()) || digits().count() % 2 != 0 {
        return Ok(None);
    }
    let needed = digits().count() / 2;
    let out = out.get_mut(..needed).ok_or(ResourceError::BufferTooSmall { needed })?;
    let mut values = digits().filter_map(hex::value);
    for byte in out {
        if let (Some(high), Some(low)) = (values.next(), values.next()) {
            *byte = (high << 4) | low;
        }
    }
    Ok(Some(needed))
}

/// Whether so many bytes can be what they are taken for.
///
/// A bare signature has the length of an RSA modulus of 2,048 to 8,192 bits, or that of an ECDSA or
/// EdDSA signature over a curve of 256 to 521 bits. One of 1,024 bits is refused by its length.
fn is_plausible(bytes: &[u8], content: Content) -> bool {
    match content {
        Content::Raw => matches!(bytes.len(), 64..=127 | 129..=142 | 256..=1024),
        Content::Cms => {
            let mut elements = der::Elements::new(bytes);
            matches!(elements.read(), Ok(Some(element)) if element.tag == der::SEQUENCE)
                && elements.rest().is_empty()
        }
        Content::Document => !bytes.is_empty(),
    }
}
