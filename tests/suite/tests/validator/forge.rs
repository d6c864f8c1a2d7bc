//! Signatures that the library would not make, put together by hand. The key is asked for a raw
//! signature over a document that holds the signed attributes, so that the signature itself is good.

use rubrica::pdf::{SignatureOptions, SigningTime, SubFilter, prepare};
use rubrica::{Form, Job};
use rubrica_sandbox::Sandbox;
use rubrica_tests::host::sha256;
use rubrica_tests::validation::sign;

/// The content octets of object identifiers.
pub(crate) const DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
pub(crate) const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
pub(crate) const CONTENT_TYPE: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03";
pub(crate) const MESSAGE_DIGEST: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04";
pub(crate) const SIGNING_TIME: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05";
pub(crate) const CERTIFICATE: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f";
pub(crate) const POLICY: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0f";
const ADDRESS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x05\x01";
const SHA_256: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x01";
const SHA_256_WITH_RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";

/// PA_PAdES_AD_RB_v1_3 and PA_AD_RB_v2_4: 2.16.76.1.7.1.11.1.3 and 2.16.76.1.7.1.1.2.4.
pub(crate) const PADES_AD_RB: &[u8] = b"\x60\x4c\x01\x07\x01\x0b\x01\x03";
pub(crate) const CADES_AD_RB: &[u8] = b"\x60\x4c\x01\x07\x01\x01\x02\x04";

/// An element of DER.
pub(crate) fn element(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let mut out = vec![tag];
    match content.len() {
        length @ 0..0x80 => out.push(u8::try_from(length).unwrap()),
        length => {
            let octets = u32::try_from(length).unwrap().to_be_bytes();
            out.push(0x84);
            out.extend(octets);
            // The shortest form is the only one in DER.
            while out[2] == 0 {
                out.remove(2);
                out[1] -= 1;
            }
        }
    }
    out.extend(content);
    out
}

fn algorithm(oid: &[u8]) -> Vec<u8> {
    element(0x30, &[&element(0x06, &[oid])])
}

/// An attribute of one value.
pub(crate) fn attribute(oid: &[u8], value: &[u8]) -> Vec<u8> {
    element(0x30, &[&element(0x06, &[oid]), &element(0x31, &[value])])
}

/// A policy by its number, with this hash.
pub(crate) fn policy(oid: &[u8], hash: &[u8]) -> Vec<u8> {
    let address = b"http://politicas.icpbrasil.gov.br/PA.der";
    let hash = element(0x30, &[&algorithm(SHA_256), &element(0x04, &[hash])]);
    let qualifier =
        element(0x30, &[&element(0x06, &[ADDRESS]), &element(0x16, &[address.as_slice()])]);
    let value = element(0x30, &[&element(0x06, &[oid]), &hash, &element(0x30, &[&qualifier])]);
    attribute(POLICY, &value)
}

/// The elements in an element.
fn parts(around: &[u8]) -> Vec<&[u8]> {
    let header = |bytes: &[u8]| match bytes[1] {
        length @ 0..0x80 => (2, usize::from(length)),
        more => {
            let octets = &bytes[2..2 + usize::from(more & 0x7f)];
            (2 + octets.len(), octets.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet)))
        }
    };
    let (start, length) = header(around);
    let mut rest = &around[start..start + length];
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (start, length) = header(rest);
        let (one, after) = rest.split_at(start + length);
        found.push(one);
        rest = after;
    }
    found
}

/// A signature by one of the sandbox's holders, over a document with this digest.
pub(crate) struct Forgery<'s> {
    pub(crate) sandbox: &'s Sandbox,
    pub(crate) number: &'s str,
    /// The signed attributes beside contentType and messageDigest.
    pub(crate) attributes: Vec<Vec<u8>>,
}

impl Forgery<'_> {
    /// What names the holder's certificate.
    pub(crate) fn certificate(sandbox: &Sandbox, number: &str) -> Vec<u8> {
        let der = sandbox.holder(number).unwrap().certificates[0].der().to_vec();
        let named = element(0x30, &[&element(0x04, &[&sha256(&der)])]);
        attribute(CERTIFICATE, &element(0x30, &[&element(0x30, &[&named])]))
    }

    /// The CMS over a digest.
    pub(crate) fn over(&self, digest: [u8; 32]) -> Vec<u8> {
        let mut attributes = self.attributes.clone();
        attributes.push(attribute(CONTENT_TYPE, &element(0x06, &[DATA])));
        attributes.push(attribute(MESSAGE_DIGEST, &element(0x04, &[&digest])));
        attributes.sort();
        let attributes = attributes.concat();
        let signed = element(0x31, &[&attributes]);
        let job = Job { form: Form::Raw, ..Job::default() };
        let signature = sign(self.sandbox, self.number, &job, &signed);

        let der = self.sandbox.holder(self.number).unwrap().certificates[0].der().to_vec();
        let body = parts(&der)[0];
        // version, serialNumber, signature, issuer.
        let [serial, issuer] = [parts(body)[1], parts(body)[3]];
        let signer = element(
            0x30,
            &[
                b"\x02\x01\x01",
                &element(0x30, &[issuer, serial]),
                &algorithm(SHA_256),
                &element(0xa0, &[&attributes]),
                &element(0x30, &[&element(0x06, &[SHA_256_WITH_RSA]), b"\x05\x00"]),
                &element(0x04, &[&signature]),
            ],
        );
        let message = element(
            0x30,
            &[
                b"\x02\x01\x01",
                &element(0x31, &[&algorithm(SHA_256)]),
                &element(0x30, &[&element(0x06, &[DATA])]),
                &element(0xa0, &[&der]),
                &element(0x31, &[&signer]),
            ],
        );
        element(0x30, &[&element(0x06, &[SIGNED_DATA]), &element(0xa0, &[&message])])
    }

    /// A PDF that is signed so.
    pub(crate) fn in_pdf(&self, document: &[u8], sub_filter: SubFilter) -> Vec<u8> {
        let at = SigningTime::from_unix_seconds(1_795_297_672).unwrap();
        let mut options = SignatureOptions::new(at);
        options.sub_filter = sub_filter;
        let prepared = prepare(document, &options).unwrap();
        let digest = prepared.digest();
        prepared.embed(&self.over(digest)).unwrap()
    }
}
