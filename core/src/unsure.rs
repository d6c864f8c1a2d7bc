//! What no source settles.

use crate::language::Language;

/// A value of a service that was chosen among contradicting or missing sources. Whoever shows a
/// refusal of the service's shows this beside it: the configuration can say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsure<'a> {
    /// The name of the value, as a configuration has it: `hash_encoding`.
    pub key: &'a str,
    /// What is doubtful and what to try, in Portuguese.
    pub portuguese: &'a str,
    /// The same in English.
    pub english: &'a str,
}

impl<'a> Unsure<'a> {
    /// What is doubtful and what to try.
    #[must_use]
    pub const fn text(&self, language: Language) -> &'a str {
        match language {
            Language::Portuguese => self.portuguese,
            Language::English => self.english,
        }
    }
}
