//! A body of one part that is a file (RFC 7578 §4).

use super::Boundary;
use crate::codec::buffer::Buffer;
use crate::document::Slot;

/// A file in a form.
pub(super) struct Part<'a> {
    pub(super) boundary: &'a Boundary,
    /// The form's field.
    pub(super) field: &'a str,
    /// The file's name.
    pub(super) name: &'a str,
    pub(super) media_type: &'a str,
    /// Bytes of the file.
    pub(super) length: u64,
}

/// Bytes of the longest name.
const NAME: usize = 255;

/// Whether a text can be a file's name. Line ends can be written in it and other control characters
/// cannot; some of them are marks of a body's template.
pub(super) fn is_name(name: &str) -> bool {
    let is_bad = |character: char| character.is_control() && !matches!(character, '\r' | '\n');
    !name.is_empty() && name.len() <= NAME && !name.chars().any(is_bad)
}

/// Writes the body, with the place of the document in it.
pub(super) fn write(part: &Part<'_>, out: &mut Buffer<'_>) {
    out.text("--");
    out.text(part.boundary.as_str());
    out.text("\r\nContent-Disposition: form-data; name=\"");
    write_quoted(part.field, out);
    out.text("\"; filename=\"");
    write_quoted(part.name, out);
    out.text("\"\r\nContent-Type: ");
    out.text(part.media_type);
    out.text("\r\n\r\n");
    Slot::write_raw(part.length, out);
    out.text("\r\n--");
    out.text(part.boundary.as_str());
    out.text("--\r\n");
}

/// Writes a name as browsers do: UTF-8 (RFC 7578 §5.1), with quotation marks and line ends
/// percent-encoded and nothing else (HTML, "multipart/form-data encoding algorithm").
fn write_quoted(name: &str, out: &mut Buffer<'_>) {
    for byte in name.bytes() {
        match byte {
            b'"' => out.text("%22"),
            b'\r' => out.text("%0D"),
            b'\n' => out.text("%0A"),
            byte => out.byte(byte),
        }
    }
}
