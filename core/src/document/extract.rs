//! A signed document, taken out of a reply while the reply arrives.
//!
//! Services send a signed document in base64 as a member of a JSON reply. An [`Extractor`] is fed the
//! reply in pieces of any size. It follows the JSON up to that member, frees the text from escapes
//! and line ends, decodes it, compares it with the document that was sent, and hands it to a
//! [`Sink`]. All of this is done in the memory of the piece; nothing grows with the document. What
//! is not the document is kept, with an empty text in the document's place, and is read like any
//! other reply when it is whole: the same strict reader checks names, depth and end. Where the whole
//! reply is the document, all of it is handed over as it is.

use core::cell::Cell;

use super::encoding::{self, GROUP};
use super::original::Original;
use super::{Documents, Sent, Sink};
use crate::codec::json::{Piece, Seeker, Unescaper, copy_down, plain_length};
use crate::error::{Flaw, JsonFault};

/// Where in a reply a signed document may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'p> {
    /// In base64 under a name in an entry of a list of a JSON reply.
    Member {
        /// The list's name in the reply's object.
        list: &'p str,
        /// The document's name in an entry of the list.
        member: &'p str,
        /// The document's number, counted from 0 over all documents of the flow.
        document: usize,
    },
    /// The whole reply is the document, as it is.
    Body {
        /// The document's number, counted from 0 over all documents of the flow.
        document: usize,
        /// Bytes of the longest document that is taken.
        most: u64,
    },
}

impl Place<'_> {
    /// The number of the document that may stand there.
    #[must_use]
    pub const fn document(&self) -> usize {
        match *self {
            Self::Member { document, .. } | Self::Body { document, .. } => document,
        }
    }
}

/// A document that was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its number, counted from 0 over all documents of the flow.
    pub document: usize,
    /// Its length in bytes.
    pub length: u64,
    /// What it is to the one that was sent.
    pub origin: Origin,
}

/// What a received document is to the one that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It begins with all bytes of the one that was sent.
    Appended,
    /// It does not.
    Rewritten,
}

/// What a reply brought beside the text that was kept of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reception {
    /// No document, or the reply was not looked through for one.
    #[default]
    Nothing,
    /// A document, which the sink has.
    Document(Received),
    /// What stood in the document's place is none.
    Malformed(Flaw),
}

/// Why a reply cannot be taken further, for a reason on this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError<D, S> {
    /// The source of the documents, which is read again for the comparison, failed.
    #[error("the document cannot be read again")]
    Source(D),
    /// The sink failed.
    #[error("the signed document cannot be written")]
    Sink(S),
}

/// Takes a document out of a reply that arrives in pieces.
///
/// ```
/// use rubrica_core::document::{Extractor, Place, Reception, Sink};
/// # struct Memory(Vec<u8>);
/// # impl Sink for Memory {
/// #     type Error = core::convert::Infallible;
/// #     fn begin(&mut self, _: usize) -> Result<(), Self::Error> { Ok(self.0.clear()) }
/// #     fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Error> { Ok(self.0.extend(bytes)) }
/// #     fn commit(&mut self) -> Result<(), Self::Error> { Ok(()) }
/// #     fn abandon(&mut self) {}
/// # }
/// # let mut sink = Memory(Vec::new());
/// let place = Place::Member { list: "signatures", member: "file_base64_signed", document: 0 };
/// let mut extractor = Extractor::new(place, None);
///
/// let reply = br#"{"signatures":[{"file_base64_signed":"JVBE\r\nRi0=","id":"1"}]}"#;
/// let mut buffer = [0; 64];
/// let mut kept = 0;
/// for arrived in reply.chunks(16) {
///     let piece = &mut buffer[kept..kept + arrived.len()];
///     piece.copy_from_slice(arrived);
///     kept += extractor.push(piece, &mut (), &mut sink)?;
/// }
/// assert!(matches!(extractor.finish(), Reception::Document(received) if received.length == 5));
/// assert_eq!(sink.0, b"%PDF-");
/// assert_eq!(&buffer[..kept], br#"{"signatures":[{"file_base64_signed":"","id":"1"}]}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Extractor<'p> {
    document: usize,
    seeker: Seeker<'p>,
    stage: Stage,
    /// Characters that wait for the rest of their base64 group.
    group: [u8; GROUP],
    grouped: usize,
    /// Whether a group with padding came, behind which no other may stand.
    padded: bool,
    original: Original,
    /// Bytes handed to the sink.
    length: u64,
    /// Line ends and other white space passed over in the document's text.
    skipped: u64,
    /// Bytes of the reply taken before the piece in hand.
    taken: usize,
    progress: Progress,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Outside the document.
    Outside,
    /// In its text.
    Within(Unescaper),
    /// In a document that is the whole reply, and has this many bytes at most.
    Whole(u64),
    /// What came is malformed; what follows is passed over.
    Malformed(Flaw),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// No byte of a document has come.
    Nothing,
    Begun,
    /// A document has come to its end. Another one would be no answer to anything.
    Complete,
}

