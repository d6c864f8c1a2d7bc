//! The languages that people are spoken to in.

/// A language of the messages for holders and operators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Portuguese of Brazil, `pt-BR`.
    #[default]
    Portuguese,
    /// English, `en`.
    English,
}

impl Language {
    /// Reads a language tag: `pt`, `pt-BR`, `pt_BR.UTF-8` and the like, `en` and the like.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let (primary, rest) = tag.split_at_checked(2)?;
        if !(rest.is_empty() || rest.starts_with(['-', '_', '.'])) {
            return None;
        }
        if primary.eq_ignore_ascii_case("pt") {
            Some(Self::Portuguese)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::English)
        } else {
            None
        }
    }

    /// The text of this language out of a pair.
    #[must_use]
    pub const fn pick(self, portuguese: &'static str, english: &'static str) -> &'static str {
        match self {
            Self::Portuguese => portuguese,
            Self::English => english,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_locales_are_read() {
        assert_eq!(Language::from_tag("pt_BR.UTF-8"), Some(Language::Portuguese));
        assert_eq!(Language::from_tag("PT"), Some(Language::Portuguese));
        assert_eq!(Language::from_tag("en-GB"), Some(Language::English));
        assert_eq!(Language::from_tag("enm"), None);
        assert_eq!(Language::from_tag("C"), None);
        assert_eq!(Language::from_tag("é"), None);
    }
}
