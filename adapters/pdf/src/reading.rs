//! A document, read object by object as each is asked for.
//!
//! Nothing is read but what a signature needs: the cross-reference sections, the catalog, the page
//! tree and the form. Page contents, images and fonts are never parsed or decompressed, so a large
//! document costs little, and a hostile one has little to work with.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::error::{Fault, PdfError};
use crate::limits;
use crate::object::{Dictionary, Object, ObjectId};
use crate::object_streams::{ObjectStream, ObjectStreams};
use crate::runs::Entry;
use crate::source::Source;
use crate::syntax::{Parser, Work};
use crate::window::{Bytes, Purpose};
use crate::xref::{self, Added, CrossReferences};

/// How many references may lead from one to the next.
const MAX_REFERENCES: usize = 16;

#[derive(Debug)]
pub(crate) struct Document<'a> {
    pub(crate) bytes: Bytes<'a>,
    pub(crate) cross_references: CrossReferences,
    work: Work,
    inflated: Cell<usize>,
    object_streams: RefCell<ObjectStreams>,
    /// The highest number of an object that was asked for.
    highest_asked: Cell<u32>,
}

impl<'a> Document<'a> {
    /// Opens a document: its header, length and cross-reference sections are in order, and it is
    /// not encrypted.
    pub(crate) fn open(source: &'a dyn Source) -> Result<Self, PdfError> {
        let (bytes, work) = begin(source)?;
        let cross_references = xref::read(&bytes, &work)?;
        Ok(Self::with(bytes, cross_references, work))
    }

    /// Opens a document that begins with `original` and goes on from its cross-references, and
    /// gives what is special to its own sections. Nothing when it does not go on from them.
    pub(crate) fn open_after(
        source: &'a dyn Source,
        original: &Document<'_>,
    ) -> Result<Option<(Self, Added)>, PdfError> {
        let (bytes, work) = begin(source)?;
        let found = xref::read_after(&bytes, &work, &original.cross_references)?;
        Ok(found.map(|(references, added)| (Self::with(bytes, references, work), added)))
    }

    fn with(bytes: Bytes<'a>, cross_references: CrossReferences, work: Work) -> Self {
        let (inflated, object_streams, highest_asked) = Default::default();
        Self { bytes, cross_references, work, inflated, object_streams, highest_asked }
    }

    /// The version, of the header or of the catalog, whichever is later (ISO 32000-1 §7.5.2).
    pub(crate) fn version(&self, catalog: &Dictionary) -> Result<(u8, u8), PdfError> {
        let mut header = self.bytes.reader(5, Purpose::Objects);
        let of_header = version(header.peek(3)?).ok_or(PdfError::NotPdf)?;
        drop(header);
        let of_catalog = match self.entry(catalog, "Version")? {
            Object::Name(name) => version(&name),
            _ => None,
        };
        Ok(of_catalog.map_or(of_header, |of_catalog| of_catalog.max(of_header)))
    }

    /// The catalog and its identity.
    pub(crate) fn catalog(&self) -> Result<(ObjectId, Dictionary), PdfError> {
        let id = self
            .cross_references
            .trailer
            .get("Root")
            .and_then(Object::as_reference)
            .ok_or_else(|| PdfError::broken("the trailer names no catalog"))?;
        match self.object(id)? {
            Object::Dictionary(catalog) => Ok((id, catalog)),
            _ => Err(PdfError::broken("the catalog is missing")),
        }
    }

    /// What the cross-references say of an object; nothing when they do not speak of it.
    pub(crate) fn cross_reference(&self, number: u32) -> Result<Option<Entry>, PdfError> {
        self.cross_references.entry(&self.bytes, number)
    }

    /// The lowest number for a new object: neither the cross-references speak of it or a later one,
    /// nor any reference that was followed, which leads nowhere and must not lead to a new object.
    pub(crate) fn next_number(&self) -> u32 {
        self.cross_references.next_number.max(self.highest_asked.get().saturating_add(1))
    }

