//! A document's bytes as its parts are read: borrowed where they are in memory, through a small
//! window where they are not.

use core::cell::Cell;
use std::io::ErrorKind;

use crate::error::PdfError;
use crate::limits;
use crate::source::Source;

/// How much of a document that is not in memory is held at a place where it is read, in bytes.
const WINDOW: usize = 4096;

/// The length of what is read at once where a document is read from one end to the other.
const CHUNK: usize = 8192;

/// A document's bytes.
pub(crate) struct Bytes<'a> {
    source: &'a dyn Source,
    whole: Option<&'a [u8]>,
    length: u64,
    /// The window that was used last for objects, and that for cross-references: where one was
    /// read, the next is often near.
    spare: [Cell<Option<Box<Window>>>; 2],
}

/// What a window is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Objects,
    CrossReferences,
}

struct Window {
    bytes: [u8; WINDOW],
    filled: usize,
    /// Where in the document it begins.
    base: u64,
}

impl<'a> Bytes<'a> {
    pub(crate) fn open(source: &'a dyn Source) -> Result<Self, PdfError> {
        let whole = source.in_memory();
        let length = match whole {
            Some(bytes) => bytes.len() as u64,
            None => source.length().map_err(|error| PdfError::Source { kind: error.kind() })?,
        };
        if length > limits::MAX_DOCUMENT_BYTES {
            return Err(PdfError::TooLarge { length });
        }
        Ok(Self { source, whole, length, spare: Default::default() })
    }

    pub(crate) const fn length(&self) -> u64 {
        self.length
    }

    /// That the document still has the length that it had.
    pub(crate) fn unchanged(&self) -> Result<(), PdfError> {
        if self.whole.is_some() {
            return Ok(());
        }
        match self.source.length() {
            Ok(length) if length == self.length => Ok(()),
            Ok(_) => Err(PdfError::Changed),
            Err(error) => Err(PdfError::Source { kind: error.kind() }),
        }
    }

    /// A reader from `position` on.
    pub(crate) fn reader(&self, position: u64, purpose: Purpose) -> Reader<'_> {
        self.whole.map_or_else(
            || {
                let window = self.spare_of(purpose).take();
                Reader { place: Place::Window { bytes: self, window, purpose }, position }
            },
            |whole| Reader::of(whole, position),
        )
    }

    /// Hands over the bytes of a part in chunks, in their order.
    pub(crate) fn each_chunk<E: From<PdfError>>(
        &self,
        start: u64,
        length: u64,
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let end = start.saturating_add(length);
        if end > self.length {
            return Err(PdfError::Changed.into());
        }
        if let Some(whole) = self.whole {
            return each(part(whole, start, end));
        }
        let mut chunk = vec![0; CHUNK.min(usize::try_from(length).unwrap_or(CHUNK))];
        let mut position = start;
        while position < end {
            let left = usize::try_from(end - position).unwrap_or(CHUNK).min(chunk.len());
            let count = self.read(position, chunk.get_mut(..left).unwrap_or_default())?;
            each(chunk.get(..count).unwrap_or_default())?;
            position = position.saturating_add(count as u64);
        }
        Ok(())
    }

    /// Whether the document has these bytes at a place; `room` is used to read them.
    pub(crate) fn is_at(
        &self,
        position: u64,
        expected: &[u8],
        room: &mut Vec<u8>,
    ) -> Result<bool, PdfError> {
        let end = position.saturating_add(expected.len() as u64);
        if let Some(whole) = self.whole {
            return Ok(part(whole, position, end) == expected);
        }
        room.resize(room.len().max(expected.len()), 0);
        let room = room.get_mut(..expected.len()).unwrap_or_default();
        Ok(end <= self.length && self.before(end, room)? == expected)
    }

    /// The last bytes before `end`, at most as many as `room` holds.
    pub(crate) fn before<'b>(&self, end: u64, room: &'b mut [u8]) -> Result<&'b [u8], PdfError> {
        let count = usize::try_from(end).unwrap_or(usize::MAX).min(room.len());
        let room = room.get_mut(..count).unwrap_or_default();
        let mut filled = 0usize;
        while filled < count {
            let position = end.saturating_sub((count - filled) as u64);
            filled += self.read(position, room.get_mut(filled..).unwrap_or_default())?;
        }
        Ok(room)
    }

    /// At least one byte, for `out` is not empty and the document goes on.
    fn read(&self, position: u64, out: &mut [u8]) -> Result<usize, PdfError> {
        loop {
            match self.source.read_at(position, out) {
                Ok(0) => return Err(PdfError::Changed),
                Ok(count) => return Ok(count.min(out.len())),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(PdfError::Source { kind: error.kind() }),
            }
        }
    }

    const fn spare_of(&self, purpose: Purpose) -> &Cell<Option<Box<Window>>> {
        let [objects, cross_references] = &self.spare;
        match purpose {
            Purpose::Objects => objects,
            Purpose::CrossReferences => cross_references,
        }
    }
}

