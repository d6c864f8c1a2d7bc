//! DER made of vectors, and a certificate of somebody who does not exist.

use rubrica_core::document::Digest;

/// A number whose check digits match, which the services' manuals use and nobody holds.
pub(crate) const CPF: &str = "11144477735";

pub(crate) const CNPJ: &str = "12ABC34501DE35";

pub(crate) fn element(tag: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    let content = content.as_ref();
    let mut encoded = vec![tag];
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    match content.len() {
        0..=127 => encoded.push(length[3]),
        128..=255 => encoded.extend([0x81, length[3]]),
        256..=65_535 => encoded.extend([0x82, length[2], length[3]]),
        _ => encoded.extend([0x83, length[1], length[2], length[3]]),
    }
    encoded.extend(content);
    encoded
}

pub(crate) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, parts.concat())
}

pub(crate) fn set(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut parts = parts.to_vec();
    parts.sort();
    element(0x31, parts.concat())
}

pub(crate) fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u32> = dotted.split('.').map(|arc| arc.parse().unwrap()).collect();
    let mut body = Vec::new();
    for arc in core::iter::once(arcs[0] * 40 + arcs[1]).chain(arcs[2..].iter().copied()) {
        let mut digits = vec![u8::try_from(arc & 0x7f).unwrap()];
        let mut rest = arc >> 7;
        while rest > 0 {
            digits.push(u8::try_from(rest & 0x7f).unwrap() | 0x80);
            rest >>= 7;
        }
        digits.reverse();
        body.extend(digits);
    }
    element(6, body)
}

pub(crate) const UTF8: u8 = 0x0c;
pub(crate) const PRINTABLE: u8 = 0x13;
pub(crate) const OCTETS: u8 = 0x04;

/// A name of attributes, each a number below 2.5.4 and a text.
pub(crate) fn name(attributes: &[(u8, &str)]) -> Vec<u8> {
    let parts: Vec<Vec<u8>> = attributes
        .iter()
        .map(|(kind, text)| {
            set(&[sequence(&[element(6, [0x55, 0x04, *kind]), element(UTF8, text)])])
        })
        .collect();
    sequence(&parts)
}

pub(crate) fn extension(number: u8, critical: bool, value: Vec<u8>) -> Vec<u8> {
    let critical = if critical { element(1, [0xff]) } else { Vec::new() };
    sequence(&[element(6, [0x55, 0x1d, number]), critical, element(4, value)])
}

/// otherName of ICP-Brasil.
pub(crate) fn other(number: u8, tag: u8, text: impl AsRef<[u8]>) -> Vec<u8> {
    let kind = oid(&format!("2.16.76.1.3.{number}"));
    element(0xa0, [kind, element(0xa0, element(tag, text))].concat())
}

pub(crate) fn alternative_names(names: &[Vec<u8>]) -> Vec<u8> {
    extension(17, false, sequence(names))
}

pub(crate) fn policies(dotted: &[&str]) -> Vec<u8> {
    let policies: Vec<Vec<u8>> = dotted
        .iter()
        .map(|policy| {
            let statement =
                sequence(&[oid("1.3.6.1.5.5.7.2.1"), element(0x16, "http://x.example/")]);
            sequence(&[oid(policy), sequence(&[statement])])
        })
        .collect();
    extension(32, false, sequence(&policies))
}

/// The layout of `.1` and `.4`, of 45 characters and an issuer.
pub(crate) fn person(cpf: &str, issuer: &str) -> String {
    format!("01021980{cpf}12012345678000000001234567{issuer}")
}

pub(crate) fn rsa_key(bits: usize) -> Vec<u8> {
    let modulus = [vec![0], vec![0xc5; bits / 8]].concat();
    let key = sequence(&[element(2, modulus), element(2, [1, 0, 1])]);
    let algorithm = sequence(&[oid("1.2.840.113549.1.1.1"), element(5, [])]);
    sequence(&[algorithm, element(3, [vec![0], key].concat())])
}