/// The name under which errors speak of the document, whatever the provider calls it.
const MEMBER: &str = "signed document";

/// Why a piece cannot be taken: the reply's fault, or this side's.
enum Stop<D, S> {
    Flaw(Flaw),
    Error(ExtractError<D, S>),
}

type Step<D, S> = Result<(), Stop<<D as Documents>::Error, <S as Sink>::Error>>;

impl<'p> Extractor<'p> {
    /// Bytes that a signed document may have more than the one that was sent: a signature takes some
    /// tens of kilobytes, a page that a service adds may bring its fonts.
    pub const MOST_ADDED: u64 = 4 * 1024 * 1024;

    /// Characters of white space that a document's text may have more than the document has bytes.
    const MOST_SKIPPED: u64 = 64 * 1024;

    /// Looks for a document at `place`. `sent` is what was sent, as
    /// [`BodyReader::sent`](super::BodyReader::sent) tells it; without it, whatever comes counts as
    /// rewritten.
    #[must_use]
    pub const fn new(place: Place<'p>, sent: Option<Sent>) -> Self {
        let (document, list, member, stage) = match place {
            Place::Member { list, member, document } => (document, list, member, Stage::Outside),
            Place::Body { document, most } => (document, "", "", Stage::Whole(most)),
        };
        Self {
            document,
            seeker: Seeker::new(list, member),
            stage,
            group: [0; GROUP],
            grouped: 0,
            padded: false,
            original: Original::new(sent),
            length: 0,
            skipped: 0,
            taken: 0,
            progress: Progress::Nothing,
        }
    }

    /// Takes the next piece of the reply and says how many bytes of it are kept; they have been
    /// moved to its start. The next piece goes behind them. Where the sink takes no documents, all of
    /// it is kept.
    ///
    /// # Errors
    /// [`ExtractError`]; the reply must then be given up.
    pub fn push<D: Documents, S: Sink>(
        &mut self,
        piece: &mut [u8],
        documents: &mut D,
        sink: &mut S,
    ) -> Result<usize, ExtractError<D::Error, S::Error>> {
        if !S::ANY {
            return Ok(piece.len());
        }
        let (mut read, mut kept) = (0_usize, 0_usize);
        while read < piece.len() {
            let step = match self.stage {
                Stage::Malformed(_) => return Ok(kept),
                Stage::Outside => self.outside::<D, S>(piece, &mut read, &mut kept),
                Stage::Within(_) => self.within(piece, &mut read, &mut kept, documents, sink),
                Stage::Whole(most) => {
                    read = piece.len();
                    self.whole(piece, most, documents, sink)
                }
            };
            match step {
                Ok(()) => {}
                Err(Stop::Flaw(flaw)) => self.stage = Stage::Malformed(flaw),
                Err(Stop::Error(error)) => return Err(error),
            }
        }
        self.taken = self.taken.saturating_add(piece.len());
        Ok(kept)
    }

    /// Whether what came is malformed: nothing that follows mends it. A reply that is all document
    /// need not be read on then.
    #[must_use]
    pub const fn is_malformed(&self) -> bool {
        matches!(self.stage, Stage::Malformed(_))
    }

