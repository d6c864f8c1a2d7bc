//! The signatures of a PDF, as their byte ranges show them.

use ring::digest;

/// One signature: its CMS with what fills its room, and SHA-256 of what it covers.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) cms: Vec<u8>,
    pub(crate) digest: [u8; 32],
    /// Whether it covers the document to its end.
    pub(crate) to_the_end: bool,
}

/// Every signature in the order of the bytes; `None` when a byte range leads nowhere.
pub(crate) fn find(document: &[u8]) -> Option<Vec<Found>> {
    const KEY: &[u8] = b"/ByteRange";
    let mut found = Vec::new();
    let mut place = 0;
    while let Some(at) = document.get(place..)?.windows(KEY.len()).position(|it| it == KEY) {
        place += at + KEY.len();
        found.push(read(document, place)?);
    }
    Some(found)
}

fn read(document: &[u8], place: usize) -> Option<Found> {
    let text = document.get(place..)?.trim_ascii_start().strip_prefix(b"[")?;
    let text = text.get(..text.iter().position(|byte| *byte == b']')?)?;
    let text = core::str::from_utf8(text).ok()?;
    let numbers: Vec<usize> =
        text.split_ascii_whitespace().map(|it| it.parse().ok()).collect::<Option<_>>()?;
    let &[start, length, second, rest] = numbers.as_slice() else { return None };
    let first_end = start.checked_add(length)?;
    let end = second.checked_add(rest)?;
    let first = document.get(start..first_end)?;
    let gap = document.get(first_end..second)?.strip_prefix(b"<")?.strip_suffix(b">")?;
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(first);
    context.update(document.get(second..end)?);
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    let cms = gap.chunks(2).map(|pair| {
        let pair = core::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    let to_the_end = start == 0 && end == document.len();
    Some(Found { cms: cms.collect::<Option<_>>()?, digest, to_the_end })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;

    #[test]
    fn byte_ranges_lead_to_what_is_covered_or_nowhere() {
        let document = b"%PDF-1.7 /ByteRange [ 0 39 45 4 ] ---- <0aFF>tail\n";
        let found = find(document).unwrap();
        assert_eq!((found.len(), found[0].cms.as_slice()), (1, &[0x0A, 0xFF][..]));
        assert!(!found[0].to_the_end);
        let covered = [&document[..39], &document[45..49]].concat();
        assert_eq!(found[0].digest, random::sha256(&covered));
        assert!(find(b"no signature").unwrap().is_empty());
        for broken in [
            "/ByteRange [0 1 2]",
            "/ByteRange [0 1 2 99999]",
            "/ByteRange [0 18446744073709551615 1 1]",
            "/ByteRange [5 1 2 1]",
            "/ByteRange [0 1 2 -1]",
            "/ByteRange 0 1 2 3",
            "/ByteRange [0 40 46 1] ------------------- <xyzw>-",
        ] {
            assert!(find(broken.as_bytes()).is_none(), "{broken}");
        }
    }
}
