//! One incremental update (ISO 32000-1 §7.5.6), in the cross-reference form that the document has.

use std::collections::BTreeMap;

use super::document::Document;
use super::object::{Dictionary, Object, ObjectId};

/// Objects to be appended to a document.
pub(crate) struct Update<'d> {
    document: &'d Document<'d>,
    objects: BTreeMap<ObjectId, Vec<u8>>,
    next: u32,
}

impl<'d> Update<'d> {
    pub(crate) fn new(document: &'d Document<'d>) -> Self {
        let next = document.size();
        Self { document, objects: BTreeMap::new(), next }
    }

    /// The number of an object that the document does not have yet.
    pub(crate) fn allocate(&mut self) -> ObjectId {
        let id = (self.next, 0);
        self.next = self.next.saturating_add(1);
        id
    }

    /// Adds an object, or one that takes the place of the document's.
    pub(crate) fn put(&mut self, id: ObjectId, object: &Object) {
        let mut bytes = Vec::new();
        object.write(&mut bytes);
        self.objects.insert(id, bytes);
    }

    /// Adds a stream; `dictionary` is that of its length too then.
    pub(crate) fn put_stream(&mut self, id: ObjectId, mut dictionary: Dictionary, content: &[u8]) {
        dictionary.set("Length", Object::Integer(i64::try_from(content.len()).unwrap_or(i64::MAX)));
        let mut bytes = Vec::new();
        Object::Dictionary(dictionary).write(&mut bytes);
        bytes.extend_from_slice(b"\nstream\n");
        bytes.extend_from_slice(content);
        bytes.extend_from_slice(b"\nendstream");
        self.objects.insert(id, bytes);
    }

    /// What follows `original`, with `last` as the last object, and the place of `last` in it.
    pub(crate) fn write(mut self, original: &[u8], last: (ObjectId, &[u8])) -> (Vec<u8>, usize) {
        let mut out = Tail { start: original.len(), bytes: Vec::new() };
        if !original.ends_with(b"\n") {
            out.bytes.push(b'\n');
        }
        let mut offsets = BTreeMap::new();
        for (id, bytes) in &self.objects {
            append(&mut out, &mut offsets, *id, bytes);
        }
        let place = append(&mut out, &mut offsets, last.0, last.1);
        let start = out.place();
        if self.document.has_streams {
            self.write_stream(&mut out, &mut offsets);
        } else {
            self.write_table(&mut out, &offsets);
        }
        out.text(&format!("\nstartxref\n{start}\n%%EOF\n"));
        (out.bytes, place)
    }

    fn write_table(&self, out: &mut Tail, offsets: &BTreeMap<ObjectId, usize>) {
        out.text("xref\n");
        for ((number, generation), offset) in offsets {
            out.text(&format!("{number} 1\n{offset:010} {generation:05} n\r\n"));
        }
        out.text("trailer\n");
        Object::Dictionary(self.trailer()).write(&mut out.bytes);
    }

    fn write_stream(&mut self, out: &mut Tail, offsets: &mut BTreeMap<ObjectId, usize>) {
        let id = self.allocate();
        offsets.insert(id, out.place());
        let mut index = Vec::new();
        let mut content = Vec::new();
        for ((number, generation), offset) in &*offsets {
            index.extend([Object::Integer(i64::from(*number)), Object::Integer(1)]);
            content.push(1);
            content.extend_from_slice(&u32::try_from(*offset).unwrap_or(u32::MAX).to_be_bytes());
            content.extend_from_slice(&generation.to_be_bytes());
        }
        let mut dictionary = self.trailer();
        dictionary.set("Type", Object::name("XRef"));
        dictionary.set("W", Object::integers(&[1, 4, 2]));
        dictionary.set("Index", Object::Array(index));
        dictionary.set("Length", Object::Integer(i64::try_from(content.len()).unwrap_or(i64::MAX)));
        out.text(&format!("{} 0 obj\n", id.0));
        Object::Dictionary(dictionary).write(&mut out.bytes);
        out.text("\nstream\n");
        out.bytes.extend_from_slice(&content);
        out.text("\nendstream\nendobj");
    }

    fn trailer(&self) -> Dictionary {
        let mut trailer = Dictionary::default();
        for key in ["Root", "Info", "ID"] {
            if let Some(value) = self.document.trailer().get(key) {
                trailer.set(key, value.clone());
            }
        }
        trailer.set("Size", Object::Integer(i64::from(self.next)));
        let previous = i64::try_from(self.document.start).unwrap_or(i64::MAX);
        trailer.set("Prev", Object::Integer(previous));
        trailer
    }
}

/// Bytes that follow a document, each at a place in the whole.
struct Tail {
    /// The document's length.
    start: usize,
    bytes: Vec<u8>,
}

impl Tail {
    /// Where the next byte stands in the whole.
    fn place(&self) -> usize {
        self.start + self.bytes.len()
    }

    fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }
}

/// Appends an indirect object and gives the place of its content in the tail.
fn append(
    out: &mut Tail,
    offsets: &mut BTreeMap<ObjectId, usize>,
    id: ObjectId,
    bytes: &[u8],
) -> usize {
    offsets.insert(id, out.place());
    out.text(&format!("{} {} obj\n", id.0, id.1));
    let place = out.bytes.len();
    out.bytes.extend_from_slice(bytes);
    out.text("\nendobj\n");
    place
}
