//! A signature dictionary whose byte range and contents are filled later, in place (ISO 32000-1
//! §12.8.1, table 252).

use core::ops::Range;

use crate::object::{Dictionary, Object};
use crate::options::SignatureOptions;
use crate::serialize::write_dictionary;
use crate::text;

/// The three numbers after the first, ten digits each, and the spaces between them.
const BYTE_RANGE_WIDTH: usize = 3 * 10 + 2;

/// Where in an update the two places are that are filled later.
#[derive(Debug, Clone)]
pub(crate) struct Placeholder {
    /// The three numbers of the byte range after its `0`.
    byte_range: Range<usize>,
    /// The contents with their delimiters, `<` to `>`.
    pub(crate) contents: Range<usize>,
}

impl Placeholder {
    /// Appends the signature dictionary, with room for `options.reserve` bytes of DER.
    pub(crate) fn write(out: &mut Vec<u8>, options: &SignatureOptions) -> Self {
        let string = |text: &str| Object::String(text::encode(text));
        let mut dictionary = Dictionary::default()
            .with("Type", Object::name("Sig"))
            .with("Filter", Object::name(options.sub_filter.filter()))
            .with("SubFilter", Object::name(options.sub_filter.name()))
            .with("M", Object::String(options.signed_at.pdf_date().into_bytes()));
        for (key, value) in [
            ("Name", &options.name),
            ("Reason", &options.reason),
            ("Location", &options.location),
            ("ContactInfo", &options.contact),
        ] {
            if let Some(value) = value {
                dictionary.set(key, string(value));
            }
        }
        if let Some(certification) = options.certify {
            dictionary.set("Reference", Object::Array(vec![certifies(certification.level())]));
        }
        write_dictionary(out, &dictionary);
        // The dictionary is open again for the two entries that are not of fixed value.
        out.truncate(out.len().saturating_sub(2));
        out.extend_from_slice(b"/ByteRange [0 ");
        let numbers = out.len();
        out.extend(core::iter::repeat_n(b' ', BYTE_RANGE_WIDTH));
        let byte_range = numbers..out.len();
        out.extend_from_slice(b"]/Contents ");
        let start = out.len();
        out.push(b'<');
        out.extend(core::iter::repeat_n(b'0', options.reserve.saturating_mul(2)));
        out.push(b'>');
        let contents = start..out.len();
        out.extend_from_slice(b">>");
        Self { byte_range, contents }
    }

    /// The byte range in a file in which the update begins at `start` and has this length: all but
    /// the contents.
    pub(crate) const fn range(&self, start: u64, length: usize) -> [u64; 4] {
        let after = length.saturating_sub(self.contents.end);
        let (first, second) = (self.contents.start as u64, self.contents.end as u64);
        [0, start.saturating_add(first), start.saturating_add(second), after as u64]
    }

    /// Writes the byte range into its place. What it does not need stays blank.
    pub(crate) fn fill_range(&self, start: u64, update: &mut [u8]) {
        let [_, first, second, rest] = self.range(start, update.len());
        let text = format!("{first} {second} {rest}");
        if let Some(place) = update.get_mut(self.byte_range.clone()) {
            place.fill(b' ');
            for (place, digit) in place.iter_mut().zip(text.bytes()) {
                *place = digit;
            }
        }
    }
}

/// The reference by which a signature certifies the document (ISO 32000-1 tables 253 and 254).
fn certifies(level: u8) -> Object {
    let parameters = Dictionary::default()
        .with("Type", Object::name("TransformParams"))
        .with("P", Object::Integer(level.into()))
        .with("V", Object::name("1.2"));
    Object::Dictionary(
        Dictionary::default()
            .with("Type", Object::name("SigRef"))
            .with("TransformMethod", Object::name("DocMDP"))
            .with("TransformParams", Object::Dictionary(parameters)),
    )
}
