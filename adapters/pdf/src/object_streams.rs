//! Object streams (ISO 32000-1 §7.5.7), and which of them are held.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::error::PdfError;
use crate::filters;
use crate::limits;
use crate::object::{Dictionary, Object};
use crate::syntax::{Parser, StreamData, Work};
use crate::window::{Bytes, Reader};

/// How many bytes of object streams are held, of those that were inflated once. The last one is
/// held, whatever its length.
const HELD: usize = 64 * 1024;

/// An object stream, inflated.
#[derive(Debug)]
pub(crate) struct ObjectStream {
    data: Vec<u8>,
    /// For each object its number and where it begins in `data`.
    index: Vec<(u32, u32)>,
}

/// The object streams that were read.
///
/// Objects that are read one after another are mostly in one stream, or in a few. So of those that
/// were inflated once only the last are held. One that is needed again after it was let go of is
/// held from then on: none is inflated more than twice.
#[derive(Debug, Default)]
pub(crate) struct ObjectStreams {
    /// By their containers' numbers; nothing for one that was let go of.
    known: BTreeMap<u32, Option<Rc<ObjectStream>>>,
    /// Those that were inflated once, the last one last.
    once: VecDeque<u32>,
    /// How many bytes they have.
    length: usize,
}

impl ObjectStreams {
    pub(crate) fn find(&self, container: u32) -> Option<Rc<ObjectStream>> {
        self.known.get(&container).and_then(Clone::clone)
    }

    /// Whether the stream was inflated before.
    pub(crate) fn knows(&self, container: u32) -> bool {
        self.known.contains_key(&container)
    }

    pub(crate) fn keep(&mut self, container: u32, stream: &Rc<ObjectStream>) {
        if self.known.insert(container, Some(Rc::clone(stream))).is_some() {
            return;
        }
        self.once.push_back(container);
        self.length = self.length.saturating_add(stream.length());
        while self.length > HELD && self.once.len() > 1 {
            let oldest = self.once.pop_front();
            if let Some(slot) = oldest.and_then(|oldest| self.known.get_mut(&oldest)) {
                let length = slot.take().map_or(0, |stream| stream.length());
                self.length = self.length.saturating_sub(length);
            }
        }
    }
}

impl ObjectStream {
    /// Inflates the stream of this dictionary, whose entries are direct objects, to at most `limit`
    /// bytes.
    pub(crate) fn read(
        dictionary: &Dictionary,
        bytes: &Bytes<'_>,
        data: StreamData,
        limit: usize,
        work: &Work,
        offset: u64,
    ) -> Result<Self, PdfError> {
        let damaged = || PdfError::broken_at("an object stream is damaged", offset);
        let natural = |key| {
            let value = dictionary.get(key).and_then(Object::as_integer);
            value.and_then(|value| usize::try_from(value).ok()).ok_or_else(damaged)
        };
        let (count, first) = (natural("N")?, natural("First")?);
        let mut data = filters::decode(dictionary, bytes, data, limit)?;
        data.shrink_to_fit();
        work.allow((data.len() as u64).saturating_mul(limits::MAX_READINGS));
        if count > limits::MAX_OBJECTS_IN_STREAM {
            return Err(PdfError::TooComplex { what: "an object stream has too many objects" });
        }
        // Each pair takes at least four bytes, which bounds what `count` may claim.
        if count > data.len() / 4 + 1 || first > data.len() {
            return Err(damaged());
        }
        let mut parser = Parser::new(Reader::of(&data, 0), work);
        let mut index = Vec::with_capacity(count);
        for _ in 0..count {
            let (Some(number), Some(start)) = (parser.unsigned()?, parser.unsigned()?) else {
                return Err(damaged());
            };
            let start = usize::try_from(start).ok().and_then(|start| start.checked_add(first));
            let start = start.and_then(|start| u32::try_from(start).ok()).ok_or_else(damaged)?;
            index.push((u32::try_from(number).map_err(|_| damaged())?, start));
        }
        drop(parser);
        Ok(Self { data, index })
    }

    pub(crate) fn length(&self) -> usize {
        self.data.len()
    }

    /// The object at a place in the index, which is that of this number.
    pub(crate) fn object(
        &self,
        index: usize,
        number: u32,
        work: &Work,
    ) -> Result<Object, PdfError> {
        let &(_, start) =
            self.index.get(index).filter(|(found, _)| *found == number).ok_or_else(|| {
                PdfError::broken("an object is not in the object stream that it should")
            })?;
        Parser::new(Reader::of(&self.data, start.into()), work).object().map_err(|error| {
            match error {
                // The place is one within the inflated stream, of no use to anyone.
                PdfError::Broken { what, .. } => PdfError::broken(what),
                other => other,
            }
        })
    }
}
