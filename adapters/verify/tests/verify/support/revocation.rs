//! Lists and OCSP answers, with every part that a test may want to be otherwise.

use super::{
    der::{bits, element, integer, name, null, octets, oid, sequence, set, tagged},
    keys::{Key, SHA1},
};

pub(crate) const REASON: &str = "2.5.29.21";
pub(crate) const INVALIDITY_DATE: &str = "2.5.29.24";
pub(crate) const DISTRIBUTION_POINT: &str = "2.5.29.28";

/// A list before it is written.
#[derive(Clone)]
pub(crate) struct List {
    pub(crate) issuer: String,
    pub(crate) this_update: &'static str,
    pub(crate) next_update: Option<&'static str>,
    /// Each a `SEQUENCE` of serial number, date and extensions.
    pub(crate) entries: Vec<Vec<u8>>,
    /// Each an `Extension`.
    pub(crate) extensions: Vec<Vec<u8>>,
    /// Whether the issuer's name has a country, as OpenSSL's test certificates have.
    pub(crate) country: bool,
}

impl List {
    /// An empty one of this issuer, fresh in November 2026.
    pub(crate) fn of(issuer: &str) -> Self {
        Self {
            issuer: issuer.into(),
            this_update: "261121000000Z",
            next_update: Some("261128000000Z"),
            entries: Vec::new(),
            extensions: Vec::new(),
            country: false,
        }
    }

    /// As OpenSSL's authority would have made it, after it was made itself.
    pub(crate) fn of_openssl(self) -> Self {
        Self { country: true, this_update: "261121230000Z", ..self }
    }

    /// With this certificate on it.
    pub(crate) fn naming(mut self, serial: u8, since: &str, extensions: &[Vec<u8>]) -> Self {
        self.entries.push(entry(serial, since, extensions));
        self
    }

    pub(crate) fn with(mut self, extension: Vec<u8>) -> Self {
        self.extensions.push(extension);
        self
    }

    pub(crate) fn signed_by(&self, key: &Key) -> Vec<u8> {
        let entries = match self.entries.as_slice() {
            [] => Vec::new(),
            entries => element(0x30, entries.concat()),
        };
        let extensions = match self.extensions.as_slice() {
            [] => Vec::new(),
            extensions => tagged(0, element(0x30, extensions.concat())),
        };
        let signed = sequence(&[
            &integer(1),
            &key.scheme.identifier(),
            &if self.country { name_of_openssl(&self.issuer) } else { name(&self.issuer) },
            &element(0x17, self.this_update),
            &self.next_update.map(|time| element(0x17, time)).unwrap_or_default(),
            &entries,
            &extensions,
        ]);
        sequence(&[&signed, &key.scheme.identifier(), &bits(&key.sign(&signed))])
    }
}

fn name_of_openssl(common_name: &str) -> Vec<u8> {
    let part =
        |kind: &str, tag: u8, value: &str| set(&[&sequence(&[&oid(kind), &element(tag, value)])]);
    sequence(&[
        &part("2.5.4.6", 0x13, "BR"),
        &part("2.5.4.10", 0x0c, "ICP-Brasil de teste"),
        &part("2.5.4.3", 0x0c, common_name),
    ])
}

pub(crate) fn entry(serial: u8, since: &str, extensions: &[Vec<u8>]) -> Vec<u8> {
    let extensions = match extensions {
        [] => Vec::new(),
        extensions => element(0x30, extensions.concat()),
    };
    sequence(&[&integer(serial), &element(0x17, since), &extensions])
}

/// `certStatus` of a good certificate, an unknown one, and a revoked one.
pub(crate) fn good() -> Vec<u8> {
    element(0x80, [])
}

pub(crate) fn unknown() -> Vec<u8> {
    element(0x82, [])
}

pub(crate) fn revoked(since: &str, reason: Option<u8>) -> Vec<u8> {
    let reason = reason.map(|code| tagged(0, element(0x0a, [code]))).unwrap_or_default();
    tagged(1, [element(0x18, since), reason].concat())
}

