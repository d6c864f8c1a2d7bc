//! The body of a request, through which documents can stream.
//!
//! A body that carries documents is a template: its text with a one-byte mark wherever a document or
//! its digest goes. The marks are control characters, which neither JSON nor a form ever contains, so
//! that they need no table beside the text. The document is read once: it is hashed while it is
//! encoded, and its digest stands behind it, so that the exact length is known from the start and
//! memory does not grow with the document.

use core::fmt;

use super::{Digest, Hasher};
use crate::codec::base64;
use crate::codec::buffer::Buffer;

/// What a mark in a template stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The next document, in base64.
    Document,
    /// The digest of the document before, in base64.
    Digest,
}

impl Slot {
    pub(crate) const fn mark(self) -> u8 {
        match self {
            Self::Document => 0x01,
            Self::Digest => 0x02,
        }
    }

    const fn from_mark(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Document),
            0x02 => Some(Self::Digest),
            _ => None,
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
    pub fn reader(&self) -> BodyReader<'b> {
        let (text, document, templated) = match *self {
            Self::Empty => (&[][..], 0, false),
            Self::Bytes(bytes) => (bytes, 0, false),
            Self::Template(template) => (template.text, template.first, true),
        };
        BodyReader {
            text,
            templated,
            document,
            reading: None,
            digest: Digest::OF_NOTHING,
            remaining: self.length(),
            queue: [0; ENCODED],
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
    /// A text whose first mark is for the document `first` and whose documents have `encoded` bytes
    /// in all when they are in base64.
    pub(crate) fn new(text: &'b [u8], first: usize, encoded: u64) -> Self {
        let mut length = encoded;
        for &byte in text {
            let bytes = match Slot::from_mark(byte) {
                None => 1,
                Some(Slot::Document) => 0,
                Some(Slot::Digest) => base64::encoded_length(Digest::LENGTH as u64),
            };
            length = length.saturating_add(bytes);
        }
        Self { text, first, length }
    }
}

/// Where the documents of a request come from. Each is read once, from its start to its end, and
/// they are read in the order of their numbers.
pub trait Documents {
    /// Why a document cannot be read.
    type Error;

    /// Begins the document with this number, counted from 0 over all documents of the flow. A
    /// request that is sent again begins its documents again.
    ///
    /// # Errors
    /// Whatever keeps it from being read.
    fn begin(&mut self, document: usize) -> Result<(), Self::Error>;

    /// Reads some of the document that was begun last; 0 bytes is its end.
    ///
    /// # Errors
    /// Whatever keeps it from being read.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Self::Error>;
}

/// No documents: for requests without any.
impl Documents for () {
    type Error = core::convert::Infallible;

    fn begin(&mut self, _document: usize) -> Result<(), Self::Error> {
        Ok(())
    }

    fn read(&mut self, _out: &mut [u8]) -> Result<usize, Self::Error> {
        Ok(0)
    }
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
}

/// Bytes of a document that are encoded together: a whole number of base64 groups.
const CHUNK: usize = 768;

/// Base64 characters of one chunk.
const ENCODED: usize = 1024;

/// Reads a body out, in pieces of any size.
pub struct BodyReader<'b> {
    text: &'b [u8],
    templated: bool,
    /// The number of the next document, or of the one being read.
    document: usize,
    reading: Option<Hasher>,
    digest: Digest,
    remaining: u64,
    queue: [u8; ENCODED],
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

