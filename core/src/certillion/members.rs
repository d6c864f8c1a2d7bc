//! The members of an order's options, gone over once for two purposes: a request writes them, and a
//! saved flow knows its order again by a digest of them.

use super::profile::Profile;
use crate::codec::buffer::Buffer;
use crate::codec::json::Writer;
use crate::document::Hasher;

/// Takes the members of an object in their order.
pub(super) trait Members {
    /// A member that is an object begins.
    fn open(&mut self, name: &str);
    /// It ends.
    fn close(&mut self);
    /// A text.
    fn text(&mut self, name: &str, value: &str);
    /// Texts.
    fn list(&mut self, name: &str, values: &[&str]);
    /// A whole number.
    fn number(&mut self, name: &str, value: u32);
    /// A number of hundredths.
    fn hundredths(&mut self, name: &str, value: u32);
    /// Yes or no.
    fn flag(&mut self, name: &str, value: bool);
}

/// Writes the members, by the names that the service has for them.
pub(super) struct Written<'w, 'o, 'b, 'p> {
    pub(super) json: &'w mut Writer<'o, 'b>,
    pub(super) profile: &'p Profile<'p>,
}

impl Members for Written<'_, '_, '_, '_> {
    fn open(&mut self, name: &str) {
        self.json.name(self.profile.spell(name)).open_object();
    }

    fn close(&mut self) {
        self.json.close_object();
    }

    fn text(&mut self, name: &str, value: &str) {
        self.json.pair(self.profile.spell(name), value);
    }

    fn list(&mut self, name: &str, values: &[&str]) {
        self.json.name(self.profile.spell(name)).open_array();
        for value in values {
            self.json.text(value);
        }
        self.json.close_array();
    }

    fn number(&mut self, name: &str, value: u32) {
        self.json.number(self.profile.spell(name), u64::from(value));
    }

    fn hundredths(&mut self, name: &str, value: u32) {
        let mut digits = [0; 16];
        let mut out = Buffer::new(&mut digits);
        let (whole, rest) = (value / 100, value % 100);
        out.decimal(u64::from(whole));
        out.byte(b'.');
        out.decimal(u64::from(rest / 10));
        out.decimal(u64::from(rest % 10));
        if let Ok(text) = out.finish_text() {
            self.json.bare(self.profile.spell(name), text);
        }
    }

    fn flag(&mut self, name: &str, value: bool) {
        self.json.flag(self.profile.spell(name), value);
    }
}

/// Hashes the members, each with its length, so that no two orders are hashed alike.
pub(super) struct Hashed<'h>(pub(super) &'h mut Hasher);

impl Hashed<'_> {
    /// Hashes bytes behind their length.
    pub(super) fn field(&mut self, bytes: &[u8]) {
        self.0.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(bytes);
    }
}

impl Members for Hashed<'_> {
    fn open(&mut self, name: &str) {
        self.field(name.as_bytes());
        self.field(b"{");
    }

    fn close(&mut self) {
        self.field(b"}");
    }

    fn text(&mut self, name: &str, value: &str) {
        self.field(name.as_bytes());
        self.field(value.as_bytes());
    }

    fn list(&mut self, name: &str, values: &[&str]) {
        self.open(name);
        for value in values {
            self.field(value.as_bytes());
        }
        self.close();
    }

    fn number(&mut self, name: &str, value: u32) {
        self.field(name.as_bytes());
        self.field(&value.to_be_bytes());
    }

    fn hundredths(&mut self, name: &str, value: u32) {
        self.number(name, value);
    }

    fn flag(&mut self, name: &str, value: bool) {
        self.number(name, u32::from(value));
    }
}