    /// A parser of the document from a place on.
    pub(crate) fn parser(&self, offset: u64) -> Parser<'_> {
        Parser::new(self.bytes.reader(offset, Purpose::Objects), &self.work)
    }

    /// An object; null when there is none of this identity (ISO 32000-1 §7.3.10).
    pub(crate) fn object(&self, id: ObjectId) -> Result<Object, PdfError> {
        self.object_or_stream(id).map(|(object, _)| object)
    }

    /// Like [`Self::object`], and whether it is a stream, of which only the dictionary is given.
    pub(crate) fn object_or_stream(&self, id: ObjectId) -> Result<(Object, bool), PdfError> {
        self.highest_asked.set(self.highest_asked.get().max(id.number));
        match self.cross_reference(id.number)? {
            Some(Entry::InUse { offset, generation }) if generation == id.generation => {
                let mut parser = self.parser(offset);
                head(&mut parser, id, offset)?;
                let object = parser.object()?;
                let is_stream =
                    matches!(object, Object::Dictionary(_)) && parser.is_keyword_next("stream")?;
                Ok((object, is_stream))
            }
            Some(Entry::Compressed { container, index }) if id.generation == 0 => {
                let object = self.object_stream(container)?.object(index, id.number, &self.work)?;
                Ok((object, false))
            }
            _ => Ok((Object::Null, false)),
        }
    }

    /// Hands over every object that the cross-references speak of, one after another, or what keeps
    /// it from being read when that is in the document. Of streams only the dictionary is read.
    pub(crate) fn each_object(
        &self,
        mut each: impl FnMut(u32, Result<Object, PdfError>),
    ) -> Result<(), PdfError> {
        for number in self.cross_references.numbers().flatten() {
            let generation = match self.cross_reference(number)? {
                Some(Entry::InUse { generation, .. }) => generation,
                Some(Entry::Compressed { .. }) => 0,
                Some(Entry::Free) | None => continue,
            };
            match self.object(ObjectId { number, generation }) {
                Err(error) if error.fault() != Fault::Document => return Err(error),
                object => each(number, object),
            }
        }
        Ok(())
    }

    /// Which of the 64 numbers from `first` on something in the document refers to, each a bit. Where
    /// there are no such objects, a new one would take the place of what is missing.
    pub(crate) fn referred_to(&self, first: u32) -> Result<u64, PdfError> {
        let mut bits = 0;
        self.each_object(|_, object| {
            let Ok(object) = object else { return };
            object.each_reference(|id, _| {
                let place = id.number.checked_sub(first).filter(|&place| place < u64::BITS);
                bits |= place.map_or(0, |place| 1 << place);
            });
        })?;
        Ok(bits)
    }

    /// What `object` is, or refers to.
    pub(crate) fn resolve(&self, object: &Object) -> Result<Object, PdfError> {
        self.resolve_with_holder(object).map(|(_, object)| object)
    }

    /// What `object` is, or refers to, and the object that holds it when it is referred to.
    pub(crate) fn resolve_with_holder(
        &self,
        object: &Object,
    ) -> Result<(Option<ObjectId>, Object), PdfError> {
        let Object::Reference(mut holder) = *object else { return Ok((None, object.clone())) };
        for _ in 0..MAX_REFERENCES {
            match self.object(holder)? {
                Object::Reference(next) => holder = next,
                other => return Ok((Some(holder), other)),
            }
        }
        Err(PdfError::broken("references form a loop"))
    }

    /// What `dictionary` has under `key`, resolved; null when it has nothing.
    pub(crate) fn entry(&self, dictionary: &Dictionary, key: &str) -> Result<Object, PdfError> {
        dictionary.get(key).map_or(Ok(Object::Null), |object| self.resolve(object))
    }

    /// Like [`Self::entry`], for a dictionary: nothing when it is absent or something else.
    pub(crate) fn dictionary(
        &self,
        dictionary: &Dictionary,
        key: &str,
    ) -> Result<Option<Dictionary>, PdfError> {
        match self.entry(dictionary, key)? {
            Object::Dictionary(found) => Ok(Some(found)),
            _ => Ok(None),
        }
    }

    /// The array that `dictionary` has under `key`, and the object that holds it when it is not a
    /// direct part of the dictionary; an empty one when it has nothing there.
    pub(crate) fn array(
        &self,
        dictionary: &Dictionary,
        key: &str,
    ) -> Result<(Option<ObjectId>, Vec<Object>), PdfError> {
        let found = dictionary.get(key).map(|object| self.resolve_with_holder(object));
        match found.transpose()?.unwrap_or((None, Object::Null)) {
            (holder, Object::Array(items)) => Ok((holder, items)),
            (_, Object::Null) => Ok((None, Vec::new())),
            _ => Err(PdfError::broken("an array was expected among annotations or fields")),
        }
    }

    fn object_stream(&self, container: u32) -> Result<Rc<ObjectStream>, PdfError> {
        if let Some(stream) = self.object_streams.borrow_mut().find(container) {
            return Ok(stream);
        }
        let Some(Entry::InUse { offset, generation }) = self.cross_reference(container)? else {
            return Err(PdfError::broken("an object stream is missing"));
        };
        let damaged = || PdfError::broken_at("an object stream is damaged", offset);
        let mut parser = self.parser(offset);
        head(&mut parser, ObjectId { number: container, generation }, offset)?;
        let Object::Dictionary(mut dictionary) = parser.object()? else { return Err(damaged()) };
        if !dictionary.has_type("ObjStm") {
            return Err(damaged());
        }
        for key in ["Length", "Filter", "DecodeParms", "N", "First"] {
            if let Some(Object::Reference(id)) = dictionary.get(key) {
                let direct = self.uncompressed(*id)?;
                dictionary.set(key, direct);
            }
        }
        let length = dictionary.get("Length").and_then(Object::as_integer);
        let data = parser.stream_data(length.ok_or_else(damaged)?)?;
        drop(parser);
        let known = self.object_streams.borrow().knows(container);
        // What was inflated before and let go of has been counted.
        let left = match known {
            true => limits::MAX_INFLATED_BYTES,
            false => limits::MAX_INFLATED_BYTES_IN_ALL.saturating_sub(self.inflated.get()),
        };
        let stream = ObjectStream::read(&dictionary, &self.bytes, data, left, &self.work, offset)?;
        if !known {
            self.inflated.set(self.inflated.get().saturating_add(stream.length()));
        }
        let stream = Rc::new(stream);
        self.object_streams.borrow_mut().keep(container, &stream);
        Ok(stream)
    }

    /// An object that may not itself be in an object stream, so that reading one stream never
    /// leads to another.
    fn uncompressed(&self, id: ObjectId) -> Result<Object, PdfError> {
        match self.cross_reference(id.number)? {
            Some(Entry::InUse { .. }) => self.object(id),
            _ => Err(PdfError::Unsupported {
                what: "an object stream that depends on another",
                offset: None,
            }),
        }
    }
}

/// The header and the length are in order; how much may be read.
fn begin(source: &dyn Source) -> Result<(Bytes<'_>, Work), PdfError> {
    let bytes = Bytes::open(source)?;
    if bytes.reader(0, Purpose::Objects).peek(5)? != b"%PDF-" {
        return Err(PdfError::NotPdf);
    }
    let work = bytes.length().saturating_add(65_536).saturating_mul(limits::MAX_READINGS);
    Ok((bytes, Work::new(work.min(limits::MAX_WORK))))
}

fn head(parser: &mut Parser<'_>, id: ObjectId, offset: u64) -> Result<(), PdfError> {
    let misplaced =
        || PdfError::broken_at("an object is not where the cross-references say it is", offset);
    match parser.object_head() {
        Ok(found) if found == id => Ok(()),
        Ok(_) => Err(misplaced()),
        Err(error) => Err(error.or_if_broken(misplaced())),
    }
}

fn version(text: &[u8]) -> Option<(u8, u8)> {
    match text {
        [major @ b'1'..=b'2', b'.', minor @ b'0'..=b'9'] => Some((major - b'0', minor - b'0')),
        _ => None,
    }
}