/// An OCSP answer before it is written.
#[derive(Clone)]
pub(crate) struct Answer {
    /// `SubjectPublicKeyInfo` and name of the issuer of the certificate that it is about.
    pub(crate) issuer_key: Vec<u8>,
    pub(crate) issuer: String,
    pub(crate) serial: u8,
    pub(crate) hash: &'static str,
    pub(crate) status: Vec<u8>,
    pub(crate) produced_at: &'static str,
    pub(crate) this_update: &'static str,
    pub(crate) next_update: Option<&'static str>,
    /// `responderID`.
    pub(crate) responder: Vec<u8>,
    pub(crate) certificates: Vec<Vec<u8>>,
}

impl Answer {
    /// That a certificate is good, by its issuer, in November 2026.
    pub(crate) fn about(serial: u8, issuer: &str, key: &Key) -> Self {
        Self {
            issuer_key: key.public(),
            issuer: issuer.into(),
            serial,
            hash: SHA1,
            status: good(),
            produced_at: "20261121210000Z",
            this_update: "20261121210000Z",
            next_update: Some("20261122210000Z"),
            responder: tagged(1, name(issuer)),
            certificates: Vec::new(),
        }
    }

    pub(crate) fn signed_by(&self, key: &Key) -> Vec<u8> {
        let hash = |bytes: &[u8]| {
            let algorithm = match self.hash {
                SHA1 => &ring::digest::SHA1_FOR_LEGACY_USE_ONLY,
                _ => &ring::digest::SHA256,
            };
            octets(ring::digest::digest(algorithm, bytes))
        };
        let identifier = sequence(&[
            &sequence(&[&oid(self.hash), &null()]),
            &hash(&name(&self.issuer)),
            &hash(key_bits(&self.issuer_key)),
            &integer(self.serial),
        ]);
        let answer = sequence(&[
            &identifier,
            &self.status,
            &element(0x18, self.this_update),
            &self.next_update.map(|time| tagged(0, element(0x18, time))).unwrap_or_default(),
        ]);
        let signed =
            sequence(&[&self.responder, &element(0x18, self.produced_at), &sequence(&[&answer])]);
        let certificates = match self.certificates.as_slice() {
            [] => Vec::new(),
            certificates => tagged(0, element(0x30, certificates.concat())),
        };
        let basic = sequence(&[
            &signed,
            &key.scheme.identifier(),
            &bits(&key.sign(&signed)),
            &certificates,
        ]);
        let bytes = sequence(&[&oid("1.3.6.1.5.5.7.48.1.1"), &octets(basic)]);
        sequence(&[&element(0x0a, [0]), &tagged(0, bytes)])
    }
}

/// `responderID` by the hash of this key.
pub(crate) fn by_key(key: &Key) -> Vec<u8> {
    let hash =
        ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, key_bits(&key.public()));
    tagged(2, octets(hash))
}

/// The bits inside `SubjectPublicKeyInfo`: a point of 65 or 97 bytes, or an RSA key, which is the
/// last element and of the form that is known here.
fn key_bits(info: &[u8]) -> &[u8] {
    let header = |bytes: &[u8]| match bytes[1] {
        0x81 => (3, usize::from(bytes[2])),
        0x82 => (4, usize::from(bytes[2]) << 8 | usize::from(bytes[3])),
        short => (2, usize::from(short)),
    };
    let (start, _) = header(info);
    let (inner, length) = header(&info[start..]);
    let bit_string = &info[start + inner + length..];
    let (start, _) = header(bit_string);
    &bit_string[start + 1..]
}

/// `ocsp-nocheck`.
pub(crate) fn no_check() -> Vec<u8> {
    super::certificates::extension("1.3.6.1.5.5.7.48.1.5", false, &null())
}

/// `extKeyUsage` with this one purpose.
pub(crate) fn purpose(number: &str, critical: bool) -> Vec<u8> {
    super::certificates::extension("2.5.29.37", critical, &sequence(&[&oid(number)]))
}
