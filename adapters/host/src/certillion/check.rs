//! What came back, checked before it is used.
//!
//! What the service answers never decides whether it is checked: an answer that cannot be checked is
//! refused wherever one that can be checked was to be expected.

use std::borrow::Cow;
use std::fs;

use rubrica_core::certillion::Standard;
use rubrica_verify::{
    Certificate, Digest, Expected, Piece, Rejection, SignatureAlgorithm, Verified, limits,
};
use rubrica_xml::{self as xml, Addition, Coverage, Unverifiable, XmlError};

use super::job::Job;
use super::outcome::Verification;
use crate::document::{Document, Prepared};
use crate::error::Error;
use crate::outcome::Content;
use crate::served;

/// Bytes by which a CMS may be longer than its document: certificates, revocation lists, time
/// stamps.
const CMS_MORE: usize = 16 * 1024 * 1024;

/// Bytes by which an XML document may be longer than it was before it was signed.
const XML_MORE: usize = 4 * 1024 * 1024;

/// Checks a signed document, or a signature apart from it: it must be of the document that was sent,
/// by the holder, and good.
///
/// # Errors
/// What is wrong with it. What cannot be checked here, because of the document that was sent, is no
/// error.
pub(super) fn check(
    document: &Document,
    prepared: &Prepared,
    job: &Job,
    answer: &Content,
    expected: &Expected<'_>,
) -> Result<Verification, Error> {
    match job.standard {
        Standard::Pades | Standard::PadesIcpBr => {
            served::check(document, prepared, answer, false, *expected, |cms, expected, hashed| {
                rubrica_verify::whole_cms_by_any_hash(cms, expected, hashed)
            })
            .map(good)
        }
        Standard::Cades => cades(document, prepared, answer, expected),
        Standard::Xades => xades(document, prepared, answer, expected),
    }
}

fn good(verified: Verified) -> Verification {
    Verification::Verified(Box::new(verified))
}

/// A CMS, with its document in it or apart from it. Either is good where the digest is that of the
/// document that was sent.
fn cades(
    document: &Document,
    prepared: &Prepared,
    answer: &Content,
    expected: &Expected<'_>,
) -> Result<Verification, Error> {
    let limit = limits::FILE_BYTES;
    let bytes = match bytes(answer, limit)? {
        Ok(bytes) => bytes,
        Err(size) if is_expected(size, prepared, CMS_MORE) => return Ok(too_large(limit)),
        Err(size) => {
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            return Err(Rejection::TooLarge { piece: Piece::Cms, size, limit }.into());
        }
    };
    let hashed = |digest| served::hash(document, prepared, digest);
    rubrica_verify::whole_cms_by_any_hash(&bytes, expected, &hashed).map(good)
}

/// Whether an answer may be so long, the document being as long as it is.
fn is_expected(size: u64, prepared: &Prepared, more: usize) -> bool {
    size <= prepared.length.saturating_add(more as u64)
}

fn too_large(most: usize) -> Verification {
    Verification::NotVerified(format!("more than the {most} bytes that are read here"))
}

/// What came, in memory, or how long it is where that is more than so much.
fn bytes(answer: &Content, most: usize) -> Result<Result<Cow<'_, [u8]>, u64>, Error> {
    let path = match answer {
        Content::Bytes(bytes) if bytes.len() <= most => return Ok(Ok(Cow::Borrowed(bytes))),
        Content::Bytes(bytes) => return Ok(Err(bytes.len() as u64)),
        Content::File(path) => path,
    };
    let failed = |error| Error::file(path.display().to_string(), error);
    let length = fs::metadata(path).map_err(failed)?.len();
    if usize::try_from(length).is_ok_and(|length| length <= most) {
        return Ok(Ok(Cow::Owned(fs::read(path).map_err(failed)?)));
    }
    Ok(Err(length))
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
    if document.digest()? != *prepared {
        return Err(Error::Changed);
    }
    if !usize::try_from(prepared.length).is_ok_and(|length| length <= most) {
        return Ok(too_large(most));
    }
    let signed = match bytes(answer, most)? {
        Ok(signed) => signed,
        Err(size) if is_expected(size, prepared, XML_MORE) => return Ok(too_large(most)),
        Err(_) => return Err(unverifiable(Unverifiable::TooLarge("bytes of the document"))),
    };
    let original = document.read()?;
    // Once more: what is compared is what was just read.
    if Prepared::of(&original) != *prepared {
        return Err(Error::Changed);
    }
    let added = xml::added_signature(&original, &signed);
    if let Err(XmlError::Unverifiable(_)) = added
        && let Some(why) = beyond(&original)
    {
        // The document that was sent cannot be read here either.
        return Ok(Verification::NotVerified(why.to_string()));
    }
    let Addition { signature, coverage, .. } = added?;
    let verdict = signature.verdict();
    if let xml::Verdict::Broken(breach) = verdict {
        return Err(Error::XmlSignature(breach));
    }
    for reference in &signature.references {
        if let xml::Verdict::Unverifiable(why @ (Unverifiable::WeakHash | Unverifiable::Hash)) =
            reference.verdict
        {
            return Err(unverifiable(why));
        }
    }
    if verdict.holds() && coverage == Coverage::Nothing {
        return Err(Error::Unsigned);
    }
    // Whatever is said of what it covers, it must be the holder's and good.
    let verified = value(&signature, expected)?;
    Ok(match (verdict, coverage) {
        (xml::Verdict::Unverifiable(why), _) => Verification::NotVerified(why.to_string()),
        (_, Coverage::Whole) => good(verified),
        _ => Verification::NotVerified("the signature covers parts of the document only".into()),
    })
}

