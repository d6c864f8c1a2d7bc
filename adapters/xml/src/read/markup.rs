//! What is neither element nor text: the declaration, comments, processing instructions.

use super::cursor::Cursor;
use crate::error::{Unverifiable, XmlError};

impl<'x> Cursor<'x> {
    /// Reads `XMLDecl` (XML 1.0 §2.8), if it comes.
    pub(crate) fn declaration(&mut self) -> Result<(), XmlError> {
        const BROKEN: &str = "a broken XML declaration";
        let mut ahead = self.clone();
        if !(ahead.eat("<?xml") && ahead.spaces()) {
            return Ok(());
        }
        *self = ahead;
        self.expect("version", BROKEN)?;
        if self.quoted()? != "1.0" {
            return Err(Unverifiable::Version.into());
        }
        let mut spaces = self.spaces();
        if spaces && self.eat("encoding") {
            if !self.quoted()?.eq_ignore_ascii_case("utf-8") {
                return Err(Unverifiable::Encoding.into());
            }
            spaces = self.spaces();
        }
        if spaces && self.eat("standalone") {
            if !matches!(self.quoted()?, "yes" | "no") {
                return self.fault(BROKEN);
            }
            self.spaces();
        }
        self.expect("?>", BROKEN)
    }

    /// Reads a comment (XML 1.0 §2.5) of which `<!--` is read.
    pub(crate) fn comment(&mut self) -> Result<&'x str, XmlError> {
        let text = self.until("--", "a comment that does not end")?;
        self.expect(">", "two hyphens in a comment")?;
        Ok(text)
    }

    /// Reads a processing instruction (XML 1.0 §2.6) of which `<?` is read: its target and what
    /// follows.
    pub(crate) fn instruction(&mut self) -> Result<(&'x str, &'x str), XmlError> {
        let start = self.clone();
        let target = self.name()?;
        if target.eq_ignore_ascii_case("xml") {
            return start.fault("an XML declaration in another place than the first");
        }
        if self.eat("?>") {
            return Ok((target, ""));
        }
        if !self.spaces() {
            return self.fault("no space after a processing instruction's target");
        }
        Ok((target, self.until("?>", "a processing instruction that does not end")?))
    }
}
