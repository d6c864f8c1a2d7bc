//! Base64 (RFC 4648 §4 and §5), encoded into a buffer and decoded with the line ends that services add.

use crate::codec::buffer::Buffer;
use crate::codec::decimal;

/// Bytes and characters of a group.
const GROUP_BYTES: usize = 3;
const GROUP: usize = 4;

/// Values of six bits in a row that have characters in a row: the first value, the last, and the
/// first's character.
type Range = (u8, u8, u8);

/// What has the same characters in both alphabets.
const LETTERS: Range = (0, 25, b'A');
const SMALL_LETTERS: Range = (26, 51, b'a');
const DIGITS: Range = (52, 61, b'0');

/// RFC 4648 table 1.
const STANDARD: [Range; 5] = [LETTERS, SMALL_LETTERS, DIGITS, (62, 62, b'+'), (63, 63, b'/')];

/// RFC 4648 table 2.
const URL: [Range; 5] = [LETTERS, SMALL_LETTERS, DIGITS, (62, 62, b'-'), (63, 63, b'_')];

/// Writes standard base64 with padding.
pub fn write(bytes: &[u8], out: &mut Buffer<'_>) {
    write_as(&STANDARD, bytes, out);
    match bytes.len() % GROUP_BYTES {
        1 => out.text("=="),
        2 => out.text("="),
        _ => {}
    }
}

/// Writes base64url without padding, as PKCE wants it (RFC 7636 appendix A).
pub fn write_url(bytes: &[u8], out: &mut Buffer<'_>) {
    write_as(&URL, bytes, out);
}

/// Writes base64 without padding. It may be a secret: the time depends on its length alone.
///
/// base64ct, which has the same arithmetic, is a kilobyte and a half of a microcontroller's flash.
///
/// A host has the room, and base64ct the speed.
fn write_as(alphabet: &[Range; 5], bytes: &[u8], out: &mut Buffer<'_>) {
    #[cfg(feature = "accelerated")]
    {
        use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding};
        for chunk in bytes.chunks(48) {
            // 48 bytes have 64 characters, so that this cannot fail.
            let mut encoded = [0; 64];
            out.text(match alphabet == &URL {
                true => Base64UrlUnpadded::encode(chunk, &mut encoded).unwrap_or_default(),
                false => Base64Unpadded::encode(chunk, &mut encoded).unwrap_or_default(),
            });
        }
    }
    #[cfg(not(feature = "accelerated"))]
    for chunk in bytes.chunks(GROUP_BYTES) {
        let mut bits = 0_u32;
        for place in 0..GROUP_BYTES {
            bits = (bits << 8) | u32::from(chunk.get(place).copied().unwrap_or(0));
        }
        // A byte more gives a character more.
        for shift in [18, 12, 6, 0].into_iter().take(chunk.len().wrapping_add(1)) {
            out.byte(character(alphabet, (bits >> shift) as u8 & 0x3f));
        }
    }
}

/// The character of a value.
#[cfg(not(feature = "accelerated"))]
fn character(alphabet: &[Range; 5], value: u8) -> u8 {
    alphabet.iter().fold(0, |character, &(first, last, start)| {
        character | (within(value, first, last) & value.wrapping_sub(first).wrapping_add(start))
    })
}

/// The value of a character of the standard alphabet; `None` for any other.
fn value(character: u8) -> Option<u8> {
    let found = STANDARD.iter().fold(0, |found, &(first, last, start)| {
        let end = start.wrapping_add(last.wrapping_sub(first));
        let value = character.wrapping_sub(start).wrapping_add(first);
        // One more than the value: zero is for no character.
        found | (within(character, start, end) & value.wrapping_add(1))
    });
    found.checked_sub(1)
}

/// All bits where the value is within the bounds, else none, without a branch.
fn within(value: u8, least: u8, most: u8) -> u8 {
    let (value, least, most) = (i32::from(value), i32::from(least), i32::from(most));
    // Both differences are negative outside the bounds.
    let outside = value.wrapping_sub(least) | most.wrapping_sub(value);
    !(outside >> 31) as u8
}

