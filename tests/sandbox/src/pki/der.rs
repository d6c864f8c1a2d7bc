//! A writer of DER (ITU-T X.690), just wide enough for certificates and CMS, and the reader of
//! lengths that the key files need.

/// Context-specific, constructed: `[n]` around a structure.
pub(crate) fn explicit(number: u8, content: &[u8]) -> Vec<u8> {
    value(0xA0 | number, content)
}

/// Context-specific, primitive: `[n] IMPLICIT` over a string.
pub(crate) fn implicit(number: u8, content: &[u8]) -> Vec<u8> {
    value(0x80 | number, content)
}

pub(crate) fn sequence(members: &[&[u8]]) -> Vec<u8> {
    value(0x30, &members.concat())
}

/// `SET OF`: DER wants the members in ascending order of their encodings (X.690 §11.6).
pub(crate) fn set_of(members: &[Vec<u8>]) -> Vec<u8> {
    value(0x31, &sorted(members))
}

/// The members of a `SET OF` in DER's order, without the set's own tag.
pub(crate) fn sorted(members: &[Vec<u8>]) -> Vec<u8> {
    let mut members: Vec<&[u8]> = members.iter().map(Vec::as_slice).collect();
    members.sort_unstable();
    members.concat()
}

/// A non-negative INTEGER from big-endian bytes.
pub(crate) fn integer(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let mut content = Vec::with_capacity(bytes.len() + 1);
    let significant = bytes.get(start..).unwrap_or_default();
    if significant.first().is_none_or(|byte| byte & 0x80 != 0) {
        content.push(0);
    }
    content.extend_from_slice(significant);
    value(0x02, &content)
}

pub(crate) fn boolean(truth: bool) -> Vec<u8> {
    value(0x01, &[if truth { 0xFF } else { 0 }])
}

/// An ENUMERATED of one octet below 128.
pub(crate) fn enumerated(number: u8) -> Vec<u8> {
    value(0x0A, &[number])
}

pub(crate) fn null() -> Vec<u8> {
    value(0x05, &[])
}

pub(crate) fn octet_string(bytes: &[u8]) -> Vec<u8> {
    value(0x04, bytes)
}

/// A BIT STRING of whole octets.
pub(crate) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    bit_string_unused(0, bytes)
}

/// A BIT STRING whose last octet has `unused` bits to spare.
pub(crate) fn bit_string_unused(unused: u8, bytes: &[u8]) -> Vec<u8> {
    value(0x03, &[&[unused], bytes].concat())
}

pub(crate) fn utf8_string(text: &str) -> Vec<u8> {
    value(0x0C, text.as_bytes())
}

pub(crate) fn printable_string(text: &str) -> Vec<u8> {
    value(0x13, text.as_bytes())
}

pub(crate) fn ia5_string(text: &str) -> Vec<u8> {
    value(0x16, text.as_bytes())
}

/// An OBJECT IDENTIFIER from its dotted form, which is always a constant of this crate.
pub(crate) fn object_identifier(dotted: &str) -> Vec<u8> {
    let mut arcs = dotted.split('.').map(|arc| arc.parse::<u32>().unwrap_or_default());
    let first = arcs.next().unwrap_or_default();
    let second = arcs.next().unwrap_or_default();
    let mut content = base_128(first * 40 + second);
    for arc in arcs {
        content.extend(base_128(arc));
    }
    value(0x06, &content)
}

fn base_128(mut arc: u32) -> Vec<u8> {
    let mut groups = vec![(arc & 0x7F) as u8];
    arc >>= 7;
    while arc != 0 {
        groups.push((arc & 0x7F) as u8 | 0x80);
        arc >>= 7;
    }
    groups.reverse();
    groups
}

/// The dotted form of an OBJECT IDENTIFIER's content.
pub(crate) fn dotted(content: &[u8]) -> String {
    let mut text = String::new();
    let mut arc = 0u64;
    for byte in content {
        arc = arc << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            if text.is_empty() {
                let first = (arc / 40).min(2);
                text = format!("{first}.{}", arc - first * 40);
            } else {
                text.push_str(&format!(".{arc}"));
            }
            arc = 0;
        }
    }
    text
}

/// A Time (RFC 5280 §4.1.2.5): UTCTime until 2049, GeneralizedTime from 2050.
pub(crate) fn time(unix_seconds: i64) -> Vec<u8> {
    let date = crate::clock::Date::from_unix(unix_seconds);
    let tail = format!(
        "{:02}{:02}{:02}{:02}{:02}Z",
        date.month, date.day, date.hour, date.minute, date.second
    );
    if (1950..2050).contains(&date.year) {
        value(0x17, format!("{:02}{tail}", date.year % 100).as_bytes())
    } else {
        value(0x18, format!("{:04}{tail}", date.year).as_bytes())
    }
}

/// GeneralizedTime in UTC with whole seconds (RFC 3161 §2.4.2, `genTime`).
pub(crate) fn generalized_time(unix_seconds: i64) -> Vec<u8> {
    let date = crate::clock::Date::from_unix(unix_seconds);
    let text = format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}Z",
        date.year, date.month, date.day, date.hour, date.minute, date.second
    );
    value(0x18, text.as_bytes())
}

pub(crate) fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut encoding = header(tag, content.len());
    encoding.extend_from_slice(content);
    encoding
}

/// Tag and length of a value.
pub(crate) fn header(tag: u8, length: usize) -> Vec<u8> {
    let mut encoding = vec![tag];
    if length < 0x80 {
        encoding.push(length as u8);
    } else {
        let bytes = length.to_be_bytes();
        let start = bytes.iter().position(|byte| *byte != 0).unwrap_or_default();
        let significant = bytes.get(start..).unwrap_or_default();
        encoding.push(0x80 | significant.len() as u8);
        encoding.extend_from_slice(significant);
    }
    encoding
}

/// Splits the first value off: its tag, its content, and what follows it.
pub(crate) fn read(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = input.split_first()?;
    let (&short, rest) = rest.split_first()?;
    let (length, rest) = if short < 0x80 {
        (usize::from(short), rest)
    } else {
        let (length, rest) = rest.split_at_checked(usize::from(short & 0x7F))?;
        if length.len() > 4 {
            return None;
        }
        (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_stay_positive_and_short() {
        assert_eq!(integer(&[]), [2, 1, 0]);
        assert_eq!(integer(&[0, 0, 1]), [2, 1, 1]);
        assert_eq!(integer(&[0x80]), [2, 2, 0, 0x80]);
    }

    #[test]
    fn object_identifiers_follow_x690_8_19() {
        assert_eq!(object_identifier("1.2.840.113549"), [6, 6, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D]);
        assert_eq!(object_identifier("2.16.76.1.3.1"), [6, 5, 0x60, 0x4C, 1, 3, 1]);
        for text in ["1.2.840.113549", "2.16.76.1.7.1.1.2.4"] {
            assert_eq!(dotted(&object_identifier(text)[2..]), text);
        }
    }

    #[test]
    fn long_lengths_read_back() {
        let long = octet_string(&[7; 300]);
        assert_eq!(long[..4], [4, 0x82, 1, 44]);
        let (tag, content, rest) = read(&long).unwrap();
        assert_eq!((tag, content.len(), rest.len()), (4, 300, 0));
        assert!(read(&long[..200]).is_none());
    }

    #[test]
    fn times_change_form_in_2050() {
        assert_eq!(time(0)[..2], [0x17, 13]);
        assert_eq!(time(2_524_608_000), [&[0x18, 15][..], b"20500101000000Z"].concat());
    }
}
