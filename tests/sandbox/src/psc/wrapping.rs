//! How the bytes of a signature are dressed for `raw_signature`.

use base64::Engine;
use base64::prelude::{
    BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD,
};

use super::settings::Wrapping;
use crate::pki::certificate::wrap;
use crate::pki::der;
use crate::random;

impl Wrapping {
    pub(crate) fn dress(self, bytes: &[u8]) -> String {
        match self {
            Self::Base64 => BASE64_STANDARD.encode(bytes),
            Self::Base64Unpadded => BASE64_STANDARD_NO_PAD.encode(bytes),
            Self::Base64Lines => format!("{}\r\n", wrap(&BASE64_STANDARD.encode(bytes), 76)),
            Self::Base64Url => BASE64_URL_SAFE.encode(bytes),
            Self::Base64UrlUnpadded => BASE64_URL_SAFE_NO_PAD.encode(bytes),
            Self::Hexadecimal => random::hexadecimal(bytes),
            Self::Pem => {
                let body = wrap(&BASE64_STANDARD.encode(bytes), 64).replace('\r', "");
                format!("-----BEGIN PKCS7-----\n{body}\n-----END PKCS7-----\n")
            }
        }
    }
}

/// A CMS in DER as BER with indefinite lengths (X.690 §8.1.3.6), as SafeID sends it: ContentInfo,
/// SignedData, its encapsulated content and its certificates. What is signed keeps its bytes.
pub(crate) fn indefinite(cms: &[u8]) -> Option<Vec<u8>> {
    let (_, info, _) = der::read(cms)?;
    let (_, _, rest) = der::read(info)?;
    let kind = info.get(..info.len() - rest.len())?;
    let (_, wrapped, _) = der::read(rest)?;
    let (_, mut members, _) = der::read(wrapped)?;
    let mut signed_data = Vec::new();
    while !members.is_empty() {
        let (tag, content, rest) = der::read(members)?;
        let whole = members.get(..members.len() - rest.len())?;
        signed_data.extend(match tag {
            0x30 | 0xA0 => open(tag, content),
            _ => whole.to_vec(),
        });
        members = rest;
    }
    let signed_data = open(0xA0, &open(0x30, &signed_data));
    Some(open(0x30, &[kind, &signed_data].concat()))
}

fn open(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, 0x80][..], content, &[0, 0]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indefinite_lengths_begin_as_the_field_notes_show() {
        let content = der::sequence(&[&der::object_identifier("1.2.840.113549.1.7.1")]);
        let signed_data = der::sequence(&[
            &der::integer(&[1]),
            &der::set_of(&[]),
            &content,
            &der::explicit(0, &der::null()),
            &der::set_of(&[der::null()]),
        ]);
        let cms = der::sequence(&[
            &der::object_identifier("1.2.840.113549.1.7.2"),
            &der::explicit(0, &signed_data),
        ]);
        let open = indefinite(&cms).unwrap();
        let start =
            [0x30, 0x80, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2, 0xA0, 0x80, 0x30, 0x80];
        assert_eq!(open[..17], start);
        assert!(open.ends_with(&[0x31, 2, 5, 0, 0, 0, 0, 0, 0, 0]));
    }
}