/// What of a document is beyond what is read here, whoever signs it.
fn beyond(original: &[u8]) -> Option<Unverifiable> {
    let method = xml::Canonicalization { mode: xml::Mode::Inclusive10, comments: true };
    let of = |error| match error {
        XmlError::Unverifiable(why) => Some(why),
        _ => None,
    };
    let form = xml::canonical_form(original, None, &method).err().and_then(of);
    form.or_else(|| xml::signatures(original).err().and_then(of))
}

/// Checks the value of an XML signature.
fn value(signature: &xml::XmlSignature, expected: &Expected<'_>) -> Result<Verified, Error> {
    let signed_info = signature.signed_info.as_ref().map_err(|why| unverifiable(*why))?;
    let certificates = signature
        .certificates
        .iter()
        .map(|der| Ok(Certificate::from_der(der)?))
        .collect::<Result<Vec<_>, Error>>()?;
    let (signer, chain) = certificates.split_first().ok_or(Error::NoCertificate)?;
    let digest = match signed_info.algorithm.digest() {
        xml::Digest::Sha256 => Digest::Sha256,
        xml::Digest::Sha384 => Digest::Sha384,
        xml::Digest::Sha512 => Digest::Sha512,
        _ => return Err(unverifiable(Unverifiable::Hash)),
    };
    let written = &signature.value;
    let (algorithm, value) = match signed_info.algorithm {
        xml::SignatureAlgorithm::RsaPkcs1(_) => {
            (SignatureAlgorithm::RsaPkcs1(digest), Cow::Borrowed(&**written))
        }
        xml::SignatureAlgorithm::RsaPss(_) => {
            (SignatureAlgorithm::RsaPss(digest), Cow::Borrowed(&**written))
        }
        xml::SignatureAlgorithm::Ecdsa(_) => {
            let value = xml::SignedInfo::ecdsa_der(written).ok_or(Rejection::Signature)?;
            (SignatureAlgorithm::Ecdsa(digest), Cow::Owned(value))
        }
        _ => return Err(unverifiable(Unverifiable::SignatureAlgorithm)),
    };
    let message = &signed_info.canonical;
    Ok(rubrica_verify::signature_over(message, &value, algorithm, signer, chain, expected)?)
}

fn unverifiable(why: Unverifiable) -> Error {
    Error::Xml(why.into())
}

#[cfg(test)]
mod tests {
    use rubrica_core::identity::Holder;
    use rubrica_pdf::{SignatureOptions, SigningTime};
    use rubrica_verify::UnixTime;
    use rubrica_xml::Breach;

    use super::*;

    macro_rules! file {
        ($path:expr) => {
            include_bytes!(concat!("../../../", $path)).as_slice()
        };
    }

    const TEXT: &[u8] = file!("verify/tests/openssl/document.txt");
    const PDF: &[u8] = file!("pdf/tests/samples/one_page.pdf");
    const SHA512: &[u8] = file!("verify/tests/openssl/sha512.p7s");

