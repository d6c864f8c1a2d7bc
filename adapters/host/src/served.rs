//! A PDF that the service signed by itself.

use std::fs::File;
use std::io::{self, ErrorKind};

use ring::digest::{Context, SHA256, SHA384, SHA512};
use rubrica_core::document::Hasher;
use rubrica_pdf::{Coverage, PdfError, Source};
use rubrica_verify::{Digest, Expected, Rejection, Verified};

use crate::document::{Document, Prepared};
use crate::error::Error;
use crate::outcome::Content;

/// Checks a PDF that came back: ours at its start, nothing more than a signature behind it, which
/// covers the whole and verifies. Where a page was asked for, the service may have rewritten all of
/// it but the signature.
///
/// The CMS in it is checked by `verify`, which can ask for the covered bytes' hash by another
/// algorithm than SHA-256. Both documents are read here and there; neither is ever whole in memory
/// unless it is anyway.
pub(crate) fn check(
    document: &Document,
    prepared: &Prepared,
    answer: &Content,
    signature_page: bool,
    expected: Expected<'_>,
    verify: impl FnOnce(&[u8], &Expected<'_>, &Hash<'_>) -> Result<Verified, Error>,
) -> Result<Verified, Error> {
    let original = document.open()?;
    let signed = open(answer)?;
    let ours = if signature_page {
        with_page(&*original, &*signed)
    } else {
        rubrica_pdf::added_signature(&*original, &*signed)
    };
    let ours = match ours {
        Ok(ours) => ours,
        Err(error) if error.fault() == rubrica_pdf::Fault::Storage => return Err(error.into()),
        // It may be the original that is another one now.
        Err(_) if document.digest()? != *prepared => return Err(Error::Changed),
        // The original was read before; what cannot be read now is the service's.
        Err(error) if error.fault() == rubrica_pdf::Fault::Signature => return Err(error.into()),
        Err(_) => return Err(Error::Unsigned),
    };
    // What was signed may be what the file is now, and yet not what was prepared.
    let is_same = if signature_page {
        document.digest()? == *prepared
    } else {
        // The beginning of what was signed is what the original was compared with.
        sha256(&*signed, prepared.length)? == *prepared
            && original.length().map_err(unreadable)? == prepared.length
    };
    if !is_same {
        return Err(Error::Changed);
    }
    let digest = ours.digest(&*signed)?;
    let hashed = |digest| {
        let mut context = context(digest)?;
        ours.covered(&*signed, |piece| context.update(piece))?;
        Ok(context.finish().as_ref().to_vec())
    };
    verify(&ours.contents, &Expected { digest, ..expected }, &hashed)
}

/// The hash of what was signed, by an algorithm that the signer named.
pub(crate) type Hash<'h> = dyn Fn(Digest) -> Result<Vec<u8>, Error> + 'h;

/// The hash of a document by any algorithm, where it still is what was prepared.
pub(crate) fn hash(
    document: &Document,
    prepared: &Prepared,
    digest: Digest,
) -> Result<Vec<u8>, Error> {
    let source = document.open()?;
    let (mut context, mut hasher) = (context(digest)?, Hasher::new());
    let length = read(&*source, u64::MAX, |piece| {
        context.update(piece);
        hasher.update(piece);
    });
    let length = length.map_err(unreadable)?;
    if (Prepared { digest: hasher.finish(), length }) != *prepared {
        return Err(Error::Changed);
    }
    Ok(context.finish().as_ref().to_vec())
}

fn context(digest: Digest) -> Result<Context, Error> {
    Ok(Context::new(match digest {
        Digest::Sha256 => &SHA256,
        Digest::Sha384 => &SHA384,
        Digest::Sha512 => &SHA512,
        other => return Err(Rejection::DigestAlgorithm(other.oid()).into()),
    }))
}

/// The SHA-256 digest of the first `most` bytes.
fn sha256(source: &dyn Source, most: u64) -> Result<Prepared, Error> {
    let mut hasher = Hasher::new();
    let length = read(source, most, |piece| hasher.update(piece)).map_err(unreadable)?;
    Ok(Prepared { digest: hasher.finish(), length })
}