/// Characters of standard base64 with padding for so many bytes.
#[must_use]
pub const fn encoded_length(bytes: u64) -> u64 {
    let (groups, rest) = decimal::divide(bytes, 3);
    groups.saturating_add((rest != 0) as u64).saturating_mul(4)
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
    #[cfg(feature = "accelerated")]
    {
        let is_space = |byte: u8| matches!(byte, b'\r' | b'\n' | b' ' | b'\t');
        // A signature mostly comes in one piece, which is looked for without a way out half-way.
        if !text.bytes().fold(false, |any, byte| any | is_space(byte)) {
            return decode_whole(text.as_bytes(), out);
        }
    }
    let (mut length, mut filled, mut padding) = (0_usize, 0_usize, 0_usize);
    let mut bits = 0_u32;
    for character in text.bytes() {
        let value = match character {
            b'\r' | b'\n' | b' ' | b'\t' => continue,
            // In the last two places of a group; its bits count as zeros.
            b'=' if filled >= 2 => {
                padding = padding.wrapping_add(1);
                0
            }
            // Nothing follows padding.
            _ if padding > 0 => return Err(DecodeError::Invalid),
            _ => value(character).ok_or(DecodeError::Invalid)?,
        };
        bits = (bits << 6) | u32::from(value);
        filled = filled.wrapping_add(1);
        if filled < GROUP {
            continue;
        }
        let [_, bytes @ ..] = bits.to_be_bytes();
        let (bytes, beyond) = bytes.split_at(GROUP_BYTES.saturating_sub(padding));
        // Bits that are left over are zeros.
        if beyond.iter().any(|&byte| byte != 0) {
            return Err(DecodeError::Invalid);
        }
        let end = length.wrapping_add(bytes.len());
        out.get_mut(length..end).ok_or(DecodeError::Output)?.copy_from_slice(bytes);
        length = end;
        filled = 0;
    }
    if filled != 0 {
        return Err(DecodeError::Invalid);
    }
    out.get(..length).ok_or(DecodeError::Output)
}

/// Decodes base64 of either alphabet, even of both, with its padding or without, into `out`, passing
/// over what [`decode`] passes over: programs in use saw base64url and missing padding.
///
/// # Errors
/// [`DecodeError`]; `out` then holds bytes of no meaning.
pub fn decode_loosely<'o>(text: &str, out: &'o mut [u8]) -> Result<&'o [u8], DecodeError> {
    let (mut length, mut filled, mut padding) = (0_usize, 0_usize, 0_usize);
    let mut bits = 0_u32;
    for character in text.bytes() {
        let value = match character {
            b'\r' | b'\n' | b' ' | b'\t' => continue,
            b'=' => {
                padding = padding.wrapping_add(1);
                continue;
            }
            _ if padding > 0 => return Err(DecodeError::Invalid),
            b'-' => 62,
            b'_' => 63,
            _ => value(character).ok_or(DecodeError::Invalid)?,
        };
        bits = (bits << 6) | u32::from(value);
        filled = filled.wrapping_add(1);
        if filled == GROUP {
            let [_, bytes @ ..] = bits.to_be_bytes();
            length = put(&bytes, length, out)?;
            filled = 0;
        }
    }
    // Two characters are a byte, three are two; bits that are left over are zeros.
    let (first, second, beyond) = match filled {
        2 => (bits >> 4, None, bits & 0x0f),
        3 => (bits >> 10, Some(bits >> 2), bits & 0x03),
        _ => (0, None, 0),
    };
    let is_padded = padding == 0 || (filled != 0 && padding.wrapping_add(filled) == GROUP);
    if filled == 1 || beyond != 0 || !is_padded {
        return Err(DecodeError::Invalid);
    }
    if filled > 1 {
        length = put(&[first as u8], length, out)?;
    }
    if let Some(second) = second {
        length = put(&[second as u8], length, out)?;
    }
    out.get(..length).ok_or(DecodeError::Output)
}

