//! The body of a request, through which documents can stream.
//!
//! A body that carries documents is a template: its text with a one-byte mark wherever a document or
//! its digest goes. The marks are control characters, which neither JSON nor a form nor the head of a
//! part (RFC 7578) ever contains, so that they need no table beside the text. The document is read
//! once: it is hashed while it is encoded, and its digest stands behind it, so that the exact length
//! is known from the start and memory does not grow with the document.

use core::fmt;

use super::encoding::{self, GROUP, GROUP_BYTES};
use super::{Digest, Documents, Hasher};
use crate::codec::base64;
use crate::codec::buffer::Buffer;

/// What a mark in a template stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The next document, in base64. Its length follows, in eight bytes, the highest first.
    Document,
    /// The next document, as it is. Its length follows in the same way.
    Raw,
    /// The digest of the document before, in base64.
    Digest,
    /// Nothing; what follows must be the digest of the document before, in base64.
    Expected,
}

/// Bytes of a document's length behind its mark.
const LENGTH: usize = 8;

/// Characters of a digest in base64.
const DIGEST: usize = 44;

impl Slot {
    const fn mark(self) -> u8 {
        match self {
            Self::Document => 0x01,
            Self::Digest => 0x02,
            Self::Expected => 0x03,
            Self::Raw => 0x04,
        }
    }

    const fn from_mark(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Document),
            0x02 => Some(Self::Digest),
            0x03 => Some(Self::Expected),
            0x04 => Some(Self::Raw),
            _ => None,
        }
    }

    /// Writes the place of a document of so many bytes.
    pub(crate) fn write_document(length: u64, out: &mut Buffer<'_>) {
        out.byte(Self::Document.mark());
        out.push(&length.to_be_bytes());
    }

    /// Writes the place of a document of so many bytes that goes as it is.
    #[allow(dead_code, reason = "its user is on its way")]
    pub(crate) fn write_raw(length: u64, out: &mut Buffer<'_>) {
        out.byte(Self::Raw.mark());
        out.push(&length.to_be_bytes());
    }

    /// Writes the place of the digest of the document before. One that is known already must turn
    /// out to be the document's.
    pub(crate) fn write_digest(expected: Option<Digest>, out: &mut Buffer<'_>) {
        match expected {
            None => out.byte(Self::Digest.mark()),
            Some(digest) => {
                out.byte(Self::Expected.mark());
                base64::write(digest.as_bytes(), out);
            }
        }
    }
}

/// The body of a request.
#[derive(Clone, Copy)]
pub enum Body<'b> {
    /// None.
    Empty,
    /// All of it.
    Bytes(&'b [u8]),
    /// A text into which documents are put as it is sent.
    Template(Template<'b>),
}

impl<'b> Body<'b> {
    /// The exact number of bytes that will be sent.
    #[must_use]
    pub const fn length(&self) -> u64 {
        match self {
            Self::Empty => 0,
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Template(template) => template.length,
        }
    }

    /// Starts to read it out.
    #[must_use]
    pub const fn reader(&self) -> BodyReader<'b> {
        let (text, document, templated): (&[u8], usize, bool) = match *self {
            Self::Empty => (&[], 0, false),
            Self::Bytes(bytes) => (bytes, 0, false),
            Self::Template(template) => (template.text, template.first, true),
        };
        BodyReader {
            text,
            templated,
            document,
            reading: None,
            sent: None,
            remaining: self.length(),
            queue: [0; QUEUE],
            queued: 0..0,
        }
    }
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Body({} bytes)", self.length())
    }
}

/// A body's text with marks for documents.
#[derive(Clone, Copy)]
pub struct Template<'b> {
    text: &'b [u8],
    first: usize,
    length: u64,
}

impl<'b> Template<'b> {
    /// A text whose first mark is for the document `first`.
    pub(crate) fn new(text: &'b [u8], first: usize) -> Self {
        let mut length = 0_u64;
        let mut rest = text;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            let bytes = match Slot::from_mark(byte) {
                None => 1,
                Some(slot @ (Slot::Document | Slot::Raw)) => {
                    let length = take_length(&mut rest);
                    if slot == Slot::Raw { length } else { base64::encoded_length(length) }
                }
                Some(Slot::Digest) => base64::encoded_length(Digest::LENGTH as u64),
                Some(Slot::Expected) => 0,
            };
            length = length.saturating_add(bytes);
        }
        Self { text, first, length }
    }
}

