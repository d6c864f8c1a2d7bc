//! What came back, checked before it is used.

use core::fmt::Display;
use std::borrow::Cow;
use std::fs;

use rubrica_core::certillion::Standard;
use rubrica_verify::{Certificate, Expected, Padding, Rejection, Verified, limits};
use rubrica_xml::{self as xml, Addition, Coverage};

use super::job::Job;
use super::outcome::Verification;
use crate::document::{Document, Prepared};
use crate::error::Error;
use crate::outcome::Content;
use crate::served;

/// Checks a signed document, or a signature apart from it: it must be of the document that was sent,
/// by the holder, and good.
///
/// # Errors
/// What is wrong with it. What cannot be checked here is no error.
pub(super) fn check(
    document: &Document,
    prepared: &Prepared,
    job: &Job,
    answer: &Content,
    expected: &Expected<'_>,
) -> Result<Verification, Error> {
    match job.standard {
        Standard::Pades | Standard::PadesIcpBr => {
            let whole = rubrica_verify::whole_cms;
            judged(served::check(document, prepared, answer, false, *expected, whole))
        }
        Standard::Cades => cades(answer, expected),
        Standard::Xades => xades(document, prepared, answer, expected),
    }
}

/// A CMS, with its document in it or apart from it. Either is good where the digest is that of the
/// document that was sent.
fn cades(answer: &Content, expected: &Expected<'_>) -> Result<Verification, Error> {
    match bytes(answer, limits::FILE_BYTES)? {
        None => Ok(too_large(limits::FILE_BYTES)),
        Some(bytes) => judged(rubrica_verify::whole_cms(&bytes, expected).map_err(Error::Rejected)),
    }
}

/// What a check came to, where not all that cannot be checked here is bad.
fn judged(outcome: Result<Verified, Error>) -> Result<Verification, Error> {
    match outcome {
        Ok(verified) => Ok(Verification::Verified(Box::new(verified))),
        // It may be good: what was computed here is SHA-256, and nothing else can be compared with it.
        Err(Error::Rejected(
            rejection @ (Rejection::DigestAlgorithm(_) | Rejection::TooLarge { .. }),
        )) => Ok(Verification::NotVerified(rejection.to_string())),
        Err(error) => Err(error),
    }
}

fn too_large(most: usize) -> Verification {
    Verification::NotVerified(format!("more than the {most} bytes that are read here"))
}

/// What came, in memory, unless there is more than so much of it.
fn bytes(answer: &Content, most: usize) -> Result<Option<Cow<'_, [u8]>>, Error> {
    let path = match answer {
        Content::Bytes(bytes) => {
            return Ok(Some(Cow::Borrowed(&**bytes)).filter(|bytes| bytes.len() <= most));
        }
        Content::File(path) => path,
    };
    let failed = |error| Error::file(path.display().to_string(), error);
    let length = fs::metadata(path).map_err(failed)?.len();
    if usize::try_from(length).is_ok_and(|length| length <= most) {
        return Ok(Some(Cow::Owned(fs::read(path).map_err(failed)?)));
    }
    Ok(None)
}

/// An XML document with its signature in it, a signature with the document in it, or one apart from
/// it.
fn xades(
    document: &Document,
    prepared: &Prepared,
    answer: &Content,
    expected: &Expected<'_>,
) -> Result<Verification, Error> {
    let most = xml::limits::DOCUMENT_BYTES;
    let is_short = usize::try_from(prepared.length).is_ok_and(|length| length <= most);
    let Some(signed) = bytes(answer, most)?.filter(|_| is_short) else {
        return Ok(too_large(most));
    };
    let unverifiable = |why: &dyn Display| Ok(Verification::NotVerified(why.to_string()));
    let Addition { signature, coverage, .. } =
        match xml::added_signature(&document.read()?, &signed) {
            Err(error) if error.is_broken() => return Err(error.into()),
            Err(error) => return unverifiable(&error),
            Ok(addition) => addition,
        };
    match signature.verdict() {
        xml::Verdict::Broken(breach) => return Err(Error::XmlSignature(breach)),
        xml::Verdict::Unverifiable(why) => return unverifiable(&why),
        xml::Verdict::Holds => {}
    }
    match coverage {
        Coverage::Whole => {}
        Coverage::Nothing => return Err(Error::Unsigned),
        _ => return unverifiable(&"the signature covers parts of the document only"),
    }
    let signed_info = match &signature.signed_info {
        Ok(signed_info) => signed_info,
        Err(why) => return unverifiable(why),
    };
    let padding = match signed_info.algorithm {
        xml::SignatureAlgorithm::RsaPkcs1(xml::Digest::Sha256) => Padding::Pkcs1v15,
        xml::SignatureAlgorithm::RsaPss(xml::Digest::Sha256) => Padding::Pss,
        _ => return unverifiable(&"the signature's algorithm is not checked here"),
    };
    let Ok(digest) = signed_info.digest.as_slice().try_into() else {
        return unverifiable(&"the signature's algorithm is not checked here");
    };
    let certificates = signature
        .certificates
        .iter()
        .map(|der| Ok(Certificate::from_der(der)?))
        .collect::<Result<Vec<_>, Error>>()?;
    let (signer, chain) = certificates.split_first().ok_or(Error::NoCertificate)?;
    let expected = Expected { digest, ..*expected };
    judged(
        rubrica_verify::raw(&signature.value, signer, chain, padding, &expected)
            .map_err(Error::Rejected),
    )
}

#[cfg(test)]
mod tests {
    use rubrica_verify::UnixTime;

    use super::*;

    /// What is said of an answer to a document.
    fn judged(standard: Standard, document: &[u8], answer: &[u8]) -> Result<Verification, Error> {
        let document = Document::from_bytes("a", document);
        let prepared = document.digest().unwrap();
        let digest = *prepared.digest.as_bytes();
        let at = UnixTime::from_seconds(1_800_000_000);
        let expected = Expected { digest, holder: None, at, anchors: None };
        let answer = Content::Bytes(answer.to_vec());
        check(&document, &prepared, &Job::new(standard), &answer, &expected)
    }

    #[test]
    fn what_cannot_be_told_here_is_neither_good_nor_bad() {
        let typed = b"<!DOCTYPE a []><a/>";
        let Ok(Verification::NotVerified(why)) = judged(Standard::Xades, typed, typed) else {
            panic!("a document type declaration was passed over")
        };
        assert!(why.contains("document type"), "{why}");
        let long = vec![b' '; limits::FILE_BYTES + 1];
        assert!(matches!(judged(Standard::Cades, b"a", &long), Ok(Verification::NotVerified(_))));
        let long = vec![b' '; xml::limits::DOCUMENT_BYTES + 1];
        assert!(matches!(
            judged(Standard::Xades, b"<a/>", &long),
            Ok(Verification::NotVerified(_))
        ));
    }

    #[test]
    fn what_is_wrong_is_never_handed_over() {
        assert!(matches!(judged(Standard::Xades, b"<a/>", b"<a/>"), Err(Error::Xml(_))));
        assert!(matches!(judged(Standard::Xades, b"<a/>", b"<b/>"), Err(Error::Xml(_))));
        assert!(matches!(judged(Standard::Xades, b"<a/>", b"no XML"), Err(Error::Xml(_))));
        assert!(matches!(judged(Standard::Cades, b"a", b"no CMS"), Err(Error::Rejected(_))));
        let pdf = b"%PDF-1.4 nothing";
        assert!(judged(Standard::Pades, pdf, pdf).is_err());
    }
}