    /// Writes bytes of one kind: queued ones, or a run of text.
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
            if self.reading.is_some() {
                self.queue_document(documents)?;
                continue;
            }
            let run = if self.templated {
                self.text.iter().position(|&byte| Slot::from_mark(byte).is_some())
            } else {
                None
            };
            match run {
                Some(0) => {
                    let (mark, rest) = self.text.split_first().unwrap_or((&0, &[]));
                    self.text = rest;
                    match Slot::from_mark(*mark) {
                        Some(Slot::Digest) => {
                            let digest = self.digest;
                            self.queue_encoded(digest.as_bytes());
                        }
                        _ => {
                            documents.begin(self.document).map_err(BodyError::Source)?;
                            self.reading = Some(Hasher::new());
                        }
                    }
                }
                run => {
                    let run = run.unwrap_or(self.text.len());
                    let count = copy(self.text.get(..run).unwrap_or_default(), room);
                    self.text = self.text.get(count..).unwrap_or_default();
                    return Ok(count);
                }
            }
        }
    }

    /// Encodes the next chunk of the document being read, or ends it.
    fn queue_document<D: Documents>(
        &mut self,
        documents: &mut D,
    ) -> Result<(), BodyError<D::Error>> {
        let mut chunk = [0; CHUNK];
        let mut filled = 0_usize;
        while let Some(room) = chunk.get_mut(filled..).filter(|room| !room.is_empty()) {
            let count = documents.read(room).map_err(BodyError::Source)?;
            if count == 0 {
                break;
            }
            if count > room.len() {
                return Err(BodyError::Length);
            }
            filled = filled.saturating_add(count);
        }
        let bytes = chunk.get(..filled).unwrap_or_default();
        if let Some(hasher) = &mut self.reading {
            hasher.update(bytes);
        }
        self.queue_encoded(bytes);
        if filled < CHUNK {
            self.digest = self.reading.take().unwrap_or_default().finish();
            self.document = self.document.saturating_add(1);
        }
        Ok(())
    }

    fn queue_encoded(&mut self, bytes: &[u8]) {
        let mut buffer = Buffer::new(&mut self.queue);
        base64::write(bytes, &mut buffer);
        self.queued = 0..buffer.len();
    }
}

impl fmt::Debug for BodyReader<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BodyReader({} bytes left)", self.remaining)
    }
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

    fn template<'t>(text: &'t [u8], first: usize, documents: &[Vec<u8>]) -> Body<'t> {
        let encoded = documents
            .iter()
            .skip(first)
            .map(|each| base64::encoded_length(each.len() as u64))
            .sum();
        Body::Template(Template::new(text, first, encoded))
    }

    #[test]
    fn documents_and_digests_take_the_place_of_their_marks_at_any_chunking() {
        let documents: Vec<Vec<u8>> =
            [0_usize, 1, 767, 768, 769, 5_000].iter().map(|&length| vec![0xa5; length]).collect();
        let text = b"<\x01|\x02>".repeat(documents.len());
        let body = template(&text, 0, &documents);
        let mut expected = Vec::new();
        for document in &documents {
            expected.extend_from_slice(b"<");
            expected.extend_from_slice(Base64::encode_string(document).as_bytes());
            expected.extend_from_slice(b"|");
            let digest = Digest::of(document);
            expected.extend_from_slice(Base64::encode_string(digest.as_bytes()).as_bytes());
            expected.extend_from_slice(b">");
        }
        assert_eq!(body.length(), expected.len() as u64);
        for piece in [1, 2, 3, 100, 10_000] {
            for out in [1, 2, 63, 64, 65, 100_000] {
                assert_eq!(read_out(body, &documents, piece, out).unwrap(), expected);
            }
        }
    }

    #[test]
    fn a_later_request_starts_at_its_own_document() {
        let documents = vec![b"first".to_vec(), b"second".to_vec()];
        let body = template(b"\x01", 1, &documents);
        assert_eq!(read_out(body, &documents, 9, 9).unwrap(), b"c2Vjb25k");
    }

    #[test]
    fn a_document_that_changed_its_length_is_an_error() {
        let announced = vec![vec![1; 900]];
        for length in [0, 897, 903, 2_000] {
            let body = template(b"{\x01}", 0, &announced);
            assert_eq!(
                read_out(body, &[vec![1; length]], 100, 64),
                Err(BodyError::Length),
                "{length}"
            );
        }
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

        let mut reader = template(b"\x01", 0, &[vec![1; 3]]).reader();
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
        let body = template(b"\x01", 0, &[vec![1; 3]]);
        assert_eq!(read_out(body, &[], 1, 3), Err(BodyError::Source(())));
    }
}
