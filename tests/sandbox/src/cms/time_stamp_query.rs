//! TimeStampReq (RFC 3161 §2.4.1), read strictly.

use super::time_stamp::POLICY;
use crate::pki::der;

/// What a request asks for.
#[derive(Debug)]
pub(crate) struct Query {
    /// SHA-256.
    pub(crate) digest: [u8; 32],
    /// An INTEGER in DER.
    pub(crate) nonce: Option<Vec<u8>>,
    /// certReq.
    pub(crate) certificates: bool,
}

/// Why a request is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    BadAlgorithm,
    BadRequest,
    BadDataFormat,
    UnacceptedPolicy,
    UnacceptedExtension,
}

impl Refusal {
    /// The bit of PKIFailureInfo (RFC 3161 §2.4.2).
    pub(crate) fn failure(self) -> u8 {
        match self {
            Self::BadAlgorithm => 0,
            Self::BadRequest => 2,
            Self::BadDataFormat => 5,
            Self::UnacceptedPolicy => 15,
            Self::UnacceptedExtension => 16,
        }
    }
}

impl Query {
    pub(crate) fn of(body: &[u8]) -> Result<Self, Refusal> {
        let format = Refusal::BadDataFormat;
        let Some((0x30, members, [])) = der::read(body) else { return Err(format) };
        let (tag, version, rest) = der::read(members).ok_or(format)?;
        if tag != 0x02 || version != [1] {
            return Err(Refusal::BadRequest);
        }
        let Some((0x30, imprint, mut rest)) = der::read(rest) else { return Err(format) };
        let digest = imprint_of(imprint)?;
        let mut query = Self { digest, nonce: None, certificates: false };
        // The optional members come in this order, each once.
        let mut order = 0;
        while !rest.is_empty() {
            let (tag, content, tail) = der::read(rest).ok_or(format)?;
            let whole = rest.get(..rest.len() - tail.len()).unwrap_or_default();
            let place = match tag {
                0x06 => 1,
                0x02 => 2,
                0x01 => 3,
                0xA0 => 4,
                _ => return Err(format),
            };
            if place <= order {
                return Err(format);
            }
            order = place;
            match place {
                1 if whole != der::object_identifier(POLICY) => {
                    return Err(Refusal::UnacceptedPolicy);
                }
                2 if content.is_empty() => return Err(format),
                2 => query.nonce = Some(whole.to_vec()),
                // DER leaves the default out, so only TRUE is ever written (X.690 §11.5).
                3 if content != [0xFF] => return Err(format),
                3 => query.certificates = true,
                4 => return Err(Refusal::UnacceptedExtension),
                _ => {}
            }
            rest = tail;
        }
        Ok(query)
    }
}

fn imprint_of(imprint: &[u8]) -> Result<[u8; 32], Refusal> {
    let format = Refusal::BadDataFormat;
    let Some((0x30, algorithm, rest)) = der::read(imprint) else { return Err(format) };
    let sha256 = der::object_identifier("2.16.840.1.101.3.4.2.1");
    let parameters = algorithm.strip_prefix(sha256.as_slice()).ok_or(Refusal::BadAlgorithm)?;
    // Absent or NULL (RFC 5754 §2).
    if !parameters.is_empty() && parameters != der::null() {
        return Err(Refusal::BadAlgorithm);
    }
    let Some((0x04, digest, [])) = der::read(rest) else { return Err(format) };
    digest.try_into().map_err(|_| format)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(version: u8, algorithm: &str, digest: &[u8], rest: &[Vec<u8>]) -> Vec<u8> {
        let algorithm = der::sequence(&[&der::object_identifier(algorithm), &der::null()]);
        let imprint = der::sequence(&[&algorithm, &der::octet_string(digest)]);
        der::sequence(&[&der::integer(&[version]), &imprint, &rest.concat()])
    }

    #[test]
    fn what_is_not_asked_rightly_has_its_failure() {
        let sha256 = "2.16.840.1.101.3.4.2.1";
        let refusal = |body: &[u8]| Query::of(body).unwrap_err();
        let whole = query(1, sha256, &[7; 32], &[der::integer(&[9]), der::boolean(true)]);
        let read = Query::of(&whole).unwrap();
        assert!(read.certificates && read.digest == [7; 32]);
        assert_eq!(read.nonce, Some(der::integer(&[9])));
        assert_eq!(refusal(&[&whole[..], &[0]].concat()), Refusal::BadDataFormat);
        assert_eq!(refusal(&whole[..40]), Refusal::BadDataFormat);
        assert_eq!(refusal(&query(2, sha256, &[7; 32], &[])), Refusal::BadRequest);
        assert_eq!(refusal(&query(1, "1.3.14.3.2.26", &[7; 20], &[])), Refusal::BadAlgorithm);
        assert_eq!(refusal(&query(1, sha256, &[7; 31], &[])), Refusal::BadDataFormat);
        for (rest, why) in [
            (vec![der::object_identifier("1.2.3")], Refusal::UnacceptedPolicy),
            (vec![der::boolean(false)], Refusal::BadDataFormat),
            (vec![der::boolean(true), der::integer(&[9])], Refusal::BadDataFormat),
            (vec![der::integer(&[9]), der::integer(&[9])], Refusal::BadDataFormat),
            (vec![der::explicit(0, &der::null())], Refusal::UnacceptedExtension),
        ] {
            assert_eq!(refusal(&query(1, sha256, &[7; 32], &rest)), why);
        }
    }

    #[test]
    fn no_change_of_a_byte_and_no_cut_makes_it_panic() {
        let rest = [der::object_identifier(POLICY), der::integer(&[9]), der::boolean(true)];
        let whole = query(1, "2.16.840.1.101.3.4.2.1", &[7; 32], &rest);
        assert!(Query::of(&whole).is_ok());
        for place in 0..whole.len() {
            assert!(Query::of(&whole[..place]).is_err(), "{place}");
            for value in 0..=u8::MAX {
                let mut changed = whole.clone();
                changed[place] = value;
                // Whatever it is, it is an answer.
                let _ = Query::of(&changed);
            }
        }
    }
}
