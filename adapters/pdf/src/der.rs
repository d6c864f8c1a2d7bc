//! How long the first element of DER or BER is (ITU-T X.690 §8.1).

/// How deeply elements of indefinite length may be nested.
const MAX_DEPTH: usize = 32;

/// An element's head.
struct Head {
    /// The bytes of identifier and length.
    length: usize,
    /// The bytes of the contents; nothing for the indefinite form.
    contents: Option<usize>,
    constructed: bool,
    end_of_contents: bool,
}

/// The length of the element at the beginning of `bytes`, head and all, or nothing when it is cut
/// off or malformed. The definite form is DER's; the indefinite form, whose end has to be looked
/// for, is found in signatures of other makers.
pub(crate) fn element_length(bytes: &[u8]) -> Option<usize> {
    let mut position = 0usize;
    let mut open = 0usize;
    loop {
        let head = head(bytes.get(position..)?)?;
        position = position.checked_add(head.length)?;
        match head.contents {
            Some(_) if head.end_of_contents && open > 0 => open -= 1,
            Some(contents) => position = position.checked_add(contents)?,
            None if head.constructed && open < MAX_DEPTH => open += 1,
            None => return None,
        }
        if open == 0 {
            return (position <= bytes.len()).then_some(position);
        }
    }
}

/// Whether the element at the beginning of `bytes` has the indefinite form.
pub(crate) fn is_indefinite(bytes: &[u8]) -> bool {
    head(bytes).is_some_and(|head| head.contents.is_none())
}

fn head(bytes: &[u8]) -> Option<Head> {
    let (&identifier, mut rest) = bytes.split_first()?;
    if identifier & 0x1f == 0x1f {
        // A tag number of several bytes; no signature has one.
        return None;
    }
    let (&first, after) = rest.split_first()?;
    rest = after;
    let contents = match first {
        0x80 => None,
        short @ 0..=0x7f => Some(usize::from(short)),
        long => {
            let count = usize::from(long & 0x7f);
            let (octets, after) = rest.split_at_checked(count).filter(|_| count <= 4)?;
            rest = after;
            let length = octets.iter().fold(0u64, |length, &octet| length << 8 | u64::from(octet));
            Some(usize::try_from(length).ok()?)
        }
    };
    Some(Head {
        length: bytes.len() - rest.len(),
        contents,
        constructed: identifier & 0x20 != 0,
        end_of_contents: identifier == 0 && contents == Some(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definite_form_says_its_length() {
        assert_eq!(element_length(b"\x30\x03\x02\x01\x00\x00\x00"), Some(5));
        assert_eq!(element_length(&[&b"\x30\x81\x80"[..], &[0; 200]].concat()), Some(131));
        assert_eq!(element_length(b"\x30\x03\x02\x01"), None);
        assert_eq!(element_length(b"\x30\x85\x00\x00\x00\x00\x00"), None);
        assert_eq!(element_length(b"\x30\x84\xff\xff\xff\xff"), None);
        assert_eq!(element_length(b""), None);
    }

    #[test]
    fn the_indefinite_form_ends_where_its_contents_do() {
        let nested = b"\x30\x80\x24\x80\x04\x02\x00\x00\x00\x00\x02\x01\x05\x00\x00\x00\x00";
        assert_eq!(element_length(nested), Some(nested.len() - 2));
        assert_eq!(element_length(b"\x30\x80\x02\x01\x05"), None);
        assert_eq!(element_length(&b"\x30\x80".repeat(100_000)), None);
        assert_eq!(element_length(b"\x04\x80\x00\x00"), None);
    }
}
