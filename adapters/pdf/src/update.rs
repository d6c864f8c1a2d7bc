//! An incremental update: after the document as it was, the objects that are new or changed, then a
//! cross-reference section for them (ISO 32000-1 §7.5.6).

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::error::PdfError;
use crate::limits;
use crate::object::{Dictionary, Object, ObjectId};
use crate::reading::Document;
use crate::serialize::{write_dictionary, write_object};
use crate::xref::SectionKind;

/// The keys of a cross-reference stream's dictionary, and of one section's trailer, that say
/// nothing of the document and are not carried into the next.
const OF_ONE_SECTION: [&str; 13] = [
    "Type",
    "Size",
    "Index",
    "Prev",
    "W",
    "Length",
    "Filter",
    "DecodeParms",
    "XRefStm",
    "ID",
    "DL",
    "F",
    "FFilter",
];

/// An update in the making.
pub(crate) struct Update<'d> {
    document: &'d Document<'d>,
    /// The digest of the document, to be continued.
    content: Sha256,
    /// What follows the document.
    out: Vec<u8>,
    next_number: u32,
    /// Those of the numbers from the first new one on that the document refers to in vain.
    missing: (u32, u64),
    /// Where in the whole file each object of the update begins, and its generation.
    written: BTreeMap<u32, (u64, u16)>,
}

/// An update that is complete.
pub(crate) struct Written {
    /// The digest of the document, to be continued.
    pub(crate) content: Sha256,
    /// What follows the document.
    pub(crate) out: Vec<u8>,
}

impl<'d> Update<'d> {
    /// Begins an update of which about `room` bytes are expected. The document is read from one end
    /// to the other.
    pub(crate) fn new(document: &'d Document<'d>, room: usize) -> Result<Self, PdfError> {
        let mut content = Sha256::new();
        let (bytes, length) = (&document.bytes, document.bytes.length());
        bytes.each_chunk(0, length, |chunk| {
            content.update(chunk);
            Ok::<_, PdfError>(())
        })?;
        let mut out = Vec::with_capacity(room);
        if !matches!(bytes.before(length, &mut [0])?, b"\n" | b"\r") {
            out.push(b'\n');
        }
        let next_number = document.next_number();
        let missing = (next_number, document.referred_to(next_number)?);
        Ok(Self { document, content, out, next_number, missing, written: BTreeMap::new() })
    }

    /// Where in the whole file the next byte goes.
    fn position(&self) -> u64 {
        self.document.bytes.length().saturating_add(self.out.len() as u64)
    }

    /// A number for a new object, to which nothing in the document refers yet.
    pub(crate) fn allocate(&mut self) -> Result<ObjectId, PdfError> {
        let mut number = self.next_number;
        let (first, missing) = self.missing;
        while missing.checked_shr(number.saturating_sub(first)).is_some_and(|bits| bits & 1 == 1) {
            number = number.saturating_add(1);
        }
        if number > limits::MAX_OBJECT_NUMBER {
            return Err(PdfError::TooComplex { what: "no object number is left" });
        }
        self.next_number = number.saturating_add(1);
        Ok(ObjectId { number, generation: 0 })
    }

    /// Writes an object, new or in place of one of the document.
    pub(crate) fn object(&mut self, id: ObjectId, object: &Object) -> Result<(), PdfError> {
        self.raw(id, |out| write_object(out, object))
    }

    /// Writes a new stream, without compression.
    pub(crate) fn stream(
        &mut self,
        id: ObjectId,
        dictionary: Dictionary,
        data: &[u8],
    ) -> Result<(), PdfError> {
        let length = i64::try_from(data.len()).unwrap_or(i64::MAX);
        let dictionary = dictionary.with("Length", Object::Integer(length));
        self.raw(id, |out| {
            write_dictionary(out, &dictionary);
            out.extend_from_slice(b"\nstream\n");
            out.extend_from_slice(data);
            out.extend_from_slice(b"\nendstream");
        })
    }

    /// Writes an object whose text `write` appends to the update.
    pub(crate) fn raw<T>(
        &mut self,
        id: ObjectId,
        write: impl FnOnce(&mut Vec<u8>) -> T,
    ) -> Result<T, PdfError> {
        if self.written.insert(id.number, (self.position(), id.generation)).is_some() {
            return Err(PdfError::broken("one object serves two purposes"));
        }
        self.out.extend_from_slice(format!("{} {} obj\n", id.number, id.generation).as_bytes());
        let result = write(&mut self.out);
        self.out.extend_from_slice(b"\nendobj\n");
        Ok(result)
    }