/// Puts bytes at a place of `out` and gives the place behind them.
fn put(bytes: &[u8], place: usize, out: &mut [u8]) -> Result<usize, DecodeError> {
    let end = place.wrapping_add(bytes.len());
    out.get_mut(place..end).ok_or(DecodeError::Output)?.copy_from_slice(bytes);
    Ok(end)
}

/// Decodes a text without line ends. A signature is no secret of timing.
#[cfg(feature = "accelerated")]
fn decode_whole<'o>(text: &[u8], out: &'o mut [u8]) -> Result<&'o [u8], DecodeError> {
    use base64_simd::{Out, STANDARD};
    let length = STANDARD.decoded_length(text).map_err(|_| DecodeError::Invalid)?;
    let out = out.get_mut(..length).ok_or(DecodeError::Output)?;
    match STANDARD.decode(text, Out::from_slice(out)) {
        Ok(decoded) => Ok(decoded),
        Err(_) => Err(DecodeError::Invalid),
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
    fn base64ct_agrees_on_every_group() {
        use base64ct::{Base64, Base64UrlUnpadded, Encoding};
        let mut bytes = [0; 3];
        for number in (0..1 << 24).step_by(251) {
            bytes.copy_from_slice(&u32::to_be_bytes(number)[1..]);
            for length in 1..=3 {
                let bytes = &bytes[..length];
                assert_eq!(encode(bytes), Base64::encode_string(bytes));
                let mut out = [0; 4];
                let mut buffer = Buffer::new(&mut out);
                write_url(bytes, &mut buffer);
                let (_, url) = buffer.finish([]).unwrap();
                assert_eq!(url, Base64UrlUnpadded::encode_string(bytes).as_bytes());
            }
        }
        for character in 0..=u8::MAX {
            for text in [[b'Q', character, b'A', b'A'], [b'Q', b'U', b'J', character]] {
                let mut out = [0; 3];
                let ours = core::str::from_utf8(&text).ok().map(|text| decode(text, &mut out).ok());
                let theirs = Base64::decode(text, &mut [0; 3]).map(<[u8]>::to_vec).ok();
                let is_space = matches!(character, b'\r' | b'\n' | b' ' | b'\t');
                assert!(is_space || ours.flatten().map(<[u8]>::to_vec) == theirs, "{character}");
            }
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
    fn either_alphabet_and_a_missing_padding_are_decoded_loosely() {
        let mut out = [0; 8];
        for text in ["-_8=", "-_8", "+/8=", "+/8", "+_\r\n8 =\r\n", "-/8\n"] {
            assert_eq!(decode_loosely(text, &mut out).unwrap(), [0xfb, 0xff], "{text}");
        }
        assert_eq!(decode_loosely("QQ", &mut out).unwrap(), b"A");
        assert_eq!(decode_loosely("QQ==", &mut out).unwrap(), b"A");
        assert_eq!(decode_loosely("", &mut out).unwrap(), b"");
        for text in ["A", "QQ=", "QQ===", "QR==", "QUJDQ", "Q=Q=", "QUJD=", "QUJD====", "QUJ!"] {
            assert_eq!(decode_loosely(text, &mut out), Err(DecodeError::Invalid), "{text}");
        }
        assert_eq!(decode_loosely("QUJDREVGR0hJ", &mut out), Err(DecodeError::Output));
    }

    #[test]
    fn what_is_strict_base64_is_decoded_the_same_loosely() {
        for length in 0..70_u8 {
            let bytes: Vec<u8> = (0..length).map(|byte| byte.wrapping_mul(91)).collect();
            let text = encode(&bytes);
            assert_eq!(decode_loosely(&text, &mut [0; 70]).unwrap(), bytes);
            assert_eq!(decode_loosely(text.trim_end_matches('='), &mut [0; 70]).unwrap(), bytes);
        }
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
