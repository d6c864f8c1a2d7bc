//! A writer of DER that does what it is told.

/// An element with this tag.
pub(crate) fn element(tag: u8, value: impl AsRef<[u8]>) -> Vec<u8> {
    let value = value.as_ref();
    let mut written = vec![tag];
    match value.len() {
        length @ 0..128 => written.push(length as u8),
        length @ 128..256 => written.extend([0x81, length as u8]),
        length => written.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    written.extend(value);
    written
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(0x30, parts.concat())
}

pub(crate) fn set(parts: &[&[u8]]) -> Vec<u8> {
    element(0x31, parts.concat())
}

/// `[number]`, constructed.
pub(crate) fn tagged(number: u8, value: impl AsRef<[u8]>) -> Vec<u8> {
    element(0xa0 | number, value)
}

pub(crate) fn octets(value: impl AsRef<[u8]>) -> Vec<u8> {
    element(0x04, value)
}

pub(crate) fn bits(value: &[u8]) -> Vec<u8> {
    element(0x03, [&[0], value].concat())
}

pub(crate) fn integer(value: u8) -> Vec<u8> {
    element(0x02, [value])
}

pub(crate) fn null() -> Vec<u8> {
    element(0x05, [])
}

pub(crate) fn oid(text: &str) -> Vec<u8> {
    let oid: rubrica_verify::ObjectIdentifier = text.parse().unwrap();
    element(0x06, oid.as_bytes())
}

/// `AlgorithmIdentifier` without parameters.
pub(crate) fn algorithm(text: &str) -> Vec<u8> {
    sequence(&[&oid(text)])
}

/// A name with an organization and a common name.
pub(crate) fn name(common_name: &str) -> Vec<u8> {
    let part = |kind: &str, value: &str| set(&[&sequence(&[&oid(kind), &element(0x0c, value)])]);
    sequence(&[&part("2.5.4.10", "ICP-Brasil de teste"), &part("2.5.4.3", common_name)])
}
