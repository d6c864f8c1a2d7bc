//! What the sandbox reads of certificates: of one that a client shows it, and of its own to describe
//! them (RFC 5280 §4.1).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::der;

/// The parts of an RSA certificate that a registration is judged by.
#[derive(Debug)]
pub(crate) struct Reading<'d> {
    /// TBSCertificate, tag and all: what is signed.
    pub(crate) signed: &'d [u8],
    pub(crate) signature: &'d [u8],
    /// The RSAPublicKey.
    pub(crate) public_key: &'d [u8],
    /// Unix seconds.
    pub(crate) not_before: i64,
    /// Unix seconds.
    pub(crate) not_after: i64,
    /// The dNSNames of subjectAltName.
    pub(crate) hosts: Vec<String>,
}

impl<'d> Reading<'d> {
    pub(crate) fn of(der: &'d [u8]) -> Option<Self> {
        let (0x30, whole, []) = der::read(der)? else { return None };
        let (_, body, rest) = der::read(whole)?;
        let signed = whole.get(..whole.len() - rest.len())?;
        let (_, _algorithm, rest) = der::read(rest)?;
        let (_, bits, _) = der::read(rest)?;
        let (_unused, signature) = bits.split_first()?;

        let (_, _version, rest) = der::read(body)?;
        let (_, _serial, rest) = der::read(rest)?;
        let (_, _algorithm, rest) = der::read(rest)?;
        let (_, _issuer, rest) = der::read(rest)?;
        let (_, validity, rest) = der::read(rest)?;
        let (_, _subject, rest) = der::read(rest)?;
        let (_, key_info, rest) = der::read(rest)?;
        let (_, not_before, tail) = der::read(validity)?;
        let (_, not_after, _) = der::read(tail)?;
        let (_, _algorithm, key) = der::read(key_info)?;
        let (_, bits, _) = der::read(key)?;
        let (_unused, public_key) = bits.split_first()?;
        let hosts = der::read(rest).and_then(|(_, list, _)| hosts(list)).unwrap_or_default();
        let (not_before, not_after) = (unix(not_before)?, unix(not_after)?);
        Some(Self { signed, signature, public_key, not_before, not_after, hosts })
    }
}

/// A certificate in the words that a service describes it with.
#[derive(Debug)]
pub(crate) struct Described {
    /// Decimal.
    pub(crate) serial_number: String,
    /// `CN=…,OU=…,O=ICP-Brasil,C=BR`, the last attribute first (RFC 4514 §2.1).
    pub(crate) subject: String,
    pub(crate) issuer: String,
    /// Unix seconds.
    pub(crate) not_before: i64,
    /// Unix seconds.
    pub(crate) not_after: i64,
}

impl Described {
    pub(crate) fn of_pem(pem: &str) -> Option<Self> {
        let lines = pem.lines().filter(|line| !line.starts_with("-----"));
        let der = BASE64_STANDARD.decode(lines.map(str::trim).collect::<String>()).ok()?;
        Self::of(&der)
    }

    pub(crate) fn of(der: &[u8]) -> Option<Self> {
        let (_, whole, _) = der::read(der)?;
        let (_, body, _) = der::read(whole)?;
        let (_, _version, rest) = der::read(body)?;
        let (_, serial, rest) = der::read(rest)?;
        let (_, _algorithm, rest) = der::read(rest)?;
        let (_, issuer, rest) = der::read(rest)?;
        let (_, validity, rest) = der::read(rest)?;
        let (_, subject, _) = der::read(rest)?;
        let (_, not_before, tail) = der::read(validity)?;
        let (_, not_after, _) = der::read(tail)?;
        Some(Self {
            serial_number: num_bigint::BigUint::from_bytes_be(serial).to_string(),
            subject: distinguished_name(subject)?,
            issuer: distinguished_name(issuer)?,
            not_before: unix(not_before)?,
            not_after: unix(not_after)?,
        })
    }
}

