//! What is hidden of persons.

use rubrica::Holder;
use rubrica::core::identity::certificate::{Date, Text};

/// Digits in a row that may be somebody's number: as many as a CPF has, and most of the others.
const DIGITS: usize = 11;

/// Whether personal data is shown: numbers, days of birth, addresses. Names are shown always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PersonalData {
    /// A CPF or CNPJ is shown by its middle, of the rest the length alone.
    Hidden,
    /// As it stands.
    Shown,
}

impl PersonalData {
    pub(super) const fn asked(shown: bool) -> Self {
        if shown { Self::Shown } else { Self::Hidden }
    }

    /// A CPF or CNPJ.
    pub(super) fn holder(self, holder: Holder) -> String {
        match self {
            Self::Shown => holder.as_str().to_owned(),
            Self::Hidden => holder.to_string(),
        }
    }

    /// A number of another register; `None` for the zeros that stand for a missing one.
    pub(super) fn number(self, number: &str) -> Option<String> {
        let number = number.trim();
        if number.chars().all(|character| character == '0') {
            return None;
        }
        Some(match self {
            Self::Shown => number.to_owned(),
            Self::Hidden => "*".repeat(number.chars().count()),
        })
    }

    /// A day of birth, of which the year may be told.
    pub(super) fn birth(self, Date { day, month, year }: Date) -> String {
        match self {
            Self::Shown => format!("{year:04}-{month:02}-{day:02}"),
            Self::Hidden => format!("{year:04}-**-**"),
        }
    }

    /// A text in which an address or a number may stand.
    pub(super) fn text(self, text: Text<'_>) -> String {
        self.plain(&text.to_string())
    }

    /// The same of a text that was read.
    pub(super) fn plain(self, text: &str) -> String {
        match self {
            Self::Shown => text.to_owned(),
            Self::Hidden => hidden(text),
        }
    }
}

/// A text without the numbers that may be somebody's, and without the first part of an address.
fn hidden(text: &str) -> String {
    let text = match text.split_once('@') {
        Some((_, host)) if !text.contains(' ') => format!("***@{host}"),
        _ => text.to_owned(),
    };
    let belongs = |character: char| character.is_ascii_alphanumeric() || ".-/".contains(character);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|character| belongs(character) != belongs(first));
        let (run, after) = rest.split_at(end.unwrap_or(rest.len()));
        shown += &if belongs(first) { without_numbers(run) } else { run.to_owned() };
        rest = after;
    }
    shown
}

/// A run of letters, digits and the marks between them, without numbers.
fn without_numbers(run: &str) -> String {
    if let Ok(holder) = Holder::parse(run) {
        return holder.to_string();
    }
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    // With the marks that people write inside a number.
    let is_number = !run.contains(|character: char| character.is_ascii_alphabetic());
    if is_number && digits(run) >= DIGITS {
        return "*".repeat(run.len());
    }
    let mut shown = String::with_capacity(run.len());
    let mut rest = run;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|it: char| it.is_ascii_digit() != first.is_ascii_digit());
        let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
        let is_long = digits(part) >= DIGITS;
        shown += &match Holder::parse(part) {
            Ok(holder) if is_long => holder.to_string(),
            _ if is_long => "*".repeat(part.len()),
            _ => part.to_owned(),
        };
        rest = after;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s38_a_number_inside_a_text_is_hidden() {
        for (text, expected) in [
            ("FULANA DE TESTE:11144477735", "FULANA DE TESTE:***.444.777-**"),
            ("111.444.777-35", "***.444.777-**"),
            ("EMPRESA SA:12ABC34501DE35", "EMPRESA SA:12.***.***/01DE-**"),
            ("CPF11144477735", "CPF***.444.777-**"),
            // A wrong check digit makes nobody's number of it, and it may still be a slip.
            ("FULANA:11144477736", "FULANA:***********"),
            ("111.444.777-36", "**************"),
            ("fulana.11144477735@example.com", "***@example.com"),
            ("fulana@11144477735.example", "***@***.444.777-**.example"),
            ("AC SINTETICA G2 v12 de 2026", "AC SINTETICA G2 v12 de 2026"),
            ("RFB e-CPF A3 · João", "RFB e-CPF A3 · João"),
            ("", ""),
        ] {
            assert_eq!(hidden(text), expected, "{text}");
        }
    }

    #[test]
    fn a_number_that_is_missing_is_not_told() {
        assert_eq!(PersonalData::Shown.number("000000000000"), None);
        assert_eq!(PersonalData::Hidden.number(" "), None);
        assert_eq!(PersonalData::Hidden.number("120 "), Some("***".to_owned()));
        assert_eq!(PersonalData::Shown.number("120"), Some("120".to_owned()));
    }
}
