//! Base64 (RFC 4648 §4 and §5), encoded into a buffer and decoded with the line ends that services add.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};

use crate::codec::buffer::Buffer;

/// Bytes of input that give a whole number of base64 groups, and few enough for a small stack.
const CHUNK: usize = 48;

/// Base64 characters of one chunk.
const CHUNK_ENCODED: usize = 64;

/// Writes standard base64 with padding.
pub fn write(bytes: &[u8], out: &mut Buffer<'_>) {
    write_as::<Base64>(bytes, out);
}

/// Writes base64url without padding, as PKCE wants it (RFC 7636 appendix A).
pub fn write_url(bytes: &[u8], out: &mut Buffer<'_>) {
    write_as::<Base64UrlUnpadded>(bytes, out);
}

fn write_as<E: Encoding>(bytes: &[u8], out: &mut Buffer<'_>) {
    for chunk in bytes.chunks(CHUNK) {
        let mut encoded = [0; CHUNK_ENCODED];
        // A chunk of 48 bytes has 64 characters, so that this cannot fail.
        out.text(E::encode(chunk, &mut encoded).unwrap_or_default());
    }
}

/// Characters of standard base64 with padding for so many bytes.
#[must_use]
pub const fn encoded_length(bytes: u64) -> u64 {
    bytes.div_ceil(3).saturating_mul(4)
}

/// Bytes that are enough for what so many characters decode to.
#[must_use]
pub const fn decoded_bound(characters: usize) -> usize {
    characters.div_ceil(4).saturating_mul(3)
}

/// Why a text is no base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A character outside the alphabet, a wrong padding or length, or bits left over.
    #[error("not base64")]
    Invalid,
    /// The output is too small.
    #[error("the output is too small")]
    Output,
}

/// Decodes standard base64 into `out`, passing over carriage returns, line feeds, spaces and tabs
/// wherever they stand: VIDaaS breaks its lines by `\r\n` (VIDaaS manual v1.6 §3.2).
///
/// # Errors
/// [`DecodeError`]; `out` then holds bytes of no meaning.
pub fn decode<'o>(text: &str, out: &'o mut [u8]) -> Result<&'o [u8], DecodeError> {
    let mut length = 0_usize;
    let mut group = [0_u8; CHUNK_ENCODED];
    let mut filled = 0_usize;
    let mut ended = false;
    let mut characters = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n' | b' ' | b'\t'));
    loop {
        let next = characters.next();
        if let Some(character) = next {
            // Padding ends the text: no group may follow it.
            if ended {
                return Err(DecodeError::Invalid);
            }
            *group.get_mut(filled).ok_or(DecodeError::Invalid)? = character;
            filled = filled.saturating_add(1);
        }
        if filled == CHUNK_ENCODED || next.is_none() {
            let whole = group.get(..filled).ok_or(DecodeError::Invalid)?;
            ended = whole.last() == Some(&b'=');
            let room = out.get_mut(length..).ok_or(DecodeError::Output)?;
            let decoded = Base64::decode(whole, room).map_err(|error| match error {
                base64ct::Error::InvalidEncoding => DecodeError::Invalid,
                base64ct::Error::InvalidLength => match filled % 4 {
                    0 => DecodeError::Output,
                    _ => DecodeError::Invalid,
                },
            })?;
            length = length.saturating_add(decoded.len());
            filled = 0;
        }
        if next.is_none() {
            return out.get(..length).ok_or(DecodeError::Output);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;
    use std::vec;
    use std::vec::Vec;

    use super::*;

    fn encode(bytes: &[u8]) -> String {
        let mut out = vec![0; bytes.len() * 2 + 4];
        let mut buffer = Buffer::new(&mut out);
        write(bytes, &mut buffer);
        String::from_utf8(buffer.finish([]).unwrap().1.to_vec()).unwrap()
    }

    #[test]
    fn every_length_comes_back_even_with_line_ends_anywhere() {
        for length in 0..200_u8 {
            let bytes: Vec<u8> = (0..length).map(|byte| byte.wrapping_mul(37)).collect();
            let text = encode(&bytes);
            assert_eq!(text.len() as u64, encoded_length(u64::from(length)));
            let mut out = [0; 210];
            assert_eq!(decode(&text, &mut out).unwrap(), bytes);
            let broken: String = text.chars().flat_map(|each| [each, '\r', '\n']).collect();
            assert_eq!(decode(&broken, &mut out).unwrap(), bytes);
        }
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        let mut out = [0; 256];
        for text in
            ["A", "AA", "AAA", "A===", "AB==", "AA==AAAA", "AA=A", "A-_A", "AAAA=", "\u{a0}AAA"]
        {
            assert_eq!(decode(text, &mut out), Err(DecodeError::Invalid), "{text}");
        }
        let mut long = encode(&[7; 47]);
        long.push_str("AAAA");
        assert_eq!(decode(&long, &mut out), Err(DecodeError::Invalid));
    }

    #[test]
    fn an_output_that_is_too_small_is_told() {
        let text = encode(&[7; 100]);
        for size in 0..100 {
            assert_eq!(decode(&text, &mut vec![0; size]), Err(DecodeError::Output), "{size}");
        }
        assert_eq!(decode(&text, &mut [0; 100]).unwrap(), [7; 100]);
    }
}