    /// Writes the cross-reference section, of the same kind as the document's last.
    pub(crate) fn finish(mut self) -> Result<Written, PdfError> {
        let trailer = self.trailer()?;
        let start = match self.document.cross_references.kind {
            SectionKind::Table => self.table(trailer),
            SectionKind::Stream => self.cross_reference_stream(trailer)?,
        };
        self.out.extend_from_slice(format!("startxref\n{start}\n%%EOF\n").as_bytes());
        Ok(Written { content: self.content, out: self.out })
    }

    fn trailer(&self) -> Result<Dictionary, PdfError> {
        let references = &self.document.cross_references;
        let mut trailer = references.trailer.clone();
        for key in OF_ONE_SECTION {
            trailer.remove(key);
        }
        trailer.set("Prev", Object::Integer(i64::try_from(references.start).unwrap_or(i64::MAX)));
        trailer.set("ID", Object::Array(self.identifier()?.to_vec()));
        Ok(trailer)
    }

    /// The file identifier (ISO 32000-1 §14.4): its first half stays, its second tells this
    /// revision. It is drawn from the content alone, so the same update always has the same.
    fn identifier(&self) -> Result<[Object; 2], PdfError> {
        let digest = self.content.clone().chain_update(&self.out).finalize();
        let revision = Object::String(digest.iter().take(16).copied().collect());
        let permanent = match self.document.entry(&self.document.cross_references.trailer, "ID")? {
            Object::Array(halves) => match halves.first() {
                Some(half) => self.document.resolve(half)?,
                None => Object::Null,
            },
            _ => Object::Null,
        };
        Ok(match permanent {
            Object::String(_) => [permanent, revision],
            _ => [revision.clone(), revision],
        })
    }

    fn table(&mut self, trailer: Dictionary) -> u64 {
        let start = self.position();
        self.out.extend_from_slice(b"xref\n");
        for run in runs(&self.written) {
            let first = run.first().map_or(0, |(number, _)| *number);
            self.out.extend_from_slice(format!("{first} {}\n", run.len()).as_bytes());
            for (_, (offset, generation)) in run {
                self.out.extend_from_slice(format!("{offset:010} {generation:05} n \n").as_bytes());
            }
        }
        self.out.extend_from_slice(b"trailer\n");
        write_dictionary(
            &mut self.out,
            &trailer.with("Size", Object::Integer(self.next_number.into())),
        );
        self.out.push(b'\n');
        start
    }

    fn cross_reference_stream(&mut self, trailer: Dictionary) -> Result<u64, PdfError> {
        let start = self.position();
        let id = self.allocate()?;
        self.written.insert(id.number, (start, 0));
        let mut data = Vec::with_capacity(self.written.len() * 7);
        let mut index = Vec::new();
        for run in runs(&self.written) {
            let first = run.first().map_or(0, |(number, _)| *number);
            index.push(Object::Integer(first.into()));
            index.push(Object::Integer(i64::try_from(run.len()).unwrap_or(i64::MAX)));
            for (_, (offset, generation)) in run {
                // A document is limited to far less than 4 GiB.
                let offset = u32::try_from(offset).unwrap_or(u32::MAX);
                data.push(1);
                data.extend_from_slice(&offset.to_be_bytes());
                data.extend_from_slice(&generation.to_be_bytes());
            }
        }
        let dictionary = Dictionary::default()
            .with("Type", Object::name("XRef"))
            .with("Size", Object::Integer(self.next_number.into()))
            .with("Index", Object::Array(index))
            .with("W", Object::Array([1, 4, 2].map(Object::Integer).to_vec()));
        let dictionary = Dictionary([dictionary.0, trailer.0].concat());
        self.written.remove(&id.number);
        self.stream(id, dictionary, &data)?;
        Ok(start)
    }
}

/// The objects in runs of consecutive numbers.
fn runs(written: &BTreeMap<u32, (u64, u16)>) -> Vec<Vec<(u32, (u64, u16))>> {
    let mut runs: Vec<Vec<(u32, (u64, u16))>> = Vec::new();
    for (&number, &entry) in written {
        match runs.last_mut() {
            Some(run)
                if run.last().is_some_and(|(last, _)| last.checked_add(1) == Some(number)) =>
            {
                run.push((number, entry));
            }
            _ => runs.push(vec![(number, entry)]),
        }
    }
    runs
}