    /// What is said of an answer to a document that was another when it was prepared.
    fn judged_after(
        before: &[u8],
        standard: Standard,
        document: &[u8],
        holder: Option<Holder>,
        answer: &[u8],
    ) -> Result<Verification, Error> {
        let (document, prepared) = (Document::from_bytes("a", document), Prepared::of(before));
        let digest = *prepared.digest.as_bytes();
        let at = UnixTime::from_seconds(1_798_761_600);
        let expected = Expected { digest, holder, at, anchors: None };
        let answer = Content::Bytes(answer.to_vec());
        check(&document, &prepared, &Job::new(standard), &answer, &expected)
    }

    /// What is said of an answer to a document.
    fn judged(standard: Standard, document: &[u8], answer: &[u8]) -> Result<Verification, Error> {
        judged_after(document, standard, document, None, answer)
    }

    /// A PDF with a signature that is none in it.
    fn signed_pdf(original: &[u8]) -> Vec<u8> {
        let options = SignatureOptions::new(SigningTime::from_unix_seconds(1_798_761_600).unwrap());
        let update = rubrica_pdf::prepare_update(original, &options).unwrap();
        [original, &update.embed(&[0x30, 3, 2, 1, 1]).unwrap()].concat()
    }

    #[test]
    fn what_was_sent_and_cannot_be_read_here_is_neither_good_nor_bad() {
        let typed = b"<!DOCTYPE a []><a/>";
        let Ok(Verification::NotVerified(why)) = judged(Standard::Xades, typed, typed) else {
            panic!("a document type declaration was passed over")
        };
        assert!(why.contains("document type"), "{why}");
        let long = Prepared { length: 60 << 20, ..Prepared::of(b"a") };
        let at = UnixTime::from_seconds(0);
        let expected = Expected { digest: [0; 32], holder: None, at, anchors: None };
        let answer = Content::Bytes(vec![b' '; limits::FILE_BYTES + 1]);
        let outcome = cades(&Document::from_bytes("a", "a"), &long, &answer, &expected);
        assert!(matches!(outcome, Ok(Verification::NotVerified(_))));
    }

    #[test]
    fn an_answer_does_not_decide_that_it_is_not_checked() {
        let unverifiable =
            |document: &[u8], answer: &[u8]| match judged(Standard::Xades, document, answer) {
                Err(Error::Xml(XmlError::Unverifiable(why))) => why,
                other => panic!("{other:?}"),
            };
        let typed = b"<!DOCTYPE a []><a/>";
        assert_eq!(unverifiable(b"<a/>", typed), Unverifiable::DocumentType);
        assert_eq!(unverifiable(b"no XML", typed), Unverifiable::DocumentType);
        assert_eq!(unverifiable(b"<a/>", b"\xff\xfe<\0a\0/\0>\0"), Unverifiable::Encoding);
        let long = vec![b' '; xml::limits::DOCUMENT_BYTES + 1];
        assert!(matches!(unverifiable(b"<a/>", &long), Unverifiable::TooLarge(_)));
        let long = vec![b' '; limits::FILE_BYTES + 1];
        let outcome = judged(Standard::Cades, b"a", &long);
        assert!(matches!(outcome, Err(Error::Rejected(Rejection::TooLarge { .. }))));

        let (original, signed) = (
            file!("xml/tests/signed/xmlsec-enveloped-c14n.original"),
            file!("xml/tests/signed/xmlsec-enveloped-c14n.xml"),
        );
        let signed = core::str::from_utf8(signed).unwrap();
        for (named, other, why) in [
            ("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1", Unverifiable::WeakHash),
            ("2001/04/xmlenc#sha256", "2001/04/xmlenc#other", Unverifiable::Hash),
            ("more#rsa-sha256", "more#unknown", Unverifiable::SignatureAlgorithm),
        ] {
            let forged = signed.replace(named, other);
            assert_ne!(forged, signed);
            assert_eq!(unverifiable(original, forged.as_bytes()), why);
        }
    }

