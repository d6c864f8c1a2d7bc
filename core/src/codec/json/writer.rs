//! Writing JSON into a borrowed buffer.

use crate::codec::buffer::Buffer;
use crate::codec::hex;

/// Writes the tokens of a JSON text in the order in which it is called, with the commas between them.
///
/// Its caller opens and closes levels in pairs; there is no state but whether a comma is due.
#[derive(Debug)]
pub struct Writer<'w, 'b> {
    out: &'w mut Buffer<'b>,
    comma: bool,
}

impl<'w, 'b> Writer<'w, 'b> {
    /// Goes on where `out` stands.
    #[must_use]
    pub const fn new(out: &'w mut Buffer<'b>) -> Self {
        Self { out, comma: false }
    }

    /// Opens an object.
    pub fn open_object(&mut self) -> &mut Self {
        self.open(b'{')
    }

    /// Closes an object.
    pub fn close_object(&mut self) -> &mut Self {
        self.close(b'}')
    }

    /// Opens an array.
    pub fn open_array(&mut self) -> &mut Self {
        self.open(b'[')
    }

    /// Closes an array.
    pub fn close_array(&mut self) -> &mut Self {
        self.close(b']')
    }

    /// Writes a member's name. Its value is the next thing written.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.text(name);
        self.out.byte(b':');
        self.comma = false;
        self
    }

    /// Writes a string.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.separate();
        self.out.byte(b'"');
        self.escaped(text);
        self.out.byte(b'"');
        self
    }

    fn escaped(&mut self, text: &str) {
        // Quotation marks, backslashes and control characters are ASCII: the bytes of other
        // characters pass as they are.
        for byte in text.bytes() {
            match byte {
                b'"' | b'\\' => self.out.push(&[b'\\', byte]),
                0..0x20 => {
                    self.out.text("\\u00");
                    hex::write(&[byte], self.out);
                }
                _ => self.out.byte(byte),
            }
        }
    }

    /// Writes a member whose value is one string of several, with nothing between them.
    pub(crate) fn joined<'t>(
        &mut self,
        name: &str,
        texts: impl Iterator<Item = &'t str>,
    ) -> &mut Self {
        self.name(name);
        self.out.byte(b'"');
        for text in texts {
            self.escaped(text);
        }
        self.out.byte(b'"');
        self.comma = true;
        self
    }

    /// Writes a member whose value is a string.
    pub fn pair(&mut self, name: &str, value: &str) -> &mut Self {
        self.name(name).text(value)
    }

    /// Writes a member whose value is `true` or `false`.
    pub fn flag(&mut self, name: &str, value: bool) -> &mut Self {
        self.bare(name, if value { "true" } else { "false" })
    }

    /// Writes a member whose value is a whole number.
    pub fn number(&mut self, name: &str, value: u64) -> &mut Self {
        self.name(name);
        self.out.decimal(value);
        self.comma = true;
        self
    }

    /// Writes a member whose value is a JSON text already.
    pub(crate) fn bare(&mut self, name: &str, value: &str) -> &mut Self {
        self.name(name);
        self.out.text(value);
        self.comma = true;
        self
    }

    /// Writes a member whose value is a string that `write` puts down as it is: base64, hexadecimal
    /// digits or the mark of a document, none of which JSON would escape.
    pub fn encoded(&mut self, name: &str, write: impl FnOnce(&mut Buffer<'b>)) -> &mut Self {
        self.name(name);
        self.out.byte(b'"');
        write(self.out);
        self.out.byte(b'"');
        self.comma = true;
        self
    }

    fn open(&mut self, byte: u8) -> &mut Self {
        self.separate();
        self.out.byte(byte);
        self.comma = false;
        self
    }

    fn close(&mut self, byte: u8) -> &mut Self {
        self.out.byte(byte);
        self.comma = true;
        self
    }

    fn separate(&mut self) {
        if self.comma {
            self.out.byte(b',');
        }
        self.comma = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_separated_and_escaped() {
        let mut bytes = [0; 128];
        let mut out = Buffer::new(&mut bytes);
        Writer::new(&mut out)
            .open_object()
            .pair("a", "\"\\\u{1}é")
            .name("b")
            .open_array()
            .text("x")
            .open_object()
            .close_object()
            .close_array()
            .encoded("c", |out| out.text("QQ=="))
            .flag("d", true)
            .flag("e", false)
            .number("f", 900)
            .close_object();
        assert_eq!(
            out.finish([]).unwrap().1,
            r#"{"a":"\"\\\u0001é","b":["x",{}],"c":"QQ==","d":true,"e":false,"f":900}"#.as_bytes()
        );
    }
}
