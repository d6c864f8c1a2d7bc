//! The digest of a document by whichever algorithm a signature uses.

use ring::digest::{Context, SHA256, SHA384, SHA512};
use rubrica_pdf::Source;
use rubrica_verify::Digest;

/// Bytes that are read together.
const CHUNK: usize = 16 * 1024;

/// Digests what `read` hands over piece by piece; nothing where it cannot be read.
pub(super) fn digest<E>(
    algorithm: Digest,
    read: impl FnOnce(&mut dyn FnMut(&[u8])) -> Result<(), E>,
) -> Option<Vec<u8>> {
    let mut context = Context::new(match algorithm {
        Digest::Sha256 => &SHA256,
        Digest::Sha384 => &SHA384,
        Digest::Sha512 => &SHA512,
        _ => return None,
    });
    read(&mut |piece| context.update(piece)).ok()?;
    Some(context.finish().as_ref().to_vec())
}

/// The digest of a document from its beginning to its end.
pub(super) fn of_document(algorithm: Digest, document: &dyn Source) -> Option<Vec<u8>> {
    digest(algorithm, |each| {
        let length = document.length()?;
        let mut chunk = vec![0; CHUNK];
        let mut place = 0;
        while place < length {
            let count = match document.read_at(place, &mut chunk) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            match chunk.get(..count) {
                Some([]) | None => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                Some(piece) => each(piece),
            }
            place = place.saturating_add(count as u64);
        }
        Ok::<(), std::io::Error>(())
    })
}