    /// What the reply brought, at its end.
    ///
    /// A document that breaks off is none; what was kept of the reply breaks off too, and is refused
    /// when it is read.
    #[must_use]
    pub fn finish(self) -> Reception {
        let Self { document, length, original, .. } = self;
        match (self.stage, self.progress) {
            (Stage::Malformed(flaw), _) => Reception::Malformed(flaw),
            (Stage::Outside, Progress::Complete) | (Stage::Whole(_), Progress::Begun) => {
                Reception::Document(Received { document, length, origin: original.origin() })
            }
            _ => Reception::Nothing,
        }
    }

    /// Hands over bytes of a document that is the whole reply.
    fn whole<D: Documents, S: Sink>(
        &mut self,
        piece: &[u8],
        most: u64,
        documents: &mut D,
        sink: &mut S,
    ) -> Step<D, S> {
        self.begin(documents, sink)?;
        let count = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.length = self.length.saturating_add(count);
        if self.length > most {
            return Err(Stop::Flaw(Flaw::Invalid(MEMBER)));
        }
        self.pass(piece, documents, sink)
    }

    /// Keeps bytes up to the opening quotation mark of a document.
    fn outside<D: Documents, S: Sink>(
        &mut self,
        piece: &mut [u8],
        read: &mut usize,
        kept: &mut usize,
    ) -> Step<D, S> {
        let cells = Cell::from_mut(piece).as_slice_of_cells();
        while let Some(byte) = cells.get(*read).map(Cell::get) {
            let at = *read;
            *read = at.saturating_add(1);
            keep(cells, kept, byte);
            let opens = self.seeker.byte(byte).map_err(|fault| self.flaw(fault, at))?;
            if opens {
                self.stage = Stage::Within(Unescaper::NEW);
                return Ok(());
            }
        }
        Ok(())
    }

    /// Takes the text of a document up to its closing quotation mark, or to the end of the piece.
    fn within<D: Documents, S: Sink>(
        &mut self,
        piece: &mut [u8],
        read: &mut usize,
        kept: &mut usize,
        documents: &mut D,
        sink: &mut S,
    ) -> Step<D, S> {
        let Stage::Within(mut unescaper) = self.stage else { return Ok(()) };
        let start = *read;
        let mut end = start;
        let mut closed = false;
        let cells = Cell::from_mut(&mut *piece).as_slice_of_cells();
        // Base64 characters are moved together, over the escapes and line ends between them.
        while !closed {
            if unescaper.is_plain() {
                let run = plain_length(cells.get(*read..).unwrap_or_default(), b'!');
                copy_down(cells, *read, end, run);
                *read = read.saturating_add(run);
                end = end.saturating_add(run);
            }
            let Some(byte) = cells.get(*read).map(Cell::get) else { break };
            let at = *read;
            *read = at.saturating_add(1);
            match unescaper.byte(byte).map_err(|fault| self.flaw(fault, at))? {
                Piece::Partial => {}
                Piece::End => closed = true,
                Piece::Plain(b' ') | Piece::Escaped('\r' | '\n' | '\t' | ' ') => {
                    self.skipped = self.skipped.saturating_add(1);
                }
                Piece::Plain(byte) => keep(cells, &mut end, byte),
                Piece::Escaped(character) => match u8::try_from(character) {
                    Ok(byte) => keep(cells, &mut end, byte),
                    Err(_) => return Err(Stop::Flaw(Flaw::Invalid(MEMBER))),
                },
            }
        }
        self.stage = Stage::Within(unescaper);
        // Lines of one group are the shortest that make sense; more is a text without an end.
        if self.skipped > self.length.saturating_add(Self::MOST_SKIPPED) {
            return Err(Stop::Flaw(Flaw::Invalid(MEMBER)));
        }
        self.decode(piece.get_mut(start..end).unwrap_or_default(), documents, sink)?;
        if closed {
            if self.grouped != 0 {
                return Err(Stop::Flaw(Flaw::Invalid(MEMBER)));
            }
            if self.progress == Progress::Begun {
                self.progress = Progress::Complete;
            }
            self.stage = Stage::Outside;
            keep(Cell::from_mut(piece).as_slice_of_cells(), kept, b'"');
        }
        Ok(())
    }

