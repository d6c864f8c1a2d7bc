//! The base64 of documents. A document is no secret of timing, so that a target with vector
//! instructions may use them (feature `accelerated`); elsewhere, and for all that is secret or
//! small, it is base64ct.

/// Characters and bytes of a base64 group.
pub(super) const GROUP: usize = 4;
pub(super) const GROUP_BYTES: usize = 3;

/// Encodes `bytes` at the start of `out`, which is large enough, and tells how many characters.
pub(super) fn encode(bytes: &[u8], out: &mut [u8]) -> usize {
    #[cfg(feature = "accelerated")]
    {
        use base64_simd::{Out, STANDARD};
        if STANDARD.encoded_length(bytes.len()) > out.len() {
            return 0;
        }
        STANDARD.encode(bytes, Out::from_slice(out)).len()
    }
    #[cfg(not(feature = "accelerated"))]
    {
        use base64ct::{Base64, Encoding};
        Base64::encode(bytes, out).map_or(0, str::len)
    }
}

/// Decodes whole groups, at least one, in their own place and gives the bytes; `None` for what is no base64 or has
/// bits left over.
pub(super) fn decode_in_place(text: &mut [u8]) -> Option<&[u8]> {
    #[cfg(feature = "accelerated")]
    {
        base64_simd::STANDARD.decode_inplace(text).ok().map(|bytes| &*bytes)
    }
    #[cfg(not(feature = "accelerated"))]
    {
        use base64ct::{Base64, Encoding};
        // In place it passes over bits left over in the last group, and over padding before it.
        let (body, last) = text.split_last_chunk_mut::<GROUP>()?;
        let expected = (body.len() / GROUP).saturating_mul(GROUP_BYTES);
        if Base64::decode_in_place(body).ok()?.len() != expected {
            return None;
        }
        let mut bytes = [0; GROUP_BYTES];
        let bytes = Base64::decode(*last, &mut bytes).ok()?;
        let end = expected.saturating_add(bytes.len());
        text.get_mut(expected..end)?.copy_from_slice(bytes);
        text.get(..end)
    }
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;

    #[test]
    fn what_is_encoded_is_decoded_and_what_is_not_strict_is_refused() {
        for length in 1..300 {
            let bytes: vec::Vec<u8> = (0..length).map(|byte| byte as u8).collect();
            let mut out = vec![0; 400];
            let count = encode(&bytes, &mut out);
            assert_eq!(count, bytes.len().div_ceil(GROUP_BYTES) * GROUP);
            assert_eq!(decode_in_place(&mut out[..count]), Some(&bytes[..]));
        }
        for text in [
            "QQ=",
            "QR==",
            "Q===",
            "QQ==QUJD",
            "QUJDQQ==QUJD",
            "QUI=QUJD",
            "QUI_",
            "QUJ ",
            "QU\nJD",
            "QUJé",
        ] {
            assert_eq!(decode_in_place(&mut text.as_bytes().to_vec()), None, "{text}");
        }
    }
}