pub(crate) fn elliptic_key() -> Vec<u8> {
    let algorithm = sequence(&[oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")]);
    sequence(&[algorithm, element(3, [vec![0, 4], vec![0x5a; 64]].concat())])
}

/// Everything in a certificate that a test may want to be otherwise.
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) version: Option<u8>,
    pub(crate) serial: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) not_before: Vec<u8>,
    pub(crate) not_after: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) key: Vec<u8>,
    pub(crate) extensions: Vec<Vec<u8>>,
}

impl Template {
    /// A natural person's of kind A3, with a subject of the old form.
    pub(crate) fn person() -> Self {
        Self {
            version: Some(2),
            serial: vec![0x4a, 0x80, 0x01],
            issuer: name(&[(6, "BR"), (10, "ICP-Brasil"), (3, "AC SINTETICA v5")]),
            not_before: element(0x17, "260101000000Z"),
            not_after: element(0x18, "20520101000000Z"),
            subject: name(&[(10, "ICP-Brasil"), (11, "teste"), (3, &format!("FULANA:{CPF}"))]),
            key: rsa_key(2_048),
            extensions: vec![
                extension(15, true, element(3, [0x05, 0xe0])),
                policies(&["2.16.76.1.2.3.36"]),
                alternative_names(&[
                    element(0x81, "fulana@example.com"),
                    other(1, OCTETS, person(CPF, "SSPSP ")),
                    other(6, OCTETS, "0".repeat(12)),
                    other(5, OCTETS, "0".repeat(19)),
                ]),
            ],
        }
    }

    pub(crate) fn with_names(mut self, names: &[Vec<u8>]) -> Self {
        self.extensions.pop();
        self.extensions.push(alternative_names(names));
        self
    }

    pub(crate) fn to_be_signed(&self) -> Vec<u8> {
        let version = self.version.map(|number| element(0xa0, element(2, [number])));
        let extensions = match self.extensions.is_empty() {
            true => Vec::new(),
            false => element(0xa3, sequence(&self.extensions)),
        };
        sequence(&[
            version.unwrap_or_default(),
            element(2, &self.serial),
            sequence(&[oid("1.2.840.113549.1.1.11"), element(5, [])]),
            self.issuer.clone(),
            sequence(&[self.not_before.clone(), self.not_after.clone()]),
            self.subject.clone(),
            self.key.clone(),
            extensions,
        ])
    }

    /// The certificate, whose signature is none.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let algorithm = sequence(&[oid("1.2.840.113549.1.1.11"), element(5, [])]);
        sequence(&[self.to_be_signed(), algorithm, element(3, [vec![0], vec![0xab; 256]].concat())])
    }
}

/// A time stamp's token, whose signature is none.
pub(crate) fn token(digest: Digest, nonce: &[u8]) -> Vec<u8> {
    token_at(digest, nonce, "20261121000000.25Z")
}

pub(crate) fn token_at(digest: Digest, nonce: &[u8], time: &str) -> Vec<u8> {
    let sha256 = sequence(&[oid("2.16.840.1.101.3.4.2.1")]);
    let info = sequence(&[
        element(2, [1]),
        oid("2.16.76.1.6.9999"),
        sequence(&[sha256.clone(), element(4, digest.as_bytes())]),
        element(2, [0x5e]),
        element(0x18, time),
        sequence(&[element(2, [1])]),
        element(2, nonce),
        element(0xa0, element(0xa4, name(&[(3, "ACT SINTETICA")]))),
    ]);
    let data = sequence(&[
        element(2, [3]),
        set(&[sha256]),
        sequence(&[oid("1.2.840.113549.1.9.16.1.4"), element(0xa0, element(4, info))]),
        element(0xa0, Template::person().encode()),
        set(&[sequence(&[element(2, [1])])]),
    ]);
    sequence(&[oid("1.2.840.113549.1.7.2"), element(0xa0, data)])
}
