//! Certificates shaped like those of ICP-Brasil, of people who do not exist.

use super::{
    CPF,
    der::{bits, element, integer, name, octets, oid, sequence, tagged},
    keys::{Key, identifier},
};

pub(crate) const PERSON: &str = "2.16.76.1.3.1";
pub(crate) const COMPANY: &str = "2.16.76.1.3.3";
pub(crate) const RESPONSIBLE: &str = "2.16.76.1.3.4";

pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const IA5_STRING: u8 = 0x16;

const KEY_USAGE: &str = "2.5.29.15";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const ALTERNATIVE_NAME: &str = "2.5.29.17";
const POLICIES: &str = "2.5.29.32";

/// Everything in a certificate that a test may want to be otherwise.
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) version: u8,
    pub(crate) serial: u8,
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) not_before: &'static str,
    pub(crate) not_after: &'static str,
    pub(crate) public: Vec<u8>,
    /// Each an `Extension`.
    pub(crate) extensions: Vec<Vec<u8>>,
}

impl Template {
    /// A natural person's, of type A3, as a PSC hands it out.
    pub(crate) fn holder(key: &Key) -> Self {
        Self {
            version: 2,
            serial: 3,
            subject: format!("FULANA DE TESTE:{CPF}"),
            issuer: "AC de teste".into(),
            not_before: "260101000000Z",
            not_after: "290101000000Z",
            public: key.public(),
            extensions: vec![
                key_usage(0xe0),
                extension(POLICIES, false, &policies("2.16.76.1.2.3.36")),
                alternative_name(&[
                    element(0x81, "fulana@example.com"),
                    other_name(PERSON, OCTET_STRING, person(CPF, 45)),
                    other_name("2.16.76.1.3.6", OCTET_STRING, "0".repeat(12)),
                ]),
                extension("2.5.29.14", false, &identifier(&key.public())),
            ],
        }
    }

    /// An authority's.
    pub(crate) fn authority(key: &Key, subject: &str, issuer: &str) -> Self {
        Self {
            serial: 2,
            subject: subject.into(),
            issuer: issuer.into(),
            extensions: vec![key_usage(0x06), basic_constraints(true, None)],
            ..Self::holder(key)
        }
    }

    /// Replaces the extension with this number, or adds it.
    pub(crate) fn with(mut self, changed: Vec<u8>) -> Self {
        // The object identifier follows the outer tag and length, of which there may be more than
        // one byte.
        let number = |extension: &[u8]| {
            let start = 2 + usize::from(extension[1].saturating_sub(0x80));
            extension[start..start + 2 + usize::from(extension[start + 1])].to_vec()
        };
        self.extensions.retain(|extension| number(extension) != number(&changed));
        self.extensions.push(changed);
        self
    }

    /// Leaves out the extension that bears the number of this one.
    pub(crate) fn without(self, extension: Vec<u8>) -> Self {
        let mut changed = self.with(extension);
        changed.extensions.pop();
        changed
    }

    pub(crate) fn signed_by(&self, key: &Key) -> Vec<u8> {
        let extensions: Vec<&[u8]> = self.extensions.iter().map(Vec::as_slice).collect();
        let signed = sequence(&[
            &tagged(0, integer(self.version)),
            &integer(self.serial),
            &key.scheme.identifier(),
            &name(&self.issuer),
            &sequence(&[&element(0x17, self.not_before), &element(0x17, self.not_after)]),
            &name(&self.subject),
            &self.public,
            &tagged(3, sequence(&extensions)),
        ]);
        let signature = key.sign(&signed);
        sequence(&[&signed, &key.scheme.identifier(), &bits(&signature)])
    }
}

/// A root, an authority and a holder, in DER.
pub(crate) struct Chain {
    pub(crate) root: Vec<u8>,
    pub(crate) authority: Vec<u8>,
    pub(crate) holder: Vec<u8>,
}

impl Chain {
    /// The chain of the holder's RSA key.
    pub(crate) fn new() -> Self {
        Self::of(&Template::holder(&Key::HOLDER))
    }

    /// The chain of a holder whose certificate is like this.
    pub(crate) fn of(holder: &Template) -> Self {
        Self {
            root: Template::authority(&Key::ROOT, "Raiz de teste", "Raiz de teste")
                .signed_by(&Key::ROOT),
            authority: Template::authority(&Key::AUTHORITY, "AC de teste", "Raiz de teste")
                .signed_by(&Key::ROOT),
            holder: holder.signed_by(&Key::AUTHORITY),
        }
    }
}

pub(crate) fn extension(number: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { element(0x01, [0xff]) } else { Vec::new() };
    sequence(&[&oid(number), &critical, &octets(value)])
}

/// `keyUsage` with these bits, the first one being the highest.
pub(crate) fn key_usage(usage: u8) -> Vec<u8> {
    let unused = u8::try_from(usage.trailing_zeros().min(7)).unwrap();
    extension(KEY_USAGE, true, &element(0x03, [unused, usage]))
}

pub(crate) fn basic_constraints(authority: bool, path_length: Option<u8>) -> Vec<u8> {
    let authority = if authority { element(0x01, [0xff]) } else { Vec::new() };
    let path_length = path_length.map(integer).unwrap_or_default();
    extension(BASIC_CONSTRAINTS, true, &sequence(&[&authority, &path_length]))
}

pub(crate) fn alternative_name(names: &[Vec<u8>]) -> Vec<u8> {
    let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
    extension(ALTERNATIVE_NAME, false, &sequence(&names))
}

pub(crate) fn other_name(number: &str, tag: u8, value: impl AsRef<[u8]>) -> Vec<u8> {
    tagged(0, [oid(number), tagged(0, element(tag, value))].concat())
}

fn policies(number: &str) -> Vec<u8> {
    sequence(&[&sequence(&[&oid(number)])])
}

/// The field of a natural person in one of its three lengths: birth date, CPF, NIS, RG, and who
/// issued that.
pub(crate) fn person(cpf: &str, length: usize) -> String {
    let birth = "01021980";
    let nis = "00000000000";
    let (identity, issuer) = match length {
        45 => ("000000000000000", ""),
        51 => ("000000012345678", "SSPDF "),
        55 => ("000000012345678", "SSPDFSSPDF"),
        _ => ("", ""),
    };
    format!("{birth}{cpf}{nis}{identity}{issuer}")
}