/// Takes the length behind a document's mark.
fn take_length(text: &mut &[u8]) -> u64 {
    match text.split_first_chunk::<LENGTH>() {
        Some((length, rest)) => {
            *text = rest;
            u64::from_be_bytes(*length)
        }
        None => 0,
    }
}

/// A document that went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its number, counted from 0 over all documents of the flow.
    pub document: usize,
    /// Its length in bytes.
    pub length: u64,
    /// Its digest.
    pub digest: Digest,
}

/// Why a body cannot be read out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError<E> {
    /// The source of the documents failed.
    #[error("the document cannot be read")]
    Source(E),
    /// A document is longer or shorter than was announced, or its source claims to have read more
    /// than it was given room for.
    #[error("the document has changed its length")]
    Length,
    /// A document is not the one whose digest was known. The request was broken off before its end,
    /// so that no service can have taken it for whole.
    #[error("the document has changed")]
    Digest,
}

/// Bytes of a document that are encoded together: a whole number of base64 groups.
const CHUNK: usize = 768;

/// What does not fit into the caller's room waits here: a digest, or a group of base64.
const QUEUE: usize = DIGEST;

/// A document that is being read.
#[derive(Clone)]
struct Reading {
    hasher: Hasher,
    length: u64,
    /// Bytes that are still to come.
    left: u64,
    /// Whether they go as they are, and not in base64.
    raw: bool,
}

/// Reads a body out, in pieces of any size.
pub struct BodyReader<'b> {
    text: &'b [u8],
    templated: bool,
    /// The number of the next document, or of the one being read.
    document: usize,
    reading: Option<Reading>,
    sent: Option<Sent>,
    remaining: u64,
    queue: [u8; QUEUE],
    queued: core::ops::Range<usize>,
}

