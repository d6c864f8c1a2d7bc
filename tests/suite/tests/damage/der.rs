//! As much of DER as it takes to tell which bytes of a CMS nobody signed.

use core::ops::Range;

/// An element: its tag, where it stands, where its content does.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    pub(crate) tag: u8,
    pub(crate) whole: Range<usize>,
    pub(crate) content: Range<usize>,
}

/// The element that begins at a place.
pub(crate) fn element(bytes: &[u8], start: usize) -> Element {
    let first = usize::from(bytes[start + 1]);
    let (header, length) = if first < 0x80 {
        (2, first)
    } else {
        let octets = &bytes[start + 2..start + 2 + (first & 0x7f)];
        (2 + octets.len(), octets.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet)))
    };
    let content = start + header..start + header + length;
    Element { tag: bytes[start], whole: start..content.end, content }
}

/// The elements in an element.
pub(crate) fn inside(bytes: &[u8], around: &Element) -> Vec<Element> {
    let mut found = Vec::new();
    let mut start = around.content.start;
    while start < around.content.end {
        let one = element(bytes, start);
        start = one.whole.end;
        found.push(one);
    }
    found
}

/// The elements of the `SignedData` of a message that begins at a place.
fn signed_data(bytes: &[u8], start: usize) -> Vec<Element> {
    let message = inside(bytes, &element(bytes, start));
    inside(bytes, &inside(bytes, &message[1])[0])
}

/// What nothing rests on in a message and in its time stamp: the certificates but for `signers`, where
/// the authorities are known from elsewhere, and the list of the digests that were used, which helps
/// whoever reads in one go (RFC 5652 §5.1).
pub(crate) fn spare(cms: &[u8], signers: &[Vec<u8>]) -> Vec<Range<usize>> {
    let mut spare = Vec::new();
    let mut messages = vec![0];
    while let Some(start) = messages.pop() {
        let parts = signed_data(cms, start);
        let set = parts.iter().find(|part| part.tag == 0xa0).expect("certificates");
        spare.push(parts[1].whole.clone());
        let others = inside(cms, set);
        let others = others
            .into_iter()
            .filter(|it| !signers.iter().any(|der| cms[it.whole.clone()] == **der));
        spare.extend(others.map(|it| it.whole));
        let signer = &inside(cms, parts.last().expect("signers"))[0];
        let unsigned = inside(cms, signer).into_iter().find(|part| part.tag == 0xa1);
        // The values of the one unsigned attribute, which is the time stamp.
        let values = unsigned.map(|it| inside(cms, &inside(cms, &it)[0])[1].clone());
        messages.extend(values.map(|it| it.content.start));
    }
    spare
}

/// A detached CMS with its content in it, which its signature is over as well.
pub(crate) fn attach(cms: &[u8], content: &[u8]) -> Vec<u8> {
    let message = inside(cms, &element(cms, 0));
    let parts = signed_data(cms, 0);
    let octets = encode(0xa0, &encode(0x04, content));
    let data = encode(0x30, &[&cms[parts[2].content.clone()], &octets].concat());
    let [before, after] = [
        &cms[parts[0].whole.start..parts[1].whole.end],
        &cms[parts[3].whole.start..parts.last().expect("signers").whole.end],
    ];
    let signed = encode(0x30, &[before, &data, after].concat());
    encode(0x30, &[&cms[message[0].whole.clone()], &encode(0xa0, &signed)].concat())
}

/// An element.
pub(crate) fn encode(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..0x80 => out.push(length as u8),
        _ => {
            let octets = length.to_be_bytes();
            let zeros = octets.iter().take_while(|octet| **octet == 0).count();
            out.push(0x80 | (octets.len() - zeros) as u8);
            out.extend(&octets[zeros..]);
        }
    }
    out.extend(content);
    out
}
