//! A document, read object by object as each is asked for.
//!
//! Nothing is read but what a signature needs: the cross-reference sections, the catalog, the page
//! tree and the form. Page contents, images and fonts are never parsed or decompressed, so a large
//! document costs little, and a hostile one has little to work with.

use core::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::error::PdfError;
use crate::filters;
use crate::limits;
use crate::object::{Dictionary, Object, ObjectId};
use crate::syntax::{Parser, Work};
use crate::xref::{self, CrossReferences, Entry};

/// How many references may lead from one to the next.
const MAX_REFERENCES: usize = 16;

#[derive(Debug)]
pub(crate) struct Document<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) cross_references: CrossReferences,
    work: Work,
    inflated: Cell<usize>,
    object_streams: RefCell<BTreeMap<u32, Rc<ObjectStream>>>,
}

#[derive(Debug)]
struct ObjectStream {
    data: Vec<u8>,
    /// For each object its number and where it begins in `data`.
    index: Vec<(u32, usize)>,
}

impl<'a> Document<'a> {
    /// Opens a document: its header, length and cross-reference sections are in order, and it is
    /// not encrypted.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, PdfError> {
        if bytes.len() > limits::MAX_DOCUMENT_BYTES {
            return Err(PdfError::TooLarge { length: bytes.len() });
        }
        if !bytes.starts_with(b"%PDF-") {
            return Err(PdfError::NotPdf);
        }
        let work = Work::new((bytes.len() as u64 + 65_536).saturating_mul(limits::MAX_READINGS));
        let cross_references = xref::read(bytes, &work)?;
        Ok(Self {
            bytes,
            cross_references,
            work,
            inflated: Cell::new(0),
            object_streams: RefCell::new(BTreeMap::new()),
        })
    }

    /// The version, of the header or of the catalog, whichever is later (ISO 32000-1 §7.5.2).
    pub(crate) fn version(&self, catalog: &Dictionary) -> Result<(u8, u8), PdfError> {
        let of_header = self.bytes.get(5..8).and_then(version).ok_or(PdfError::NotPdf)?;
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

    /// An object; null when there is none of this identity (ISO 32000-1 §7.3.10).
    pub(crate) fn object(&self, id: ObjectId) -> Result<Object, PdfError> {
        match self.cross_references.entries.get(&id.number) {
            Some(&Entry::InUse { offset, generation }) if generation == id.generation => {
                let mut parser = Parser::new(self.bytes, offset, &self.work);
                self.head(&mut parser, id, offset)?;
                parser.object()
            }
            Some(&Entry::Compressed { container, index }) if id.generation == 0 => {
                let stream = self.object_stream(container)?;
                let &(_, start) =
                    stream.index.get(index).filter(|(number, _)| *number == id.number).ok_or_else(
                        || PdfError::broken("an object is not in the object stream that it should"),
                    )?;
                Parser::new(&stream.data, start, &self.work).object().map_err(|error| match error {
                    // The place is one within the inflated stream, of no use to anyone.
                    PdfError::Broken { what, .. } => PdfError::broken(what),
                    other => other,
                })
            }
            _ => Ok(Object::Null),
        }
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

    fn head(&self, parser: &mut Parser<'_>, id: ObjectId, offset: usize) -> Result<(), PdfError> {
        let misplaced =
            || PdfError::broken_at("an object is not where the cross-references say it is", offset);
        match parser.object_head() {
            Ok(found) if found == id => Ok(()),
            Ok(_) | Err(PdfError::Broken { .. }) => Err(misplaced()),
            Err(other) => Err(other),
        }
    }

    fn object_stream(&self, container: u32) -> Result<Rc<ObjectStream>, PdfError> {
        if let Some(stream) = self.object_streams.borrow().get(&container) {
            return Ok(Rc::clone(stream));
        }
        let Some(&Entry::InUse { offset, generation }) =
            self.cross_references.entries.get(&container)
        else {
            return Err(PdfError::broken("an object stream is missing"));
        };
        let damaged = || PdfError::broken_at("an object stream is damaged", offset);
        let mut parser = Parser::new(self.bytes, offset, &self.work);
        self.head(&mut parser, ObjectId { number: container, generation }, offset)?;
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
        let natural = |key| {
            let value = dictionary.get(key).and_then(Object::as_integer);
            value.and_then(|value| usize::try_from(value).ok()).ok_or_else(damaged)
        };
        let (count, first) = (natural("N")?, natural("First")?);
        let length = i64::try_from(natural("Length")?).map_err(|_| damaged())?;
        let data = parser.stream_data(length)?;
        let left = limits::MAX_INFLATED_BYTES_IN_ALL.saturating_sub(self.inflated.get());
        let data = filters::decode(&dictionary, data, left, offset)?;
        self.inflated.set(self.inflated.get().saturating_add(data.len()));
        self.work.allow((data.len() as u64).saturating_mul(limits::MAX_READINGS));

        if count > limits::MAX_OBJECTS_IN_STREAM {
            return Err(PdfError::TooComplex { what: "an object stream has too many objects" });
        }
        // Each pair takes at least four bytes, which bounds what `count` may claim.
        if count > data.len() / 4 + 1 || first > data.len() {
            return Err(damaged());
        }
        let mut parser = Parser::new(&data, 0, &self.work);
        let mut index = Vec::with_capacity(count);
        for _ in 0..count {
            let (Some(number), Some(start)) = (parser.unsigned()?, parser.unsigned()?) else {
                return Err(damaged());
            };
            let number = u32::try_from(number).map_err(|_| damaged())?;
            let start = usize::try_from(start)
                .ok()
                .and_then(|start| start.checked_add(first))
                .ok_or_else(damaged)?;
            index.push((number, start));
        }
        let stream = Rc::new(ObjectStream { data, index });
        self.object_streams.borrow_mut().insert(container, Rc::clone(&stream));
        Ok(stream)
    }

    /// An object that may not itself be in an object stream, so that reading one stream never
    /// leads to another.
    fn uncompressed(&self, id: ObjectId) -> Result<Object, PdfError> {
        match self.cross_references.entries.get(&id.number) {
            Some(Entry::InUse { .. }) => self.object(id),
            _ => Err(PdfError::Unsupported {
                what: "an object stream that depends on another",
                offset: None,
            }),
        }
    }
}

fn version(text: &[u8]) -> Option<(u8, u8)> {
    match text {
        [major @ b'1'..=b'2', b'.', minor @ b'0'..=b'9'] => Some((major - b'0', minor - b'0')),
        _ => None,
    }
}