/// Hands over the first `most` bytes piece by piece, and says how many there were.
fn read(source: &dyn Source, most: u64, mut each: impl FnMut(&[u8])) -> io::Result<u64> {
    let mut chunk = vec![0; CHUNK];
    let mut place = 0_u64;
    loop {
        let rest = usize::try_from(most.saturating_sub(place)).unwrap_or(CHUNK).min(CHUNK);
        let out = chunk.get_mut(..rest).unwrap_or_default();
        let count = match source.read_at(place, out) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read?,
        };
        let Some(piece) = chunk.get(..count).filter(|piece| !piece.is_empty()) else {
            return Ok(place);
        };
        each(piece);
        place = place.saturating_add(piece.len() as u64);
    }
}

/// Bytes that are hashed together.
const CHUNK: usize = 8 * 1024;

fn unreadable(error: io::Error) -> Error {
    Error::file("the document cannot be read", error)
}

/// The last signature of a document to which a page was added: it covers the whole, and there are
/// more signatures than before.
fn with_page(
    original: &dyn Source,
    signed: &dyn Source,
) -> Result<rubrica_pdf::EmbeddedSignature, PdfError> {
    let earlier = rubrica_pdf::signatures(original)?.len();
    let signatures = rubrica_pdf::signatures(signed)?;
    let is_added = signatures.len() > earlier;
    let ours = signatures.into_iter().next_back();
    ours.filter(|ours| is_added && ours.covers == Coverage::WholeFile)
        .ok_or(PdfError::NotExtended { what: "it has no signature of its own" })
}

fn open(answer: &Content) -> Result<Box<dyn Source + '_>, Error> {
    Ok(match answer {
        Content::Bytes(bytes) => Box::new(bytes.as_slice()),
        Content::File(path) => {
            let failed = |error| Error::file(path.display().to_string(), error);
            Box::new(File::open(path).map_err(failed)?)
        }
    })
}

#[cfg(test)]
mod tests {
    use rubrica_pdf::{SignatureOptions, SigningTime};
    use rubrica_verify::UnixTime;

    use super::*;

    #[test]
    fn what_a_signature_covers_is_hashed_by_the_algorithm_that_it_names() {
        let original = include_bytes!("../../pdf/tests/samples/one_page.pdf").as_slice();
        let options = SignatureOptions::new(SigningTime::from_unix_seconds(1_798_761_600).unwrap());
        let update = rubrica_pdf::prepare_update(original, &options).unwrap();
        let signed = [original, &update.embed(&[0x30, 3, 2, 1, 1]).unwrap()].concat();
        let ours = rubrica_pdf::signatures(signed.as_slice()).unwrap().pop().unwrap();
        let mut covered = Vec::new();
        ours.covered(signed.as_slice(), |piece| covered.extend_from_slice(piece)).unwrap();

        let document = Document::from_bytes("a", original);
        let (prepared, answer) = (Prepared::of(original), Content::Bytes(signed));
        let at = UnixTime::from_seconds(0);
        let expected = Expected { digest: [0; 32], holder: None, at, anchors: None };
        let outcome = check(&document, &prepared, &answer, false, expected, |_, expected, hash| {
            let of = |algorithm| ring::digest::digest(algorithm, &covered).as_ref().to_vec();
            assert_eq!(expected.digest.to_vec(), of(&SHA256));
            assert_eq!(hash(Digest::Sha384)?, of(&SHA384));
            assert_eq!(hash(Digest::Sha512)?, of(&SHA512));
            Err(Error::Unanswered)
        });
        assert!(matches!(outcome, Err(Error::Unanswered)), "{outcome:?}");
    }

    #[test]
    fn a_document_is_hashed_while_it_is_what_was_prepared() {
        let bytes = vec![7; 2 * CHUNK + 1];
        let document = Document::from_bytes("a", bytes.clone());
        let hashed = hash(&document, &Prepared::of(&bytes), Digest::Sha512).unwrap();
        assert_eq!(hashed, ring::digest::digest(&SHA512, &bytes).as_ref());
        let other = hash(&document, &Prepared::of(b"another"), Digest::Sha512);
        assert!(matches!(other, Err(Error::Changed)));
    }
}