/// RFC 4514, as far as the names of ICP-Brasil go: one attribute in each part.
fn distinguished_name(mut relative: &[u8]) -> Option<String> {
    let mut parts = Vec::new();
    while !relative.is_empty() {
        let (_, set, rest) = der::read(relative)?;
        relative = rest;
        let (_, attribute, _) = der::read(set)?;
        let (_, kind, value) = der::read(attribute)?;
        let (_, text, _) = der::read(value)?;
        let name = match kind {
            [0x55, 4, 3] => "CN",
            [0x55, 4, 5] => "2.5.4.5",
            [0x55, 4, 6] => "C",
            [0x55, 4, 10] => "O",
            [0x55, 4, 11] => "OU",
            _ => return None,
        };
        let mut escaped = String::new();
        for character in String::from_utf8_lossy(text).chars() {
            if ",+\"\\<>;".contains(character) {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        parts.push(format!("{name}={escaped}"));
    }
    parts.reverse();
    Some(parts.join(","))
}

/// Every dNSName in the list of extensions.
fn hosts(list: &[u8]) -> Option<Vec<String>> {
    let (_, mut extensions, _) = der::read(list)?;
    let wanted = der::object_identifier("2.5.29.17");
    while !extensions.is_empty() {
        let (_, extension, rest) = der::read(extensions)?;
        extensions = rest;
        let Some(value) = extension.strip_prefix(wanted.as_slice()) else { continue };
        let (_, names, _) = der::read(value)?;
        let (_, mut names, _) = der::read(names)?;
        let mut hosts = Vec::new();
        while !names.is_empty() {
            let (tag, name, rest) = der::read(names)?;
            names = rest;
            if tag == 0x82 {
                hosts.push(String::from_utf8_lossy(name).into_owned());
            }
        }
        return Some(hosts);
    }
    None
}

/// UTCTime or GeneralizedTime with seconds and `Z` (RFC 5280 §4.1.2.5).
pub(crate) fn unix(time: &[u8]) -> Option<i64> {
    let text = core::str::from_utf8(time).ok()?.strip_suffix('Z')?;
    let (year, rest) = match text.len() {
        12 => {
            let year: i64 = text.get(..2)?.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, text.get(2..)?)
        }
        14 => (text.get(..4)?.parse().ok()?, text.get(4..)?),
        _ => return None,
    };
    let part = |place: usize| rest.get(place..place + 2)?.parse::<i64>().ok();
    let (month, day) = (part(0)?, part(2)?);
    // Days since 1970-01-01, counted from years that begin in March.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100
        + day_of_year
        - 719_468;
    Some(days * 86_400 + part(4)? * 3600 + part(6)? * 60 + part(8)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::people::minted;

    #[test]
    fn a_certificate_reads_back() {
        let holders = minted();
        let certificate = &holders[0].certificates[0];
        let reading = Reading::of(certificate.der()).unwrap();
        assert_eq!(reading.not_before, 1_800_000_000 - 86_400);
        assert_eq!(reading.public_key, certificate.key().public_key());
        assert!(reading.hosts.is_empty());
        assert!(Reading::of(&certificate.der()[..500]).is_none());
    }

    #[test]
    fn times_read_back() {
        for seconds in [0, 951_782_400, 1_800_000_000, 2_524_608_000] {
            let encoded = der::time(seconds);
            let (_, time, _) = der::read(&encoded).unwrap();
            assert_eq!(unix(time), Some(seconds));
        }
    }

    #[test]
    fn no_change_of_a_byte_and_no_cut_makes_it_panic() {
        let holders = minted();
        let whole = holders[0].certificates[0].der();
        for place in 0..whole.len() {
            assert!(Reading::of(&whole[..place]).is_none(), "{place}");
            for value in [0, 1, 0x7F, 0x80, 0x81, 0x84, 0xFF] {
                let mut changed = whole.to_vec();
                changed[place] = value;
                // Whatever it is, it is an answer.
                let _ = Reading::of(&changed);
            }
        }
    }
}
