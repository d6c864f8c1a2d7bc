//! A document as it is read: strictly, within the bounds of [`limits`], and in the order of its
//! bytes.
//!
//! What is signed is what is read here, so nothing is guessed: what XML 1.0 does not allow is
//! refused, even where other readers let it pass.

mod builder;
mod characters;
mod content;
mod cursor;
mod markup;
mod scope;
mod tree;

pub(crate) use characters::{is_space, trim};
pub(crate) use tree::{Document, Element, Kind, Name, Namespace};

use cursor::Cursor;

use crate::{
    error::{TOO_LONG, Unverifiable, XmlError, malformed},
    limits,
};

impl<'x> Document<'x> {
    /// Reads a document.
    pub(crate) fn read(bytes: &'x [u8]) -> Result<Self, XmlError> {
        if bytes.len() > limits::DOCUMENT_BYTES {
            return Err(TOO_LONG.into());
        }
        // Byte order marks of UTF-16 are no UTF-8 either.
        let text = core::str::from_utf8(bytes).map_err(|_| Unverifiable::Encoding)?;
        if let Some((at, _)) = text.char_indices().find(|&(_, each)| !characters::is_allowed(each))
        {
            // The other half of an ASCII character in UTF-16 without a mark.
            let wide = text.get(at..).is_some_and(|rest| rest.starts_with('\0')) && at < 2;
            return Err(if wide {
                Unverifiable::Encoding.into()
            } else {
                malformed("a character that XML does not allow", at)
            });
        }
        let mut cursor = Cursor::new(text);
        cursor.eat("\u{feff}");
        cursor.declaration()?;
        builder::Builder::new().document(cursor)
    }
}
