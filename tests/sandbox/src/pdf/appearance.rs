//! What a visible signature shows: lines of text in a rectangle of a page.

use super::PdfError;
use super::document::Document;
use super::object::{Dictionary, Object, ObjectId};
use super::update::Update;
use crate::random::hexadecimal;

/// Lines that are shown, at most.
const LINES: usize = 64;

/// A visible signature. Lengths are points.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Visible {
    /// From 1 on.
    pub(crate) page: usize,
    pub(crate) place: Place,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) text: String,
    /// `/BaseFont`.
    pub(crate) font: &'static str,
    pub(crate) size: f64,
    pub(crate) padding: f64,
}

/// Where on the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// From the left and from the bottom.
    Distance(f64, f64),
    /// How much of the room that is left goes to the left of it and below it: 0, 0.5 or 1.
    Share(f64, f64),
}

impl Visible {
    /// The rectangle on a page.
    pub(crate) fn rectangle(&self, document: &Document<'_>, page: ObjectId) -> [f64; 4] {
        let [left, bottom, right, top] = document.media_box(page);
        let (x, y) = match self.place {
            Place::Distance(x, y) => (left + x, bottom + y),
            Place::Share(x, y) => {
                (left + (right - left - self.width) * x, bottom + (top - bottom - self.height) * y)
            }
        };
        [x, y, x + self.width, y + self.height]
    }

    /// Adds the appearance, and gives its dictionary (ISO 32000-1 §12.5.5).
    pub(crate) fn add(&self, update: &mut Update<'_>) -> Result<Dictionary, PdfError> {
        let (form, font) = (update.allocate(), update.allocate());
        let mut typeface = Dictionary::default();
        typeface.set("Type", Object::name("Font"));
        typeface.set("Subtype", Object::name("Type1"));
        typeface.set("BaseFont", Object::name(self.font));
        typeface.set("Encoding", Object::name("WinAnsiEncoding"));
        update.put(font, &Object::Dictionary(typeface));
        let mut fonts = Dictionary::default();
        fonts.set("F1", Object::Reference(font));
        let mut resources = Dictionary::default();
        resources.set("Font", Object::Dictionary(fonts));

        let (size, padding) = (self.size, self.padding);
        let top = self.height - padding - size;
        let mut content = format!("q BT /F1 {size:.2} Tf {size:.2} TL {padding:.2} {top:.2} Td");
        for line in self.text.lines().take(LINES) {
            content.push_str(&format!(" <{}> Tj T*", hexadecimal(&latin(line))));
        }
        content.push_str(" ET Q");
        let mut dictionary = Dictionary::default();
        dictionary.set("Type", Object::name("XObject"));
        dictionary.set("Subtype", Object::name("Form"));
        dictionary.set("BBox", numbers([0.0, 0.0, self.width, self.height]));
        dictionary.set("Resources", Object::Dictionary(resources));
        update.put_stream(form, dictionary, content.as_bytes());
        let mut appearance = Dictionary::default();
        appearance.set("N", Object::Reference(form));
        Ok(appearance)
    }
}

/// An array of numbers.
pub(crate) fn numbers(numbers: [f64; 4]) -> Object {
    Object::Array(numbers.iter().map(|number| Object::Real(format!("{number:.2}"))).collect())
}

/// WinAnsiEncoding as far as it is Latin-1.
fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(character).unwrap_or(b'?')).collect()
}
