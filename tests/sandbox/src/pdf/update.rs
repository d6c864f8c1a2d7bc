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

    pub(crate) fn put_stream(&mut self, id: ObjectId, content: &[u8]) {
        let mut bytes = format!("<</Length {}>>\nstream\n", content.len()).into_bytes();
        bytes.extend_from_slice(content);
        bytes.extend_from_slice(b"\nendstream");
        self.objects.insert(id, bytes);
    }

    /// Appends everything to `original`, `last` as the last object. Gives the document and the
    /// place of `last` in it.
    pub(crate) fn write(mut self, original: &[u8], last: (ObjectId, &[u8])) -> (Vec<u8>, usize) {
        let mut out = original.to_vec();
        if !out.ends_with(b"\n") {
            out.push(b'\n');
        }
        let mut offsets = BTreeMap::new();
        for (id, bytes) in &self.objects {
            append(&mut out, &mut offsets, *id, bytes);
        }
        let place = append(&mut out, &mut offsets, last.0, last.1);
        let start = out.len();
        if self.document.has_streams {
            self.write_stream(&mut out, &mut offsets);
        } else {
            self.write_table(&mut out, &offsets);
        }
        text(&mut out, &format!("\nstartxref\n{start}\n%%EOF\n"));
        (out, place)
    }

    fn write_table(&self, out: &mut Vec<u8>, offsets: &BTreeMap<ObjectId, usize>) {
        text(out, "xref\n");
        for ((number, generation), offset) in offsets {
            text(out, &format!("{number} 1\n{offset:010} {generation:05} n\r\n"));
        }
        text(out, "trailer\n");
        Object::Dictionary(self.trailer()).write(out);
    }

    fn write_stream(&mut self, out: &mut Vec<u8>, offsets: &mut BTreeMap<ObjectId, usize>) {
        let id = self.allocate();
        offsets.insert(id, out.len());
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
        text(out, &format!("{} 0 obj\n", id.0));
        Object::Dictionary(dictionary).write(out);
        text(out, "\nstream\n");
        out.extend_from_slice(&content);
        text(out, "\nendstream\nendobj");
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

/// Appends text.
fn text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// Appends an indirect object and gives the place of its content.
fn append(
    out: &mut Vec<u8>,
    offsets: &mut BTreeMap<ObjectId, usize>,
    id: ObjectId,
    bytes: &[u8],
) -> usize {
    offsets.insert(id, out.len());
    text(out, &format!("{} {} obj\n", id.0, id.1));
    let place = out.len();
    out.extend_from_slice(bytes);
    text(out, "\nendobj\n");
    place
}