    /// Decodes base64 characters in their place, but for an incomplete group at their end.
    fn decode<D: Documents, S: Sink>(
        &mut self,
        text: &mut [u8],
        documents: &mut D,
        sink: &mut S,
    ) -> Step<D, S> {
        if text.is_empty() {
            return Ok(());
        }
        self.begin(documents, sink)?;
        let mut text = text;
        if self.grouped > 0 {
            let wanting = GROUP.saturating_sub(self.grouped).min(text.len());
            let (head, rest) = text.split_at_mut(wanting);
            text = rest;
            self.collect(head);
            if self.grouped == GROUP {
                self.grouped = 0;
                let mut group = self.group;
                self.hand_over(&mut group, documents, sink)?;
            }
        }
        let whole = text.len().saturating_sub(text.len() % GROUP);
        let (whole, rest) = text.split_at_mut(whole);
        if !whole.is_empty() {
            self.hand_over(whole, documents, sink)?;
        }
        if self.padded && !rest.is_empty() {
            return Err(Stop::Flaw(Flaw::Invalid(MEMBER)));
        }
        self.collect(rest);
        Ok(())
    }

    /// A byte of a document has come.
    fn begin<D: Documents, S: Sink>(&mut self, documents: &mut D, sink: &mut S) -> Step<D, S> {
        match self.progress {
            Progress::Complete => Err(Stop::Flaw(Flaw::Repeated(MEMBER))),
            Progress::Begun => Ok(()),
            Progress::Nothing => {
                self.progress = Progress::Begun;
                self.original
                    .begin(documents)
                    .map_err(|error| Stop::Error(ExtractError::Source(error)))?;
                sink.begin(self.document).map_err(|error| Stop::Error(ExtractError::Sink(error)))
            }
        }
    }

    /// Keeps characters of an incomplete group.
    fn collect(&mut self, characters: &[u8]) {
        for &character in characters {
            if let Some(place) = self.group.get_mut(self.grouped) {
                *place = character;
                self.grouped = self.grouped.saturating_add(1);
            }
        }
    }

    /// Decodes whole groups and hands their bytes over.
    fn hand_over<D: Documents, S: Sink>(
        &mut self,
        groups: &mut [u8],
        documents: &mut D,
        sink: &mut S,
    ) -> Step<D, S> {
        let invalid = || Stop::Flaw(Flaw::Invalid(MEMBER));
        if self.padded {
            return Err(invalid());
        }
        self.padded = groups.last() == Some(&b'=');
        let bytes = encoding::decode_in_place(groups).ok_or_else(invalid)?;
        let count = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.length = self.length.saturating_add(count);
        if self.length > self.original.length().saturating_add(Self::MOST_ADDED) {
            return Err(invalid());
        }
        self.pass(bytes, documents, sink)
    }

    /// Compares bytes of a document with the original's, and hands them over.
    fn pass<D: Documents, S: Sink>(
        &mut self,
        bytes: &[u8],
        documents: &mut D,
        sink: &mut S,
    ) -> Step<D, S> {
        self.original
            .compare(bytes, documents)
            .map_err(|error| Stop::Error(ExtractError::Source(error)))?;
        sink.write(bytes).map_err(|error| Stop::Error(ExtractError::Sink(error)))
    }

    /// A fault at a place in the piece in hand.
    fn flaw<D, S>(&self, fault: JsonFault, at: usize) -> Stop<D, S> {
        Stop::Flaw(Flaw::Json { fault, offset: self.taken.saturating_add(at) })
    }
}

/// Writes one byte behind those that are kept. They never overtake those that are read.
fn keep(cells: &[Cell<u8>], kept: &mut usize, byte: u8) {
    if let Some(place) = cells.get(*kept) {
        place.set(byte);
    }
    *kept = kept.saturating_add(1);
}

#[cfg(test)]
mod tests;