impl BodyReader<'_> {
    /// Writes the next bytes into `out`; 0 only at the end, or when `out` is empty.
    ///
    /// # Errors
    /// [`BodyError`]; the request must then be abandoned.
    pub fn read<D: Documents>(
        &mut self,
        out: &mut [u8],
        documents: &mut D,
    ) -> Result<usize, BodyError<D::Error>> {
        if self.templated && !D::ANY {
            return Err(BodyError::Length);
        }
        let mut written = 0_usize;
        while let Some(room) = out.get_mut(written..).filter(|room| !room.is_empty()) {
            let bytes = self.step(room, documents)?;
            if bytes == 0 {
                break;
            }
            written = written.saturating_add(bytes);
        }
        let count = u64::try_from(written).unwrap_or(u64::MAX);
        self.remaining = self.remaining.checked_sub(count).ok_or(BodyError::Length)?;
        if written == 0 && !out.is_empty() && self.remaining != 0 {
            return Err(BodyError::Length);
        }
        Ok(written)
    }

    /// The document that went out last, when all of it did.
    #[must_use]
    pub const fn sent(&self) -> Option<Sent> {
        self.sent
    }

    /// Writes bytes of one kind: queued ones, of a document, or a run of text.
    fn step<D: Documents>(
        &mut self,
        room: &mut [u8],
        documents: &mut D,
    ) -> Result<usize, BodyError<D::Error>> {
        loop {
            let queued = self.queue.get(self.queued.clone()).unwrap_or_default();
            if !queued.is_empty() {
                let count = copy(queued, room);
                self.queued.start = self.queued.start.saturating_add(count);
                return Ok(count);
            }
            if D::ANY && self.reading.is_some() {
                match self.document(room, documents)? {
                    0 => continue,
                    count => return Ok(count),
                }
            }
            let run = if self.templated && D::ANY {
                self.text.iter().position(|&byte| Slot::from_mark(byte).is_some())
            } else {
                None
            };
            if run == Some(0) {
                self.slot(documents)?;
                continue;
            }
            let run = run.unwrap_or(self.text.len());
            let count = copy(self.text.get(..run).unwrap_or_default(), room);
            self.text = self.text.get(count..).unwrap_or_default();
            return Ok(count);
        }
    }

    /// Passes the mark at which the text stands.
    fn slot<D: Documents>(&mut self, documents: &mut D) -> Result<(), BodyError<D::Error>> {
        let Some((&mark, rest)) = self.text.split_first() else { return Ok(()) };
        self.text = rest;
        let digest = self.sent.map_or(Digest::OF_NOTHING, |sent| sent.digest);
        match Slot::from_mark(mark) {
            Some(slot @ (Slot::Document | Slot::Raw)) => {
                let length = take_length(&mut self.text);
                documents.begin(self.document).map_err(BodyError::Source)?;
                let raw = slot == Slot::Raw;
                self.reading = Some(Reading { hasher: Hasher::new(), length, left: length, raw });
            }
            Some(Slot::Digest) => self.queue_encoded(digest.as_bytes()),
            Some(Slot::Expected) => {
                // Compared in the form in which it stands there, and left where it stands.
                self.queue_encoded(digest.as_bytes());
                let actual = self.queue.get(self.queued.clone()).unwrap_or_default();
                let is_same = self.text.starts_with(actual);
                self.queued = 0..0;
                if !is_same {
                    return Err(BodyError::Digest);
                }
            }
            None => {}
        }
        Ok(())
    }

    /// Writes the next of the document being read, or queues it where the room is too small for a
    /// group; 0 bytes when it is at its end, or was queued.
    fn document<D: Documents>(
        &mut self,
        room: &mut [u8],
        documents: &mut D,
    ) -> Result<usize, BodyError<D::Error>> {
        let Some(reading) = &mut self.reading else { return Ok(0) };
        let mut chunk = [0; CHUNK];
        let most = match reading.raw {
            true => room.len(),
            false => (room.len() / GROUP).max(1).saturating_mul(GROUP_BYTES).min(CHUNK),
        };
        let wanted = usize::try_from(reading.left).unwrap_or(usize::MAX).min(most);
        // What goes as it is goes there at once. Where nothing is left, one byte more than announced
        // must not be there.
        let piece = match reading.raw && wanted > 0 {
            true => room.get_mut(..wanted),
            false => chunk.get_mut(..wanted.max(1)),
        }
        .unwrap_or_default();
        let filled = fill(piece, documents)?;
        if filled != wanted {
            return Err(BodyError::Length);
        }
        let bytes = piece.get(..filled).unwrap_or_default();
        reading.hasher.update(bytes);
        reading.left = reading.left.saturating_sub(u64::try_from(filled).unwrap_or(u64::MAX));
        if filled > 0 {
            if reading.raw {
                return Ok(filled);
            }
            let bytes = chunk.get(..filled).unwrap_or_default();
            if room.len() >= GROUP {
                return Ok(encoding::encode(bytes, room));
            }
            self.queue_encoded(bytes);
        } else if let Some(Reading { hasher, length, .. }) = self.reading.take() {
            self.sent = Some(Sent { document: self.document, length, digest: hasher.finish() });
            self.document = self.document.saturating_add(1);
        }
        Ok(0)
    }

    /// Queues bytes in base64, at most as many as a digest has.
    fn queue_encoded(&mut self, bytes: &[u8]) {
        let count = encoding::encode(bytes, &mut self.queue);
        self.queued = 0..count;
    }
}

impl fmt::Debug for BodyReader<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BodyReader({} bytes left)", self.remaining)
    }
}

/// Reads until `chunk` is full or the document ends.
fn fill<D: Documents>(chunk: &mut [u8], documents: &mut D) -> Result<usize, BodyError<D::Error>> {
    let mut filled = 0_usize;
    while let Some(room) = chunk.get_mut(filled..).filter(|room| !room.is_empty()) {
        let count = documents.read(room).map_err(BodyError::Source)?;
        if count > room.len() {
            return Err(BodyError::Length);
        }
        if count == 0 {
            break;
        }
        filled = filled.saturating_add(count);
    }
    Ok(filled)
}

/// Copies as much as fits.
fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let mut count = 0_usize;
    for (place, byte) in to.iter_mut().zip(from) {
        *place = *byte;
        count = count.saturating_add(1);
    }
    count
}