    #[test]
    fn s30_a_cms_is_checked_by_the_hash_that_its_signer_used() {
        let Ok(Verification::Verified(verified)) = judged(Standard::Cades, TEXT, SHA512) else {
            panic!("it was not verified")
        };
        assert_eq!(verified.algorithm, SignatureAlgorithm::RsaPkcs1(Digest::Sha512));
        let rejected = |document, holder, answer| match judged_after(
            document,
            Standard::Cades,
            document,
            holder,
            answer,
        ) {
            Err(Error::Rejected(rejection)) => rejection,
            other => panic!("{other:?}"),
        };
        assert_eq!(rejected(b"another", None, SHA512), Rejection::MessageDigest);
        let other = Holder::parse("529.982.247-25").ok();
        assert!(matches!(rejected(TEXT, other, SHA512), Rejection::Holder { .. }));
        let mut forged = SHA512.to_vec();
        *forged.last_mut().unwrap() ^= 1;
        assert_eq!(rejected(TEXT, None, &forged), Rejection::Signature);
        let weak = file!("verify/tests/openssl/sha1.p7s");
        assert!(matches!(rejected(TEXT, None, weak), Rejection::DigestAlgorithm(_)));
    }

    #[test]
    fn a_document_that_is_another_one_now_is_not_called_verified() {
        let (before, now) = (PDF, [PDF, b"\n"].concat());
        let changed = |standard, document: &[u8], answer: &[u8]| {
            let outcome = judged_after(before, standard, document, None, answer);
            assert!(matches!(outcome, Err(Error::Changed)), "{outcome:?}");
        };
        let signed = signed_pdf(&now);
        assert!(matches!(judged(Standard::Pades, &now, &signed), Err(Error::Rejected(_))));
        changed(Standard::Pades, &now, &signed);
        changed(Standard::Xades, b"<a/>", b"<a/>");
        // By SHA-256 it is told by the signature; by another hash the document is read again.
        changed(Standard::Cades, TEXT, SHA512);
    }

    /// The samples' certificates are of nobody that may sign: that is found only once the value has
    /// been verified.
    #[test]
    fn an_xml_signature_is_verified_whatever_its_algorithm_and_whatever_it_covers() {
        macro_rules! sample {
            ($name:literal) => {
                (
                    file!(concat!("xml/tests/signed/", $name, ".original")),
                    file!(concat!("xml/tests/signed/", $name, ".xml")),
                )
            };
        }
        for (original, signed) in [
            sample!("xmlsec-enveloped-c14n"),
            sample!("signxml-enveloped-rsa512-c14n11"),
            sample!("signxml-enveloped-ecdsa256"),
            // Of one element, and by a transform that is not accepted.
            sample!("xmlsec-element-c14n"),
            sample!("xmlsec-unchecked-xpath"),
        ] {
            let outcome = judged(Standard::Xades, original, signed);
            let signed = core::str::from_utf8(signed).unwrap();
            let Err(Error::Rejected(Rejection::Unfit { .. })) = outcome else {
                panic!("{outcome:?}: {signed}")
            };
            let forged = altered(signed, "SignatureValue>");
            let outcome = judged(Standard::Xades, original, forged.as_bytes());
            assert!(matches!(outcome, Err(Error::Rejected(Rejection::Signature))), "{outcome:?}");
        }
    }

    /// The text with another character behind these words.
    fn altered(text: &str, words: &str) -> String {
        let (before, behind) = text.split_once(words).unwrap();
        let place = behind.find(|c: char| c.is_ascii_alphanumeric()).unwrap() + 20;
        let other = if behind.as_bytes()[place] == b'A' { "B" } else { "A" };
        [before, words, &behind[..place], other, &behind[place + 1..]].concat()
    }

    #[test]
    fn what_is_wrong_is_never_handed_over() {
        assert!(matches!(judged(Standard::Xades, b"<a/>", b"<a/>"), Err(Error::Xml(_))));
        assert!(matches!(judged(Standard::Xades, b"<a/>", b"<b/>"), Err(Error::Xml(_))));
        assert!(matches!(judged(Standard::Xades, b"<a/>", b"no XML"), Err(Error::Xml(_))));
        assert!(matches!(judged(Standard::Cades, b"a", b"no CMS"), Err(Error::Rejected(_))));
        let pdf = b"%PDF-1.4 nothing";
        assert!(judged(Standard::Pades, pdf, pdf).is_err());
        let signed = file!("xml/tests/signed/xmlsec-enveloped-c14n.xml");
        let signed = altered(core::str::from_utf8(signed).unwrap(), "DigestValue>");
        let original = file!("xml/tests/signed/xmlsec-enveloped-c14n.original");
        let outcome = judged(Standard::Xades, original, signed.as_bytes());
        assert!(matches!(outcome, Err(Error::XmlSignature(Breach::Digest))), "{outcome:?}");
    }
}