impl core::fmt::Debug for Bytes<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // Never the document itself.
        f.debug_struct("Bytes").field("length", &self.length).finish_non_exhaustive()
    }
}

/// Reads on from a position.
pub(crate) struct Reader<'a> {
    place: Place<'a>,
    position: u64,
}

enum Place<'a> {
    Whole(&'a [u8]),
    Window { bytes: &'a Bytes<'a>, window: Option<Box<Window>>, purpose: Purpose },
}

impl<'a> Reader<'a> {
    pub(crate) const fn of(whole: &'a [u8], position: u64) -> Self {
        Self { place: Place::Whole(whole), position }
    }

    pub(crate) const fn position(&self) -> u64 {
        self.position
    }

    pub(crate) const fn set_position(&mut self, position: u64) {
        self.position = position;
    }

    pub(crate) const fn advance(&mut self, count: usize) {
        self.position = self.position.saturating_add(count as u64);
    }

    pub(crate) fn length(&self) -> u64 {
        match &self.place {
            Place::Whole(whole) => whole.len() as u64,
            Place::Window { bytes, .. } => bytes.length,
        }
    }

    /// What comes next and is at hand: at least `count` bytes (which is at most [`MAX_AHEAD`]), or
    /// all that are left. How many more there are depends on how the document is read, and nothing
    /// may follow from it.
    pub(crate) fn ahead(&mut self, count: usize) -> Result<&[u8], PdfError> {
        let position = self.position;
        match &mut self.place {
            Place::Whole(whole) => {
                let position = usize::try_from(position).unwrap_or(usize::MAX);
                Ok(whole.get(position..).unwrap_or_default())
            }
            Place::Window { bytes, window, .. } => {
                let window = window.get_or_insert_with(|| {
                    Box::new(Window { bytes: [0; WINDOW], filled: 0, base: 0 })
                });
                window.ahead(bytes, position, count)
            }
        }
    }

    /// The next bytes, exactly `count` or all that are left.
    pub(crate) fn peek(&mut self, count: usize) -> Result<&[u8], PdfError> {
        let ahead = self.ahead(count)?;
        Ok(ahead.get(..count).unwrap_or(ahead))
    }
}

/// How far a reader can look ahead, in bytes.
pub(crate) const MAX_AHEAD: usize = WINDOW / 2;

impl Window {
    fn ahead(&mut self, bytes: &Bytes<'_>, position: u64, count: usize) -> Result<&[u8], PdfError> {
        let left = bytes.length.saturating_sub(position);
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(count).min(MAX_AHEAD);
        let within = position.checked_sub(self.base).and_then(|start| usize::try_from(start).ok());
        let mut start = within.filter(|&start| start <= self.filled).unwrap_or(WINDOW);
        if self.filled.saturating_sub(start) < wanted || start == WINDOW {
            // What is held of it moves to the front.
            let filled = core::mem::take(&mut self.filled);
            if start < filled {
                self.bytes.copy_within(start..filled, 0);
                self.filled = filled - start;
            }
            (self.base, start) = (position, 0);
            let room = usize::try_from(left).unwrap_or(WINDOW).min(WINDOW);
            while self.filled < wanted {
                let at = position.saturating_add(self.filled as u64);
                let rest = self.bytes.get_mut(self.filled..room).unwrap_or_default();
                self.filled += bytes.read(at, rest)?;
            }
        }
        Ok(self.bytes.get(start..self.filled).unwrap_or_default())
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Place::Window { bytes, window, purpose } = &mut self.place {
            bytes.spare_of(*purpose).set(window.take());
        }
    }
}

fn part(whole: &[u8], start: u64, end: u64) -> &[u8] {
    let place = |position| usize::try_from(position).unwrap_or(usize::MAX);
    whole.get(place(start)..place(end)).unwrap_or_default()
}