#[cfg(test)]
mod tests {
    use std::vec;
    use std::vec::Vec;

    use base64ct::{Base64, Encoding};

    use super::*;

    /// Documents in memory, handed over in pieces of a given size.
    struct Pieces<'d> {
        documents: &'d [Vec<u8>],
        rest: &'d [u8],
        piece: usize,
    }

    impl Documents for Pieces<'_> {
        type Error = ();

        fn begin(&mut self, document: usize) -> Result<(), ()> {
            self.rest = self.documents.get(document).ok_or(())?;
            Ok(())
        }

        fn read(&mut self, out: &mut [u8]) -> Result<usize, ()> {
            let count = self.rest.len().min(out.len()).min(self.piece);
            let (now, rest) = self.rest.split_at(count);
            out[..count].copy_from_slice(now);
            self.rest = rest;
            Ok(count)
        }
    }

    fn read_out(
        body: Body<'_>,
        documents: &[Vec<u8>],
        piece: usize,
        out: usize,
    ) -> Result<Vec<u8>, BodyError<()>> {
        let mut source = Pieces { documents, rest: &[], piece };
        let mut reader = body.reader();
        let mut all = Vec::new();
        let mut buffer = vec![0; out];
        loop {
            match reader.read(&mut buffer, &mut source)? {
                0 => return Ok(all),
                count => all.extend_from_slice(&buffer[..count]),
            }
        }
    }

    /// A text in which `D` stands for the next document and `H` for its digest, `E` for one that is
    /// expected, `R` for the next document as it is.
    fn template(text: &[u8], first: usize, documents: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = vec![0; 100_000];
        let mut out = Buffer::new(&mut bytes);
        let mut next = documents.iter().skip(first);
        let mut digest = Digest::OF_NOTHING;
        for &byte in text {
            match byte {
                b'D' => {
                    let document = next.next().unwrap();
                    digest = Digest::of(document);
                    Slot::write_document(document.len() as u64, &mut out);
                }
                b'R' => Slot::write_raw(next.next().unwrap().len() as u64, &mut out),
                b'H' => Slot::write_digest(None, &mut out),
                b'E' => Slot::write_digest(Some(digest), &mut out),
                byte => out.byte(byte),
            }
        }
        out.finish([]).unwrap().1.to_vec()
    }

    fn body(template: &[u8], first: usize) -> Body<'_> {
        Body::Template(Template::new(template, first))
    }

    #[test]
    fn documents_and_digests_take_the_place_of_their_marks_at_any_chunking() {
        let documents: Vec<Vec<u8>> =
            [0_usize, 1, 767, 768, 769, 5_000].iter().map(|&length| vec![0xa5; length]).collect();
        let text = template(&b"<D|H|E>".repeat(documents.len()), 0, &documents);
        let mut expected = Vec::new();
        for document in &documents {
            let digest = Base64::encode_string(Digest::of(document).as_bytes());
            let document = Base64::encode_string(document);
            expected.extend_from_slice(std::format!("<{document}|{digest}|{digest}>").as_bytes());
        }
        assert_eq!(body(&text, 0).length(), expected.len() as u64);
        for piece in [1, 2, 3, 100, 10_000] {
            for out in [1, 2, 3, 4, 5, 63, 64, 65, 100_000] {
                let read = read_out(body(&text, 0), &documents, piece, out);
                assert_eq!(read.unwrap(), expected, "{piece} {out}");
            }
        }
    }

    #[test]
    fn a_document_goes_as_it_is_at_any_chunking_and_its_digest_is_told() {
        for length in [0_usize, 1, 767, 768, 769, 5_000] {
            let documents = [(0..length).map(|place| place as u8).collect::<Vec<_>>()];
            let text = template(b"<\r\nR|H>", 0, &documents);
            let digest = Base64::encode_string(Digest::of(&documents[0]).as_bytes());
            let expected = [b"<\r\n", &documents[0][..], b"|", digest.as_bytes(), b">"].concat();
            assert_eq!(body(&text, 0).length(), expected.len() as u64);
            for piece in [1, 2, 100, 10_000] {
                for out in [1, 2, 3, 63, 64, 65, 100_000] {
                    let read = read_out(body(&text, 0), &documents, piece, out);
                    assert_eq!(read.unwrap(), expected, "{piece} {out}");
                }
            }
            for other in [length.wrapping_sub(1), length + 1] {
                let changed = [vec![0; other.min(6_000)]];
                assert_eq!(read_out(body(&text, 0), &changed, 100, 64), Err(BodyError::Length));
            }
        }
    }

    #[test]
    fn a_body_with_documents_cannot_be_read_out_without_any() {
        let documents = [b"document".to_vec()];
        for text in [&b"{D}"[..], b"<R>"] {
            let text = template(text, 0, &documents);
            let read = body(&text, 0).reader().read(&mut [0; 100], &mut ());
            assert_eq!(read, Err(BodyError::Length));
        }
    }

    #[test]
    fn a_later_request_starts_at_its_own_document() {
        let documents = vec![b"first".to_vec(), b"second".to_vec()];
        let text = template(b"D", 1, &documents);
        assert_eq!(read_out(body(&text, 1), &documents, 9, 9).unwrap(), b"c2Vjb25k");
    }

    #[test]
    fn a_document_that_changed_its_length_is_an_error_even_within_a_group() {
        let text = template(b"{D}", 0, &[vec![1; 900]]);
        for length in [0, 897, 898, 899, 901, 902, 903, 2_000] {
            assert_eq!(
                read_out(body(&text, 0), &[vec![1; length]], 100, 64),
                Err(BodyError::Length),
                "{length}"
            );
        }
    }

    #[test]
    fn a_document_with_another_digest_than_expected_never_makes_a_whole_request() {
        let text = template(b"{D,E}", 0, &[vec![1; 900]]);
        let mut changed = vec![1; 900];
        changed[899] = 2;
        let mut source = Pieces { documents: &[changed], rest: &[], piece: 900 };
        let mut reader = body(&text, 0).reader();
        let mut read = 0;
        let error = loop {
            match reader.read(&mut [0; 8], &mut source) {
                Ok(count) => read += count,
                Err(error) => break error,
            }
        };
        assert_eq!(error, BodyError::Digest);
        assert!((read as u64) < body(&text, 0).length() - 44);
    }

    #[test]
    fn what_was_sent_is_told_when_all_of_it_was() {
        let documents = [vec![7; 1_000]];
        let text = template(b"{D,H}", 0, &documents);
        let mut source = Pieces { documents: &documents, rest: &[], piece: 100 };
        let mut reader = body(&text, 0).reader();
        assert_eq!(reader.read(&mut [0; 1_000], &mut source), Ok(1_000));
        assert_eq!(reader.sent(), None);
        while reader.read(&mut [0; 1_000], &mut source) != Ok(0) {}
        let digest = Digest::of(&documents[0]);
        assert_eq!(reader.sent(), Some(Sent { document: 0, length: 1_000, digest }));
    }

    #[test]
    fn a_source_that_claims_more_than_there_was_room_for_is_an_error_and_no_endless_loop() {
        struct Boaster;

        impl Documents for Boaster {
            type Error = ();

            fn begin(&mut self, _document: usize) -> Result<(), ()> {
                Ok(())
            }

            fn read(&mut self, out: &mut [u8]) -> Result<usize, ()> {
                Ok(out.len() + 1)
            }
        }

        let text = template(b"D", 0, &[vec![1; 3]]);
        let mut reader = body(&text, 0).reader();
        assert_eq!(reader.read(&mut [0; 8], &mut Boaster), Err(BodyError::Length));
    }

    #[test]
    fn bytes_are_sent_as_they_are_even_when_they_look_like_marks() {
        let body = Body::Bytes(b"a\x01\x02b");
        assert_eq!(read_out(body, &[], 1, 3).unwrap(), b"a\x01\x02b");
        assert_eq!(read_out(Body::Empty, &[], 1, 3).unwrap(), b"");
    }

    #[test]
    fn a_source_that_fails_fails_the_body() {
        let text = template(b"D", 0, &[vec![1; 3]]);
        assert_eq!(read_out(body(&text, 0), &[], 1, 3), Err(BodyError::Source(())));
    }
}
